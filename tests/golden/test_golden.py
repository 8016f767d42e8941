"""The product answers what it answered, until a commit freezes something else and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.settings import Settings
from tests.golden import freezer
from tests.golden.freezing import frozen_json, frozen_page


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return freezer.fill(
        tmp_path_factory.mktemp("golden"), tmp_path_factory.mktemp("incoming")
    )


def told(changed: list[str]) -> str:
    return "\n\n".join(
        [
            *changed[:5],
            f"{len(changed)} 处不同:python -m tests.golden 列出,--write 冻结(并在提交中说明)",
        ]
    )


def test_the_interface_answers_every_question_as_it_did(library: Settings) -> None:
    now = freezer.answers_now(library)
    changed = list(freezer.changed(freezer.read(freezer.ANSWERS), now))

    assert len(now) >= 150
    assert not changed, told(changed)


def test_every_page_says_what_it_said(library: Settings) -> None:
    changed = list(
        freezer.changed(freezer.read(freezer.PAGES), freezer.pages_now(library))
    )

    assert not changed, told(changed)


def test_nothing_frozen_was_for_insiders() -> None:
    frozen = "".join(
        text
        for path in (freezer.ANSWERS, freezer.PAGES)
        for text in freezer.read(path).values()
    )

    assert (
        "golden-hidden" not in frozen
        and "仅供内部的客户名单备忘" not in frozen
        and "西藏" not in frozen
    )


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = {"/a?q=1": '{"x": "==== no heading"}\n', "/b": "一\n==== 二\n三\n"}
    found["/b"] = "一\n二\n"
    freezer.write(tmp_path / "frozen.xz", found)

    assert freezer.read(tmp_path / "frozen.xz") == found


def test_one_word_of_one_answer_is_told_with_its_address() -> None:
    before = {"/a": "甲\n乙\n", "/b": '{"x": 1, "y": 2}\n', "/c": "same\n"}
    now = {"/a": "甲\n丙\n", "/b": '{"x": 1, "y": 3}\n', "/c": "same\n", "/d": "new\n"}

    first, second, third = freezer.changed(before, now)

    assert first.splitlines()[0] == "/a" and "-乙" in first and "+丙" in first
    assert (
        second.splitlines()[0] == "/b" and '-"y": 2}' in second and '+"y": 3}' in second
    )
    assert third.splitlines()[0] == "/d" and "+new" in third


def test_an_answer_is_frozen_without_its_time_and_a_page_as_it_is_read() -> None:
    assert (
        frozen_json('{"took_ms": 3.2, "hits": [{"score": 0.123456}]}')
        == '{"hits": [{"score": 0.123}]}'
    )
    markup = "<head><title>t</title></head><p>一 <a href='/x'>二</a>三<script>no()</script><ul><li>四<li>五 12 毫秒</ul>"
    assert frozen_page(markup) == "一 二 </x>三\n四\n五 … 毫秒\n"
