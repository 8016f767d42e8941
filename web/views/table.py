"""An answer as a table for a spreadsheet: one row a document, what the list shows of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from kb.contract import document_url
from kb.fields import FIELDS, Field
from kb.messages import reasons
from kb.records import DocumentHead
from kb.vocabulary import CASE_KINDS, COMPLETENESS, tier_effect
from search.results import Hit
from web.views.common import date, needs_checking, results

#: Spreadsheets take a cell that begins so for a formula; those of East Asia the wide signs too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Tells spreadsheets that the file is UTF-8.
_MARK: Final = "\ufeff"


def table(hits: Iterable[Hit], base_url: str) -> str:
    """Return CSV (RFC 4180) with headings; addresses begin with `base_url`."""
    columns = list(_columns(base_url.rstrip("/")))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading for heading, _ in columns])
    for hit in hits:
        writer.writerow([_plain(cell(hit)) for _, cell in columns])
    return _MARK + out.getvalue()


def _columns(base_url: str) -> Iterator[tuple[str, Callable[[Hit], str]]]:
    """Yield what stands over each column and how its cells are made."""
    yield "序号", lambda hit: str(hit.rank)
    yield "标题", lambda hit: hit.document.title
    for field in FIELDS:
        if field.listed:
            yield field.heading, partial(_of_field, field)
        if field.name == "tier":
            yield "效力", _effect
    yield "资料", lambda hit: _standing(hit.document)
    yield "因为", lambda hit: "；".join(map(reasons.words, hit.reasons))
    yield "网址", lambda hit: base_url + document_url(hit.document)


def _of_field(field: Field, hit: Hit) -> str:
    head = hit.document
    made = _CELLS.get(field.attribute)
    if made is not None:
        return made(head)
    return "、".join(map(field.shown, field.values_of(head.metadata)))


def _numbers(head: DocumentHead) -> str:
    return "、".join((*head.metadata.case_numbers, *head.metadata.doc_numbers))


#: Cells that say more than the values of their field, or less.
_CELLS: Final[Mapping[str, Callable[[DocumentHead], str]]] = {
    "case_numbers": _numbers,
    "regions": lambda head: head.region or head.metadata.place or "",
    "decided_on": lambda head: date(head) or "",
    "outcomes": lambda head: "；".join(badge.text for badge in results(head)),
}


def _effect(hit: Hit) -> str:
    head = hit.document
    return tier_effect(head.metadata.tier) if head.kind in CASE_KINDS else ""


def _standing(head: DocumentHead) -> str:
    """Return what a reader must be warned of."""
    warnings = []
    if head.completeness == "brief":
        warnings.append(COMPLETENESS["brief"])
    if needs_checking(head):
        warnings.append("待核")
    return "；".join(warnings)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
