"""What the web door keeps closed: files, names, headers; costly addresses; connections that hold
on.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.hostile import product, seeing, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_DOCUMENTS: Final = 300
_WANTED: Final = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
)


def library(ground: Ground, documents: int = _DOCUMENTS) -> Path:
    """Return a data folder with test texts, one of them internal, made under the usual umask."""
    home, file = ground.fresh("home") / "data", ground.folder / "library.jsonl"
    hidden = texts.document(documents, "hidden") | {"visibility": "internal"}
    file.write_text(texts.lines(range(documents)) + texts.as_line(hidden), "utf-8")
    before = os.umask(0o022)
    try:
        product.kb(home, "add", file, "--quiet")
    finally:
        os.umask(before)
    return home


# -- files, names, headers ---------------------------------------------------------------

_HOSTS: Final = (
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:80",
    "",
    "a b",
    "[::1",
    "localhost@evil.example",
    "evil.example\x00",
)
_TARGETS: Final = (
    "/",
    "/documents/1",
    "/documents/999999",
    "/api/search?q=x",
    "/api/search?mode=bogus",
    "/export.csv",
    "/nowhere",
    "/static/app.css",
    "/static/none",
    f"/?q={'x' * 60_000}",
)


def close(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Look at every file's rights, at every answer's headers, and ask under names that are not the
    server's.
    """
    home = library(ground)
    checks: list[Callable[[product.Server], tuple[str, str]]] = [
        lambda server: ("数据目录的权限", _modes(home))
    ]
    checks += [
        lambda server, target=target: _headers(server, target) for target in _TARGETS
    ]
    checks += [
        lambda server, host=host, target=target: _host(server, host, target)
        for host in _HOSTS
        for target in _TARGETS[:6]
    ]
    with product.serving(
        home, ground.folder / "serve.log", {"KB_CLEARANCE": "internal"}
    ) as server:
        for number in numbers:
            what, fault = checks[number](server)
            yield Trial(number=number, what=what, fault=fault)
        written = server.log.read_text("utf-8", "replace")
    if "evil.example" in written:
        yield Trial(number=len(checks), what="日志", fault="日志里有请求的主机名")


def _modes(home: Path) -> str:
    for path in (home, *home.rglob("*")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return f"{path.relative_to(home.parent)} 的权限是 {stat.S_IMODE(path.stat().st_mode):o}"
    return ""


def _headers(server: product.Server, target: str) -> tuple[str, str]:
    answer = server.get(target)
    missing = [name for name in _WANTED if name not in answer.headers]
    fault = f"缺少标头 {missing}" if missing else seeing.wrong(answer)
    if (
        not target.startswith("/static")
        and answer.headers.get("cache-control") != "no-store"
    ):
        fault = fault or f"内部文书的页面可留存:{answer.headers.get('cache-control')}"
    return f"{target[:60]} 的标头(答 {answer.status})", fault


def _host(server: product.Server, host: str, target: str) -> tuple[str, str]:
    answer = server.get(target, {"Host": host})
    fault = seeing.failed(answer) or (
        "" if answer.status in (0, 400) else f"答 {answer.status}"
    )
    if "evil.example" in answer.text or any(
        "evil.example" in value for value in answer.headers.values()
    ):
        fault = "回答里有请求的主机名"
    return f"{target[:40]} Host: {host!r}", fault


# -- costly addresses --------------------------------------------------------------------

#: Processor time of the server that no one address may take, whatever this machine is busy with.
_MOST_CPU_S: Final = 5.0


def _addresses() -> list[tuple[str, str]]:
    long = {
        "五万个引号": '"' * 50_000,
        "五万个括号": "（" * 50_000,
        "五万个减号": "-" * 50_000,
        "一万七千个 OR": "OR " * 16_000,
        "五万个冒号": "法院:" * 12_000,
        "五万个第": "第" * 50_000,
        "五千个案号": "（2099）测01民终1号" * 3_500,
        "五万位数字": "9" * 50_000,
        "五万个空格": "a " * 25_000,
        "一万个不同的词": " ".join(f"词{n}" for n in range(10_000)),
        "一万个条号": "第九条" * 16_000,
        "五万个通配": "*?" * 25_000,
    }
    many = {
        "f.kind": [f"f.kind=a{n}" for n in range(40_000)],
        "f.kind 空": ["f.kind="] * 40_000,
        "x.authority": [f"x.authority=a{n}" for n in range(40_000)],
        "role": ["role=facts"] * 40_000,
        "plain": [f"plain=a{n}" for n in range(40_000)],
        "q": [f"q=a{n}" for n in range(40_000)],
        "各种名称": [f"k{n}=1" for n in range(40_000)],
        "c": [f"c=US{n}" for n in range(20_000)],
        "百分号": ["%" * 3] * 40_000,
    }
    found = [
        (f"{place} {name}", f"{place}?q={quote(text)}")
        for name, text in long.items()
        for place in ("/", "/api/search", "/documents/1", "/api/suggest")
    ]
    for name, pairs in many.items():
        found += [
            (f"{place} {len(pairs)} 个 {name}", f"{place}?{'&'.join(pairs)}")
            for place in ("/", "/jurisdictions/compare", "/export.csv")
        ]
    return found


def exhaust(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Ask for costly addresses: answered in words, at a cost that is bounded, others served
    meanwhile.
    """
    home, asked, most = library(ground), _addresses(), 0.0
    with product.serving(home, ground.folder / "serve.log") as server:
        server.get("/?q=x")
        for number in numbers:
            what, target = asked[number]
            before = server.cpu_s()
            try:
                fault = seeing.failed(server.get(target, limit_s=120.0))
            except OSError as error:
                fault = f"没有回答({type(error).__name__})"
            used = server.cpu_s() - before
            most = max(most, used)
            yield Trial(
                number=number,
                what=what,
                fault=fault
                or (f"用了 {used:.1f} 秒处理器时间" if used > _MOST_CPU_S else ""),
            )
        fault = _all_at_once(
            server, [target for what, target in asked if "f.kind" in what]
        )
        yield Trial(number=len(asked), what="45 个同时,另有读者", fault=fault)
    yield Note(f"一个地址最多用处理器 {most:.1f} 秒(上限 {_MOST_CPU_S:.0f} 秒)")


def _all_at_once(server: product.Server, targets: Sequence[str]) -> str:
    """Send 45 costly requests at once; return what is wrong with the answer another reader gets
    meanwhile.
    """
    senders = [
        threading.Thread(target=_try, args=(server, targets[n % len(targets)]))
        for n in range(45)
    ]
    for sender in senders:
        sender.start()
    try:
        answer = server.get("/about", limit_s=60.0)
        fault = "" if answer.status in (200, 503) else f"/about 答 {answer.status}"
    except OSError as error:
        fault = f"/about 没有回答({type(error).__name__})"
    for sender in senders:
        sender.join()
    return fault


def _try(server: product.Server, target: str) -> None:
    try:
        server.get(target, limit_s=120.0)
    except OSError:
        pass


# -- connections that hold on ------------------------------------------------------------

_SHORT: Final = {
    "KB_HEADER_TIMEOUT_S": "3",
    "KB_IDLE_TIMEOUT_S": "3",
    "KB_MAX_CONNECTIONS": "200",
    "KB_MAX_CONNECTIONS_PER_CLIENT": "200",
}
_MOST_LOG_KB: Final = 200
_HOLD: Final[dict[str, bytes]] = {
    "不说话": b"",
    "半个请求行": b"GET /ab",
    "没有结尾的标头": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
    "没有来的请求体": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n",
    "半个块": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n",
    "答后不走": b"GET /static/app.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "加密握手": b"\x16\x03\x01\x02\x00",
}
_HOLDERS: Final = 250


def hold(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Open 250 connections that hold on, some by a byte a second: closed in time, others served,
    the log short.
    """
    home = library(ground)
    with product.serving(home, ground.folder / "serve.log", _SHORT) as server:
        for number in numbers:
            name = list(_HOLD)[number % len(_HOLD)]
            drip = number >= len(_HOLD)
            before_kb = server.log.stat().st_size / 1024
            fault = _held(server, _HOLD[name], drip)
            grown_kb = server.log.stat().st_size / 1024 - before_kb
            if grown_kb > _MOST_LOG_KB:
                fault = fault or f"日志写了 {grown_kb:.0f} KB"
            yield Trial(
                number=number,
                what=f"{_HOLDERS} 个连接{name}{',每秒一字节' if drip else ''}",
                fault=fault,
            )


def _held(server: product.Server, opening: bytes, drip: bool) -> str:
    held = [
        connection
        for _ in range(_HOLDERS)
        if (connection := _open(server, opening)) is not None
    ]
    try:
        deadline = time.monotonic() + 30.0
        served = False
        while held and time.monotonic() < deadline:
            if drip:
                held = [connection for connection in held if _said(connection, b"x")]
            served = served or _is_served(server)
            held = [connection for connection in held if not _is_closed(connection)]
            time.sleep(1.0)
        if held:
            return f"{len(held)} 个连接一直没有关闭"
        return "" if served or _is_served(server) else "别的读者没有得到回答"
    finally:
        for connection in held:
            connection.close()


def _open(server: product.Server, opening: bytes) -> socket.socket | None:
    try:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=5.0)
        connection.sendall(opening)
    except OSError:
        return None
    connection.setblocking(False)
    return connection


def _said(connection: socket.socket, data: bytes) -> bool:
    try:
        connection.send(data)
    except OSError:
        connection.close()
        return False
    return True


def _is_closed(connection: socket.socket) -> bool:
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    connection.close()
    return True


def _is_served(server: product.Server) -> bool:
    try:
        answer = server.get("/about", limit_s=5.0)
    except OSError:
        return False
    return answer.status == 200


ATTACKS: Final = (
    Attack(
        key="closed",
        name="权限、主机名、标头",
        what="数据目录内每个文件只有所有者可读;各种回答(含 400、404)都带安全标头,内部文书的页面不留存;用别的或写坏的主机名访问,拒绝而不照写,日志里也没有",
        tries=1 + len(_TARGETS) + len(_HOSTS) * 6,
        few=12,
        run=close,
    ),
    Attack(
        key="exhaust",
        name="费时的地址",
        what=f"五万字的各种检索词、四万个参数,逐个发出,再 45 个同时发出;都有回答,没有 5xx(带说明的 503 除外),一个地址用处理器不超过 {_MOST_CPU_S:.0f} 秒,同时别的读者得到回答",
        tries=len(_addresses()),
        few=0,
        run=exhaust,
    ),
    Attack(
        key="hold",
        name="不走的连接",
        what=f"{_HOLDERS} 个连接不说话、说一半、每秒一字节(服务上限 200 个,限时 3 秒);都被关闭,别的读者得到回答,日志不超过 {_MOST_LOG_KB} KB",
        tries=2 * len(_HOLD),
        few=0,
        run=hold,
    ),
)
