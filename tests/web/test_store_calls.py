"""A page reads the store a dozen times at most, however much it shows, and ranks once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote, unquote

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from kb.records import Filters
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import JURISDICTIONS, KINDS, Visibility
from search.results import SORTS, SearchResult
from search.searcher import Searcher
from tests.golden.freezer import fill
from tests.web.plain import get
from web import create_app
from web.address import cases_path, law_path

MOST_READS: Final = 12
#: Methods that say where a store stands or open and close it; all others of it read.
_NO_READS: Final = ("commit", "audience", "snapshot", "close", "rest", "resume", "id")

#: The addresses of a route that is asked for more than once, by its path.
Addresses = Callable[[Store], Iterator[str]]


class Reads(Counter[str]):
    """How often each reading method was called since the last time somebody looked."""

    def taken(self) -> dict[str, int]:
        """Return the calls, and begin anew."""
        found = {name: count for name, count in self.items() if count}
        self.clear()
        return found


def counting(reads: Reads) -> type[Store]:
    """Return a store whose reading methods are counted, but where one calls another."""
    depth = [0]

    def counted(method: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            reads[name] += not depth[0]
            depth[0] += 1
            try:
                return method(*args, **named)
            finally:
                depth[0] -= 1

        return call

    names = reading_methods()
    methods = {name: counted(getattr(Store, name), name) for name in names}
    return type("CountingStore", (Store,), methods)


class CountingSearcher(Searcher):
    """Remembers how many hits each search and each list has shown."""

    shown: Final[list[int]] = []

    def search(self, *args: Any, **named: Any) -> SearchResult:
        found = super().search(*args, **named)
        self.shown.append(len(found.hits))
        return found

    def listing(self, *args: Any, **named: Any) -> SearchResult:
        found = super().listing(*args, **named)
        self.shown.append(len(found.hits))
        return found


def reading_methods() -> list[str]:
    return [
        name
        for name in dir(Store)
        if not name.startswith("_")
        and callable(getattr(Store, name))
        and name not in _NO_READS
    ]


_QUERIES: Final = (
    "",
    "客户名单",
    "反不正当竞争法第九条",
    "反不正当竞争法（2019）第九条",
    "刑法第二百一十九条",
    "（2021）最高法知民终1687号",
    "客户名但",
    "今天天气怎么样",
    "trade secret",
    "香兰素 -卡波",
    "这种事情从来没有发生过 0000",
)
_FILTERS: Final = (
    "",
    "&f.region=上海",
    "&f.kind=civil&f.outcome=判赔&x.region=北京",
    "&f.year=1950&f.kind=civil&f.tier=指导性案例",
    "&role=facts",
)


def _answers(store: Store) -> Iterator[str]:
    for query in _QUERIES:
        for filters in _FILTERS:
            yield f"?q={query}{filters}"
            yield f"?q={query}{filters}&group=tier"
    for sort in SORTS:
        yield f"?q=保密&sort={sort}"
    yield from ("?q=保密&mode=keyword", "?q=保密&mode=vector", "?q=保密&offset=20")


def _lists(store: Store) -> Iterator[str]:
    yield "?q=客户名单&f.kind=civil"
    for filters in _FILTERS:
        yield f"?q={filters}"
        yield f"?q={filters}&group=tier"
    for sort in SORTS:
        yield f"?f.kind=civil&sort={sort}"
    yield "?offset=20"


def _documents(store: Store) -> Iterator[str]:
    """Yield documents of each kind, which cite laws or not, and as part of an answer."""
    for kind in KINDS:
        of_kind = Filters(include={"kind": (kind,)})
        heads, _ = store.listing(of_kind, order="title", limit=20)
        yield from (f"/documents/{head.slug}" for head in heads)
        for head in heads[:1]:
            for place in ("", "&at=2", "&at=2&group=tier"):
                yield f"/documents/{head.id}?q=客户名单{place}"
                yield f"/documents/{head.id}?f.kind=civil{place}"


def _laws(store: Store) -> Iterator[str]:
    versions: dict[str, list[str]] = {}
    for head in store.laws():
        if head.metadata.law and head.metadata.version:
            versions.setdefault(head.metadata.law, []).append(head.metadata.version)
    for law, known in versions.items():
        yield law_path(law)
        for version in known:
            yield law_path(law, version)
        yield f"{law_path(law)}?left={quote(known[0])}&right={quote(known[-1])}"


def _cases(store: Store) -> Iterator[str]:
    for head in store.laws():
        for provision in head.metadata.provisions:
            law, version = head.metadata.law or "", head.metadata.version or ""
            yield cases_path(law, version, provision.article)


def _compared(store: Store) -> Iterator[str]:
    yield "/jurisdictions/compare"
    yield "/jurisdictions/compare?c=US"
    yield "/jurisdictions/compare?c=US&c=DE&c=JP&c=KR"


#: What every route of a page is asked for. A route that is not here fails the test.
ROUTES: Final[dict[str, Addresses]] = {
    "/": lambda store: (f"/{one}" for one in _answers(store)),
    "/browse": lambda store: (f"/browse{one}" for one in _lists(store)),
    "/browse/{kind}": lambda store: (f"/browse/{kind}" for kind in KINDS),
    "/export.csv": lambda store: (f"/export.csv{one}" for one in _lists(store)),
    "/documents/{document_id}": _documents,
    "/elements": lambda store: iter(["/elements"]),
    "/about": lambda store: iter(["/about"]),
    "/laws": lambda store: iter(["/laws"]),
    "/laws/{law}": _laws,
    "/laws/{law}/cases": _cases,
    "/jurisdictions": lambda store: iter(["/jurisdictions"]),
    "/jurisdictions/compare": _compared,
    "/jurisdictions/{code}": lambda store: (
        f"/jurisdictions/{c}" for c in JURISDICTIONS
    ),
    "/api/docs": lambda store: iter(["/api/docs"]),
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return fill(tmp_path_factory.mktemp("counted"), tmp_path_factory.mktemp("incoming"))


@pytest.fixture(scope="module")
def reads() -> Reads:
    return Reads()


@pytest.fixture(scope="module")
def app(settings: Settings, reads: Reads) -> Iterator[FastAPI]:
    """The application, which has been asked once: what it keeps of a commit is read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.stores.Store", counting(reads))
        patch.setattr("search.opening.Searcher", CountingSearcher)
        made = create_app(settings)
        get(made, "/laws")
        get(made, "/?q=客户")
        yield made


def page_routes(app: FastAPI) -> set[str]:
    """Return the paths of all that answers with something but JSON."""
    included = [getattr(router, "original_router", None) for router in app.routes]
    return {
        route.path
        for router in included
        if isinstance(router, APIRouter)
        for route in router.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
    }


def test_every_page_is_asked_for_here(app: FastAPI) -> None:
    assert page_routes(app) == set(ROUTES)


@pytest.mark.parametrize("path", ROUTES)
def test_a_page_reads_the_store_a_dozen_times_at_most_and_shows_one_search(
    app: FastAPI, settings: Settings, reads: Reads, path: str
) -> None:
    """Of an empty answer what it might have been is counted, not shown."""
    with Store(settings.home, Visibility.PUBLIC) as store:
        asked = [quote(one, safe="/?&=+.%") for one in ROUTES[path](store)]
    reads.clear()
    too_many: dict[str, object] = {}
    for address in asked:
        CountingSearcher.shown.clear()
        assert get(app, address).status in (200, 303, 404), unquote(address)
        found = reads.taken()
        shown = [hits for hits in CountingSearcher.shown if hits]
        if sum(found.values()) > MOST_READS or len(shown) > 1:
            too_many[unquote(address)] = (found, shown)

    assert asked
    assert too_many == {}


def test_a_page_that_reads_too_often_is_told_by_its_calls(settings: Settings) -> None:
    """The counter itself: every call counts, one inside another does not."""
    reads = Reads()
    with counting(reads)(settings.home, Visibility.PUBLIC) as store:
        heads, _ = store.listing(limit=2)
        for head in heads:
            store.document(head.id)
            store.mean_vector(head.id)
        store.commit()

    assert reads.taken() == {"listing": 1, "document": 2, "mean_vector": 2}
    assert reads.taken() == {}
