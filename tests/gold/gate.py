"""The gate: limits on what is measured with the gold set.

They are tightened, never loosened without a reason.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from kb.errors import UserError
from search.evaluation import Measuring, answered, group_of, measures, report_on
from search.trec import Run
from tests.gold.goldset import ANSWERS, FOLDER, GoldSet

FILE: Final = FOLDER / "gate.toml"
#: The way readers search when they choose none.
MODE: Final = "hybrid"
#: Scope of a limit over all topics; every other scope is a group.
ALL: Final = "all"
SMALLER_IS_BETTER: Final = ("zero_result_rate", "overlap@10")
_PLACES: Final = 1000
_EQUAL: Final = 1e-9
_WORST: Final = 10
_HEADER: Final = f"""\
# 检索质量的下限:标准题集上 {MODE} 方式({ANSWERS} 级以上算相关)测得的值不得差于 limit。
# {"、".join(SMALLER_IS_BETTER)} 越小越好,limit 是上限;其余越大越好,limit 是下限。
# 由 python -m tests.gold --write 收紧。best 是曾有过的最严一档;limit 放宽时旁边必须写 reason。
# 有 fixed 的不随测得值变动,其值即理由。
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a metric of a scope may not be worse than."""

    scope: str
    metric: str
    limit: float
    best: float
    reason: str = ""
    fixed: str = ""

    def broken_by(self, value: float) -> bool:
        """Tell whether a measured value is worse than the limit."""
        return _worse(self.metric, value, self.limit)


#: What a gate begins with.
_FIRST: Final = (
    *(Limit(ALL, metric, 0.0, 0.0) for metric in ("nDCG@10", "R@50", "success@5")),
    Limit(ALL, "zero_result_rate", 1.0, 1.0),
    Limit(ALL, "overlap@10", 0.1, 0.1, fixed="互不相干的题目,前十名至多一成相同"),
    Limit(
        "identifier",
        "success@1",
        1.0,
        1.0,
        fixed="案号、文号、法条说出的文书必在第一位",
    ),
)


def _worse(metric: str, value: float, than: float) -> bool:
    sign = -1 if metric in SMALLER_IS_BETTER else 1
    return sign * value < sign * than - _EQUAL


def read_gate(path: Path = FILE) -> list[Limit]:
    """Read the limits; raises OSError when there is no gate."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Limit(scope, metric, **entry)
        for scope, metrics in found.items()
        for metric, entry in metrics.items()
    ]


def write_gate(limits: Sequence[Limit], path: Path = FILE) -> None:
    """Write the limits, in the order given."""
    path.write_text(
        "\n".join([_HEADER, *(_entry(limit) for limit in limits)]), encoding="utf-8"
    )


def _entry(limit: Limit) -> str:
    lines = [
        f'[{limit.scope}."{limit.metric}"]',
        f"limit = {limit.limit}",
        f"best = {limit.best}",
    ]
    # a JSON string is a TOML string
    lines += [
        f"{n} = {json.dumps(v, ensure_ascii=False)}"
        for n in ("reason", "fixed")
        if (v := getattr(limit, n))
    ]
    return "\n".join(lines) + "\n"


def loosened_silently(limits: Sequence[Limit]) -> list[str]:
    """Return the limits that are looser than they once were and do not say why."""
    return [
        f"{one.scope} {one.metric}:{one.limit} 松于 {one.best},没有写 reason"
        for one in limits
        if _worse(one.metric, one.limit, one.best) and not one.reason.strip()
    ]


def report(gold: GoldSet, runs: Mapping[str, Run]) -> dict[str, Any]:
    """Return what `kb evaluate --by-group` reports on the gold set."""
    against = Measuring(list(gold.topics), gold.grades(), ANSWERS)
    return report_on(runs, against, by_group=True)


def value_of(found: Mapping[str, Any], limit: Limit) -> float:
    """Return the measured value a limit is about; raises UserError when the gate names what is not
    measured.
    """
    part = found if limit.scope == ALL else found["groups"].get(limit.scope)
    if part is None or limit.metric not in part["modes"][MODE]:
        raise UserError(
            f"gate.toml 中的 {limit.scope} {limit.metric} 没有测得值。请核对组名与指标名"
        )
    return float(part["modes"][MODE][limit.metric]["mean"])


def tightened(
    limits: Sequence[Limit], found: Mapping[str, Any], reason: str = ""
) -> list[Limit]:
    """Return the limits moved to what is measured: to the better always, to the worse only with a
    reason.
    """
    return [_moved(limit, value_of(found, limit), reason) for limit in limits or _FIRST]


def _moved(limit: Limit, value: float, reason: str) -> Limit:
    value = _rounded(limit.metric, value)
    worse = _worse(limit.metric, value, limit.limit)
    if limit.fixed or (worse and not reason):
        return limit
    if _worse(limit.metric, value, limit.best):
        return replace(limit, limit=value, reason=reason if worse else limit.reason)
    return replace(limit, limit=value, best=value, reason="")


def _rounded(metric: str, value: float) -> float:
    """Round to three places to the looser side, so that what is written is reached by what was
    measured.
    """
    nearest = math.ceil if metric in SMALLER_IS_BETTER else math.floor
    return nearest(round(value * _PLACES, 6)) / _PLACES


def fallen(
    limits: Sequence[Limit], found: Mapping[str, Any], gold: GoldSet, run: Run
) -> str:
    """Return what is worse than its limit and the topics to look at; empty when nothing is."""
    broken = [(limit, value_of(found, limit)) for limit in limits]
    broken = [(limit, value) for limit, value in broken if limit.broken_by(value)]
    lines = [
        f"{one.scope}\t{one.metric}\t界限 {one.limit}\t现为 {value:.4f}"
        for one, value in broken
    ]
    for limit, _ in broken:
        lines += [
            "",
            f"{limit.scope} {limit.metric} 最差的:",
            *_worst(limit, gold, run),
        ]
    return "\n".join(lines)


def _worst(limit: Limit, gold: GoldSet, run: Run) -> Iterator[str]:
    topics = [t for t in gold.topics if limit.scope in (ALL, group_of(t))]
    if limit.metric == "overlap@10":
        often = Counter(
            document for topic in topics for document in run.documents(topic)[:10]
        )
        yield from (
            f"{document}\t在 {n} 道题的前十名"
            for document, n in often.most_common(_WORST)
        )
    elif limit.metric == "zero_result_rate":
        yield from (
            f"{t}\t没有命中\t{gold.topics[t][:40]}"
            for t in topics
            if not run.documents(t)
        )
    else:
        yield from _lowest(limit.metric, topics, gold, run)


def _lowest(
    metric: str, topics: Sequence[str], gold: GoldSet, run: Run
) -> Iterator[str]:
    grades = gold.grades()
    rows = [
        (measures(run.documents(t), grades[t], ANSWERS)[metric], t)
        for t in answered(topics, grades, ANSWERS)
    ]
    for value, topic in sorted(row for row in rows if row[0] < 1)[:_WORST]:
        relevant = {d for d, grade in grades[topic].items() if grade >= ANSWERS}
        first = next(
            (n for n, d in enumerate(run.documents(topic), 1) if d in relevant), None
        )
        yield f"{topic}\t{value:.3f}\t首件相关{f'第 {first} 名' if first else '不在其中'}\t{gold.topics[topic][:40]}"
