/** Dates as files write them. */

const pattern =
  /^\s*(\d{4})[:\-/. ]?(\d{2})[:\-/. ]?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?/;

/** Before there were photos, or after those who write this are gone, no clock was right. */
const [firstYear, lastYear] = [1826, 2200];

/**
 * What a clock showed, read as UTC; a time zone that follows is left aside.
 * @param fraction digits of the second's fraction, where they stand elsewhere
 * @returns milliseconds since 1970, or null for what is no date
 */
export function clockTime(text: string | null | undefined, fraction = ''): number | null {
  const found = text && pattern.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part || 0));
  if (year < firstYear || year > lastYear || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // A day that the month has not would be in the next one.
  if (date.getUTCMonth() !== month - 1 || month < 1) return null;
  const digits = /^\d{1,9}/.exec(found[7] || fraction.trim())?.[0] ?? '';
  return date.getTime() + (digits === '' ? 0 : Math.floor(1000 * Number(`0.${digits}`)));
}
