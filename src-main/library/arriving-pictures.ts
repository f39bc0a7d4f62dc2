/** Takes pictures in from a library elsewhere, in turns with everything else, and takes them back where nothing comes of it. */
import type { ForeignCatalogue, ForeignRow } from './archive-catalogue.ts';
import { type ArchiveControl, throughRows } from './archive-control.ts';
import { noArchive } from './archive-manifest.ts';
import { type ForeignGeneration, foreignGeneration, isSameGeneration } from './foreign-generation.ts';
import { SemblanceError } from '../contract/index.ts';
import type { Library } from './library.ts';

export class PictureArrival {
  readonly #library: Library;
  readonly #foreign: ForeignCatalogue;
  readonly #control: ArchiveControl;
  /** Numbers here, by those there. */
  readonly #numbers = new Map<number, number>();
  readonly #added: number[] = [];
  /** Whether the photos here will be described as they were there: none are described yet. */
  readonly takesRecipe: boolean;
  /** Here: of what is taken over, or of what is the same; null where descriptors of there say nothing here. */
  #generationId: number | null = null;
  #theirs: ForeignGeneration | null = null;

  constructor(library: Library, foreign: ForeignCatalogue, control: ArchiveControl) {
    this.#library = library;
    this.#foreign = foreign;
    this.#control = control;
    this.takesRecipe = library.contents.count() === 0;
  }

  get generationId(): number | null {
    return this.#generationId;
  }

  get added(): number {
    return this.#added.length;
  }

  get known(): number {
    return this.#numbers.size - this.#added.length;
  }

  /** @throws SemblanceError `archive-invalid` for a picture that nothing was said of */
  numberOf(foreignId: number): number {
    const number = this.#numbers.get(foreignId);
    if (number === undefined) throw noArchive('a file is of no picture');
    return number;
  }

  /**
   * @param wanted numbers of pictures there
   * @throws SemblanceError of `importLibrary`
   */
  async take(
    wanted: ReadonlySet<number>,
    tryGeneration: (foreign: ForeignGeneration) => void,
  ): Promise<void> {
    this.#begin(tryGeneration);
    const nowMs = Date.now();
    const { arriving } = this.#library;
    const takeOne = (content: ForeignRow<'contents'>): void => {
      if (!wanted.has(content.id)) return;
      const picture = this.#pictureOf(content);
      const { contentId, isNew } = arriving.store.takePicture(picture, this.#generationId, nowMs);
      this.#numbers.set(content.id, contentId);
      if (isNew) this.#added.push(contentId);
    };
    this.#control.report({ step: 'Adding what is known of the photos', done: 0, total: wanted.size });
    await throughRows(this.#foreign.rows('contents'), takeOne, this.#control, {
      round: (rows) => this.#library.change(rows),
      onRound: (done) => this.#control.report({ done: Math.min(done, wanted.size) }),
    });
  }

  #begin(tryGeneration: (foreign: ForeignGeneration) => void): void {
    const { generations, arriving } = this.#library;
    this.#theirs = foreignGeneration(this.#foreign);
    if (!this.#theirs) return;
    const { generation } = this.#theirs;
    if (!this.takesRecipe) {
      const own = generations.serving();
      if (own && isSameGeneration(own, generation)) this.#generationId = own.id;
      return;
    }
    if (generations.building()) {
      throw new SemblanceError(
        'library-in-use',
        'Another recipe is being applied. Wait for it, or cancel it.',
        { retryable: true },
      );
    }
    tryGeneration(this.#theirs);
    this.#library.change(() => {
      for (const extraction of this.#foreign.rows('extractions')) arriving.store.addExtraction(extraction);
      this.#generationId = generations.create(generation, 'building', generation.createdAtMs).id;
    });
  }

  #pictureOf(content: ForeignRow<'contents'>) {
    const { id } = content;
    const foreign = this.#foreign;
    const theirs = this.#generationId === null ? null : this.#theirs?.generation.id;
    const descriptor = foreign.of('descriptors', id).find(({ generationId }) => generationId === theirs);
    if (descriptor) this.#checkVector(descriptor.vector);
    return {
      content,
      descriptor: descriptor ?? null,
      fileTags: foreign.of('fileTags', id),
      powerMeans: foreign.of('powerMeans', id),
      variants: foreign.of('variants', id),
      localFeatures: foreign.of('localFeatures', id),
    };
  }

  #vectorBytes: number | null = null;

  /** All are of one length, and numbers. @throws SemblanceError `archive-invalid` */
  #checkVector(bytes: Uint8Array): void {
    this.#vectorBytes ??= this.#ownVectorBytes() ?? bytes.byteLength;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isWhole = bytes.byteLength === this.#vectorBytes && bytes.byteLength % 4 === 0;
    for (let at = 0; isWhole && at < bytes.byteLength; at += 4)
      if (!Number.isFinite(view.getFloat32(at, true))) throw noArchive('a descriptor is no vector');
    if (!isWhole) throw noArchive('its descriptors are not of one length');
  }

  #ownVectorBytes(): number | undefined {
    const own = this.#library.generations.serving();
    if (!own || own.id !== this.#generationId) return undefined;
    return this.#library.generations.anyDescriptor(own.id)?.byteLength;
  }

  /** Part of the transaction that adds the files. */
  putInService(): void {
    const { generations, maps } = this.#library;
    const id = this.#generationId;
    if (id === null || !this.takesRecipe) return;
    generations.putInService(id);
    for (const { method, contentIds, points } of this.#foreign.rows('maps')) {
      const map = mapHere(contentIds, points, this.#numbers);
      if (map) maps.set(id, { method, ...map });
    }
  }

  /** Forgets what came. */
  async takeBack(): Promise<void> {
    const { arriving, generations } = this.#library;
    const id = this.#generationId;
    if (id !== null && this.takesRecipe) this.#library.change(() => generations.drop(id));
    // What ends a job does not keep it from tidying up.
    const control = { ...quiet, signal: new AbortController().signal };
    await throughRows(this.#added, (each) => arriving.store.forget(each), control, {
      round: (rows) => this.#library.change(rows),
    });
  }
}

const quiet = {
  checkpoint: () => Promise.resolve(),
  report: () => undefined,
};

/** A map with the numbers that pictures have here; null where it is none. */
function mapHere(ids: Uint8Array, points: Uint8Array, numbers: ReadonlyMap<number, number>) {
  if (ids.byteLength % 4 !== 0 || points.byteLength !== 2 * ids.byteLength) return null;
  // Copied, because bytes that come from a database need not be aligned.
  const [theirs, coordinates] = [
    new Uint32Array(Uint8Array.from(ids).buffer),
    new Float32Array(Uint8Array.from(points).buffer),
  ];
  const contentIds: number[] = [];
  const here: number[] = [];
  for (const [place, id] of theirs.entries()) {
    const number = numbers.get(id);
    if (number === undefined) continue;
    contentIds.push(number);
    here.push(coordinates[2 * place], coordinates[2 * place + 1]);
  }
  if (!here.every(Number.isFinite)) return null;
  return { contentIds: Uint32Array.from(contentIds), points: Float32Array.from(here) };
}
