import pytest

from kb.records import Filters
from search.request import SearchRequest
from tests.search.conftest import Library
from tests.search.told import warnings


def ask(
    library: Library, text: str, filters: Filters | None = None
) -> tuple[set[int], tuple[str, ...]]:
    result = library.searcher.search(
        library.store, SearchRequest(text, filters or Filters(), limit=1000)
    )
    return {hit.document.id for hit in result.hits}, warnings(result)


def test_a_typed_value_that_is_part_of_values_stands_for_all_of_them(
    library: Library,
) -> None:
    found, warnings = ask(library, "法院:上海")
    truth = {
        d
        for d in library.texts
        if any("上海" in value for value in library.values("authority", d))
    }

    assert found == truth and len(truth) > 20
    assert warnings == ()


def test_a_typed_value_that_nothing_has_is_told(library: Library) -> None:
    found, warnings = ask(library, "客户名单 地区:火星")

    assert (found, warnings) == (set(), ("地区中没有「火星」",))


def test_a_value_alone_that_nothing_has_is_words(library: Library) -> None:
    found, warnings = ask(library, "地区:火星")

    assert found and warnings[0] == "地区中没有「火星」，已当作普通词检索"


def test_a_whole_query_that_is_a_title_is_the_title_and_not_a_filter(
    library: Library,
) -> None:
    titles = [
        h.title
        for h in library.store.heads(list(library.texts)).values()
        if h.title.startswith("要件：")
    ]
    assert titles
    for title in titles:
        result = library.searcher.search(library.store, SearchRequest(title, limit=1))
        assert (result.hits[0].document.title, result.query.parts[0].kind) == (
            title,
            "word",
        )
        assert any("已按名称检索" in warning for warning in warnings(result))


def test_a_value_that_is_no_title_still_filters(library: Library) -> None:
    found, warnings = ask(library, "要件:秘密性")

    assert (
        found == {d for d in library.texts if "秘密性" in library.values("element", d)}
        and warnings == ()
    )


def test_a_chosen_value_that_nothing_has_is_told(library: Library) -> None:
    assert ask(library, "客户名单", Filters(include={"kind": ("novel",)}))[1] == (
        "轨道中没有「novel」",
    )


def test_panel_and_box_filtering_one_field_must_both_hold(library: Library) -> None:
    both, _ = ask(library, "地区:上海", Filters(include={"region": ("上海", "浙江")}))
    neither, _ = ask(library, "地区:上海", Filters(include={"region": ("青海",)}))

    assert both == {d for d in library.texts if "上海" in library.values("region", d)}
    assert neither == set()


def test_not_and_and_are_understood_and_brackets_told(library: Library) -> None:
    minus, _ = ask(library, "员工 -软件")
    spelled, _ = ask(library, "员工 NOT 软件")
    grouped, warnings = ask(library, "(源代码 OR 算法) AND 跳槽")
    plain, _ = ask(library, "源代码 OR 算法 跳槽")

    assert spelled == minus and not spelled & library.holding("软件")
    assert grouped == plain
    assert warnings == ("检索式暂不支持括号，已忽略括号",)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("爬虫抓取客户数据", "没有文书写到：爬虫、抓取"),
        ("法释〔2020〕10号", "库中没有「法释〔2020〕10号」"),
        ("（2099）测09民终1号", "库中没有「（2099）测09民终1号」"),
    ],
)
def test_what_the_library_does_not_hold_is_said(
    library: Library, query: str, told: str
) -> None:
    assert told in ask(library, query)[1]


def test_an_account_of_facts_is_not_told_which_of_its_words_are_unheard(
    library: Library,
) -> None:
    account = "举报人称公司业务员离职前把客户的联系方式、历次报价拷到自己的U盘里,随后到同行公司上班,短短两个月十几家老客户都被拉走,公司没有给资料设密码。"

    assert (
        warnings(library.searcher.search(library.store, SearchRequest(account))) == ()
    )
    assert (
        warnings(
            library.searcher.search(
                library.store, SearchRequest("短短两个月 客户被拉走")
            )
        )
        != ()
    )


def test_a_negated_everyday_word_is_not_reported_as_unheard(library: Library) -> None:
    assert ask(library, "离职员工带走客户名单 没签保密协议")[1] == ()


def test_an_article_without_version_is_asked_for_it_and_never_given_a_wrong_example(
    library: Library,
) -> None:
    (warning,) = ask(library, "反法第九条")[1]

    assert "没有写明版本" in warning and "2025 年第九条是虚假宣传" in warning
    assert "（2025）第九条" not in warning


def test_an_article_with_its_version_needs_no_warning(library: Library) -> None:
    assert ask(library, "反不正当竞争法（2019）第九条")[1] == ()
