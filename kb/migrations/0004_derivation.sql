-- How a content was made of its bytes, so that better rules can be tried on it: by which rules, of a file called what,
-- and of which kind a person said it is (NULL where nobody did). What was stored before has no row.
CREATE TABLE derivation (
    revision_id INTEGER PRIMARY KEY REFERENCES revision (id) ON DELETE CASCADE,
    rules       TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    kind        TEXT
) STRICT;
