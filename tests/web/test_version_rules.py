"""A case that cites a replaced version says which article decides between the versions: that of its
own track.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from ingest.pipeline import ingest_file
from kb.embedding import load_embedder
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.web.test_pages import main_of, text_of
from web import create_app

_VERSION = """---
slug: law-{version}
kind: statute
title: 反不正当竞争法（{version}）
law: 反不正当竞争法
version: '{version}'
effective_from: {since}
provisions: [{{article: {article}, provision: 测试行为}}]
sources: [{{name: 某公报, grade: A}}]
---
## {article} 测试行为
测试文本。
"""
_RULE = """---
slug: {slug}
kind: statute
title: {law}
law: {law}
version: {version}
provisions: [{{article: {article}, provision: {says}, version_rule: {track}}}]
sources: [{{name: 某公报, grade: A}}]
---
## {article} {says}
测试文本。
"""
_CASE = "---\nslug: {kind}\nkind: {kind}\ntitle: 测试案{kind}\nstatutes: [反不正当竞争法（2001）第三条]\n{more}---\n测试文本。\n"
FILES = (
    _VERSION.format(version="2001", since="2001-01-01", article="第三条"),
    _VERSION.format(version="2021", since="2021-01-01", article="第五条"),
    _RULE.format(
        slug="a",
        law="测试程序法",
        version="'2011'",
        article="第七条",
        says="甲规则",
        track="administrative",
    ),
    _RULE.format(
        slug="b",
        law="测释一号",
        version="测释一号",
        article="第八条",
        says="乙规则",
        track="civil",
    ),
    *(
        _CASE.format(kind=kind, more="")
        for kind in ("administrative", "civil", "criminal", "guidance")
    ),
    _CASE.format(kind="foreign_case", more="jurisdiction: DE\n"),
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with tempfile.TemporaryDirectory() as folder:
        home, embedder = Path(folder) / "home", load_embedder("zh-legal-static")
        with Store(home, Visibility.RESTRICTED) as store:
            for number, content in enumerate(FILES):
                path = Path(folder) / f"{number}.md"
                path.write_text(content, "utf-8")
                assert [
                    receipt.error for receipt in ingest_file(path, store, embedder)
                ] == [None]
        with TestClient(create_app(Settings(home=home))) as opened:
            yield opened


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("administrative", "适用哪一版，依测试程序法（2011）第七条（甲规则）。"),
        ("civil", "适用哪一版，依测释一号第八条（乙规则）。"),
        ("criminal", ""),  # no law here has a rule for this track
        ("foreign_case", ""),
        ("guidance", ""),
    ],
)
def test_a_page_names_the_rule_of_its_own_track_or_none(
    client: TestClient, kind: str, said: str
) -> None:
    words = text_of(main_of(client.get(f"/documents/{kind}").text))

    assert f"本文引用的是旧版本。{said}现行版本中对应的条文：" in words
    assert "反不正当竞争法（2001）第三条 → 现行 反不正当竞争法（2021）第五条" in words


def test_the_rule_leads_to_its_article(client: TestClient) -> None:
    link = re.search(
        r'<a href="([^"]+)">测试程序法（2011）第七条</a>',
        client.get("/documents/administrative").text,
    )

    assert (
        link is not None and unquote(link[1]) == "/laws/测试程序法?version=2011#第七条"
    )
    assert client.get(link[1]).status_code == 200
