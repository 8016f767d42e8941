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
from kb.messages import expansions, notices, reasons, suggestions
from kb.records import Document, Source
from kb.vocabulary import SOURCE_GRADES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.store import Store
    from search.request import SearchRequest
    from search.results import Hit, SearchResult
    from search.searcher import Searcher


def search(args: argparse.Namespace) -> int:
    """Search; one line a document, best first."""
    from search.contract import search_answer, to_dict

    settings, request = settings_of(args), _request(args)
    if not (settings.home / "kb.sqlite3").exists():
        say(f"{settings.home} 中还没有库,已新建一个空的。用 kb add 收入文书")
    with open_store(settings, args.clearance) as store:
        searcher = answering_searcher(settings, store)
        result = _answer(searcher, store, request)
    if args.json:
        print_json(to_dict(search_answer(result)))
        return EXIT_OK
    for hit in result.hits:
        _print_hit(hit)
    for expansion in result.expansions:
        say(f"已扩展:{expansions.words(expansion)}")
    for notice in result.notices:
        say(notices.words(notice))
    for one in result.suggestions:
        say(f"您要找的是不是:{one.text}({suggestions.words(one)})")
    least = "" if result.total_is_exact else "至少"
    say(f"共{least} {result.total} 件,用时 {result.took_ms:.0f} 毫秒")
    return EXIT_OK


def _request(args: argparse.Namespace) -> SearchRequest:
    """Return what the line asks of the searcher."""
    from search.request import ExpansionChoice, SearchRequest

    return SearchRequest(
        args.query,
        read_filters(args.filter, args.exclude, args.kind),
        mode=args.mode,
        sort=args.sort,
        offset=args.offset,
        limit=args.limit,
        expansion=ExpansionChoice(not args.no_expand),
    )


def _answer(
    searcher: Searcher,
    store: Store,
    request: SearchRequest,
) -> SearchResult:
    """Return the answer, with other queries that may have been meant where words were not found."""
    from search.suggesting import Suggester

    result = searcher.search(store, request)
    if request.offset:
        return result
    offered = Suggester().suggest(searcher, store, result, request.filters)
    return replace(result, suggestions=offered)


def _print_hit(hit: Hit) -> None:
    head = hit.document
    known = [head.authority, head.case_number, head.decided_on]
    print_row(
        hit.rank,
        head.slug,
        head.title,
        " · ".join(filter(None, known)),
        ";".join(map(reasons.words, hit.reasons)),
    )


def show(args: argparse.Namespace) -> int:
    """Print a document: what is known of it, then its text."""
    with open_store(settings_of(args), args.clearance) as store:
        document = find(store, args.document)
    if args.json:
        print_json(document_to_dict(document))
        return EXIT_OK
    print_row(document.head.title)
    for label, value in _known(document):
        if value:
            print_row(label, value)
    print_text(f"\n{document.text}")
    return EXIT_OK


def _known(document: Document) -> Iterator[tuple[str, str | None]]:
    """Yield what is known of a document, each with its label."""
    head, metadata = document.head, document.head.metadata
    amounts = (f"{one.type} {one.text or one.value}" for one in metadata.amounts)
    sources = map(_source_name, metadata.sources)
    yield "编号", f"{head.id}({head.slug})"
    yield "合集", head.collection
    yield "机关/法院", head.authority
    yield "案号", head.case_number
    yield "日期", metadata.date_note or head.decided_on
    yield "地区", head.region
    yield "结果", "、".join(metadata.outcomes)
    yield "数额", "、".join(amounts)
    yield "法条", "；".join(metadata.statutes)
    yield "不确定", "；".join(metadata.uncertain)
    yield "来源", "；".join(sources)


def _source_name(source: Source) -> str:
    return SOURCE_GRADES["C"] if source.grade == "C" else source.name


def similar(args: argparse.Namespace) -> int:
    """List documents like one document."""
    from search.contract import SimilarAnswer, hit_answer, to_dict

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
        head, answers = document.head, tuple(map(hit_answer, hits))
        print_json(to_dict(SimilarAnswer(head.id, head.slug, answers)))
        return EXIT_OK
    for hit in hits:
        _print_hit(hit)
    return EXIT_OK
