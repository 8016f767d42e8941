import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import embedding
from kb.embedding import Embedder, load_embedder
from kb.errors import StateError

MODEL = Path(embedding.__file__).parent / "models" / "zh-legal-static"
TEXTS = ["离职员工带走客户名单", "商业秘密", "trade secret misappropriation", "保密措施。" * 300, "", "🙂🙂", "§"]


@pytest.fixture(scope="module")
def shipped() -> Embedder:
    return load_embedder("zh-legal-static")


def test_the_shipped_model_loads_without_torch_or_network() -> None:
    code = (
        "import sys, socket\n"
        "socket.socket = None\n"
        "from kb.embedding import load_embedder\n"
        "made = load_embedder('zh-legal-static').embed(['商业秘密'])\n"
        "assert made.any() and 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=MODEL.parents[2], timeout=60)


def test_rows_are_of_unit_length_or_zero_where_nothing_is_known(shipped: Embedder) -> None:
    rows = shipped.embed(TEXTS)

    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), shipped.dim)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 1, 1, 0, 0, 0], atol=1e-5)


def test_no_texts_are_no_rows(shipped: Embedder) -> None:
    assert shipped.embed([]).shape == (0, shipped.dim)


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=60), max_size=6))
def test_a_text_has_one_vector_alone_in_company_and_again(texts: list[str]) -> None:
    shipped = load_embedder("zh-legal-static")
    together = shipped.embed(texts)

    assert np.array_equal(together, shipped.embed(texts))
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(shipped.embed([text])[0], row)
        norm = float(np.linalg.norm(row))
        assert abs(norm - 1) < 1e-5 or norm == 0


def test_meaning_not_letters_decides_what_is_near(shipped: Embedder) -> None:
    asked, near, far = shipped.embed(["员工跳槽带走客户资料", "离职人员泄露客户名单", "驾驶机动车应当遵守交通信号"])

    assert float(asked @ near) > float(asked @ far) + 0.2


def test_the_name_tells_the_content_of_the_folder(shipped: Embedder, tmp_path: Path) -> None:
    copy = tmp_path / "zh-legal-static"
    shutil.copytree(MODEL, copy)
    assert load_embedder(str(copy)).name == shipped.name
    with (copy / "tokenizer.json").open("a") as handle:
        handle.write("\n")
    embedding.load_embedder.cache_clear()

    assert load_embedder(str(copy)).name != shipped.name


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_a_damaged_model_is_explained(tmp_path: Path, broken: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(MODEL, copy)
    (copy / broken).write_bytes(b"{")

    with pytest.raises(StateError, match="不完整或已损坏"):
        load_embedder(str(copy))


def test_a_model_that_needs_the_extra_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(StateError, match=r"pip install -e '\.\[transformers\]'"):
        load_embedder("no-such/model")


@pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None,
    reason="compares with sentence-transformers, which the extra [transformers] installs",
)
def test_sentence_transformers_reads_the_same_vectors_from_the_folder(shipped: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(MODEL), device="cpu").encode(TEXTS, normalize_embeddings=True)

    assert np.abs(np.asarray(theirs) - shipped.embed(TEXTS)).max() < 1e-3
