"""The starter corpus: whole, valid, honest about its sources; held against the facts where they are
at hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ingest.frontmatter import MarkdownDocument, read_markdown
from ingest.pipeline import check_file
from ingest.sections import role_of
from kb.vocabulary import ROLE_HEADINGS, VERSION_UNSTATED

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
FACTS = ROOT.parent / "shared" / "facts"
FILES = sorted(p for p in CORPUS.rglob("*.md") if p.name != "README.md")
GUIDE_QUESTIONS = [
    *(
        "法律渊源",
        "定义",
        "侵权行为",
        "抗辩",
        "民事救济",
        "刑事责任",
        "时效",
        "程序与保密",
        "员工流动与竞业",
    ),
    *("行政与海关措施", "实务步骤", "分行业提示", "核对说明", "常见问法"),
]
QUESTIONS = "常见问法"
#: A question with so many characters in a row of the document's own would only repeat it.
BORROWED = 7

needs_facts = pytest.mark.skipif(
    not FACTS.is_dir(),
    reason="facts files (../shared/facts) are not beside this checkout",
)


@cache
def documents() -> dict[str, MarkdownDocument]:
    return {p.stem: read_markdown(p.read_text(encoding="utf-8")) for p in FILES}


@cache
def facts(name: str) -> dict[str, dict[str, Any]]:
    lines = (FACTS / name).read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def written(name: str) -> dict[str, dict[str, Any]]:
    """The facts that the corpus was written from; those gathered since wait for their turn."""
    return {slug: row for slug, row in facts(name).items() if slug in documents()}


@cache
def questions() -> dict[str, tuple[str, ...]]:
    """Return the lines of every document's last part, 常见问法."""
    return {
        slug: tuple(
            line.removeprefix("- ")
            for line in d.text[d.headings[-1][0] :].splitlines()[1:]
            if line.strip()
        )
        for slug, d in documents().items()
        if d.headings[-1][1] == QUESTIONS
    }


def bare(text: str) -> str:
    return re.sub(r"[^\w]|_", "", text).lower()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_file_is_valid_and_bears_its_name_as_slug(path: Path) -> None:
    (receipt,) = check_file(path)

    assert receipt.error is None
    assert receipt.warnings == ()
    assert receipt.slug == path.stem


def test_every_document_names_its_sources_with_a_grade() -> None:
    without = [slug for slug, d in documents().items() if not d.values.get("sources")]

    assert without == []


def test_every_link_and_related_document_exists() -> None:
    known = set(documents())
    missing = {
        (slug, target)
        for slug, d in documents().items()
        for target in [*(link.target for link in d.links), *d.values.get("related", [])]
        if target not in known
    }

    assert missing == set()


def test_every_heading_has_a_role() -> None:
    unknown = {
        (slug, heading)
        for slug, d in documents().items()
        for _, heading in d.headings
        if role_of(heading) == "body" and heading not in ROLE_HEADINGS
    }

    assert unknown == set()


def test_no_page_names_or_links_a_source_in_its_text() -> None:
    named = {
        slug: found[0]
        for slug, d in documents().items()
        if (
            found := re.findall(
                r"https?://|www\.|[a-z0-9-]{2,}\.(?:com|cn|org|net|gov)\b", d.text
            )
        )
    }

    assert named == {}


def test_every_cited_article_carries_a_version() -> None:
    bare = {
        (slug, statute)
        for slug, d in documents().items()
        if d.values["kind"] in ("administrative", "civil", "criminal")
        for statute in d.values.get("statutes", [])
        if not re.search(
            rf"（(?:\d{{4}}[^（）]*|{VERSION_UNSTATED}|[^（）]+)）|〔\d{{4}}〕\d+号",
            statute,
        )
    }

    assert bare == set()


def test_no_document_takes_article_nine_of_2025_for_trade_secrets() -> None:
    wrong = {
        (slug, match[0])
        for slug, d in documents().items()
        for text in [d.text, *d.values.get("statutes", [])]
        for match in re.finditer(r"（2025[^（）]*）第九条", text)
        if "虚假" not in text
    }

    assert wrong == set()


def test_every_jurisdiction_guide_answers_the_same_questions_in_the_same_order() -> (
    None
):
    guides = {
        slug: [h for _, h in d.headings]
        for slug, d in documents().items()
        if d.values["kind"] == "foreign_guide"
    }

    assert len(guides) == 36
    assert {
        slug: headings
        for slug, headings in guides.items()
        if headings != GUIDE_QUESTIONS
    } == {}


def test_every_document_ends_with_the_questions_it_answers_none_asked_twice() -> None:
    asked = Counter(question for lines in questions().values() for question in lines)

    assert set(questions()) == set(documents())
    assert {
        slug: len(lines)
        for slug, lines in questions().items()
        if not 5 <= len(lines) <= 14
    } == {}
    assert {question for question, times in asked.items() if times > 1} == set()
    assert {question for question in asked if not 12 <= len(question) <= 140} == set()


def test_a_question_states_no_figure_and_is_not_the_text_again() -> None:
    numbered = {
        (slug, q)
        for slug, lines in questions().items()
        for q in lines
        if re.search(r"\d|第[^ ]{1,6}条", q)
    }
    borrowed = {
        (slug, question)
        for slug, d in documents().items()
        for text in [bare(d.text[: d.headings[-1][0]])]
        for question in questions()[slug]
        for said in re.findall("[㐀-鿿]+", bare(question))
        if any(
            said[at : at + BORROWED] in text for at in range(len(said) - BORROWED + 1)
        )
    }

    assert numbered == set()
    assert borrowed == set()


def test_each_track_of_which_a_rule_was_read_has_one_article_that_decides_between_versions() -> (
    None
):
    rules = [
        (
            provision["version_rule"],
            d.values["law"],
            provision["article"],
            provision["provision"],
        )
        for d in documents().values()
        for provision in d.values.get("provisions", ())
        if "version_rule" in provision
    ]

    assert sorted(rules) == [
        ("administrative", "行政处罚法", "第三十七条", "从旧兼从轻"),
        ("civil", "法释〔2020〕7号", "第二十八条", "跨法行为适用新法"),
    ]


def test_the_versions_of_the_unfair_competition_law_agree_article_by_article() -> None:
    held = {
        d.values["version"]: {
            p["provision"]: p["article"] for p in d.values["provisions"]
        }
        for d in documents().values()
        if d.values.get("law") == "反不正当竞争法"
    }

    assert set(held) == {"1993", "2017", "2019", "2025"}
    act = "侵犯商业秘密行为与定义"
    assert {v: held[v][act] for v in held} == {
        "1993": "第十条",
        "2017": "第九条",
        "2019": "第九条",
        "2025": "第十条",
    }
    assert (held["2019"]["行政处罚"], held["2025"]["行政处罚"]) == (
        "第二十一条",
        "第二十六条",
    )
    assert (held["2019"]["民事赔偿"], held["2025"]["民事赔偿"]) == (
        "第十七条",
        "第二十二条",
    )
    assert (held["2019"]["举证责任"], held["2025"]["举证责任"]) == (
        "第三十二条",
        "第三十九条",
    )


@needs_facts
def test_no_case_is_a_document_that_the_facts_do_not_hold() -> None:
    by_kind = Counter(d.values["kind"] for d in documents().values())
    cases, foreign = facts("cases.jsonl"), facts("foreign_cases.jsonl")
    slugs = {
        s
        for s, d in documents().items()
        if d.values["kind"] in ("administrative", "civil", "criminal")
    }

    assert slugs <= set(cases)
    assert {
        s for s, d in documents().items() if d.values["kind"] == "foreign_case"
    } <= set(foreign)
    assert (by_kind["administrative"], by_kind["civil"], by_kind["criminal"]) == (
        29,
        196,
        71,
    )
    assert (by_kind["foreign_case"], by_kind["foreign_guide"]) == (103, 36)


@needs_facts
def test_a_case_is_full_exactly_when_the_facts_hold_reasoning_and_outcome() -> None:
    wrong = {
        slug
        for slug, row in written("cases.jsonl").items()
        if (documents()[slug].values["completeness"] == "full")
        != bool(row["holding"] and row["outcome"])
    }

    assert wrong == set()


#: Kept back on purpose, or an internal note of the facts.
_NUMBERS_LEFT_OUT = {"spc-carbomer-562": {"2"}}


def _numbers(text: str) -> set[str]:
    text = re.sub(
        r"(?<=\d),(?=\d{3})",
        "",
        text.translate(str.maketrans("０１２３４５６７８９", "0123456789")),
    )
    return {n.lstrip("0") or "0" for n in re.findall(r"\d+(?:\.\d+)?", text)}


def _said(
    value: object,
    left_out: tuple[str, ...] = ("sources", "id", "confidence", "kind", "verified_in"),
) -> str:
    if isinstance(value, dict):
        return " ".join(_said(v) for k, v in value.items() if k not in left_out)
    if isinstance(value, list):
        return " ".join(map(_said, value))
    return "" if value is None else str(value)


@needs_facts
@pytest.mark.parametrize("name", ["cases.jsonl", "foreign_cases.jsonl"])
def test_figures_carry_over_from_the_facts_and_none_is_added(name: str) -> None:
    lost, added = {}, {}
    for slug, row in written(name).items():
        document = documents()[slug]
        said = json.dumps(document.values, ensure_ascii=False) + document.text
        missing = (
            _numbers(_said(row)) - _numbers(said) - _NUMBERS_LEFT_OUT.get(slug, set())
        )
        invented = _numbers(document.text) - _numbers(
            json.dumps(row, ensure_ascii=False)
        )
        if missing:
            lost[slug] = missing
        if invented:
            added[slug] = invented

    assert (lost, added) == ({}, {})


@needs_facts
def test_sources_carry_over_with_the_grade_of_their_domain() -> None:
    wrong = {
        slug
        for name in ("cases.jsonl", "foreign_cases.jsonl")
        for slug, row in written(name).items()
        if len({s.get("url") or s["name"] for s in documents()[slug].values["sources"]})
        < len(
            {
                m[0]
                for s in row["sources"]
                if (m := re.search(r"https?://[^\s)）,，。；;]+", s))
            }
        )
    }

    assert wrong == set()


@needs_facts
def test_a_masked_party_stays_masked() -> None:
    assert "来越" not in documents()["gd-sz-laiyue-lei-2019"].text
