"""A page of a ranking into hits: facts from the store, passages, marks, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from kb.analysis import normalise, normalise_all
from kb.messages.reasons import Reason, ReasonCode
from kb.records import DocumentHead, StoredPassage
from kb.store import Store
from kb.vocabulary import QUESTIONS_ROLE
from search.candidates import Candidates
from search.conducts import named_conducts
from search.highlighting import Needles, needles_of
from search.id_sets import Ids, Scores, member
from search.named_documents import NamedDocuments
from search.query import Query
from search.reasons import (
    Found,
    reason_of_conducts,
    reason_of_meaning,
    reason_of_words,
    terms_of,
)
from search.results import Hit, PassageHit
from search.snippets import Places, body, merged, places_in

PASSAGES_PER_HIT: Final = 3
#: Passages looked at, more than those shown: a document's questions, at most two
#: passages, may be among the best.
_LOOKED_AT: Final = PASSAGES_PER_HIT + 2
#: A passage shorter than this that holds none of the words is near in meaning by its title alone.
_TELLS_LITTLE: Final = 20


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


def make_hits(
    store: Store,
    query: Query,
    named: NamedDocuments,
    page: Page,
) -> tuple[Hit, ...]:
    """Return the hits of one page; a document the store does not show is left out."""
    if not len(page.documents):
        return ()
    chosen = _choose_passages(page)
    material = _read_material(store, page, chosen, named)
    maker = _Maker(query, named, chosen, material)
    hits = []
    documents, scores = page.documents.tolist(), page.scores.tolist()
    rows = zip(documents, scores, strict=True)
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
        meaning = by_meaning.get(document_id, [])
        passages[document_id] = _taking_turns(words, meaning)
    return _Chosen(
        by_words=by_words,
        by_meaning=by_meaning,
        passages=passages,
    )


def _passages_of(
    candidates: Candidates,
    documents: Ids,
) -> dict[int, list[int]]:
    """Return for each document its passages among `candidates`, best first, as many as are looked
    at.
    """
    found: dict[int, list[int]] = {}
    is_wanted = member(candidates.documents, np.sort(documents))
    rows = np.flatnonzero(is_wanted)
    owners = candidates.documents[rows].tolist()
    passages = candidates.passages[rows].tolist()
    for document_id, passage_id in zip(owners, passages, strict=True):
        ids = found.setdefault(document_id, [])
        if len(ids) < _LOOKED_AT and passage_id not in ids:
            ids.append(passage_id)
    return found


def _taking_turns(
    by_words: Sequence[int],
    by_meaning: Sequence[int],
) -> list[int]:
    """Return passages in turns: best by words, best by meaning, then the rest."""
    order = [
        *by_words[:1],
        *by_meaning[:1],
        *by_words[1:],
        *by_meaning[1:],
    ]
    distinct = dict.fromkeys(order)
    return list(distinct)[:_LOOKED_AT]


def _read_material(
    store: Store,
    page: Page,
    chosen: _Chosen,
    named: NamedDocuments,
) -> _Material:
    with store.snapshot():
        _put_articles_first(store, chosen, named)
        heads = store.heads(page.documents.tolist())
        wanted = [one for ids in chosen.passages.values() for one in ids]
        passages = store.passages(wanted)
        bare = [one for one, ids in chosen.passages.items() if not ids]
        for document_id, opening in opening_passages(store, bare).items():
            chosen.passages[document_id].append(opening.id)
            passages[opening.id] = opening
    return _folded(heads, passages)


def _put_articles_first(
    store: Store,
    chosen: _Chosen,
    named: NamedDocuments,
) -> None:
    """Put the article that a law is named for before its other passages."""
    articles: dict[int, str] = {}
    for document_id in chosen.passages:
        if document_id in named.articles:
            articles[document_id] = named.articles[document_id]
    if not articles:
        return
    for document_id, first in store.article_passages(articles).items():
        ids = dict.fromkeys([first, *chosen.passages[document_id]])
        chosen.passages[document_id] = list(ids)[:_LOOKED_AT]


def _folded(
    heads: Mapping[int, DocumentHead],
    passages: Mapping[int, StoredPassage],
) -> _Material:
    bodies = {one: body(passage) for one, passage in passages.items()}
    titles = [head.title for head in heads.values()]
    folded = normalise_all([*bodies.values(), *titles])
    count = len(bodies)
    texts = zip(bodies, folded[:count], strict=True)
    folded_titles = zip(heads, folded[count:], strict=True)
    return _Material(
        heads=heads,
        passages=passages,
        bodies=bodies,
        titles=dict(folded_titles),
        texts=dict(texts),
    )


def opening_passages(
    store: Store,
    documents: Sequence[int],
) -> dict[int, StoredPassage]:
    """Return the first passage of each document that was found by its number alone."""
    openings: dict[int, StoredPassage] = {}
    if not documents:
        return openings
    for document_id, document in store.documents(documents).items():
        if document.passages:
            openings[document_id] = document.passages[0]
    return openings


def passage_hit(
    passage: StoredPassage,
    text: str,
    places: Places,
    semantic: bool,
) -> PassageHit:
    """Return a passage as it is shown, its marks where any of the words stand."""
    marks = merged(span for spans in places.values() for span in spans)
    return PassageHit(
        passage_id=passage.id,
        role=passage.role,
        heading=passage.heading,
        text=text,
        marks=marks,
        paragraph=passage.paragraph,
        page=passage.page,
        semantic=semantic,
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

    def hit(
        self,
        document_id: int,
        rank: int,
        score: float,
    ) -> Hit:
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
        return Hit(
            rank=rank,
            score=float(score),
            document=head,
            reasons=reasons,
            passages=passages,
        )

    def _without_questions(self, ids: Sequence[int]) -> list[int]:
        """Return the passages that are no questions, which are to be found by; all where there are
        no others.
        """
        own = []
        for passage_id in ids:
            if self._material.passages[passage_id].role != QUESTIONS_ROLE:
                own.append(passage_id)
        return own or list(ids)

    def _find(
        self,
        document_id: int,
        own: Iterable[int],
        ids: Iterable[int],
    ) -> Found:
        needles = self._needles.words
        places = self._places(ids, needles)
        title = self._material.titles[document_id]
        present = set(places_in(title, needles))
        for passage_id in own:
            present.update(places[passage_id])
        anywhere = set[str]().union(*places.values())
        return Found(
            places=places,
            present=present,
            asked=anywhere - present,
        )

    def _find_fallback(self, own: Iterable[int]) -> Found:
        places = self._places(own, self._needles.fallback)
        present = set[str]().union(*places.values())
        return Found(places, present)

    def _places(
        self,
        passages: Iterable[int],
        needles: tuple[str, ...],
    ) -> dict[int, Places]:
        """Return where words stand in each of some passages."""
        places: dict[int, Places] = {}
        for passage_id in passages:
            text = self._material.texts[passage_id]
            places[passage_id] = places_in(text, needles)
        return places

    def _tells_little(
        self,
        passage_id: int,
        found: Found,
    ) -> bool:
        is_short = len(self._material.bodies[passage_id]) < _TELLS_LITTLE
        return is_short and not found.places[passage_id]

    def _passage_hits(
        self,
        document_id: int,
        found: Found,
        shown: Iterable[int],
    ) -> tuple[PassageHit, ...]:
        by_words = self._chosen.by_words.get(document_id, [])
        made = []
        for passage_id in shown:
            passage = self._material.passages[passage_id]
            hit = passage_hit(
                passage=passage,
                text=self._material.bodies[passage_id],
                places=found.places[passage_id],
                semantic=passage_id not in by_words,
            )
            made.append(hit)
        return tuple(made)

    def _reasons(
        self,
        head: DocumentHead,
        found: Found,
        shown: Sequence[int],
    ) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        named = self._named.reasons.get(head.id)
        if named is not None:
            reasons.append(named)
        if named is None or named.code != ReasonCode.NAME:
            terms = terms_of(found, self._needles, self._expanding)
            reasons += reason_of_words(found, terms, shown)
        near = self._chosen.by_meaning.get(head.id, [])
        reasons += reason_of_meaning(near, shown)
        reasons += reason_of_conducts(self._conducts, head)
        return tuple(reasons)
