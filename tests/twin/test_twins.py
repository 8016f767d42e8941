"""What a reader is told does not depend on what he may not see: two stores, with and without it,
answer alike.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.settings import Settings
from kb.vocabulary import Visibility
from tests.accepted.walk import routes
from tests.twin.conftest import Twin, differing
from tests.twin.questions import CASES
from web import create_app


def test_every_route_is_put_to_the_twins(whole: Path) -> None:
    assert routes(create_app(Settings(home=whole))) == set(CASES)


@pytest.mark.parametrize("route", CASES)
def test_an_answer_does_not_depend_on_what_is_hidden(
    twins: tuple[Twin, Twin], route: str
) -> None:
    addresses = CASES[route]()
    some = addresses if twins[0].clearance is Visibility.PUBLIC else addresses[::3]

    assert differing(twins, some) == []
