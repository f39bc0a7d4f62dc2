/** Small texts that a browser keeps for the page. It may let pages keep nothing: then they last as long as the page. */

/** null where nothing is kept. */
export function keptText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keepText(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Everything works without.
  }
}
