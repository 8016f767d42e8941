"""The held-out fold of the lay questions, shared by training and by every evaluation."""

from __future__ import annotations

import hashlib

#: One question in this many is held out.
FOLDS = 5


def heldout(topic_id: str) -> bool:
    """Say whether a lay question is kept out of training (about 20 % of them)."""
    digest = hashlib.sha256(topic_id.encode("utf-8")).digest()
    return int.from_bytes(digest[:4], "big") % FOLDS == 0
