"""Which version of a law was in force on a day, as far as the dates known of its versions tell for
certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Final

from msgspec import Struct

from kb.records import Metadata
from kb.vocabulary import VERSIONS_UNNAMED

#: A law begins at most so long after it was passed: where only the latter day is known,
#: nothing is said of the time between.
_LONGEST_WAIT: Final = timedelta(days=366)
_YEAR: Final = re.compile(r"(?:19|20)\d{2}\Z")


class Period(Struct, frozen=True, gc=False):
    """When one version of a law was in force: from `certain` for sure, perhaps from
    `earliest`, to `last` at most.

    Days are ISO 8601; `last` is "" where no end is known.
    """

    version: str
    earliest: str
    certain: str
    last: str


def is_edited(metadata: Metadata) -> bool:
    """Tell whether somebody has written down what a law is about or whence it is; of the rest only
    the text tells.
    """
    return bool(metadata.provisions or metadata.sources)


def since(metadata: Metadata) -> str:
    """Return the day a version counts from, or what is nearest to it; versions are ordered by
    it.
    """
    return (
        metadata.effective_from
        or metadata.passed_on
        or metadata.published_on
        or metadata.version
        or ""
    )


def periods(versions: Iterable[Metadata]) -> tuple[Period, ...]:
    """Return the periods of the versions of one law, in order; what an editor wrote of one goes
    before its text.
    """
    found: dict[str, Period] = {}
    for metadata in sorted(versions, key=lambda one: not is_edited(one)):
        period = _period(metadata)
        if period is not None:
            found.setdefault(period.version, period)
    return tuple(sorted(found.values(), key=lambda period: period.earliest))


def _period(metadata: Metadata) -> Period | None:
    version, last = metadata.version, _latest(metadata.effective_to or "")
    if version is None or version in VERSIONS_UNNAMED:
        return None
    if metadata.effective_from:
        return Period(
            version,
            _earliest(metadata.effective_from),
            _latest(metadata.effective_from),
            last,
        )
    made = (
        metadata.passed_on
        or metadata.published_on
        or (version if _YEAR.match(version) else None)
    )
    if made is None:
        return None
    begun = date.fromisoformat(_latest(made)) + _LONGEST_WAIT
    return Period(version, _earliest(made), begun.isoformat(), last)


def in_force_on(versions: Sequence[Period], day: str) -> str | None:
    """Return the version in force on a day, which may be a month or a year; None where that is not
    certain.
    """
    first, last = _earliest(day), _latest(day)
    for place, period in enumerate(versions):
        following = versions[place + 1].earliest if place + 1 < len(versions) else ""
        has_begun = period.certain <= first
        has_ended = bool(period.last) and period.last < last
        is_followed = bool(following) and following <= last
        if has_begun and not has_ended and not is_followed:
            return period.version
    return None


def _earliest(day: str) -> str:
    return day + {4: "-01-01", 7: "-01"}.get(len(day), "")


def _latest(day: str) -> str:
    if len(day) == 7:
        year, month = int(day[:4]), int(day[5:])
        return (
            date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        ).isoformat()
    return day + ("-12-31" if len(day) == 4 else "")


class Standing(Enum):
    """What the dates of a version say of it on a day; UNSAID where they do not tell."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    PAST = "past"
    REPLACED = "replaced"
    ENDED = "ended"
    UNSAID = "unsaid"


def is_in_force(metadata: Metadata, day: str) -> bool:
    """Tell whether the dates of a version say that it is in force on a day.

    Without a date of effect nothing is said; nor of a text nobody has checked, which
    may long have been replaced.
    """
    has_begun = metadata.effective_from is not None and metadata.effective_from <= day
    has_ended = metadata.effective_to is not None and metadata.effective_to < day
    return is_edited(metadata) and has_begun and not has_ended


def standing(
    metadata: Metadata,
    current: str | None,
    day: str,
) -> Standing:
    """Return how a version stands on a day; `current` is the version of its law then in force, None
    where unknown.
    """
    if current is not None and metadata.version == current:
        return Standing.IN_FORCE
    if metadata.effective_from and metadata.effective_from > day:
        return Standing.NOT_YET
    if metadata.effective_to and metadata.effective_to < day:
        return Standing.ENDED if current is None else Standing.REPLACED
    return Standing.UNSAID if current is None else Standing.PAST
