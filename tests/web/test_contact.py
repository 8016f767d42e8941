"""Where readers report mistakes, if the operator says where."""

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from kb.errors import UserError
from kb.settings import Settings, load_settings
from web import create_app


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("", None),
        (
            "kb@bureau.example",
            "mailto:kb@bureau.example?subject=报错：测试文本甲公司客户名单案&body=http://testserver/documents/{}",
        ),
        ("https://bureau.example/report", "https://bureau.example/report"),
    ],
)
def test_mistakes_can_be_reported_where_an_operator_says_to_whom(
    home: Path, ids: dict[str, int], contact: str, address: str | None
) -> None:
    number = ids["test-customer-list"]
    with TestClient(create_app(Settings(home=home, contact=contact))) as client:
        page = client.get(f"/documents/{number}?q=客户名单").text
        foot = client.get("/about").text

    found = [
        unquote(html.unescape(href))
        for href in re.findall(r'<a href="([^"]+)">报错</a>', page)
    ]
    assert found == ([address.format(number)] if address else [])
    assert ("指出错误或补充材料" in foot) == bool(contact)


@pytest.mark.parametrize(
    "contact",
    ["somebody", "javascript:alert(1)", "a@b", "https://x y", "mailto:a@b.cn"],
)
def test_a_contact_that_is_no_address_is_explained(contact: str) -> None:
    with pytest.raises(UserError, match="KB_CONTACT 应为一个邮箱或 http"):
        load_settings({"KB_CONTACT": contact})
