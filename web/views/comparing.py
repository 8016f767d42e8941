"""Two versions of a law side by side: one row a provision, what only one of them says marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.analysis import tokenize
from kb.law.articles import base_article
from kb.law.comparison import (
    ComparedProvision,
    TwoVersions,
    Wording,
    article_texts,
    compare_versions,
)
from kb.law.concordance import Concordance
from kb.law.wording import Run
from kb.records import Document
from web.address import law_path
from web.views.common import Inline

_LIST_DASH: Final = re.compile(r"^- ", re.M)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    version: str
    article: str
    href: str
    runs: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One provision in two versions; digests worded too differently to compare are not `marked`."""

    provision: str
    left: tuple[Side, ...]
    right: tuple[Side, ...]
    marked: bool

    @property
    def anchor(self) -> str:
        """Return where the row is on the page."""
        return row_anchor(self.provision)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side."""

    left: str
    right: str
    rows: tuple[ComparisonRow, ...]


def comparison(
    provisions: Sequence[str],
    concordance: Concordance,
    compared: tuple[Document, Document],
) -> Comparison:
    """Compare the digests of two versions; provisions both have come first."""
    before, after = (document.head.metadata.version or "" for document in compared)
    texts = {
        document.head.metadata.version or "": _digests(document)
        for document in compared
    }
    found = compare_versions(
        concordance,
        provisions,
        TwoVersions(
            before=before,
            after=after,
            texts=texts,
        ),
        _spans_of,
    )
    return Comparison(
        left=before,
        right=after,
        rows=tuple(_row(concordance.law, one) for one in found),
    )


def row_anchor(provision: str) -> str:
    """Return where the row of a provision is on the page; an anchor holds no blanks."""
    return "c-" + "_".join(provision.split())


def _digests(document: Document) -> Mapping[str, str]:
    return {
        article: _LIST_DASH.sub("· ", text)
        for article, text in article_texts(document).items()
    }


def _spans_of(text: str) -> Iterator[tuple[int, int]]:
    return ((token.start, token.end) for token in tokenize(text))


def _row(law: str, one: ComparedProvision) -> ComparisonRow:
    return ComparisonRow(
        provision=one.provision,
        left=_side(law, one.before),
        right=_side(law, one.after),
        marked=one.is_marked,
    )


def _side(law: str, wording: Wording | None) -> tuple[Side, ...]:
    if wording is None:
        return ()
    href = law_path(law, wording.version, base_article(wording.articles[0]))
    return (
        Side(
            version=wording.version,
            article="、".join(wording.articles),
            href=href,
            runs=_lines(wording.runs),
        ),
    )


def _lines(runs: Sequence[Run]) -> tuple[tuple[Inline, ...], ...]:
    """Split runs into lines."""
    lines: list[list[Inline]] = [[]]
    for run in runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Inline(part, change=run.change))
    return tuple(tuple(line) for line in lines if line)
