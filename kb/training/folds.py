"""The folds of the lay questions, shared by training and by every evaluation."""

from __future__ import annotations

import hashlib

#: The lay questions fall into this many folds by a digest of their number.
FOLDS = 5


def fold(topic_id: str) -> int:
    """Return the fold a lay question falls into, 0 to FOLDS - 1."""
    digest = hashlib.sha256(topic_id.encode("utf-8")).digest()
    return int.from_bytes(digest[:4], "big") % FOLDS


def heldout(topic_id: str) -> bool:
    """Say whether a lay question is kept out of the training of the shipped model (about 20 % of
    them).
    """
    return fold(topic_id) == 0
