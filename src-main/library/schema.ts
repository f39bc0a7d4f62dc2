/** Tables of the catalogue. A later version adds a step to `migrations`; steps are never edited. */

export const schemaVersion = 7;

/** `migrations[n]` takes a database from version n to n + 1. */
export const migrations = [
  `
  CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    addedAtMs INTEGER NOT NULL
  ) STRICT;

  -- A picture by what it contains: copies and moved files share everything that was computed.
  CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: index files know pictures by it
    hash TEXT NOT NULL UNIQUE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL
  ) STRICT;

  -- A file. Without a content it was set aside, and problemCode says why.
  CREATE TABLE photos (
    id INTEGER PRIMARY KEY,
    folderId INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    sizeBytes INTEGER NOT NULL,
    modifiedAtMs REAL NOT NULL,
    addedAtMs INTEGER NOT NULL,
    contentId INTEGER REFERENCES contents(id),
    problemCode TEXT,
    problemMessage TEXT,
    UNIQUE (folderId, directory, name),
    CHECK ((contentId IS NULL) = (problemCode IS NOT NULL))
  ) STRICT;
  CREATE INDEX photosByContent ON photos(contentId);
  CREATE INDEX photosByAdded ON photos(addedAtMs DESC, id DESC) WHERE contentId IS NOT NULL;
  CREATE INDEX photosWithProblem ON photos(problemCode) WHERE problemCode IS NOT NULL;

  -- Files being read now. What is left here after a start was being read when the engine died.
  CREATE TABLE inFlight (
    folderId INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (folderId, directory, name)
  ) STRICT;

  CREATE TABLE powerMeans (
    id INTEGER PRIMARY KEY,
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    extractionKey TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (contentId, extractionKey)
  ) STRICT;

  CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    recipeKey TEXT NOT NULL,
    extractionKey TEXT NOT NULL,
    recipe TEXT NOT NULL,
    fitKind TEXT NOT NULL CHECK (fitKind IN ('generic', 'library', 'none')),
    fit BLOB,
    fittedOn INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('building', 'serving')),
    createdAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX oneServingGeneration ON generations(state) WHERE state = 'serving';

  CREATE TABLE descriptors (
    id INTEGER PRIMARY KEY,
    generationId INTEGER NOT NULL REFERENCES generations(id) ON DELETE CASCADE,
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    vector BLOB NOT NULL,
    UNIQUE (generationId, contentId)
  ) STRICT;
  CREATE INDEX descriptorsByContent ON descriptors(contentId);

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What the network was asked for, by the key under which its answers are cached.
  CREATE TABLE extractions (
    key TEXT PRIMARY KEY,
    description BLOB NOT NULL
  ) STRICT;

  -- Rows of encoding 1 are re-encoded in the background, and can be read until then.
  ALTER TABLE powerMeans ADD COLUMN encoding INTEGER NOT NULL DEFAULT 1;
  CREATE INDEX powerMeansByEncoding ON powerMeans(encoding) WHERE encoding = 1;
  CREATE INDEX powerMeansByKey ON powerMeans(extractionKey, contentId);

  -- Statistics of altered copies of a picture, from which matching pairs are learned without labels.
  CREATE TABLE variants (
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    extractionKey TEXT NOT NULL,
    variant TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (contentId, extractionKey, variant)
  ) STRICT;

  -- Recipes that were in service, the latest last, so that there is a way back.
  CREATE TABLE pastRecipes (
    id INTEGER PRIMARY KEY,
    recipe TEXT NOT NULL,
    endedAtMs INTEGER NOT NULL
  ) STRICT;

  -- The photos laid out in two dimensions, by the descriptors of a generation.
  CREATE TABLE maps (
    generationId INTEGER PRIMARY KEY REFERENCES generations(id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    contentIds BLOB NOT NULL, -- 32-bit numbers
    points BLOB NOT NULL -- x and y of each, single precision
  ) STRICT;

  -- A generation in the making has no fit until it was fitted; its note says what learning came to.
  ALTER TABLE generations ADD COLUMN fitted INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE generations ADD COLUMN note TEXT NOT NULL DEFAULT '';
  `,
  `
  -- What is left out of a folder, in gitignore's syntax, and whether links that lead out of it are followed.
  ALTER TABLE folders ADD COLUMN patterns TEXT NOT NULL DEFAULT '';
  ALTER TABLE folders ADD COLUMN followLinks INTEGER NOT NULL DEFAULT 0;
  -- The file system that holds the folder, and where on it: how a drive is known again under another mount point.
  ALTER TABLE folders ADD COLUMN volume TEXT;
  ALTER TABLE folders ADD COLUMN pathOnVolume TEXT;
  -- The file's number on its file system, by which it is known again under another name without being read.
  ALTER TABLE photos ADD COLUMN inode INTEGER;
  -- Files that were read and are no photos, so that they are read again only when they change.
  CREATE TABLE otherFiles (
    folderId INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    sizeBytes INTEGER NOT NULL,
    modifiedAtMs REAL NOT NULL,
    PRIMARY KEY (folderId, directory, name)
  ) STRICT, WITHOUT ROWID;

  -- What the file itself tells; metadataVersion 0 stands for pictures that were read before that was looked at.
  ALTER TABLE contents ADD COLUMN metadataVersion INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE contents ADD COLUMN takenAtMs REAL;
  ALTER TABLE contents ADD COLUMN camera TEXT;
  ALTER TABLE contents ADD COLUMN lens TEXT;
  ALTER TABLE contents ADD COLUMN latitude REAL;
  ALTER TABLE contents ADD COLUMN longitude REAL;
  ALTER TABLE contents ADD COLUMN fileRating INTEGER;
  CREATE INDEX contentsByMetadata ON contents(metadataVersion, id);
  -- More formats can be read than before.
  UPDATE photos SET modifiedAtMs = -1 WHERE problemCode = 'unsupported-format';
  CREATE INDEX contentsByTaken ON contents(takenAtMs) WHERE takenAtMs IS NOT NULL;
  -- Since when no file contains the picture; it is kept for a while, because files that went often come back.
  ALTER TABLE contents ADD COLUMN orphanedAtMs INTEGER;
  ALTER TABLE contents ADD COLUMN orphanedPhotoId INTEGER; -- the id that its last file had, and gets back
  CREATE INDEX contentsOrphaned ON contents(orphanedAtMs) WHERE orphanedAtMs IS NOT NULL;

  -- Keywords that the file itself holds.
  CREATE TABLE fileTags (
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    tag TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (contentId, tag)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fileTagsByTag ON fileTags(tag);

  -- What a person has decided, by the hash of the picture: it outlives everything that can be computed again.
  CREATE TABLE decidedTags (
    hash TEXT NOT NULL,
    tag TEXT NOT NULL COLLATE NOCASE,
    present INTEGER NOT NULL, -- 0 for a keyword of the file that the person has taken away
    PRIMARY KEY (hash, tag)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX decidedTagsByTag ON decidedTags(tag);
  CREATE TABLE decidedRatings (
    hash TEXT PRIMARY KEY,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 0 AND 5) -- 0 takes the file's rating away
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE notDuplicates (
    hash TEXT NOT NULL,
    otherHash TEXT NOT NULL,
    PRIMARY KEY (hash, otherHash),
    CHECK (hash < otherHash)
  ) STRICT, WITHOUT ROWID;
  -- Each decision with what it changed, the latest last, so that it can be taken back.
  CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decidedAtMs INTEGER NOT NULL,
    description TEXT NOT NULL,
    changes TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Tags and ratings as they count: the person's word, and else the file's.
  CREATE VIEW contentTags AS
    SELECT contentId, tag FROM fileTags
    WHERE NOT EXISTS (
      SELECT 1 FROM contents JOIN decidedTags ON decidedTags.hash = contents.hash
      WHERE contents.id = fileTags.contentId AND decidedTags.tag = fileTags.tag
    )
    UNION ALL
    SELECT contents.id, tag FROM decidedTags JOIN contents ON contents.hash = decidedTags.hash WHERE present = 1;
  CREATE VIEW contentRatings AS
    SELECT contents.id AS contentId, nullif(coalesce(decidedRatings.rating, contents.fileRating, 0), 0) AS rating
    FROM contents LEFT JOIN decidedRatings ON decidedRatings.hash = contents.hash;
  `,
  `
  -- The pictures most similar to each, by the descriptors of a generation, best first.
  CREATE TABLE neighbours (
    generationId INTEGER NOT NULL REFERENCES generations(id) ON DELETE CASCADE,
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    data BLOB NOT NULL, -- 32-bit ids, then single-precision similarities
    PRIMARY KEY (generationId, contentId)
  ) STRICT;
  CREATE INDEX neighboursByContent ON neighbours(contentId);

  -- What is compared place by place where two pictures are held against each other.
  CREATE TABLE localFeatures (
    contentId INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    key TEXT NOT NULL, -- what they were made with
    data BLOB NOT NULL,
    PRIMARY KEY (contentId, key)
  ) STRICT;

  -- How sharp the picture is; NULL until that was looked at.
  ALTER TABLE contents ADD COLUMN sharpness REAL;

  -- Questions that a person keeps. Photos are in them by the hash of the picture.
  CREATE TABLE savedSearches (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    savedAtMs INTEGER NOT NULL,
    seenAtMs INTEGER NOT NULL -- photos that were added later are new to the person
  ) STRICT;
  -- Example pictures that are in no folder of the library, small copies of them.
  CREATE TABLE savedExamples (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL
  ) STRICT;

  -- Files that were moved to the system's bin, the latest last.
  CREATE TABLE binnedFiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    sizeBytes INTEGER NOT NULL,
    binnedAtMs INTEGER NOT NULL,
    place TEXT, -- where in the bin it lies, where the system tells
    restoredAtMs INTEGER
  ) STRICT;
  `,
  `
  -- Orders in which photos are looked at. Dates are wanted both ways, and unknown ones last either way.
  CREATE INDEX photosByName ON photos(name COLLATE NOCASE, id) WHERE contentId IS NOT NULL;
  CREATE INDEX contentsByOldest ON contents(takenAtMs IS NULL, takenAtMs, id);
  CREATE INDEX contentsByNewest ON contents(takenAtMs IS NULL, takenAtMs DESC, id DESC);
  `,
  `
  -- Files that a person chose to keep among their duplicates: the picture, and where the file was then.
  CREATE TABLE keptFiles (
    hash TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (hash, path)
  ) STRICT, WITHOUT ROWID;

  -- The highest number that a photo had which is gone: pages remember pictures by the number, so none is given twice.
  CREATE TABLE photoNumbers (highestGone INTEGER NOT NULL) STRICT;
  INSERT INTO photoNumbers
    SELECT max((SELECT coalesce(max(id), 0) FROM photos), (SELECT coalesce(max(orphanedPhotoId), 0) FROM contents));
  CREATE TRIGGER photoNumberIsGone AFTER DELETE ON photos
    WHEN OLD.id > (SELECT highestGone FROM photoNumbers)
    BEGIN UPDATE photoNumbers SET highestGone = OLD.id; END;
  `,
  `
  -- A ThumbHash of the picture, some 25 bytes, to be seen until its thumbnail is; NULL for pictures that were read before.
  ALTER TABLE contents ADD COLUMN placeholder BLOB;
  `,
];
