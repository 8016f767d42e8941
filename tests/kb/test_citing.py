"""An article named without its version is read as that of the day of the paper, and it is said so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.pipeline import Receipt
from kb.law.articles import ArticleKey
from kb.records import Citation
from kb.store import Store
from kb.vocabulary import (
    BY_DATE,
    BY_TEXT,
    VERSION_FORMER,
    VERSION_OF_THE_ACT,
    VERSION_UNSTATED,
    Visibility,
)

Add = Callable[..., list[Receipt]]

VERSIONS = (
    ("2017", "2018-01-01", "2019-04-22"),
    ("2019", "2019-04-23", "2025-10-14"),
    ("2025", "2025-10-15", None),
)


def add_law(add: Add, **front: str) -> None:
    for version, since, until in VERSIONS:
        lines = [
            f"slug: law-{version}",
            "kind: statute",
            f"title: 反不正当竞争法（{version}）",
            "law: 反不正当竞争法",
            f"version: '{version}'",
            f"effective_from: {since}",
            *([f"effective_to: {until}"] if until else []),
            *(f"{name}: {value}" for name, value in front.items()),
            "provisions: [{article: 第九条, provision: 甲}]",
        ]
        add(
            f"{version}.md",
            "---\n" + "\n".join(lines) + "\n---\n## 第九条 甲\n测试文本。\n",
        )


def cited(
    add: Add,
    store: Store,
    body: str,
    day: str | None = "2020-05-06",
    statutes: str = "",
) -> list[Citation]:
    front = "".join(
        (
            f"decided_on: {day}\n" if day else "",
            f"statutes: [{statutes}]\n" if statutes else "",
        )
    )
    (receipt,) = add(
        "case.md",
        f"---\nslug: case\nkind: civil\ntitle: 测试案\n{front}---\n## 裁判理由\n{body}\n",
    )
    document = store.document(receipt.document_id or 0)
    assert document is not None
    return list(document.citations)


def versions(citations: list[Citation]) -> list[tuple[str | None, str | None]]:
    return [(citation.version, citation.presumed) for citation in citations]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018-05-06", ("2017", BY_DATE)),
        ("2019-04-22", ("2017", BY_DATE)),
        ("2019-04-23", ("2019", BY_DATE)),
        ("2025-10-14", ("2019", BY_DATE)),
        ("2025-10-15", ("2025", BY_DATE)),
        ("2020", ("2019", BY_DATE)),
        ("2019", (VERSION_UNSTATED, None)),
        ("2010-01-01", (VERSION_UNSTATED, None)),
        (None, (VERSION_UNSTATED, None)),
    ],
)
def test_the_day_of_a_paper_tells_the_version_it_does_not_write(
    add: Add, store: Store, day: str | None, expected: tuple[str, str | None]
) -> None:
    add_law(add)

    assert versions(cited(add, store, "依照《反不正当竞争法》第九条处理。", day)) == [
        expected
    ]


def test_a_version_that_is_written_is_no_presumption(add: Add, store: Store) -> None:
    add_law(add)

    assert versions(
        cited(add, store, "依照《反不正当竞争法》（2017年修订）第九条处理。")
    ) == [("2017", None)]


def test_a_version_the_paper_names_elsewhere_goes_before_its_day(
    add: Add, store: Store
) -> None:
    add_law(add)
    body = "《反不正当竞争法》第九条有规定。依照《反不正当竞争法》（2017年修订）第九条处理。"

    assert versions(cited(add, store, body)) == [("2017", BY_TEXT), ("2017", None)]


def test_of_two_versions_a_paper_names_neither_is_presumed(
    add: Add, store: Store
) -> None:
    add_law(add)
    body = "《反不正当竞争法》第九条有规定。"
    statutes = "反不正当竞争法（2017）第九条, 反不正当竞争法（2019）第十七条"

    assert versions(cited(add, store, body, statutes=statutes))[0] == (
        VERSION_UNSTATED,
        None,
    )


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ("修订前的《反不正当竞争法》第九条", VERSION_FORMER),
        ("2019年修正前的《中华人民共和国反不正当竞争法》第九条", VERSION_FORMER),
        ("旧《反不正当竞争法》第九条", VERSION_FORMER),
        ("行为发生时有效的《反不正当竞争法》第九条", VERSION_OF_THE_ACT),
        ("当时施行的反不正当竞争法第九条", VERSION_OF_THE_ACT),
    ],
)
def test_a_former_version_is_not_taken_for_that_of_the_day(
    add: Add, store: Store, words: str, version: str
) -> None:
    add_law(add)

    assert versions(
        cited(add, store, f"适用{words}。《反不正当竞争法》第十七条另有规定。")
    ) == [
        (version, None),
        ("2019", BY_DATE),
    ]


def test_a_law_that_comes_after_the_case_tells_its_version_too(
    add: Add, store: Store
) -> None:
    assert versions(cited(add, store, "依照《反不正当竞争法》第九条处理。")) == [
        (VERSION_UNSTATED, None)
    ]

    add_law(add)

    document = store.document("case")
    assert document is not None
    assert versions(list(document.citations)) == [("2019", BY_DATE)]


def test_who_is_presumed_to_cite_an_article_is_told_apart_from_who_does(
    add: Add, store: Store
) -> None:
    add_law(add)
    cited(add, store, "依照《反不正当竞争法》第九条处理。")
    document = store.document("case")
    assert document is not None

    of_2019, of_2025 = (
        ArticleKey("反不正当竞争法", version, "第九条") for version in ("2019", "2025")
    )
    assert store.citing_articles([of_2019]) == {of_2019: []}
    assert store.presumed_to_cite([of_2019, of_2025]) == {
        of_2019: {document.head.id: BY_DATE},
        of_2025: {},
    }
    assert [
        c.presumed for c in store.citations_of([document.head.id])[document.head.id]
    ] == [BY_DATE]


def test_who_cites_several_articles_is_told_of_each_as_of_one_alone(
    add: Add, store: Store
) -> None:
    add_law(add)
    add("bare.md", _case("bare", "依照《反不正当竞争法》第九条处理。"))
    add("full.md", _case("full", "依照《反不正当竞争法》（2019）第九条处理。"))
    add(
        "hidden.md",
        _case("hidden", "依照《反不正当竞争法》第九条、（2017）第九条处理。"),
        visibility="internal",
    )
    keys = [
        ArticleKey("反不正当竞争法", version, "第九条")
        for version in ("2017", "2019", "2025", VERSION_UNSTATED)
    ]
    for clearance in (Visibility.PUBLIC, Visibility.INTERNAL):
        with Store(store.home, clearance) as reader:
            citing = reader.citing_articles(keys)
            presumed = reader.presumed_to_cite(keys)
            for key in keys:
                assert citing[key] == reader.citing_articles([key])[key]
                assert presumed[key] == reader.presumed_to_cite([key])[key]
            shown = {*citing[keys[1]], *presumed[keys[1]], *citing[keys[3]]}
            hidden = reader.heads_by_slug(["hidden"])
            assert {head.id for head in hidden.values()} <= shown
            assert len(shown) == (2 if clearance is Visibility.PUBLIC else 3)


def _case(slug: str, text: str) -> str:
    front = f"slug: {slug}\ntitle: 测试文本{slug}\nkind: civil\ndecided_on: 2021-05-06"
    return f"---\n{front}\n---\n## 理由\n测试文本。{text}\n"


def test_a_version_a_reader_may_not_see_tells_that_reader_nothing(
    add: Add, store: Store
) -> None:
    add_law(add, visibility="internal")
    cited(add, store, "依照《反不正当竞争法》第九条处理。")

    with Store(store.home, Visibility.PUBLIC) as public:
        document = public.document("case")
        assert document is not None
        assert versions(list(document.citations)) == [(VERSION_UNSTATED, None)]
        of_2019 = ArticleKey("反不正当竞争法", "2019", "第九条")
        assert public.presumed_to_cite([of_2019]) == {of_2019: {}}
