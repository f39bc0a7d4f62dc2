/** Text out of files, made fit to be stored and shown. */

/** Control characters, and those that change the direction of what follows. */
const unwanted = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** More than names and keywords have. */
export const longestText = 200;

/** One line of well-formed, composed text without blanks around it; null where nothing is left. */
export function cleanText(text: string): string | null {
  const line = text
    .slice(0, 4 * longestText)
    .toWellFormed()
    .normalize('NFC')
    .replace(unwanted, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  // Half a character that is cut through goes, too.
  const cut = line
    .slice(0, longestText)
    .replace(/\p{Cs}$/u, '')
    .trim();
  return cut === '' ? null : cut;
}

/** UTF-8 where it is that, and else Western European, as most programs wrote before. */
export function decodeText(bytes: Uint8Array): string {
  const part = bytes.subarray(0, 16 * longestText);
  const end = part.indexOf(0);
  const text = end < 0 ? part : part.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return new TextDecoder('windows-1252').decode(text);
  }
}
