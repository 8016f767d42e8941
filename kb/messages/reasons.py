"""Why a document is among the hits."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from kb.law.articles import ArticleKey
from kb.vocabulary import PRESUMED


class ReasonCode(StrEnum):
    """What a hit rests on."""

    NUMBER = "number"
    EARLIER_NUMBER = "earlier_number"
    NAME = "name"
    ARTICLE = "article"
    WORDS = "words"
    MEANING = "meaning"
    CONDUCT = "conduct"


class Origin(StrEnum):
    """Where a term of a reason comes from: typed, an equivalent of what was typed, or found only
    among the questions that a document answers.
    """

    TYPED = "typed"
    EXPANSION = "expansion"
    QUESTIONS = "questions"


class Term(Struct, frozen=True, gc=False):
    """One word that a hit holds, or the number or value it bears."""

    text: str
    origin: Origin = Origin.TYPED


class SharedArticle(Struct, frozen=True, gc=False):
    """An article that a document cites, or is; `counterpart` is the one cited in its place.

    `presumed` says why a version that is not written is taken to be meant;
    `is_any_version` is set where only law and article are known to be the same.
    """

    key: ArticleKey
    counterpart: ArticleKey | None = None
    presumed: str | None = None
    is_any_version: bool = False

    @property
    def name(self) -> str:
        """Return the article as people read it, with its counterpart and what is presumed."""
        key, other = self.key, self.counterpart
        if self.is_any_version:
            return f"{key.law}{key.article}(版本见文书)"
        name = key.full_name
        if other is not None:
            equal = f"{key.version}{key.article}＝{other.version}{other.article}"
            name = f"{key.law}（{equal}）"
        return f"{name}（{PRESUMED[self.presumed]}）" if self.presumed else name


class Reason(Struct, frozen=True, gc=False):
    """One thing a hit rests on; `passage_id` is set where one passage of it shows that."""

    code: ReasonCode
    terms: tuple[Term, ...] = ()
    articles: tuple[SharedArticle, ...] = ()
    passage_id: int | None = None


_LABELS: Final = {
    ReasonCode.NUMBER: "案号一致",
    ReasonCode.EARLIER_NUMBER: "前审案号一致",
    ReasonCode.NAME: "命中词",
    ReasonCode.ARTICLE: "同一法条",
    ReasonCode.WORDS: "命中词",
    ReasonCode.MEANING: "语义相近",
    ReasonCode.CONDUCT: "同一行为类型",
}
_EXPANDED: Final = "（扩展）"
_AMONG_QUESTIONS: Final = "常见问法中的"


def words(reason: Reason) -> str:
    """Return a reason as people read it: 命中词：客户名单、商业秘密（扩展）."""
    told = [_told(term) for term in reason.terms if term.origin != Origin.QUESTIONS]
    told += [article.name for article in reason.articles]
    asked = [term.text for term in reason.terms if term.origin == Origin.QUESTIONS]
    if asked:
        told.append(_AMONG_QUESTIONS + "、".join(asked))
    label = _LABELS[reason.code]
    return f"{label}：{'、'.join(told)}" if told else label


def _told(term: Term) -> str:
    return term.text + _EXPANDED if term.origin == Origin.EXPANSION else term.text
