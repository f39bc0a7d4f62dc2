/** Where the guide may send a person to read on: places that keep papers. Nothing else outside is ever opened. */
const readingPlaces: readonly string[] = ['https://arxiv.org/', 'https://doi.org/'];

/** Whether an address is one that the system's browser may be asked to open. */
export function isReadingAddress(address: string): boolean {
  return readingPlaces.some((place) => address.startsWith(place));
}
