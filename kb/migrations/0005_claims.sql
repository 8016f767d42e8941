-- Editors change documents: a text stands apart from the file it came from, a content has a state,
-- and every value of it says who made it.

-- Kinds are rows, so that another one is no change of the schema (kb.vocabulary.KINDS).
CREATE TABLE kind (
    name TEXT PRIMARY KEY CHECK (length(name) > 0)
) STRICT, WITHOUT ROWID;
INSERT INTO kind (name) VALUES ('administrative'), ('civil'), ('criminal'), ('foreign_case'),
    ('foreign_guide'), ('statute'), ('guidance'), ('unclassified');

-- One immutable text, named by the sha256 of its UTF-8; two documents may say the same.
CREATE TABLE text (
    id     INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    text   TEXT NOT NULL
) STRICT;
INSERT OR IGNORE INTO text (sha256, text) SELECT sha256(text), text FROM revision ORDER BY id;

-- Where a content was read from: a whole file, one line of it (line_number), or some of its
-- pages; [start, end) are code points of the whole file's text where the file holds several
-- documents. sha256 is of the bytes of this document alone.
CREATE TABLE origin (
    id          INTEGER PRIMARY KEY,
    sha256      TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    file_id     INTEGER NOT NULL REFERENCES file (id),
    line_number INTEGER CHECK (line_number >= 1),
    first_page  INTEGER CHECK (first_page >= 1),
    last_page   INTEGER CHECK (last_page >= first_page),
    start       INTEGER CHECK (start >= 0),
    "end"       INTEGER CHECK ("end" > start)
) STRICT;
INSERT INTO origin (id, sha256, file_id, line_number, first_page, last_page)
    SELECT r.id, r.sha256, r.file_id, r.line_number, p.first_page, p.last_page
    FROM revision r LEFT JOIN (
        SELECT revision_id, min(page) AS first_page, max(page) AS last_page
        FROM passage GROUP BY revision_id) p ON p.revision_id = r.id;
CREATE INDEX origin_file ON origin (file_id);

-- One content of a document: a text, and what is known of it as accepted. One at most is
-- published; those before it are superseded, those to come drafts or in review. `listed_on` is
-- the day lists are ordered by: decided, else published, else in force.
CREATE TABLE revision_new (
    id           INTEGER PRIMARY KEY,
    document_id  INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    text_id      INTEGER NOT NULL REFERENCES text (id),
    origin_id    INTEGER NOT NULL REFERENCES origin (id),
    state        TEXT NOT NULL CHECK (state = 'draft' OR state = 'review' OR state = 'published'
                                   OR state = 'superseded' OR state = 'withdrawn'),
    kind         TEXT NOT NULL REFERENCES kind (name),
    title        TEXT NOT NULL CHECK (length(title) > 0),
    case_number  TEXT,
    authority    TEXT,
    region       TEXT,
    decided_on   TEXT CHECK (decided_on GLOB '[0-9][0-9][0-9][0-9]*'),
    listed_on    TEXT,
    completeness TEXT NOT NULL CHECK (completeness = 'full' OR completeness = 'brief'),
    person       TEXT,
    reason       TEXT,
    metadata     TEXT NOT NULL CHECK (json_valid(metadata)),
    added_at     TEXT NOT NULL
) STRICT;
INSERT INTO revision_new (id, document_id, text_id, origin_id, state, kind, title, case_number,
        authority, region, decided_on, listed_on, completeness, metadata, added_at)
    SELECT r.id, r.document_id, t.id, r.id, iif(r.is_current, 'published', 'superseded'), r.kind,
        r.title, r.case_number, r.authority, r.region, r.decided_on,
        coalesce(r.decided_on, json_extract(r.metadata, '$.published_on'), r.effective_from),
        r.completeness, r.metadata, r.added_at
    FROM revision r JOIN text t ON t.sha256 = sha256(r.text);

-- A version of a law that a document is, and whether it holds the words of the law or a digest.
CREATE TABLE law_version (
    document_id    INTEGER PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    law            TEXT NOT NULL CHECK (length(law) > 0),
    version        TEXT,
    passed_on      TEXT,
    effective_from TEXT,
    effective_to   TEXT,
    wording        TEXT NOT NULL CHECK (wording = 'text' OR wording = 'digest')
) STRICT;
INSERT INTO law_version (document_id, law, version, passed_on, effective_from, effective_to, wording)
    SELECT document_id, law, version, json_extract(metadata, '$.passed_on'), effective_from,
        effective_to, iif(json_type(metadata, '$.provisions') IS NULL, 'text', 'digest')
    FROM revision WHERE is_current = 1 AND law IS NOT NULL;
CREATE INDEX law_version_law ON law_version (law);

DROP TABLE revision;
ALTER TABLE revision_new RENAME TO revision;
CREATE UNIQUE INDEX one_published_revision ON revision (document_id) WHERE state = 'published';
CREATE INDEX revision_document ON revision (document_id);
CREATE INDEX revision_text ON revision (text_id);
CREATE INDEX revision_origin ON revision (origin_id);
CREATE INDEX revision_case_number ON revision (case_number) WHERE case_number IS NOT NULL;

-- Who says which value of a content, and where in its text. `field` is an attribute of
-- kb.records.Metadata, `value` one of its values as JSON. `maker` is 'file' (what stood at the
-- head of the file), 'rule:' and the rule, 'person:' and who, or '' where it was not written down.
CREATE TABLE claim (
    revision_id INTEGER NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    field       TEXT NOT NULL CHECK (length(field) > 0),
    value       TEXT NOT NULL CHECK (json_valid(value)),
    start       INTEGER CHECK (start >= 0),
    "end"       INTEGER CHECK ("end" > start),
    maker       TEXT NOT NULL,
    confidence  REAL CHECK (confidence BETWEEN 0 AND 1),
    state       TEXT NOT NULL CHECK (state = 'suggested' OR state = 'accepted' OR state = 'rejected'),
    PRIMARY KEY (revision_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO claim (revision_id, ordinal, field, value, maker, state)
    SELECT r.id, row_number() OVER (PARTITION BY r.id ORDER BY f.id, v.id) - 1, f.key,
        iif(v.type IS NULL, json_quote(f.value), iif(v.type = 'object', v.value, json_quote(v.value))),
        '', 'accepted'
    FROM revision r, json_each(r.metadata) f
        LEFT JOIN json_each(iif(f.type = 'array', f.value, '[]')) v
    WHERE f.key NOT IN ('slug', 'collection', 'visibility', 'extra');
-- what is so by default was left out there
INSERT INTO claim (revision_id, ordinal, field, value, maker, state)
    SELECT r.id, (SELECT coalesce(max(ordinal) + 1, 0) FROM claim c WHERE c.revision_id = r.id),
        'kind', json_quote(r.kind), '', 'accepted'
    FROM revision r WHERE json_type(r.metadata, '$.kind') IS NULL;

-- What is derived of the published content, so that sums and lists read no JSON.
CREATE TABLE amount (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    type        TEXT NOT NULL,
    value       REAL NOT NULL,
    currency    TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO amount (document_id, ordinal, type, value, currency, text)
    SELECT r.document_id, a.key, json_extract(a.value, '$.type'), json_extract(a.value, '$.value'),
        json_extract(a.value, '$.currency'), json_extract(a.value, '$.text')
    FROM revision r, json_each(r.metadata, '$.amounts') a WHERE r.state = 'published';

CREATE TABLE party (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    name        TEXT NOT NULL,
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO party (document_id, ordinal, name)
    SELECT r.document_id, p.key, p.value FROM revision r, json_each(r.metadata, '$.parties') p
    WHERE r.state = 'published';

-- The proceedings a document tells of: its own, and those before it in the same dispute. Which
-- documents are one dispute follows from equal numbers among those a reader may see; it is not
-- stored, because a hidden document would join two public ones.
CREATE TABLE proceeding (
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    number      TEXT NOT NULL,
    stage       TEXT NOT NULL CHECK (stage = 'own' OR stage = 'earlier'),
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO proceeding (document_id, ordinal, number, stage)
    SELECT document_id, row_number() OVER (PARTITION BY document_id ORDER BY stage DESC, place) - 1, number, stage
    FROM (SELECT r.document_id, n.key AS place, n.value AS number, 'own' AS stage
            FROM revision r, json_each(r.metadata, '$.case_numbers') n WHERE r.state = 'published'
          UNION ALL
          SELECT r.document_id, n.key, n.value, 'earlier'
            FROM revision r, json_each(r.metadata, '$.earlier_case_numbers') n WHERE r.state = 'published');
CREATE INDEX proceeding_number ON proceeding (number);

-- The articles of a law's version, in order, each a section of its text.
CREATE TABLE article (
    section_id  INTEGER PRIMARY KEY REFERENCES section (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    article     TEXT NOT NULL CHECK (length(article) > 0)
) STRICT;
INSERT INTO article (section_id, document_id, article)
    SELECT s.id, r.document_id, substr(s.heading, 1, instr(s.heading || ' ', ' ') - 1)
    FROM revision r JOIN section s ON s.revision_id = r.id AND s.role = 'article'
    WHERE r.state = 'published' AND s.heading <> '';
CREATE INDEX article_document ON article (document_id, article);
