/** Looks for neighbours in the analysis worker. */
import type { MatrixProduct } from '../descriptor/index.ts';
import { Library, type NeighbourList, type StoredNeighbours } from '../library/index.ts';
import { type DescribedPictures, forgetDepleted, missingNeighbours } from '../search/index.ts';
import type { NeighboursTask } from './analysis.ts';
import { passGate } from './gate.ts';

/** Lists in one message: written in some milliseconds, within which the main thread answers nobody. */
const listsPerMessage = 200;

/** @param send told of lists in the order in which they are to be kept */
export async function findNeighbours(
  { libraryPath, generationId, gate }: NeighboursTask,
  product: MatrixProduct,
  send: (lists: StoredNeighbours[], found: number) => void,
): Promise<void> {
  const { pictures, known } = read(libraryPath, generationId);
  forgetDepleted(pictures.ids, known);
  for await (const { lists, found } of missingNeighbours(pictures, known, product)) {
    for (let first = 0; first < lists.length; first += listsPerMessage) {
      const end = first + listsPerMessage;
      send(lists.slice(first, end), end < lists.length ? 0 : found);
    }
    passGate(gate);
  }
}

function read(
  libraryPath: string,
  generationId: number,
): { pictures: DescribedPictures; known: Map<number, NeighbourList> } {
  const library = Library.open(libraryPath, 'read');
  try {
    const pictures = describedPictures(library, generationId);
    const known = new Map<number, NeighbourList>();
    for (const { contentId, ...list } of library.neighbours.lists(generationId)) known.set(contentId, list);
    return { pictures, known };
  } finally {
    library.close();
  }
}

/** All searchable pictures of a generation, in one matrix. */
export function describedPictures({ generations }: Library, generationId: number): DescribedPictures {
  const most = generations.countDescriptors(generationId);
  const ids = new Uint32Array(most);
  let values = new Float32Array(0);
  let columns = 0;
  let count = 0;
  for (const { contentId, vector } of generations.descriptors(generationId)) {
    if (count === 0) {
      columns = vector.length;
      values = new Float32Array(most * columns);
    }
    // Photos that were added while this reads are found the next time.
    if (count === most) break;
    ids[count] = contentId;
    values.set(vector, columns * count++);
  }
  return {
    ids: ids.subarray(0, count),
    rows: { rows: count, columns, values: values.subarray(0, count * columns) },
  };
}
