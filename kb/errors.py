"""Every error a caller may meet.

KbError
├── UserError            the person at the keyboard can fix it; exit status 1, HTTP 4xx
│   ├── UnsupportedFile    a kind of file that cannot be read here
│   ├── UnreadableFile     broken, encrypted, without text, too large, hostile
│   ├── InvalidDocument    front matter or a JSONL line that breaks a rule
│   ├── InvalidQuery       a request that cannot be understood even in part (bad mode, bad offset)
│   └── NotFound           no such document, or one the reader may not see
├── OutOfTime            a request took longer than it may; HTTP 503
└── StateError           the operator must act; exit status 2, HTTP 503
    ├── StoreTooNew        made by a newer program
    ├── StoreForeign       the database is not that of the originals beside it
    ├── StoreDamaged       SQLite or a file on disk says so
    └── EmbedderMismatch   vectors were made by another model
"""

from __future__ import annotations


class KbError(Exception):
    """Base of all errors of this product; the message is Chinese and meant to be shown."""


class UserError(KbError):
    """Something the person who asked can fix."""


class UnsupportedFile(UserError):
    """A kind of file no reader here can read."""


class UnreadableFile(UserError):
    """A file of a known kind whose content cannot be taken in whole."""


class InvalidDocument(UserError):
    """Metadata that break a rule; the message names file, line and field."""


class InvalidQuery(UserError):
    """A request whose parameters make no sense."""


class NotFound(UserError):
    """No such thing for this reader."""


class OutOfTime(KbError):
    """A request took longer than it may; a smaller one, or the same one later, will not."""


class StateError(KbError):
    """Something the operator of the installation must mend."""


class StoreTooNew(StateError):
    """The store was made by a newer version of the program."""


class StoreForeign(StateError):
    """The database is empty, missing or another store's, and originals lie beside it."""


class StoreDamaged(StateError):
    """The database or a stored file is damaged."""


class EmbedderMismatch(StateError):
    """The store's vectors were made by another embedder than the one asked for."""
