-- Truth of the product. Indexes (keyword, vector) are caches made from these tables.

-- Several embedders may have vectors at once, so that a change of model can be prepared
-- beside the one that serves; meta.embedder_id names the one in use.
CREATE TABLE embedder (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dim  INTEGER NOT NULL CHECK (dim > 0)
) STRICT;

CREATE TABLE meta (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    generation  INTEGER NOT NULL CHECK (generation >= 0),
    embedder_id INTEGER REFERENCES embedder (id)
) STRICT;
INSERT INTO meta (id, generation, embedder_id) VALUES (1, 0, NULL);

CREATE TABLE collection (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL UNIQUE CHECK (length(title) > 0)
) STRICT;

-- visibility: 0 public, 1 internal, 2 restricted (kb.vocabulary.Visibility)
CREATE TABLE document (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    slug          TEXT NOT NULL UNIQUE CHECK (length(slug) > 0),
    collection_id INTEGER NOT NULL REFERENCES collection (id),
    visibility    INTEGER NOT NULL DEFAULT 0 CHECK (visibility BETWEEN 0 AND 2),
    generation    INTEGER NOT NULL,
    added_at      TEXT NOT NULL
) STRICT;
CREATE INDEX document_generation ON document (generation);
CREATE INDEX document_collection ON document (collection_id);

-- Documents that are gone, so that an index can forget them.
CREATE TABLE removal (
    document_id INTEGER PRIMARY KEY,
    generation  INTEGER NOT NULL
) STRICT;

CREATE TABLE file (
    id         INTEGER PRIMARY KEY,
    sha256     TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT;

-- One immutable content of a document. sha256 is of the bytes the content was read from:
-- the whole file, or one line of a JSONL file (then line_number is set).
CREATE TABLE revision (
    id             INTEGER PRIMARY KEY,
    document_id    INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    file_id        INTEGER NOT NULL REFERENCES file (id),
    line_number    INTEGER CHECK (line_number >= 1),
    sha256         TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    is_current     INTEGER NOT NULL CHECK (is_current BETWEEN 0 AND 1),
    kind           TEXT NOT NULL CHECK (kind = 'administrative' OR kind = 'civil' OR kind = 'criminal' OR kind = 'foreign_case'
                                OR kind = 'foreign_guide' OR kind = 'statute' OR kind = 'guidance'),
    title          TEXT NOT NULL CHECK (length(title) > 0),
    case_number    TEXT,
    authority      TEXT,
    region         TEXT,
    decided_on     TEXT CHECK (decided_on GLOB '[0-9][0-9][0-9][0-9]*'),
    completeness   TEXT NOT NULL CHECK (completeness = 'full' OR completeness = 'brief'),
    law            TEXT,
    version        TEXT,
    effective_from TEXT,
    effective_to   TEXT,
    metadata       TEXT NOT NULL CHECK (json_valid(metadata)),
    added_at       TEXT NOT NULL,
    text           TEXT NOT NULL -- last: a row's other columns are read without passing over it
) STRICT;
CREATE UNIQUE INDEX one_current_revision ON revision (document_id) WHERE is_current = 1;
CREATE INDEX revision_file ON revision (file_id);
CREATE INDEX revision_law ON revision (law) WHERE is_current = 1 AND law IS NOT NULL;

-- Spans are [start, end) in Unicode code points of revision.text; sections and passages
-- each cover the text without gap or overlap.
CREATE TABLE section (
    id          INTEGER PRIMARY KEY,
    revision_id INTEGER NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    role        TEXT NOT NULL,
    heading     TEXT NOT NULL,
    start       INTEGER NOT NULL CHECK (start >= 0),
    "end"       INTEGER NOT NULL,
    UNIQUE (revision_id, ordinal),
    CHECK ("end" > start)
) STRICT;

CREATE TABLE passage (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    revision_id INTEGER NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
    section_id  INTEGER NOT NULL REFERENCES section (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    start       INTEGER NOT NULL CHECK (start >= 0),
    "end"       INTEGER NOT NULL,
    paragraph   INTEGER NOT NULL CHECK (paragraph >= 1),
    page        INTEGER CHECK (page >= 1),
    CHECK ("end" > start)
) STRICT;
CREATE INDEX passage_document ON passage (document_id);
CREATE INDEX passage_revision ON passage (revision_id);
CREATE INDEX passage_section ON passage (section_id);

-- float16 little-endian, unit length or all zero
CREATE TABLE vector (
    embedder_id INTEGER NOT NULL REFERENCES embedder (id) ON DELETE CASCADE,
    passage_id  INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    data        BLOB NOT NULL,
    PRIMARY KEY (embedder_id, passage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vector_passage ON vector (passage_id);

-- Values a reader filters by; one row a value of the current revision.
CREATE TABLE facet (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    field       TEXT NOT NULL,
    value       TEXT NOT NULL CHECK (length(value) > 0),
    PRIMARY KEY (field, value, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_document ON facet (document_id);

-- Exact keys (案号, 文号, guiding-case numbers, slug, citations, parties), normalised by kb.identifiers.
CREATE TABLE identifier (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    type        TEXT NOT NULL,
    value       TEXT NOT NULL CHECK (length(value) > 0),
    PRIMARY KEY (type, value, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_document ON identifier (document_id);

-- Mentions in the current text: of an article (law, version, article) or of a document (target).
CREATE TABLE citation (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    start       INTEGER CHECK (start >= 0),
    "end"       INTEGER,
    law         TEXT,
    version     TEXT,
    article     TEXT,
    target      TEXT,
    CHECK ((law IS NOT NULL AND version IS NOT NULL AND article IS NOT NULL) OR target IS NOT NULL),
    CHECK (start IS NULL OR "end" > start)
) STRICT;
CREATE INDEX citation_document ON citation (document_id);
CREATE INDEX citation_article ON citation (law, article) WHERE law IS NOT NULL;
CREATE INDEX citation_target ON citation (target) WHERE target IS NOT NULL;

-- What an article of a law's version is about. Versions of one law that share a provision
-- are concordant there: 2019 第九条 and 2025 第十条 both hold 侵犯商业秘密行为与定义.
CREATE TABLE provision (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    law         TEXT NOT NULL,
    version     TEXT NOT NULL,
    article     TEXT NOT NULL,
    provision   TEXT NOT NULL,
    note        TEXT,
    PRIMARY KEY (law, version, article, provision, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX provision_document ON provision (document_id);
