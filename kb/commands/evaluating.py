"""`kb evaluate`: the product's answers measured, a run file measured, two run files compared."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kb.commands.common import (
    EXIT_OK,
    answering_searcher,
    as_person,
    open_store,
    print_json,
    print_text,
    progress_bar,
    say,
    settings_of,
    shown,
)
from kb.errors import UserError

if TYPE_CHECKING:
    from search.evaluation import Measuring
    from search.trec import Qrels, Run

MODES: Final = ("hybrid", "keyword", "vector")
#: Columns of the table by group, which has no room for intervals.
_SHORT: Final = (
    "nDCG@10",
    "R@50",
    "MRR@10",
    "success@1",
    "success@5",
    "zero_result_rate",
    "overlap@10",
)
_MOST_SHOWN: Final = 10
_TEXT_SHOWN: Final = 40


def evaluate(args: argparse.Namespace) -> int:
    """Measure retrieval on topics with known answers, or compare two runs."""
    from search.trec import read_qrels, read_topics

    if (args.run_file or args.compare) and (args.mode or args.run_out):
        raise UserError("--run 与 --compare 只读运行文件,不能与 --mode、--run-out 同用")
    topics, qrels = read_topics(*args.topics), read_qrels(*args.qrels)
    if args.compare:
        return _compare(args, topics, _measuring(args, topics, qrels))
    if args.run_file:
        return _measure_file(args, _measuring(args, topics, qrels))
    if not topics:
        raise UserError(
            "缺少 --topics 题目文件。只评测已有的运行文件时用 --run 或 --compare"
        )
    return _measure(args, topics, _measuring(args, topics, qrels))


def _measuring(
    args: argparse.Namespace,
    topics: Mapping[str, str],
    qrels: Qrels,
) -> Measuring:
    """Return what runs are held against: the topics asked, else all that are graded."""
    from search.evaluation import Measuring

    return Measuring(list(topics or qrels), qrels, args.min_grade)


def _measure(
    args: argparse.Namespace,
    topics: Mapping[str, str],
    against: Measuring,
) -> int:
    from search.evaluation import report_on
    from search.trec import write_runs

    if args.run_out and args.run_out.exists() and not args.run_out.is_dir():
        raise UserError(f"--run-out 应为目录,{args.run_out} 是文件")
    runs = _ask_all(args, topics, against)
    if args.run_out:
        with as_person(args):
            paths = write_runs(args.run_out, runs, args.depth)
        say(f"已写入 {'、'.join(map(str, paths))}")
    return _report(args, report_on(runs, against, args.by_group))


def _ask_all(
    args: argparse.Namespace,
    topics: Mapping[str, str],
    against: Measuring,
) -> dict[str, Run]:
    """Ask every topic in the modes that are wanted; say which graded documents are not here."""
    from search.evaluation import ask, missing_from

    settings = settings_of(args)
    graded = {topic: against.qrels.get(topic, {}) for topic in topics}
    runs: dict[str, Run] = {}
    with open_store(settings, args.clearance) as store:
        searcher = answering_searcher(settings, store)
        missing = missing_from(store, graded, args.min_grade)
        for mode in [args.mode] if args.mode else MODES:
            with progress_bar(f"评测 {mode}", "题", args.quiet) as step:
                runs[mode] = ask(
                    searcher, store, topics, mode, args.depth, progress=step
                )
    if missing:
        say(f"标注的文书有 {len(missing)} 件不在库中,算作没有找到:{_some(missing)}")
    return runs


def _measure_file(args: argparse.Namespace, against: Measuring) -> int:
    from search.evaluation import report_on
    from search.trec import read_run

    run = read_run(args.run_file)
    _tell_absent(args.run_file, run, against.topics)
    runs = {args.run_file.stem: run}
    return _report(args, report_on(runs, against, args.by_group))


def _tell_absent(
    path: Path,
    run: Run,
    asked: Iterable[str],
) -> None:
    absent = [topic for topic in asked if topic not in run.rankings]
    if absent:
        say(f"{path.name} 中没有 {len(absent)} 道题的结果,算作没有命中:{_some(absent)}")


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + ("…" if len(names) > 5 else "")


def _report(args: argparse.Namespace, report: Mapping[str, Any]) -> int:
    if args.json:
        print_json(report)
        return EXIT_OK
    print_table(mode_table(report))
    if args.by_group:
        print_text("")
        print_table(by_group_table(report["groups"]))
    _tell_topics(report)
    return EXIT_OK


def _tell_topics(report: Mapping[str, Any]) -> None:
    least = report["min_grade"]
    say(
        f"{report['asked']} 道题,其中 {report['topics']} 道有 {least} 级以上的标注;"
        f"方括号内为 95% 自助区间"
    )
    if not report["topics"]:
        say(
            "没有一道题可评 nDCG、召回等。请核对题目与标注的编号是否一致,以及 --min-grade"
        )


def mode_table(report: Mapping[str, Any]) -> list[list[str]]:
    """Return a row a metric, a column a mode or run, of what `search.evaluation.report_on`
    found.
    """
    modes = report["modes"]
    names = next(iter(modes.values()))
    table = [["", *modes]]
    for name in names:
        cells = [_cell(name, measured[name]) for measured in modes.values()]
        table.append([name, *cells])
    return table


def _cell(name: str, value: Any) -> str:
    if name == "p50_ms":
        return f"{value:.1f}"
    if "low" not in value:
        return f"{value['mean']:.4f}({value['pairs']} 对)"
    return f"{value['mean']:.4f} [{value['low']:.4f}, {value['high']:.4f}]"


def by_group_table(groups: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return a row a group and mode with the means of the chief metrics, – where there is nothing
    to average.
    """
    from search.evaluation import METRICS

    table = [["group", "topics", "mode", *_SHORT]]
    for group, report in groups.items():
        for mode, measured in report["modes"].items():
            counts = dict.fromkeys(METRICS, report["topics"]) | {
                "overlap@10": measured["overlap@10"]["pairs"]
            }
            cells = [
                f"{measured[n]['mean']:.3f}" if counts.get(n, report["asked"]) else "–"
                for n in _SHORT
            ]
            table.append([group, str(report["asked"]), mode, *cells])
    return table


def _compare(
    args: argparse.Namespace,
    topics: Mapping[str, str],
    against: Measuring,
) -> int:
    from search.comparing import Pair, compare
    from search.trec import read_run

    runs = Pair(*map(read_run, args.compare))
    for path, run in zip(args.compare, (runs.first, runs.second), strict=True):
        _tell_absent(path, run, against.topics)
    report = compare(runs, against, args.depth, args.by_group)
    for value in report["per_topic"]["values"] if topics else ():
        value["text"] = topics[value["topic"]]
    if args.json:
        print_json(report)
        return EXIT_OK
    for name, path, tag in zip(
        "AB", args.compare, (report["a"], report["b"]), strict=True
    ):
        print_text(f"{name} = {shown(f'{path}({tag})')}")
    print_text("")
    _print_differences(report["metrics"])
    for group, part in report.get("groups", {}).items():
        print_text(f"\n{shown(group)}({part['topics']} 题)")
        _print_differences(part["metrics"])
    _print_topics(report["per_topic"])
    _print_hits(report["hits"], report["depth"])
    _tell_topics(report)
    return EXIT_OK


def _print_differences(metrics: Mapping[str, Mapping[str, float]]) -> None:
    rows = [_difference_row(name, found) for name, found in metrics.items()]
    print_table([["", *_DIFFERENCE], *rows])


_DIFFERENCE: Final = ("A", "B", "B−A", "95% 区间", "p")


def _difference_row(name: str, found: Mapping[str, float]) -> list[str]:
    row = [
        name,
        f"{found['a']:.4f}",
        f"{found['b']:.4f}",
        f"{found['difference']:+.4f}",
    ]
    if "p" not in found:
        return [*row, "", ""]
    return [*row, f"[{found['low']:+.4f}, {found['high']:+.4f}]", f"{found['p']:.4f}"]


def _print_topics(found: Mapping[str, Any]) -> None:
    print_text(
        f"\n逐题 {found['metric']}:B 高 {found['wins']} 题,A 高 {found['losses']} 题,"
        f"相同 {found['ties']} 题"
    )
    apart = [value for value in found["values"] if value["a"] != value["b"]][
        :_MOST_SHOWN
    ]
    if not apart:
        return
    heading = ["题", "A", "B", "B−A"]
    if "text" in apart[0]:
        heading.append("文字")
    print_text("差别最大的:")
    print_table([heading, *map(_topic_row, apart)])


def _topic_row(value: Mapping[str, Any]) -> list[str]:
    a, b = value["a"], value["b"]
    numbers = [f"{a:.3f}", f"{b:.3f}", f"{b - a:+.3f}"]
    return [value["topic"], *numbers, *_clipped(value.get("text"))]


def _clipped(text: str | None) -> list[str]:
    if text is None:
        return []
    return [text if len(text) <= _TEXT_SHOWN else text[: _TEXT_SHOWN - 1] + "…"]


def _print_hits(found: Mapping[str, Any], depth: int) -> None:
    only = {"A": found["only_a"], "B": found["only_b"]}
    apart = ",".join(f"只有 {name} 有 {len(hits)}" for name, hits in only.items())
    print_text(f"\n前 {depth} 名中的相关文书:两者都有 {found['common']},{apart}")
    for name, hits in only.items():
        for hit in sorted(hits, key=lambda h: -h["grade"])[:_MOST_SHOWN]:
            print_text(
                f"  只有 {name}  {shown(hit['topic'])}  {shown(hit['document'])}({hit['grade']} 级)"
            )
        if len(hits) > _MOST_SHOWN:
            print_text(f"  只有 {name}  另有 {len(hits) - _MOST_SHOWN} 件,见 --json")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows in columns of even width, a Chinese character counting as two."""
    from rich.cells import cell_len

    table = [list(map(shown, row)) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for row in table:
        padded = []
        for cell, width in zip(row, widths, strict=True):
            padded.append(cell + " " * (width - cell_len(cell)))
        print_text("  ".join(padded).rstrip())
