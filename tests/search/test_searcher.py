import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.embedding import Embedder
from kb.errors import EmbedderMismatch
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import Visibility
from search.contract import hit_answer, search_answer, to_dict
from search.opening import make_searcher
from search.request import FACET_FIELDS, MODES, SearchRequest
from search.results import Hit, SearchResult
from tests.conftest import TinyEmbedder
from tests.search.conftest import Library
from tests.search.told import because, expanded, warnings

QUERIES = (
    "离职员工带走客户名单 没签保密协议",
    "商业秘密",
    '"客户名单"',
    "反不正当竞争法（2019）第九条",
    "配方 OR 图纸 -竞业",
    "trade secret",
    "第九条",
    "",
)


def ids(result: SearchResult) -> list[int]:
    return [hit.document.id for hit in result.hits]


def tally(library: Library, result: SearchResult, field: str) -> dict[str, int]:
    """Count a field over the documents of a whole answer, from the store's own rows."""
    return dict(
        Counter(
            value
            for document in ids(result)
            for value in library.values(field, document)
        )
    )


# -- who may see what --------------------------------------------------------------------


@pytest.mark.parametrize("clearance", list(Visibility))
def test_no_answer_shows_or_counts_what_the_clearance_may_not_see(
    opened: Callable[..., Library], clearance: Visibility
) -> None:
    library = opened()
    chance = random.Random(3)
    for document in library.texts:
        library.store.set_visibility(document, chance.choice(list(Visibility)))
    reader = opened(clearance)
    hidden = set(library.texts) - set(reader.texts)
    assert bool(hidden) == (clearance != Visibility.RESTRICTED)
    library.searcher.search(library.store, SearchRequest("商业秘密"))
    # one with caches of its own, one shared with the operator
    for searcher in (reader.searcher, library.searcher):
        for query, mode in product(QUERIES, ("hybrid", "vector")):
            result = searcher.search(
                reader.store, SearchRequest(query, mode=mode, limit=10_000)
            )
            assert not set(ids(result)) & hidden
            assert result.total == len(result.hits)
            assert {f: dict(counts) for f, counts in result.facets.items()} == {
                f: tally(reader, result, f) for f in FACET_FIELDS
            }
        for document in sorted(reader.texts)[:5]:
            assert (
                not {
                    hit.document.id
                    for hit in searcher.similar(reader.store, document, limit=1000)
                }
                & hidden
            )
        for document in sorted(hidden)[:5]:
            assert searcher.similar(reader.store, document) == ()
            head = library.store.heads([document])[document]
            for key in (head.slug, head.title, head.case_number or head.slug):
                assert document not in ids(
                    searcher.search(reader.store, SearchRequest(key, limit=10_000))
                )


# -- pages and counts --------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", QUERIES)
def test_paging_to_the_end_lists_every_document_of_the_answer_once_in_one_order(
    library: Library, query: str, mode: str
) -> None:
    whole = library.searcher.search(
        library.store, SearchRequest(query, mode=mode, limit=10_000)
    )
    pages: list[Hit] = []
    while True:
        page = library.searcher.search(
            library.store, SearchRequest(query, mode=mode, offset=len(pages), limit=7)
        )
        assert page.total == whole.total
        if not page.hits:
            break
        pages += page.hits

    assert [hit.document.id for hit in pages] == ids(whole)
    assert len(set(ids(whole))) == whole.total == len(whole.hits)
    assert [hit.rank for hit in pages] == list(range(1, whole.total + 1))
    assert all(a.score >= b.score for a, b in zip(pages, pages[1:], strict=False))


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("query", QUERIES)
def test_by_date_the_same_documents_come_in_the_order_of_their_days_on_all_pages(
    library: Library, query: str, sort: str
) -> None:
    plain = library.searcher.search(library.store, SearchRequest(query, limit=10_000))
    dated = library.searcher.search(
        library.store, SearchRequest(query, sort=sort, limit=10_000)
    )
    pages = [
        hit
        for offset in range(0, plain.total, 9)
        for hit in library.searcher.search(
            library.store, SearchRequest(query, sort=sort, offset=offset, limit=9)
        ).hits
    ]
    days = [
        m.decided_on or m.published_on or m.effective_from
        for m in (h.document.metadata for h in dated.hits)
    ]
    known = [day for day in days if day]

    assert known == sorted(known, reverse=sort == "newest") and len(set(known)) > 1
    assert days == known + [None] * (len(days) - len(known))
    assert sorted(ids(dated)) == sorted(ids(plain)) and dated.facets == plain.facets
    assert [(hit.document.id, hit.passages) for hit in pages] == [
        (h.document.id, h.passages) for h in dated.hits
    ]
    found = {
        hit.document.id: (hit.score, because(hit), hit.passages) for hit in plain.hits
    }
    assert {
        hit.document.id: (hit.score, because(hit), hit.passages) for hit in dated.hits
    } == found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", QUERIES)
def test_counts_are_those_of_all_documents_of_the_answer(
    library: Library, query: str, mode: str
) -> None:
    result = library.searcher.search(
        library.store, SearchRequest(query, mode=mode, limit=10_000)
    )

    for field, counts in result.facets.items():
        assert dict(counts) == tally(library, result, field)
        assert [n for _, n in counts] == sorted((n for _, n in counts), reverse=True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "query", [q for q in QUERIES if q not in ("商业秘密", "trade secret")]
)
def test_choosing_a_value_leaves_as_many_documents_as_it_promised(
    library: Library, query: str, mode: str
) -> None:
    before = library.searcher.search(
        library.store, SearchRequest(query, mode=mode, limit=10_000)
    )
    for field in ("kind", "region", "statute"):
        for value, promised in before.facets[field][:5]:
            filters = Filters(include={field: (value,)})
            chosen = library.searcher.search(
                library.store, SearchRequest(query, filters, mode=mode, limit=10_000)
            )

            # An answer of fewer than ten is filled up to ten with the nearest that is left.
            assert chosen.total == promised or promised < chosen.total <= 10, (
                field,
                value,
            )
            assert {d for d in ids(before) if value in library.values(field, d)} <= set(
                ids(chosen)
            )
            assert all(value in library.values(field, d) for d in ids(chosen))
            assert dict(chosen.facets[field]) == dict(before.facets[field])


@pytest.mark.parametrize("query", ["商业秘密", "离职 客户名单", ""])
def test_excluding_a_value_leaves_exactly_the_others_that_were_there(
    library: Library, query: str
) -> None:
    before = library.searcher.search(
        library.store, SearchRequest(query, mode="keyword", limit=10_000)
    )
    for field, value in (("kind", "civil"), ("region", "未标注"), ("region", "上海")):
        filters = Filters(exclude={field: (value,)})
        rest = library.searcher.search(
            library.store, SearchRequest(query, filters, mode="keyword", limit=10_000)
        )

        assert ids(rest) == [
            d for d in ids(before) if value not in library.values(field, d)
        ]
        assert value not in dict(rest.facets[field])


def test_filters_answer_as_the_store_does(library: Library) -> None:
    for filters in (
        Filters(include={"region": ("上海", "未标注")}),
        Filters(
            include={"region": ("上海",), "kind": ("civil",)},
            exclude={"completeness": ("brief",)},
        ),
        Filters(exclude={"region": ("未标注",)}),
        Filters(include={"statute": ("没有的法",)}),
    ):
        wanted = set(library.store.document_ids(filters).tolist())
        for query in ("商业秘密", '"商业秘密"', "-客户名单"):
            result = library.searcher.search(
                library.store, SearchRequest(query, filters, limit=10_000)
            )
            assert set(ids(result)) <= wanted
        assert (
            set(
                ids(
                    library.searcher.search(
                        library.store, SearchRequest("", filters, limit=10_000)
                    )
                )
            )
            == wanted
        )


def test_fields_typed_into_the_box_filter_like_the_panel(library: Library) -> None:
    typed = library.searcher.search(
        library.store, SearchRequest("客户名单 轨道:民事 -地区:上海", limit=1000)
    )
    chosen = library.searcher.search(
        library.store,
        SearchRequest(
            "客户名单",
            Filters(include={"kind": ("civil",)}, exclude={"region": ("上海",)}),
            limit=1000,
        ),
    )

    assert ids(typed) == ids(chosen) != []


@pytest.mark.parametrize("mode", MODES)
def test_a_part_chosen_shows_passages_of_that_part_alone_and_cuts_after_choosing(
    library: Library, mode: str
) -> None:
    result = library.searcher.search(
        library.store,
        SearchRequest(
            "客户名单 保密措施", Filters(roles=("takeaway",)), mode=mode, limit=1000
        ),
    )

    assert result.total >= 10
    assert {p.role for hit in result.hits for p in hit.passages} == {"takeaway"}


# -- what is answered --------------------------------------------------------------------


def test_exclusions_alone_list_everything_else(library: Library) -> None:
    result = library.searcher.search(
        library.store, SearchRequest("-客户名单", limit=10_000)
    )

    assert set(ids(result)) == set(library.texts) - library.holding("客户名单")
    titles = {
        d
        for d, head in library.store.heads(library.texts).items()
        if "客户" in head.title
    }
    listed = library.searcher.search(
        library.store, SearchRequest("-标题:客户", limit=10_000)
    )
    assert titles and set(ids(listed)) == set(library.texts) - titles


def test_title_words_are_looked_for_in_titles_alone(library: Library) -> None:
    result = library.searcher.search(
        library.store, SearchRequest("标题:客户", limit=10_000)
    )

    assert set(ids(result)) == {
        d
        for d, head in library.store.heads(library.texts).items()
        if "客户" in head.title
    }


def test_nothing_asked_lists_everything_newest_first(library: Library) -> None:
    for query in ("", "  ", "！！"):
        result = library.searcher.search(
            library.store, SearchRequest(query, limit=10_000)
        )
        assert set(ids(result)) == set(library.texts)
        assert ids(result) == [
            head.id for head in library.store.listing(limit=10_000)[0]
        ]


@pytest.mark.parametrize(
    "query", ["zxqwv kjhgf", "qqqqq", "zzz-999-zzz", '"量子火箭发动机"', '"asdf ghjk"']
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_what_no_document_holds_finds_nothing(
    library: Library, query: str, mode: str
) -> None:
    result = library.searcher.search(library.store, SearchRequest(query, mode=mode))

    assert (result.total, result.hits) == (0, ())
    assert all(counts == () for counts in result.facets.values())


def test_unrelated_questions_share_few_of_their_first_ten(library: Library) -> None:
    asked = (
        "客户名单 离职业务员",
        "芯片 源代码 下载",
        "植物新品种 种子 亲本",
        "美国 337 调查",
        "惩罚性赔偿 倍数",
    )
    tops = [
        set(ids(library.searcher.search(library.store, SearchRequest(query))))
        for query in asked
    ]

    shared = [len(a & b) for n, a in enumerate(tops) for b in tops[n + 1 :]]
    assert np.mean(shared) <= 1.0 and max(shared) <= 3


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=40),
        st.text(
            alphabet='客户名单 -"“”:OR标题地区第九条（2019）§*?~^[]\\+&|', max_size=40
        ),
    ),
    mode=st.sampled_from(MODES),
)
def test_any_text_is_answered(library: Library, text: str, mode: str) -> None:
    result = library.searcher.search(
        library.store, SearchRequest(text, mode=mode, limit=5)
    )

    assert len(result.hits) == min(5, result.total)
    for hit in result.hits:
        for passage in hit.passages:
            assert all(
                0 <= start < end <= len(passage.text) for start, end in passage.marks
            )
    to_dict(search_answer(result))


NOTICE = "向量模型已更换，本次仅按关键词检索；请管理员重启服务"


def test_where_the_vectors_are_another_models_words_alone_answer_and_the_reader_is_told(
    library: Library,
) -> None:
    foreign = make_searcher(library.home, TinyEmbedder())
    for query in (
        "离职员工带走客户名单",
        "反不正当竞争法（2019）第九条 客户",
        "trade secret -软件",
    ):
        answer = foreign.search(library.store, SearchRequest(query, limit=1000))
        keyword = library.searcher.search(
            library.store, SearchRequest(query, limit=1000, mode="keyword")
        )

        assert (ids(answer), answer.total, answer.facets) == (
            ids(keyword),
            keyword.total,
            keyword.facets,
        )
        assert NOTICE in warnings(answer)
        assert NOTICE not in warnings(
            foreign.search(library.store, SearchRequest(query, mode="keyword"))
        )
        assert NOTICE not in warnings(
            library.searcher.search(library.store, SearchRequest(query))
        )
        assert not any("语义相近" in because(hit) for hit in answer.hits)
        with pytest.raises(EmbedderMismatch, match="请管理员重启服务"):
            foreign.search(library.store, SearchRequest(query, mode="vector"))


def test_documents_like_a_document_need_no_model_and_are_found_by_the_stores_vectors(
    library: Library,
) -> None:
    foreign = make_searcher(library.home, TinyEmbedder())
    for document in sorted(library.texts)[::40]:
        found = foreign.similar(library.store, document)
        assert found == library.searcher.similar(library.store, document)


def test_an_empty_store_answers_with_nothing(store: Store, model: Embedder) -> None:
    searcher = make_searcher(store.home, model)
    for query in QUERIES:
        assert (
            searcher.search(store, SearchRequest(query)).total,
            searcher.search(store, SearchRequest(query)).hits,
        ) == (0, ())
    assert searcher.similar(store, 1) == ()
    assert searcher.verify(store, repair=False) == []


def test_neither_queries_nor_texts_are_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    library.searcher.search(
        library.store, SearchRequest('离职员工张某某带走客户名单 colour:red "')
    )
    library.searcher.similar(library.store, min(library.texts))

    assert "searched mode=hybrid" in caplog.text
    assert (
        not {c for c in "离职员工张某带走客户名单" if c in caplog.text}
        and "colour" not in caplog.text
    )


def test_one_searcher_answers_many_threads_while_documents_change(
    opened: Callable[[], Library],
) -> None:
    library = opened()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            with Store(library.home, Visibility.RESTRICTED) as own:
                for query in QUERIES * 2:
                    result = library.searcher.search(
                        own, SearchRequest(query, limit=50)
                    )
                    assert len(set(ids(result))) == len(result.hits)
                    [to_dict(hit_answer(hit)) for hit in result.hits]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for document in sorted(library.texts)[:20]:
        library.store.remove_document(document)
    for thread in threads:
        thread.join()

    assert errors == []
    assert not set(
        ids(library.searcher.search(library.store, SearchRequest("", limit=10_000)))
    ) & set(sorted(library.texts)[:20])


def test_an_article_is_marked_whole_and_not_inside_another(library: Library) -> None:
    result = library.searcher.search(
        library.store, SearchRequest("反不正当竞争法（2019）第九条", limit=20)
    )
    marked = {
        p.text[start:end]
        for hit in result.hits
        for p in hit.passages
        for start, end in p.marks
    }

    assert "第九条" in marked
    assert not [m for m in marked if m in ("九条", "条")]


def test_what_is_said_of_words_rests_on_documents_the_reader_may_see(
    opened: Callable[..., Library],
) -> None:
    operator = opened(Visibility.RESTRICTED)
    word, query = "香兰", "香兰素 客户名单"
    holding = {document for document, text in operator.texts.items() if word in text}
    holding |= {
        h.id
        for h in operator.store.heads(list(operator.texts)).values()
        if word in h.title
    }
    assert holding
    for document in holding:
        operator.store.set_visibility(document, Visibility.RESTRICTED)
    reader = opened(Visibility.PUBLIC)
    for searcher in (reader.searcher, operator.searcher):
        told = "".join(warnings(searcher.search(reader.store, SearchRequest(query))))

        assert "没有文书写到" in told and word[:1] in told
    assert "没有文书写到" not in "".join(
        warnings(operator.searcher.search(operator.store, SearchRequest(query)))
    )


def test_an_equivalent_that_only_hidden_documents_hold_is_not_offered(
    opened: Callable[..., Library],
) -> None:
    operator = opened(Visibility.RESTRICTED)
    query = "客户名单"
    offered = expanded(operator.searcher.search(operator.store, SearchRequest(query)))
    word = "客户资料"
    assert word in "".join(offered)
    for document, text in operator.texts.items():
        head = operator.store.heads([document])[document]
        if word in text or word in head.title:
            operator.store.set_visibility(document, Visibility.RESTRICTED)
    reader = opened(Visibility.PUBLIC)
    for searcher in (reader.searcher, operator.searcher):
        left = "".join(expanded(searcher.search(reader.store, SearchRequest(query))))

        assert word not in left and "客户信息" in left
    assert word in "".join(
        expanded(operator.searcher.search(operator.store, SearchRequest(query)))
    )


def test_a_passage_that_holds_only_a_word_astride_two_others_says_so(
    store: Store, model: Embedder, add: Callable[..., object]
) -> None:
    add(
        "a.md",
        "---\ntitle: 测试文本甲\nkind: civil\n---\n## 案情\n甲公司的职员把图纸交给了乙公司。\n",
    )
    add(
        "b.md",
        "---\ntitle: 测试文本乙\nkind: civil\n---\n## 案情\n离职员工把图纸交给了乙公司。\n",
    )
    searcher = make_searcher(store.home, model)

    said, astride = searcher.search(
        store, SearchRequest("离职员工", mode="keyword")
    ).hits

    assert (because(said)[0], because(astride)) == (
        "命中词：离职员工",
        ("命中词：职员",),
    )
    marked = [
        p.text[start:end]
        for hit in (said, astride)
        for p in hit.passages
        for start, end in p.marks
    ]
    assert marked == ["离职员工", "职员"]


def test_a_passage_that_tells_little_and_holds_no_word_is_shown_last(
    library: Library,
) -> None:
    guide = library.searcher.search(
        library.store, SearchRequest("德国设厂怎么保护", limit=1)
    ).hits[0]
    told = [(len(passage.text), bool(passage.marks)) for passage in guide.passages]

    assert guide.document.metadata.jurisdiction == "DE" and len(told) > 1
    assert told[0][0] >= 20 or told[0][1]
