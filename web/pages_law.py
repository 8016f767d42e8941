"""Pages about laws and about jurisdictions."""

from __future__ import annotations

from itertools import chain

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import InvalidQuery, NotFound
from kb.law.articles import ArticleKey, base_article
from kb.law.book import LawBook
from kb.records import Document, Filters
from kb.store import Store
from kb.vocabulary import JURISDICTIONS, VERSION_UNSTATED
from web.address import step_name
from web.citedby import read_cited_by
from web.deps import StateDep
from web.linking import read_concordances, read_links
from web.pagecache import KeptRoute
from web.parsing import stated
from web.rendering import render
from web.views.articles import articles_to_cite
from web.views.citing import CitingPage, citing_page
from web.views.excerpts import read_excerpts
from web.views.laws import LawMaterial, law_page
from web.views.overseas import (
    MAX_COMPARED,
    CaseList,
    compare_page,
    jurisdiction_page,
    matrix_page,
    read_guides,
)
from web.views.text import section_views
from web.views.versions import laws_page

router = APIRouter(include_in_schema=False, route_class=KeptRoute)

_CASES = 20


@router.get("/laws")
def laws(state: StateDep) -> HTMLResponse:
    """List all laws with their versions."""
    with state.open_store() as store:
        page = laws_page(state.law_book(store))
    return render(state.templates, "laws.html", page)


@router.get("/laws/{law}")
def law(
    request: Request,
    law: str,
    state: StateDep,
) -> HTMLResponse:
    """Show one law at one version (the one in force when none is named), or two versions side by
    side.
    """
    law = step_name(law)
    version, left, right = (
        stated(name, request.query_params.get(name))
        for name in ("version", "left", "right")
    )
    with state.open_store() as store:
        book = state.law_book(store)
        document = _version(store, book, law, version)
        compared = None
        if left and right:
            sides = [_version(store, book, law, side) for side in (left, right)]
            compared = sides[0], sides[1]
        page = law_page(book, _material(store, book, document, compared))
    return render(state.templates, "law.html", page)


def _material(
    store: Store,
    book: LawBook,
    document: Document,
    compared: tuple[Document, Document] | None,
) -> LawMaterial:
    m = document.head.metadata
    law, version = m.law or "", m.version or ""
    links = read_links(store, book, [document])
    sections = section_views(document, (), links.of)
    return LawMaterial(
        document=document,
        sections=sections,
        concordance=read_concordances(store, book, [law])[law],
        cited_by=read_cited_by(store, articles_to_cite(law, version, sections)),
        compared=compared,
    )


@router.get("/laws/{law}/cases")
def citing(
    request: Request,
    law: str,
    state: StateDep,
) -> HTMLResponse:
    """List the documents that cite one article of one version."""
    given, law = request.query_params, step_name(law)
    article = base_article(stated("article", given.get("article")) or "")
    version = stated("version", given.get("version"))
    is_unstated = version == VERSION_UNSTATED
    with state.open_store() as store:
        book = state.law_book(store)
        document = _version(store, book, law, None if is_unstated else version)
        if not is_unstated:
            version = document.head.metadata.version
        page = _citing_page(store, ArticleKey(law, version or "", article))
    return render(state.templates, "citing.html", page)


def _citing_page(store: Store, article: ArticleKey) -> CitingPage:
    rows = store.counterparts([article])[article]
    others = [ArticleKey(article.law, row.version, row.article) for row in rows]
    cited_by = read_cited_by(store, [article, *others])
    return citing_page(article, others, cited_by)


def _version(
    store: Store,
    book: LawBook,
    law: str,
    version: str | None,
) -> Document:
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
def jurisdictions(state: StateDep) -> HTMLResponse:
    """Show the matrix of jurisdictions and industries."""
    with state.open_store() as store:
        page = matrix_page(state.catalogue(store).columns)
    return render(state.templates, "jurisdictions.html", page)


@router.get("/jurisdictions/compare")
def compare(request: Request, state: StateDep) -> Response:
    """Lay two or three jurisdictions side by side."""
    codes = list(dict.fromkeys(request.query_params.getlist("c")))
    for code in codes:
        stated("c", code)
    for code in codes:
        if code not in JURISDICTIONS:
            raise InvalidQuery(f"没有法域「{code[:30]}」。")
    if len(codes) == 1:
        return RedirectResponse(f"/jurisdictions/{codes[0]}", 303)
    with state.open_store() as store:
        catalogue = state.catalogue(store)
        guides = read_guides(store, catalogue, codes[:MAX_COMPARED])
        documents = chain.from_iterable(guides.values())
        links = read_links(store, state.law_book(store), documents)
        page = compare_page(catalogue.columns, codes, guides, links.of)
    return render(state.templates, "compare.html", page)


@router.get("/jurisdictions/{code}")
def jurisdiction(code: str, state: StateDep) -> HTMLResponse:
    """Show one jurisdiction: its guide and its cases."""
    if code not in JURISDICTIONS:
        raise NotFound(f"没有法域「{code[:30]}」。")
    filters = Filters(include={"kind": ("foreign_case",), "jurisdiction": (code,)})
    with state.open_store() as store:
        catalogue = state.catalogue(store)
        documents = read_guides(store, catalogue, [code])[code]
        heads, total = catalogue.listing(store, filters, limit=_CASES)
        if not documents and not total:
            raise NotFound(f"库内还没有{JURISDICTIONS[code]}的指引或案例。")
        opening = read_excerpts(store, [h.id for h in heads])
        links = read_links(store, state.law_book(store), documents)
        cases = CaseList(
            heads=heads,
            total=total,
            excerpts=opening,
        )
        page = jurisdiction_page(catalogue.columns, code, documents, cases, links.of)
    return render(state.templates, "jurisdiction.html", page)
