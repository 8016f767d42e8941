"""Pages about documents: home and search, lists, the reading page, guidance, about."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from msgspec.structs import replace

from kb.errors import NotFound
from kb.law.book import LawBook
from kb.law.outdated import outdated
from kb.records import Document, DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import KINDS
from search.highlighting import find_marks
from web.address import EXPORT_PATH, MAX_EXPORTED, MAX_ID, MAX_OFFSET, PageRequest
from web.answering import (
    Inquiry,
    answer,
    by_tier,
    known_amounts,
    trail,
    ways_out,
    with_suggestions,
)
from web.deps import AppState, StateDep
from web.linking import Links, read_cited, read_links
from web.pagecache import KeptRoute
from web.parsing import number, parse_page_request
from web.rendering import render
from web.views.excerpts import read_excerpts
from web.views.guidance import about_page, elements_page
from web.views.reading import (
    Around,
    ReadingMaterial,
    reading_page,
    related_labels,
)
from web.views.search import AnswerMaterial, search_page
from web.views.statutes import article_choices, statute_views, version_rule_views
from web.views.table import table
from web.views.text import section_views

router = APIRouter(include_in_schema=False, route_class=KeptRoute)

_SIMILAR: Final = 6
#: A number of so many digits is none of a document.
_ID_DIGITS: Final = 20


@router.get("/")
def search(request: Request, state: StateDep) -> HTMLResponse:
    """Home, answer or filtered list."""
    return _answer_page(request, state, "/", None)


@router.get("/browse")
def browse(request: Request, state: StateDep) -> HTMLResponse:
    """All documents, newest first."""
    return _answer_page(request, state, "/browse", "全部文书")


@router.get("/browse/{kind}")
def browse_kind(
    request: Request,
    kind: str,
    state: StateDep,
) -> HTMLResponse:
    """Documents of one kind, newest first."""
    if kind not in KINDS:
        raise NotFound(
            f"没有「{kind[:30]}」这一类文书。可选：{'、'.join(KINDS.values())}。"
        )
    return _answer_page(request, state, "/browse", KINDS[kind], kind)


@router.get(EXPORT_PATH)
def export(request: Request, state: StateDep) -> Response:
    """The first documents of an answer or list as a table for a spreadsheet."""
    wanted = parse_page_request(request.query_params.multi_items())
    whole = replace(wanted, offset=0, limit=MAX_EXPORTED, group="")
    with state.open_store() as store:
        result = answer(Inquiry(state, store, whole))
    # not the question: folders are shared
    name = quote(f"检索结果 {date.today():%Y-%m-%d}.csv")
    return Response(
        table(result.hits, str(request.base_url)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _answer_page(
    request: Request,
    state: AppState,
    path: str,
    heading: str | None,
    kind: str | None = None,
) -> HTMLResponse:
    wanted = parse_page_request(request.query_params.multi_items())
    if kind is not None and "kind" not in wanted.filters.include:
        wanted = wanted.only("kind", kind).at(wanted.offset)
    with state.open_store() as store:
        shown_at = wanted.on("/" if wanted.text else path)
        material = _answer_material(Inquiry(state, store, shown_at), heading)
    page = search_page(material)
    return render(state.templates, "home.html" if page.is_home else "search.html", page)


def _answer_material(inquiry: Inquiry, heading: str | None) -> AnswerMaterial:
    """Read what the page of an answer shows; the home page shows nothing of the documents."""
    state, store, wanted = inquiry.state, inquiry.store, inquiry.wanted
    is_home = wanted.is_home
    if is_home:
        inquiry = Inquiry(state, store, replace(wanted, group=""))
    result = with_suggestions(inquiry, answer(inquiry))
    bare = [hit.document.id for hit in result.hits if not hit.passages]
    return AnswerMaterial(
        wanted=wanted,
        heading=_heading(wanted, heading),
        result=result,
        coverage=state.coverage(store),
        excerpts={} if is_home else read_excerpts(store, bare),
        amounts={} if is_home else known_amounts(inquiry, result),
        tiers=by_tier(result) if inquiry.wanted.group else None,
        choices=_choices(inquiry),
        left=ways_out(inquiry, result),
    )


def _choices(inquiry: Inquiry) -> tuple[tuple[str, str], ...]:
    """Return what an article named without its law may mean."""
    text = inquiry.wanted.text
    if not text:
        return ()
    return article_choices(inquiry.state.law_book(inquiry.store), text)


def _heading(wanted: PageRequest, heading: str | None) -> str | None:
    """Return the name of the one kind a list is of, else the heading of the route."""
    kinds = wanted.filters.include.get("kind", ())
    if heading and len(kinds) == 1:
        return KINDS.get(kinds[0], heading)
    return heading


@router.get("/documents/{document_id}")
def read(
    request: Request,
    document_id: str,
    state: StateDep,
) -> HTMLResponse:
    """One document; the question it was found with comes along."""
    wanted = parse_page_request(request.query_params.multi_items())
    raw_rank = request.query_params.get("at")
    rank = None if raw_rank is None else number("at", raw_rank, 1, MAX_OFFSET)
    with state.open_store() as store:
        document = visible_document(store, document_id)
        way = trail(Inquiry(state, store, wanted), document.head.id, rank)
        book = state.law_book(store)
        links = read_links(store, book, [document])
        marks = find_marks(document.text, wanted.text, wanted.expansion)
        material = ReadingMaterial(
            document=document,
            sections=section_views(document, marks, links.of),
            around=_around(state, store, book, document, links),
            trail=way,
            base_url=str(request.base_url),
        )
    page = reading_page(wanted, material)
    return render(state.templates, "document.html", page)


def _around(
    state: AppState,
    store: Store,
    book: LawBook,
    document: Document,
    links: Links,
) -> Around:
    """Read what stands beside a document."""
    head = document.head
    cited = read_cited(store, book, head.metadata.statutes)
    return Around(
        similar=state.searcher.similar(store, head.id, limit=_SIMILAR),
        related=_related(store, document, links),
        statutes=statute_views(book, cited),
        outdated=statute_views(book, outdated(cited)),
        version_rules=version_rule_views(book, head),
    )


def visible_document(store: Store, raw_id: str) -> Document:
    """Return the document an address names by id, or slug where no id is so; raises NotFound."""
    number = _document_number(raw_id)
    document = None if number is None else store.document(number)
    document = document or store.document(raw_id)
    if document is None:
        raise NotFound("没有这件文书，或者它不对外公开。可能已被撤下，也可能地址有误。")
    return document


def _document_number(raw: str) -> int | None:
    """Return the number an address names; None of one that no document can have."""
    is_number = raw.isascii() and raw.isdigit() and len(raw) < _ID_DIGITS
    return int(raw) if is_number and int(raw) <= MAX_ID else None


def _related(
    store: Store,
    document: Document,
    links: Links,
) -> list[tuple[DocumentHead, str]]:
    """Return what the document names and what names it."""
    found = related_labels(document, links.named)
    known = {head.id for head, _ in found} | {document.head.id}
    for head in store.citing_document(document.head.slug).values():
        if head.id not in known:
            found.append((head, "引用本文"))
    return found


@router.get("/elements")
def elements(state: StateDep) -> HTMLResponse:
    """Handling guides and element pages."""
    with state.open_store() as store:
        catalogue = state.catalogue(store)
        heads, _ = catalogue.listing(
            store, Filters(include={"kind": ("guidance",)}), order="title", limit=100
        )
        page = elements_page(
            catalogue.columns, heads, read_excerpts(store, [head.id for head in heads])
        )
    return render(state.templates, "elements.html", page)


@router.get("/about")
def about(state: StateDep) -> HTMLResponse:
    """What is here and how it is treated."""
    with state.open_store() as store:
        page = about_page(state.coverage(store), state.law_book(store))
    return render(state.templates, "about.html", page)
