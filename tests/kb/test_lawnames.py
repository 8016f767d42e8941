"""Golden lines: laws named without 《》, by what people call them, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.identifiers import find
from kb.lawnames import LAW_ALIASES, NOT_AFTER
from kb.mentions import citations, law_name

JUDICIAL_2020 = ("法释〔2020〕7号", "法释〔2020〕7号")
AUCL = ("反不正当竞争法", "版本未注明")
JUDICIAL_2022 = ("反不正当竞争法解释", "版本未注明")
CRIMINAL_2020 = ("两高解释（三）", "版本未注明")


@pytest.mark.parametrize(
    ("line", "law"),
    [
        ("中华人民共和国反不正当竞争法第五条", AUCL),
        ("反不正当竞争法第五条", AUCL),
        ("依照反法第五条处理", AUCL),
        ("反法的第五条", AUCL),
        ("反法中第五条", AUCL),
        ("商业秘密司法解释第五条", JUDICIAL_2020),
        ("商业秘密规定第五条", JUDICIAL_2020),
        ("侵犯商业秘密民事案件司法解释第五条", JUDICIAL_2020),
        (
            "最高人民法院关于审理侵犯商业秘密民事案件适用法律若干问题的规定第五条",
            JUDICIAL_2020,
        ),
        ("反法解释第五条", JUDICIAL_2022),
        ("反不正当竞争法司法解释第五条", JUDICIAL_2022),
        (
            "《最高人民法院关于适用〈中华人民共和国反不正当竞争法〉若干问题的解释》第五条",
            JUDICIAL_2022,
        ),
        (
            "《最高人民法院关于适用《中华人民共和国反不正当竞争法》若干问题的解释》第五条",
            JUDICIAL_2022,
        ),
        ("知产刑事解释（三）第五条", CRIMINAL_2020),
        ("知产刑事解释(三)第五条", CRIMINAL_2020),
        ("两高解释（三）第五条", CRIMINAL_2020),
        ("知产刑事解释第五条", ("法释〔2025〕5号", "法释〔2025〕5号")),
        ("商业秘密保护规定第五条", ("商业秘密保护规定", "版本未注明")),
        (
            "关于禁止侵犯商业秘密行为的若干规定第五条",
            ("关于禁止侵犯商业秘密行为的若干规定", "版本未注明"),
        ),
        ("上海市反不正当竞争条例第五条", ("上海市反不正当竞争条例", "版本未注明")),
        ("《民法通则》第五条", ("民法通则", "版本未注明")),
        (
            "《关于审理试验案件若干问题的解释（二）》第五条",
            ("关于审理试验案件若干问题的解释（二）", "版本未注明"),
        ),
        ("2019年反法第五条", ("反不正当竞争法", "2019")),
        ("反法（2019年修正）第五条", ("反不正当竞争法", "2019")),
        ("民诉法第五条", ("民事诉讼法", "版本未注明")),
    ],
)
def test_a_law_is_known_by_what_people_call_it(line: str, law: tuple[str, str]) -> None:
    (cited,) = citations(line)

    assert (cited.law, cited.version, cited.article) == (*law, "第五条")
    assert [key.value for key in find(line) if key.type == "article"] == [
        "|".join((*law, "第五条"))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "北京市反不正当竞争条例第五条",
        "违反法律规定",
        "违反法第五条",
        "反法西斯战争",
        "反法西斯第五条街",
        "德国反不正当竞争法第五条",
        "德国《反不正当竞争法》第五条",
        "日本的刑法第五条",
        "《专利实施许可合同》第五条",
        "《保险条款》第五条",
        "专利法实施细则第五条",
        "公司法定代表人第五条",
    ],
)
def test_what_only_looks_like_a_law_s_name_is_none(line: str) -> None:
    assert citations(line) == []


def test_that_law_is_the_one_named_last() -> None:
    text = "《劳动合同法》第三十六条可以协商解除。该法第四十七条第一款规定了补偿。依照《中华人民共和国民法典》，该法第五条亦同。"

    assert [(c.law, c.article) for c in citations(text)] == [
        ("劳动合同法", "第三十六条"),
        ("劳动合同法", "第四十七条"),
        ("民法典", "第五条"),
    ]


def test_that_law_of_nothing_named_is_none() -> None:
    assert citations("该法第五条") == []


def test_every_line_of_the_list_is_a_name_and_what_it_stands_for() -> None:
    lines = [
        line.split("\t")
        for line in (Path(__file__).parents[2] / "kb/lawnames.tsv")
        .read_text("utf-8")
        .splitlines()
        if line and not line.startswith("#")
    ]

    assert all(
        len(line) in (2, 3) and all(line) and [word.strip() for word in line] == line
        for line in lines
    )
    assert len({line[0] for line in lines}) == len(lines) == len(LAW_ALIASES)
    assert all(law_name(called) == law for called, law in LAW_ALIASES.items())
    assert NOT_AFTER == {"反法": "违"}
