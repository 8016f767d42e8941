"""Documents as tables of a SQLite database that an analyst opens in any program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kb.database import as_ours
from kb.errors import UserError
from kb.fields import BY_NAME, FACETS, FIELDS, Field
from kb.vocabulary import KINDS

if TYPE_CHECKING:
    from sqlite_utils import Database

    from kb.records import Document, Metadata

#: Documents written at a time.
_AT_ONCE: Final = 200
#: What documents are filtered by and may have several of: rows of a table of their own.
_FACETS: Final = tuple(field for field in FACETS if field.several)
_NUMBERS: Final = tuple(
    BY_NAME[name] for name in ("case_number", "doc_number", "citation")
)


def _columns() -> dict[str, type]:
    """Return the columns of the table of documents."""
    columns: dict[str, type] = {}
    for field in FIELDS:
        if field.column:
            columns[field.name] = int if field.type == "number" else str
        if field.name == "kind":
            columns["kind_label"] = str
    return {**columns, "characters": int, "text": str}


#: Table -> its columns with their types.
_TABLES: Final[dict[str, dict[str, type]]] = {
    "documents": _columns(),
    "numbers": {"slug": str, "type": str, "number": str},
    "facets": {"slug": str, "field": str, "value": str},
    "amounts": {"slug": str, "type": str, "value": float, "currency": str, "text": str},
    "parties": {"slug": str, "party": str},
    "citations": {
        **{
            "slug": str,
            "law": str,
            "version": str,
            "presumed": str,
            "article": str,
            "document": str,
        },
        **{"start": int, "end": int},
    },
    "sections": {"slug": str, "role": str, "heading": str, "start": int, "end": int},
    "sources": {"slug": str, "name": str, "grade": str, "url": str},
}
_MEANINGS: Final = {
    "documents": "文书:一行一件;text 是全文,各表以 slug 相连",
    "numbers": "案号、文号、指导性案例号、海外援引",
    "facets": f"筛选用的值:{'、'.join(field.label for field in _FACETS)}",
    "amounts": "金额:type 为罚款、没收、判赔等,value 以 currency(ISO 4217)为单位,text 是原来的写法",
    "parties": "当事人",
    "citations": "引用:法律、版本、条,或另一件文书(document);start、end 是在 text "
    "里的位置,空为文中没有写到。"
    "presumed 不空的,版本文中没有写,是推定的:date 按文书日期,text 按文中别处写明的版本",
    "sections": "部分:角色、标题与在 text 里的字数位置 [起, 止)",
    "sources": "来源与分级:A 官方,B 成熟媒体;C(不明转载)不写名称与网址",
}


def write_tables(documents: Iterable[Document], path: Path) -> int:
    """Write documents to an empty file as a database; return how many there were.

    Raises UserError where the file cannot be written.
    """
    from sqlite_utils import Database

    database = Database(path)
    try:
        _make(database)
        count = 0
        waiting: dict[str, list[dict[str, Any]]] = {table: [] for table in _TABLES}
        for count, document in enumerate(documents, 1):
            for table, row in _rows(document):
                waiting[table].append(row)
            if not count % _AT_ONCE:
                _write(database, waiting)
        _write(database, waiting)
        for table in _TABLES:
            if table != "documents":
                database.table(table).create_index(["slug"])
    except Exception as error:
        if as_ours(error) is None:
            raise
        raise UserError(f"数据库没有写成({error})。请检查磁盘空间") from error
    finally:
        database.close()
    return count


def _make(database: Database) -> None:
    for table, columns in _TABLES.items():
        is_main = table == "documents"
        database.table(table).create(
            columns,
            pk="slug" if is_main else None,
            foreign_keys=() if is_main else [("slug", "documents", "slug")],
            strict=True,
        )
    about = [
        {"table": table, "meaning": meaning} for table, meaning in _MEANINGS.items()
    ]
    database.table("about").insert_all(about, pk="table")


def _write(database: Database, waiting: dict[str, list[dict[str, Any]]]) -> None:
    with database.conn:
        for table, rows in waiting.items():
            if rows:
                database.table(table).insert_all(rows)
                rows.clear()


def _rows(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a document is in each table, beginning with itself."""
    yield "documents", _document(document)
    slug = document.head.slug
    for table, rows in _TOLD_OF.items():
        for row in rows(document):
            yield table, {"slug": slug} | row


def _numbers(document: Document) -> Iterator[dict[str, Any]]:
    known = document.head.metadata
    for field in _NUMBERS:
        for number in field.values_of(known):
            yield {"type": field.name, "number": number}
    if known.guiding_case is not None:
        yield {"type": "guiding_case", "number": str(known.guiding_case)}


def _facets(document: Document) -> Iterator[dict[str, Any]]:
    for field in _FACETS:
        for value in field.values_of(document.head.metadata):
            yield {"field": field.name, "value": value}


def _amounts(document: Document) -> Iterator[dict[str, Any]]:
    for amount in document.head.metadata.amounts:
        yield {
            "type": amount.type,
            "value": amount.value,
            "currency": amount.currency,
            "text": amount.text,
        }


def _parties(document: Document) -> Iterator[dict[str, Any]]:
    for party in document.head.metadata.parties:
        yield {"party": party}


def _citations(document: Document) -> Iterator[dict[str, Any]]:
    for cited in document.citations:
        yield {
            "law": cited.law,
            "version": cited.version,
            "presumed": cited.presumed,
            "article": cited.article,
            "document": cited.target,
            "start": cited.start,
            "end": cited.end,
        }


def _sections(document: Document) -> Iterator[dict[str, Any]]:
    for section in document.sections:
        yield {
            "role": section.role,
            "heading": section.heading,
            "start": section.start,
            "end": section.end,
        }


def _sources(document: Document) -> Iterator[dict[str, Any]]:
    """Yield the sources; one of grade C, a repost, is neither named nor linked."""
    for source in document.head.metadata.sources:
        is_named = source.grade != "C"
        yield {
            "grade": source.grade,
            "name": source.name if is_named else None,
            "url": source.url if is_named else None,
        }


#: Table -> what a document has in it.
_TOLD_OF: Final = {
    "numbers": _numbers,
    "facets": _facets,
    "amounts": _amounts,
    "parties": _parties,
    "citations": _citations,
    "sections": _sections,
    "sources": _sources,
}


def _document(document: Document) -> dict[str, Any]:
    head, known = document.head, document.head.metadata
    row = {field.name: _cell(field, known) for field in FIELDS if field.column}
    return row | {
        "slug": head.slug,
        "title": head.title,
        "kind": head.kind,
        "kind_label": KINDS.get(head.kind, head.kind),
        "collection": head.collection,
        "visibility": head.visibility.name.lower(),
        "case_number": head.case_number,
        "characters": len(document.text),
        "text": document.text,
    }


def _cell(field: Field, known: Metadata) -> Any:
    if field.several:
        return "、".join(field.values_of(known)) or None
    return getattr(known, field.attribute)
