"""The page of an answer: what was understood, filters, hits, and what to do when there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kb.messages import expansions, notices, reasons, suggestions
from kb.vocabulary import KINDS, UNCLASSIFIED, tier_effect
from search.request import SORTS
from search.results import Hit, PassageHit, SearchResult
from web.address import (
    DEFAULT_LIMIT,
    EXPORT_PATH,
    MAX_EXPORTED,
    SORT_LABELS,
    Addresses,
    Ask,
)
from web.views.common import (
    Badge,
    Coverage,
    Inline,
    Link,
    badges,
    heading_of,
    meta,
    results,
    snippet,
)
from web.views.facets import (
    Chip,
    FacetGroup,
    chips,
    form_fields,
    groups,
    is_long,
    roles,
)
from web.views.sums import SumsView, sums_views

MODE_LABELS: Final = {"hybrid": "智能", "keyword": "精确", "vector": "语义"}
_MODE_HELP: Final = {
    "hybrid": "字面与语义一起找",
    "keyword": "只找写有这些字词的文书",
    "vector": "只按意思相近找",
}


#: What may help where nothing was found.
_ADVICE: Final = (
    "换个说法：用一句话写出谁、做了什么、涉及什么信息。",
    "知道案号、文号或法条的，直接输入，法条连同法律名称和版本一起写。",
    "检查有没有错字；词太多时，先只留最要紧的两三个。",
)
_EXAMPLES: Final = (
    *("离职员工带走客户名单", "怎样的保密措施才算相应"),
    *("（2019）最高法知民终7号", "反不正当竞争法（2019）第九条"),
)

_FRAMED_CHARS: Final = 60
#: A longer question travels with the title of a hit alone: three passages would carry
#: it four times.
_LINKED_CHARS: Final = 500
#: What a part of a query is, where its label does not say so itself.
_PART_KINDS: Final = {"alternative": "任一", "phrase": "原样", "filter": "条件"}


class PassageView(Struct, frozen=True, gc=False):
    """A passage of a hit, marked, with where it stands; no link of its own where the question is
    very long.
    """

    label: str
    href: str | None
    pieces: tuple[Inline, ...]
    semantic: bool


class HitView(Struct, frozen=True, gc=False):
    """One document of the answer as a card. `lead` stands in for passages in plain lists."""

    rank: int
    href: str
    title: str
    badges: tuple[Badge, ...]
    meta: tuple[str, ...]
    results: tuple[Badge, ...]
    reasons: tuple[str, ...]
    passages: tuple[PassageView, ...]
    lead: str | None


class HitGroup(Struct, frozen=True, gc=False):
    """Hits of one tier; the flat list is one group without a label."""

    label: str | None
    note: str
    count: int
    more: str | None
    hits: tuple[HitView, ...]


class SearchForm(Struct, frozen=True, gc=False):
    """The one box: its text, the mode, and the filters that travel as hidden fields."""

    text: str
    mode: str
    modes: tuple[tuple[str, str, str], ...]
    hidden: tuple[tuple[str, str], ...]


class Paging(Struct, frozen=True, gc=False):
    """Where in the answer we are."""

    first: int
    last: int
    previous: str | None
    next: str | None


class Help(Struct, frozen=True, gc=False):
    """What can be done about an empty answer."""

    causes: tuple[str, ...]
    removals: tuple[Link, ...]
    advice: tuple[str, ...] = ()
    examples: tuple[Link, ...] = ()
    browse: tuple[Link, ...] = ()


class Meant(Struct, frozen=True, gc=False):
    """Another query that may have been meant, and why."""

    text: str
    href: str
    reason: str


class SearchPage(Struct, frozen=True, gc=False, kw_only=True):
    """Home, answer or list."""

    title: str
    heading: str | None
    form: SearchForm
    is_home: bool
    parts: tuple[Chip, ...]
    warnings: tuple[str, ...]
    choices: tuple[Link, ...]
    meant: tuple[Meant, ...]
    expanded: tuple[Chip, ...]
    unexpanded: tuple[Chip, ...]
    no_expansion: Link | None
    identifiers: tuple[str, ...]
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
    sums: tuple[SumsView, ...]
    grouping: Link
    export: Link | None
    hits: tuple[HitGroup, ...]
    paging: Paging
    help: Help | None
    coverage: Coverage


class TierAnswer(Struct, frozen=True, gc=False):
    """The first hits of one tier, and how many documents stand before it."""

    tier: str
    count: int
    hits: Sequence[Hit]
    before: int


def search_page(
    ask: Ask,
    result: SearchResult,
    coverage: Coverage,
    *,
    leads: Mapping[int, str],
    path: str = "/",
    heading: str | None = None,
    sums: Mapping[str, Sequence[float]] | None = None,
    tiers: Sequence[TierAnswer] | None = None,
    choices: Sequence[tuple[str, str]] = (),
    left: Mapping[str, int] | None = None,
) -> SearchPage:
    """Lay out an answer.

    `leads` are first sentences by document id; `sums` are what all that match came to,
    in yuan by type; `tiers` is set when grouped; `choices` are readings of an article
    named without its law, each with the query that says so; `left` is how many
    documents there are at the addresses an empty answer offers.
    """
    chosen = chips(ask, path)
    shown = sum(len(t.hits) for t in tiers) if tiers is not None else len(result.hits)
    return SearchPage(
        title=ask.text or heading or "检索",
        heading=heading,
        form=search_form(ask),
        is_home=ask.is_home and path == "/",
        parts=_parts(ask, result, path),
        warnings=tuple(map(notices.words, result.notices)),
        choices=tuple(
            Link(label, ask.saying(text).url(path)) for label, text in choices
        ),
        meant=tuple(
            Meant(s.text, ask.saying(s.text).url(path), suggestions.words(s))
            for s in result.suggestions
        ),
        expanded=_expanded(ask, result, path),
        unexpanded=_unexpanded(ask, path),
        no_expansion=Link("都按原词", ask.expanding(False).url(path))
        if len(result.expansions) > 1
        else None,
        identifiers=result.query.identifiers,
        tabs=_tabs(ask, result, path),
        groups=groups(ask, result, path),
        held=form_fields(ask) if is_long(ask) else (),
        held_path=path,
        roles=roles(ask, path) if ask.text else (),
        chips=chosen,
        clear=ask.unfiltered().url(path),
        total=f"{'' if result.total_is_exact else '≥ '}{result.total}",
        took_ms=result.took_ms if ask.text else None,
        sorts=_sorts(ask, path, result.ranked, bool(sums)),
        sums=sums_views(sums or {}),
        grouping=_grouping(ask, path),
        export=_export(ask, result.total),
        hits=_hit_groups(ask, result, path, leads, tiers),
        paging=_paging(ask, result, path, grouped=tiers is not None),
        help=None if shown else _help(ask, result, path, chosen, coverage, left or {}),
        coverage=coverage,
    )


def search_form(ask: Ask) -> SearchForm:
    """Make the box with what else is asked as hidden fields."""
    hidden = tuple(
        pair
        for pair in ask.parameters()
        if pair[0] not in ("q", "mode", "plain", "offset", "sort")
    )
    modes = tuple(
        (mode, label, _MODE_HELP[mode]) for mode, label in MODE_LABELS.items()
    )
    return SearchForm(ask.text, ask.mode, modes, hidden)


def _parts(ask: Ask, result: SearchResult, path: str) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            _PART_KINDS.get(part.kind, ""),
            _shortened(part.label),
            ask.saying(part.without).url(path),
            False,
        )
        for part in result.query.parts
    )


def _shortened(words: str) -> str:
    """Return words as they fit into a frame: the box above shows them whole."""
    return (
        words
        if len(words) <= _FRAMED_CHARS
        else f"{words[: _FRAMED_CHARS - 20]}…（共 {len(words)} 字）"
    )


def _expanded(ask: Ask, result: SearchResult, path: str) -> tuple[Chip, ...]:
    """Return what the query was expanded by; taking a chip off takes its word as typed."""
    return tuple(
        Chip(
            one.typed,
            expansions.words(one),
            ask.taking_plainly(one.typed).url(path),
            False,
        )
        for one in result.expansions
    )


def _unexpanded(ask: Ask, path: str) -> tuple[Chip, ...]:
    """Return the words the person wants as typed; taking a chip off widens them again."""
    if not ask.text:
        return ()
    if not ask.expand:
        return (Chip("", "全部字词", ask.expanding(True).url(path), False),)
    return tuple(
        Chip("", word, ask.widening_again(word).url(path), False) for word in ask.plain
    )


def _tabs(ask: Ask, result: SearchResult, path: str) -> tuple[Link, ...]:
    counts = dict(result.facets.get("kind", ()))
    chosen = ask.filters.include.get("kind", ())
    of_all = ask.only("kind", None)
    addresses = Addresses(of_all, path)
    of_kinds = (
        Link(
            label,
            addresses.including("kind", kind),
            counts.get(kind, 0),
            active=chosen == (kind,),
        )
        for kind, label in KINDS.items()
        if kind != UNCLASSIFIED or kind in counts or kind in chosen
    )
    return (
        Link("全部", of_all.url(path), sum(counts.values()), active=not chosen),
        *of_kinds,
    )


def _sorts(ask: Ask, path: str, ranked: bool, have_sums: bool) -> tuple[Link, ...]:
    """Return the orders that make a difference: a list has no 综合, and without sums there is none
    to go by.
    """
    sorts = [
        sort
        for sort in SORTS
        if (ranked or sort != "relevance")
        and (have_sums or sort != "amount" or ask.sort == sort)
    ]
    current = ask.sort if ask.sort in sorts else sorts[0]
    return tuple(
        Link(
            SORT_LABELS[name],
            ask.sorted_by(None if name == sorts[0] else name).url(path),
            active=name == current,
        )
        for name in sorts
    )


def _grouping(ask: Ask, path: str) -> Link:
    return Link(
        "按参照级别分组",
        ask.grouped_by("" if ask.group else "tier").url(path),
        active=bool(ask.group),
    )


def _export(ask: Ask, total: int) -> Link | None:
    """Return the way to the table of an answer, saying so where it holds only the first of it."""
    if not total:
        return None
    label = "导出表格" if total <= MAX_EXPORTED else f"导出前 {MAX_EXPORTED:,} 件"
    return Link(
        label, replace(ask, offset=0, limit=DEFAULT_LIMIT, group="").url(EXPORT_PATH)
    )


def _hit_groups(
    ask: Ask,
    result: SearchResult,
    path: str,
    leads: Mapping[int, str],
    tiers: Sequence[TierAnswer] | None,
) -> tuple[HitGroup, ...]:
    addresses, is_linked = Addresses(ask), len(ask.text) <= _LINKED_CHARS
    if tiers is None:
        hits = tuple(
            _hit(addresses, hit, leads, hit.rank, is_linked) for hit in result.hits
        )
        return (HitGroup(None, "", result.total, None, hits),) if hits else ()
    flat = ask.grouped_by("")
    return tuple(
        HitGroup(
            tier.tier,
            tier_effect(tier.tier),
            tier.count,
            flat.only("tier", tier.tier).url(path)
            if tier.count > len(tier.hits)
            else None,
            tuple(
                _hit(addresses, hit, leads, tier.before + hit.rank, is_linked)
                for hit in tier.hits
            ),
        )
        for tier in tiers
        if tier.hits
    )


def _hit(
    addresses: Addresses, hit: Hit, leads: Mapping[int, str], rank: int, is_linked: bool
) -> HitView:
    """Make a card; `rank` is the place that travels with the link, counted over all
    tiers where the list is grouped.

    Its passages have links of their own when `is_linked`.
    """
    head = hit.document
    return HitView(
        rank=hit.rank,
        href=addresses.document(head.id, rank),
        title=head.title,
        badges=badges(head),
        meta=meta(head),
        results=results(head),
        reasons=tuple(map(reasons.words, hit.reasons)),
        passages=tuple(
            _passage(
                passage,
                addresses.document(head.id, rank, passage.paragraph)
                if is_linked
                else None,
            )
            for passage in hit.passages[:3]
        ),
        lead=leads.get(head.id),
    )


def _passage(passage: PassageHit, href: str | None) -> PassageView:
    heading = heading_of(passage.role, passage.heading)
    return PassageView(
        label=f"{heading} · 第{passage.paragraph}段",
        href=href,
        pieces=snippet(passage.text, passage.marks, passage.heading),
        semantic=passage.semantic,
    )


def _paging(ask: Ask, result: SearchResult, path: str, *, grouped: bool) -> Paging:
    first = ask.offset + 1 if result.hits else 0
    last = ask.offset + len(result.hits)
    if grouped:
        return Paging(0, 0, None, None)
    previous = ask.at(max(ask.offset - ask.limit, 0)).url(path) if ask.offset else None
    more = len(result.hits) == ask.limit and last < result.total
    return Paging(first, last, previous, ask.at(last).url(path) if more else None)


def _help(
    ask: Ask,
    result: SearchResult,
    path: str,
    chips: Sequence[Chip],
    coverage: Coverage,
    left: Mapping[str, int],
) -> Help:
    causes = []
    removals = [
        Link(f"去掉「{part.label}」", ask.saying(part.without).url(path))
        for part in result.query.parts
        if part.without.strip()
    ]
    if not coverage.total:
        causes.append("知识库里还没有文书。管理员可用 kb add corpus/ 入库。")
    elif ask.offset and result.total:
        causes.append(f"一共只有 {result.total} 件，这一页之后没有了。")
        removals.insert(0, Link("回到第一页", ask.at(0).url(path)))
    else:
        causes += _causes(ask, result, chips)
    removals += [
        Link(f"去掉 {'排除 ' if c.excluded else ''}{c.label}={c.value}", c.remove)
        for c in chips
    ]
    if len(chips) > 1:
        removals.append(Link("清除全部筛选", ask.unfiltered().url(path)))
    removals = [
        replace(link, count=left.get(link.href))
        for link in removals
        if left.get(link.href) != 0
    ]
    if ask.text and ask.mode != "hybrid" and coverage.total:
        removals.append(
            Link("改用智能检索", Ask(text=ask.text, filters=ask.filters).url(path))
        )
    if not ask.text or not coverage.total or ask.offset:
        return Help(tuple(causes), tuple(removals))
    examples = tuple(
        Link(text, Ask(text=text).url()) for text in _EXAMPLES if text != ask.text
    )
    browse = [
        Link(h.label, f"/browse/{h.kind}", h.count) for h in coverage.held if h.count
    ]
    return Help(tuple(causes), tuple(removals), _ADVICE, examples, tuple(browse))


def _causes(ask: Ask, result: SearchResult, chips: Sequence[Chip]) -> list[str]:
    causes = []
    if chips:
        causes.append("筛选条件太窄：同时满足全部条件的文书没有。")
    if ask.text and ask.mode == "keyword":
        causes.append("精确检索要求原文写有这些字词，换一种说法或改用智能检索试试。")
    if len(result.query.parts) > 1:
        causes.append("条件较多，可以去掉其中一部分。")
    if ask.text and not causes:
        causes.append("库内没有写到这些内容的文书，可能是收录范围之外。")
    return causes or ["没有符合条件的文书。"]
