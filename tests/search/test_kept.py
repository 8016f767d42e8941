"""Answers kept until the store changes."""

import pytest

from search.kept import Kept


def test_what_is_kept_is_not_looked_for_again_and_the_least_lately_asked_for_goes_first() -> (
    None
):
    kept = Kept[str](2)
    looked: list[str] = []

    def ask(key: str) -> str:
        return kept.of(key, lambda: looked.append(key) or key.upper())

    assert [ask(key) for key in ("a", "b", "a", "c", "a", "b")] == [
        "A",
        "B",
        "A",
        "C",
        "A",
        "B",
    ]
    assert looked == ["a", "b", "c", "b"]


def test_what_was_not_found_is_not_kept() -> None:
    kept = Kept[int](2)
    with pytest.raises(ZeroDivisionError):
        kept.of(1, lambda: 1 // 0)

    assert kept.of(1, lambda: 7) == 7
