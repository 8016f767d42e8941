"""Which version of a law a paper means by an article of which it names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from kb.law.versions import Period, in_force_on
from kb.records import Citation
from kb.vocabulary import BY_DATE, BY_TEXT, VERSION_UNSTATED, VERSIONS_UNNAMED


def presume_versions(
    citations: Sequence[Citation],
    day: str,
    known: Mapping[str, Sequence[Period]],
) -> list[Citation]:
    """Return citations with the version a paper of that day is presumed to mean where
    it names none.

    `known` are the periods of the versions of laws. A version the paper names elsewhere
    goes before its day; of two that it names neither is presumed.
    """
    named: dict[str | None, set[str | None]] = defaultdict(set)
    for citation in citations:
        if citation.version not in VERSIONS_UNNAMED:
            named[citation.law].add(citation.version)
    return [
        _with_version(citation, named[citation.law], day, known)
        for citation in citations
    ]


def _with_version(
    citation: Citation,
    named: set[str | None],
    day: str,
    known: Mapping[str, Sequence[Period]],
) -> Citation:
    versions = known.get(citation.law or "")
    if citation.version != VERSION_UNSTATED or versions is None:
        return citation
    if len(named) == 1:
        return replace(citation, version=next(iter(named)), presumed=BY_TEXT)
    version = None if named else in_force_on(versions, day)
    return (
        citation
        if version is None
        else replace(citation, version=version, presumed=BY_DATE)
    )
