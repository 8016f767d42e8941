-- Which store this is. The same id stands beside the originals, so that an empty or another
-- database is not taken for theirs.
ALTER TABLE meta ADD COLUMN store_id TEXT NOT NULL DEFAULT '';
UPDATE meta SET store_id = lower(hex(randomblob(16)));

-- The chain of commits: a restored database counts its generations anew, but never gives a
-- commit the id of another. What an index was made of is current, or an ancestor, only if
-- its generation stands here with its commit.
CREATE TABLE lineage (
    generation INTEGER PRIMARY KEY CHECK (generation >= 0),
    commit_id  TEXT NOT NULL UNIQUE CHECK (length(commit_id) = 32)
) STRICT;
INSERT INTO lineage (generation, commit_id) SELECT generation, lower(hex(randomblob(16))) FROM meta;

-- The highest visibility in use says which index serves a reader.
CREATE INDEX document_visibility ON document (visibility);

-- What a removed document was called and which originals it was read from, until it is purged.
ALTER TABLE removal ADD COLUMN slug TEXT;
CREATE TABLE removed_file (
    document_id INTEGER NOT NULL REFERENCES removal (document_id) ON DELETE CASCADE,
    file_id     INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    PRIMARY KEY (document_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX removed_file_file ON removed_file (file_id);

-- Documents whose earlier contents were destroyed, as of which generation.
CREATE TABLE purge (
    document_id INTEGER PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    generation  INTEGER NOT NULL
) STRICT;
