/** Keywords and date of an IPTC block (Information Interchange Model 4.2, IPTC/NAA). */
import { decodeText } from './clean-text.ts';
import { clockTime } from './date-text.ts';

export interface IptcFields {
  keywords: string[];
  takenAtMs: number | null;
}

/** Record and data set, as one number. */
const dataSets = { charset: 0x015a, keyword: 0x0219, date: 0x0237, time: 0x023c };

/** What says that text is UTF-8. */
const utf8 = '\x1b%G';

/** Photoshop's number for the block, among its own. */
const iptcResource = 0x0404;

const maxDataSets = 5000;

/** @param block the data sets themselves, or Photoshop's resources with them inside */
export function iptcFields(block: Uint8Array): IptcFields {
  const keywords: Uint8Array[] = [];
  const texts = new Map<number, Uint8Array>();
  for (const { number, value } of dataSetsIn(dataSetsOf(block))) {
    if (number === dataSets.keyword) keywords.push(value);
    else if (!texts.has(number)) texts.set(number, value);
  }
  const ascii = (number: number): string => Buffer.from(texts.get(number) ?? []).toString('latin1');
  const isUtf8 = ascii(dataSets.charset) === utf8;
  const decode = isUtf8 ? (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8') : decodeText;
  return {
    keywords: keywords.map(decode),
    takenAtMs: clockTime(`${ascii(dataSets.date)} ${ascii(dataSets.time)}`),
  };
}

function* dataSetsIn(bytes: Uint8Array): Generator<{ number: number; value: Uint8Array }> {
  for (let at = 0, count = 0; count < maxDataSets && at + 5 <= bytes.length && bytes[at] === 0x1c; count++) {
    const length = (bytes[at + 3] << 8) | bytes[at + 4];
    // Longer ones say how long their length is; none of those is a keyword.
    if (length & 0x8000) return;
    yield { number: (bytes[at + 1] << 8) | bytes[at + 2], value: bytes.subarray(at + 5, at + 5 + length) };
    at += 5 + length;
  }
}

function dataSetsOf(block: Uint8Array): Uint8Array {
  if (block[0] === 0x1c) return block;
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
  const none = new Uint8Array();
  let at = bytes.subarray(0, 14).toString('latin1') === 'Photoshop 3.0\0' ? 14 : 0;
  while (at + 12 <= bytes.length && bytes.toString('latin1', at, at + 4) === '8BIM') {
    const nameLength = bytes[at + 6];
    // Name and content are filled up to an even length.
    const sizeAt = at + 7 + nameLength + ((nameLength + 1) % 2);
    if (sizeAt + 4 > bytes.length) return none;
    const size = bytes.readUInt32BE(sizeAt);
    if (bytes.readUInt16BE(at + 4) === iptcResource) return bytes.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size % 2);
  }
  return none;
}
