/** Files within the arguments of a command, which each way to the host carries as is best there. */

/** Arguments as a page gives them: a file may stand where the host takes bytes, and is read as it is sent. */
export type Given<Value> = Value extends Uint8Array
  ? Value | Blob
  : Value extends object
    ? { [Key in keyof Value]: Given<Value[Key]> }
    : Value;

export function holdsBlob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return value instanceof Blob || Object.values(value).some(holdsBlob);
}

/** The same with each file replaced. */
export async function withoutBlobs(
  value: unknown,
  replace: (blob: Blob) => Promise<unknown>,
): Promise<unknown> {
  if (!holdsBlob(value)) return value;
  if (value instanceof Blob) return replace(value);
  if (Array.isArray(value)) return Promise.all(value.map((each) => withoutBlobs(each, replace)));
  const entries = Object.entries(value as object).map(
    async ([key, each]) => [key, await withoutBlobs(each, replace)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

export async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
