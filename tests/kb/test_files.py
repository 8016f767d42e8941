"""Originals on disk."""

import os
from collections.abc import Callable

import pytest

from kb.files import sha256_of
from kb.store import Store


def test_an_original_that_is_added_is_young_even_where_it_lay_before(
    store: Store, add: Callable[..., object]
) -> None:
    text = "（2099）测01民终1号\n测试文本。\n"
    path = store.files.path(sha256_of(text.encode()))
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    os.utime(path, (0, 0))
    add("a.txt", text)

    assert list(store.files.strays((), 3600.0)) == []


def test_no_original_is_ever_there_without_the_id_of_its_store(
    store: Store, add: Callable[..., object]
) -> None:
    text = "（2099）测01民终1号\n测试文本。\n"
    path = store.files.path(sha256_of(text.encode()))
    path.parent.parent.mkdir()
    path.parent.touch()  # nothing can be put there
    with pytest.raises(OSError):
        add("a.txt", text)

    assert store.files.owner() == store.id()
