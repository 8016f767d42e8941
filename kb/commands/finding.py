"""`kb search`, `kb show`, `kb similar`, `kb export`: documents found and handed over."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from msgspec.structs import replace

from kb.commands.common import (
    EXIT_OK,
    answering_searcher,
    as_person,
    find,
    open_store,
    print_json,
    print_row,
    print_text,
    read_filters,
    say,
    settings_of,
)
from kb.contract import document_to_dict, metadata_to_dict
from kb.errors import UserError
from kb.vocabulary import SOURCE_GRADES

if TYPE_CHECKING:
    from kb.records import Document
    from search.results import Hit


def search(args: argparse.Namespace) -> int:
    """Search; one line a document, best first."""
    from search.query import Widening
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
            widening=Widening(not args.no_expand),
        )
        if not args.offset:
            result = replace(result, suggestions=Suggester().suggest(searcher, store, result, filters))
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
    say(f"共{'' if result.total_is_exact else '至少'} {result.total} 件,用时 {result.took_ms:.0f} 毫秒")
    return EXIT_OK


def _print_hit(hit: Hit) -> None:
    head = hit.document
    known = [head.authority, head.case_number, head.decided_on]
    print_row(hit.rank, head.slug, head.title, " · ".join(k for k in known if k), ";".join(hit.reasons))


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
        ("数额", "、".join(f"{a.type} {a.text or a.value}" for a in head.metadata.amounts)),
        ("法条", "；".join(head.metadata.statutes)),
        ("不确定", "；".join(head.metadata.uncertain)),
        ("来源", "；".join(s.name if s.grade != "C" else SOURCE_GRADES["C"] for s in head.metadata.sources)),
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
            store, document.head.id, read_filters(args.filter, args.exclude, args.kind), limit=args.limit
        )
    if args.json:
        print_json(
            {"document_id": document.head.id, "slug": document.head.slug, "hits": [hit_to_dict(h) for h in hits]}
        )
        return EXIT_OK
    for hit in hits:
        _print_hit(hit)
    return EXIT_OK


def export(args: argparse.Namespace) -> int:
    """Write every document as one JSON line that `kb add` takes back."""
    filters = read_filters(args.filter, args.exclude, args.kind)
    with open_store(settings_of(args), args.clearance) as store:
        ids = store.document_ids(filters)
        with _output(args) as out:
            for document_id in ids:
                document = store.document(int(document_id))
                if document is not None:
                    out.write(json.dumps(_line(document), ensure_ascii=False) + "\n")
    say(f"已导出 {len(ids)} 件")
    return EXIT_OK


@contextmanager
def _output(args: argparse.Namespace) -> Iterator[TextIO]:
    """Open the file to write, or stdout; a file appears whole or not at all."""
    path: Path | None = args.output
    if path is None:
        yield sys.stdout
        return
    waiting = path.with_name(path.name + ".new")
    try:
        with as_person(args):
            handle = waiting.open("w", encoding="utf-8")
        with handle:
            yield handle
        waiting.replace(path)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise UserError(f"无法写入 {path}({error.strerror})") from error


def _made_by_headings(document: Document, headings: Sequence[tuple[int, str]]) -> bool:
    """Tell whether these headings alone make the sections; else the text itself will be searched for them again."""
    from ingest.sections import sections_by_heading

    stored = [(s.role, s.heading, s.start, s.end) for s in document.sections]
    made = [(s.role, s.heading, s.start, s.end) for s in sections_by_heading(document.text, headings)]
    return stored == made and all(document.text.startswith(heading, start) for start, heading in headings)


def _line(document: Document) -> dict[str, Any]:
    head = document.head
    metadata = metadata_to_dict(replace(head.metadata, collection=head.collection, visibility=head.visibility))
    extra = metadata.pop("extra", {})
    metadata.pop("slug", None)
    metadata.pop("title", None)
    metadata.pop("visibility", None)  # the file's own word; who may see it now stands with the document
    metadata["visibility"] = head.visibility.name.lower()
    marks: dict[str, Any] = {}
    headings = [(s.start, s.heading) for s in document.sections if s.heading]
    if _made_by_headings(document, headings):
        marks["headings"] = headings
    links = [[c.start, c.end, c.target] for c in document.citations if c.target and c.start is not None]
    if links:
        marks["links"] = links
    return {"id": head.slug, "title": head.title, "text": document.text, **marks, **metadata, **extra}
