"""Measurements as one table: what, measured, beside it, goal, whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Row = tuple[str, str, str, str, str]


def render(report: dict[str, Any]) -> str:
    """Return the table as text."""
    rows: list[Row] = [("what", "measured", "beside it", "goal", "met")]
    rows += [*_adding(report, ""), *_query(report.get("query"), "")]
    rows += [*_processes(report), *_load(report), *_quality(report), *_peers(report)]
    if "million" in report:
        label = f"{report['million']['add']['passages']:,} passages: "
        rows += [
            *_adding(report["million"], label),
            *_query(report["million"]["query"], label),
        ]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def _two(values: Sequence[float]) -> str:
    return " and ".join(f"{value:.4g}" for value in values)


def _met(holds: bool) -> str:
    return "yes" if holds else "NO"


def _adding(report: dict[str, Any], label: str) -> Iterator[Row]:
    add = report.get("add")
    if add is None:
        return
    again = report.get("add_again")
    for name, key in (
        ("add", "passages_per_s"),
        ("  once read and prepared", "prepared_per_s"),
    ):
        beside = (
            f"the slower run {again[key]}"
            if again
            else f"{add['passages_per_cpu_s']} a processor second"
        )
        yield (
            f"{label}{name}, passages/s",
            str(add[key]),
            beside,
            ">= 3000",
            _met(add[key] >= 3000),
        )
    if again is not None:
        shares = [run["floor"]["share_of_rate"] for run in (add, again)]
        rates = [run["floor"]["passages_per_s"] for run in (add, again)]
        whole = [run["floor"]["share_of_all"] for run in (add, again)]
        yield (
            f"{label}  that beside its floor, x its rate",
            _two(shares),
            f"floor {_two(rates)}",
            ">= 0.55 x floor",
            f"{_met(min(shares) >= 0.55)} ({_two(whole)} with reading)",
        )
    for stage, seconds in add["stages_s"].items():
        yield f"{label}  {stage}, s", str(seconds), f"of {add['seconds']}", "", ""
    yield (
        f"{label}  disk, MB",
        str(round(sum(add["disk_mb"].values()))),
        f"{add['passages']} passages",
        "",
        "",
    )


def _query(query: dict[str, Any] | None, label: str) -> Iterator[Row]:
    if query is None:
        return
    main, long = query["main"], query["paragraph"]
    yield (
        f"{label}hybrid, ms",
        _times(main["hybrid"]),
        f"floor {_times(main['floor'])}",
        "p50 <= 2 x floor",
        f"{_met(main['ratio_p50'] <= 2)} ({main['ratio_p50']})",
    )
    for name, times in query["modes"].items():
        yield f"{label}{name}, ms", _times(times), "", "", ""
    goal = "p50 <= 25" if not label else "p50 <= 60"
    yield (
        f"{label}paragraph, ms",
        _times(long["hybrid"]),
        f"floor {_times(long['floor'])}",
        goal,
        _met(long["hybrid"]["p50_ms"] <= float(goal.split()[-1])),
    )


def _times(times: dict[str, float]) -> str:
    return f"p50 {times['p50_ms']}  p95 {times['p95_ms']}"


def _processes(report: dict[str, Any]) -> Iterator[Row]:
    found = report.get("process")
    if found:
        cold, start = found["kb_search_median_s"], found["second_start_median_s"]
        yield (
            "cold kb search, s",
            str(cold),
            f"bare Python {found['bare_python_median_s']}",
            "<= 0.8",
            _met(cold <= 0.8),
        )
        yield "second kb serve, s", str(start), "", "< 3", _met(start < 3)
    memory = report.get("memory")
    if memory:
        yield (
            "server memory, MB",
            str(memory["rss_mb"]),
            f"peak {memory['peak_mb']}",
            "<= 400",
            _met(memory["peak_mb"] <= 400),
        )
        yield (
            "results page over HTTP, ms",
            f"p50 {memory['page_p50_ms']}",
            f"API p50 {memory['api_p50_ms']}",
            "",
            "",
        )


def _load(report: dict[str, Any]) -> Iterator[Row]:
    for found in report.get("load", ()):
        label = f"50 readers, {found['workers']} process(es)"
        is_goal = found is report["load"][-1]
        speed, wait, memory = (
            found["requests_per_s"],
            found["p95_ms"],
            found["memory_mb"],
        )
        beside = f"p50 {found['p50_ms']:.0f} ms, {found['errors']} errors"
        yield (
            f"{label}, requests/s",
            str(speed),
            beside,
            ">= 200" if is_goal else "",
            _met(speed >= 200) if is_goal else "",
        )
        goals = ("<= 300", _met(wait <= 300)) if is_goal else ("", "")
        yield f"{label}, p95 ms", f"{wait:.0f}", f"p99 {found['p99_ms']:.0f}", *goals
        goals = ("<= 700", _met(memory <= 700)) if is_goal else ("", "")
        yield f"{label}, memory of all, MB", str(memory), "", *goals


def _quality(report: dict[str, Any]) -> Iterator[Row]:
    for key, label in (
        ("quality", "quality, unseen questions"),
        ("quality_all", "quality, trained-on included"),
    ):
        found = report.get(key)
        for mode, measured in found["modes"].items() if found else ():
            goal = "hybrid >= keyword" if mode == "hybrid" else ""
            met = _met(not found["hybrid_below_keyword"]) if goal else ""
            yield (
                f"{label}: {mode}",
                _measures(measured),
                f"{found['topics']} questions",
                goal,
                met,
            )


def _measures(measured: dict[str, Any]) -> str:
    return "  ".join(
        f"{name} {measured[name]:.4f}"
        for name in ("nDCG@10", "R@10", "R@100", "MRR@10")
    )


def _peers(report: dict[str, Any]) -> Iterator[Row]:
    for found in report.get("peers", {}).values():
        if "skipped" in found:
            yield found["skipped"], "skipped", "", "", ""
            continue
        yield f"{found['name']}: hybrid, ms", _times(found["hybrid"]), "", "", ""
        yield "  quality, unseen questions", _measures(found["quality"]), "", "", ""
        yield (
            "  quality, trained-on included",
            _measures(found["quality_all"]),
            "",
            "",
            "",
        )
        yield "  build, s", str(found["build_s"]), f"disk {found['disk_mb']} MB", "", ""
