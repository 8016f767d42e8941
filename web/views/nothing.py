"""What can be done about an empty answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from search.results import SearchResult
from web.address import PageRequest
from web.views.common import Coverage, Link
from web.views.facets import Chip

_ADVICE: Final = (
    "换个说法：用一句话写出谁、做了什么、涉及什么信息。",
    "知道案号、文号或法条的，直接输入，法条连同法律名称和版本一起写。",
    "检查有没有错字；词太多时，先只留最要紧的两三个。",
)
_EXAMPLES: Final = (
    "离职员工带走客户名单",
    "怎样的保密措施才算相应",
    "（2019）最高法知民终7号",
    "反不正当竞争法（2019）第九条",
)


class Help(Struct, frozen=True, gc=False):
    """Why nothing was found, and the ways on from here."""

    causes: tuple[str, ...]
    removals: tuple[Link, ...]
    advice: tuple[str, ...] = ()
    examples: tuple[Link, ...] = ()
    browse: tuple[Link, ...] = ()


class EmptyAnswer(Struct, frozen=True, gc=False):
    """An answer that shows nothing: what was asked, what restricts it, what there is at all.

    `left` is how many documents there are at the addresses it offers, as far as counted.
    """

    wanted: PageRequest
    result: SearchResult
    chips: Sequence[Chip]
    coverage: Coverage
    left: Mapping[str, int]

    @property
    def is_behind(self) -> bool:
        """Tell whether the page is one behind the last."""
        return bool(self.wanted.offset and self.result.total)


def help_with(empty: EmptyAnswer) -> Help:
    """Return the causes and the ways on; general advice only where a question found nothing."""
    wanted, coverage = empty.wanted, empty.coverage
    causes, removals = _causes(empty), tuple(_removals(empty))
    if not wanted.text or not coverage.total or wanted.offset:
        return Help(causes, removals)
    browse = [
        Link(held.label, f"/browse/{held.kind}", held.count)
        for held in coverage.held
        if held.count
    ]
    return Help(
        causes=causes,
        removals=removals,
        advice=_ADVICE,
        examples=tuple(_examples(wanted)),
        browse=tuple(browse),
    )


def _examples(wanted: PageRequest) -> Iterator[Link]:
    for text in _EXAMPLES:
        if text != wanted.text:
            yield Link(text, PageRequest(text=text).url())


def _removals(empty: EmptyAnswer) -> Iterator[Link]:
    """Yield the ways out: without one part or filter, where that leaves anything; back to the
    first page; another mode.
    """
    wanted = empty.wanted
    if empty.coverage.total and empty.is_behind:
        yield Link("回到第一页", wanted.at(0).url())
    for link in _narrower_by_one(empty):
        count = empty.left.get(link.href)
        if count != 0:
            yield replace(link, count=count)
    if wanted.text and wanted.mode != "hybrid" and empty.coverage.total:
        other = PageRequest(path=wanted.path, text=wanted.text, filters=wanted.filters)
        yield Link("改用智能检索", other.url())


def _narrower_by_one(empty: EmptyAnswer) -> Iterator[Link]:
    """Yield the question with one part or filter less, and with no filter at all."""
    wanted = empty.wanted
    for part in empty.result.query.parts:
        if part.without.strip():
            yield Link(f"去掉「{part.label}」", wanted.saying(part.without).url())
    for chip in empty.chips:
        excluded = "排除 " if chip.excluded else ""
        yield Link(f"去掉 {excluded}{chip.label}={chip.value}", chip.remove)
    if len(empty.chips) > 1:
        yield Link("清除全部筛选", wanted.unfiltered().url())


def _causes(empty: EmptyAnswer) -> tuple[str, ...]:
    if not empty.coverage.total:
        return ("知识库里还没有文书。管理员可用 kb add corpus/ 入库。",)
    if empty.is_behind:
        return (f"一共只有 {empty.result.total} 件，这一页之后没有了。",)
    return tuple(_causes_in_question(empty)) or ("没有符合条件的文书。",)


def _causes_in_question(empty: EmptyAnswer) -> Iterator[str]:
    wanted, has_parts = empty.wanted, len(empty.result.query.parts) > 1
    is_exact = bool(wanted.text) and wanted.mode == "keyword"
    if empty.chips:
        yield "筛选条件太窄：同时满足全部条件的文书没有。"
    if is_exact:
        yield "精确检索要求原文写有这些字词，换一种说法或改用智能检索试试。"
    if has_parts:
        yield "条件较多，可以去掉其中一部分。"
    if wanted.text and not empty.chips and not is_exact and not has_parts:
        yield "库内没有写到这些内容的文书，可能是收录范围之外。"
