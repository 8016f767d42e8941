"""Two versions of a law side by side: one row a provision, what only one of them says marked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.analysis import tokenize
from kb.records import Document
from kb.store.laws import ConcordanceRow
from web.address import law_path
from web.views.common import Inline
from web.views.statutes import LawBook, base_article, provisions_of

#: Below this share of common text, marks would colour everything and tell nothing.
_MIN_SAME: Final = 0.5
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
    book: LawBook, law: str, rows: Sequence[ConcordanceRow], compared: tuple[Document, Document]
) -> Comparison:
    """Compare the digests of two versions; provisions both have come first."""
    left, right = (document.head.metadata.version or "" for document in compared)
    digests = {d.head.metadata.version or "": _digests(d) for d in compared}
    found = []
    for provision in provisions_of(book, law):
        articles = {
            version: [r.article for r in rows if r.provision == provision and r.version == version]
            for version in (left, right)
        }
        if articles[left] or articles[right]:
            found.append(_comparison_row(law, provision, (left, right), articles, digests))
    found.sort(key=lambda row: not (row.left and row.right))
    return Comparison(left, right, tuple(found))


def row_anchor(provision: str) -> str:
    """Return where the row of a provision is on the page; an anchor holds no blanks."""
    return "c-" + "_".join(provision.split())


def _comparison_row(
    law: str,
    provision: str,
    versions: tuple[str, str],
    articles: Mapping[str, Sequence[str]],
    digests: Mapping[str, Mapping[str, str]],
) -> ComparisonRow:
    texts = ["\n".join(digests[v].get(base_article(a), "") for a in articles[v]).strip() for v in versions]
    plain = tuple((Inline(text),) if text else () for text in texts)
    runs = word_diff(*texts) if all(texts) else plain
    marked = not all(texts) or _same_share(runs[0]) + _same_share(runs[1]) >= 2 * _MIN_SAME
    sides = [
        (Side(v, "、".join(articles[v]), law_path(law, v, base_article(articles[v][0])), _lines(r)),)
        if articles[v]
        else ()
        for v, r in zip(versions, runs if marked else plain, strict=True)
    ]
    return ComparisonRow(provision, sides[0], sides[1], marked)


def _same_share(runs: Sequence[Inline]) -> float:
    """Return how much of a text the other side says too."""
    return sum(len(run.text) for run in runs if not run.change) / sum(len(run.text) for run in runs)


def _digests(document: Document) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in document.sections:
        if section.role == "article":
            body = _LIST_DASH.sub(
                "· ", document.text[section.start : section.end].removeprefix(section.heading).strip()
            )
            article = base_article(section.heading)
            found[article] = f"{found[article]}\n{body}" if article in found else body
    return found


def word_diff(left: str, right: str) -> tuple[tuple[Inline, ...], tuple[Inline, ...]]:
    """Return both texts in runs; what only one of them says is a change "del" or "ins"."""
    a, b = list(_words(left)), list(_words(right))
    old: list[Inline] = []
    new: list[Inline] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        same = tag == "equal"
        if a2 > a1:
            old.append(Inline("".join(a[a1:a2]), change="" if same else "del"))
        if b2 > b1:
            new.append(Inline("".join(b[b1:b2]), change="" if same else "ins"))
    return tuple(old), tuple(new)


def _words(text: str) -> Iterator[str]:
    """Cut a text into words that join to it again; of overlapping words the longest first one counts."""
    position = 0
    for token in sorted(tokenize(text), key=lambda t: (t.start, -t.end)):
        if token.start < position:
            continue
        yield from text[position : token.start]
        yield text[token.start : token.end]
        position = token.end
    yield from text[position:]


def _lines(runs: Sequence[Inline]) -> tuple[tuple[Inline, ...], ...]:
    """Split runs into lines."""
    lines: list[list[Inline]] = [[]]
    for run in runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Inline(part, change=run.change))
    return tuple(tuple(line) for line in lines if line)
