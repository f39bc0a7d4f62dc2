/** Data that crosses process boundaries. Times are milliseconds since 1970 unless a name says otherwise. */
import type { PhotoProblemCode } from './errors.ts';
import type { Moved, RankingStep } from './ranking.ts';
import type { Recipe } from './recipe.ts';
import type { LanguageChoice } from './language.ts';
import type { Theme } from './theme.ts';

export interface Folder {
  id: number;
  path: string;
  addedAtMs: number;
  /** Photos of this folder that can be searched. */
  photos: number;
  /** Photos of this folder that could not be read. */
  problems: number;
  /** Whether the folder is there at the moment, and not on a drive that is away. */
  available: boolean;
  /** What is left out of it, in gitignore's syntax. */
  patterns: string;
  /** Whether symbolic links in it are followed, wherever they lead. */
  followLinks: boolean;
}

/** Photos of a folder by their names, as a draft of its patterns parts them. */
export interface PatternCounts {
  kept: { photos: number; bytes: number };
  leftOut: { photos: number; bytes: number };
}

/** How changes on disk are noticed. */
export interface WatchingStatus {
  /** `watching` where the system tells of changes, `rescanning` where folders are looked at now and then instead. */
  state: 'off' | 'watching' | 'rescanning';
  /** Why some folders are only looked at now and then; '' where none are. */
  detail: string;
}

/** What a grid needs to show a photo. */
export interface PhotoSummary {
  id: number;
  /** File name without its folders. */
  name: string;
  /** Folder that holds the file, relative to its library folder; '' at the top. */
  directory: string;
  folderId: number;
  /** Pixels as seen, that is after EXIF orientation. */
  width: number;
  height: number;
  /** Whether its file is on a drive that is away. */
  offline: boolean;
}

/** What a photo's file tells about it; null where it does not. */
export interface PhotoMetadata {
  /**
   * When it was taken, as the camera's clock showed it: its date and time read as if they were UTC, since most cameras
   * do not say where on earth they are.
   */
  takenAtMs: number | null;
  camera: string | null;
  lens: string | null;
  /** Degrees, north positive. */
  latitude: number | null;
  /** Degrees, east positive. */
  longitude: number | null;
}

export interface PhotoDetails extends PhotoSummary, PhotoMetadata {
  /** Absolute path. */
  path: string;
  /** ThumbHash of the picture in base64, for the time until its thumbnail is there; '' of photos that were read before there were any. */
  placeholder: string;
  format: string;
  sizeBytes: number;
  modifiedAtMs: number;
  addedAtMs: number;
  /** Of the person and of the file, in alphabetical order. */
  tags: string[];
  /** 1 to 5; null for none. */
  rating: number | null;
}

/** A photo that was set aside. */
export interface PhotoProblem {
  photoId: number;
  path: string;
  code: PhotoProblemCode;
  message: string;
}

export interface SearchResult {
  /** 1 for the best match. */
  rank: number;
  /** Cosine similarity with the query as it was asked, −1 … 1; a better ranking need not follow it. */
  score: number;
  photo: PhotoDetails;
  moved: Moved;
}

export interface SearchAnswer {
  results: SearchResult[];
  milliseconds: number;
  /** Which tier answered. */
  tier: 'exact' | 'hnsw';
  /** Photos that were compared. */
  searched: number;
  /**
   * Of a search with a whitening strength of its own that HNSW answered: which share of the best it finds, measured on
   * the library's photos. null until that is measured, and where every photo was compared.
   */
  whiteningRecall: number | null;
  /** What each part of the ranking did, in order. */
  steps: RankingStep[];
  /** Photos that were among the first before the ranking was improved, and are no more. */
  gone: PhotoDetails[];
}

export interface GenerationInfo {
  id: number;
  recipeKey: string;
  recipe: Recipe;
  /** Where mean and components come from: shipped statistics, or the library's own photos. */
  fit: 'generic' | 'library' | 'none';
  /** Photos that the fit has seen. */
  fittedOn: number;
  /** What learning came to, in words, or ''. */
  note: string;
  createdAtMs: number;
}

/** Of a copy that computes in eight bits: the model that it is of, and what was measured when it was made. */
export interface EightBitCopy {
  /** Name and hash of the model. */
  of: string;
  ofSha256: string;
  /** Cosine between descriptors of a photo by both: mean and least over photos that it was not calibrated on. */
  agreement: { mean: number; least: number };
  /** How many times as fast as the model it is on this machine. */
  gain: number;
}

export interface ModelInfo {
  name: string;
  /** Whether the user has added it; others come along and stay. */
  isOwn: boolean;
  title: string;
  purpose: string;
  licence: string;
  /** Where it comes from: package, version, authors. */
  origin: string;
  /** Name of the catalogue's entry that it came by, or null. */
  catalogueName: string | null;
  sha256: string;
  sizeBytes: number;
  /** Where it takes pictures of one size only, which all are stretched to. */
  size: { width: number; height: number } | null;
  eightBit: EightBitCopy | null;
  /** `stride` is pixels to a position of the map; 0 for what stands for the whole picture. */
  taps: { name: string; channels: number; stride: number }[];
  /** Names of the taps that are taken first; empty where they follow from the strides. */
  usualTaps: string[];
}

/** What came of trying a device: right, or why it is not used. */
export type DeviceVerdict = 'right' | 'wrong' | 'missing' | 'crashed' | 'slow';

/** Numbers that a network computes with: of 32 bits, or of 16. */
export type Precision = 'single' | 'half';

/** What came of trying a device in one precision. */
export interface DeviceTrial {
  verdict: DeviceVerdict;
  /** Why it is not used in words: the error, how far from the processor its numbers are, or that it is no faster. */
  detail: string;
  /** For a test picture of the usual size at three scales; null where it did not come so far. */
  milliseconds: number | null;
}

/** A way to compute: an execution provider of the runtime, and how it did in single precision. */
export interface Device extends DeviceTrial {
  /** The runtime's name for it: cpu, webgpu, dml, coreml, cuda, tensorrt. */
  provider: string;
  /** Half where that is right too, and faster. */
  precision: Precision;
  /** How it did in half precision; null for the processor, and where single precision is not right already. */
  half: DeviceTrial | null;
}

/** What each device of this machine is worth for one model. */
export interface DeviceReport {
  model: string;
  probedAtMs: number;
  /** Version of the runtime, processor and graphics drivers: with another, what was found is no longer true. */
  machine: string;
  /** Provider that is used: the fastest that is right. */
  chosen: string;
  devices: Device[];
}

export interface EngineStatus {
  version: string;
  /** Versions of what runs the engine. */
  node: string;
  libraryPath: string;
  folders: number;
  photos: number;
  problems: number;
  /** null before the first photo. */
  generation: GenerationInfo | null;
  search: {
    tier: 'exact' | 'hnsw';
    /** Photos above which HNSW answers, measured on this machine; null while a library is too small to need it. */
    crossover: number | null;
    hnswAvailable: boolean;
    /** Why HNSW cannot be used, when it cannot. */
    hnswReason: string | null;
    /** What there is to know of the search index, e.g. that it was damaged and is being built anew; else null. */
    note: string | null;
  };
  /** What computes the descriptors. */
  provider: string;
  threads: number;
  /** Its name, or those of two, with a plus between. */
  model: string;
  watching: WatchingStatus;
}

export interface Settings {
  /** Index with a lower process priority and fewer threads. */
  lowPriority: boolean;
  /** Bytes that cached feature statistics may take. Photos beyond it are read again when the recipe changes. */
  cacheBudgetBytes: number;
  /** Index what changes on disk while Semblance runs, and look for changes when it starts. */
  watch: boolean;
  /** Photos with more megapixels are left out. */
  maxMegapixels: number;
  /** Whether somebody has answered how thoroughly photos are to be read, and need not be asked again. */
  profileAnswered: boolean;
}

/** What the host around the interface can do. */
export interface HostInfo {
  kind: 'electron' | 'server';
  platform: string;
  canChooseFolder: boolean;
  canReveal: boolean;
  /** Whether photos can be dragged out as files. */
  canDragOut: boolean;
  /** Folders under which a folder may be added; null when anywhere. */
  allowedRoots: string[] | null;
  /** Name of a library that is not the person's usual one; else null. */
  libraryName: string | null;
  /** Versions of what shows the page, where the host knows them: Electron and Chromium. */
  versions: Record<string, string>;
  /** null where the page sees to it itself. */
  theme: Theme | null;
  /** null where the page remembers it itself. */
  language: LanguageChoice | null;
}

/** State of the engine process as its supervisor sees it. */
export type EngineState = 'starting' | 'ready' | 'lost';
