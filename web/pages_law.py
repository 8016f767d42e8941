"""Pages about laws and about jurisdictions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import InvalidQuery, NotFound
from kb.law.articles import base_article
from kb.law.book import LawBook
from kb.records import Document, Filters
from kb.store import Store
from kb.vocabulary import JURISDICTIONS, VERSION_UNSTATED
from web.address import stated, step_name
from web.deps import House, HouseDep
from web.linking import read_links
from web.pagecache import KeptRoute
from web.rendering import render
from web.views.laws import citing_page, law_page, laws_page
from web.views.leads import leads
from web.views.overseas import (
    LinksOf,
    compare_page,
    guides,
    jurisdiction_page,
    matrix_page,
)

router = APIRouter(include_in_schema=False, route_class=KeptRoute)

_CASES = 20


@router.get("/laws")
def laws(house: HouseDep) -> HTMLResponse:
    """List all laws with their versions."""
    with house.open_store() as store:
        page = laws_page(house.law_book(store))
    return render(house.templates, "laws.html", page)


@router.get("/laws/{law}")
def law(request: Request, law: str, house: HouseDep) -> HTMLResponse:
    """Show one law at one version (the one in force when none is named), or two versions side by
    side.
    """
    law = step_name(law)
    version, left, right = (
        stated(name, request.query_params.get(name))
        for name in ("version", "left", "right")
    )
    with house.open_store() as store:
        book = house.law_book(store)
        document = _version(store, book, law, version)
        compared = (
            (_version(store, book, law, left), _version(store, book, law, right))
            if left and right
            else None
        )
        page = law_page(
            store, book, document, read_links(store, book, document).of, compared
        )
    return render(house.templates, "law.html", page)


@router.get("/laws/{law}/cases")
def citing(request: Request, law: str, house: HouseDep) -> HTMLResponse:
    """List the documents that cite one article of one version."""
    article = base_article(stated("article", request.query_params.get("article")) or "")
    wanted, law = stated("version", request.query_params.get("version")), step_name(law)
    with house.open_store() as store:
        document = _version(
            store,
            house.law_book(store),
            law,
            None if wanted == VERSION_UNSTATED else wanted,
        )
        version = (
            VERSION_UNSTATED
            if wanted == VERSION_UNSTATED
            else document.head.metadata.version or ""
        )
        page = citing_page(store, law, version, article)
    return render(house.templates, "citing.html", page)


def _version(store: Store, book: LawBook, law: str, version: str | None) -> Document:
    """Return one version of a law, the one in force when none is named; raises NotFound."""
    heads = book.versions.get(law)
    if not heads:
        raise NotFound("库内没有收录这部法律规范。可从法律规范列表查看已收录的。")
    wanted = version or book.shown[law]
    head = book.version_of(law, wanted)
    document = store.document(head.id) if head is not None else None
    if document is None:
        versions = "、".join(h.metadata.version or "" for h in heads)
        raise NotFound(f"{law}没有「{wanted[:30]}」这一版本。已收录：{versions}。")
    return document


@router.get("/jurisdictions")
def jurisdictions(house: HouseDep) -> HTMLResponse:
    """Show the matrix of jurisdictions and industries."""
    with house.open_store() as store:
        page = matrix_page(house.catalogue(store).columns)
    return render(house.templates, "jurisdictions.html", page)


@router.get("/jurisdictions/compare")
def compare(request: Request, house: HouseDep) -> Response:
    """Lay two or three jurisdictions side by side."""
    codes = list(
        dict.fromkeys(
            stated("c", code) or "" for code in request.query_params.getlist("c")
        )
    )
    unknown = [code for code in codes if code not in JURISDICTIONS]
    if unknown:
        raise InvalidQuery(f"没有法域「{unknown[0][:30]}」。")
    if len(codes) == 1:
        return RedirectResponse(f"/jurisdictions/{codes[0]}", 303)
    with house.open_store() as store:
        page = compare_page(
            store, house.catalogue(store), codes, _links_of(house, store)
        )
    return render(house.templates, "compare.html", page)


@router.get("/jurisdictions/{code}")
def jurisdiction(code: str, house: HouseDep) -> HTMLResponse:
    """Show one jurisdiction: its guide and its cases."""
    if code not in JURISDICTIONS:
        raise NotFound(f"没有法域「{code[:30]}」。")
    filters = Filters(include={"kind": ("foreign_case",), "jurisdiction": (code,)})
    with house.open_store() as store:
        catalogue = house.catalogue(store)
        documents = guides(store, catalogue, code)
        heads, total = catalogue.listing(store, filters, limit=_CASES)
        if not documents and not total:
            raise NotFound(f"库内还没有{JURISDICTIONS[code]}的指引或案例。")
        opening = leads(store, [h.id for h in heads])
        page = jurisdiction_page(
            catalogue.columns,
            code,
            documents,
            opening,
            heads,
            total,
            _links_of(house, store),
        )
    return render(house.templates, "jurisdiction.html", page)


def _links_of(house: House, store: Store) -> LinksOf:
    book = house.law_book(store)
    return lambda document: read_links(store, book, document).of
