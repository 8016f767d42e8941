"""The files retrieval is measured with, in TREC's formats: topics, qrels, runs.

A document is named by its slug.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kb.errors import InvalidDocument, UnreadableFile, UserError

Qrels = Mapping[str, Mapping[str, int]]

_GRADE: Final = re.compile(r"-?[0-9]{1,9}")
_COMMENT: Final = re.compile(r"\s#")
_SPACE: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Qrel:
    """One line of qrels: the grade of a document for a topic, why, and where it is written."""

    topic: str
    document: str
    grade: int
    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Run:
    """Rankings of all topics: (document, score), best first.

    `ms` is the time of each query, when measured.
    """

    tag: str
    rankings: Mapping[str, Sequence[tuple[str, float]]]
    ms: Sequence[float] = ()

    def documents(self, topic: str) -> list[str]:
        """Return the documents of a topic, best first; none when the run does not answer it."""
        return [document for document, _ in self.rankings.get(topic, ())]


def read_topics(*paths: Path) -> dict[str, str]:
    """Read `id<TAB>text` lines of all files; raises InvalidDocument naming file and line, also for
    an id met twice.
    """
    topics: dict[str, str] = {}
    for path, number, line in _lines(paths):
        topic, separator, text = line.partition("\t")
        if not separator or not topic.strip() or not text.strip():
            raise InvalidDocument(f"{path.name} 第 {number} 行应为「编号<Tab>文字」")
        if topic.strip() in topics:
            raise InvalidDocument(
                f"{path.name} 第 {number} 行的编号「{topic.strip()}」前面已有"
            )
        topics[topic.strip()] = text.strip()
    return topics


def read_qrel_lines(*paths: Path) -> list[Qrel]:
    """Read `topic 0 document grade [# reason]` lines of all files, in their order.

    Raises InvalidDocument naming file and line, also for a topic and document met twice.
    """
    read: dict[tuple[str, str], Qrel] = {}
    for path, number, line in _lines(paths):
        where = f"{path.name} 第 {number} 行"
        graded, *reason = _COMMENT.split(line, maxsplit=1)
        cells = graded.split()
        if len(cells) != 4 or not _GRADE.fullmatch(cells[3]):
            raise InvalidDocument(
                f"{where}应为「编号 0 文书标识 等级」,其后可写「 # 理由」"
            )
        topic, document = cells[0], cells[2]
        if (topic, document) in read:
            raise InvalidDocument(
                f"{where}:编号「{topic}」的文书「{document}」前面已有标注"
            )
        read[topic, document] = Qrel(
            topic, document, int(cells[3]), "".join(reason).strip(), where
        )
    return list(read.values())


def read_qrels(*paths: Path) -> dict[str, dict[str, int]]:
    """Read the grades of `read_qrel_lines`: topic -> document -> grade."""
    qrels: dict[str, dict[str, int]] = {}
    for qrel in read_qrel_lines(*paths):
        qrels.setdefault(qrel.topic, {})[qrel.document] = qrel.grade
    return qrels


def read_run(path: Path) -> Run:
    """Read `topic Q0 document rank score tag` lines (TREC) of any system.

    A topic's documents are ordered as trec_eval orders them, by score and not by rank; where
    scores are equal the rank decides, then the place in the file. Raises InvalidDocument
    naming file and line, also for a document met twice in a topic.
    """
    found: dict[str, dict[str, tuple[float, int]]] = {}
    tag = ""
    for _, number, line in _lines([path]):
        where = f"{path.name} 第 {number} 行"
        cells = line.split()
        if len(cells) != 6:
            raise InvalidDocument(
                f"{where}应为「编号 Q0 文书标识 名次 得分 标签」六栏,现有 {len(cells)} 栏"
            )
        topic, _, document, rank, score, tag_here = cells
        scored = found.setdefault(topic, {})
        if document in scored:
            raise InvalidDocument(
                f"{where}:编号「{topic}」的文书「{document}」前面已有"
            )
        scored[document] = (
            _number(score, f"{where}的得分"),
            _rank(rank, f"{where}的名次"),
        )
        tag = tag or tag_here
    if not found:
        raise InvalidDocument(f"{path.name} 中没有一行结果")
    return Run(tag, {topic: _ordered(scored) for topic, scored in found.items()})


def _ordered(scored: Mapping[str, tuple[float, int]]) -> list[tuple[str, float]]:
    best = sorted(scored.items(), key=lambda item: (-item[1][0], item[1][1]))
    return [(document, score) for document, (score, _) in best]


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidDocument(f"{what}「{text}」应为数")
    return value


def _rank(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidDocument(f"{what}「{text}」应为整数")
    return int(text)


def write_runs(folder: Path, runs: Mapping[str, Run], depth: int) -> list[Path]:
    """Write `folder`/NAME.run for each run, `depth` documents a topic; all files or none.

    Raises UserError when the folder cannot be written or an id holds white space, which the
    format cannot bear.
    """
    texts = {
        folder / f"{name}.run": "".join(_run_lines(run, depth))
        for name, run in runs.items()
    }
    in_the_way = [path for path in texts if path.is_dir()]
    if in_the_way:
        raise UserError(f"无法写入 {in_the_way[0]}:那里是一个目录")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as waiting:
            for path, text in texts.items():
                (Path(waiting) / path.name).write_text(text, encoding="utf-8")
            for path in texts:
                (Path(waiting) / path.name).replace(path)
    except OSError as error:
        raise UserError(f"无法写入 {folder}({error.strerror})") from error
    return list(texts)


def _run_lines(run: Run, depth: int) -> Iterator[str]:
    tag = _SPACE.sub("_", run.tag)
    for topic, ranking in run.rankings.items():
        above = np.float32(np.inf)
        for rank, (document, score) in enumerate(ranking[:depth], 1):
            for what in (topic, document):
                if _SPACE.search(what):
                    raise UserError(
                        f"「{what}」含有空白,不能写入 TREC 运行文件。请改用没有空白的编号或标识"
                    )
            # trec_eval ranks by the score in single precision: equal scores would fall
            # in another order there
            above = min(np.float32(score), np.nextafter(above, np.float32(-np.inf)))
            yield f"{topic} Q0 {document} {rank} {above:.9g} {tag}\n"


def _lines(paths: Sequence[Path]) -> Iterator[tuple[Path, int, str]]:
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableFile(f"无法读取 {path}(应为 UTF-8 文本)") from error
        yield from (
            (path, n, line)
            for n, line in enumerate(text.split("\n"), 1)
            if line.strip()
        )
