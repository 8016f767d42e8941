"""An answer as a table for a spreadsheet: one row a document, what the list shows of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from kb.contract import document_url
from kb.records import DocumentHead
from kb.vocabulary import CASE_KINDS, COMPLETENESS, KINDS, tier_effect
from search.results import Hit
from web.views.common import date, needs_checking, results

HEADINGS: Final = (
    *("序号", "标题", "轨道", "参照级别", "效力", "案号", "机关/法院", "地区", "日期", "结果", "资料", "因为", "网址"),
)
#: Spreadsheets take a cell that begins so for a formula; those of East Asia the wide signs too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Tells spreadsheets that the file is UTF-8.
_MARK: Final = "\ufeff"


def table(hits: Iterable[Hit], base_url: str) -> str:
    """Return CSV (RFC 4180) with headings; addresses begin with `base_url`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([_plain(cell) for cell in _row(hit, base_url)] for hit in hits)
    return _MARK + out.getvalue()


def _row(hit: Hit, base_url: str) -> tuple[str, ...]:
    head = hit.document
    m = head.metadata
    return (
        str(hit.rank),
        head.title,
        KINDS[head.kind],
        m.tier or "",
        tier_effect(m.tier) if head.kind in CASE_KINDS else "",
        "、".join((*m.case_numbers, *m.doc_numbers)),
        head.authority or "",
        head.region or m.place or "",
        date(head) or "",
        "；".join(badge.text for badge in results(head)),
        _standing(head),
        "；".join(hit.reasons),
        base_url.rstrip("/") + document_url(head),
    )


def _standing(head: DocumentHead) -> str:
    """Return what a reader must be warned of."""
    warnings = [COMPLETENESS["brief"]] if head.completeness == "brief" else []
    return "；".join([*warnings, "待核"] if needs_checking(head) else warnings)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
