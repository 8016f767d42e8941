from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb.thesaurus
from kb.analysis import normalise, tokenize
from kb.errors import UserError
from kb.thesaurus import (
    GLOSSARY,
    THESAURUS,
    Expansion,
    Thesaurus,
    load_thesaurus,
    read_groups,
    read_pairs,
    thesaurus,
)
from tests.growth import seconds


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    yield
    load_thesaurus()


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Thesaurus]:
    def make(lines: str, pairs: str = "") -> Thesaurus:
        (tmp_path / "words.txt").write_text(lines, "utf-8")
        (tmp_path / "pairs.tsv").write_text(pairs, "utf-8")
        return Thesaurus(
            read_groups(tmp_path / "words.txt"), read_pairs(tmp_path / "pairs.tsv")
        )

    return make


def found(
    words: Thesaurus, text: str, taken: tuple[tuple[int, int], ...] = ()
) -> dict[str, tuple[str, ...]]:
    return {e.typed: e.alternatives for e in words.find(text, tokenize(text), taken)}


@pytest.mark.parametrize(
    ("text", "typed", "meant"),
    [
        ("离职员工带走客户名单", "客户名单", "客户信息"),
        ("跳槽后还要保密吗", "跳槽", "离职"),
        ("高薪挖人算不算", "挖人", "挖角"),
        ("竞业协议没给钱", "竞业协议", "竞业限制"),
        ("把源码带走", "源码", "源代码"),
        ("秘方被偷了", "秘方", "配方"),
        ("优盘拷走图纸", "优盘", "U盘"),
        ("要坐牢吗", "坐牢", "有期徒刑"),
        ("老东家起诉我", "老东家", "前雇主"),
        ("逆向工程合法吗", "逆向工程", "反向工程"),
        ("举证倒置", "举证倒置", "举证责任转移"),
        ("签了NDA", "NDA", "保密协议"),
        ("a former employee", "former employee", "前员工"),
        ("misappropriation", "misappropriation", "盗用"),
        ("EXEMPLARY DAMAGES", "EXEMPLARY DAMAGES", "惩罚性赔偿"),
        ("客戶名單", "客戶名單", "客户信息"),
        ("Ｎｏｎ－ｃｏｍｐｅｔｅ", "Ｎｏｎ－ｃｏｍｐｅｔｅ", "竞业限制"),
    ],
)
def test_what_people_say_leads_to_what_cases_and_statutes_say(
    text: str, typed: str, meant: str
) -> None:
    assert meant in found(thesaurus(), text)[typed]


def test_equivalents_go_both_ways_and_arrows_one_way(
    made: Callable[..., Thesaurus],
) -> None:
    words = made("客户名单, 客户信息\n跳槽、跳去 => 离职，新雇主 # 单向\n")

    assert found(words, "客户名单") == {"客户名单": ("客户信息",)}
    assert found(words, "客户信息") == {"客户信息": ("客户名单",)}
    assert found(words, "他跳槽了") == {"跳槽": ("离职", "新雇主")}
    assert found(words, "他离职了") == {}


def test_a_word_of_several_lines_has_the_equivalents_of_all(
    made: Callable[..., Thesaurus],
) -> None:
    words = made("图纸, 设计图\n图纸 => 技术信息\n", "图纸\tdrawings\t通用法律英语\n")

    assert found(words, "图纸") == {"图纸": ("设计图", "技术信息", "drawings")}
    assert found(words, "the drawing") == {"drawing": ("图纸",)}


def test_the_longest_word_wins_and_its_parts_are_left_alone(
    made: Callable[..., Thesaurus],
) -> None:
    words = made(
        "商业秘密, 营业秘密\n侵犯商业秘密罪 => 刑事\n",
        "员工\temployee\tx\n前员工\tformer employee\tx\n",
    )

    assert found(words, "侵犯商业秘密罪") == {"侵犯商业秘密罪": ("刑事",)}
    assert found(words, "our former employees") == {"former employees": ("前员工",)}


def test_words_within_words_and_taken_spans_are_not_widened(
    made: Callable[..., Thesaurus],
) -> None:
    words = made("开除, 解雇\n下个, 后个\n公司, 企业\n", "法院\tcourt\tx\n")

    assert found(words, "离开除了他") == found(words, "下个月再说") == {}
    assert found(words, "courtesy") == {}
    assert found(words, "公司法第十条", ((0, 6),)) == {}


def test_what_is_typed_already_is_not_added(made: Callable[..., Thesaurus]) -> None:
    assert found(made("跳槽 => 离职, 新雇主\n"), "离职跳槽跳槽") == {
        "跳槽": ("新雇主",)
    }


@given(
    st.text(max_size=300)
    | st.text(alphabet='客户名单离职跳槽 NDA trade secret，"“-U盘\ud800', max_size=300)
)
def test_no_text_is_refused_and_every_span_is_the_words_own(text: str) -> None:
    expansions = thesaurus().find(text, tokenize(text))

    ends = 0
    for one in expansions:
        assert text[one.start : one.end] == one.typed
        assert one.alternatives
        assert not any(normalise(word) in normalise(text) for word in one.alternatives)
        assert one.start >= ends
        ends = one.end


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("客户名单", "至少要有两个词"),
        ("客户名单,", "空的词"),
        ("跳槽 =>", "空的词"),
        ("甲乙 => 丙丁 => 戊己", "只能有一个"),
        ("客户名单, 客戶名單", "写了两次"),
        ("偷, 窃取", "应为 2 至 40 个字"),
        ("??, 窃取", "应为 2 至 40 个字"),
        ("字" * 41 + ", 窃取", "应为 2 至 40 个字"),
    ],
)
def test_a_bad_line_of_the_thesaurus_is_named_with_file_and_line(
    tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(f"# 说明\n\n甲方, 委托方\n{line}\n", "utf-8")

    with pytest.raises(UserError) as error:
        read_groups(path)

    assert f"{path} 第 4 行:" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        "图纸\tdrawings",
        "图纸\t\tx",
        "图纸\t图样\tx",
        "drawings\t图纸\tx",
        "图纸 drawings x",
    ],
)
def test_a_bad_line_of_the_glossary_is_named_with_file_and_line(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(f"配方\tformula\tUTSA § 1\n{line}\n", "utf-8")

    with pytest.raises(UserError, match="第 2 行"):
        read_pairs(path)


def test_a_file_that_cannot_be_read_is_named_and_nothing_changes(
    tmp_path: Path,
) -> None:
    before = thesaurus()
    (tmp_path / "gbk.txt").write_bytes("甲方, 委托方".encode("gbk"))

    for path in (tmp_path / "none.txt", tmp_path / "gbk.txt"):
        with pytest.raises(UserError, match=path.name):
            load_thesaurus(path)

    assert thesaurus() is before


def test_empty_files_widen_nothing(made: Callable[..., Thesaurus]) -> None:
    assert found(made("# 无\n"), "跳槽 NDA") == {}


def test_the_shipped_files_are_large_enough_and_name_their_sources() -> None:
    groups, pairs = read_groups(THESAURUS), read_pairs(GLOSSARY)

    assert len(groups) >= 120
    assert len(pairs) >= 200
    assert len({(pair.chinese, pair.english) for pair in pairs}) == len(pairs)
    named = {pair.source for pair in pairs}
    assert {
        "TRIPS Art. 39",
        "18 U.S.C. § 1839(3)",
        "UTSA § 1",
        "Directive (EU) 2016/943 Art. 2(2)",
    } <= named


def test_finding_words_costs_little_beside_cutting_the_text_into_words() -> None:
    words, text = thesaurus(), "销售跳槽把客户资料拷贝到U盘带走"
    tokens = tokenize(text)

    def find() -> None:
        for _ in range(1_000):
            words.find(text, tokens)

    def cut() -> None:
        for _ in range(1_000):
            tokenize(text)

    assert seconds(find) < 5 * seconds(cut)


def test_an_expansion_lists_synonyms_before_translations() -> None:
    assert Expansion("图纸", 0, 2, ("设计图",), ("drawings",)).alternatives == (
        "设计图",
        "drawings",
    )


def test_the_thesaurus_in_use_is_read_once() -> None:
    assert thesaurus() is thesaurus() is kb.thesaurus.thesaurus()
