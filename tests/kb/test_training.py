"""The shop that makes the shipped model, on tiny data; and the model itself."""

import random
from pathlib import Path

import numpy as np
import pytest

from kb.embedding import load_embedder
from kb.settings import Settings as Product
from kb.training.folds import FOLDS, fold, heldout
from kb.training.own_corpus import corpus_pairs
from kb.training.settings import Settings
from kb.training.texts import clauses

CASE = """---
slug: t-one
title: 测试甲公司配方案
---
## 案情
甲公司的配方存放在车间。员工乙在离职前拷走了配方。乙把它交给丙公司。

## 裁判理由
配方不为公众所知悉。甲公司采取了保密措施。

## 核对说明
处罚日期未读到。

## 常见问法
- 厂里的方子被人带去了对手那边
- 员工拷走资料交给别人，算谁的责任
"""
MODEL = Path("kb/models") / Product().embedder


def test_parts_of_one_document_are_paired_with_each_other_and_with_its_title(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.md").write_text(CASE, "utf-8")
    (tmp_path / "notes.md").write_text("没有文件头的说明\n## 案情\n不是文书\n", "utf-8")
    source, _ = corpus_pairs(tmp_path, random.Random(1))
    said = "".join([*source.queries, *source.passages])

    assert "测试甲公司配方案" in source.queries
    assert "甲公司采取了保密措施" in said and "拷走了配方" in said
    assert "未读到" not in said and "不是文书" not in said
    assert all(
        query != passage
        for query, passage in zip(source.queries, source.passages, strict=True)
    )


def test_a_question_is_paired_with_parts_of_the_document_that_answers_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.md").write_text(CASE, "utf-8")
    parts, questions = corpus_pairs(tmp_path, random.Random(1))

    assert set(questions.queries) == {
        "厂里的方子被人带去了对手那边",
        "员工拷走资料交给别人，算谁的责任",
    }
    assert all("配方" in passage for passage in questions.passages)
    assert not any(
        "带去了对手" in text
        for text in [*parts.queries, *parts.passages, *questions.passages]
    )


def test_a_question_is_in_one_fold_and_the_shipped_model_never_saw_the_first() -> None:
    folds = [fold(str(number)) for number in range(500)]

    assert set(folds) == set(range(FOLDS))
    assert [heldout(str(number)) for number in range(500)] == [
        each == 0 for each in folds
    ]
    assert Settings().hold == (0,)


def test_clauses_are_cut_at_every_comma_and_stop_and_lose_nothing() -> None:
    text = "经营者不得实施下列行为：披露、使用，或者允许他人使用；违反保密义务。"

    assert "".join(clauses(text)) == text
    assert len(clauses(text)) == 4


def test_every_source_of_the_second_model_has_a_share() -> None:
    settings = Settings()

    assert settings.first_mix.keys() < settings.mix.keys()
    assert all(share > 0 for share in settings.mix.values())


def test_rankings_are_imitated() -> None:
    pytest.importorskip("torch", reason="training needs the extra [transformers]")
    pytest.importorskip("scipy", reason="training needs the extra [training]")
    from dataclasses import replace

    from kb.training.learning import Lessons, Pairs, Rankings, learn
    from kb.training.measure import embed
    from kb.training.tokens import Tokens

    chance = np.random.default_rng(3)
    questions = Tokens(np.arange(1, 9, dtype=np.int32), np.arange(9, dtype=np.int64))
    articles = Tokens(np.arange(9, 17, dtype=np.int32), np.arange(9, dtype=np.int64))
    order = np.stack([np.roll(np.arange(8), -row) for row in range(8)]).astype(np.int64)
    scores = np.tile(np.linspace(1, 0, 8, dtype=np.float32), (8, 1))
    pairs = Pairs("other", questions, articles, np.arange(8), np.arange(8))
    settings = replace(
        Settings(),
        ranking_batch=8,
        compared=8,
        token_dropout=0.0,
        learning_rate=0.05,
        warmup=5,
    )
    rankings = Rankings(questions, articles, order, scores)
    rows = chance.standard_normal((17, 16)).astype(np.float32)
    table = learn(
        rows,
        Lessons([pairs], articles, {"labelled_ranking": 1.0}, rankings),
        settings,
        150,
    )
    found = embed(table, questions) @ embed(table, articles).T

    assert found.argmax(axis=1).tolist() == list(range(8))


def test_the_shipped_model_is_small_and_knows_what_means_the_same() -> None:
    assert (
        sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file())
        <= 40 * 1024 * 1024
    )
    embedder = load_embedder(Product().embedder)
    question, like, unlike = embedder.embed(
        [
            "业务员跳槽把老客户都拉走了",
            "离职员工使用原单位的客户信息与客户成交",
            "纳税人应当按期办理纳税申报",
        ]
    )

    assert question @ like > question @ unlike + 0.2
