"""A store in which documents were hidden, shown, corrected and removed answers like one made of
what is left.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from kb.embedding import Embedder
from kb.store import Store
from kb.vocabulary import Visibility
from tests.twin.conftest import Twin, differing, twin
from tests.twin.questions import CASES
from tests.twin.telling import naming
from tests.twin.twins import Line, fill, mixed, seen_by

_HIDDEN: Final = {
    "open-5": Visibility.RESTRICTED,
    "open-7": Visibility.INTERNAL,
    "law-2017": Visibility.RESTRICTED,
}
_SHOWN: Final = ("shut-6", "shut-guide-br")
_REMOVED: Final = ("open-9", "open-10", "shut-1")


def _corrected(slug: str, visibility: str = "public") -> Line:
    line = next(line for line in mixed() if line["id"] == slug)
    return line | {
        "text": f"{line['text']}\n测试文本。更正：紫罗兰色的封面。",
        "visibility": visibility,
    }


@pytest.fixture
def lived(whole: Path, tmp_path: Path, model: Embedder) -> Twin:
    """A store that was served all through its history."""
    home = tmp_path / "lived"
    shutil.copytree(whole, home)
    served = twin(home, Visibility.PUBLIC)
    with Store(home, Visibility.RESTRICTED) as store:
        numbers = {
            head.slug: head.id
            for head in store.heads(store.document_ids().tolist()).values()
        }
        served.client.get("/?q=客户名单")
        for slug, visibility in _HIDDEN.items():
            store.set_visibility(numbers[slug], visibility)
            served.client.get("/?q=客户名单")
        for slug in _SHOWN:
            store.set_visibility(numbers[slug], Visibility.PUBLIC)
        for slug in _REMOVED:
            store.remove_document(numbers[slug])
            served.client.get("/?q=客户名单")
    fill(
        home,
        tmp_path / "incoming",
        [_corrected("open-11"), _corrected("shut-8", "restricted")],
        model,
    )
    return replace(served, names=naming(home))


@pytest.fixture
def rebuilt(library: Callable[[list[Line]], Path]) -> Twin:
    """A store of what a public reader sees of it in the end."""
    left = [
        line | ({"visibility": "public"} if line["id"] in _SHOWN else {})
        for line in mixed()
    ]
    left = [line for line in left if line["id"] not in (*_HIDDEN, *_REMOVED)]
    home = library([*seen_by(Visibility.PUBLIC, left), _corrected("open-11")])
    return twin(home, Visibility.PUBLIC)


def test_nothing_is_left_of_what_was_hidden_removed_or_corrected(
    lived: Twin, rebuilt: Twin
) -> None:
    started_again = twin(lived.home, Visibility.PUBLIC)
    addresses = [address for make in CASES.values() for address in make()[::5]]

    assert differing((rebuilt, lived), addresses[::2]) == []
    assert differing((rebuilt, started_again), addresses[1::2]) == []
