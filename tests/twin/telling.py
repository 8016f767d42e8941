"""Answers of two stores made comparable: numbers of documents and passages become names, times go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb.store import Store
from kb.vocabulary import Visibility

_DOCUMENT: Final = re.compile(r'(/documents/|"document_id": ?|编号\t)(\d+)')
_PASSAGE: Final = re.compile(r'("passage_id": ?)(\d+)')
_TIME: Final = re.compile(r'("took_ms": ?)[\d.]+|[\d.]+( 毫秒)|(p50_ms).*')


class Naming(Struct, frozen=True):
    """What the documents and passages of one store are called, by number."""

    documents: Mapping[str, str]
    passages: Mapping[str, str]

    def told(self, answer: str) -> str:
        """Return an answer with names in place of numbers, and without times."""
        named = _DOCUMENT.sub(
            lambda m: f"{m[1]}<{self.documents.get(m[2], m[2])}>", answer
        )
        named = _PASSAGE.sub(lambda m: f"{m[1]}<{self.passages[m[2]]}>", named)
        return _TIME.sub(lambda m: m[1] or m[2] or m[3], named)


def naming(home: Path) -> Naming:
    """Read the names of a store."""
    documents, passages = {}, {}
    with Store(home, Visibility.RESTRICTED) as store:
        for number in store.document_ids().tolist():
            document = store.document(int(number))
            assert document is not None
            documents[str(number)] = document.head.slug
            for place, passage in enumerate(document.passages):
                passages[str(passage.id)] = f"{document.head.slug}#{place}"
    return Naming(documents, passages)
