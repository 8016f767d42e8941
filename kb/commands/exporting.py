"""`kb export`: documents handed over, as lines to be taken in again or as tables to be asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from msgspec.structs import replace

from kb.commands.common import (
    EXIT_OK,
    as_person,
    open_store,
    read_filters,
    say,
    settings_of,
)
from kb.commands.tables import write_tables
from kb.contract import metadata_to_dict
from kb.errors import UserError

if TYPE_CHECKING:
    from kb.records import Document, Filters
    from kb.store import Store


def export(args: argparse.Namespace) -> int:
    """Write every document as one JSON line that `kb add` takes back, or all of them as tables of a
    database.
    """
    if args.output and args.sqlite:
        raise UserError(
            "--output 与 --sqlite 一次只用一个:前者写 JSONL,后者写供分析的 SQLite 数据库"
        )
    filters = read_filters(args.filter, args.exclude, args.kind)
    with open_store(settings_of(args), args.clearance) as store:
        documents = _documents(store, filters)
        if args.sqlite:
            with _appearing(args.sqlite, args) as waiting:
                count = write_tables(documents, waiting)
        elif args.output:
            with (
                _appearing(args.output, args) as waiting,
                waiting.open("w", encoding="utf-8") as out,
            ):
                count = _write_lines(documents, out)
        else:
            count = _write_lines(documents, sys.stdout)
    say(f"已导出 {count} 件")
    return EXIT_OK


def _documents(store: Store, filters: Filters) -> Iterator[Document]:
    for document_id in store.document_ids(filters):
        document = store.document(int(document_id))
        if document is not None:
            yield document


def _write_lines(documents: Iterable[Document], out: TextIO) -> int:
    count = 0
    for document in documents:
        out.write(json.dumps(_line(document), ensure_ascii=False) + "\n")
        count += 1
    return count


@contextmanager
def _appearing(path: Path, args: argparse.Namespace) -> Iterator[Path]:
    """Yield where to write a file that appears at `path` whole or not at all."""
    waiting = path.with_name(path.name + ".new")
    try:
        with as_person(args):
            waiting.unlink(missing_ok=True)
            waiting.touch()
        yield waiting
        waiting.replace(path)
    except OSError as error:
        raise UserError(f"无法写入 {path}({error.strerror})") from error
    finally:
        waiting.unlink(missing_ok=True)


def _made_by_headings(document: Document, headings: Sequence[tuple[int, str]]) -> bool:
    """Tell whether these headings alone make the sections; else the text itself will be searched
    for them again.
    """
    from ingest.sections import sections_by_heading

    stored = [(s.role, s.heading, s.start, s.end) for s in document.sections]
    made = [
        (s.role, s.heading, s.start, s.end)
        for s in sections_by_heading(document.text, headings)
    ]
    return stored == made and all(
        document.text.startswith(heading, start) for start, heading in headings
    )


def _line(document: Document) -> dict[str, Any]:
    head = document.head
    metadata = metadata_to_dict(
        replace(head.metadata, collection=head.collection, visibility=head.visibility)
    )
    extra = metadata.pop("extra", {})
    metadata.pop("slug", None)
    metadata.pop("title", None)
    # the file's own word; who may see it now stands with the document
    metadata.pop("visibility", None)
    metadata["visibility"] = head.visibility.name.lower()
    marks: dict[str, Any] = {}
    headings = [(s.start, s.heading) for s in document.sections if s.heading]
    if _made_by_headings(document, headings):
        marks["headings"] = headings
    links = []
    for cited in document.citations:
        if cited.target and cited.start is not None:
            links.append([cited.start, cited.end, cited.target])
    if links:
        marks["links"] = links
    return {
        "id": head.slug,
        "title": head.title,
        "text": document.text,
        **marks,
        **metadata,
        **extra,
    }
