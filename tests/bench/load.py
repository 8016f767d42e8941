"""Fifty readers at once, by wrk: what pages they get a second, how long they wait, what the
processes take in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.bench.processes import ROOT, fetch, kb

READERS: Final = 50
SECONDS: Final = 20
_WARM_S: Final = 5
_SEED: Final = 11
#: How many of twenty addresses are what: a question, a document found by one, a document, a list or law, suggestions.
_MIX: Final = {
    "search": 8,
    "found": 3,
    "document": 3,
    "list": 3,
    "suggest": 2,
    "static": 1,
}
_LISTS: Final = (
    *(
        "/",
        "/browse",
        "/browse/civil",
        "/browse/administrative?sort=amount",
        "/browse/criminal?offset=20",
    ),
    *(
        "/laws",
        "/laws/反不正当竞争法",
        "/jurisdictions",
        "/jurisdictions/DE",
        "/elements",
        "/about",
    ),
)
_REPORT: Final = """
local addresses = {}
for line in io.lines("%s") do addresses[#addresses + 1] = line end
local at = 0
request = function() at = at %% #addresses + 1; return wrk.format("GET", addresses[at]) end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests": %%d, "seconds": %%f, "p50_ms": %%f, "p95_ms": %%f, "p99_ms": %%f, "errors": %%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def addresses(
    questions: Sequence[str], documents: int, count: int = 4_000
) -> list[str]:
    """Return addresses as readers ask for them, in a fixed order; every question is asked about
    once in a round.
    """
    chance = np.random.default_rng(_SEED)
    kinds = [kind for kind, share in _MIX.items() for _ in range(share)]
    return [
        _address(chance, kinds[chance.integers(len(kinds))], questions, documents)
        for _ in range(count)
    ]


def _address(
    chance: np.random.Generator, kind: str, questions: Sequence[str], documents: int
) -> str:
    question = questions[chance.integers(len(questions))]
    document = int(chance.integers(1, documents + 1))
    path = {
        "search": f"/?q={urllib.parse.quote(question)}",
        "found": f"/documents/{document}?q={urllib.parse.quote(question)}&at=1",
        "document": f"/documents/{document}",
        "list": _LISTS[chance.integers(len(_LISTS))],
        "suggest": f"/api/suggest?q={urllib.parse.quote(question[: int(chance.integers(1, 5))])}",
        "static": "/static/app.css",
    }[kind]
    return urllib.parse.quote(path, safe="/?&=%.")


def _on_all_cores() -> None:
    """Undo for a server and for wrk that the bench keeps itself to one core."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))


@contextmanager
def _served(home: Path, workers: int) -> Iterator[tuple[int, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*kb(home, "serve"), "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_on_all_cores,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                fetch(f"{address}/")
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError("kb serve did not start") from None
                time.sleep(0.1)
        yield process.pid, address
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure(
    home: Path, folder: Path, asked: Sequence[str], workers: int, seconds: int = SECONDS
) -> dict[str, Any]:
    """Return requests a second, waits in milliseconds and megabytes of one server under fifty
    readers.
    """
    listed, script = folder / "addresses.txt", folder / "wrk.lua"
    listed.write_text("\n".join(asked) + "\n", encoding="ascii")
    script.write_text(_REPORT % listed, encoding="utf-8")
    with _served(home, workers) as (pid, address):
        _wrk(address, script, _WARM_S)
        report = _wrk(address, script, seconds)
        report["memory_mb"] = _memory_mb(pid)
    report["workers"] = workers
    report["requests_per_s"] = round(report["requests"] / report["seconds"], 1)
    return report


def _wrk(address: str, script: Path, seconds: int) -> dict[str, Any]:
    command = [
        "wrk",
        "-t1",
        f"-c{READERS}",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(script),
        address,
    ]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, preexec_fn=_on_all_cores
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def _memory_mb(pid: int) -> int:
    """Return what a process and its children take together; what they share counts once."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    total_kb = 0
    for process in (pid, *map(int, found)):
        lines = (
            Path(f"/proc/{process}/smaps_rollup")
            .read_text(encoding="ascii")
            .splitlines()
        )
        total_kb += sum(
            int(line.split()[1]) for line in lines if line.startswith("Pss:")
        )
    return total_kb // 1024


def report(
    home: Path, folder: Path, questions: Sequence[str], corpus: Path
) -> list[dict[str, Any]]:
    """Add the starter corpus to a store and measure it behind one process, then behind one a core."""
    subprocess.run(
        kb(home, "add", str(corpus), "--quiet"),
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    asked = addresses(questions, _documents(home))
    return [
        measure(home, folder, asked, workers) for workers in (1, os.cpu_count() or 1)
    ]


def _documents(home: Path) -> int:
    from kb.store import Store

    with Store(home) as store:
        return len(store.document_ids())


def is_possible() -> bool:
    """Tell whether wrk is there."""
    return shutil.which("wrk") is not None


def main() -> int:
    """Measure a data folder that is there already: python -m tests.bench.load HOME [WORKERS …]."""
    from tests.bench import data

    home = Path(sys.argv[1])
    statutes = data.load(ROOT.parent / "shared" / "data" / "statutes")
    asked = addresses(data.questions(statutes, 400), 290)
    for workers in map(int, sys.argv[2:] or ["1", "2"]):
        sys.stdout.write(json.dumps(measure(home, Path("/tmp"), asked, workers)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
