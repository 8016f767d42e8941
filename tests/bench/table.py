"""Measurements as one table: what, measured, beside it, goal, whether it is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Row = tuple[str, str, str, str, str]


def render(report: dict[str, Any]) -> str:
    """Return the table as text."""
    rows: list[Row] = [("what", "measured", "beside it", "goal", "met")]
    rows += [*_adding(report, ""), *_query(report.get("query"), "")]
    rows += [*_processes(report), *_quality(report), *_peers(report)]
    if "million" in report:
        label = f"{report['million']['add']['passages']:,} passages: "
        rows += [*_adding(report["million"], label), *_query(report["million"]["query"], label)]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _met(holds: bool) -> str:
    return "yes" if holds else "NO"


def _adding(report: dict[str, Any], label: str) -> Iterator[Row]:
    add = report.get("add")
    if add is None:
        return
    for name, rate in (("add", add["passages_per_s"]), ("  once read and prepared", add["prepared_per_s"])):
        beside = f"{add['passages_per_cpu_s']} a processor second" if name == "add" else ""
        yield f"{label}{name}, passages/s", str(rate), beside, ">= 3000", _met(rate >= 3000)
    floor = add.get("floor")
    if floor is not None:
        yield (
            f"{label}  that beside its floor, x its rate",
            str(floor["share_of_rate"]),
            f"floor {floor['passages_per_s']}, {floor['passages_per_cpu_s']} a processor second",
            ">= 0.55 x floor",
            f"{_met(floor['share_of_rate'] >= 0.55)} ({floor['share_of_all']} with reading)",
        )
    for stage, seconds in add["stages_s"].items():
        yield f"{label}  {stage}, s", str(seconds), f"of {add['seconds']}", "", ""
    yield f"{label}  disk, MB", str(round(sum(add["disk_mb"].values()))), f"{add['passages']} passages", "", ""


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
        yield "results page over HTTP, ms", f"p50 {memory['page_p50_ms']}", f"API p50 {memory['api_p50_ms']}", "", ""


def _quality(report: dict[str, Any]) -> Iterator[Row]:
    for key, label in (("quality", "quality, unseen questions"), ("quality_all", "quality, trained-on included")):
        found = report.get(key)
        for mode, measured in found["modes"].items() if found else ():
            goal = "hybrid >= keyword" if mode == "hybrid" else ""
            met = _met(not found["hybrid_below_keyword"]) if goal else ""
            yield f"{label}: {mode}", _measures(measured), f"{found['topics']} questions", goal, met


def _measures(measured: dict[str, Any]) -> str:
    return "  ".join(f"{name} {measured[name]:.4f}" for name in ("nDCG@10", "R@10", "R@100", "MRR@10"))


def _peers(report: dict[str, Any]) -> Iterator[Row]:
    for found in report.get("peers", {}).values():
        if "skipped" in found:
            yield found["skipped"], "skipped", "", "", ""
            continue
        yield f"{found['name']}: hybrid, ms", _times(found["hybrid"]), "", "", ""
        yield "  quality, unseen questions", _measures(found["quality"]), "", "", ""
        yield "  quality, trained-on included", _measures(found["quality_all"]), "", "", ""
        yield "  build, s", str(found["build_s"]), f"disk {found['disk_mb']} MB", "", ""
