"""A public reader never learns of an internal or restricted document: in no page, count, facet,
list, link or API.
"""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

#: Words only hidden documents hold; 西藏, 航空航天, BR, 能源与矿业 are facet values only they bear.
SECRETS = (
    "紫罗兰",
    "曼陀罗",
    "内部备忘客户名单",
    "受限卷宗",
    "内部专用机关",
    "test-secret-memo",
    "test-sealed",
)
ADDRESSES = (
    *(
        "/",
        "/?q=客户名单",
        "/?q=紫",
        "/?q=受限 卷宗&mode=keyword",
        "/?q=客户名单&mode=vector",
        "/?q=客户名单&group=tier",
    ),
    *(
        "/?q=客户名单&limit=100",
        "/browse?limit=100",
        "/browse?sort=oldest",
        "/browse/civil",
        "/browse/foreign_case",
    ),
    *(
        "/jurisdictions",
        "/jurisdictions/DE",
        "/jurisdictions/compare?c=DE&c=JP",
        "/laws",
        "/laws/反不正当竞争法",
    ),
    *(
        "/laws/反不正当竞争法?version=2019",
        "/laws/反不正当竞争法/cases?version=2019&article=第九条",
    ),
    *(
        "/elements",
        "/about",
        "/api/search?q=客户名单&limit=100",
        "/api/search?limit=100",
    ),
    *(
        "/api/search?q=客户名单&mode=vector&limit=100",
        "/?f.kind=civil&f.tier=指导性案例",
    ),
    *(
        "/api/suggest?q=内部&limit=20",
        "/api/suggest?q=客户&limit=20",
        "/api/suggest?q=nbbw",
        "/api/suggest?q=受限",
    ),
    *(
        "/export.csv?q=客户名单",
        "/export.csv?q=受限 卷宗&mode=vector",
        "/export.csv",
        "/?q=客户名单&sort=amount",
    ),
    *(
        "/?q=内部备忘客户名单绝密机官",
        "/api/search?q=受限卷棕客户名单",
        "/api/search?q=neibubeiwangkehumingdan",
    ),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_tells_of_hidden_documents(client: TestClient, address: str) -> None:
    page = client.get(address).text
    asked = {word for word in SECRETS if word in address}

    assert [word for word in SECRETS if word in page and word not in asked] == []


@pytest.mark.parametrize("slug", ["test-secret-memo", "test-sealed"])
def test_a_hidden_document_looks_like_none(
    client: TestClient, ids: dict[str, int], slug: str
) -> None:
    hidden = client.get(f"/documents/{ids[slug]}")
    absent = client.get("/documents/987654")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.text == absent.text
    for address in (
        f"/documents/{slug}",
        f"/api/documents/{ids[slug]}",
        f"/api/documents/{slug}",
    ):
        assert client.get(address).status_code == 404


def test_counts_and_facets_leave_hidden_documents_out(
    client: TestClient, insider: TestClient
) -> None:
    public = client.get("/api/search?limit=100").json()
    all_ = insider.get("/api/search?limit=100").json()

    assert (public["total"], all_["total"]) == (37, 39)
    assert (
        dict(public["facets"]["kind"])["civil"] == 26
        and dict(all_["facets"]["kind"])["civil"] == 27
    )
    hidden = {
        "region": "西藏",
        "authority": "内部专用机关",
        "industry": "航空航天",
        "jurisdiction": "BR",
    }
    for field, value in hidden.items():
        assert value not in dict(public["facets"][field])
        assert value in dict(all_["facets"][field])
    searched = client.get("/api/search?q=客户名单&limit=100").json()
    for field, value in hidden.items():
        assert value not in dict(searched["facets"][field])


def test_matrix_and_articles_leave_hidden_documents_out(
    client: TestClient, insider: TestClient
) -> None:
    assert (
        "巴西" not in client.get("/jurisdictions").text
        and "巴西" in insider.get("/jurisdictions").text
    )
    assert (
        client.get("/jurisdictions/BR").status_code == 404
        and insider.get("/jurisdictions/BR").status_code == 200
    )
    address = "/laws/反不正当竞争法/cases?version=2019&article=第九条"
    assert (
        "内部备忘" not in client.get(address).text
        and "内部备忘" in insider.get(address).text
    )


def test_neighbours_leave_hidden_documents_out(
    client: TestClient, insider: TestClient, ids: dict[str, int]
) -> None:
    address = f"/documents/{ids['test-customer-list']}?q=客户名单"

    assert all(word not in client.get(address).text for word in SECRETS)
    assert "内部备忘客户名单绝密机关" in insider.get(address).text
    for slug in ids:
        if slug not in ("test-secret-memo", "test-sealed") and not slug.startswith(
            "test-many"
        ):
            page = client.get(f"/documents/{ids[slug]}").text
            assert "绝密机关" not in page and "受限卷宗" not in page


def test_a_link_to_a_hidden_document_is_no_link(
    client: TestClient, insider: TestClient, ids: dict[str, int]
) -> None:
    guide = f"/documents/{ids['test-handling']}"
    hidden = f'<a href="/documents/{ids["test-secret-memo"]}">内部备忘</a>'

    assert f'/documents/{ids["test-secret-memo"]}"' not in client.get(guide).text
    assert "内部备忘" in client.get(guide).text  # the words of the public text itself
    assert hidden in insider.get(guide).text
