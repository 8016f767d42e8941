"""kill -9: of `kb add` at any moment of its work, of `kb serve` with requests in flight."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_DOCUMENTS: Final = 2000
#: And where only a few kills are tried.
_FEW_DOCUMENTS: Final = 300
#: After so many kills a series is let run to its end.
_LONGEST_SERIES: Final = 8
_SAMPLES: Final = product.ROOT / "tests" / "samples"


def _source(folder: Path, documents: int) -> Path:
    """Write what is added again and again: one file of many documents and one of each other format."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "many.jsonl").write_text(texts.lines(range(documents)), "utf-8")
    (folder / "one.txt").write_text(texts.document(1, "txt")["text"], "utf-8")
    (folder / "one.md").write_text(
        f"# 测试文本\n\n{texts.document(1, 'md')['text']}\n", "utf-8"
    )
    for name in ("decision.pdf", "note.docx", "page.html"):
        shutil.copy(_SAMPLES / name, folder / name)
    return folder


def _moment(chance: random.Random, whole_s: float, share_done: float) -> float:
    """Return when to kill: any moment of what is still to be done."""
    return chance.uniform(0.0, whole_s * max(1.0 - share_done, 0.3))


def kill_adding(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Kill, look, and go on with the same command; at the end of a series nothing is lost or
    doubled.
    """
    documents = _DOCUMENTS if len(numbers) >= _LONGEST_SERIES else _FEW_DOCUMENTS
    source = _source(ground.fresh("source"), documents)
    reference_home = ground.fresh("whole")
    started = time.monotonic()
    product.kb(reference_home, "add", source, "--quiet")
    whole_s = time.monotonic() - started
    _, reference = state.exported(reference_home)
    home, kills, carried = ground.fresh("killed"), 0, ""
    for number in numbers:
        chance = ground.chance("kill-add", number)
        before = state.stored(home)
        while True:
            after_s = _moment(chance, whole_s, state.stored(home) / documents)
            if product.killed_after(after_s, home, "add", source, "--quiet"):
                break
            carried = carried or (_completed(home, source, reference) if kills else "")
            home, kills, before = _another(ground, home), 0, -1
        kills += 1
        fault = carried or _after_kill(home, before)
        carried = ""
        last = kills >= _LONGEST_SERIES or number == numbers[-1]
        if last and not fault:
            fault = _completed(home, source, reference)
        yield Trial(
            number=number,
            what=f"{after_s:.2f} 秒后 kill -9,本库第 {kills} 次",
            fault=fault,
        )
        if last or fault:
            home, kills = _another(ground, home), 0


def _another(ground: Ground, home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    return ground.fresh("killed")


def _after_kill(home: Path, before: int) -> str:
    after = state.stored(home)
    if after < before:
        return f"文书由 {before} 件变为 {after} 件"
    return state.unsound(home)


def _completed(home: Path, source: Path, reference: list[dict[str, Any]]) -> str:
    """Let the same command run to its end; return what differs from a store that was never killed."""
    done = product.kb(home, "add", source, "--quiet")
    if fault := done.fault():
        return f"接着收入:{fault}"
    exporting, documents = state.exported(home)
    if fault := exporting.fault():
        return f"导出:{fault}"
    if documents != reference:
        return f"收完后与未中断的库不同:{len(documents)} 件对 {len(reference)} 件"
    last = max(
        int(str(fields["id"])[2:])
        for fields in reference
        if str(fields["id"]).startswith("n-")
    )
    wrong, slugs = state.found(home, texts.own_word(last))
    if wrong or slugs != [f"n-{last}"]:
        return wrong or f"收完后检索最后一件得到 {slugs}"
    return state.unsound(home)


# -- the server --------------------------------------------------------------------------

_QUESTIONS: Final = (
    "/api/search?q=" + quote("客户名单 离职"),
    "/api/search?q=" + quote("源代码上传网盘") + "&mode=vector",
    "/api/search?q=" + quote("保密协议") + "&mode=keyword&limit=50",
    "/api/search?f.kind=civil&sort=newest&limit=30",
    "/api/search?q=" + texts.own_word(401) + "&mode=keyword",
    "/api/suggest?q=" + quote("测试"),
    "/api/documents/n-5",
)
_SERVED: Final = 800
_OLDER: Final = 400
_CLIENTS: Final = 4


def _answers(server: product.Server) -> list[Any]:
    """Return the answers to all questions, but for how long they took."""
    found = []
    for question in _QUESTIONS:
        answer = server.get(question)
        body = product.as_json(
            product.Done(status=0, out=answer.text, err="", peak_mb=0.0)
        )
        if isinstance(body, dict):
            body.pop("took_ms", None)
        found.append((answer.status, body))
    return found


def _served_home(ground: Ground) -> tuple[Path, Path]:
    """Return a data folder, and an index of it from when it held half as much."""
    home, older = ground.fresh("served"), ground.fresh("older-index") / "index"
    for part in (range(_OLDER), range(_OLDER, _SERVED)):
        file = ground.folder / f"served-{part.start}.jsonl"
        file.write_text(texts.lines(part), "utf-8")
        product.kb(home, "add", file, "--quiet")
        if not older.exists():
            shutil.copytree(home / "index", older)
    return home, older


def _age_index(home: Path, older: Path, how: str) -> None:
    """Make the server catch up: from nothing, from an older index, or not at all."""
    if how == "现行索引":
        return
    shutil.rmtree(home / "index", ignore_errors=True)
    if how == "旧索引":
        shutil.copytree(older, home / "index")


def kill_serving(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Kill a server that answers and catches its index up; started again, it answers the same."""
    home, older = _served_home(ground)
    with product.serving(home, ground.folder / "reference.log") as server:
        reference = _answers(server)
    for number in numbers:
        chance = ground.chance("kill-serve", number)
        how = chance.choice(("旧索引", "没有索引", "现行索引"))
        _age_index(home, older, how)
        after_s = chance.uniform(0.0, 1.5)
        _serve_and_kill(home, ground.folder / f"killed-{number}.log", chance, after_s)
        fault = _restarted(home, ground.folder / f"again-{number}.log", reference)
        what = f"{how},能连接后 {after_s:.2f} 秒 kill -9,{_CLIENTS} 个读者正在请求"
        yield Trial(number=number, what=what, fault=fault)
    if fault := state.unsound(home):
        yield Trial(number=len(numbers), what="全部之后核对", fault=fault)


def _serve_and_kill(
    home: Path, log: Path, chance: random.Random, after_s: float
) -> None:
    server = product.begin(home, log)
    stop = threading.Event()
    seeds = [chance.randrange(1 << 30) for _ in range(_CLIENTS)]
    readers = [
        threading.Thread(target=_read, args=(server, stop, random.Random(seed)))
        for seed in seeds
    ]
    for reader in readers:
        reader.start()
    product.until_answering(server)
    time.sleep(after_s)
    product.kill(server.process)
    stop.set()
    for reader in readers:
        reader.join()


def _read(server: product.Server, stop: threading.Event, chance: random.Random) -> None:
    while not stop.is_set():
        try:
            server.get(
                chance.choice(
                    (*_QUESTIONS, "/", "/browse", "/documents/n-7", "/laws", "/about")
                ),
                limit_s=10.0,
            )
        except OSError:
            time.sleep(0.01)


def _restarted(home: Path, log: Path, reference: list[Any]) -> str:
    try:
        with product.serving(home, log) as server:
            answers = _answers(server)
    except (RuntimeError, OSError) as error:
        return f"重启:{error}"
    different = [
        question
        for question, now, then in zip(_QUESTIONS, answers, reference, strict=True)
        if now != then
    ]
    if different:
        return f"重启后回答不同:{different}"
    written = log.read_text("utf-8", "replace")
    return (
        f"日志里有 Traceback:{product.last_line(written)}"
        if "Traceback" in written
        else ""
    )


ATTACKS: Final = (
    Attack(
        key="kill-add",
        name="收入时 kill -9",
        what=(
            f"`kb add` 一个目录({_DOCUMENTS} 件的 jsonl 与其余各种格式各一件),在全程任意时刻杀死;每次之后 `kb verify` 应完好、"
            "文书不减,接着运行同一命令,收完后与未中断的库逐件相等"
        ),
        tries=202,
        few=1,
        run=kill_adding,
    ),
    Attack(
        key="kill-serve",
        name="服务时 kill -9",
        what="读者正在请求、索引正在追赶(旧索引或没有索引)时杀死 `kb serve`;重启后七个问题的回答与从未被杀的服务相同",
        tries=34,
        run=kill_serving,
    ),
)
