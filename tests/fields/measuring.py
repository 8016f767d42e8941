"""What the rules read in a paper beside what a person read: found, missed, made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from ingest.causes import cause_of
from ingest.derive import derive
from ingest.sections import sections_of
from kb.papers import paper_of
from kb.shadow import squeezed
from kb.vocabulary import FIRST_AWARD, RESULT_SUMS, UNCLASSIFIED
from tests.fields.labels import Label, hashed, plain, plain_number

FIELDS: Final = (
    *("kind", "paper", "numbers", "earlier_case_numbers", "authority"),
    *("decided_on", "parties", "cause", "amounts", "outcomes"),
)
#: How far a cause is looked for, as for a title.
_CAUSE_CHARS: Final = 4_000
_CAUSE_ENDS: Final = re.compile(r"(?:罪|纠纷|争议)$")
_PROSECUTOR: Final = "人民检察院"


class Verdict(Struct, frozen=True):
    """One field of one paper: values both sides have, only the label has, only the rules have."""

    field: str
    right: frozenset[Any]
    missed: frozenset[Any]
    wrong: frozenset[Any]


class Score(Struct, frozen=True):
    """One field of many papers."""

    right: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        """Return how much of what was found is right; 1 where nothing was."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return how much of what there is was found."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def judge(label: Label, text: str) -> list[Verdict]:
    """Return a verdict for every field that can be told of one paper."""
    found, labelled = _found(label, text), _labelled(label)
    allowed = {field: frozenset(label.allowed.get(field, ())) for field in FIELDS}
    verdicts = []
    for field in FIELDS:
        if field not in label.unscored:
            extra = found[field] - labelled[field]
            wrong = frozenset(
                value
                for value in extra
                if not _is_allowed(field, value, allowed[field])
            )
            verdicts.append(
                Verdict(
                    field,
                    found[field] & labelled[field],
                    labelled[field] - found[field],
                    wrong,
                )
            )
    return [
        _one_of_several(verdict) if verdict.field == "cause" else verdict
        for verdict in verdicts
    ]


def total(verdicts: Iterable[Verdict]) -> dict[str, Score]:
    """Return the scores of all verdicts by field."""
    counts = {field: [0, 0, 0] for field in FIELDS}
    for verdict in verdicts:
        counts[verdict.field][0] += len(verdict.right)
        counts[verdict.field][1] += len(verdict.right) + len(verdict.wrong)
        counts[verdict.field][2] += len(verdict.right) + len(verdict.missed)
    return {field: Score(*count) for field, count in counts.items()}


def _one_of_several(verdict: Verdict) -> Verdict:
    """Return a verdict in which any of several causes is right: a title names one."""
    joined = frozenset(
        cause
        for cause in verdict.wrong
        if set(re.split("罪?、", cause)) & verdict.missed
    )
    if verdict.right or joined:
        return Verdict(
            verdict.field, verdict.right | joined, frozenset(), verdict.wrong - joined
        )
    return Verdict(
        verdict.field, verdict.right, frozenset(list(verdict.missed)[:1]), verdict.wrong
    )


def _found(label: Label, text: str) -> dict[str, frozenset[Any]]:
    values = derive({}, text, sections_of(text, None), "paper.txt").values
    parties = [
        name for name in values.get("parties", ()) if not name.endswith(_PROSECUTOR)
    ]
    cause = cause_of(squeezed(text[:_CAUSE_CHARS]), values.get("parties", ()))
    kind = values["kind"] if values["kind"] != UNCLASSIFIED else None
    return {
        "kind": _set(kind),
        "paper": _set(paper_of(text)),
        "numbers": frozenset(
            map(
                plain_number,
                (*values.get("case_numbers", ()), *values.get("doc_numbers", ())),
            )
        ),
        "earlier_case_numbers": frozenset(
            map(plain_number, values.get("earlier_case_numbers", ()))
        ),
        "authority": frozenset(map(plain, values.get("authorities", ()))),
        "decided_on": _set(values.get("decided_on")),
        "parties": frozenset(hashed(label.sha256, name) for name in parties),
        "cause": _set(cause and _CAUSE_ENDS.sub("", cause)),
        "amounts": frozenset(_ordered(values.get("amounts", ()))),
        "outcomes": frozenset(values.get("outcomes", ())),
    }


def _labelled(label: Label) -> dict[str, frozenset[Any]]:
    return {
        "kind": _set(label.kind),
        "paper": _set(label.paper),
        "numbers": frozenset(map(plain_number, label.numbers)),
        "earlier_case_numbers": frozenset(
            map(plain_number, label.earlier_case_numbers)
        ),
        "authority": _set(label.authority and plain(label.authority)),
        "decided_on": _set(label.decided_on),
        "parties": frozenset(name for side in label.parties.values() for name in side),
        "cause": frozenset(_CAUSE_ENDS.sub("", cause) for cause in label.causes),
        "amounts": frozenset((type_, value) for type_, value in label.amounts),
        "outcomes": frozenset(label.outcomes),
    }


def _is_allowed(field: str, value: Any, allowed: frozenset[Any]) -> bool:
    if field == "amounts":
        return value[1] in allowed
    if field in ("numbers", "earlier_case_numbers"):
        return value in map(plain_number, allowed)
    if field == "authority":
        return value in map(plain, allowed)
    return value in allowed


def _ordered(amounts: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, float]]:
    for amount in amounts:
        type_ = "判赔" if amount["type"] == FIRST_AWARD else amount["type"]
        if type_ in RESULT_SUMS:
            yield type_, amount["value"]


def _set(value: str | None) -> frozenset[str]:
    return frozenset((value,)) if value else frozenset()
