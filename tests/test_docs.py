"""What the pages of documentation claim is checked against the program."""

from __future__ import annotations

import argparse
import dataclasses
import re
import tomllib
from pathlib import Path

from kb.__main__ import _parser
from kb.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def _commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (
        a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)
    )
    return dict(action.choices)


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for name, parser in _commands().items():
        assert parser.description, name
        assert f"kb {name}" in readme, name
        for option in parser._actions:
            assert option.help, (name, option.dest)


def test_every_setting_stands_in_the_operators_page_with_its_default() -> None:
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")

    for field in dataclasses.fields(Settings):
        assert f"`KB_{field.name.upper()}`" in page, field.name


def test_every_make_target_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    )

    assert {"run", "test", "lint", "bench"} <= named
    assert [
        name for name in sorted(named) if not re.search(rf"^{name}:", makefile, re.M)
    ] == []


def test_links_between_pages_lead_to_files() -> None:
    for page in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "corpus" / "README.md",
    ]:
        for target in re.findall(
            r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")
        ):
            assert (page.parent / target).exists(), (page.name, target)


def test_direct_dependencies_are_pinned_and_agree_with_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    pinned = dict(
        line.lower().split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line
    )
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]

    for requirement in wanted:
        name, _, version = requirement.lower().partition("==")
        assert version, f"{requirement} is not pinned"
        assert pinned.get(name) == version, requirement


def test_the_base_install_does_not_pull_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()

    assert not any(
        d.startswith(("torch", "sentence-transformers"))
        for d in project["dependencies"]
    )
    assert not any(
        line.startswith(("torch==", "sentence-transformers==", "nvidia"))
        for line in lines
    )
    assert "torch==2.13.0" in project["optional-dependencies"]["transformers"]
