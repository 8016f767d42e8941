"""Every door of the server: its routes, what may stand in an address, the headers it may hear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kb.settings import Settings
from search.request import FACET_FIELDS
from web import create_app

#: What stands in a path where nothing is tried there.
GOOD: Final[Mapping[str, str]] = {
    "kind": "civil",
    "document_id": "1",
    "law": "测试法",
    "code": "US",
    "path": "app.css",
}
PARAMETERS: Final = (
    *(
        "q",
        "mode",
        "role",
        "expand",
        "plain",
        "sort",
        "group",
        "offset",
        "limit",
        "at",
        "c",
        "left",
        "right",
    ),
    *("version", "article", "v", "unknown"),
    *(f"{prefix}.{name}" for prefix in ("f", "x") for name in FACET_FIELDS),
)
HEADERS: Final = (
    *(
        "Host",
        "Referer",
        "Origin",
        "User-Agent",
        "Cookie",
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
        "Range",
    ),
    *(
        "If-None-Match",
        "If-Modified-Since",
        "Authorization",
        "Content-Type",
        "X-Forwarded-For",
        "X-Forwarded-Host",
    ),
    *(
        "X-Forwarded-Proto",
        "Forwarded",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "Via",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place of a request that an outsider fills: a part of a path, a parameter or a header of a
    route.
    """

    route: str
    kind: str
    name: str

    def request(self, value: str, port: int, raw: bool = False) -> bytes:
        """Return a request with `value` in this place, written as browsers do or, when raw, as it
        is.
        """
        written = (
            value if raw else quote(value.encode("utf-8", "surrogatepass"), safe="")
        )
        target = path(self.route, {self.name: written} if self.kind == "path" else {})
        if self.kind == "parameter":
            target += f"?{self.name}={written}"
        headers = {"Host": f"127.0.0.1:{port}", "Connection": "close"}
        if self.kind == "header":
            headers[self.name] = value
        lines = [
            f"GET {target} HTTP/1.1",
            *(f"{name}: {said}" for name, said in headers.items()),
            "",
            "",
        ]
        return "\r\n".join(lines).encode("utf-8", "surrogatepass")


@cache
def routes(home: Path) -> tuple[str, ...]:
    """Return the path of every route of the application, parameters in braces."""
    found: set[str] = set()
    for route in create_app(Settings(home=home)).routes:
        router = getattr(route, "original_router", None)
        found |= {
            getattr(one, "path", "")
            for one in (router.routes if router is not None else [route])
        }
    return tuple(
        sorted(f"{one}/{{path}}" if one == "/static" else one for one in found)
    )


def path(route: str, given: Mapping[str, str]) -> str:
    """Return the path of a route with its parts filled in, by good values where none is given."""
    return re.sub(
        r"{(\w+)(?::\w+)?}",
        lambda part: given.get(part[1], quote(GOOD.get(part[1], "1"))),
        route,
    )


def slots(home: Path) -> Sequence[Slot]:
    """Return every place of every route."""
    found: list[Slot] = []
    for route in routes(home):
        found += [
            Slot(route=route, kind="path", name=name)
            for name in re.findall(r"{(\w+)", route)
        ]
        found += [Slot(route=route, kind="parameter", name=name) for name in PARAMETERS]
    for route in (
        "/",
        "/api/search",
        "/documents/{document_id}",
        "/export.csv",
        "/nowhere",
    ):
        found += [Slot(route=route, kind="header", name=name) for name in HEADERS]
    return found
