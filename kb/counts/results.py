"""What one case came to: sums of money first, then what else was ordered or done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from kb.records import Amount, Metadata
from kb.vocabulary import FIRST_AWARD, RESULT_SUMS

#: Outcomes that are sums of money; each but a settlement is an amount type of the same name.
_AWARD: Final = "判赔"
_SETTLEMENT: Final = "和解或调解"
_PENALTIES: Final = tuple(type_ for type_ in RESULT_SUMS if type_ != _SETTLEMENT)
#: The outcome that an amount of another name stands for.
_OUTCOME_OF: Final = {_SETTLEMENT: "调解或和解", FIRST_AWARD: _AWARD}
_UNREAD: Final = "结果未读到"


class CaseResult(Struct, frozen=True, gc=False):
    """One thing a case came to: an outcome, which is a sum of money or none.

    `amount` is None of an outcome without a sum, and where the sum `is_unknown`. What `leads` is
    to be seen first.
    """

    outcome: str
    amount: Amount | None = None
    is_unknown: bool = False
    leads: bool = False


def unknown_amounts(metadata: Metadata) -> tuple[str, ...]:
    """Return the outcomes that are sums of money of which no amount is known."""
    known = {_outcome_of_penalty(amount.type) for amount in metadata.amounts}
    return tuple(
        outcome
        for outcome in _PENALTIES
        if outcome in metadata.outcomes and outcome not in known
    )


def results_of(metadata: Metadata) -> tuple[CaseResult, ...]:
    """Return what a case came to, sums first.

    A settlement leads only where nothing was fined or awarded; an award of the first instance
    stands where no final one is known.
    """
    penalties = list(_penalties(metadata))
    settled = []
    for amount in metadata.amounts:
        if amount.type == _SETTLEMENT:
            settled.append(CaseResult(_SETTLEMENT, amount, leads=not penalties))
    return (*penalties, *settled, *_other_outcomes(metadata))


def _penalties(metadata: Metadata) -> Iterator[CaseResult]:
    unknown = unknown_amounts(metadata)
    has_final_award = any(amount.type == _AWARD for amount in metadata.amounts)
    for outcome in _PENALTIES:
        is_first = outcome == _AWARD and not has_final_award
        wanted = FIRST_AWARD if is_first else outcome
        for amount in metadata.amounts:
            if amount.type == wanted:
                yield CaseResult(outcome, amount, leads=True)
        if outcome in unknown:
            yield CaseResult(outcome, is_unknown=True, leads=True)


def _other_outcomes(metadata: Metadata) -> Iterator[CaseResult]:
    """Yield the outcomes that no sum, known or not, has told of."""
    types = {amount.type for amount in metadata.amounts}
    told = {_UNREAD, *types, *unknown_amounts(metadata)}
    told |= {_OUTCOME_OF[type_] for type_ in types if type_ in _OUTCOME_OF}
    for outcome in metadata.outcomes:
        if outcome not in told:
            yield CaseResult(outcome)


def _outcome_of_penalty(type_: str) -> str:
    return _AWARD if type_ == FIRST_AWARD else type_
