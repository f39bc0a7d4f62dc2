/** JSON that the catalogue holds, which a library of somebody else's may hold anything instead of. */

/** @returns undefined where it is none, for a schema to refuse */
export function storedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
