"""The page of an answer: what was understood, filters, hits, and what to do when there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kb.vocabulary import KINDS, UNCLASSIFIED
from search.request import SORTS
from search.results import SearchResult
from web.address import (
    DEFAULT_LIMIT,
    EXPORT_PATH,
    MAX_EXPORTED,
    SORT_LABELS,
    PageRequest,
)
from web.onestep import Addresses
from web.views.amounts import AmountsView, amounts_views
from web.views.common import Coverage, Link
from web.views.facets import (
    Chip,
    FacetGroup,
    chips,
    form_fields,
    groups,
    is_long,
    roles,
)
from web.views.form import SearchForm, search_form
from web.views.hits import HitGroup, TierAnswer, flat_list, list_by_tier
from web.views.nothing import EmptyAnswer, Help, help_with
from web.views.understood import Understood, understood


class Paging(Struct, frozen=True, gc=False):
    """Where in the answer we are."""

    first: int
    last: int
    previous: str | None
    next: str | None


class AnswerMaterial(Struct, frozen=True, gc=False, kw_only=True):
    """What the route gathered for the page of an answer.

    `excerpts` stand in for passages, by document; `amounts` are what all that match came to, in
    yuan by type; `tiers` is None of a flat list; `choices` are readings of an article named
    without its law, each with the query that says so; `left` is how many documents there are at
    the addresses an empty answer offers.
    """

    wanted: PageRequest
    heading: str | None
    result: SearchResult
    coverage: Coverage
    excerpts: Mapping[int, str]
    amounts: Mapping[str, Sequence[float]]
    tiers: Sequence[TierAnswer] | None
    choices: Sequence[tuple[str, str]]
    left: Mapping[str, int]


class SearchPage(Struct, frozen=True, gc=False, kw_only=True):
    """Home, answer or list."""

    title: str
    heading: str | None
    form: SearchForm
    is_home: bool
    understood: Understood
    tabs: tuple[Link, ...]
    groups: tuple[FacetGroup, ...]
    held: tuple[tuple[str, str], ...]
    held_path: str
    roles: tuple[Link, ...]
    chips: tuple[Chip, ...]
    clear: str
    total: str
    took_ms: float | None
    sorts: tuple[Link, ...]
    amounts: tuple[AmountsView, ...]
    grouping: Link
    export: Link | None
    hits: tuple[HitGroup, ...]
    paging: Paging
    help: Help | None
    coverage: Coverage


def search_page(material: AnswerMaterial) -> SearchPage:
    """Lay out an answer."""
    wanted, result = material.wanted, material.result
    chosen = chips(wanted)
    return SearchPage(
        title=wanted.text or material.heading or "检索",
        heading=material.heading,
        form=search_form(wanted),
        is_home=wanted.is_home,
        understood=understood(wanted, result, material.choices),
        tabs=_tabs(wanted, result),
        groups=groups(wanted, result),
        held=form_fields(wanted) if is_long(wanted) else (),
        held_path=wanted.path,
        roles=roles(wanted) if wanted.text else (),
        chips=chosen,
        clear=wanted.unfiltered().url(),
        total=f"{'' if result.total_is_exact else '≥ '}{result.total}",
        took_ms=result.took_ms if wanted.text else None,
        sorts=_sorts(wanted, result.ranked, bool(material.amounts)),
        amounts=amounts_views(material.amounts),
        grouping=_grouping(wanted),
        export=_export(wanted, result.total),
        hits=_hits(material),
        paging=_paging(wanted, result, material.tiers is not None),
        help=None if result.hits else _help(material, chosen),
        coverage=material.coverage,
    )


def _hits(material: AnswerMaterial) -> tuple[HitGroup, ...]:
    wanted, excerpts = material.wanted, material.excerpts
    if material.tiers is None:
        return flat_list(wanted, material.result, excerpts)
    return list_by_tier(wanted, material.tiers, excerpts)


def _help(material: AnswerMaterial, chosen: Sequence[Chip]) -> Help:
    empty = EmptyAnswer(
        wanted=material.wanted,
        result=material.result,
        chips=chosen,
        coverage=material.coverage,
        left=material.left,
    )
    return help_with(empty)


def _tabs(wanted: PageRequest, result: SearchResult) -> tuple[Link, ...]:
    """Return the kinds, each with how many of its documents match; that of what nobody has
    classified only where there are any.
    """
    counts = dict(result.facets.get("kind", ()))
    chosen = wanted.filters.include.get("kind", ())
    of_all = wanted.only("kind", None)
    addresses = Addresses(of_all)
    total = sum(counts.values())
    tabs = [Link("全部", of_all.url(), total, active=not chosen)]
    for kind, label in KINDS.items():
        if kind == UNCLASSIFIED and kind not in counts and kind not in chosen:
            continue
        href = addresses.including("kind", kind)
        tabs.append(Link(label, href, counts.get(kind, 0), active=chosen == (kind,)))
    return tuple(tabs)


def _sorts(
    wanted: PageRequest,
    is_ranked: bool,
    has_amounts: bool,
) -> tuple[Link, ...]:
    """Return the orders that make a difference: a list has no 综合, and without sums there is none
    to go by.
    """
    useless = set() if is_ranked else {"relevance"}
    if not has_amounts and wanted.sort != "amount":
        useless.add("amount")
    natural, *others = [sort for sort in SORTS if sort not in useless]
    current = wanted.sort if wanted.sort in others else natural
    links = []
    for sort in (natural, *others):
        href = wanted.sorted_by(None if sort == natural else sort).url()
        links.append(Link(SORT_LABELS[sort], href, active=sort == current))
    return tuple(links)


def _grouping(wanted: PageRequest) -> Link:
    other = wanted.grouped_by("" if wanted.group else "tier")
    return Link("按参照级别分组", other.url(), active=bool(wanted.group))


def _export(wanted: PageRequest, total: int) -> Link | None:
    """Return the way to the table of an answer, saying so where it holds only the first of it."""
    if not total:
        return None
    label = "导出表格" if total <= MAX_EXPORTED else f"导出前 {MAX_EXPORTED:,} 件"
    whole = replace(wanted, path=EXPORT_PATH, offset=0, limit=DEFAULT_LIMIT, group="")
    return Link(label, whole.url())


def _paging(
    wanted: PageRequest,
    result: SearchResult,
    is_grouped: bool,
) -> Paging:
    if is_grouped:
        return Paging(
            first=0,
            last=0,
            previous=None,
            next=None,
        )
    offset, limit, shown = wanted.offset, wanted.limit, len(result.hits)
    first, last = offset + 1 if shown else 0, offset + shown
    has_more = shown == limit and last < result.total
    return Paging(
        first=first,
        last=last,
        previous=wanted.at(max(offset - limit, 0)).url() if offset else None,
        next=wanted.at(last).url() if has_more else None,
    )
