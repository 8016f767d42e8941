"""Pages are kept until the store changes, and nothing anyone typed is."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from web import create_app
from web.pagecache import _MOST_BYTES, PageCache


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A copy of the library that a test may change."""
    shutil.copytree(home, tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def opened(own: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(home=own))) as client:
        yield client


def kept(client: TestClient) -> int:
    return len(client.app.state.shared.pages._pages)  # type: ignore[attr-defined]


PAGES = [
    "/",
    "/browse",
    "/browse/civil?sort=oldest",
    "/documents/1",
    "/laws",
    "/jurisdictions",
    "/elements",
    "/about",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asked_for_again_is_the_same(opened: TestClient, address: str) -> None:
    first = opened.get(address)
    again = opened.get(address)

    assert kept(opened) == 1
    assert (again.status_code, again.content, again.headers) == (
        first.status_code,
        first.content,
        first.headers,
    )


def test_a_page_is_made_anew_once_the_store_has_changed(
    opened: TestClient, own: Path
) -> None:
    before = opened.get("/documents/1").text
    with Store(own, Visibility.RESTRICTED) as store:
        store.remove_document(1)

    assert "测试文本" in before
    assert opened.get("/documents/1").status_code == 404
    assert opened.get("/browse").text.count("/documents/1?") == 0


@pytest.mark.parametrize(
    "address",
    [
        "/?q=ZQX独一无二",
        "/?q=",
        "/documents/1?q=ZQX独一无二&at=1",
        "/?plain=ZQX独一无二",
        "/export.csv?q=ZQX独一无二",
    ],
)
def test_nothing_that_was_typed_is_kept(opened: TestClient, address: str) -> None:
    opened.get(address)
    gc.collect()

    assert kept(opened) == 0


@pytest.mark.parametrize(
    "address",
    [
        "/documents/99999",
        "/browse?mode=x",
        "/laws/没有这部",
        "/?" + "f.kind=civil&" * 60,
    ],
)
def test_refusals_and_endless_addresses_are_not_kept(
    opened: TestClient, address: str
) -> None:
    opened.get(address)

    assert kept(opened) == 0


def test_the_name_a_server_is_called_by_is_part_of_the_page(own: Path) -> None:
    with TestClient(
        create_app(Settings(home=own, hosts=("kb.example",), contact="a@b.example"))
    ) as client:
        local = client.get("/documents/1", headers={"Host": "localhost"}).text
        named = client.get("/documents/1", headers={"Host": "kb.example"}).text

    assert "kb.example" in named and "kb.example" not in local


def test_what_is_kept_stays_below_its_limit() -> None:
    pages = PageCache()
    for number in range(40):
        pages.put((str(number),), Response(bytes(1024 * 1024)))
    pages.put(("huge",), Response(bytes(_MOST_BYTES + 1)))

    assert len(pages._pages) == 16
    assert (
        pages.get(("huge",)) is None
        and pages.get(("0",)) is None
        and pages.get(("39",)) is not None
    )
