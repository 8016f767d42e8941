import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import analysis
from kb.analysis import (
    characters,
    dictionary_hash,
    load_dictionary,
    normalise,
    normalise_all,
    terms,
    tokenize,
)
from kb.ligatures import unbroken, unfold
from tests.conftest import CORPUS

LEGAL = st.text(
    alphabet="甲公司客户名单技术秘密的离职员工未签保密协议商業祕密 ABab12，。\n“”-.'§🙂\u3000Ａ１ßǅ",
    max_size=80,
)
ANY = st.one_of(st.text(st.characters(exclude_categories=()), max_size=80), LEGAL)


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    load_dictionary()


@given(ANY)
def test_folding_keeps_the_length_and_is_done_after_one_pass(text: str) -> None:
    once = normalise(text)

    assert len(once) == len(text)
    assert [normalise(char) for char in text] == list(once)
    assert normalise(once) == once


@given(st.lists(ANY, max_size=6))
def test_folding_many_texts_gives_what_folding_each_gives(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text) for text in texts]


def test_many_texts_are_folded_a_portion_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folded: list[int] = []
    monkeypatch.setattr(analysis, "_FOLDED_AT_ONCE", 100)
    monkeypatch.setattr(
        analysis, "normalise", lambda text: folded.append(len(text)) or text.lower()
    )

    assert normalise_all(["甲" * 30] * 9 + ["Ａ" * 500]) == ["甲" * 30] * 9 + [
        "ａ" * 500
    ]
    assert folded == [120, 120, 530]


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=8))
def test_short_and_long_texts_are_folded_alike(text: str) -> None:
    assert normalise(text * 40) == normalise(text) * 40


def test_plain_latin_is_folded_as_every_other_character_is() -> None:
    assert [analysis._fold(code) for code in range(128)] == [
        ord(normalise(chr(code))) for code in range(128)
    ]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("商業祕密", "商业秘密"),
        ("客戶名單", "客户名单"),
        ("營業秘密", "营业秘密"),
        ("ＡＢＣ１２３", "abc123"),
        ("Trade SECRET", "trade secret"),
        ("（２０２０）", "(2020)"),
        ("㎏ß", "㎏ß"),
    ],
)
def test_traditional_and_full_width_forms_find_their_twins(
    typed: str, stored: str
) -> None:
    assert normalise(typed) == stored
    assert terms(typed) == terms(stored)
    assert [token.term for token in characters(typed)] == [
        token.term for token in characters(stored)
    ]


@given(ANY)
def test_every_token_stands_where_it_says(text: str) -> None:
    folded = normalise(text)
    for token in tokenize(text):
        piece = folded[token.start : token.end]
        read = [
            reading.text
            for reading in (unfold(piece), unbroken(piece))
            if reading is not None
        ]
        assert token.term in (*read, *map(analysis._stem, read)) or any(
            token.term in one for one in read
        )
    for token in characters(text):
        assert token.term in unfold(folded[token.start : token.end]).text


@given(ANY)
def test_terms_are_tokens_without_their_places(text: str) -> None:
    assert sorted(terms(text)) == sorted(token.term for token in tokenize(text))


@given(ANY)
def test_no_character_of_a_language_is_lost_to_exact_search(text: str) -> None:
    held = {
        place for token in characters(text) for place in range(token.start, token.end)
    }
    folded = normalise(text)

    assert {
        place
        for place, char in enumerate(folded)
        if "一" <= char <= "鿿" or char in "abcdefgh0123"
    } <= held


@cache
def _segmenters() -> tuple[analysis._Cuts, analysis._Cuts]:
    words = analysis._segmenter().words
    fast = analysis._rjieba(words)
    assert fast is not None, "rjieba is a pinned dependency"
    return fast, analysis._jieba(words)


def _both(
    text: str,
) -> tuple[
    list[tuple[str, int, int]], list[tuple[str, int, int]], list[str], list[str]
]:
    fast, slow = _segmenters()
    only_han = analysis._NOT_HAN.sub(" ", normalise(text))
    return fast[0](only_han), slow[0](only_han), fast[1](only_han), slow[1](only_han)


@settings(max_examples=150)
@given(LEGAL)
def test_both_segmenters_give_the_same_words(text: str) -> None:
    fast, slow, fast_words, slow_words = _both(text)

    assert [t for t in fast if t[0][0] != " "] == [t for t in slow if t[0][0] != " "]
    assert [w for w in fast_words if w[0] != " "] == [
        w for w in slow_words if w[0] != " "
    ]


def test_both_segmenters_give_the_same_words_on_the_corpus() -> None:
    files = sorted(CORPUS.rglob("*.md"))[::9]
    assert files
    for path in files:
        fast, slow, fast_words, slow_words = _both(path.read_text("utf-8"))
        assert [t for t in fast if t[0][0] != " "] == [
            t for t in slow if t[0][0] != " "
        ], path.name
        assert [w for w in fast_words if w[0] != " "] == [
            w for w in slow_words if w[0] != " "
        ], path.name


def test_long_legal_words_come_with_the_words_in_them() -> None:
    found = [token.term for token in tokenize("其商业秘密即客户名单")]

    assert {"商业秘密", "商业", "秘密", "客户名单", "客户", "名单"} <= set(found)


def test_a_legal_word_inside_a_longer_one_is_found_too() -> None:
    text = "侵犯商业秘密罪"

    assert {"侵犯商业秘密罪", "侵犯商业秘密", "商业秘密", "商业", "秘密"} <= set(
        terms(text)
    )
    assert {text[t.start : t.end] == t.term for t in tokenize(text)} == {True}


def test_korean_and_japanese_runs_are_words_of_their_own() -> None:
    assert [t.term for t in tokenize("대법원 2017다34981 ノウハウ")] == [
        "대법원",
        "2017다34981",
        "ノウハウ",
    ]
    assert [t.term for t in characters("대법원 나")] == ["대법원", "나"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("misappropriated", ["misappropri"]),
        ("misappropriation", ["misappropri"]),
        ("secrets", ["secret"]),
        ("18 U.S.C.", ["18", "u", "u.s.c", "s", "c"]),
        ("337-TA-1145", ["337", "337-ta-1145", "ta", "1145"]),
        ("V2.0", ["v2", "v2.0", "0"]),
        ("AI模型", ["ai", "模型"]),
    ],
)
def test_english_is_stemmed_and_compounds_are_kept_whole_and_in_parts(
    text: str, expected: list[str]
) -> None:
    assert [token.term for token in tokenize(text)] == expected


def test_the_words_editors_add_are_cut_whole_and_change_the_hash(
    tmp_path: Path, restored: None
) -> None:
    before = dictionary_hash()
    assert "氮气保护窑" not in terms("氮气保护窑")
    words = tmp_path / "dictionary.txt"
    words.write_text("# 注释\n\n氮气保护窑\n", "utf-8")
    load_dictionary(words)

    assert "氮气保护窑" in terms("该氮气保护窑")
    assert dictionary_hash() != before
    assert not {"#", "注释"} & set(analysis._segmenter().words)


def test_a_process_loads_the_words_of_the_library_once_and_forgets_those_of_another_dictionary(
    tmp_path: Path,
) -> None:
    (tmp_path / "dictionary.txt").write_text("氮气保护窑\n", "utf-8")
    code = f"""
from pathlib import Path
import rjieba
from kb import analysis

made, Jieba = [], rjieba.Jieba
rjieba.Jieba = lambda: made.append(Jieba()) or made[-1]
analysis.load_dictionary(Path({str(tmp_path / "dictionary.txt")!r}))
print("氮气保护窑" in analysis.terms("该氮气保护窑"), len(made))
analysis.load_dictionary()
print("氮气保护窑" in analysis.terms("该氮气保护窑"), "客户名单" in analysis.terms("其客户名单"), len(made))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ran.stdout.splitlines() == ["True 0", "False True 1"], ran.stderr


def test_a_missing_dictionary_leaves_the_ordinary_words(
    tmp_path: Path, restored: None
) -> None:
    load_dictionary(tmp_path / "none.txt")

    assert "客户" in terms("客户名单")


def test_known_words_leave_a_slip_of_the_pen_in_single_characters() -> None:
    assert [word.term for word in analysis.known_words("离职员工带走客户名但")][
        -3:
    ] == ["客户", "名", "但"]
    assert [word.term for word in analysis.known_words("客户名单")] == ["客户名单"]


@settings(max_examples=150)
@given(LEGAL)
def test_both_segmenters_know_the_same_words_where_they_stand(text: str) -> None:
    fast, slow = _segmenters()
    folded = normalise(text)
    only_han = analysis._NOT_HAN.sub(" ", folded)

    assert [t for t in fast[2](only_han) if t[0][0] != " "] == [
        t for t in slow[2](only_han) if t[0][0] != " "
    ]
    assert all(
        folded[word.start : word.end] == word.term
        for word in analysis.known_words(text)
    )
