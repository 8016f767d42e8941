"""The gold set and the rules it keeps; each rule returns what breaks it, in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from search.evaluation import group_of
from search.trec import Qrel, read_qrel_lines, read_topics

CORPUS: Final = Path(__file__).resolve().parents[2] / "corpus"
FOLDER: Final = CORPUS / "evaluation"

#: From this grade on a document is relevant: 3 is the answer, 2 helps to answer, 1 only touches the matter.
ANSWERS: Final = 2
HIGHEST: Final = 3
FEWEST_TOPICS: Final = 200
#: officer: facts of a case; the q of officerq: a short question; foreignen: in English.
GROUPS: Final = (
    "officer",
    "officerq",
    "enterprise",
    "identifier",
    "foreign",
    "foreignen",
    "editor",
    "none",
)
OFFICER_CHARS: Final = (100, 800)
#: A topic in the words of its answer measures copying, not finding.
LONGEST_SHARED: Final = 6

_HAN: Final = re.compile("[㐀-鿿]")
_NO_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Topics by id, and every line of the qrels."""

    topics: Mapping[str, str]
    qrels: Sequence[Qrel]

    def grades(self) -> dict[str, dict[str, int]]:
        """Return topic -> document -> grade."""
        found: dict[str, dict[str, int]] = {}
        for qrel in self.qrels:
            found.setdefault(qrel.topic, {})[qrel.document] = qrel.grade
        return found


def load(folder: Path = FOLDER) -> GoldSet:
    """Read the set; raises when a file is missing or broken, an id or a line met twice included."""
    return GoldSet(
        read_topics(folder / "topics.tsv"), read_qrel_lines(folder / "qrels.tsv")
    )


def corpus_texts() -> dict[str, str]:
    """Return slug -> folded text, front matter and title included, of every document of the corpus."""
    files = (p for p in CORPUS.rglob("*.md") if p.name != "README.md")
    return {p.stem: folded(p.read_text(encoding="utf-8")) for p in files}


def folded(text: str) -> str:
    """Return a text without spaces and punctuation, width and case folded."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text)).lower()


def too_few(gold: GoldSet) -> list[str]:
    """Return a note when topics or groups are missing."""
    groups = {group_of(topic) for topic in gold.topics}
    notes = [f"缺少 {group} 组" for group in GROUPS if group not in groups]
    if len(gold.topics) < FEWEST_TOPICS:
        notes.append(f"只有 {len(gold.topics)} 道题,应不少于 {FEWEST_TOPICS}")
    return notes


def wrong_lengths(gold: GoldSet) -> list[str]:
    """Return the officers' accounts that are no account of a case in length."""
    least, most = OFFICER_CHARS
    return [
        f"{topic}:{len(text)} 字,应为 {least} 至 {most}"
        for topic, text in gold.topics.items()
        if group_of(topic) == "officer" and not least <= len(text) <= most
    ]


def wrong_qrels(gold: GoldSet, documents: Mapping[str, str]) -> list[str]:
    """Return the lines that name no topic or no document, have no reason, or a grade outside 0–3."""
    return [
        f"{qrel.where}:{fault}"
        for qrel in gold.qrels
        for fault in _faults(qrel, gold, documents)
    ]


def _faults(qrel: Qrel, gold: GoldSet, documents: Mapping[str, str]) -> Iterator[str]:
    if qrel.topic not in gold.topics:
        yield f"没有题目 {qrel.topic}"
    if qrel.document not in documents:
        yield f"没有文书 {qrel.document}"
    if not qrel.reason:
        yield "没有理由"
    if not 0 <= qrel.grade <= HIGHEST:
        yield f"等级 {qrel.grade} 应为 0 至 {HIGHEST}"


def wrong_answers(gold: GoldSet) -> list[str]:
    """Return the topics without an answer, and those of the group none with something on their
    subject.
    """
    grades = gold.grades()
    best = {
        topic: max(grades.get(topic, {}).values(), default=0) for topic in gold.topics
    }
    return [
        f"{topic}:{'是无答案的题,却有 1 级以上的标注' if group_of(topic) == 'none' else '没有 2 级以上的标注'}"
        for topic, grade in best.items()
        if (grade > 0 if group_of(topic) == "none" else grade < ANSWERS)
    ]


def borrowed_phrases(gold: GoldSet, documents: Mapping[str, str]) -> list[str]:
    """Return the topics that share a run of more than LONGEST_SHARED characters with a
    document graded for them.

    Runs without a Han character (letters, digits) do not count, nor do identifiers,
    which cannot be put otherwise.
    """
    found = []
    for topic, grades in gold.grades().items():
        if group_of(topic) != "identifier":
            text = gold.topics.get(topic, "")
            shared = (
                (d, shared_run(text, documents.get(d, "")))
                for d, grade in grades.items()
                if grade > 0
            )
            found += [
                f"{topic} 与 {document} 有相同的「{run}」"
                for document, run in shared
                if run
            ]
    return found


def shared_run(text: str, document: str) -> str:
    """Return the first run of LONGEST_SHARED + 1 characters, one of them Han at least,
    that stands in `document` too.

    `document` is folded already.
    """
    words, length = folded(text), LONGEST_SHARED + 1
    runs = (words[start : start + length] for start in range(len(words) - length + 1))
    return next((run for run in runs if run in document and _HAN.search(run)), "")
