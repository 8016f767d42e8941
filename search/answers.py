"""Rankings into hits: facts from the store, passages, marks, reasons in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from kb.analysis import normalise, normalise_all
from kb.ligatures import unfold
from kb.mentions import ARTICLE
from kb.records import DocumentHead, Filters, StoredPassage
from kb.store import Store
from kb.vocabulary import CONDUCTS, QUESTIONS_ROLE, RELATIONSHIPS
from search.candidates import Candidates
from search.catalogue import Catalogue
from search.id_sets import member
from search.named_documents import NamedDocuments
from search.query import Query
from search.results import (
    FACET_FIELDS,
    Hit,
    PassageHit,
    QueryView,
    SearchResult,
    list_order,
)
from search.snippets import astride, body, merged, places_in, telling_words

PASSAGES_PER_HIT: Final = 3
#: Passages looked at beyond those shown: a document's questions, at most two passages,
#: may be among the best.
_SPARE: Final = 2
#: A passage shorter than this that holds none of the words is near in meaning by its title alone.
_TELLS_LITTLE: Final = 20
#: Words a reason names at most, those found only among the questions last.
_WORDS_NAMED: Final = 6
_ARTICLE: Final = re.compile(ARTICLE)

#: Words of a query that name a conduct or a relationship of the vocabulary.
_NAMED_CONDUCTS: Final[dict[str, str]] = {
    **{value: value for value in (*CONDUCTS, *RELATIONSHIPS)},
    "离职": "离职员工",
    "跳槽": "离职员工",
    "前员工": "离职员工",
    "前雇主": "离职员工",
    "在职期间": "在职员工",
    "飞单": "在职员工",
    "挖角": "竞争者或新雇主",
    "新雇主": "竞争者或新雇主",
    "新东家": "竞争者或新雇主",
    "合作方": "合作方",
    "供应商": "合作方",
    "外包": "合作方",
    "黑客": "电子侵入",
    "撞库": "电子侵入",
    "爬虫": "电子侵入",
    "侵入": "电子侵入",
    "盗窃": "以不正当手段获取",
    "窃取": "以不正当手段获取",
    "贿赂": "以不正当手段获取",
    "教唆": "教唆、引诱、帮助",
    "引诱": "教唆、引诱、帮助",
    "利诱": "教唆、引诱、帮助",
    "明知": "第三人明知应知",
    "应知": "第三人明知应知",
    "申请专利": "以申请专利等方式公开",
    "境外": "为境外窃取、提供",
    "违反保密": "违反保密义务披露或使用",
    "保密义务": "违反保密义务披露或使用",
}


def hits(
    store: Store,
    query: Query,
    documents: NDArray[np.int64],
    scores: NDArray[np.float64],
    keyword: Candidates,
    vector: Candidates,
    exact: NamedDocuments,
    first_rank: int,
) -> tuple[Hit, ...]:
    """Make the hits of one page; a document the store does not show is left out."""
    by_words = _passages_of(keyword, documents)
    by_meaning = _passages_of(vector, documents)
    chosen = {
        d: _choose(by_words.get(d, []), by_meaning.get(d, []))
        for d in documents.tolist()
    }
    with store.snapshot():
        named = {d: exact.articles[d] for d in chosen if d in exact.articles}
        for document_id, first in store.article_passages(named).items():
            chosen[document_id] = [
                first,
                *(p for p in chosen[document_id] if p != first),
            ][: PASSAGES_PER_HIT + _SPARE]
        heads = store.heads(documents.tolist())
        passages = store.passages(p for ids in chosen.values() for p in ids)
        bare = [d for d, ids in chosen.items() if not ids]
        for document_id in bare:
            chosen[document_id], opening = _opening(store, document_id)
            passages |= opening
    needles, spare = needles_of(query)
    conducts = named_conducts(query.text)
    wider = {
        normalise(word)
        for expansion in query.expansions
        for word in expansion.alternatives
    }
    bodies = {p: body(passage) for p, passage in passages.items()}
    folded = normalise_all([*bodies.values(), *(head.title for head in heads.values())])
    texts = dict(zip(bodies, folded, strict=False))
    found = {p: places_in(text, needles) for p, text in texts.items()}
    titled = dict(zip(heads, folded[len(bodies) :], strict=True))
    made = []
    for place, (document_id, score) in enumerate(
        zip(documents.tolist(), scores.tolist(), strict=True)
    ):
        head = heads.get(document_id)
        if head is None:
            continue
        word_ids = set(by_words.get(document_id, []))
        ids = [p for p in chosen[document_id] if p in passages]
        # questions are to be found by
        own = [p for p in ids if passages[p].role != QUESTIONS_ROLE] or ids
        # 「所据材料未涉及」 comes last
        own.sort(key=lambda p: not found[p] and len(bodies[p]) < _TELLS_LITTLE)
        held = {
            *places_in(titled[document_id], needles),
            *(word for p in own for word in found[p]),
        }
        asked = {word for p in ids for word in found[p]} - held
        if not held and not asked:  # found by a word nobody said
            found |= {p: places_in(texts[p], spare) for p in own}
            held = {word for p in own for word in found[p]}
        told = telling_words(held, (*needles, *spare), _WORDS_NAMED)
        words = [f"{word}（扩展）" if word in wider else word for word in told]
        if asked and (
            others := telling_words(asked, needles, _WORDS_NAMED - len(words))
        ):
            words.append(f"常见问法中的{'、'.join(others)}")
        shown = [
            _passage(passages[p], bodies[p], found[p], semantic=p not in word_ids)
            for p in own[:PASSAGES_PER_HIT]
        ]
        reasons = _reasons(
            head,
            words,
            bool(by_meaning.get(document_id)),
            conducts,
            exact.reasons.get(document_id),
        )
        made.append(Hit(first_rank + place, float(score), head, reasons, tuple(shown)))
    return tuple(made)


def needles_of(query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is to be marked in texts, and what where none of that stands.

    The former are phrases and short words whole, then terms; the latter terms astride two others,
    which nobody said but which find.
    """
    across = astride(query.tokens)
    whole = [
        *query.phrases,
        *(m for group in query.alternatives for m in group),
        *query.titles,
        *query.short_chunks,
    ]
    articles = _ARTICLE.findall(
        query.text
    )  # 九条 of 第九条 is not to be marked in 第三十九条
    terms = [term for term in query.terms if term not in across]
    if articles:
        terms = [
            term for term in terms if not any(term in article for article in articles)
        ]
    wider = [word for expansion in query.expansions for word in expansion.alternatives]
    folded = normalise("\n".join([*whole, *articles, *terms, *wider])).split("\n")
    return tuple(dict.fromkeys(unfold(needle).text for needle in folded)), tuple(
        term for term in query.terms if term in across
    )


def named_conducts(text: str) -> tuple[str, ...]:
    """Return the conducts and relationships of the vocabulary that a query names."""
    return tuple(
        dict.fromkeys(value for word, value in _NAMED_CONDUCTS.items() if word in text)
    )


def _passages_of(
    matches: Candidates, documents: NDArray[np.int64]
) -> dict[int, list[int]]:
    """Return for each document its passages among `matches`, best first, as many as are looked
    at.
    """
    found: dict[int, list[int]] = {}
    rows = np.flatnonzero(member(matches.documents, np.sort(documents)))
    pairs = zip(
        matches.documents[rows].tolist(), matches.passages[rows].tolist(), strict=True
    )
    for document_id, passage_id in pairs:
        ids = found.setdefault(document_id, [])
        if len(ids) < PASSAGES_PER_HIT + _SPARE and passage_id not in ids:
            ids.append(passage_id)
    return found


def _choose(by_words: Sequence[int], by_meaning: Sequence[int]) -> list[int]:
    """Take turns: best by words, best by meaning, then the rest."""
    order = [*by_words[:1], *by_meaning[:1], *by_words[1:], *by_meaning[1:]]
    return list(dict.fromkeys(order))[: PASSAGES_PER_HIT + _SPARE]


def _opening(
    store: Store, document_id: int
) -> tuple[list[int], dict[int, StoredPassage]]:
    """Return the first passage of a document that was found by its number alone."""
    document = store.document(document_id)
    if document is None or not document.passages:
        return [], {}
    first = document.passages[0]
    return [first.id], {first.id: first}


def _passage(
    passage: StoredPassage,
    text: str,
    found: Mapping[str, Sequence[tuple[int, int]]],
    semantic: bool,
) -> PassageHit:
    marks = merged(span for spans in found.values() for span in spans)
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


def _reasons(
    head: DocumentHead,
    words: Sequence[str],
    near: bool,
    conducts: Sequence[str],
    exact: str | None,
) -> tuple[str, ...]:
    reasons = [exact] if exact else []
    if words and not (exact or "").startswith("命中词"):
        reasons.append(f"命中词：{'、'.join(words)}")
    if near:
        reasons.append("语义相近")
    shared = [
        c
        for c in conducts
        if c in head.metadata.conducts or c in head.metadata.relationships
    ]
    if shared:
        reasons.append(f"同一行为类型：{'、'.join(shared)}")
    return tuple(reasons)


def listing(
    store: Store, catalogue: Catalogue, filters: Filters, sort: str, page: slice
) -> SearchResult:
    """List everything the filters keep, by date, newest first unless asked otherwise; no passages
    are shown.
    """
    documents = catalogue.in_order(store, catalogue.passing(filters), list_order(sort))
    heads = store.heads(documents[page].tolist())
    shown = [
        heads[document] for document in documents[page].tolist() if document in heads
    ]
    return SearchResult(
        QueryView("", (), (), ()),
        "hybrid",
        len(documents),
        True,
        0.0,
        tuple(
            Hit(page.start + place, 0.0, head, (), ())
            for place, head in enumerate(shown, 1)
        ),
        catalogue.columns.counts(filters, FACET_FIELDS),
        ranked=False,
        documents=documents,
    )


def with_openings(store: Store, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits of a list with the first passage of each."""
    made = []
    for hit in hits:
        ids, opening = _opening(store, hit.document.id)
        shown = tuple(
            _passage(opening[p], body(opening[p]), {}, semantic=False) for p in ids
        )
        made.append(replace(hit, passages=shown))
    return tuple(made)


def told_of(
    view: QueryView, notes: Sequence[str], expanded: Sequence[str] = ()
) -> QueryView:
    """Return the query as understood with further warnings and expansions."""
    if not notes and not expanded:
        return view
    return replace(
        view, warnings=(*view.warnings, *notes), expanded=(*view.expanded, *expanded)
    )
