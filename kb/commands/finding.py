"""`kb search`, `kb show`, `kb similar`: documents found and shown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kb.commands.common import (
    EXIT_OK,
    answering_searcher,
    find,
    open_store,
    print_json,
    print_row,
    print_text,
    read_filters,
    say,
    settings_of,
)
from kb.contract import document_to_dict
from kb.vocabulary import SOURCE_GRADES

if TYPE_CHECKING:
    from search.results import Hit


def search(args: argparse.Namespace) -> int:
    """Search; one line a document, best first."""
    from search.query import ExpansionChoice
    from search.results import to_dict
    from search.suggesting import Suggester

    settings = settings_of(args)
    filters = read_filters(args.filter, args.exclude, args.kind)
    if not (settings.home / "kb.sqlite3").exists():
        say(f"{settings.home} 中还没有库,已新建一个空的。用 kb add 收入文书")
    with open_store(settings, args.clearance) as store:
        searcher = answering_searcher(settings, store)
        result = searcher.search(
            store,
            args.query,
            filters,
            mode=args.mode,
            sort=args.sort,
            offset=args.offset,
            limit=args.limit,
            widening=ExpansionChoice(not args.no_expand),
        )
        if not args.offset:
            result = replace(
                result,
                suggestions=Suggester().suggest(searcher, store, result, filters),
            )
    if args.json:
        print_json(to_dict(result))
        return EXIT_OK
    for hit in result.hits:
        _print_hit(hit)
    for words in result.query.expanded:
        say(f"已扩展:{words}")
    for warning in result.query.warnings:
        say(warning)
    for one in result.suggestions:
        say(f"您要找的是不是:{one.text}({one.reason})")
    say(
        f"共{'' if result.total_is_exact else '至少'} {result.total} 件,用时 "
        f"{result.took_ms:.0f} 毫秒"
    )
    return EXIT_OK


def _print_hit(hit: Hit) -> None:
    head = hit.document
    known = [head.authority, head.case_number, head.decided_on]
    print_row(
        hit.rank,
        head.slug,
        head.title,
        " · ".join(k for k in known if k),
        ";".join(hit.reasons),
    )


def show(args: argparse.Namespace) -> int:
    """Print a document: what is known of it, then its text."""
    with open_store(settings_of(args), args.clearance) as store:
        document = find(store, args.document)
    if args.json:
        print_json(document_to_dict(document))
        return EXIT_OK
    head = document.head
    print_row(head.title)
    for label, value in (
        ("编号", f"{head.id}({head.slug})"),
        ("合集", head.collection),
        ("机关/法院", head.authority),
        ("案号", head.case_number),
        ("日期", head.metadata.date_note or head.decided_on),
        ("地区", head.region),
        ("结果", "、".join(head.metadata.outcomes)),
        (
            "数额",
            "、".join(f"{a.type} {a.text or a.value}" for a in head.metadata.amounts),
        ),
        ("法条", "；".join(head.metadata.statutes)),
        ("不确定", "；".join(head.metadata.uncertain)),
        (
            "来源",
            "；".join(
                s.name if s.grade != "C" else SOURCE_GRADES["C"]
                for s in head.metadata.sources
            ),
        ),
    ):
        if value:
            print_row(label, value)
    print_text(f"\n{document.text}")
    return EXIT_OK


def similar(args: argparse.Namespace) -> int:
    """List documents like one document."""
    from search.results import hit_to_dict

    settings = settings_of(args)
    with open_store(settings, args.clearance) as store:
        document = find(store, args.document)
        hits = answering_searcher(settings, store).similar(
            store,
            document.head.id,
            read_filters(args.filter, args.exclude, args.kind),
            limit=args.limit,
        )
    if args.json:
        print_json(
            {
                "document_id": document.head.id,
                "slug": document.head.slug,
                "hits": [hit_to_dict(h) for h in hits],
            }
        )
        return EXIT_OK
    for hit in hits:
        _print_hit(hit)
    return EXIT_OK
