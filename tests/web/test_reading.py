from __future__ import annotations

import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from starlette.testclient import TestClient

from kb.counts.results import unknown_amounts
from kb.law.book import make_law_book
from kb.records import Amount, DocumentHead, Metadata, Source
from kb.vocabulary import Visibility
from search.highlighting import find_marks
from tests.web.test_pages import main_of, text_of
from web.views.common import pieces, results, snippet
from web.views.reading import confidence_words
from web.views.versions import version_views


def test_paragraphs_are_numbered_and_addressable(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-customer-list']}").text

    assert re.findall(r'<div class="para[^"]*" id="p(\d+)"', page) == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
    ]
    assert '<a class="pnum" href="#p3" aria-label="第3段">' in page
    assert (
        'data-cite="测试文本甲公司客户名单案,（2021）测01民终9907号,测试知识产权法院,2021-04-22"'
        in page
    )


def test_questions_put_by_editors_are_told_from_the_text(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-fine']}").text
    part = re.search(
        r'<section id="[^"]+" class="part-questions".*?</section>', page, re.DOTALL
    )

    assert part is not None
    assert text_of(part[0]).split() == [
        "常见问法",
        "编者拟的问法，便于检索，不是文书原文。",
        "3",
        "程序员把代码带走怎么罚",
        "复制引用",
    ]


def test_the_query_travels_into_the_text_and_is_counted(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-customer-list']}?q=客户名单").text
    marks = re.findall(r'<mark id="m(\d+)" data-mark>([^<]+)</mark>', page)

    assert [number for number, _ in marks] == ["1", "2", "3", "4", "5", "6"]
    assert {words for _, words in marks} == {"客户名单", "客户", "名单"}
    assert "1</span>/6" in page
    assert 'href="#m1"' in page


def test_from_a_hit_one_walks_to_the_next_and_back_to_the_list(
    client: TestClient,
) -> None:
    listing = client.get("/?q=竞业限制&f.kind=civil&limit=10&offset=10").text
    links = [
        html.unescape(h)
        for h in re.findall(r'<a href="(/documents/[^"#]+)" data-hit-link', listing)
    ]
    assert len(links) == 10
    page = client.get(links[2]).text

    assert re.search(r"第 13/≥?\d+ 件", text_of(page))
    follow = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])  # type: ignore[index]
    assert follow == links[3]
    back = html.unescape(re.search(r'<a href="([^"]+)" data-back', page)[1])  # type: ignore[index]
    assert links[2] in [
        html.unescape(h)
        for h in re.findall(
            r'<a href="(/documents/[^"#]+)" data-hit-link', client.get(back).text
        )
    ]


def test_a_plain_list_can_be_walked_too(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-many-25']}?f.kind=civil&at=2").text

    assert "返回列表" in page and "第 2/26 件" in text_of(page)
    assert (
        f'rel="prev" href="/documents/{ids["test-customer-list"]}?f.kind=civil&amp;at=1"'
        in page
    )


def test_a_place_that_is_no_longer_true_leaves_only_the_way_back(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-fine']}?f.kind=civil&at=2").text

    assert "返回列表" in page and "下一件" not in page


def test_the_key_points_name_everything_known(
    client: TestClient, ids: dict[str, int]
) -> None:
    words = text_of(main_of(client.get(f"/documents/{ids['test-customer-list']}").text))

    for known in (
        "机关/法院",
        "测试知识产权法院",
        "2021-04-22二审判决",
        "上海浦东",
        "贸易与物流",
        "客户信息认定",
        "50万元",
        "案号 （2021）测01民终9907号",
        "前审案号 （2020）测0199民初77号",
    ):
        assert known in words
    assert "履行情况未读到" in words


def test_an_article_of_an_old_version_leads_to_the_one_in_force(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-customer-list']}").text
    words = text_of(page)

    assert "条文已有变动" in words
    assert (
        "反不正当竞争法（2019）第九条第一款第（三）项 → 现行 反不正当竞争法（2025）第十条"
        in words
    )
    assert "version=2025#%E7%AC%AC%E5%8D%81%E6%9D%A1" in page


def test_an_article_in_force_raises_no_warning(
    client: TestClient, ids: dict[str, int]
) -> None:
    assert "条文已有变动" not in client.get(f"/documents/{ids['test-fine']}").text


def test_related_documents_are_found_from_both_ends(
    client: TestClient, ids: dict[str, int]
) -> None:
    here = text_of(client.get(f"/documents/{ids['test-customer-list']}").text)
    guide = client.get(f"/documents/{ids['test-handling']}").text

    assert "测试文本乙公司源代码行政处罚案" in here  # named in its metadata
    assert "测试文本办案指引" in here  # cites it
    assert f'<a href="/documents/{ids["test-customer-list"]}">甲公司案</a>' in guide


def test_a_law_shows_its_versions_concordance_digests_and_who_cites_them(
    client: TestClient,
) -> None:
    page = client.get("/laws/反不正当竞争法").text
    words = text_of(main_of(page))

    assert "测试文本反不正当竞争法（2025）" in words
    assert re.search(
        r"2019 ?已被取代 · 至2025-10-14 ?2019-04-23 起", words
    ) and re.search(r"2025 ?现行 ?2025-10-15 起", words)
    assert re.search(
        r"侵犯商业秘密行为与定义 2019 第九条 2025 第十条 由第九条移来", words
    )
    assert "不是官方文本" in words and "核对于 2025-11-01" in words
    assert (
        "引用本条的文书行政案例 1 来源" in words
    )  # the law's own mention of it is no citation
    old = text_of(client.get("/laws/反不正当竞争法?version=2019").text)
    assert "民事案例 1" in old


def test_two_versions_side_by_side_mark_what_changed(client: TestClient) -> None:
    page = client.get("/laws/反不正当竞争法?left=2019&right=2025").text

    assert re.search(r"<del>[^<]*盗窃[^<]*</del>", page)
    assert re.search(r"<ins>[^<]*电子[^<]*</ins>", page)


def test_the_cases_of_an_article_are_listed_by_kind(client: TestClient) -> None:
    words = text_of(
        main_of(
            client.get("/laws/反不正当竞争法/cases?version=2019&article=第九条").text
        )
    )

    assert "测试文本甲公司客户名单案" in words
    assert "反不正当竞争法（2025）第十条" in words


def test_citations_that_name_no_version_are_counted_apart(client: TestClient) -> None:
    page = client.get("/laws/反不正当竞争法?version=2019").text
    apart = re.search(r'<a href="([^"]+)">反不正当竞争法（版本未注明） 1</a>', page)

    assert apart and "民事案例 1" in text_of(page)
    words = text_of(main_of(client.get(html.unescape(apart[1])).text))
    assert (
        "测试文本丙公司配方刑事案" in words and "测试文本甲公司客户名单案" not in words
    )


def test_the_matrix_counts_and_leads_to_the_list(client: TestClient) -> None:
    page = client.get("/jurisdictions").text
    cell = re.search(
        r'<a href="([^"]+)" aria-label="德国，装备制造与机械：1 件">1</a>', page
    )

    assert cell
    words = text_of(client.get(html.unescape(cell[1])).text)
    assert "测试文本德国客户名单案" in words and "共 1 件" in words
    assert "境外商业秘密保护" in page and "海外商业秘密保护" not in page


def test_two_jurisdictions_are_compared_question_by_question(
    client: TestClient,
) -> None:
    words = text_of(main_of(client.get("/jurisdictions/compare?c=DE&c=JP").text))

    assert (
        "定义 德国 测试文本。德国要求适当的保密措施。 原文 日本 测试文本。日本要求秘密管理性。 原文"
        in words
    )
    assert "刑事责任 德国 指引未载 日本 测试文本。日本有刑罚。" in words


def test_of_more_than_three_jurisdictions_the_first_three_are_compared(
    client: TestClient,
) -> None:
    answer = client.get("/jurisdictions/compare?c=DE&c=JP&c=US&c=FR")

    assert answer.status_code == 200
    words = text_of(main_of(answer.text))
    assert (
        "最多比较三个，已取前三个" in words and "法域对比：德国 ‖ 日本 ‖ 美国" in words
    )
    assert re.search(r'value="JP" checked', answer.text)
    assert "最多比较三个" not in client.get("/jurisdictions/compare?c=DE&c=JP").text


def test_a_gap_in_the_concordance_is_said_to_be_a_gap_of_this_library(
    client: TestClient,
) -> None:
    words = text_of(main_of(client.get("/laws/反不正当竞争法").text))

    assert "行政处罚 2019 第二十一条 2025 未收录" in words
    assert "未收录：本库没有这一版本的该条摘要，不表示没有规定" in words
    assert "未收录" not in client.get("/laws/行政处罚法").text


def test_ended_versions_look_ended_and_no_link_is_bare_version_unstated(
    client: TestClient,
) -> None:
    page = client.get("/laws").text

    assert re.search(
        r'<li class="ended"><a[^>]+>民法典（版本未注明）</a> <span[^>]+>已失效 · 至2025-04-25<',
        page,
    )
    assert re.search(
        r'<li class="ended"><a[^>]+>2019</a> <span[^>]+>已被取代 · 至2025-10-14<', page
    )
    assert ">版本未注明" not in page
    assert (
        '<span class="badge badge-warn">已失效 · 至2025-04-25</span>'
        in client.get("/laws/民法典").text
    )


def test_every_provision_side_by_side_says_it_is_a_digest(client: TestClient) -> None:
    words = text_of(client.get("/laws/反不正当竞争法?left=2019&right=2025").text)

    assert words.count("本条为自拟摘要，逐字比较请看官方文本") == 2


def test_a_penalty_without_a_known_sum_is_said_so_beside_the_known_ones(
    client: TestClient, ids: dict[str, int]
) -> None:
    card = client.get("/browse/administrative").text
    shown = re.findall(r'<span class="result result-(\w+)">([^<]+)<', card)

    assert shown[:3] == [
        ("sum", "罚款 10万元"),
        ("sum", "没收违法所得（数额未载）"),
        ("plain", "和解或调解 2万元"),
    ]
    table = text_of(main_of(client.get(f"/documents/{ids['test-fine']}").text))
    assert "没收违法所得 数额未载 罚款 10万元" in table


def test_an_award_of_first_instance_stands_in_for_an_unknown_final_one() -> None:
    amounts = (Amount("一审判赔", 5.0, "CNY", "5元"),)
    head = replace(
        _law("1", None),
        metadata=Metadata(title="", outcomes=("判赔",), amounts=amounts),
    )

    assert [badge.text for badge in results(head)] == ["一审判赔 5元"]
    assert unknown_amounts(head.metadata) == ()


def test_confidence_in_reposts_alone_names_what_it_rests_on(
    client: TestClient, ids: dict[str, int]
) -> None:
    words = text_of(main_of(client.get(f"/documents/{ids['test-fine']}").text))

    assert "可信程度 高（据转载整理，原始出处待核）" in words


@pytest.mark.parametrize(
    ("confidence", "grades", "words"),
    [
        ("high", "CC", "高（多处转载内容一致，原始出处待核）"),
        ("medium", "CC", "中（据转载整理，原始出处待核）"),
        ("high", "AC", "高"),
    ],
)
def test_confidence_is_qualified_only_where_all_is_reposted(
    confidence: str, grades: str, words: str
) -> None:
    sources = tuple(
        Source(f"来源{number}", grade) for number, grade in enumerate(grades)
    )
    head = replace(
        _law("1", None),
        metadata=Metadata(title="", confidence=confidence, sources=sources),
    )

    assert confidence_words(head) == (words,)


def test_elements_are_counted_by_track(client: TestClient) -> None:
    page = client.get("/elements").text

    assert 'aria-label="保密措施，行政案例：1 件"' in page
    assert "测试文本办案指引" in page


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=8),
)
def test_pieces_join_to_the_text_whatever_the_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    cut = pieces(text, marks)

    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)


def test_a_snippet_drops_the_heading_it_stands_under_and_keeps_its_marks() -> None:
    shown = snippet("案情\n- 导出客户名单\n- 需要审批", [(7, 11)], "案情")

    assert [(run.text, run.marked) for run in shown] == [
        ("导出", False),
        ("客户名单", True),
        (" · 需要审批", False),
    ]


def test_only_words_that_name_an_article_become_a_link_to_it(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-customer-list']}").text
    text = page.split('<div class="text">')[1].split("<aside")[0]

    linked = re.findall(r'<a href="/laws/[^"]+">(.*?)</a>', text)
    assert linked == ["反不正当竞争法（2019）第九条"]
    fine = (
        client.get(f"/documents/{ids['test-fine']}")
        .text.split('<div class="text">')[1]
        .split("<aside")[0]
    )
    assert "/laws/" not in fine  # only its metadata name an article


def _law(version: str, since: str | None, until: str | None = None) -> DocumentHead:
    sources = (Source("测试来源", "A"),)
    metadata = Metadata(
        title=version,
        law="某法",
        version=version,
        effective_from=since,
        effective_to=until,
        sources=sources,
    )
    return DocumentHead(
        id=int(version),
        slug=version,
        title=version,
        kind="statute",
        collection="法律规范",
        visibility=Visibility.PUBLIC,
        completeness="full",
        case_number=None,
        authority=None,
        region=None,
        decided_on=None,
        metadata=metadata,
    )


@pytest.mark.parametrize(
    ("today", "shown", "standing"),
    [
        ("2025-10-14", "2019", ["历史版本", "现行", "尚未施行"]),
        ("2025-10-15", "2025", ["历史版本", "已被取代 · 至2025-10-14", "现行"]),
    ],
)
def test_the_version_in_force_changes_on_the_day_it_takes_effect(
    today: str, shown: str, standing: list[str]
) -> None:
    heads = [
        _law("2017", None),
        _law("2019", "2019-04-23", "2025-10-14"),
        _law("2025", "2025-10-15"),
    ]
    book = make_law_book(heads, date.fromisoformat(today))

    assert book.shown["某法"] == book.current["某法"] == shown
    assert [view.standing for view in version_views(book, "某法")] == standing


def test_a_version_without_dates_is_not_said_to_be_in_force() -> None:
    book = make_law_book([_law("2021", None)], date(2026, 1, 1))

    assert book.shown == {"某法": "2021"} and book.current == {}
    assert [view.status for view in version_views(book, "某法")] == [""]


def test_a_text_that_holds_only_a_word_nobody_said_is_marked_as_the_list_marks_it() -> (
    None
):
    assert find_marks("本单位的职员应当遵守纪律。", "离职员工") == ((4, 6),)
    assert find_marks("本单位的职员与离职的员工。", "离职员工") == ((7, 9), (10, 12))


def test_an_unchecked_text_of_a_later_version_takes_no_digests_place_and_is_not_said_to_be_in_force() -> (
    None
):
    text = _law("2027", "2027-01-01")
    text = replace(text, metadata=replace(text.metadata, sources=()))
    book = make_law_book([_law("2025", "2025-10-15"), text], date(2027, 6, 1))

    assert book.shown["某法"] == "2025"
    assert book.current == {}
    assert [view.status for view in version_views(book, "某法")] == ["", ""]


def test_an_unchecked_text_of_an_earlier_version_takes_nothing_from_the_one_in_force() -> (
    None
):
    text = _law("2019", "2019-04-23")
    text = replace(text, metadata=replace(text.metadata, sources=()))
    book = make_law_book([_law("2025", "2025-10-15"), text], date(2027, 6, 1))

    assert [view.status for view in version_views(book, "某法")] == ["历史版本", "现行"]
