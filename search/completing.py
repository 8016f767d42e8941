"""What a person may be about to type: words, numbers, names, titles and articles that begin so or
hold it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kb.analysis import normalise
from kb.fields import BY_NAME
from kb.identifiers import compact
from kb.records import DocumentHead
from kb.store import Store
from kb.vocabulary import KINDS
from search.lexicon import Entry, Lexicon, TermList, law_fold, number_fold
from search.pinyin import load_pinyin

MAX_COMPLETED: Final = 60
#: What an entry's note is called: names and numbers are called after the field that holds them.
_LABELS: Final = {name: field.label for name, field in BY_NAME.items()} | {
    "word": "词",
    "term": "词",
}
_LATIN: Final = re.compile(r"[a-zA-ZüÜ' ]+")


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on: `kind` is word, law, number, name or title; `label` says what it is.

    `document` is set where choosing it means one document, `law` (law, version, article)
    where it means an article or a version of a law.
    """

    text: str
    kind: str
    label: str
    document: int | None = None
    law: tuple[str, str, str] | None = None


def complete(
    store: Store, lexicon: Lexicon, text: str, limit: int
) -> tuple[Completion, ...]:
    """Return up to `limit` completions of what is typed, those that begin so before those that hold
    it.
    """
    typed = text.strip()
    if not typed or len(typed) > MAX_COMPLETED:
        return ()
    found = _chosen(_found(lexicon, typed, limit), limit)
    heads = store.heads({entry.document for _, entry in found if entry.document})
    made = [
        _completion(kind, entry, heads.get(entry.document)) for kind, entry in found
    ]
    distinct = {
        (c.text, c.document): c
        for c in made
        if c is not None and (c.document or c.law or c.text != typed)
    }
    return tuple(distinct.values())


def _found(
    lexicon: Lexicon, typed: str, limit: int
) -> list[tuple[str, list[Entry], list[Entry]]]:
    """Return for each terms what begins with the typed text and what holds it elsewhere."""
    key = compact(typed)
    lists = [
        ("word", lexicon.word, key),
        ("law", lexicon.law, law_fold(typed)),
        ("number", lexicon.number, number_fold(typed)),
        ("name", lexicon.name, key),
        ("title", lexicon.title, key),
    ]
    if any(c.isdigit() for c in key):
        lists.insert(0, lists.pop(2))
    found = []
    for kind, terms, wanted in lists:
        first = _beginning(kind, terms, wanted, limit)
        more = terms.holding(wanted, limit) if wanted else []
        if _LATIN.fullmatch(typed):
            said, said_inside = _sounding(terms, typed, limit)
            first, more = [*first, *said], [*more, *said_inside]
        more = [place for place in dict.fromkeys(more) if place not in first]
        found.append(
            (kind, [terms[p] for p in dict.fromkeys(first)], [terms[p] for p in more])
        )
    return found


def _beginning(kind: str, terms: TermList, wanted: str, limit: int) -> list[int]:
    if not wanted:
        return []
    law, chapter, article = wanted.partition("第")
    if kind == "law" and chapter and law:  # 反不正当竞争法第十条: of whichever version
        return terms.matching(
            rf"\n{re.escape(law)}[^\n第]*第{re.escape(article)}", limit
        )
    return terms.beginning(wanted, limit)


def _sounding(terms: TermList, typed: str, limit: int) -> tuple[list[int], list[int]]:
    pattern = load_pinyin().pattern(normalise(typed), open_end=True)
    if pattern is None:
        return [], []
    return (
        terms.matching("\n" + pattern, limit, by_sound=True),
        terms.matching(pattern, limit, by_sound=True)
        if len(compact(typed)) > 2
        else [],
    )


def _chosen(
    found: Sequence[tuple[str, list[Entry], list[Entry]]], limit: int
) -> list[tuple[str, Entry]]:
    """Take from every terms its share, then what room is left, in order: beginnings first."""
    ranked = [
        (number, place, kind, entry)
        for place, (kind, first, more) in enumerate(found)
        for number, entry in [*((0, e) for e in first), *((1, e) for e in more)]
    ]
    ranked.sort(key=lambda one: one[:2])
    share = max(
        2, limit // max(1, sum(bool(first or more) for _, first, more in found))
    )
    taken: dict[str, int] = {}
    within: list[tuple[int, int, str, Entry]] = []
    beyond: list[tuple[int, int, str, Entry]] = []
    for one in ranked:
        taken[one[2]] = taken.get(one[2], 0) + 1
        (within if taken[one[2]] <= share else beyond).append(one)
    kept = sorted([*within, *beyond][:limit], key=lambda one: one[:2])
    return [(kind, entry) for _, _, kind, entry in kept]


def _completion(
    kind: str, entry: Entry, head: DocumentHead | None
) -> Completion | None:
    if entry.document and head is None:
        return None  # gone since the lexicon was made
    if kind == "law":
        law, version, article, provides = entry.note.split("|", 3)
        return Completion(entry.text, kind, provides, law=(law, version, article))
    if kind == "title" and head is not None:
        return Completion(
            entry.text, kind, _dated(KINDS.get(head.kind, ""), head.decided_on), head.id
        )
    label = _LABELS[entry.note]
    if head is not None and entry.note != "party":
        return Completion(entry.text, kind, f"{label} · {head.title}", head.id)
    return Completion(
        entry.text, kind, label if entry.borne < 2 else f"{label} · {entry.borne} 件"
    )


def _dated(label: str, date: str | None) -> str:
    return f"{label} · {date}" if date else label
