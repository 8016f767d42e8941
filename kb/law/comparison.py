"""Two versions of a law, provision by provision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kb.law.articles import base_article
from kb.law.concordance import Concordance
from kb.law.wording import Run, cut_words, same_share, word_diff
from kb.records import Document

#: Below this share of common text, marks would colour everything and tell nothing.
_MIN_SAME: Final = 0.5

#: A text -> the spans [start, end) of its words.
SpansOf = Callable[[str], Iterable[tuple[int, int]]]


class Wording(Struct, frozen=True, gc=False):
    """What one version says of a provision: in which articles, and in which words."""

    version: str
    articles: tuple[str, ...]
    runs: tuple[Run, ...]


class ComparedProvision(Struct, frozen=True, gc=False):
    """One provision in two versions, None where one has it not; wordings too different to compare
    are not marked.
    """

    provision: str
    before: Wording | None
    after: Wording | None
    is_marked: bool


class TwoVersions(Struct, frozen=True, gc=False):
    """What is compared: two versions, earlier and later, and by version the text of each
    article.
    """

    before: str
    after: str
    texts: Mapping[str, Mapping[str, str]]


def article_texts(document: Document) -> dict[str, str]:
    """Return the text of each article of a document, headings left out; parts of one article are
    joined.
    """
    found: dict[str, str] = {}
    for section in document.sections:
        if section.role == "article":
            text = document.text[section.start : section.end]
            body = text.removeprefix(section.heading).strip()
            article = base_article(section.heading)
            if article in found:
                body = f"{found[article]}\n{body}"
            found[article] = body
    return found


def compare_versions(
    concordance: Concordance,
    provisions: Sequence[str],
    two: TwoVersions,
    spans_of: SpansOf,
) -> list[ComparedProvision]:
    """Compare two versions of a law in the order of `provisions`; those that both have come
    first.
    """
    found = [
        _compare(concordance, provision, two, spans_of) for provision in provisions
    ]
    present = [one for one in found if one.before or one.after]
    return sorted(present, key=lambda one: one.before is None or one.after is None)


def _compare(
    concordance: Concordance,
    provision: str,
    two: TwoVersions,
    spans_of: SpansOf,
) -> ComparedProvision:
    old_articles, old = _articles_with_text(concordance, provision, two, two.before)
    new_articles, new = _articles_with_text(concordance, provision, two, two.after)
    (old_runs, new_runs), is_marked = _runs(old, new, spans_of)
    return ComparedProvision(
        provision=provision,
        before=_wording(two.before, old_articles, old_runs),
        after=_wording(two.after, new_articles, new_runs),
        is_marked=is_marked,
    )


def _wording(
    version: str,
    articles: tuple[str, ...],
    runs: tuple[Run, ...],
) -> Wording | None:
    """Return what a version says in these articles; None where it has none."""
    return Wording(version, articles, runs) if articles else None


def _articles_with_text(
    concordance: Concordance,
    provision: str,
    two: TwoVersions,
    version: str,
) -> tuple[tuple[str, ...], str]:
    articles = tuple(concordance.articles(version, provision))
    texts = (two.texts[version].get(base_article(article), "") for article in articles)
    return articles, "\n".join(texts).strip()


def _runs(
    before: str,
    after: str,
    spans_of: SpansOf,
) -> tuple[tuple[tuple[Run, ...], tuple[Run, ...]], bool]:
    """Return both texts in runs, and whether what differs is marked in them."""
    plain = _plain(before), _plain(after)
    if not (before and after):
        return plain, True
    old, new = word_diff(
        list(cut_words(before, spans_of(before))),
        list(cut_words(after, spans_of(after))),
    )
    is_alike = same_share(old) + same_share(new) >= 2 * _MIN_SAME
    return ((old, new), True) if is_alike else (plain, False)


def _plain(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()
