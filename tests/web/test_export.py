"""An answer as a table for a spreadsheet."""

import csv
import html
import io
import re
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from web.views import search, table


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.text.startswith("\ufeff")  # a spreadsheet would take it for GBK
    return list(csv.DictReader(io.StringIO(response.text[1:])))


def links(client: TestClient, address: str) -> list[tuple[str, str]]:
    found = re.findall(
        r'<a class="export" href="([^"]+)" download>([^<]+)</a>',
        client.get(address).text,
    )
    return [(html.unescape(href), label) for href, label in found]


@pytest.mark.parametrize(
    "address",
    [
        "/?q=客户名单&offset=1&limit=1",
        "/browse/civil?sort=oldest",
        "/?f.kind=civil&group=tier",
    ],
)
def test_the_whole_answer_can_be_taken_along_in_its_order(
    client: TestClient, address: str
) -> None:
    [(href, label)] = links(client, address)
    made = rows(client, href)
    shown = re.findall(
        r"data-hit-link>([^<]+)<",
        client.get(
            re.sub("&?(offset|group|limit)=[^&]*", "", address) + "&limit=100"
        ).text,
    )

    assert label == "导出表格"
    assert [row["标题"] for row in made] == [html.unescape(title) for title in shown]
    assert [row["序号"] for row in made] == [str(n) for n in range(1, len(made) + 1)]


def test_a_row_holds_what_the_list_shows_of_a_document(
    client: TestClient, ids: dict[str, int]
) -> None:
    row = next(
        r
        for r in rows(client, "/export.csv?q=客户名单")
        if r["标题"] == "测试文本甲公司客户名单案"
    )

    assert row | {"因为": "", "序号": ""} == {
        "序号": "",
        "标题": "测试文本甲公司客户名单案",
        "轨道": "民事案例",
        "参照级别": "指导性案例",
        "效力": "应当参照",
        "案号": "（2021）测01民终9907号",
        "机关/法院": "测试知识产权法院",
        "地区": "上海",
        "日期": "2021-04-22",
        "结果": "判赔 50万元；判令停止侵害",
        "资料": "",
        "因为": "",
        "网址": f"http://testserver/documents/{ids['test-customer-list']}",
    }
    assert row["因为"].startswith("命中词：客户名单")


def test_the_name_of_the_file_does_not_tell_what_was_asked(client: TestClient) -> None:
    name = unquote(client.get("/export.csv?q=客户名单").headers["content-disposition"])

    assert re.fullmatch(
        r"attachment; filename\*=UTF-8''检索结果 \d{4}-\d\d-\d\d\.csv", name
    )


def test_nothing_found_is_a_table_without_rows_and_offers_no_link(
    client: TestClient,
) -> None:
    assert rows(client, "/export.csv?q=zzzqqq&mode=keyword") == []
    assert links(client, "/?q=zzzqqq&mode=keyword") == []


def test_a_long_answer_says_that_only_its_beginning_goes_along(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_EXPORTED", 2)

    assert [label for _, label in links(client, "/browse?limit=7")] == ["导出前 2 件"]


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@sum", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert table._plain(cell) == f"'{cell}"
