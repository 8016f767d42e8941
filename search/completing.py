"""What a person may be about to type: words, numbers, names, titles and articles that begin so or
hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from kb.analysis import normalise
from kb.fields import BY_NAME
from kb.identifiers import compact
from kb.law.articles import ArticleKey
from kb.records import DocumentHead
from kb.store import Store
from kb.vocabulary import KINDS
from search.lexicon import Lexicon
from search.pinyin import load_pinyin
from search.termlist import (
    FROM_DICTIONARY,
    FROM_THESAURUS,
    Entry,
    Places,
    TermList,
    law_fold,
    number_fold,
)

__all__ = ["Completion"]

MAX_COMPLETED: Final = 60
#: What an entry's note is called: names and numbers are called after the field that holds them.
_LABELS: Final = {name: field.label for name, field in BY_NAME.items()} | {
    FROM_DICTIONARY: "词",
    FROM_THESAURUS: "词",
}
_LATIN: Final = re.compile(r"[a-zA-ZüÜ' ]+")
#: Fewer letters stand inside too many sounds.
_LEAST_INSIDE: Final = 3
#: Entries that every list may give, however few are wanted.
_LEAST_SHARE: Final = 2


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on: `kind` is word, law, number, name or title; `label` says what it is.

    `document` is set where choosing it means one document, `article` where it means an
    article, or a version of a law whole.
    """

    text: str
    kind: str
    label: str
    document: int | None = None
    article: ArticleKey | None = None


class _Found(Struct, frozen=True):
    """Entries of one list: those that begin with what is typed, and those that hold it."""

    kind: str
    beginning: Sequence[Entry]
    holding: Sequence[Entry]


class _Ranked(Struct, frozen=True):
    """One entry with the place of its list and whether it only holds what is typed."""

    kind: str
    entry: Entry
    place: int
    only_holds: bool

    @property
    def order(self) -> tuple[bool, int]:
        """Return what entries are put in order by."""
        return self.only_holds, self.place


def complete(
    store: Store,
    lexicon: Lexicon,
    text: str,
    limit: int,
) -> tuple[Completion, ...]:
    """Return up to `limit` completions of what is typed, those that begin so before those that hold
    it.
    """
    typed = text.strip()
    if not typed or len(typed) > MAX_COMPLETED:
        return ()
    chosen = _choose(_find(lexicon, typed, limit), limit)
    documents = {one.entry.document for one in chosen if one.entry.document}
    heads = store.heads(documents)
    distinct: dict[tuple[str, int | None], Completion] = {}
    for one in chosen:
        head = heads.get(one.entry.document)
        made = _completion(one.kind, one.entry, head)
        if made is not None and _goes_on(made, typed):
            distinct[made.text, made.document] = made
    return tuple(distinct.values())


def _goes_on(
    completion: Completion,
    typed: str,
) -> bool:
    """Tell whether choosing a completion means more than what is typed already."""
    if completion.document or completion.article:
        return True
    return completion.text != typed


def _find(
    lexicon: Lexicon,
    typed: str,
    limit: int,
) -> list[_Found]:
    """Return for each list what begins with the typed text and what holds it elsewhere."""
    key = compact(typed)
    lists = [
        ("word", lexicon.word, key),
        ("law", lexicon.law, law_fold(typed)),
        ("number", lexicon.number, number_fold(typed)),
        ("name", lexicon.name, key),
        ("title", lexicon.title, key),
    ]
    if any(map(str.isdigit, key)):
        lists.insert(0, lists.pop(2))
    sound = _sound_of(typed)
    found = []
    for kind, terms, wanted in lists:
        first = _beginning(kind, terms, wanted, limit)
        more = terms.holding(wanted, limit) if wanted else []
        if sound:
            first += terms.matching("\n" + sound, limit, by_sound=True)
            if len(key) >= _LEAST_INSIDE:
                more += terms.matching(sound, limit, by_sound=True)
        others = dict.fromkeys(place for place in more if place not in first)
        beginning = _entries(terms, dict.fromkeys(first))
        found.append(
            _Found(
                kind=kind,
                beginning=beginning,
                holding=_entries(terms, others),
            )
        )
    return found


def _sound_of(typed: str) -> str | None:
    """Return what matches the sound of typed pinyin, its last syllable unfinished; None where it is
    none.
    """
    if not _LATIN.fullmatch(typed):
        return None
    return load_pinyin().pattern(normalise(typed), open_end=True)


def _entries(
    terms: TermList,
    places: Iterable[int],
) -> list[Entry]:
    return [terms[place] for place in places]


def _beginning(
    kind: str,
    terms: TermList,
    wanted: str,
    limit: int,
) -> Places:
    if not wanted:
        return []
    law, chapter, article = wanted.partition("第")
    if kind == "law" and chapter and law:  # 反不正当竞争法第十条: of whichever version
        in_any_version = rf"\n{re.escape(law)}[^\n第]*第{re.escape(article)}"
        return terms.matching(in_any_version, limit)
    return terms.beginning(wanted, limit)


def _choose(
    found: Sequence[_Found],
    limit: int,
) -> list[_Ranked]:
    """Take from every list its share, then what room is left, in order: beginnings first."""
    ranked: list[_Ranked] = []
    for place, of_list in enumerate(found):
        for entry in of_list.beginning:
            ranked.append(
                _Ranked(
                    kind=of_list.kind,
                    entry=entry,
                    place=place,
                    only_holds=False,
                )
            )
        for entry in of_list.holding:
            ranked.append(
                _Ranked(
                    kind=of_list.kind,
                    entry=entry,
                    place=place,
                    only_holds=True,
                )
            )
    ranked.sort(key=lambda one: one.order)
    giving = len({one.kind for one in ranked})
    share = max(_LEAST_SHARE, limit // max(1, giving))
    taken: dict[str, int] = {}
    within: list[_Ranked] = []
    beyond: list[_Ranked] = []
    for one in ranked:
        count = taken.get(one.kind, 0) + 1
        taken[one.kind] = count
        (within if count <= share else beyond).append(one)
    kept = [*within, *beyond][:limit]
    return sorted(kept, key=lambda one: one.order)


def _completion(
    kind: str,
    entry: Entry,
    head: DocumentHead | None,
) -> Completion | None:
    if entry.document and head is None:
        return None  # gone since the lexicon was made
    if kind == "law":
        return Completion(
            text=entry.text,
            kind=kind,
            label=entry.note,
            article=entry.article,
        )
    if kind == "title" and head is not None:
        label = _joined(KINDS.get(head.kind, ""), head.decided_on)
        return Completion(
            text=entry.text,
            kind=kind,
            label=label,
            document=head.id,
        )
    label = _LABELS[entry.note]
    if head is not None and entry.note != "party":
        label = _joined(label, head.title)
        return Completion(
            text=entry.text,
            kind=kind,
            label=label,
            document=head.id,
        )
    borne = f"{entry.borne} 件" if entry.borne > 1 else None
    return Completion(
        text=entry.text,
        kind=kind,
        label=_joined(label, borne),
    )


def _joined(label: str, more: str | None) -> str:
    return f"{label} · {more}" if more else label
