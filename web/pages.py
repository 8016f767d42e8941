"""Pages about documents: home and search, lists, the reading page, guidance, about."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from msgspec.structs import replace

from kb.errors import NotFound
from kb.law.outdated import outdated
from kb.records import Document, DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import KINDS
from search.highlighting import find_marks
from web.address import (
    EXPORT_PATH,
    MAX_EXPORTED,
    MAX_ID,
    MAX_OFFSET,
    Ask,
    number,
    parse_ask,
)
from web.answering import answer, by_tier, helped, sums, trail, ways_out
from web.deps import House, HouseDep
from web.linking import Links, read_cited, read_links
from web.pagecache import KeptRoute
from web.rendering import render
from web.views.guidance import about_page, elements_page
from web.views.leads import leads
from web.views.reading import Around, reading_page, related_labels
from web.views.search import search_page
from web.views.statutes import article_choices, statute_views, version_rule_views
from web.views.table import table
from web.views.text import section_views

router = APIRouter(include_in_schema=False, route_class=KeptRoute)

_SIMILAR = 6


@router.get("/")
def search(request: Request, house: HouseDep) -> HTMLResponse:
    """Home, answer or filtered list."""
    return _answer_page(request, house, "/", None)


@router.get("/browse")
def browse(request: Request, house: HouseDep) -> HTMLResponse:
    """All documents, newest first."""
    return _answer_page(request, house, "/browse", "全部文书")


@router.get("/browse/{kind}")
def browse_kind(request: Request, kind: str, house: HouseDep) -> HTMLResponse:
    """Documents of one kind, newest first."""
    if kind not in KINDS:
        raise NotFound(
            f"没有「{kind[:30]}」这一类文书。可选：{'、'.join(KINDS.values())}。"
        )
    return _answer_page(request, house, "/browse", KINDS[kind], kind)


@router.get(EXPORT_PATH)
def export(request: Request, house: HouseDep) -> Response:
    """The first documents of an answer or list as a table for a spreadsheet."""
    ask = parse_ask(request.query_params.multi_items())
    with house.open_store() as store:
        result = answer(house, store, replace(ask, offset=0, limit=MAX_EXPORTED))
    name = quote(
        f"检索结果 {date.today():%Y-%m-%d}.csv"
    )  # not the question: folders are shared
    return Response(
        table(result.hits, str(request.base_url)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _answer_page(
    request: Request,
    house: House,
    path: str,
    heading: str | None,
    kind: str | None = None,
) -> HTMLResponse:
    ask = parse_ask(request.query_params.multi_items())
    if kind is not None and "kind" not in ask.filters.include:
        ask = ask.only("kind", kind).at(ask.offset)
    with house.open_store() as store:
        result = helped(house, store, ask, answer(house, store, ask))
        is_home = ask.is_home and path == "/"
        tiers = (
            by_tier(house, store, ask, result)
            if ask.group == "tier" and not is_home
            else None
        )
        hits = (
            [hit for tier in tiers for hit in tier.hits]
            if tiers is not None
            else result.hits
        )
        opening = (
            {}
            if is_home
            else leads(store, [h.document.id for h in hits if not h.passages])
        )
        page = search_page(
            ask,
            result,
            house.coverage(store),
            leads=opening,
            path=path if not ask.text else "/",
            heading=_heading(ask, heading),
            sums={} if is_home else sums(house, store, ask, result),
            tiers=tiers,
            choices=article_choices(house.law_book(store), ask.text)
            if ask.text
            else (),
            left=ways_out(house, store, ask, result, path if not ask.text else "/"),
        )
    return render(house.templates, "home.html" if page.is_home else "search.html", page)


def _heading(ask: Ask, heading: str | None) -> str | None:
    """Return the name of the one kind a list is of, else the heading of the route."""
    kinds = ask.filters.include.get("kind", ())
    return (
        KINDS[kinds[0]]
        if heading and len(kinds) == 1 and kinds[0] in KINDS
        else heading
    )


@router.get("/documents/{document_id}")
def read(request: Request, document_id: str, house: HouseDep) -> HTMLResponse:
    """One document; the question it was found with comes along."""
    ask = parse_ask(request.query_params.multi_items())
    raw_rank = request.query_params.get("at")
    rank = None if raw_rank is None else number("at", raw_rank, 1, MAX_OFFSET)
    with house.open_store() as store:
        document = visible_document(store, document_id)
        way = trail(house, store, ask, document.head.id, rank)
        book = house.law_book(store)
        links = read_links(store, book, document)
        sections = section_views(
            document, find_marks(document.text, ask.text, ask.expansion), links.of
        )
        cited = read_cited(store, book, document.head.metadata.statutes)
        around = Around(
            similar=house.searcher.similar(store, document.head.id, limit=_SIMILAR),
            related=_related(store, document, links),
            statutes=statute_views(book, cited),
            outdated=statute_views(book, outdated(cited)),
            version_rules=version_rule_views(book, document.head),
        )
        page = reading_page(document, ask, sections, around, way, str(request.base_url))
    return render(house.templates, "document.html", page)


def visible_document(store: Store, raw_id: str) -> Document:
    """Return the document an address names by id, or slug where no id is so; raises NotFound."""
    is_id = (
        raw_id.isascii()
        and raw_id.isdigit()
        and len(raw_id) < 20
        and int(raw_id) <= MAX_ID
    )
    document = (store.document(int(raw_id)) if is_id else None) or store.document(
        raw_id
    )
    if document is None:
        raise NotFound("没有这件文书，或者它不对外公开。可能已被撤下，也可能地址有误。")
    return document


def _related(
    store: Store, document: Document, links: Links
) -> list[tuple[DocumentHead, str]]:
    """Return what the document names and what names it."""
    found = related_labels(document, links.named)
    known = {head.id for head, _ in found} | {document.head.id}
    citing = store.heads(store.citing(target=document.head.slug))
    return found + [
        (head, "引用本文") for head in citing.values() if head.id not in known
    ]


@router.get("/elements")
def elements(house: HouseDep) -> HTMLResponse:
    """Handling guides and element pages."""
    with house.open_store() as store:
        catalogue = house.catalogue(store)
        heads, _ = catalogue.listing(
            store, Filters(include={"kind": ("guidance",)}), order="title", limit=100
        )
        page = elements_page(
            catalogue.columns, heads, leads(store, [head.id for head in heads])
        )
    return render(house.templates, "elements.html", page)


@router.get("/about")
def about(house: HouseDep) -> HTMLResponse:
    """What is here and how it is treated."""
    with house.open_store() as store:
        page = about_page(house.coverage(store))
    return render(house.templates, "about.html", page)
