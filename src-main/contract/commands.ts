/**
 * The contract: every command that an interface, the terminal or a server can give to the engine, with the
 * schema of its arguments and the type of its answer. Arguments are validated wherever they cross a boundary.
 */
import * as v from 'valibot';
import { SemblanceError } from './errors.ts';
import type {
  EngineStatus,
  Folder,
  Job,
  ModelInfo,
  PhotoDetails,
  PhotoProblem,
  PhotoSummary,
  QualityReport,
  SearchAnswer,
  Settings,
} from './types.ts';

/** A photo handed over as a file's content may have this many bytes. */
export const maxPhotoBytes = 256 * 1024 * 1024;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const page = {
  offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
};
const none = v.strictObject({});

/** An example to search with: a photo of the library, or the content of any image file. */
const exampleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('photo'), photoId: id }),
  v.strictObject({
    kind: v.literal('bytes'),
    name: v.pipe(v.string(), v.maxLength(1000)),
    bytes: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length >= 1 && bytes.length <= maxPhotoBytes, 'expected 1 byte to 256 MiB'),
    ),
  }),
]);

/** Schema of each command's arguments. */
export const commandArguments = {
  status: none,
  models: none,
  folders: none,
  addFolder: v.strictObject({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(32_767)) }),
  /** Forgets the photos of the folder; files are never touched. */
  removeFolder: v.strictObject({ folderId: id }),
  photos: v.strictObject({
    ...page,
    order: v.picklist(['path', 'added']),
    folderId: v.optional(id),
  }),
  photo: v.strictObject({ photoId: id }),
  problems: v.strictObject(page),
  thumbnail: v.strictObject({ photoId: id }),
  /** Scans the given folders, or all of them, and indexes what is new or changed. */
  startIndexing: v.strictObject({ folderIds: v.optional(v.pipe(v.array(id), v.minLength(1))) }),
  /** Jobs that are not over, and the latest that are. */
  jobs: none,
  pauseJob: v.strictObject({ jobId: id }),
  resumeJob: v.strictObject({ jobId: id }),
  cancelJob: v.strictObject({ jobId: id }),
  /** Ranks the library by similarity to the mean of the examples. */
  search: v.strictObject({
    examples: v.pipe(v.array(exampleSchema), v.minLength(1), v.maxLength(16)),
    top: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
  }),
  evaluate: v.strictObject({ by: v.literal('folder') }),
  settings: none,
  changeSettings: v.partial(v.strictObject({ lowPriority: v.boolean() })),
} as const;

/** Answer of each command. */
export interface CommandAnswers {
  status: EngineStatus;
  models: ModelInfo[];
  folders: Folder[];
  addFolder: Folder;
  removeFolder: { forgotten: number };
  photos: { total: number; photos: PhotoSummary[] };
  photo: PhotoDetails;
  problems: { total: number; problems: PhotoProblem[] };
  thumbnail: { bytes: Uint8Array; mediaType: string };
  startIndexing: Job;
  jobs: Job[];
  pauseJob: Job;
  resumeJob: Job;
  cancelJob: Job;
  search: SearchAnswer;
  evaluate: QualityReport;
  settings: Settings;
  changeSettings: Settings;
}

export type CommandName = keyof typeof commandArguments;
export type CommandArguments = { [Name in CommandName]: v.InferOutput<(typeof commandArguments)[Name]> };
export type Example = CommandArguments['search']['examples'][number];

/** The one call that every client of the engine offers. Rejects with a `SemblanceError`. */
export type CallCommand = <Name extends CommandName>(
  command: Name,
  args: CommandArguments[Name],
) => Promise<CommandAnswers[Name]>;

export function isCommandName(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commandArguments, name);
}

/**
 * Validates the arguments of a command that came across a boundary.
 * @throws SemblanceError `unknown-command` or `invalid-arguments`
 */
export function parseCommand<Name extends CommandName>(command: Name, args: unknown): CommandArguments[Name];
export function parseCommand(command: string, args: unknown): unknown;
export function parseCommand(command: string, args: unknown): unknown {
  if (!isCommandName(command)) {
    throw new SemblanceError('unknown-command', `There is no command '${command.slice(0, 100)}'.`);
  }
  const parsed = v.safeParse(commandArguments[command], args);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw new SemblanceError(
    'invalid-arguments',
    `${command}: ${where === null ? '' : `${where}: `}${issue.message}`,
  );
}
