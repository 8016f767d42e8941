"""The same passages and vectors in what a user would pick instead: zvec, milvus-lite,
LanceDB, txtai, bm25s with jieba.

Each runs in a process of its own: `python -m tests.bench.peers NAME FOLDER` reads what
`hand_over` wrote and prints JSON. All but bm25s, which knows words alone, get our vectors;
each has its own full text and fusion, set up as its documentation says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DEPTH: Final = 100
_BATCH: Final = 1000
_TIMED: Final = 200
_ROOT: Final = Path(__file__).resolve().parents[2]

Search = Callable[[str, NDArray[np.float32], int], list[str]]
Setup = Callable[[list[dict[str, Any]], NDArray[np.float32], Path], tuple[Search, str]]


def hand_over(
    folder: Path,
    passages: Sequence[dict[str, str]],
    vectors: NDArray[np.float32],
    questions: Sequence[str],
    question_vectors: NDArray[np.float32],
) -> None:
    """Write passages ({"document", "text"}), questions and the vectors of both for a peer's
    process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "passages.json").write_text(
        json.dumps(list(passages), ensure_ascii=False), "utf-8"
    )
    (folder / "questions.json").write_text(
        json.dumps(list(questions), ensure_ascii=False), "utf-8"
    )
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "question_vectors.npy", question_vectors)


def run(name: str, folder: Path, python: str = sys.executable) -> dict[str, Any]:
    """Run one peer in its own process; a reason under "skipped" when it cannot be."""
    done = subprocess.run(
        [python, "-m", "tests.bench.peers", name, str(folder)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"skipped": f"{name} cannot run here: {reason[:200]}"}
    report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return report


def zvec(
    rows: list[dict[str, Any]], vectors: NDArray[np.float32], folder: Path
) -> tuple[Search, str]:
    """Fill zvec: full text cut by its jieba tokenizer, vectors in its default graph (HNSW), RRF."""
    import zvec as engine

    engine.init(query_threads=1)
    schema = engine.CollectionSchema(
        name="passages",
        fields=[
            engine.FieldSchema("document", engine.DataType.STRING),
            engine.FieldSchema(
                "text",
                engine.DataType.STRING,
                index_param=engine.FtsIndexParam(tokenizer_name="jieba"),
            ),
        ],
        vectors=[
            engine.VectorSchema(
                "vector",
                engine.DataType.VECTOR_FP32,
                vectors.shape[1],
                engine.HnswIndexParam(engine.MetricType.IP),
            )
        ],
    )
    collection = engine.create_and_open(path=str(folder / "zvec"), schema=schema)
    for start in range(0, len(rows), _BATCH):
        numbers = range(start, min(start + _BATCH, len(rows)))
        collection.insert(
            [
                engine.Doc(str(n), vectors={"vector": vectors[n]}, fields=rows[n])
                for n in numbers
            ]
        )
    collection.optimize()
    ranker = engine.RrfReRanker(60)

    def search(text: str, vector: NDArray[np.float32], limit: int) -> list[str]:
        asked = [
            engine.Query("text", fts=engine.Fts(match_string=text)),
            engine.Query("vector", vector=vector),
        ]
        found = collection.query(
            asked, topk=limit, output_fields=["document"], reranker=ranker
        )
        return [str(hit.fields["document"]) for hit in found]

    return search, f"zvec {version('zvec')}"


def milvus(
    rows: list[dict[str, Any]], vectors: NDArray[np.float32], folder: Path
) -> tuple[Search, str]:
    """Fill milvus-lite: BM25 function with its Chinese analyzer, dense vectors, RRF."""
    from pymilvus import (
        AnnSearchRequest,
        DataType,
        Function,
        FunctionType,
        MilvusClient,
        RRFRanker,
    )

    client = MilvusClient(str(folder / "milvus.db"))
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("document", DataType.VARCHAR, max_length=200)
    schema.add_field(
        "text",
        DataType.VARCHAR,
        max_length=60_000,
        enable_analyzer=True,
        analyzer_params={"type": "chinese"},
    )
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vectors.shape[1])
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["text"],
            output_field_names=["words"],
        )
    )
    indexes = client.prepare_index_params()
    indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    client.create_collection("passages", schema=schema, index_params=indexes)
    for start in range(0, len(rows), _BATCH):
        client.insert(
            "passages",
            [
                {"id": i, **rows[i], "vector": vectors[i]}
                for i in range(start, min(start + _BATCH, len(rows)))
            ],
        )
    client.load_collection("passages")

    def search(text: str, vector: NDArray[np.float32], limit: int) -> list[str]:
        requests = [
            AnnSearchRequest([text], "words", {"metric_type": "BM25"}, limit=DEPTH),
            AnnSearchRequest([vector], "vector", {"metric_type": "IP"}, limit=DEPTH),
        ]
        found = client.hybrid_search(
            "passages",
            requests,
            RRFRanker(60),
            limit=limit,
            output_fields=["document", "text"],
        )
        return [hit["entity"]["document"] for hit in found[0]]

    return (
        search,
        f"milvus-lite {version('milvus-lite')}, pymilvus {version('pymilvus')}",
    )


def lancedb(
    rows: list[dict[str, Any]], vectors: NDArray[np.float32], folder: Path
) -> tuple[Search, str]:
    """Fill LanceDB: full text cut by its jieba tokenizer, vectors scanned exactly, RRF."""
    _jieba_dictionary(folder / "models")
    import lancedb as lance
    import pyarrow as pa
    from lancedb.index import FTS
    from lancedb.rerankers import RRFReranker

    width = vectors.shape[1]
    table = lance.connect(str(folder / "lance")).create_table(
        "passages",
        pa.table(
            {
                "document": [row["document"] for row in rows],
                "text": [row["text"] for row in rows],
                "vector": pa.FixedSizeListArray.from_arrays(
                    pa.array(vectors.ravel()), width
                ),
            }
        ),
    )
    table.create_index(
        "text",
        config=FTS(
            base_tokenizer="jieba/default",
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
        ),
    )
    ranker = RRFReranker(60)

    def search(text: str, vector: NDArray[np.float32], limit: int) -> list[str]:
        asked = table.search(
            query_type="hybrid", vector_column_name="vector", fts_columns="text"
        )
        asked = (
            asked.vector(vector)
            .text(text)
            .distance_type("dot")
            .rerank(ranker)
            .limit(limit)
        )
        return [str(d) for d in asked.to_arrow()["document"].to_pylist()]

    return search, f"lancedb {version('lancedb')}"


def txtai(
    rows: list[dict[str, Any]], vectors: NDArray[np.float32], folder: Path
) -> tuple[Search, str]:
    """Fill txtai: hybrid embeddings (its own tokenizer and BM25, equal weights) over our vectors."""
    from txtai import Embeddings

    by_text = {row["text"]: vector for row, vector in zip(rows, vectors, strict=True)}
    asked: list[NDArray[np.float32]] = []

    def transform(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([asked[0] if asked else by_text[text] for text in texts])

    embeddings = Embeddings(
        method="external", transform=transform, hybrid=True, content=False
    )
    embeddings.index([(number, row["text"], None) for number, row in enumerate(rows)])

    def search(text: str, vector: NDArray[np.float32], limit: int) -> list[str]:
        asked[:] = [vector]
        return [
            rows[int(number)]["document"]
            for number, _ in embeddings.search(text, limit)
        ]

    return search, f"txtai {version('txtai')}"


def bm25s(
    rows: list[dict[str, Any]], vectors: NDArray[np.float32], folder: Path
) -> tuple[Search, str]:
    """Fill bm25s with words cut by jieba: keywords alone."""
    import bm25s as engine
    import jieba

    jieba.setLogLevel(60)
    cut = [jieba.lcut_for_search(row["text"]) for row in rows]
    retriever = engine.BM25()
    retriever.index(cut, show_progress=False)

    def search(text: str, vector: NDArray[np.float32], limit: int) -> list[str]:
        found, _ = retriever.retrieve(
            [jieba.lcut_for_search(text)], k=min(limit, len(rows)), show_progress=False
        )
        return [rows[int(number)]["document"] for number in found[0]]

    return search, f"bm25s {version('bm25s')}, jieba {version('jieba')}"


def _jieba_dictionary(folder: Path) -> None:
    """Give LanceDB the dictionary its jieba tokenizer asks for and its wheel leaves out."""
    import jieba

    place = folder / "jieba" / "default"
    place.mkdir(parents=True)
    shutil.copy(Path(jieba.__file__).parent / "dict.txt", place / "dict.txt")
    (place / "config.json").write_text(json.dumps({"main": "dict.txt"}))
    os.environ["LANCE_LANGUAGE_MODEL_HOME"] = str(folder)


def main(name: str, given: Path) -> dict[str, Any]:
    """Build one peer, time its hybrid query, and return its rankings of all questions."""
    setup: Setup = {
        "zvec": zvec,
        "milvus": milvus,
        "lancedb": lancedb,
        "txtai": txtai,
        "bm25s": bm25s,
    }[name]
    rows = json.loads((given / "passages.json").read_text("utf-8"))
    vectors = np.load(given / "vectors.npy")
    questions = json.loads((given / "questions.json").read_text("utf-8"))
    question_vectors = np.load(given / "question_vectors.npy")
    folder = given / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    started = time.perf_counter()
    search, label = setup(rows, vectors, folder)
    search(questions[0], question_vectors[0], 10)
    built = time.perf_counter() - started
    times: list[float] = []
    for text, vector in list(zip(questions, question_vectors, strict=True))[:_TIMED]:
        began = time.perf_counter()
        search(text, vector, 10)
        times.append(1000 * (time.perf_counter() - began))
    rankings = [
        search(t, v, DEPTH) for t, v in zip(questions, question_vectors, strict=True)
    ]
    files = [f for f in folder.rglob("*") if f.is_file() and "models" not in f.parts]
    return {
        "name": label,
        "build_s": round(built, 1),
        "hybrid": {
            "p50_ms": round(float(np.median(times[10:])), 2),
            "p95_ms": round(float(np.percentile(times[10:], 95)), 2),
        },
        "disk_mb": round(sum(f.stat().st_size for f in files) / 1e6, 1),
        "rankings": rankings,
    }


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(main(sys.argv[1], Path(sys.argv[2])), ensure_ascii=False) + "\n"
    )
