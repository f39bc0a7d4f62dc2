/** What of a catalogue goes along when a library moves: each table with the columns that mean something elsewhere. */

export interface ArchivedTable {
  name: string;
  columns: readonly string[];
  /** Which rows go along; all where nothing is said. */
  where?: string;
  /** So that the same library makes the same file. */
  order: string;
}

/** Pictures that are in a file: of others nothing goes along. */
const ofPictures = 'contentId IN (SELECT id FROM contents WHERE orphanedAtMs IS NULL)';
const ofServing = "generationId IN (SELECT id FROM generations WHERE state = 'serving')";

/** In an order in which each row comes after those that it names. */
export const archivedTables: readonly ArchivedTable[] = [
  {
    name: 'folders',
    columns: ['id', 'path', 'addedAtMs', 'patterns', 'followLinks', 'volume', 'pathOnVolume'],
    order: 'id',
  },
  {
    name: 'contents',
    columns: [
      ...['id', 'hash', 'width', 'height', 'format', 'metadataVersion', 'takenAtMs', 'camera', 'lens'],
      ...['latitude', 'longitude', 'fileRating', 'sharpness', 'placeholder'],
    ],
    where: 'orphanedAtMs IS NULL',
    order: 'id',
  },
  {
    name: 'photos',
    columns: [
      ...['id', 'folderId', 'directory', 'name', 'sizeBytes', 'modifiedAtMs', 'addedAtMs'],
      ...['contentId', 'problemCode', 'problemMessage'],
    ],
    order: 'id',
  },
  { name: 'fileTags', columns: ['contentId', 'tag'], where: ofPictures, order: 'contentId, tag' },
  { name: 'extractions', columns: ['key', 'description'], order: 'key' },
  {
    name: 'powerMeans',
    columns: ['id', 'contentId', 'extractionKey', 'data', 'encoding'],
    // The others are of the first schema, and are brought into the present form soon after a library was opened.
    where: `encoding = 2 AND ${ofPictures}`,
    order: 'id',
  },
  {
    name: 'variants',
    columns: ['contentId', 'extractionKey', 'variant', 'data'],
    where: ofPictures,
    order: 'contentId, extractionKey, variant',
  },
  {
    name: 'localFeatures',
    columns: ['contentId', 'key', 'data'],
    where: ofPictures,
    order: 'contentId, key',
  },
  {
    name: 'generations',
    columns: [
      ...['id', 'recipeKey', 'extractionKey', 'recipe', 'fitKind', 'fit', 'fittedOn', 'fitted', 'note'],
      ...['state', 'createdAtMs'],
    ],
    where: "state = 'serving'",
    order: 'id',
  },
  {
    name: 'descriptors',
    columns: ['id', 'generationId', 'contentId', 'vector'],
    where: `${ofServing} AND ${ofPictures}`,
    order: 'id',
  },
  {
    name: 'maps',
    columns: ['generationId', 'method', 'contentIds', 'points'],
    where: ofServing,
    order: 'generationId',
  },
  { name: 'pastRecipes', columns: ['id', 'recipe', 'endedAtMs'], order: 'id' },
  { name: 'decidedTags', columns: ['hash', 'tag', 'present'], order: 'hash, tag' },
  { name: 'decidedRatings', columns: ['hash', 'rating'], order: 'hash' },
  { name: 'notDuplicates', columns: ['hash', 'otherHash'], order: 'hash, otherHash' },
  { name: 'keptFiles', columns: ['hash', 'path'], order: 'hash, path' },
  {
    name: 'decisions',
    columns: ['id', 'decidedAtMs', 'description', 'changes', 'undone'],
    order: 'id',
  },
  {
    name: 'savedSearches',
    columns: ['id', 'name', 'query', 'savedAtMs', 'seenAtMs'],
    order: 'id',
  },
  { name: 'savedExamples', columns: ['hash', 'data'], order: 'hash' },
  // Other settings are of this copy of the library, or of this machine.
  { name: 'settings', columns: ['name', 'value'], where: "name = 'settings'", order: 'name' },
];

/**
 * What stays behind: numbers of files and of photos, which are this library's own; what can be found out again without the
 * network; and the bin, which is of this machine.
 */
export const tablesLeftBehind: readonly string[] = [
  'inFlight',
  'otherFiles',
  'neighbours',
  'binnedFiles',
  'photoNumbers',
];
export const columnsLeftBehind: Readonly<Record<string, readonly string[]>> = {
  contents: ['orphanedAtMs', 'orphanedPhotoId'],
  photos: ['inode'],
};

export const thumbnailTable: ArchivedTable = {
  name: 'thumbnails',
  columns: ['hash', 'data'],
  order: 'hash',
};
export const thumbnailSchema = 'CREATE TABLE thumbnails (hash TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT';
