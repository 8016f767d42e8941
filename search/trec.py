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
from typing import Final, TypeAlias

import numpy as np

from kb.errors import InvalidDocument, UnreadableFile, UserError
from kb.messages.faults import Fault, words

__all__ = [
    "Grades",
    "Qrel",
    "Qrels",
    "Run",
    "read_qrel_lines",
    "read_qrels",
    "read_run",
    "read_topics",
    "write_runs",
]

#: document -> grade, of one topic.
Grades: TypeAlias = Mapping[str, int]
#: topic -> its grades.
Qrels: TypeAlias = Mapping[str, Grades]
#: Documents with their scores, best first.
Ranking: TypeAlias = Sequence[tuple[str, float]]
#: document -> its score and rank, as a file has them.
_Scored: TypeAlias = dict[str, tuple[float, int]]

_GRADE: Final = re.compile(r"-?[0-9]{1,9}")
_COMMENT: Final = re.compile(r"\s#")
_SPACE: Final = re.compile(r"\s")
_QREL_CELLS: Final = 4
_RUN_CELLS: Final = 6
_LONGEST_RANK: Final = 9


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
    rankings: Mapping[str, Ranking]
    ms: Sequence[float] = ()

    @property
    def untimed(self) -> Run:
        """Return the rankings alone."""
        return Run(self.tag, self.rankings)

    def documents(self, topic: str) -> list[str]:
        """Return the documents of a topic, best first; none when the run does not answer it."""
        return [document for document, _ in self.rankings.get(topic, ())]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file that says something."""

    file: str
    number: int
    text: str

    @property
    def where(self) -> str:
        """Return where the line stands, in words."""
        return words(Fault.LINE, file=self.file, line=self.number)


def _lines(paths: Sequence[Path]) -> Iterator[_Line]:
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            message = words(Fault.FILE_UNREADABLE, path=path)
            raise UnreadableFile(message) from error
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _Line(
                    file=path.name,
                    number=number,
                    text=line,
                )


def read_topics(*paths: Path) -> dict[str, str]:
    """Read `id<TAB>text` lines of all files; raises InvalidDocument naming file and line, also for
    an id met twice.
    """
    topics: dict[str, str] = {}
    for line in _lines(paths):
        topic, _, text = line.text.partition("\t")
        topic, text = topic.strip(), text.strip()
        where = {"file": line.file, "line": line.number}
        if not topic or not text:
            raise InvalidDocument(words(Fault.TOPIC_LINE, **where))
        if topic in topics:
            raise InvalidDocument(words(Fault.TOPIC_TWICE, topic=topic, **where))
        topics[topic] = text
    return topics


def read_qrel_lines(*paths: Path) -> list[Qrel]:
    """Read `topic 0 document grade [# reason]` lines of all files, in their order.

    Raises InvalidDocument naming file and line, also for a topic and document met twice.
    """
    read: dict[tuple[str, str], Qrel] = {}
    for line in _lines(paths):
        qrel = _qrel(line)
        key = (qrel.topic, qrel.document)
        if key in read:
            raise _twice(Fault.QREL_TWICE, line, *key)
        read[key] = qrel
    return list(read.values())


def _qrel(line: _Line) -> Qrel:
    graded, *reason = _COMMENT.split(line.text, maxsplit=1)
    cells = graded.split()
    if len(cells) != _QREL_CELLS or not _GRADE.fullmatch(cells[-1]):
        raise InvalidDocument(words(Fault.QREL_LINE, where=line.where))
    topic, _, document, grade = cells
    return Qrel(
        topic=topic,
        document=document,
        grade=int(grade),
        reason="".join(reason).strip(),
        where=line.where,
    )


def _twice(
    fault: Fault,
    line: _Line,
    topic: str,
    document: str,
) -> InvalidDocument:
    message = words(fault, where=line.where, topic=topic, document=document)
    return InvalidDocument(message)


def read_qrels(*paths: Path) -> dict[str, dict[str, int]]:
    """Read the grades of `read_qrel_lines`: topic -> document -> grade."""
    qrels: dict[str, dict[str, int]] = {}
    for qrel in read_qrel_lines(*paths):
        qrels.setdefault(qrel.topic, {})[qrel.document] = qrel.grade
    return qrels


def read_run(path: Path) -> Run:
    """Read `topic Q0 document rank score tag` lines (TREC) of any system.

    A topic's documents are ordered as trec_eval orders them, by score and not by rank;
    where scores are equal the rank decides, then the place in the file. Raises
    InvalidDocument naming file and line, also for a document met twice in a topic.
    """
    found: dict[str, _Scored] = {}
    tag = ""
    for line in _lines([path]):
        topic, _, document, rank, score, tag_here = _run_cells(line)
        scored = found.setdefault(topic, {})
        if document in scored:
            raise _twice(Fault.RUN_TWICE, line, topic, document)
        value, place = _score(line, score), _rank(line, rank)
        scored[document] = value, place
        tag = tag or tag_here
    if not found:
        raise InvalidDocument(words(Fault.RUN_EMPTY, file=path.name))
    rankings = {}
    for topic, scored in found.items():
        rankings[topic] = _ordered(scored)
    return Run(tag, rankings)


def _run_cells(line: _Line) -> list[str]:
    cells = line.text.split()
    if len(cells) != _RUN_CELLS:
        count = len(cells)
        message = words(Fault.RUN_LINE, where=line.where, count=count)
        raise InvalidDocument(message)
    return cells


def _ordered(scored: _Scored) -> Ranking:
    """Return documents by score, those of equal scores by rank."""
    best = sorted(scored, key=lambda document: _order(scored, document))
    return [(document, scored[document][0]) for document in best]


def _order(
    scored: _Scored,
    document: str,
) -> tuple[float, int]:
    score, rank = scored[document]
    return -score, rank


def _score(line: _Line, written: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = words(Fault.RUN_SCORE, where=line.where, value=written)
        raise InvalidDocument(message)
    return value


def _rank(line: _Line, written: str) -> int:
    is_number = written.isascii() and written.isdecimal()
    if not is_number or len(written) > _LONGEST_RANK:
        message = words(Fault.RUN_RANK, where=line.where, value=written)
        raise InvalidDocument(message)
    return int(written)


def write_runs(
    folder: Path,
    runs: Mapping[str, Run],
    depth: int,
) -> list[Path]:
    """Write `folder`/NAME.run for each run, `depth` documents a topic; all files or none.

    Raises UserError when the folder cannot be written or an id holds white space, which the
    format cannot bear.
    """
    texts: dict[Path, str] = {}
    for name, run in runs.items():
        path = folder / f"{name}.run"
        texts[path] = "".join(_run_lines(run, depth))
    for path in texts:
        if path.is_dir():
            raise UserError(words(Fault.RUN_IN_THE_WAY, path=path))
    try:
        _write_all(folder, texts)
    except OSError as error:
        reason = error.strerror
        message = words(Fault.RUN_UNWRITABLE, path=folder, reason=reason)
        raise UserError(message) from error
    return list(texts)


def _write_all(
    folder: Path,
    texts: Mapping[Path, str],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as waiting:
        beside = Path(waiting)
        for path, text in texts.items():
            (beside / path.name).write_text(text, encoding="utf-8")
        for path in texts:
            (beside / path.name).replace(path)


def _run_lines(run: Run, depth: int) -> Iterator[str]:
    tag = _SPACE.sub("_", run.tag)
    for topic, ranking in run.rankings.items():
        _refuse_blanks(topic)
        above = np.float32(np.inf)
        for rank, (document, score) in enumerate(ranking[:depth], 1):
            _refuse_blanks(document)
            # trec_eval ranks by the score in single precision: equal scores would fall
            # in another order there
            below = np.nextafter(above, np.float32(-np.inf))
            above = min(np.float32(score), below)
            yield f"{topic} Q0 {document} {rank} {above:.9g} {tag}\n"


def _refuse_blanks(name: str) -> None:
    if _SPACE.search(name):
        raise UserError(words(Fault.RUN_BLANKS, name=name))
