"""Every address of the site over one store: what each route may be asked, and what its answer must
be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI
from starlette.testclient import TestClient

from kb.records import NO_FILTERS, DocumentHead
from kb.store import Store
from kb.vocabulary import JURISDICTIONS, KINDS
from search.facets import read_columns
from search.request import FACET_FIELDS, MODES, SORTS
from tests.accepted.wellformed import read_page, table_faults


@dataclass(frozen=True)
class Stock:
    """What a store holds that an address may name."""

    heads: tuple[DocumentHead, ...]
    facets: Mapping[str, tuple[str, ...]]
    laws: tuple[tuple[str, str], ...]


def stock(store: Store) -> Stock:
    heads, _ = store.listing(limit=10_000)
    counts = read_columns(store).counts(NO_FILTERS, FACET_FIELDS)
    facets = {
        name: tuple(value for value, _ in counted) for name, counted in counts.items()
    }
    laws = tuple((h.metadata.law or "", h.metadata.version or "") for h in store.laws())
    return Stock(tuple(heads), facets, laws)


def _part(text: str) -> str:
    return quote(text, safe="")


def _asked(held: Stock) -> Iterator[tuple[str, str]]:
    """Yield the parameters that answers, lists and tables understand, one question each."""
    for number, head in enumerate(held.heads):
        words = (
            head.title,
            head.slug,
            *head.metadata.case_numbers[:1],
            *head.metadata.statutes[:1],
        )
        mode, sort = MODES[number % 3], SORTS[number % 4]
        yield from (
            (word[:300], f"mode={mode}&sort={sort}")
            for word in words[number % 2 : number % 2 + 1]
        )
    yield from (
        ("客户名单", f"mode={mode}&sort={sort}&group=tier")
        for mode in MODES
        for sort in SORTS
    )
    yield from (("", f"sort={sort}&group=tier&limit=100") for sort in SORTS)
    for field, values in held.facets.items():
        for number, value in enumerate(values):
            prefix = "fx"[number % 2]
            yield (
                "测试文本" if number % 3 else "",
                f"{prefix}.{field}={_part(value)}&group={'tier' if number % 5 == 0 else ''}",
            )


def _answers(path: str, first: int, step: int = 5) -> Callable[[Stock], list[str]]:
    """Return every `step`th question put to a path: the paths share all of them between them."""
    return lambda held: [
        f"{path}?q={_part(words)}&{more}"
        for words, more in list(_asked(held))[first::step]
    ]


def _documents(path: str) -> Callable[[Stock], list[str]]:
    def made(held: Stock) -> list[str]:
        by_id = [
            f"{path}/{head.id}?q={_part(head.title[:100])}&at=1" for head in held.heads
        ]
        return by_id + [
            f"{path}/{_part(head.slug)}"
            for head in held.heads
            if head.slug not in (".", "..")
        ]

    return made


def _laws(held: Stock) -> list[str]:
    return [
        f"/laws/{_part(law)}?version={_part(v)}&left={_part(v)}&right={_part(v)}"
        for law, v in held.laws
        if v
    ]


def _cited(held: Stock) -> list[str]:
    articles = ("第九条", "第十条", "", "<b>", "x" * 300)
    return [
        f"/laws/{_part(law)}/cases?version={_part(v)}&article={_part(a)}"
        for law, v in held.laws
        for a in articles
    ]


def _typed(held: Stock) -> list[str]:
    words = {
        word[:cut]
        for h in held.heads
        for word in (h.title, h.slug, *h.metadata.aliases[:1])
        for cut in (1, 4, 60)
    }
    return [f"/api/suggest?q={_part(word)}&limit=20" for word in sorted(words)]


#: Route -> its addresses. A route that is not here has no test: `test_every_route_is_walked` tells.
CASES: Final[dict[str, Callable[[Stock], list[str]]]] = {
    "/": _answers("/", 0),
    "/browse": _answers("/browse", 1),
    "/browse/{kind}": lambda held: [
        f"/browse/{kind}?group={group}" for kind in KINDS for group in ("", "tier")
    ],
    "/export.csv": _answers("/export.csv", 2),
    "/documents/{document_id}": _documents("/documents"),
    "/elements": lambda held: ["/elements"],
    "/about": lambda held: ["/about"],
    "/laws": lambda held: ["/laws"],
    "/laws/{law}": _laws,
    "/laws/{law}/cases": _cited,
    "/jurisdictions": lambda held: ["/jurisdictions"],
    "/jurisdictions/compare": lambda held: [
        f"/jurisdictions/compare?c={a}&c={b}"
        for a in ("DE", "EU")
        for b in ("CN", "SA")
    ],
    "/jurisdictions/{code}": lambda held: [
        f"/jurisdictions/{code}" for code in JURISDICTIONS
    ],
    "/api/search": _answers("/api/search", 3),
    "/api/suggest": _typed,
    "/api/documents/{document_id}": _documents("/api/documents"),
    "/api/docs": lambda held: ["/api/docs"],
    "/api/openapi.json": lambda held: ["/api/openapi.json"],
}


def routes(app: FastAPI) -> set[str]:
    """Return the paths of all routes, those of files left out."""
    found: set[str] = set()
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(getattr(route, "original_router", None), "routes", ())
        if hasattr(route, "methods") and hasattr(route, "path"):
            found.add(route.path)
    return found


def faults(client: TestClient, address: str) -> tuple[list[str], list[str]]:
    """Return what is wrong with the answer at an address, and where it links to."""
    try:
        answer = client.get(address, follow_redirects=False)
    except Exception as error:  # what a reader would see as a page 500
        return [f"{type(error).__name__}: {error}"[:300]], []
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"], []
    if kind.startswith("text/html"):
        return read_page(answer.text)
    if kind.startswith("text/csv"):
        return table_faults(answer.text), []
    if kind.startswith("application/json"):
        json.loads(
            answer.text, parse_constant=float.fromhex
        )  # NaN and Infinity are no JSON
    return [], []
