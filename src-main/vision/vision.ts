/** Photos become statistics of feature maps, on worker threads. */
import type { Worker } from 'node:worker_threads';
import { SemblanceError } from '../contract/index.ts';
import type { PowerMeanLayout } from '../descriptor/index.ts';
import { crewFor } from './crew.ts';
import { sharedBudget } from './decode-budget.ts';
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import type { DeviceUse } from './device-store.ts';
import { processor } from './devices.ts';
import type { InstalledModel } from './models.ts';
import { networksOf } from './networks.ts';
import { endThread, startThread, type ThreadSetting } from './reading-thread.ts';
import type {
  Extraction,
  ExtractionSettings,
  FileReading,
  NamedBytes,
  NamedPicture,
  PhotoRequest,
  TapMap,
  WorkerMessage,
  WorkerRequest,
} from './vision-messages.ts';

export interface VisionOptions {
  /** Of all taps that name no other. */
  model: InstalledModel;
  /** Those that taps name besides. */
  others?: readonly InstalledModel[];
  settings: ExtractionSettings;
  /** Worker threads; by default one a core, which keeps cores busier than one worker with many threads. */
  workers?: number;
  threadsPerWorker?: number;
  limits?: DecodeLimits;
  /** What computes a model; the processor by default. */
  device?: (model: InstalledModel) => DeviceUse;
  /** Told once when it has failed, and the processor goes on. */
  onFallback?: (model: InstalledModel, use: DeviceUse, detail: string) => void;
}

/** Photos that a worker has at a time: one in the network, the others being read and decoded. */
const photosPerWorker = 3;

type Answer = FileReading | Extraction | TapMap[][];

interface Task {
  request: PhotoRequest;
  isKnown: ((contentHash: string) => boolean) | null;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

interface Lane {
  worker: Worker;
  /** Whether its networks are loaded. */
  isReady: boolean;
  tasks: Map<number, Task>;
}

export class Vision {
  readonly layout: PowerMeanLayout;
  readonly #onFallback: VisionOptions['onFallback'];
  /** One for each network. */
  readonly #models: InstalledModel[];
  /** What computes each network. */
  readonly #uses: DeviceUse[];
  readonly threads: number;
  /** Photos worth keeping in flight. */
  readonly concurrency: number;
  readonly #setting: ThreadSetting;
  readonly #lanes: Lane[] = [];
  #mostLanes: number;
  #isGrowing = false;
  readonly #queue: Task[] = [];
  /** Not answered yet. */
  readonly #asked = new Set<Promise<Answer>>();
  #nextId = 1;
  #ended: SemblanceError | null = null;

  private constructor(
    layout: PowerMeanLayout,
    setting: ThreadSetting,
    models: InstalledModel[],
    workers: number,
    onFallback: VisionOptions['onFallback'],
  ) {
    this.#models = models;
    this.#uses = setting.networks.map(({ provider, precision }) => ({ provider, precision }));
    this.#onFallback = onFallback;
    this.layout = layout;
    this.#setting = setting;
    this.#mostLanes = workers;
    this.threads = workers * setting.threads;
    this.concurrency = workers * photosPerWorker;
  }

  /**
   * @throws SemblanceError `no-model`, `model-invalid`, or of `statisticLength` when a statistic does not suit its tap or
   *   is not for indexing
   */
  static async start({
    model,
    others = [],
    settings,
    workers,
    threadsPerWorker,
    limits = usualDecodeLimits,
    device = () => ({ provider: processor, precision: 'single' }),
    onFallback,
  }: VisionOptions): Promise<Vision> {
    const { models, networks, order, taps } = networksOf([model, ...others], settings, device);
    const { count, threads } = crewFor(networks, workers, threadsPerWorker);
    const { longerSide, scales } = settings;
    const decodeBudget = sharedBudget();
    const setting = {
      longerSide,
      scales,
      networks,
      order,
      threads,
      decodeBudget,
      limits,
    };
    const vision = new Vision({ scales: scales.length, taps }, setting, models, count, onFallback);
    try {
      await vision.#startWorker();
    } catch (error) {
      await vision.close();
      throw error;
    }
    return vision;
  }

  /**
   * Starts another worker while photos wait, so that the first one does not wait for sixteen networks and a query loads one
   * only. One after the other: loading a network takes several times its size for a moment.
   */
  #grow(): void {
    if (this.#isGrowing || this.#ended || this.#lanes.length >= this.#mostLanes) return;
    if (this.#asked.size <= this.#lanes.length) return;
    this.#isGrowing = true;
    this.#startWorker()
      // Where there is no room for one more, those that are there do without it.
      .catch(() => (this.#mostLanes = 0))
      .finally(() => {
        this.#isGrowing = false;
        this.#feed();
        this.#grow();
      });
  }

  /**
   * Reads a file once and hashes it; only if its content is not known it is decoded and goes through the network.
   * Rejects with a SemblanceError: the reason why the photo cannot be read, or `not-a-photo` for a file that is
   * none by name nor by content.
   */
  async extractFile(path: string, isKnown: (contentHash: string) => boolean): Promise<FileReading> {
    const answer = await this.#ask({ kind: 'file', id: this.#nextId++, path }, isKnown);
    return answer as FileReading;
  }

  /**
   * The same for a photo that is not in a file, or for a part of one, ahead of all files; rejects likewise, and with
   * `not-available` or `invalid-arguments` (`statisticWithout`) where areas cannot be left out.
   */
  async extractPicture(picture: NamedPicture): Promise<Extraction> {
    const answer = await this.#ask({ kind: 'bytes', id: this.#nextId++, ...picture }, null);
    return answer as Extraction;
  }

  extractBytes(bytes: Uint8Array, name: string): Promise<Extraction> {
    return this.extractPicture({ bytes, name });
  }

  /**
   * Feature maps themselves, for learning: they are large, so ask for as many at a time as `concurrency` says. They wait
   * their turn among files.
   * @param photo path of a file, or a photo that is not in one
   * @param taps any of the model's, whether or not its statistics are extracted
   * @param modelName which of the models they are taps of; the first one by default
   * @returns for each scale, for each tap, its map; rejects as `extractFile` does, with `model-invalid` when the model
   *   lacks a tap, and with `no-model` when nothing is extracted of the model
   */
  async extractMaps(
    photo: string | NamedBytes,
    taps: string[],
    scales = this.#setting.scales,
    modelName = this.#models[0].info.name,
  ): Promise<TapMap[][]> {
    const network = this.#models.findIndex(({ info }) => info.name === modelName);
    if (network < 0) {
      throw new SemblanceError('no-model', `Photos are not read with the model '${modelName}'.`);
    }
    const { mapTaps } = this.#setting.networks[network];
    const places = taps.map((tap) => mapTaps.indexOf(tap));
    if (places.includes(-1)) {
      const missing = taps[places.indexOf(-1)];
      throw new SemblanceError('model-invalid', `The model has no tap '${missing}'.`);
    }
    const id = this.#nextId++;
    return (await this.#ask({ kind: 'maps', id, photo, network, taps: places, scales }, null)) as TapMap[][];
  }

  /** Ends the workers once all that they were asked is answered. */
  async finish(): Promise<void> {
    await Promise.allSettled(this.#asked);
    await this.close();
  }

  /** Ends the workers; what is under way is rejected with `cancelled`. */
  async close(): Promise<void> {
    this.#end(new SemblanceError('cancelled', 'Reading photos was ended.'));
    await Promise.all(this.#lanes.map(({ worker }) => endThread(worker)));
  }

  async #startWorker(): Promise<void> {
    const worker = startThread(this.#setting);
    const lane: Lane = { worker, isReady: false, tasks: new Map() };
    this.#lanes.push(lane);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') {
          lane.isReady = true;
          resolve();
        } else if (message.kind === 'fell-back') this.#fellBack(message.network, message.detail);
        else if (message.kind === 'failed') {
          reject(SemblanceError.fromReport(message.error));
          this.#drop(lane);
          void endThread(worker);
        } else this.#receive(lane, message);
      });
      const lost = (cause: unknown) => {
        const detail = cause instanceof Error ? cause.message : `code ${String(cause)}`;
        const error = new SemblanceError(
          'internal',
          `A thread that reads photos ended (${detail}). Try again.`,
          {
            retryable: true,
            cause,
          },
        );
        reject(error);
        if (lane.isReady) this.#end(error);
        this.#drop(lane);
      };
      worker.on('error', lost);
      worker.on('exit', lost);
    });
  }

  #drop(lane: Lane): void {
    const place = this.#lanes.indexOf(lane);
    if (place >= 0) this.#lanes.splice(place, 1);
  }

  #fellBack(network: number, detail: string): void {
    // What fails while everything ends says nothing of the device.
    if (this.#ended) return;
    const failed = this.#uses[network];
    if (failed.provider === processor) return;
    this.#uses[network] = { provider: processor, precision: 'single' };
    this.#onFallback?.(this.#models[network], failed, detail);
  }

  #ask(request: PhotoRequest, isKnown: Task['isKnown']): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      const task = { request, isKnown, resolve, reject };
      if (this.#ended) reject(this.#ended);
      else if (request.kind === 'bytes') this.#give(this.#idlest(), task);
      else {
        this.#queue.push(task);
        this.#feed();
      }
    });
    this.#asked.add(answer);
    this.#grow();
    const forget = (): void => void this.#asked.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  #idlest(): Lane {
    const ready = this.#lanes.filter(({ isReady }) => isReady);
    return ready.reduce((least, lane) => (lane.tasks.size < least.tasks.size ? lane : least));
  }

  #give(lane: Lane, task: Task): void {
    lane.tasks.set(task.request.id, task);
    lane.worker.postMessage(task.request);
  }

  #feed(): void {
    if (this.#ended) return;
    for (let lane = this.#idlest(); lane.tasks.size < photosPerWorker; lane = this.#idlest()) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      this.#give(lane, task);
    }
  }

  #receive(lane: Lane, message: Exclude<WorkerMessage, { kind: 'ready' | 'failed' | 'fell-back' }>): void {
    const task = lane.tasks.get(message.id);
    if (task === undefined) return;
    if (message.kind === 'hashed') {
      this.#answerHash(lane, task, message.contentHash);
      return;
    }
    lane.tasks.delete(message.id);
    if (message.kind === 'error') task.reject(SemblanceError.fromReport(message.error));
    else if (message.kind === 'file') task.resolve(message.reading);
    else task.resolve(message.kind === 'maps' ? message.maps : message.extraction);
    this.#feed();
  }

  #answerHash(lane: Lane, task: Task, contentHash: string): void {
    let known = true;
    try {
      known = task.isKnown?.(contentHash) ?? false;
    } catch (error) {
      task.reject(error instanceof Error ? error : new Error(String(error)));
    }
    lane.worker.postMessage({ kind: 'known', id: task.request.id, known } satisfies WorkerRequest);
  }

  #end(error: SemblanceError): void {
    this.#ended ??= error;
    const tasks = [...this.#queue.splice(0), ...this.#lanes.flatMap((lane) => [...lane.tasks.values()])];
    for (const lane of this.#lanes) lane.tasks.clear();
    for (const task of tasks) task.reject(this.#ended);
  }
}
