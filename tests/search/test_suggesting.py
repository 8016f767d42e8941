"""Near misses and completions over the real corpus, and over small stores with something to hide."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import Receipt, ingest_file
from kb.embedding import Embedder
from kb.law.articles import ArticleKey
from kb.messages.suggestions import Suggestion, SuggestionCode
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from kb.vocabulary import Visibility
from search.completing import Completion
from search.opening import make_searcher
from search.request import SearchRequest
from search.suggesting import MAX_SUGGESTIONS, Suggester
from tests.conftest import TinyEmbedder
from tests.search.conftest import Library

Add = Callable[..., list[Receipt]]


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return Suggester()


@pytest.fixture
def near(
    library: Library, suggester: Suggester
) -> Callable[..., tuple[Suggestion, ...]]:
    def ask(
        text: str, filters: Filters = NO_FILTERS, mode: str = "hybrid"
    ) -> tuple[Suggestion, ...]:
        result = library.searcher.search(
            library.store, SearchRequest(text, filters, mode=mode)
        )
        return suggester.suggest(library.searcher, library.store, result, filters)

    return ask


@pytest.fixture
def complete(library: Library, suggester: Suggester) -> Callable[..., list[Completion]]:
    return lambda text, limit=8: list(suggester.complete(library.store, text, limit))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(
            ("尚业秘密", "商业秘密"),
            ("源袋吗", "源代码"),
            ("反项工程", "反向工程"),
            ("竟业限制", "竞业限制"),
        ),
        *(
            ("客户名但", "客户名单"),
            ("离职员工带走客户名但", "离职员工带走客户名单"),
            ("保密措使", "保密措施"),
        ),
        *(
            ("shangye mimi", "商业秘密"),
            ("kehumingdan", "客户名单"),
            ("khmd", "客户名单"),
        ),
        *(
            ("tarde secret", "trade secret"),
            ("惩罚性陪尝", "惩罚性赔偿"),
            ("客户民单 离职", "客户名单 离职"),
        ),
    ],
)
def test_a_slip_is_answered_with_the_word_that_was_meant(
    near: Callable[..., tuple[Suggestion, ...]], typed: str, meant: str
) -> None:
    assert [s.text for s in near(typed)][0] == meant


def test_words_that_sound_alike_leave_out_those_that_only_look_alike(
    near: Callable[..., tuple[Suggestion, ...]],
) -> None:
    assert near("客户名但") == (Suggestion("客户名单", SuggestionCode.SAME_SOUND),)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("（2020）最高法知民终1668号", "（2020）最高法知民终1667号"),
        ("（2011）最高法知民终1667号", "（2020）最高法知民终1667号"),
        ("（2020）沪01民终1667号", "（2020）最高法知民终1667号"),
        ("指导性案例185号", "指导性案例184号"),
    ],
)
def test_a_number_no_document_bears_is_answered_with_those_next_to_it(
    near: Callable[..., tuple[Suggestion, ...]], typed: str, meant: str
) -> None:
    assert meant in [s.text for s in near(typed)]


def test_a_number_inside_other_words_is_replaced_where_it_stands(
    near: Callable[..., tuple[Suggestion, ...]],
) -> None:
    found = near("赔偿 （2020）最高法知民终1668号")

    assert found[0] == Suggestion(
        "赔偿 （2020）最高法知民终1667号", SuggestionCode.NUMBER_MISSPELT
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "商业秘密",
            "客户名单",
            "（2020）最高法知民终1667号",
            "2020最高法知民终1667",
            "离职员工带走客户名单会支持我们吗",
            "接触",
            "解除劳动合同",
        ),
        *(
            "怎样的保密措施才算相应",
            "融资租赁合同解除后，承租人需要赔偿出租人损失吗？",
            "同一块承包地",
            "-商业秘密",
            "保管费用由谁承担",
        ),
    ],
)
def test_what_is_no_slip_is_left_alone(
    near: Callable[..., tuple[Suggestion, ...]], text: str
) -> None:
    assert near(text) == ()


def test_a_suggestion_leads_somewhere_within_the_filters(
    near: Callable[..., tuple[Suggestion, ...]],
) -> None:
    civil = Filters(include={"kind": ("civil",)})

    assert [s.text for s in near("客户名但", civil)] == ["客户名单"]
    assert near("客户名但", Filters(include={"year": ("1901",)})) == ()
    assert (
        near("（2020）最高法知民终1668号", Filters(include={"kind": ("criminal",)}))
        == ()
    )


def test_suggestions_are_few_and_always_in_the_same_order(
    near: Callable[..., tuple[Suggestion, ...]],
) -> None:
    first = near("（2021）京73民终1178号", mode="keyword")

    assert 0 < len(first) <= MAX_SUGGESTIONS
    assert first == near("（2021）京73民终1178号", mode="keyword")


def test_the_answer_itself_is_untouched_by_suggestions(
    library: Library, suggester: Suggester
) -> None:
    before = library.searcher.search(library.store, SearchRequest("尚业秘密"))
    suggester.suggest(library.searcher, library.store, before)
    after = library.searcher.search(library.store, SearchRequest("尚业秘密"))

    assert [(h.rank, h.score, h.document.id) for h in before.hits] == [
        (h.rank, h.score, h.document.id) for h in after.hits
    ]


def _first(found: list[Completion], kind: str) -> Completion:
    return next(one for one in found if one.kind == kind)


def test_a_number_is_completed_without_its_brackets(
    complete: Callable[..., list[Completion]],
) -> None:
    for typed in (
        "2020最高法知民终1667",
        "(2020)最高法知民终1667",
        "（2020）最高法知民终166",
    ):
        assert _first(complete(typed), "number").text == "（2020）最高法知民终1667号"
    assert _first(complete("2020最高法知民终1667"), "number").document is not None
    assert _first(complete("指导案例184"), "number").text == "指导性案例184号"


@pytest.mark.parametrize(
    "typed",
    ["反不正当竞争法2025第十条", "反法2025第10条", "2025年反不正当竞争法第十条"],
)
def test_an_article_is_completed_with_the_version_of_its_law(
    complete: Callable[..., list[Completion]], typed: str
) -> None:
    found = _first(complete(typed), "law")

    assert (found.text, found.label) == (
        "反不正当竞争法（2025）第十条",
        "侵犯商业秘密行为与定义",
    )
    assert found.article == ArticleKey("反不正当竞争法", "2025", "第十条")


def test_an_article_without_a_version_is_offered_in_each_that_has_it(
    complete: Callable[..., list[Completion]],
) -> None:
    found = [one.text for one in complete("反不正当竞争法第九条")]

    assert (
        "反不正当竞争法（2019）第九条" in found
        and "反不正当竞争法（2025）第十条" not in found
    )


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("kehu", "客户名单"),
        ("kehum", "客户名单"),
        ("khmd", "客户名单"),
        ("客户清", "客户清单"),
        ("trade", "trade secret"),
    ],
)
def test_words_are_completed_by_characters_pinyin_and_first_letters(
    complete: Callable[..., list[Completion]], typed: str, word: str
) -> None:
    assert word in [one.text for one in complete(typed) if one.kind == "word"]


def test_what_is_typed_already_is_not_offered_again(
    complete: Callable[..., list[Completion]],
) -> None:
    assert "客户" in [one.text for one in complete("客", 40)]
    assert "客户" not in [one.text for one in complete("客户", 40)]


def test_a_title_is_found_by_what_stands_inside_it(
    complete: Callable[..., list[Completion]],
) -> None:
    found = _first(complete("搜狐新动力"), "title")

    assert found.text.startswith("指导性案例184号") and found.document is not None


@pytest.mark.parametrize(
    "typed", ["", "  ", "字" * 61, "！？", "zzqqxx", "没有这样的标题啊"]
)
def test_nothing_is_completed_where_nothing_begins_so(
    complete: Callable[..., list[Completion]], typed: str
) -> None:
    assert complete(typed) == []


def test_completions_are_no_more_than_asked_for_and_in_a_total_order(
    complete: Callable[..., list[Completion]],
) -> None:
    for typed in ("客户", "法", "2020", "kh", "公司"):
        found = complete(typed, 5)
        assert 0 < len(found) <= 5 and found == complete(typed, 5)
        assert len({(one.text, one.document) for one in found}) == len(found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        st.characters(codec="utf-16", exclude_categories=())
        | st.sampled_from('客户名单（2020）号第条"-: \n\\[]*|'),
        max_size=70,
    )
)
def test_any_text_is_taken(library: Library, suggester: Suggester, text: str) -> None:
    result = library.searcher.search(library.store, SearchRequest(text, limit=3))
    for suggestion in suggester.suggest(library.searcher, library.store, result):
        assert suggestion.text != text
    assert len(suggester.complete(library.store, text, 3)) <= 3


# -- what a reader may not see ---------------------------------------------------------------------

_PUBLIC = "---\nslug: open\ntitle: 测试文本公开案\nkind: civil\nparties: [甲乙丙丁公司]\n---\n测试文本。公开的内容。\n"
_HIDDEN = (
    "---\nslug: closed\ntitle: 测试文本曼陀罗卷宗\nkind: civil\nvisibility: restricted\nparties: [紫罗兰贸易公司, 甲乙丙丁公司]\n"
    'case_numbers: ["（2099）测01民终77号"]\nauthorities: [紫薇机关]\nlaw: 紫罗兰条例\nversion: "2099"\n'
    "provisions: [{article: 第一条, provision: 紫罗兰定义}]\n---\n测试文本。离职员工带走客户名单。\n"
)


@pytest.fixture
def readers(add: Add, home: Path, embedder: TinyEmbedder) -> Iterator[dict[str, Store]]:
    for name, content in (("open.md", _PUBLIC), ("closed.md", _HIDDEN)):
        for receipt in add(name, content):
            assert receipt.error is None, receipt.error
    opened = {
        name: Store(home, visibility)
        for name, visibility in (
            ("public", Visibility.PUBLIC),
            ("all", Visibility.RESTRICTED),
        )
    }
    yield opened
    for one in opened.values():
        one.close()


HIDDEN = (
    "紫罗兰",
    "ziluolan",
    "曼陀罗",
    "mtljz",
    "2099测01",
    "紫薇",
    "紫罗兰条例2099第一",
)


@pytest.mark.parametrize("typed", HIDDEN)
def test_no_completion_comes_from_a_hidden_document(
    readers: dict[str, Store], typed: str
) -> None:
    suggester = Suggester()

    assert suggester.complete(readers["all"], typed) != ()
    assert suggester.complete(readers["public"], typed) == ()


@pytest.mark.parametrize(
    "typed",
    [
        "紫罗蓝贸易公司",
        "测试文本曼陀罗卷棕",
        "（2099）测01民终78号",
        "客户名但",
        "kehumingdan",
    ],
)
def test_no_near_miss_comes_from_a_hidden_document(
    readers: dict[str, Store], home: Path, embedder: Embedder, typed: str
) -> None:
    suggester, searcher = Suggester(), make_searcher(home, embedder)
    found = {
        name: suggester.suggest(
            searcher,
            store,
            searcher.search(store, SearchRequest(typed, mode="keyword")),
        )
        for name, store in readers.items()
    }

    assert found["all"] != () and found["public"] == ()


def test_a_count_leaves_hidden_documents_out(readers: dict[str, Store]) -> None:
    suggester = Suggester()

    assert [c.label for c in suggester.complete(readers["public"], "甲乙丙丁")] == [
        "当事人"
    ]
    assert [c.label for c in suggester.complete(readers["all"], "甲乙丙丁")] == [
        "当事人 · 2 件"
    ]


def test_a_document_that_is_hidden_later_is_no_longer_suggested(
    readers: dict[str, Store], home: Path
) -> None:
    suggester = Suggester()
    before = suggester.complete(readers["public"], "测试文本公开案")
    (only,) = before
    assert only.document is not None
    readers["all"].set_visibility(only.document, Visibility.INTERNAL)

    assert suggester.complete(readers["public"], "测试文本公开案") == ()
    assert suggester.complete(readers["public"], "甲乙丙丁") == ()


def test_a_store_put_in_the_place_of_another_is_not_completed_from_the_other(
    home: Path, tmp_path: Path, embedder: Embedder
) -> None:
    suggester, found = Suggester(), []
    for title in ("测试文本前一座库", "测试文本后一座库"):
        shutil.rmtree(home, ignore_errors=True)
        (tmp_path / "a.txt").write_text(f"{title}\n测试文本。\n", encoding="utf-8")
        with Store(home) as store:
            assert [
                receipt.error
                for receipt in ingest_file(tmp_path / "a.txt", store, embedder)
            ] == [None]
            found.append(
                (
                    store.generation(),
                    [one.text for one in suggester.complete(store, "测试文本")],
                )
            )

    assert found == [(1, ["测试文本前一座库"]), (1, ["测试文本后一座库"])]
