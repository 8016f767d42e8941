"""`kb classify`: of which kind a document is, where the program could not tell."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from kb.commands.common import (
    EXIT_OK,
    find_all,
    open_searcher,
    open_store,
    print_json,
    print_row,
    say,
    settings_of,
)
from kb.errors import UserError
from kb.records import Filters
from kb.vocabulary import KINDS, UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.records import DocumentHead

_LISTED: Final = 1_000


def classify(args: argparse.Namespace) -> int:
    """List what waits to be classified, or say of which kind documents are."""
    settings = settings_of(args)
    if bool(args.documents) != bool(args.kind):
        raise UserError(
            "归类要写明文书和轨道,如 kb classify 标识… --kind civil;什么都不写则列出未归类的"
        )
    with open_store(settings) as store:
        if not args.documents:
            heads, total = store.listing(
                Filters(include={"kind": (UNCLASSIFIED,)}), order="title", limit=_LISTED
            )
            return _list(heads, total, args)
        found = find_all(store, args.documents)
        before = store.classify(list(found), args.kind)
        open_searcher(settings).refresh(store)
    if args.json:
        changed = [
            {"document_id": i, "slug": found[i].slug, "before": kind}
            for i, kind in before.items()
        ]
        print_json({"kind": args.kind, "changed": changed})
    say(
        f"已归入「{KINDS[args.kind]}」{len(before)} 件,原已如此 {len(found) - len(before)} 件"
    )
    return EXIT_OK


def _list(
    heads: Sequence[DocumentHead],
    total: int,
    args: argparse.Namespace,
) -> int:
    if args.json:
        shown = [
            {"document_id": head.id, "slug": head.slug, "title": head.title}
            for head in heads
        ]
        print_json({"total": total, "documents": shown})
        return EXIT_OK
    for head in heads:
        print_row(head.slug, head.title)
    more = f",列出前 {len(heads)} 件" if total > len(heads) else ""
    say(
        f"未归类 {total} 件{more}"
        + (
            "。归类如:kb classify 标识… --kind civil(各轨道见 kb classify --help)"
            if total
            else ""
        )
    )
    return EXIT_OK
