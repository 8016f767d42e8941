"""The versions of laws: those of one law on a strip, and the list of all laws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kb.law.book import LawBook
from kb.law.versions import Standing
from kb.records import DocumentHead
from kb.vocabulary import TIERS, VERSION_UNSTATED
from web.address import law_path
from web.views.form import EMPTY_FORM, SearchForm

IN_FORCE: Final = "现行"
REPLACED: Final = "已被取代"
ENDED: Final = "已失效"
_STANDINGS: Final = {
    Standing.IN_FORCE: IN_FORCE,
    Standing.NOT_YET: "尚未施行",
    Standing.PAST: "历史版本",
    Standing.REPLACED: REPLACED,
    Standing.ENDED: ENDED,
    Standing.UNSAID: "",
}


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version on the strip."""

    version: str
    label: str
    href: str
    since: str | None
    until: str | None
    status: str
    active: bool

    @property
    def standing(self) -> str:
        """Return the standing in words, with the day it ended: 已失效 · 至2025-04-25."""
        return (
            f"{self.status} · 至{self.until}"
            if self.status in (REPLACED, ENDED)
            else self.status
        )

    @property
    def tone(self) -> str:
        """Return how the strip shows it: now, ended or "" ."""
        return {IN_FORCE: "now", REPLACED: "ended", ENDED: "ended"}.get(self.status, "")


@dataclass(frozen=True, slots=True)
class LawRow:
    """One law in the list of laws."""

    law: str
    title: str | None
    href: str
    tier: str
    versions: tuple[VersionView, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawsPage:
    """All laws, by rank."""

    form: SearchForm
    groups: tuple[tuple[str, tuple[LawRow, ...]], ...]


#: Where laws stand of which nobody has said the rank.
_OTHER: Final = "其他"
_SUBJECTS: Final = 6


def version_views(
    book: LawBook,
    law: str,
    active: str | None = None,
) -> tuple[VersionView, ...]:
    """Return the versions of a law, oldest first, each with its standing."""
    return tuple(_version(book, law, head, active) for head in book.versions[law])


def _version(
    book: LawBook,
    law: str,
    head: DocumentHead,
    active: str | None,
) -> VersionView:
    version = head.metadata.version or ""
    return VersionView(
        version=version,
        label=version_label(law, version),
        href=law_path(law, version),
        since=head.metadata.effective_from,
        until=head.metadata.effective_to,
        status=_STANDINGS[book.standing_of(head)],
        active=version == active,
    )


def version_label(law: str, version: str) -> str:
    """Return the words of a link to a version; 版本未注明 says nothing without its law."""
    return f"{law}（{version}）" if version == VERSION_UNSTATED else version


def laws_page(book: LawBook) -> LawsPage:
    """Lay out the list of laws: by rank, those with most versions first."""
    by_tier: dict[str, list[LawRow]] = {}
    for law, heads in book.versions.items():
        row = _law_row(book, law, heads)
        by_tier.setdefault(row.tier, []).append(row)
    groups = tuple(
        (tier, tuple(sorted(by_tier[tier], key=_most_versions_first)))
        for tier in _in_order_of_rank(by_tier)
    )
    return LawsPage(EMPTY_FORM, groups)


def _in_order_of_rank(tiers: Iterable[str]) -> list[str]:
    places = {tier: place for place, tier in enumerate(TIERS)}
    return sorted(tiers, key=lambda tier: places.get(tier, len(places)))


def _most_versions_first(row: LawRow) -> tuple[int, str]:
    return -len(row.versions), row.law


def _law_row(
    book: LawBook,
    law: str,
    heads: Sequence[DocumentHead],
) -> LawRow:
    """Make the row of a law; `heads` are its versions, oldest first."""
    known = [head.metadata.tier for head in reversed(heads) if head.metadata.tier]
    subjects = dict.fromkeys(
        provision.provision for head in heads for provision in head.metadata.provisions
    )
    return LawRow(
        law=law,
        title=heads[-1].title if len(heads) == 1 else None,
        href=law_path(law),
        tier=known[0] if known else _OTHER,
        versions=version_views(book, law),
        subjects=tuple(subjects)[:_SUBJECTS],
    )
