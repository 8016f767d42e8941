"""The small promises, and many readers at once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.promises.closed import library

_READERS: Final = 50
_QUESTIONS: Final = (
    "客户名单",
    "源代码",
    "离职员工 保密协议",
    "实验数据 私人邮箱",
    "图纸 供应商",
    "第九条",
    "测试文本",
)


def read_together(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Let fifty readers ask at once, and tell how fast each was answered; every one gets the answer
    he gets alone.
    """
    home = library(ground, 2000)
    targets = [f"/api/search?q={quote(question)}" for question in _QUESTIONS] + [
        "/",
        "/documents/5",
        "/static/app.js",
    ]
    with (
        product.serving(home, ground.folder / "serve.log") as server,
        ThreadPoolExecutor(_READERS) as readers,
    ):
        alone = {target: _plain(server.get(target)) for target in targets}
        started = time.monotonic()
        made = list(
            readers.map(lambda number: _asked(server, targets, alone, number), numbers)
        )
        whole_s = time.monotonic() - started
        memory_mb = server.memory_mb()
    yield from (trial for trial, _ in made)
    times = sorted(seconds for _, seconds in made)
    p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
    yield Note(
        f"每秒 {len(made) / whole_s:.0f} 个请求,p50 {p50:.0f} 毫秒,p95 {p95:.0f} 毫秒,内存 {memory_mb:.0f} MB(客户端在同一台机器上)"
    )


def _plain(answer: product.Answer) -> tuple[int, Any]:
    body = product.as_json(product.Done(status=0, out=answer.text, err="", peak_mb=0.0))
    if isinstance(body, dict):
        return answer.status, {
            name: value for name, value in body.items() if name != "took_ms"
        }
    return answer.status, answer.body


def _asked(
    server: product.Server,
    targets: Sequence[str],
    alone: dict[str, tuple[int, Any]],
    number: int,
) -> tuple[Trial, float]:
    target = targets[number % len(targets)]
    started = time.monotonic()
    try:
        answer = server.get(target)
        fault = (
            ""
            if _plain(answer) == alone[target]
            else f"答 {answer.status},与一个人时不同"
        )
    except OSError as error:
        fault = f"没有回答({type(error).__name__})"
    return Trial(number=number, what=target, fault=fault), time.monotonic() - started


# -- the small ones ----------------------------------------------------------------------


def _bad_byte(ground: Ground) -> str:
    file = ground.fresh("files") / "bad.html"
    file.write_bytes("<meta charset=utf-8><p>测试文本正文".encode() + b"\xff</p>")
    done = product.kb(ground.fresh("home"), "add", file)
    if fault := done.fault((0, 1)):
        return fault
    if "恶意" in done.err:
        return f"说是恶意:{product.last_line(done.err)}"
    said = done.status == 0 or "编码" in done.err or "utf-8" in done.err.lower()
    return "" if said else f"没有说编码:{product.last_line(done.err)}"


def _allow(ground: Ground) -> str:
    with product.serving(library(ground, 3), ground.folder / "allow.log") as server:
        for place in ("/", "/api/search", "/documents/1", "/laws", "/export.csv"):
            answer = server.send(
                f"DELETE {place} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode()
            )
            if answer.status != 405 or "GET" not in answer.headers.get("allow", ""):
                return f"DELETE {place} 答 {answer.status},Allow: {answer.headers.get('allow')}"
    return ""


def _empty_values(ground: Ground) -> str:
    with product.serving(library(ground, 3), ground.folder / "empty.log") as server:
        taken = [
            name
            for name in ("mode", "sort", "offset", "limit", "expand", "role")
            if server.get(f"/api/search?q=x&{name}=").status != 400
        ]
    return f"收下了空的参数 {taken}" if taken else ""


def _zeroed_page(ground: Ground) -> str:
    """Zero a page of every file of an index in turn: found and mended, or harmless, and said by
    verify.
    """
    home = library(ground)
    reference = _hits(home)
    index, copy = home / "index", ground.fresh("index") / "index"
    shutil.copytree(index, copy)
    for file in sorted(
        path.relative_to(copy) for path in copy.rglob("*") if path.is_file()
    ):
        size = (copy / file).stat().st_size
        if size < 64:
            continue
        data = bytearray((copy / file).read_bytes())
        middle = size // 2
        data[middle : middle + 4096] = bytes(len(data[middle : middle + 4096]))
        (index / file).write_bytes(data)
        if _hits(home) != reference:
            return f"{file} 有一页清零后检索结果不同"
        if fault := state.unsound(home):
            return f"{file} 有一页清零后 {fault}"
        shutil.rmtree(index)
        shutil.copytree(copy, index)
    return ""


def _hits(home: Path, limit: int = 300) -> list[tuple[str, Any]]:
    done = product.kb(home, "search", "客户名单 离职员工", "--limit", limit, "--json")
    return [
        (hit["slug"], hit["score"])
        for hit in (product.as_json(done) or {"hits": []})["hits"]
    ]


def _rebuilt(ground: Ground) -> str:
    """Ask before and after the index is made anew, of one that grew by many additions."""
    home, folder = ground.fresh("home"), ground.fresh("files")
    for start in range(0, 600, 60):
        (folder / "part.jsonl").write_text(
            texts.lines(range(start, start + 60)), "utf-8"
        )
        product.kb(home, "add", folder, "--quiet")
    before = _hits(home)
    shutil.rmtree(home / "index")
    after = _hits(home)
    place = next(
        (
            n
            for n, (one, other) in enumerate(zip(before, after, strict=False))
            if one != other
        ),
        None,
    )
    if place is None and len(before) == len(after) >= 200:
        return ""
    return f"{len(before)} 件对 {len(after)} 件,从第 {place} 名起不同"


_SMALL: Final[dict[str, Callable[[Ground], str]]] = {
    "有一个坏字节的 HTML 说编码,不说恶意": _bad_byte,
    "405 带 Allow": _allow,
    "空的参数答 400": _empty_values,
    "索引文件一页清零,检索结果不变": _zeroed_page,
    "索引重建后第 125 名以后的结果不变": _rebuilt,
}


def keep_small(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Try each of the small promises."""
    for number in numbers:
        name = list(_SMALL)[number]
        yield Trial(number=number, what=name, fault=_SMALL[name](ground))


ATTACKS: Final = (
    Attack(
        key="load",
        name="五十个读者同时",
        what=f"{_READERS} 个读者同时检索、阅读、取静态文件;每个回答都与一个人时相同",
        tries=3000,
        few=0,
        run=read_together,
    ),
    Attack(
        key="small",
        name="其余小处",
        what="；".join(_SMALL),
        tries=len(_SMALL),
        few=0,
        run=keep_small,
    ),
)
