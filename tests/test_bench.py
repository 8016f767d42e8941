"""What the benchmark says must be true: floors hold the same passages, goals are met or not."""

import json
import time
from pathlib import Path

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from search.opening import make_searcher
from tests.bench import adding, table
from tests.conftest import TinyEmbedder

ADDED = {
    "passages_per_s": 2400,
    "passages_per_cpu_s": 2500,
    "prepared_per_s": 3200,
    "seconds": 10,
    "stages_s": {},
    "disk_mb": {},
    "passages": 1,
}


def test_the_floor_of_adding_holds_the_passages_that_were_added(
    tmp_path: Path, embedder: TinyEmbedder
) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": f"t-{n}",
                    "title": f"测试文本{n}",
                    "text": "甲公司采取了保密措施。" * 60,
                },
                ensure_ascii=False,
            )
            for n in range(300)
        )
    )
    home = tmp_path / "home"
    floor = adding.Floor(tmp_path / "floor", embedder)
    started = time.perf_counter()
    added = adding.add([lines], home, embedder, make_searcher(home, embedder), floor)
    elapsed = time.perf_counter() - started
    with Store(home, Visibility.RESTRICTED) as store:
        stored = [(i, d, v.tobytes()) for i, d, v in zip(*store.vectors(), strict=True)]

    assert added["passages"] == len(stored) > 300
    assert (
        floor.rows.execute("SELECT id, document, vector FROM passage").fetchall()
        == stored
    )
    assert floor.vectors.ntotal == len(stored)
    floor.index.reload()
    assert floor.index.searcher().num_docs == len(stored)
    assert added["seconds"] + added["floor"]["seconds"] < elapsed
    prepared = added["seconds"] - added["stages_s"]["read and prepare"]
    assert added["prepared_per_s"] == pytest.approx(len(stored) / prepared, rel=0.2)
    assert added["floor"]["share_of_rate"] == pytest.approx(
        added["floor"]["seconds"] / prepared, rel=0.2
    )
    assert added["floor"]["share_of_all"] == pytest.approx(
        added["floor"]["seconds"] / added["seconds"], rel=0.2
    )


@pytest.mark.parametrize(("rate", "met"), [(5800, "yes"), (5900, "NO")])
def test_adding_is_shown_beside_its_floor_and_beside_the_absolute_goal(
    rate: int, met: str
) -> None:
    faster, slower = (
        ADDED
        | {
            "floor": {
                "passages_per_s": floor,
                "share_of_rate": 3200 / floor,
                "share_of_all": 2400 / floor,
            }
        }
        for floor in (5000, rate)
    )
    whole, prepared, beside = table.render(
        {"add": faster, "add_again": slower}
    ).splitlines()[1:4]

    assert ">= 3000" in whole and whole.split()[-1] == "NO"
    assert ">= 3000" in prepared and prepared.split()[-1] == "yes"
    assert f"floor 5000 and {rate}" in beside and ">= 0.55 x floor" in beside
    assert f"  {met} (0.48 and {2400 / rate:.4g}" in beside


def test_adding_without_a_floor_is_shown_alone() -> None:
    assert "floor" not in table.render({"add": ADDED})
