-- A document nobody has recognised is no guidance: it waits for a person as `unclassified`.
-- Only the CHECK of one column changes, no row does: the text of the schema is written anew instead of the table
-- with all its texts, as https://www.sqlite.org/lang_altertable.html describes at its end.
PRAGMA writable_schema = ON;
UPDATE sqlite_master
SET sql = replace(sql, 'OR kind = ''guidance'')', 'OR kind = ''guidance'' OR kind = ''unclassified'')')
WHERE type = 'table' AND name = 'revision';
-- Whoever has the database open reads the schema again once it has changed by a statement of its own.
CREATE TABLE changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE changed;
PRAGMA writable_schema = RESET;
