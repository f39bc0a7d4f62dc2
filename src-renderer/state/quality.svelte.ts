/** How good the search is: what is measured by, what was found, and what is being measured. */
import {
  type GroundTruthSource,
  type Job,
  type Measurement,
  type MeasuringQuestion,
  type Recipe,
  type Recipes,
  SemblanceError,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import type { Source } from '../quality/words.ts';

export type Measured = Measurement['what'];
type Findings = { [What in Measured]?: Extract<Measurement, { what: What }> };

export interface GroundTruthText {
  name: string;
  text: string;
}

/** Parts into which photos are dealt where everything is fitted on others than the queries. */
const folds = 5;

export class Quality {
  sources = $state.raw<GroundTruthSource[]>([]);
  recipes = $state.raw<Recipes | null>(null);
  file = $state.raw<GroundTruthText | null>(null);
  difficulty = $state<'easy' | 'medium' | 'hard'>('medium');
  /** Whether everything is fitted on other photos than the queries. */
  isHeldOut = $state(false);
  found = $state.raw<Findings>({});
  errors = $state.raw<Partial<Record<Measured, SemblanceError>>>({});
  #chosen = $state<Source | null>(null);
  /** The latest job of each kind. */
  #asked = $state.raw<Partial<Record<Measured, number>>>({});
  #isOpen = false;
  readonly #client: Client;
  readonly #jobs: () => readonly Job[];

  /** @param jobs those that are known now */
  constructor(client: Client, jobs: () => readonly Job[]) {
    this.#client = client;
    this.#jobs = jobs;
  }

  /** What is measured by: what was chosen, else the first that tells something. */
  get by(): Source {
    return this.#chosen ?? this.sources.find(({ isTelling }) => isTelling)?.by ?? 'folder';
  }

  /** Whether there is something to measure by. */
  get canMeasure(): boolean {
    if (this.by === 'file') return this.file !== null;
    return this.sources.find(({ by }) => by === this.by)?.isTelling ?? false;
  }

  choose(source: Source): void {
    this.#chosen = source;
  }

  /** The job that measures this; null while none does. */
  running(what: Measured): Job | null {
    const id = this.#asked[what];
    return this.#jobs().find((job) => job.id === id && job.endedAtMs === null) ?? null;
  }

  async open(): Promise<void> {
    this.#isOpen = true;
    const [sources, recipes] = await Promise.all([
      this.#client.call('groundTruths', {}),
      this.#client.call('recipes', {}),
    ]);
    Object.assign(this, { sources, recipes });
  }

  close(): void {
    this.#isOpen = false;
  }

  async read(file: Pick<File, 'name' | 'text'>): Promise<void> {
    this.file = { name: file.name, text: await file.text() };
    this.#chosen = 'file';
  }

  measure(): Promise<void> {
    const { by, file, difficulty } = this;
    if (by !== 'file') return this.#ask({ what: 'quality', by, ...this.#folds });
    return file ? this.#ask({ what: 'quality-by-file', ...file, difficulty }) : Promise.resolve();
  }

  compare(a: Recipe, b: Recipe): Promise<void> {
    const { by } = this;
    return by === 'file' ? Promise.resolve() : this.#ask({ what: 'comparison', by, a, b, ...this.#folds });
  }

  probe(): Promise<void> {
    return this.#ask({ what: 'probe', folds });
  }

  checkIndex(): Promise<void> {
    return this.#ask({ what: 'index-health' });
  }

  /** A job moved on: what it found is fetched when it has ended. */
  async hear(job: Job): Promise<void> {
    if (job.endedAtMs === null) return;
    const what = measuredBy(this.#asked, job.id);
    if (what) await this.#settle(what, job);
    else if (this.#isOpen) await this.open();
  }

  get #folds(): { folds?: number } {
    return this.isHeldOut ? { folds } : {};
  }

  async #ask(question: MeasuringQuestion): Promise<void> {
    const what = question.what === 'quality-by-file' ? 'quality' : question.what;
    this.errors = { ...this.errors, [what]: undefined };
    const { id } = await this.#client.call('measure', { question });
    this.#asked = { ...this.#asked, [what]: id };
    // It may have ended before its number was known.
    const ended = this.#jobs().find((job) => job.id === id && job.endedAtMs !== null);
    if (ended) await this.#settle(what, ended);
  }

  async #settle(what: Measured, { id, error }: Job): Promise<void> {
    if (error) this.errors = { ...this.errors, [what]: SemblanceError.fromReport(error) };
    const measurement = error ? null : await this.#client.call('measurement', { jobId: id });
    if (measurement) this.found = { ...this.found, [measurement.what]: measurement };
  }
}

function measuredBy(asked: Partial<Record<Measured, number>>, jobId: number): Measured | undefined {
  const kinds: readonly Measured[] = ['quality', 'comparison', 'probe', 'index-health'];
  return kinds.find((what) => asked[what] === jobId);
}
