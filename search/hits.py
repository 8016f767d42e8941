"""A page of a ranking into hits: facts from the store, passages, marks, reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from kb.analysis import normalise, normalise_all
from kb.messages.reasons import Origin, Reason, ReasonCode, Term
from kb.records import DocumentHead, StoredPassage
from kb.store import Store
from kb.vocabulary import QUESTIONS_ROLE
from search.candidates import Candidates
from search.conducts import named_conducts
from search.highlighting import Needles, needles_of
from search.id_sets import Ids, Scores, member
from search.named_documents import NamedDocuments
from search.query import Query
from search.results import Hit, PassageHit
from search.snippets import Places, body, merged, places_in, telling_words

PASSAGES_PER_HIT: Final = 3
#: Passages looked at, more than those shown: a document's questions, at most two
#: passages, may be among the best.
_LOOKED_AT: Final = PASSAGES_PER_HIT + 2
#: A passage shorter than this that holds none of the words is near in meaning by its title alone.
_TELLS_LITTLE: Final = 20
#: Words a reason names at most, those found only among the questions last.
_WORDS_NAMED: Final = 6


class Page(Struct, frozen=True, gc=False):
    """One page of a ranking: its documents, and the passages that brought those of all pages."""

    documents: Ids
    scores: Scores
    keyword: Candidates
    vector: Candidates
    first_rank: int = 1


class _Chosen(Struct, frozen=True):
    """The passages of each document, best first: by words, by meaning, and those looked at."""

    by_words: Mapping[int, list[int]]
    by_meaning: Mapping[int, list[int]]
    passages: dict[int, list[int]]


class _Material(Struct, frozen=True):
    """What the store has of a page; folded are titles by document and texts by passage."""

    heads: Mapping[int, DocumentHead]
    passages: Mapping[int, StoredPassage]
    bodies: Mapping[int, str]
    titles: Mapping[int, str]
    texts: Mapping[int, str]


class _Found(Struct, frozen=True):
    """Where words stand in the passages of one document, and which are present at all.

    `asked` are those that stand among its questions alone.
    """

    places: Mapping[int, Places]
    present: Collection[str]
    asked: Collection[str] = ()


def make_hits(
    store: Store, query: Query, named: NamedDocuments, page: Page
) -> tuple[Hit, ...]:
    """Return the hits of one page; a document the store does not show is left out."""
    chosen = _choose_passages(page)
    material = _read_material(store, page, chosen, named)
    maker = _Maker(query, named, chosen, material)
    hits = []
    rows = zip(page.documents.tolist(), page.scores.tolist(), strict=True)
    for rank, (document_id, score) in enumerate(rows, page.first_rank):
        if document_id in material.heads:
            hits.append(maker.hit(document_id, rank, score))
    return tuple(hits)


def _choose_passages(page: Page) -> _Chosen:
    by_words = _passages_of(page.keyword, page.documents)
    by_meaning = _passages_of(page.vector, page.documents)
    passages: dict[int, list[int]] = {}
    for document_id in page.documents.tolist():
        words = by_words.get(document_id, [])
        passages[document_id] = _taking_turns(words, by_meaning.get(document_id, []))
    return _Chosen(by_words, by_meaning, passages)


def _passages_of(candidates: Candidates, documents: Ids) -> dict[int, list[int]]:
    """Return for each document its passages among `candidates`, best first, as many as are looked
    at.
    """
    found: dict[int, list[int]] = {}
    rows = np.flatnonzero(member(candidates.documents, np.sort(documents)))
    owners = candidates.documents[rows].tolist()
    passages = candidates.passages[rows].tolist()
    for document_id, passage_id in zip(owners, passages, strict=True):
        ids = found.setdefault(document_id, [])
        if len(ids) < _LOOKED_AT and passage_id not in ids:
            ids.append(passage_id)
    return found


def _taking_turns(by_words: Sequence[int], by_meaning: Sequence[int]) -> list[int]:
    """Return passages in turns: best by words, best by meaning, then the rest."""
    order = [*by_words[:1], *by_meaning[:1], *by_words[1:], *by_meaning[1:]]
    return list(dict.fromkeys(order))[:_LOOKED_AT]


def _read_material(
    store: Store, page: Page, chosen: _Chosen, named: NamedDocuments
) -> _Material:
    with store.snapshot():
        _put_articles_first(store, chosen, named)
        heads = store.heads(page.documents.tolist())
        wanted = [one for ids in chosen.passages.values() for one in ids]
        passages = store.passages(wanted)
        for document_id, ids in chosen.passages.items():
            opening = None if ids else opening_passage(store, document_id)
            if opening is not None:
                ids.append(opening.id)
                passages[opening.id] = opening
    return _folded(heads, passages)


def _put_articles_first(store: Store, chosen: _Chosen, named: NamedDocuments) -> None:
    """Put the article that a law is named for before its other passages."""
    articles: dict[int, str] = {}
    for document_id in chosen.passages:
        if document_id in named.articles:
            articles[document_id] = named.articles[document_id]
    for document_id, first in store.article_passages(articles).items():
        ids = dict.fromkeys([first, *chosen.passages[document_id]])
        chosen.passages[document_id] = list(ids)[:_LOOKED_AT]


def _folded(
    heads: Mapping[int, DocumentHead], passages: Mapping[int, StoredPassage]
) -> _Material:
    bodies = {one: body(passage) for one, passage in passages.items()}
    titles = [head.title for head in heads.values()]
    folded = normalise_all([*bodies.values(), *titles])
    texts = dict(zip(bodies, folded[: len(bodies)], strict=True))
    folded_titles = dict(zip(heads, folded[len(bodies) :], strict=True))
    return _Material(heads, passages, bodies, folded_titles, texts)


def opening_passage(store: Store, document_id: int) -> StoredPassage | None:
    """Return the first passage of a document that was found by its number alone."""
    document = store.document(document_id)
    if document is None or not document.passages:
        return None
    return document.passages[0]


def passage_hit(
    passage: StoredPassage, text: str, places: Places, semantic: bool
) -> PassageHit:
    """Return a passage as it is shown, its marks where any of the words stand."""
    marks = merged(span for spans in places.values() for span in spans)
    return PassageHit(
        passage.id,
        passage.role,
        passage.heading,
        text,
        marks,
        passage.paragraph,
        passage.page,
        semantic,
    )


class _Maker:
    """Makes the hits of one page, one after the other."""

    def __init__(
        self,
        query: Query,
        named: NamedDocuments,
        chosen: _Chosen,
        material: _Material,
    ) -> None:
        self._named = named
        self._chosen = chosen
        self._material = material
        self._needles: Needles = needles_of(query)
        self._conducts = named_conducts(query.text)
        self._expanding = set(map(normalise, query.expanding_words))

    def hit(self, document_id: int, rank: int, score: float) -> Hit:
        """Return the hit of a document."""
        head = self._material.heads[document_id]
        ids = []
        for passage_id in self._chosen.passages[document_id]:
            if passage_id in self._material.passages:
                ids.append(passage_id)
        own = self._without_questions(ids)
        found = self._find(document_id, own, ids)
        # 「所据材料未涉及」 comes last
        own.sort(key=lambda one: self._tells_little(one, found))
        shown = own[:PASSAGES_PER_HIT]
        if not found.present and not found.asked:  # found by a word nobody said
            found = self._find_fallback(own)
        reasons = self._reasons(head, found, shown)
        passages = self._passage_hits(document_id, found, shown)
        return Hit(rank, float(score), head, reasons, passages)

    def _without_questions(self, ids: Sequence[int]) -> list[int]:
        """Return the passages that are no questions, which are to be found by; all where there are
        no others.
        """
        own = []
        for passage_id in ids:
            if self._material.passages[passage_id].role != QUESTIONS_ROLE:
                own.append(passage_id)
        return own or list(ids)

    def _find(self, document_id: int, own: Iterable[int], ids: Iterable[int]) -> _Found:
        needles = self._needles.words
        places = {one: places_in(self._material.texts[one], needles) for one in ids}
        present = set(places_in(self._material.titles[document_id], needles))
        for passage_id in own:
            present.update(places[passage_id])
        anywhere = set[str]().union(*places.values())
        return _Found(places, present, anywhere - present)

    def _find_fallback(self, own: Iterable[int]) -> _Found:
        needles, texts = self._needles.fallback, self._material.texts
        places = {one: places_in(texts[one], needles) for one in own}
        return _Found(places, set[str]().union(*places.values()))

    def _tells_little(self, passage_id: int, found: _Found) -> bool:
        is_short = len(self._material.bodies[passage_id]) < _TELLS_LITTLE
        return is_short and not found.places[passage_id]

    def _passage_hits(
        self, document_id: int, found: _Found, shown: Iterable[int]
    ) -> tuple[PassageHit, ...]:
        by_words = self._chosen.by_words.get(document_id, [])
        made = []
        for passage_id in shown:
            passage = self._material.passages[passage_id]
            text, places = self._material.bodies[passage_id], found.places[passage_id]
            semantic = passage_id not in by_words
            made.append(passage_hit(passage, text, places, semantic))
        return tuple(made)

    # -- reasons ---------------------------------------------------------------------------

    def _reasons(
        self, head: DocumentHead, found: _Found, shown: Sequence[int]
    ) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        named = self._named.reasons.get(head.id)
        if named is not None:
            reasons.append(named)
        if named is None or named.code != ReasonCode.NAME:
            reasons += self._reason_of_words(found, shown)
        near = self._chosen.by_meaning.get(head.id)
        if near:
            is_shown = near[0] in shown
            nearest = near[0] if is_shown else None
            reasons.append(Reason(ReasonCode.MEANING, passage_id=nearest))
        reasons += reason_of_conducts(self._conducts, head)
        return tuple(reasons)

    def _reason_of_words(self, found: _Found, shown: Sequence[int]) -> list[Reason]:
        """Return a reason with the words that a document holds; none where it holds none."""
        terms = self._terms(found)
        if not terms:
            return []
        holding = [one for one in shown if found.places[one]]
        passage_id = holding[0] if holding else None
        return [Reason(ReasonCode.WORDS, terms, passage_id=passage_id)]

    def _terms(self, found: _Found) -> tuple[Term, ...]:
        needles = self._needles
        all_words = (*needles.words, *needles.fallback)
        terms = []
        for word in telling_words(found.present, all_words, _WORDS_NAMED):
            is_expansion = word in self._expanding
            terms.append(Term(word, Origin.EXPANSION if is_expansion else Origin.TYPED))
        room = _WORDS_NAMED - len(terms)
        for word in telling_words(found.asked, needles.words, room):
            terms.append(Term(word, Origin.QUESTIONS))
        return tuple(terms)


def reason_of_conducts(conducts: Iterable[str], head: DocumentHead) -> list[Reason]:
    """Return a reason with the conducts, or relationships, that a document shares; none where it
    shares none.
    """
    own = (*head.metadata.conducts, *head.metadata.relationships)
    shared = tuple(Term(conduct) for conduct in conducts if conduct in own)
    return [Reason(ReasonCode.CONDUCT, shared)] if shared else []
