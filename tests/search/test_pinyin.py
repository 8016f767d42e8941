from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.pinyin import load_pinyin


def spoken(text: str) -> list[str]:
    pinyin = load_pinyin()
    return [
        pinyin.syllables[ord(c) - 0xE000] if "\ue000" <= c < "\uf8ff" else c
        for c in pinyin.sound(text)
    ]


def test_a_character_is_read_as_its_word_has_it() -> None:
    assert spoken("银行") == ["yin", "hang"]
    assert spoken("行政") == ["xing", "zheng"]
    assert spoken("重庆没收") == ["chong", "qing", "mo", "shou"]
    assert spoken("绿色") == ["lv", "se"]


def test_traditional_characters_sound_as_simplified_ones_and_other_signs_stay() -> None:
    assert spoken("商業秘密 A1") == [*spoken("商业秘密"), " ", "a", "1"]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        *(
            ("kehumingdan", "客户名单"),
            ("kehu ming dan", "客户名单"),
            ("khmd", "客户名单"),
            ("KHmingd", "客户名单"),
        ),
        *(
            ("xian", "西安"),
            ("xian", "县"),
            ("xi'an", "西安"),
            ("lvse", "绿色"),
            ("lüse", "绿色"),
            ("zhm", "正面"),
        ),
    ],
)
def test_typed_pinyin_in_full_or_by_first_letters_finds_the_word(
    typed: str, word: str
) -> None:
    pattern = load_pinyin().pattern(typed, open_end=False)

    assert pattern is not None and re.fullmatch(pattern, load_pinyin().sound(word))


def test_the_last_syllable_may_be_unfinished_only_while_one_types() -> None:
    pinyin, said = load_pinyin(), load_pinyin().sound("客户名单")
    unfinished, finished = (
        pinyin.pattern("kehumingda", open_end=end) for end in (True, False)
    )

    assert unfinished and re.fullmatch(unfinished, said)
    assert finished and not re.fullmatch(finished, said)


@pytest.mark.parametrize("typed", ["k", "", "客户", "a1", "uuu", "kehu!", "x" * 200])
def test_what_is_no_pinyin_gives_no_pattern(typed: str) -> None:
    assert load_pinyin().pattern(typed, open_end=False) is None


@given(st.text(max_size=60))
def test_a_sound_is_as_long_as_its_text_whatever_that_is(text: str) -> None:
    assert len(load_pinyin().sound(text)) == len(text)
    for open_end in (True, False):
        pattern = load_pinyin().pattern(text, open_end=open_end)
        assert pattern is None or re.compile(pattern)


def test_the_readings_are_those_of_the_library_that_is_not_imported() -> None:
    spoken("商业秘密")
    imported = "pypinyin" in sys.modules
    from pypinyin import lazy_pinyin

    words = (
        "侵犯商业秘密罪",
        "竞业限制补偿金",
        "反不正当竞争法",
        "会计师事务所",
        "长沙银行",
        "重庆市",
        "参与分配",
        "调解书",
    )
    assert not imported
    assert [spoken(word) for word in words] == [
        lazy_pinyin(word, v_to_u=False) for word in words
    ]
