"""The store: SQLite is the truth. Every SQL statement of the product is in this package."""

from kb.store.store import Store

__all__ = ["Store"]
