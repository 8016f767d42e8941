"""What `kb` tells with --clearance does not depend on what such a reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.__main__ import main
from kb.vocabulary import Visibility
from tests.twin.conftest import Twin
from tests.twin.questions import queries
from tests.twin.twins import slugs

Told = Callable[..., tuple[object, ...]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Return a function that runs a command on a twin as its reader: status, data, words."""

    def run(one: Twin, command: str, *args: object) -> tuple[object, ...]:
        clearance = one.clearance.name.lower()
        status = main(
            [
                "--home",
                str(one.home),
                "--quiet",
                command,
                "--clearance",
                clearance,
                *map(str, args),
            ]
        )
        written = capsys.readouterr()
        return status, one.names.told(written.out), one.names.told(written.err)

    return run


def test_documents_are_shown_alike(twins: tuple[Twin, Twin], told: Told) -> None:
    for slug in slugs():
        for form in ((), ("--json",)):
            first, second = (told(one, "show", *form, f"标识:{slug}") for one in twins)

            assert first == second


def test_searches_are_answered_alike(twins: tuple[Twin, Twin], told: Told) -> None:
    for number, text in enumerate(queries()[::5]):
        mode = ("hybrid", "keyword", "vector")[number % 3]
        options = (
            "--mode",
            mode,
            *(("--json",) if number % 2 else ()),
            "--sort",
            "amount" if number % 3 else "relevance",
        )
        first, second = (told(one, "search", *options, "--", text) for one in twins)

        assert (text, first) == (text, second)


def test_similar_documents_are_listed_alike(
    twins: tuple[Twin, Twin], told: Told
) -> None:
    for slug in (
        "open-1",
        "open-30",
        "law-2019",
        "case-de",
        "element-open",
        "shut-3",
        "shut-law-2025",
    ):
        first, second = (
            told(one, "similar", "--json", f"标识:{slug}") for one in twins
        )

        assert (slug, first) == (slug, second)


def test_exports_hold_the_same_lines(twins: tuple[Twin, Twin], told: Told) -> None:
    first, second = (told(one, "export") for one in twins)

    assert first == second


def test_an_evaluation_measures_the_same(
    twins: tuple[Twin, Twin], told: Told, tmp_path: Path
) -> None:
    (tmp_path / "topics.tsv").write_text(
        "a\t客户名单 紫罗兰\nb\t反不正当竞争法（2025）第十条\n", encoding="utf-8"
    )
    (tmp_path / "qrels.tsv").write_text(
        "a 0 open-1 2\na 0 shut-2 3\nb 0 shut-law-2025 1\n", encoding="utf-8"
    )
    given = ("--topics", tmp_path / "topics.tsv", "--qrels", tmp_path / "qrels.tsv")

    first, second = (told(one, "evaluate", *given) for one in twins)

    assert first == second
    assert "标注的文书有" in str(first[2])


def test_the_operator_sees_everything_unless_he_asks_to_see_less(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = {}
    for clearance in (None, *Visibility):
        option = () if clearance is None else ("--clearance", clearance.name.lower())
        assert main(["--home", str(whole), "--quiet", "export", *option]) == 0
        seen[clearance] = len(capsys.readouterr().out.splitlines())

    assert (
        seen[Visibility.PUBLIC]
        < seen[Visibility.INTERNAL]
        < seen[Visibility.RESTRICTED]
        == seen[None]
    )
