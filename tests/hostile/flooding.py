"""Ten thousand requests of random kinds to one server: what is right, what is nearly right, what is
no request.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from search.request import FACET_FIELDS, MODES, SORTS
from tests.hostile import doors, product, seeing, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.payloads import PAYLOADS

_DOCUMENTS: Final = 400
#: After so many requests a server has met all there is to keep; of a shorter run a third.
_WARM: Final = 2_000
#: A server may hold so much more after the flood than when it was warm.
_MOST_GROWTH: Final = 0.15
_CLIENTS: Final = 4
_WORDS: Final = (
    "客户名单",
    "源代码",
    "离职员工",
    "保密协议",
    "测试文本",
    "图纸",
    "反不正当竞争法第九条",
    "（2099）测01民终1号",
)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where requests go, and every place of them that an outsider fills."""

    port: int
    slots: Sequence[doors.Slot]


Kind = Callable[[random.Random, _Target], bytes]


def _get(target: str, port: int, *headers: str) -> bytes:
    return "\r\n".join(
        [
            f"GET {target} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Connection: close",
            *headers,
            "",
            "",
        ]
    ).encode("utf-8", "surrogatepass")


def _asked(chance: random.Random) -> dict[str, str]:
    """Return parameters a reader may have."""
    said = {"q": " ".join(chance.sample(_WORDS, chance.randrange(1, 4)))}
    if chance.random() < 0.4:
        said["mode"] = chance.choice(MODES)
    if chance.random() < 0.3:
        said["sort"] = chance.choice(tuple(SORTS))
    if chance.random() < 0.3:
        said["f.kind"] = chance.choice(("civil", "criminal", "administrative"))
    if chance.random() < 0.2:
        said |= {
            "offset": str(chance.randrange(200)),
            "limit": str(chance.randrange(1, 101)),
        }
    return said


def _valid(chance: random.Random, target: _Target) -> bytes:
    place = chance.choice(
        ("/", "/api/search", "/export.csv", "/browse", "/api/suggest")
    )
    said = _asked(chance)
    if place == "/api/suggest":
        said = {"q": said["q"][: chance.randrange(1, 8)]}
    return _get(f"{place}?{urlencode(said)}", target.port)


def _page(chance: random.Random, target: _Target) -> bytes:
    number = chance.randrange(1, _DOCUMENTS + 40)
    place = chance.choice(
        (
            f"/documents/{number}",
            f"/api/documents/n-{number}",
            "/laws",
            "/about",
            "/elements",
            "/static/app.js",
            "/api/docs",
        )
    )
    return _get(place, target.port)


def _nearly(chance: random.Random, target: _Target) -> bytes:
    """Return parameters with values that are wrong, too many, or too long."""
    said: list[tuple[str, str]] = [*_asked(chance).items()]
    for _ in range(chance.choice((1, 3, 60, 400))):
        name = chance.choice(
            (*doors.PARAMETERS, f"f.{chance.choice(tuple(FACET_FIELDS))}")
        )
        said.append(
            (name, chance.choice((*PAYLOADS, "", "x" * 500, "-1", "99999999999")))
        )
    encoded = urlencode(
        [(name, value.encode("utf-8", "surrogatepass")) for name, value in said]
    )
    return _get(
        f"{chance.choice(('/', '/api/search', '/export.csv', '/documents/3'))}?{encoded}",
        target.port,
    )


def _long(chance: random.Random, target: _Target) -> bytes:
    text = "".join(
        chance.choice('客户名单离职员工保密的、。（）第号条1 -:"')
        for _ in range(chance.choice((300, 3000, 20_000)))
    )
    return _get(f"{chance.choice(('/', '/api/search'))}?q={quote(text)}", target.port)


def _method(chance: random.Random, target: _Target) -> bytes:
    method = chance.choice(
        (
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "OPTIONS",
            "PATCH",
            "TRACE",
            "CONNECT",
            "get",
            "BREW",
        )
    )
    body = chance.choice((b"", b"q=x", b"x" * 5000))
    place = chance.choice(
        ("/", "/api/search", "/documents/1", "/static/app.css", "/nowhere")
    )
    head = f"{method} {place} HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _injected(chance: random.Random, target: _Target) -> bytes:
    slot = chance.choice(target.slots)
    return slot.request(chance.choice(PAYLOADS), target.port, raw=chance.random() < 0.3)


def _broken(chance: random.Random, target: _Target) -> bytes:
    whole = _valid(chance, target)
    return chance.choice(
        (
            chance.randbytes(chance.randrange(1, 2000)) + b"\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
            + chance.randbytes(500)
            + b"\r\n\r\n",
            whole.replace(b"HTTP/1.1", b"HTTP/9.9"),
            whole.replace(b"\r\n", b"\n"),
            whole.replace(b"Host: ", b"Host : "),
            whole.replace(
                b"Connection: close", b"Transfer-Encoding: chunked\r\nContent-Length: 5"
            )
            + b"zz\r\n",
            whole[:-2] + b"X: " + b"x" * chance.choice((5_000, 100_000)) + b"\r\n\r\n",
            whole[:-2]
            + b"".join(b"X%d: x\r\n" % n for n in range(chance.choice((90, 2000))))
            + b"\r\n",
            b"GET "
            + b"/" * chance.choice((3_000, 200_000))
            + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            whole.replace(b"GET /", b"GET http://kbx7.example/"),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        )
    )


_KINDS: Final[Sequence[tuple[Kind, int]]] = (
    (_valid, 35),
    (_page, 20),
    (_nearly, 12),
    (_injected, 15),
    (_method, 7),
    (_long, 3),
    (_broken, 8),
)


def _library(ground: Ground) -> Path:
    home, file = ground.fresh("home"), ground.folder / "library.jsonl"
    file.write_text(texts.lines(range(_DOCUMENTS)), "utf-8")
    product.kb(home, "add", file, "--quiet")
    return home


def flood(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Send all requests by a few clients at once; look at every answer, at the memory, and at the
    log.
    """
    home = _library(ground)
    slots = doors.slots(home)
    warm = min(_WARM, len(numbers) // 3)
    with (
        product.serving(home, ground.folder / "serve.log") as server,
        ThreadPoolExecutor(_CLIENTS) as clients,
    ):
        yield from clients.map(
            lambda number: _sent(ground, server, slots, number), numbers[:warm]
        )
        before_mb = server.memory_mb()
        yield from clients.map(
            lambda number: _sent(ground, server, slots, number), numbers[warm:]
        )
        after_mb = server.memory_mb()
        fault = _after(server, before_mb, after_mb, len(numbers))
    if fault or (fault := state.unsound(home)):
        yield Trial(number=numbers[-1] + 1, what="全部之后", fault=fault)
    size_kb = server.log.stat().st_size // 1024
    yield Note(
        f"{_CLIENTS} 个客户端同时;内存 {before_mb:.0f} MB({warm:,} 个请求后)→ {after_mb:.0f} MB;日志 {size_kb:,} KB"
    )


def _sent(
    ground: Ground, server: product.Server, slots: Sequence[doors.Slot], number: int
) -> Trial:
    chance = ground.chance("flood", number)
    kind = chance.choices(
        [made for made, _ in _KINDS], [weight for _, weight in _KINDS]
    )[0]
    request = kind(chance, _Target(server.port, slots))
    try:
        fault = seeing.wrong(server.send(request, 60.0))
    except OSError as error:
        fault = f"没有回答({type(error).__name__})"
    return Trial(
        number=number, what=f"{kind.__name__.strip('_')} {request[:120]!r}", fault=fault
    )


def _after(
    server: product.Server, before_mb: float, after_mb: float, count: int
) -> str:
    """Return what is wrong with a server after the flood."""
    if server.process.poll() is not None:
        return "服务已停止"
    if count >= 3 * _WARM and after_mb > before_mb * (1 + _MOST_GROWTH):
        return f"内存由 {before_mb:.0f} MB 增至 {after_mb:.0f} MB"
    if not any(server.get("/about").status == 200 for _ in range(3)):
        return "之后不再应答"
    written = server.log.read_text("utf-8", "replace")
    return seeing.in_log(written)


ATTACKS: Final = (
    Attack(
        key="flood",
        name="一万个随机请求",
        what=(
            "检索、页面、静态文件、错的参数、注入、别的方法、很长的检索词、不成请求的字节混在一起,发给同一个服务;除带说明的 503 外没有 5xx,"
            f"没有断开不答的正常请求,日志里没有请求的内容,内存比热身后增加不超过 {_MOST_GROWTH:.0%}"
        ),
        tries=10_000,
        few=40,
        run=flood,
    ),
)
