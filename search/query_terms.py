"""The index terms that a query is looked for by, without words that tell nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.analysis import Token

MAX_TERMS: Final = 64
#: Words so common in legal prose that they say nothing of the matter.
_STOP: Final = frozenset(
    (
        "的 了 和 与 及 或 在 是 为 对 其 该 被 把 将 并 也 都 而 等 之 以 于 由 从 到 "
        "向 中 上 下 有 "
        "无 没 没有 不 未 会 能 可以 可 吗 呢 怎么 什么 如何 我 我们 他 他们 你 这 那 "
        "这个 那个 一个 "
        "一 个 人 请问 是否 应当 应 需要 要 因 因为 所以 后 前 时 时候 就 还 又 the a "
        "an of to in and "
        "or for is are on by with "
    ).split()
)
#: Of more terms than these, one character alone tells nothing.
_FEW: Final = 3


def telling_terms(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return distinct terms, stop words left out unless nothing else is there; long texts
    keep their most repeated.
    """
    counts: dict[str, int] = {}
    for token in tokens:
        term = token.term
        counts[term] = counts.get(term, 0) + 1
    telling = [term for term in counts if _tells(term, len(counts))]
    kept = telling or list(counts)
    if len(kept) > MAX_TERMS:
        kept.sort(key=lambda term: (-counts[term], -len(term)))
    return tuple(kept[:MAX_TERMS])


def _tells(term: str, among: int) -> bool:
    if term in _STOP:
        return False
    return len(term) > 1 or among <= _FEW
