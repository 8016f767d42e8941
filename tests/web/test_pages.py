from __future__ import annotations

import html
import logging
import re
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from kb.errors import InvalidQuery
from web.parsing import parse_page_request
from web.rendering import make_templates

PAGES = (
    *(
        "/",
        "/?q=客户名单",
        "/?q=客户名单&group=tier",
        "/?f.kind=civil",
        "/browse",
        "/browse/civil",
        "/laws",
    ),
    *(
        "/laws/反不正当竞争法",
        "/laws/反不正当竞争法?left=2019&right=2025",
        "/jurisdictions",
        "/jurisdictions/DE",
    ),
    *(
        "/laws/反不正当竞争法/cases?version=2019&article=第九条",
        "/jurisdictions/compare?c=DE&c=JP",
    ),
    *("/elements", "/about", "/api/docs"),
)


def text_of(page: str) -> str:
    """Return the words of a page, tags taken off, spaces joined."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)
    body = re.sub(
        r"</(?:t[dh]|p|li|h\d|div|d[dt]|caption|option|legend|button)>", " ", body
    )
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", body)))


def main_of(page: str) -> str:
    return page.split('<main id="main" tabindex="-1">', 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_and_keeps_to_itself(
    client: TestClient, address: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|<[^>]*\s(?:style|on\w+)=", answer.text
    )
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!gazette)', answer.text)
    assert '<html lang="zh-Hans">' in answer.text
    assert "set-cookie" not in answer.headers


def test_the_home_page_offers_examples_for_three_kinds_of_users_and_says_what_is_covered(
    client: TestClient,
) -> None:
    words = text_of(client.get("/").text)

    assert all(group in words for group in ("执法人员", "企业", "编辑与研究"))
    assert "本库收录 37 件" in words
    assert "民事案例 26（最近 2021-04-22）" in words
    assert "不能视为完整或有代表性" in words


def test_an_answer_shows_cards_with_sums_badges_and_marked_passages(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get("/", params={"q": "客户名单"}).text
    words = text_of(main_of(page))

    assert "测试文本甲公司客户名单案" in words
    assert "判赔 50万元" in words
    assert "指导性案例 · 应当参照" in words
    assert (
        "测试知识产权法院" in words
        and "（2021）测01民终9907号" in words
        and "2021-04-22" in words
    )
    assert re.search(r"<mark>[^<]*客户名单", page)
    assert re.search(
        rf'href="/documents/{ids["test-customer-list"]}\?q=[^"]*at=\d+#p\d+"', page
    )
    assert "本库收录 37 件" in words


def test_a_document_with_reposts_alone_carries_the_mark_and_never_their_name(
    client: TestClient, ids: dict[str, int]
) -> None:
    for address in (
        "/?q=源代码",
        f"/documents/{ids['test-fine']}",
        "/browse/administrative",
    ):
        page = client.get(address).text

        assert "待核" in page
        assert "不明转载站" not in page and "repost.example" not in page
    page = client.get(f"/documents/{ids['test-fine']}").text
    assert "转载,原始出处待核" in page


def test_named_sources_are_links_that_open_no_back_door(
    client: TestClient, ids: dict[str, int]
) -> None:
    page = client.get(f"/documents/{ids['test-customer-list']}").text

    assert re.search(
        r'<a href="https://gazette.example/1" rel="noopener[^"]*">某机关公报</a>', page
    )
    assert "不明转载站" not in page and "repost.example" not in page
    assert "转载,原始出处待核" in page


def test_filters_live_in_the_address_and_can_be_taken_off_one_by_one(
    client: TestClient,
) -> None:
    page = client.get("/?f.kind=civil&x.year=2018&f.region=上海").text
    words = text_of(main_of(page))

    assert "共 1 件" in words
    assert "轨道民事案例" in words and "排除 年份2018" in words and "地区上海" in words
    assert (
        'href="/?f.kind=civil&amp;f.region=%E4%B8%8A%E6%B5%B7"' in page
    )  # without the exclusion
    assert 'href="/"' in page  # 清除全部


def test_every_facet_value_can_be_included_and_excluded_and_absence_is_a_value(
    client: TestClient,
) -> None:
    page = client.get("/browse").text

    assert 'href="/browse?f.region=%E4%B8%8A%E6%B5%B7"' in page
    assert 'href="/browse?x.region=%E4%B8%8A%E6%B5%B7"' in page
    assert 'href="/browse?f.region=%E6%9C%AA%E6%A0%87%E6%B3%A8"' in page
    assert "共 1 件" in text_of(client.get("/browse?f.kind=civil&x.region=未标注").text)
    regions = page.split('data-facet="region"')[1].split("</details>")[0]
    assert re.findall(r'<span class="facet-label">([^<]+)<', regions)[-1] == "未标注"


def test_tabs_count_the_kinds(client: TestClient) -> None:
    words = text_of(main_of(client.get("/browse/civil").text))

    assert "全部 37" in words and "民事案例 26" in words and "法律规范 4" in words


def test_paging_walks_through_the_whole_list_without_repeating(
    client: TestClient,
) -> None:
    seen: list[str] = []
    address: str | None = "/browse/civil?limit=10"
    while address:
        page = client.get(address).text
        seen += re.findall(r"data-hit-link>([^<]+)<", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found[1]) if found else None

    assert len(seen) == len(set(seen)) == 26


def test_lists_sort_by_date_both_ways(client: TestClient) -> None:
    newest = re.findall(r"data-hit-link>([^<]+)<", client.get("/browse/civil").text)
    oldest = re.findall(
        r"data-hit-link>([^<]+)<", client.get("/browse/civil?sort=oldest").text
    )

    assert newest[0] == "测试文本甲公司客户名单案"
    assert oldest[0] == "测试文本竞业限制第1案"


def test_answers_sort_by_date_too_and_the_order_comes_along_into_the_document(
    client: TestClient,
) -> None:
    plain = client.get("/?q=客户名单&limit=100").text
    links = dict(re.findall(r'<a href="([^"]+)"[^>]*>(综合|最新|最早)</a>', plain))
    dated = client.get(
        html.unescape(next(href for href, label in links.items() if label == "最早"))
    ).text
    first = html.unescape(
        re.findall(r'href="(/documents/[^"]+)" data-hit-link', dated)[0]
    )

    assert list(links.values()) == ["综合", "最新", "最早"]
    assert re.search(r'aria-current="true">综合<', plain) and re.search(
        r'aria-current="true">最早<', dated
    )
    assert set(re.findall(r"data-hit-link>([^<]+)<", dated)) == set(
        re.findall(r"data-hit-link>([^<]+)<", plain)
    )
    assert "sort=oldest" in first and "第 1/" in client.get(first).text


def test_a_list_by_filters_alone_offers_dates_and_no_worth(client: TestClient) -> None:
    for address in ("/?q=轨道:民事", "/?f.kind=civil"):
        page = client.get(address).text
        assert "最早</a>" in page and "综合</a>" not in page
        assert re.search(r'aria-current="true">最新<', page)


def test_grouping_by_tier_puts_guiding_cases_first(client: TestClient) -> None:
    page = client.get(
        "/?f.kind=civil&f.kind=administrative&f.kind=criminal&group=tier"
    ).text
    headings = [
        text_of(h).strip()
        for h in re.findall(r'<h2 class="tier">(.*?)</h2>', page, re.S)
    ]

    assert headings == ["指导性案例 1 应当参照", "其他案例 2 可以参考", "未标注 25"]
    assert "未标注的全部 25 件" in page


@pytest.mark.parametrize(
    "address",
    [
        "/?q=客户名单&group=tier",
        "/browse?group=tier",
        "/?f.tier=未标注&f.kind=civil&group=tier",
    ],
)
def test_a_grouped_answer_is_walked_from_tier_to_tier_each_document_once(
    client: TestClient, address: str
) -> None:
    page = client.get(address).text
    at = html.unescape(re.findall(r'href="(/documents/[^"]+)" data-hit-link', page)[0])
    total = int(re.findall(r"共 <strong>(\d+)</strong>", page)[0])
    walked = []
    while at:
        document = client.get(at).text
        walked.append(re.findall(r"/documents/(\d+)", at)[0])
        assert f"第 {len(walked)}/{total} 件" in document
        following = re.findall(r'rel="next" href="([^"]+)"', document)
        at = html.unescape(following[0]) if following else ""
    grouped = re.findall(r'href="/documents/(\d+)[^"]*" data-hit-link', page)

    assert len(walked) == len(set(walked)) == total
    assert [number for number in walked if number in grouped] == grouped


def test_an_empty_answer_names_causes_and_ways_out(client: TestClient) -> None:
    words = text_of(
        main_of(
            client.get("/?q=客户名单&f.kind=criminal&f.region=上海&mode=keyword").text
        )
    )

    assert "没有可显示的结果" in words
    assert "筛选条件太窄" in words
    assert "去掉 轨道=刑事案例 有 1 件" in words and "清除全部筛选 有 2 件" in words
    assert "去掉 地区=上海" not in words  # that alone would leave nothing
    assert "本库收录" in words


def test_gibberish_gets_advice_examples_and_places_to_browse(
    client: TestClient,
) -> None:
    page = main_of(client.get("/?q=qwzxv&mode=keyword").text)
    words = text_of(page)

    assert "换个说法" in words and "案号" in words and "本库收录" in words
    assert re.search(r'<a href="/\?q=[^"]+">离职员工带走客户名单</a>', page)
    assert re.search(
        r'<a href="/browse/civil">民事案例 <span class="count">26</span></a>', page
    )


def test_an_article_without_its_law_offers_what_it_means_in_each_version_and_where_that_stands_now(
    client: TestClient,
) -> None:
    page = main_of(client.get("/", params={"q": "第九条 客户名单"}).text)
    choices = re.search(r'<p class="warning choices">(.*?)</p>', page)

    assert choices and re.findall(r">([^<]+)</a>", choices[1]) == [
        "反不正当竞争法（2025）第十条（侵犯商业秘密行为与定义）",
        "反不正当竞争法（2019）第九条（侵犯商业秘密行为与定义）",
        "反不正当竞争法（2025）第九条（虚假宣传）",
    ]
    links = [unquote(link) for link in re.findall(r'href="([^"]+)"', choices[1])]
    assert links[:2] == [
        "/?q=反不正当竞争法（2025）第十条 客户名单",
        "/?q=反不正当竞争法（2019）第九条 客户名单",
    ]
    for clear in ("反不正当竞争法（2019）第九条", "客户名单", "第八百条"):
        assert "是哪一版" not in client.get("/", params={"q": clear}).text


def test_what_a_query_was_widened_by_is_shown_and_taken_off_by_a_link(
    client: TestClient,
) -> None:
    page = main_of(client.get("/", params={"q": "客户信息"}).text)
    chip = re.search(
        r'<span>(客户信息→[^<]*客户名单[^<]*)</span><a href="([^"]+)"', page
    )

    assert chip and unquote(chip[2]) == "/?q=客户信息&amp;plain=客户信息"
    plain = main_of(client.get(html.unescape(chip[2])).text)
    assert "客户信息→" not in plain and "按原词" in text_of(plain)
    again = re.search(r'<span>客户信息</span><a href="([^"]+)" title="恢复扩展"', plain)
    assert again and unquote(again[1]) == "/?q=客户信息"
    assert (
        "客户信息→"
        not in client.get("/", params={"q": "客户信息", "expand": "off"}).text
    )


def test_an_articles_counterparts_are_shown_as_an_expansion_and_can_be_refused(
    client: TestClient,
) -> None:
    page = client.get("/", params={"q": "反不正当竞争法（2019）第九条"}).text
    refused = client.get(
        "/",
        params={
            "q": "反不正当竞争法（2019）第九条",
            "plain": "反不正当竞争法（2019）第九条",
        },
    ).text

    assert (
        "反不正当竞争法（2019）第九条→2025第十条" in page
        and "2019第九条＝2025第十条" in page
    )
    assert "→2025第十条" not in refused and "＝" not in text_of(main_of(refused))


def test_a_document_found_by_an_equivalent_has_it_marked(
    client: TestClient, ids: dict[str, int]
) -> None:
    address = f"/documents/{ids['test-customer-list']}"
    wide, plain = (
        client.get(address, params={"q": "客户信息", **more}).text
        for more in ({}, {"expand": "off"})
    )

    assert re.search(r"<mark[^>]*>客户名单</mark>", wide)
    assert not re.search(r"<mark[^>]*>客户名单</mark>", plain)


def test_years_carry_bars_in_proportion_to_the_largest(client: TestClient) -> None:
    page = client.get("/browse").text

    assert re.search(r'class="facet-in share share-10" href="[^"]*f\.year=2018"', page)
    assert re.search(r'class="facet-in share share-1" href="[^"]*f\.year=2021"', page)
    assert not re.search(r'class="facet-in share[^"]*" href="[^"]*f\.region=', page)


def test_a_page_past_the_end_says_so(client: TestClient) -> None:
    words = text_of(main_of(client.get("/browse/civil?offset=500").text))

    assert "一共只有 26 件" in words and "回到第一页" in words


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/?q=a&offset=abc", 400, "offset"),
        ("/?q=a&offset=-1", 400, "offset"),
        ("/?q=a&offset=9999999999999999999999", 400, "offset"),
        ("/?q=a&limit=999999", 400, "limit"),
        ("/?q=a&limit=0", 400, "limit"),
        ("/?q=a&limit=１０", 400, "limit"),
        ("/?q=a&mode=magic", 400, "mode"),
        ("/?q=a&sort=price", 400, "sort"),
        ("/?q=a&group=court", 400, "group"),
        ("/?q=a&role=judge", 400, "role"),
        ("/?f.colour=red", 400, "筛选字段"),
        ("/documents/99999999999999999999", 404, "没有这件文书"),
        ("/documents/9223372036854775807", 404, "没有这件文书"),
        ("/documents/9223372036854775808", 404, "没有这件文书"),
        ("/documents/0", 404, "没有这件文书"),
        ("/documents/-1", 404, "没有这件文书"),
        ("/documents/nothing", 404, "没有这件文书"),
        ("/documents/1?at=x", 400, "at"),
        ("/documents/1?at=0", 400, "at"),
        ("/browse/nothing", 404, "没有「nothing」"),
        ("/laws/没有这部法", 404, "没有收录"),
        ("/laws/反不正当竞争法?version=1888", 404, "1888"),
        ("/laws/反不正当竞争法?left=2019&right=1888", 404, "1888"),
        ("/jurisdictions/XX", 404, "XX"),
        ("/jurisdictions/TH", 404, "泰国"),
        ("/jurisdictions/compare?c=DE&c=XX", 400, "XX"),
        ("/nowhere", 404, "没有这个页面"),
    ],
)
def test_what_makes_no_sense_gets_a_friendly_page_and_never_a_500(
    client: TestClient, address: str, status: int, words: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert words in text_of(answer.text)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "“",
        "-",
        "OR",
        "a OR",
        "( AND )",
        "field:",
        "*",
        "\x00",
        "%",
        "'; --",
        "𠮷",
        "​",
        "<b>",
        "第条",
        "\ud7ff",
    ],
)
def test_any_text_in_the_box_gets_an_answer(client: TestClient, text: str) -> None:
    assert client.get("/", params={"q": text}).status_code == 200
    assert client.get("/api/search", params={"q": text}).status_code == 200


def test_a_text_longer_than_any_case_is_refused_with_a_number() -> None:
    with pytest.raises(InvalidQuery, match="50000"):
        parse_page_request([("q", "密" * 50_001)])


def test_markup_in_a_document_is_shown_as_text(
    client: TestClient, ids: dict[str, int]
) -> None:
    for address in (
        "/?q=逃逸样本",
        f"/documents/{ids['test-script']}?q=逃逸样本",
        "/browse/guidance",
    ):
        page = client.get(address).text

        assert "<script>alert" not in page and "<img" not in page
        assert "&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt;" in page


def test_markup_in_a_query_is_shown_as_text(client: TestClient) -> None:
    page = client.get("/", params={"q": '"><script>alert(1)</script>'}).text

    assert "<script>alert" not in page


def test_the_log_never_holds_what_was_searched_for(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get("/", params={"q": "紫色机密词"})
        client.get("/documents/紫色机密词")
        client.get("/紫色机密词")
        client.get("/laws/紫色机密词")

    ours = [
        r.getMessage()
        for r in caplog.records
        if not r.name.startswith(("httpx", "asyncio"))
    ]
    assert any("route=/documents/{document_id}" in line for line in ours)
    assert all("紫色" not in line and "%E7%B4%AB" not in line for line in ours)


def test_assets_are_served_from_here_and_kept(client: TestClient) -> None:
    page = client.get("/").text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = client.get(html.unescape(address))

        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_head_request_is_answered_like_a_get(client: TestClient) -> None:
    for address in ("/", "/laws", "/api/search?q=客户"):
        assert client.head(address).status_code == 200


def test_a_passage_folded_in_a_template_is_one_line_and_keeps_what_was_escaped() -> (
    None
):
    template = make_templates().from_string(
        "<p>{% filter unfolded|safe %}\n  甲{{ x }}\n  <b>乙</b>\n{% endfilter %}</p>"
    )

    assert template.render(x="<i>&") == "<p>甲&lt;i&gt;&amp;<b>乙</b></p>"
