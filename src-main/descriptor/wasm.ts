/** WebAssembly written by hand: the instructions that kernels share, and the module around them. */

export const pageBytes = 65_536;

/** Types of values. */
export const [i32, v128] = [0x7f, 0x7b];

// Instructions by their names in the WebAssembly specification, chapter 5.4.
export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];
export const tee = (local: number): number[] => [0x22, local];
/** Signed LEB128 of a number that fits into two bytes. */
export const constant = (value: number): number[] => [0x41, (value & 0x7f) | 0x80, value >> 7];
export const loop = [0x03, 0x40];
export const branchIf = [0x0d, 0x00];
export const endOfBlock = [0x0b];
export const [addI32, subtractI32, lessUnsigned] = [[0x6a], [0x6b], [0x49]];
export const loadVector = (offset: number): number[] => [0xfd, 0x00, 0x02, offset];

export interface WasmFunction {
  name: string;
  /** How many locals of which type, beside the parameters. */
  locals: [count: number, type: number][];
  code: number[];
}

/** Functions that all take so many 32-bit numbers and give nothing, over a memory that is imported as `of.memory`. */
export function moduleOf({
  parameters,
  functions,
}: {
  parameters: number;
  functions: WasmFunction[];
}): Uint8Array<ArrayBuffer> {
  const count = functions.length;
  const types = Array.from({ length: parameters }, () => i32);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[1, ...sized([1, 0x60, parameters, ...types, 0])],
    // One import: the memory, of one page or more.
    ...[2, ...sized([1, ...text('of'), ...text('memory'), 2, 0, 1])],
    ...[3, ...sized([count, ...functions.map(() => 0)])],
    ...[7, ...sized([count, ...functions.flatMap(({ name }, i) => [...text(name), 0, i])])],
    ...[10, ...sized([count, ...functions.flatMap(bodyOf)])],
  ]);
}

function bodyOf({ locals, code }: WasmFunction): number[] {
  return sized([locals.length, ...locals.flat(), ...code]);
}

/** Length as LEB128, then the bytes. */
function sized(bytes: number[]): number[] {
  return [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];
}

const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
