"""A number that is one paper's own and another's 前审案号."""

from collections.abc import Callable

from ingest.pipeline import Receipt
from kb.store import Store
from search.opening import make_searcher
from search.request import SearchRequest
from tests.conftest import TinyEmbedder
from tests.search.told import because, warnings

JUDGMENT = """---
title: 测试甲公司诉测试乙公司侵害技术秘密纠纷案
slug: t-first
kind: civil
case_numbers: ['（2099）测知民终1号']
---
## 案情
测试甲公司的配方被带走。
"""


def test_who_bears_a_number_comes_before_those_whose_earlier_instance_it_was(
    add: Callable[..., list[Receipt]], store: Store, embedder: TinyEmbedder
) -> None:
    appeal = JUDGMENT.replace("t-first", "t-appeal").replace(
        "（2099）测知民终1号", "（2099）测知民终2号"
    )
    appeal = appeal.replace(
        "kind: civil",
        "kind: civil\nearlier_case_numbers: ['（2099）测知民终1号', '（2098）测知民初7号']",
    )
    for name, text in (("c.md", appeal), ("a.md", JUDGMENT)):
        assert [receipt.error for receipt in add(name, text)] == [None]
    searcher = make_searcher(store.home, embedder)

    both = searcher.search(store, SearchRequest("(2099)测知民终1号")).hits
    absent = searcher.search(store, SearchRequest("（2098）测知民初7号"))

    assert [(hit.document.slug, because(hit)[0]) for hit in both] == [
        ("t-first", "案号一致：（2099）测知民终1号"),
        ("t-appeal", "前审案号一致：（2099）测知民终1号"),
    ]
    assert (absent.hits[0].document.slug, because(absent.hits[0])[0]) == (
        "t-appeal",
        "前审案号一致：（2098）测知民初7号",
    )
    assert "库中没有「（2098）测知民初7号」" in warnings(absent)
