"""Measure adding, searching, starting, memory and quality on real statutes; one table, or JSON."""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from search.opening import make_searcher
from tests.bench import processes

ROOT: Final = processes.ROOT
EMBEDDER: Final = "zh-legal-static"
_QUESTIONS: Final = 200
_PARAGRAPHS: Final = 60
_LOAD_QUESTIONS: Final = 400


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data" / "statutes"
    )
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument(
        "--limit", type=int, help="only the first N articles: a quick look"
    )
    parser.add_argument(
        "--only",
        choices=["add", "query", "process", "memory", "quality", "load"],
        action="append",
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="also 1,000,000 passages: about 6 GB of disk",
    )
    parser.add_argument(
        "--passages",
        type=int,
        default=1_000_000,
        help="how many passages --million makes",
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="also zvec, milvus-lite and LanceDB (extra [bench])",
    )
    parser.add_argument(
        "--peer-python",
        default=sys.executable,
        help="the Python that has the peers installed",
    )
    parser.add_argument(
        "--scratch",
        type=Path,
        help="folder for temporary stores (default: the system's)",
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


@contextmanager
def _scratch(parent: Path | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kb-bench-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Return every measurement asked for."""
    from kb.embedding import load_embedder
    from kb.store import Store
    from tests.bench import adding, data, quality, querying

    wanted = set(args.only or ["add", "query", "process", "memory", "quality", "load"])
    report: dict[str, Any] = {}
    statutes = data.load(args.data, args.limit)
    embedder = load_embedder(EMBEDDER)
    questions = data.questions(statutes, _QUESTIONS)
    long = data.paragraphs(statutes, _PARAGRAPHS)
    with _scratch(args.scratch) as folder:
        lines = folder / "statutes.jsonl"
        data.write_jsonl(statutes, lines)
        gc.collect()
        gc.freeze()  # what this benchmark holds is no part of the product
        runs = []
        for number, home in enumerate((folder / "first", folder / "statutes")):
            _say("adding the statutes, by turns with its floor, twice")
            searcher = make_searcher(home, embedder)
            floor = adding.Floor(folder / f"floor{number}", embedder)
            runs.append(adding.add([lines], home, embedder, searcher, floor))
        report["add"], report["add_again"] = sorted(
            runs, key=lambda run: run["seconds"]
        )
        with Store(home) as store:
            if "query" in wanted:
                _say("queries by turns with their floor")
                report["query"] = querying.measure(
                    searcher, store, embedder, questions, long
                )
            if "quality" in wanted:
                _say("quality")
                topics = quality.judged(statutes)
                report["quality"] = quality.ours(
                    searcher, store, statutes, quality.unseen(topics)
                )
                report["quality_all"] = quality.ours(searcher, store, statutes, topics)
            if args.peers:
                report["peers"] = _peers(
                    args, folder / "peers", statutes, store, embedder
                )
        report |= _processes(args, wanted, folder, home, statutes)
    if args.million:
        report["million"] = _million(args, statutes, embedder, questions, long)
    return report


def _processes(
    args: argparse.Namespace, wanted: set[str], folder: Path, home: Path, statutes: Any
) -> dict[str, Any]:
    from tests.bench import data, load

    questions = data.questions(statutes, _QUESTIONS)
    report: dict[str, Any] = {}
    if "process" in wanted:
        _say("cold processes")
        report["process"] = processes.cold_search(folder / "corpus", args.corpus)
        report["process"] |= processes.start(folder / "corpus")
    if "memory" in wanted:
        _say("memory of a server")
        report["memory"] = processes.memory(home, questions)
    if "load" in wanted and load.is_possible():
        _say("fifty readers at once")
        report["load"] = load.report(
            home, folder, data.questions(statutes, _LOAD_QUESTIONS), args.corpus
        )
    return report


def _peers(
    args: argparse.Namespace, folder: Path, statutes: Any, store: Any, embedder: Any
) -> dict[str, Any]:
    from tests.bench import peers, quality

    topics = quality.judged(statutes)
    asked = list(topics.values())
    passages, vectors = quality.passages(store)
    peers.hand_over(
        folder, passages, vectors, asked, quality.question_vectors(embedder, asked)
    )
    report: dict[str, Any] = {}
    for name in ("zvec", "milvus", "lancedb"):
        _say(f"peer {name}")
        found = peers.run(name, folder, args.peer_python)
        rankings = found.pop("rankings", None)
        if rankings is not None:
            by_topic = dict(zip(topics, rankings, strict=True))
            found["quality"] = quality.of_rankings(
                by_topic, quality.unseen(topics), statutes.qrels
            )
            found["quality_all"] = quality.of_rankings(by_topic, topics, statutes.qrels)
        report[name] = found
    return report


def _million(
    args: argparse.Namespace,
    statutes: Any,
    embedder: Any,
    questions: Sequence[str],
    long: Sequence[str],
) -> dict[str, Any]:
    from kb.store import Store
    from tests.bench import adding, data, querying

    with _scratch(args.scratch) as folder:
        _say(f"adding {args.passages} passages")
        paths = data.write_million(statutes, folder, args.passages)
        home = folder / "home"
        searcher = make_searcher(home, embedder)
        report = {"add": adding.add(paths, home, embedder, searcher)}
        with Store(home) as store:
            _say("queries by turns with their floor")
            report["query"] = querying.measure(
                searcher, store, embedder, questions, long
            )
    report["passages_per_document"] = data.PASSAGES_PER_DOCUMENT
    return report


def _say(words: str) -> None:
    sys.stderr.write(f"bench: {words}\n")
    sys.stderr.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; 2 when the data are not there."""
    from tests.bench import table

    args = _arguments(argv)
    if not (args.data / "corpus.jsonl.gz").is_file():
        _say(
            f"no benchmark data in {args.data}: name their folder with --data (or make bench DATA=…)"
        )
        return 2
    processes.one_core()
    report = run(args)
    text = (
        json.dumps(report, ensure_ascii=False, indent=2)
        if args.json
        else table.render(report)
    )
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
