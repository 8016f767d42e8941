"""What may be suggested to one reader: words, laws, names, numbers and titles, once a commit.

Names, numbers, titles and facet values come from visible documents alone, so that nothing
a reader may not see can be completed or guessed at; beside them stand the public word
lists: the legal dictionary and the thesaurus.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from kb.analysis import dictionary_words
from kb.fields import FACETS
from kb.law.articles import ArticleKey
from kb.records import Name
from kb.store import Store
from kb.thesaurus import thesaurus
from search.termlist import FROM_DICTIONARY, FROM_THESAURUS, Entry, TermList

#: Facets whose values are words that one may look for.
_WORD_FIELDS: Final = tuple(field.name for field in FACETS if field.suggested)
_CACHED: Final = 2


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists of one reader."""

    word: TermList
    law: TermList
    name: TermList
    number: TermList
    title: TermList


class _Version(Struct, frozen=True, gc=False):
    """Which lexicon: of one store, at one commit, for one clearance."""

    home: str
    commit: str
    clearance: int

    def is_of_same_commit(self, other: _Version) -> bool:
        return (self.home, self.commit) == (other.home, other.commit)


class Lexicons:
    """Lexicons by clearance, made when one is first asked for and again when the store has
    grown.
    """

    def __init__(self) -> None:
        """Start with none made."""
        self._made: dict[_Version, Lexicon] = {}
        self._making: Final = threading.Lock()

    def of(self, store: Store) -> Lexicon:
        """Return the lexicon for the store's last commit and clearance."""
        clearance = int(store.clearance)
        version = _Version(
            home=str(store.home),
            commit=store.commit().id,
            clearance=clearance,
        )
        with self._making:
            found = self._made.get(version)
            if found is None:
                found = _make(store)
                self._keep(version, found)
            return found

    def _keep(
        self,
        version: _Version,
        made: Lexicon,
    ) -> None:
        """Keep a lexicon, and of the same commit the latest others."""
        kept = []
        for other, lexicon in self._made.items():
            if other.is_of_same_commit(version):
                kept.append((other, lexicon))
        latest = kept[1 - _CACHED :]
        self._made = dict(latest) | {version: made}


def _make(store: Store) -> Lexicon:
    with store.snapshot():
        names = _sorted_out(store.names())
        laws = [_law(*row) for row in store.provisions()]
        words = _words(store)
    return Lexicon(
        word=TermList(words),
        law=TermList(laws),
        name=TermList(_merged(names.names)),
        number=TermList(_merged(names.numbers), numbers=True),
        title=TermList(names.titles),
    )


def _words(store: Store) -> Iterable[Entry]:
    """Return each word once, as a value of a facet before all else."""
    words: dict[str, Entry] = {}
    for term in thesaurus().words:
        words[term] = Entry(term, FROM_THESAURUS)
    for word in dictionary_words():
        if len(word) > 1:
            words[word] = Entry(word, FROM_DICTIONARY)
    for field, value, count in store.facet_words(_WORD_FIELDS):
        words[value] = Entry(
            text=value,
            note=field,
            borne=count,
        )
    return words.values()


class _Names(Struct, frozen=True):
    """What visible documents are called and bear."""

    titles: list[Entry]
    names: list[Entry]
    numbers: list[Entry]


def _sorted_out(found: Iterable[Name]) -> _Names:
    names = _Names(
        titles=[],
        names=[],
        numbers=[],
    )
    for name in found:
        if name.kind == "title":
            names.titles.append(
                Entry(
                    text=name.text,
                    note=name.note,
                    document=name.document_id,
                    borne=1,
                )
            )
        elif name.kind in ("alias", "party"):
            names.names.append(
                Entry(
                    text=name.text,
                    note=name.kind,
                    document=name.document_id,
                    borne=1,
                )
            )
        else:
            is_guiding = name.kind == "guiding_case"
            text = f"指导性案例{name.text}号" if is_guiding else name.text
            names.numbers.append(
                Entry(
                    text=text,
                    note=name.kind,
                    document=name.document_id,
                    borne=1,
                )
            )
    return names


def _merged(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each text once: with its document where it is the only one, else with their number."""
    first: dict[str, Entry] = {}
    bearing: dict[str, set[int]] = {}
    for entry in entries:
        first.setdefault(entry.text, entry)
        documents = bearing.setdefault(entry.text, set())
        documents.add(entry.document)
    for text, entry in first.items():
        documents = bearing[text]
        document = entry.document if len(documents) == 1 else 0
        yield Entry(
            text=text,
            note=entry.note,
            document=document,
            borne=len(documents),
        )


def _law(
    law: str,
    version: str,
    article: str,
    provides: str,
) -> Entry:
    key = ArticleKey(law, version, article)
    return Entry(
        text=key.name,
        note=provides,
        borne=1,
        article=key,
    )
