"""The product as processes: cold searches, starting to serve, memory while serving."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[2]
QUERIES: Final = (
    "离职员工带走客户名单 没签保密协议",
    "反向工程抗辩",
    "源代码上传网盘",
    "（2020）最高法知民终1667号",
    "惩罚性赔偿 基数",
    "客户信息 不正当手段",
    "保密措施 合理",
)
_START_LIMIT_S: Final = 60.0
#: No proxy stands between this machine and itself.
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def kb(home: Path, *args: str) -> list[str]:
    """Return the command line of `kb` for one data folder."""
    return [sys.executable, "-m", "kb", "--home", str(home), *args]


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True
    )
    taken = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(
            f"status {done.returncode} of {command[-2:]}: {done.stderr[-500:]}"
        )
    return taken


def cold_search(home: Path, corpus: Path) -> dict[str, Any]:
    """Fill a store from `corpus`, then search it in fresh processes, by turns with an empty Python."""
    filling = _seconds(kb(home, "add", str(corpus), "--quiet"))
    search: list[float] = []
    bare: list[float] = []
    for query in QUERIES:
        search.append(_seconds(kb(home, "search", query, "--json")))
        bare.append(_seconds([sys.executable, "-c", "pass"]))
    return {
        "add_corpus_s": round(filling, 2),
        "runs": len(search),
        "kb_search_median_s": round(float(np.median(search)), 3),
        "kb_search_max_s": round(max(search), 3),
        "bare_python_median_s": round(float(np.median(bare)), 3),
    }


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    """Start `kb serve`; yield the process, its address and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        kb(home, "serve", "--port", str(port)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                fetch(f"{address}/")
                break
            except OSError:
                if (
                    process.poll() is not None
                    or time.perf_counter() - started > _START_LIMIT_S
                ):
                    raise RuntimeError("kb serve did not start") from None
                time.sleep(0.02)
        yield process, address, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(timeout=20)


def fetch(address: str) -> bytes:
    """Return the body of an address of this machine; raises OSError for anything but 200."""
    with _DIRECT.open(address, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def start(home: Path) -> dict[str, float]:
    """Return the seconds `kb serve` needs to answer on a store that has been served before."""
    seconds = []
    for _ in range(4):
        with serving(home) as (_, _, taken):
            seconds.append(taken)
    return {"second_start_median_s": round(float(np.median(seconds[1:])), 2)}


def memory(home: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Serve a store, ask 100 questions over HTTP, and read what the process holds."""
    with serving(home) as (process, address, taken):
        fetch(f"{address}/?q=" + urllib.parse.quote(questions[0]))
        before = _status(process.pid)
        pages: list[float] = []
        answers: list[float] = []
        for question in questions[:100]:
            asked = urllib.parse.quote(question)
            for path, times in (
                (f"/?q={asked}", pages),
                (f"/api/search?q={asked}", answers),
            ):
                started = time.perf_counter()
                fetch(address + path)
                times.append(1000 * (time.perf_counter() - started))
        after = _status(process.pid)
    return {
        "start_s": round(taken, 2),
        "rss_after_first_query_mb": before["VmRSS"],
        "rss_mb": after["VmRSS"],
        "peak_mb": after["VmHWM"],
        "page_p50_ms": round(float(np.median(pages)), 1),
        "api_p50_ms": round(float(np.median(answers)), 1),
    }


def _status(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    wanted = [line.split() for line in lines if line.startswith(("VmRSS", "VmHWM"))]
    return {cells[0].rstrip(":"): int(cells[1]) // 1024 for cells in wanted}


def one_core() -> None:
    """Keep this process and all it starts to one processor and one thread."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ[
        "RAYON_NUM_THREADS"
    ] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
