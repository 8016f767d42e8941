"""Questions that a document answers: found by them, shown by its own text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.pipeline import ingest_file
from search.more_like_this import telling_terms
from search.request import SearchRequest
from tests.search.conftest import Library
from tests.search.told import because


def case_with_questions(tmp_path: Path) -> Path:
    path = tmp_path / "test-questions.md"
    path.write_text(
        """---
slug: test-questions
kind: civil
title: 测试文本丙公司窑炉参数案
sources: [{name: 测试, grade: A}]
---
## 案情
丙公司的烧成曲线由技术员掌握,技术员离职后交给丁公司。

## 证据
烧成曲线记在工艺卡上。

## 裁判理由
烧成曲线不为公众所知悉。

## 裁判结果
丁公司停止使用烧成曲线。

## 常见问法
- 烧窑师傅投奔隔壁厂,把火候门道全抖出去了
""",
        "utf-8",
    )
    return path


def test_a_document_is_found_by_a_question_it_answers_and_shown_by_its_own_text_where_that_matches_too(
    opened: Callable[..., Library], tmp_path: Path
) -> None:
    library = opened()
    (receipt,) = ingest_file(
        case_with_questions(tmp_path), library.store, library.searcher._embedder
    )
    assert receipt.error is None

    by_question = library.searcher.search(
        library.store, SearchRequest("烧窑师傅 火候门道", mode="keyword")
    ).hits[0]
    by_both = library.searcher.search(
        library.store, SearchRequest("烧窑师傅 烧成曲线", mode="keyword")
    ).hits[0]

    assert (by_question.document.slug, by_both.document.slug) == (
        "test-questions",
        "test-questions",
    )
    assert [passage.role for passage in by_question.passages] == ["questions"]
    assert sorted(passage.role for passage in by_both.passages) == [
        "disposition",
        "evidence",
        "reasoning",
    ]
    assert any(
        "烧成" in reason and "常见问法中的烧窑师傅" in reason
        for reason in because(by_both)
    )
    assert not any("常见问法" in reason for reason in because(by_question))
    document = library.store.document("test-questions")
    assert document is not None and "师傅" in document.text
    assert "曲线" in telling_terms(
        document, library.searcher.indexes(library.store).keyword
    )
    assert "师傅" not in telling_terms(
        document, library.searcher.indexes(library.store).keyword
    )
