/**
 * The contract: every command that an interface, the terminal or a server can give to the engine, with the
 * schema of its arguments and the type of its answer. Arguments are validated wherever they cross a boundary.
 */
import * as v from 'valibot';
import { type BinAnswers, binArguments } from './bin.ts';
import type { CatalogueItem } from './catalogue.ts';
import { type DecisionAnswers, decisionArguments } from './decisions.ts';
import { type DuplicateAnswers, duplicateArguments } from './duplicates.ts';
import { SemblanceError } from './errors.ts';
import { type ExplanationAnswers, explanationArguments } from './explanation.ts';
import type {
  DeviceReport,
  EngineStatus,
  Folder,
  ModelInfo,
  PatternCounts,
  PhotoDetails,
  PhotoProblem,
  SearchAnswer,
  Settings,
} from './types.ts';
import type { Job } from './jobs.ts';
import { measuredFields, type MeasurementAnswers, measurementArguments } from './measurement.ts';
import { type MovingAnswers, movingArguments } from './moving.ts';
import { type PhotoListAnswers, photoListArguments } from './photo-lists.ts';
import { type PictureAnswers, pictureArguments } from './pictures.ts';
import { preprocessingSchema } from './preprocessing.ts';
import { profileNames, type ProfileReport } from './profiles.ts';
import { queryFields } from './query.ts';
import { rankingSchema } from './ranking.ts';
import { recipeSchema } from './recipe.ts';
import { type RememberedViewAnswers, rememberedViewArguments } from './remembered-view.ts';
import { type SavedSearchAnswers, savedSearchArguments } from './saved-searches.ts';
import {
  filePathSchema,
  folderPathSchema,
  idSchema,
  pageFields,
  type PathKind,
  pathKindOf,
} from './schemas.ts';
import type {
  CacheInfo,
  PhotoMap,
  ProbeReport,
  QualityReport,
  RecipeComparison,
  Recipes,
  RetunePlan,
  TunePreview,
} from './tuning.ts';
import { type SupportAnswers, supportArguments } from './support.ts';
import { type UpkeepAnswers, upkeepArguments } from './upkeep.ts';

/** Photos with more are left out unless the settings allow it: they would take more than half a gigabyte to decode. */
export const usualMaxMegapixels = 150;
/** More cannot be allowed. */
export const mostMaxMegapixels = 1000;

const patterns = v.pipe(v.string(), v.maxLength(20_000));
const none = v.strictObject({});
const searchName = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

/** Schema of each command's arguments. */
export const commandArguments = {
  status: none,
  models: none,
  /** What is known of the devices, for each model in service; nothing before they were tried. */
  devices: none,
  /** Tries each device in a process of its own, and compares it with the processor. Takes up to a minute or two. */
  probeDevices: none,
  /** Adds a backbone from an ONNX file on this machine. */
  importModel: v.strictObject({
    path: filePathSchema,
    name: v.pipe(v.string(), v.maxLength(100)),
    preprocessing: preprocessingSchema,
    /** null to take what the model's input looks like. */
    layout: v.nullable(v.picklist(['nchw', 'nhwc'])),
  }),
  /** Models that are recommended, and which of them are installed. */
  catalogue: none,
  /**
   * Adds a model of the catalogue, from its address or from a file on this machine. Which address that is, the
   * catalogue alone says.
   */
  installModel: v.strictObject({
    name: v.pipe(v.string(), v.maxLength(100)),
    path: v.optional(filePathSchema),
  }),
  /** Deletes a backbone that was added and describes no photo. */
  removeModel: v.strictObject({ name: v.pipe(v.string(), v.maxLength(100)) }),
  /** Makes a model's eight-bit copy, calibrated on photos of the library. */
  makeEightBit: v.strictObject({
    name: v.pipe(v.string(), v.maxLength(100)),
    /** How many times as fast as the model the copy must be to be kept. */
    leastGain: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  }),
  folders: none,
  addFolder: v.strictObject({ path: folderPathSchema }),
  /** Forgets the photos of the folder; files are never touched. */
  removeFolder: v.strictObject({ folderId: idSchema }),
  /** Changes what of a folder is looked at, and indexes it anew. */
  changeFolder: v.strictObject({
    folderId: idSchema,
    patterns: v.optional(patterns),
    followLinks: v.optional(v.boolean()),
  }),
  /**
   * Counts what a draft of patterns keeps and leaves out. Only the latest question on a folder is answered; earlier ones
   * end with `cancelled`.
   */
  countPatterns: v.strictObject({ folderId: idSchema, patterns, followLinks: v.boolean() }),
  /** Says where the files of a folder are now, which has to hold some of them. */
  relocateFolder: v.strictObject({ folderId: idSchema, path: folderPathSchema }),
  photo: v.strictObject({ photoId: idSchema }),
  problems: v.strictObject(pageFields),
  /** Scans the given folders, or all of them, and indexes what is new or changed. */
  startIndexing: v.strictObject({ folderIds: v.optional(v.pipe(v.array(idSchema), v.minLength(1))) }),
  /** Jobs that are not over, and the latest that are. */
  jobs: none,
  pauseJob: v.strictObject({ jobId: idSchema }),
  resumeJob: v.strictObject({ jobId: idSchema }),
  cancelJob: v.strictObject({ jobId: idSchema }),
  /** A picture will soon be searched with: loads the network meanwhile. */
  prepareSearch: none,
  /** Ranks the library by similarity to the weighted sum of the examples. */
  search: v.strictObject({
    ...queryFields,
    top: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
    /** How the order is to be improved; by default it is that of the similarities. */
    ranking: v.optional(rankingSchema),
    /** Who asks: a search that is still going on when the same one asks again ends with `cancelled`. */
    asker: v.optional(searchName),
    /** Where looking at the results takes long, `searchFound` tells by this name what was found so far. */
    stream: v.optional(searchName),
  }),
  /** Measures the search on the library itself; with folds, everything is fitted on other photos than the queries. */
  evaluate: v.strictObject({ ...measuredFields, recipe: v.optional(recipeSchema) }),
  /** Measures two recipes query by query. */
  compareRecipes: v.strictObject({ ...measuredFields, a: recipeSchema, b: recipeSchema }),
  /** Accuracy of nearest neighbours and of logistic regression on the descriptors. */
  probe: v.strictObject({ folds: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(20)) }),
  recipes: none,
  /** What applying a recipe would cost. */
  retunePlan: v.strictObject({ recipe: recipeSchema }),
  /** Reads photos for a draft, so that it can be previewed and compared; what is in service stays as it is. */
  readForRecipe: v.strictObject({ recipe: recipeSchema }),
  /** Builds the descriptors of another recipe in the background, and puts them in service when complete. */
  retune: v.strictObject({
    recipe: recipeSchema,
    /** Whether photos may be read again where that is needed. */
    mayRead: v.boolean(),
  }),
  /** What a recipe would find, on a sample of the library. */
  tunePreview: v.strictObject({
    recipe: recipeSchema,
    /** The example queries; those that are not indexed are left out. */
    photoIds: v.pipe(v.array(idSchema), v.maxLength(12)),
    top: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)),
  }),
  /** Makes altered copies of some photos, to learn from and to measure with where folders tell nothing. */
  makePairs: none,
  /** Looks for a better recipe among those that the cache can answer. */
  tuneSearch: v.strictObject({
    by: v.picklist(['folder', 'tag', 'pairs']),
    seconds: v.pipe(v.number(), v.minValue(5), v.maxValue(86_400)),
  }),
  /** Lays the photos out in two dimensions. */
  makeMap: v.strictObject({ method: v.picklist(['umap', 'tsne']) }),
  /** The latest layout of the descriptors in service. */
  map: none,
  cache: none,
  /** Ways to read photos, with the time that each takes. */
  profiles: none,
  /** Measures how long each takes, on the first photos of the library. */
  timeProfiles: none,
  /**
   * Takes a profile. Photos that are indexed are read anew by it; where others are being indexed, that goes on afterwards,
   * and they are read by it alone.
   */
  useProfile: v.strictObject({ name: v.picklist(profileNames) }),
  ...photoListArguments,
  ...pictureArguments,
  ...explanationArguments,
  ...measurementArguments,
  ...decisionArguments,
  ...savedSearchArguments,
  ...duplicateArguments,
  ...binArguments,
  ...upkeepArguments,
  ...movingArguments,
  ...supportArguments,
  ...rememberedViewArguments,
  settings: none,
  changeSettings: v.partial(
    v.strictObject({
      lowPriority: v.boolean(),
      cacheBudgetBytes: v.pipe(v.number(), v.minValue(0)),
      watch: v.boolean(),
      maxMegapixels: v.pipe(v.number(), v.minValue(1), v.maxValue(mostMaxMegapixels)),
      profileAnswered: v.boolean(),
    }),
  ),
} as const;

/** Answer of each command. */
export interface CommandAnswers
  extends
    PictureAnswers,
    DecisionAnswers,
    ExplanationAnswers,
    SavedSearchAnswers,
    DuplicateAnswers,
    BinAnswers,
    PhotoListAnswers,
    MeasurementAnswers,
    UpkeepAnswers,
    MovingAnswers,
    SupportAnswers,
    RememberedViewAnswers {
  status: EngineStatus;
  models: ModelInfo[];
  devices: DeviceReport[];
  probeDevices: DeviceReport[];
  importModel: ModelInfo;
  catalogue: CatalogueItem[];
  installModel: Job;
  removeModel: { removed: string };
  makeEightBit: Job;
  folders: Folder[];
  addFolder: Folder;
  removeFolder: { forgotten: number };
  changeFolder: Folder;
  countPatterns: PatternCounts;
  relocateFolder: Folder;
  photo: PhotoDetails;
  problems: { total: number; problems: PhotoProblem[] };
  startIndexing: Job;
  jobs: Job[];
  pauseJob: Job;
  resumeJob: Job;
  cancelJob: Job;
  /** Whether the network is loaded; there is none to load while no photo is described. */
  prepareSearch: { ready: boolean };
  search: SearchAnswer;
  evaluate: QualityReport;
  compareRecipes: RecipeComparison;
  probe: ProbeReport;
  recipes: Recipes;
  retunePlan: RetunePlan;
  readForRecipe: Job;
  retune: Job;
  tunePreview: TunePreview;
  makePairs: Job;
  tuneSearch: Job;
  makeMap: Job;
  /** null until one was made. */
  map: PhotoMap | null;
  cache: CacheInfo;
  profiles: ProfileReport;
  timeProfiles: Job;
  useProfile: Job;
  settings: Settings;
  changeSettings: Settings;
}

export type CommandName = keyof typeof commandArguments;
export type CommandArguments = { [Name in CommandName]: v.InferOutput<(typeof commandArguments)[Name]> };

/** The one call that every client of the engine offers. Rejects with a `SemblanceError`. */
export type CallCommand = <Name extends CommandName>(
  command: Name,
  args: CommandArguments[Name],
) => Promise<CommandAnswers[Name]>;

export function isCommandName(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commandArguments, name);
}

/** Names of a command's arguments that are paths on this machine, and what each has to lead to. */
export function pathArgumentsOf(command: CommandName): [name: string, kind: PathKind][] {
  return Object.entries<v.GenericSchema>(commandArguments[command].entries).flatMap(([name, schema]) => {
    const kind = pathKindOf(schema);
    return kind === null ? [] : [[name, kind]];
  });
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
