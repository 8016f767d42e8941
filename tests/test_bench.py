"""What the benchmark says must be true: floors hold the same passages, goals are met or not."""

import json
from pathlib import Path

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from search.searcher import Searcher
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


def test_the_floor_of_adding_holds_the_passages_that_were_added(tmp_path: Path, embedder: TinyEmbedder) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text(
        "\n".join(
            json.dumps(
                {"id": f"t-{n}", "title": f"测试文本{n}", "text": "甲公司采取了保密措施。" * 60}, ensure_ascii=False
            )
            for n in range(300)
        )
    )
    home = tmp_path / "home"
    added = adding.add([lines], home, embedder, Searcher(home, embedder))
    floor = adding.Floor(tmp_path / "floor", embedder)
    with Store(home, Visibility.RESTRICTED) as store:
        floor(list(store.passages_to_index()))
        stored = [(i, d, v.tobytes()) for i, d, v in zip(*store.vectors(), strict=True)]

    assert added["passages"] == len(stored) > 300
    assert floor.rows.execute("SELECT id, document, vector FROM passage").fetchall() == stored
    assert floor.vectors.ntotal == len(stored)
    floor.index.reload()
    assert floor.index.searcher().num_docs == len(stored)
    measured = adding.beside_floor(added, home, tmp_path / "again", embedder)
    assert measured["passages"] == len(stored)
    assert added["prepared_per_s"] > added["passages_per_s"]
    assert added["prepared_per_s"] == pytest.approx(
        len(stored) / (added["seconds"] - added["stages_s"]["read and prepare"]), rel=0.2
    )
    for share, rate in (("share_of_rate", "prepared_per_s"), ("share_of_all", "passages_per_s")):
        assert measured[share] == pytest.approx(added[rate] / measured["passages_per_s"], abs=0.01)


@pytest.mark.parametrize(("rate", "met"), [(5800, "yes"), (5900, "NO")])
def test_adding_is_shown_beside_its_floor_and_beside_the_absolute_goal(rate: int, met: str) -> None:
    floor = {
        "passages_per_s": rate,
        "passages_per_cpu_s": rate,
        "share_of_rate": round(3200 / rate, 2),
        "share_of_all": round(2400 / rate, 2),
    }
    whole, prepared, beside = table.render({"add": ADDED | {"floor": floor}}).splitlines()[1:4]

    assert ">= 3000" in whole and whole.split()[-1] == "NO"
    assert ">= 3000" in prepared and prepared.split()[-1] == "yes"
    assert f"floor {rate}" in beside and ">= 0.55 x floor" in beside
    assert met in beside.split()


def test_adding_without_a_floor_is_shown_alone() -> None:
    assert "floor" not in table.render({"add": ADDED})
