/** Numbers that the catalogue holds as bytes, copied because bytes that come from SQLite need not be aligned. */
import { SemblanceError } from '../contract/index.ts';

/** @throws SemblanceError `library-damaged` where the bytes end within a number */
export function storedFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(wholeNumbers(bytes));
}

/** @throws SemblanceError `library-damaged` where the bytes end within a number */
export function storedIntegers(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(wholeNumbers(bytes));
}

function wholeNumbers(bytes: Uint8Array): ArrayBuffer {
  if (bytes.length % 4 === 0) return Uint8Array.from(bytes).buffer;
  throw new SemblanceError(
    'library-damaged',
    'Numbers stored in this library are cut short. Set it aside and start anew with: semblance library repair --force',
  );
}
