/**
 * Diagnostics: a few texts about a library and its machine that a person can read before sending them to somebody who helps.
 * There are counts, versions and times in them, and no path, name or picture.
 */
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import {
  type DiagnosticFile,
  type Diagnostics,
  type DeviceReport,
  type ErrorReport,
  modelNames,
  type PhotoProblemCode,
} from '../contract/index.ts';
import { freeBytesAt, generationInfo, sqliteVersion } from '../library/index.ts';
import { installedModels, storedReport, visionVersions } from '../vision/index.ts';
import { type Diagnosis, diagnosisOf, diagnosisText } from './doctor.ts';
import type { Engine } from './engine.ts';
import { readLogs } from './log-reading.ts';
import { type Log, redactorOf } from './log.ts';
import { processFacts } from './process-facts.ts';
import { profileReport } from './profiles.ts';
import type { Redactor } from './redactor.ts';
import { storageReport } from './room.ts';

const mostEntries = 2000;
const mostErrors = 100;
const unnamed = '(its folder is not named)';

export interface DiagnosticsRequest {
  libraryPath: string;
  /** null where the library cannot be opened. */
  engine: Engine | null;
  /** Why it cannot. */
  problem: ErrorReport | null;
  /** Of this process. */
  log: Log;
  /** Versions of what shows the interface, by name. */
  versions: Record<string, string>;
}

/** Works without a library, too: that may be what help is needed with. */
export async function gatherDiagnostics(request: DiagnosticsRequest): Promise<Diagnostics> {
  const date = new Date().toISOString();
  await request.log.settle();
  const files = diagnosticFiles(request);
  const name = `semblance-diagnostics-${date.slice(0, 10)}`;
  const readme: DiagnosticFile = {
    name: 'README.txt',
    purpose: 'What is in these files.',
    text: readmeText(files, date),
  };
  const all = [readme, ...files];
  return { files: all, zip: await zipOf(name, all), name: `${name}.zip` };
}

function diagnosticFiles(request: DiagnosticsRequest): DiagnosticFile[] {
  const { libraryPath, engine, versions } = request;
  const redactor = redactorOf(libraryPath, engine?.library.folders.list().map(({ path }) => path) ?? []);
  const text = new DiagnosticTexts(redactor);
  const entries = readLogs(libraryPath, mostEntries);
  const failures = entries.filter(({ level }) => level === 'error' || level === 'warn').slice(-mostErrors);
  return [
    {
      name: 'versions.json',
      purpose: 'Versions of Semblance and of what it runs on.',
      text: text.json({
        engine: { ...processFacts(), ...visionVersions(), sqlite: sqliteVersion() },
        interface: versions,
      }),
    },
    {
      name: 'machine.txt',
      purpose: 'What this machine can compute with, and how fast each device was when it was tried.',
      text: text.plain(`${diagnosisText(machineOf(request, redactor, text))}\n`),
    },
    {
      name: 'library.json',
      purpose: 'How much is in the library, in numbers: photos, problems by their reasons, the search index.',
      text: text.json(
        engine ? libraryFacts(engine, redactor) : { notOpened: request.problem?.code ?? 'unknown' },
      ),
    },
    ...(engine
      ? [
          {
            name: 'settings.json',
            purpose: 'The settings of the library.',
            text: text.json(engine.library.settings.get()),
          },
          {
            name: 'recipe.json',
            purpose: 'The recipe that photos are described by.',
            text: text.json(engine.recipe),
          },
        ]
      : []),
    {
      name: 'timings.json',
      purpose: 'How long jobs and commands took.',
      text: text.json({
        secondsPerPhoto: engine ? profileSeconds(engine) : {},
        jobs: entries.filter(({ event }) => event === 'job-ended'),
        slowCommands: entries.filter(({ event }) => event === 'command-slow'),
      }),
    },
    {
      name: 'errors.jsonl',
      purpose: 'The last errors and warnings, with their codes and where in the program they arose.',
      text: text.lines(failures),
    },
    {
      name: 'log.jsonl',
      purpose: 'What Semblance did lately: starts, jobs, errors.',
      text: text.lines(entries),
    },
  ];
}

/** Writes texts down without what is personal, wherever it might still be. */
class DiagnosticTexts {
  readonly #redactor: Redactor;
  /** Models that a person has added may be called anything. */
  readonly #ownModels: Map<string, string>;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    const own = installedModels().filter(({ info }) => info.isOwn);
    this.#ownModels = new Map(own.map(({ info }) => [info.name, `own model ${redactor.id(info.name)}`]));
  }

  modelName(name: string): string {
    return this.#ownModels.get(name) ?? name;
  }

  plain(text: string): string {
    return this.#redactor.withoutSecrets(text);
  }

  json(value: unknown): string {
    return `${this.plain(JSON.stringify(value, this.#withoutOwnModels, 2))}\n`;
  }

  lines(values: readonly unknown[]): string {
    return values.map((value) => `${this.plain(JSON.stringify(value, this.#withoutOwnModels))}\n`).join('');
  }

  readonly #withoutOwnModels = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? this.modelName(value) : value;
}

function machineOf(
  { libraryPath, engine, problem }: DiagnosticsRequest,
  redactor: Redactor,
  text: DiagnosticTexts,
): Diagnosis {
  const state = engine ? `${engine.library.photos.counts().photos} photos` : (problem?.code ?? 'unknown');
  const used = engine ? modelNames(engine.recipe) : [];
  const models = installedModels().filter(({ info }) => used.includes(info.name));
  const devices = models.flatMap((model) => storedReport(model) ?? []);
  const diagnosis = diagnosisOf({ path: unnamed, state, freeBytes: freeBytesOf(libraryPath) }, devices);
  return {
    ...diagnosis,
    models: diagnosis.models.map((name) => text.modelName(name)),
    hnsw: { ...diagnosis.hnsw, reason: redactor.text(diagnosis.hnsw.reason) },
    devices: devices.map((report) => plainDevices(report, redactor, text)),
  };
}

/** What a device's driver says may name files of this machine. */
function plainDevices(report: DeviceReport, redactor: Redactor, text: DiagnosticTexts): DeviceReport {
  return {
    ...report,
    model: text.modelName(report.model),
    devices: report.devices.map((device) => ({
      ...device,
      detail: redactor.text(device.detail),
      half: device.half && { ...device.half, detail: redactor.text(device.half.detail) },
    })),
  };
}

function freeBytesOf(folder: string): number {
  try {
    return freeBytesAt(folder);
  } catch {
    return 0;
  }
}

function libraryFacts(engine: Engine, redactor: Redactor): unknown {
  const { library, serving } = engine;
  const folders = library.folders.list();
  const generation = serving ? generationInfo(serving.generation) : null;
  const { parts, freeBytes } = storageReport(engine);
  return {
    photos: library.photos.counts().photos,
    differentPictures: library.contents.count(),
    problems: problemCounts(engine),
    folders: {
      count: folders.length,
      offline: folders.filter(({ available }) => !available).length,
      withPatterns: folders.filter(({ patterns }) => patterns !== '').length,
      followingLinks: folders.filter(({ followLinks }) => followLinks).length,
    },
    generation: generation && {
      id: generation.id,
      recipeKey: generation.recipeKey,
      fit: generation.fit,
      fittedOn: generation.fittedOn,
      createdAtMs: generation.createdAtMs,
      picturesSince: library.contents.addedAfter(generation.createdAtMs),
    },
    generations: library.generations.count(),
    building: library.generations.building() !== null,
    search: serving && {
      tier: serving.tier,
      crossover: serving.crossover,
      pictures: serving.size,
      dimension: serving.dimension,
      note: redactor.text(serving.note ?? ''),
    },
    computes: engine.provider,
    watching: engine.watching.status().state,
    storage: Object.fromEntries(parts.map(({ kind, bytes }) => [kind, bytes])),
    freeBytes,
    jobs: engine.jobs.list().map(({ kind, state, done, total }) => ({ kind, state, done, total })),
  };
}

function problemCounts({ library }: Engine): Partial<Record<PhotoProblemCode, number>> {
  return Object.fromEntries(library.problems.counts().map(({ code, photos }) => [code, photos]));
}

function profileSeconds(engine: Engine): Record<string, number | null> {
  const { profiles } = profileReport(engine);
  return Object.fromEntries(profiles.map(({ name, secondsPerPhoto }) => [name, secondsPerPhoto]));
}

function readmeText(files: readonly DiagnosticFile[], date: string): string {
  const widest = Math.max(...files.map(({ name }) => name.length));
  return [
    `Diagnostics of Semblance, made on ${date} because somebody asked for them.`,
    '',
    'Nothing was sent anywhere. These files hold no path, file name, picture, tag, query or place, nor the',
    'names of this computer and its user. What looks like #0123456789 stands for something whose name is',
    'private; the same one has the same id, and nobody can tell from it what it is. Each file is plain text:',
    'read it before you give it to anybody.',
    '',
    ...files.map(({ name, purpose }) => `${name.padEnd(widest)}  ${purpose}`),
    '',
  ].join('\n');
}

async function zipOf(folder: string, files: readonly DiagnosticFile[]): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const { name, text } of files) await zip.add(`${folder}/${name}`, new TextReader(text));
  return zip.close();
}
