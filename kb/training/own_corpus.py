"""Pairs from the starter corpus: two parts of one document, a title and a part, a
question and a part.

The public training text has little of trade secrets; the corpus is the project's own text of
just that. Topics of the gold set are never read here.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from kb.training.pairs import Source
from kb.training.texts import sentences

PARTS = "corpus_parts"
QUESTIONS = "corpus_questions"
_ROUNDS = 6
#: What was read where says nothing of the matter itself.
_LEFT_OUT = "核对说明"
_ASKED = "常见问法"
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)


def corpus_pairs(corpus: Path, chance: random.Random) -> list[Source]:
    """Pair parts of each document of `corpus` several times over, half of the first
    parts cut to a few sentences.

    The second source pairs each question that a document's editors say it answers with
    any of its parts.
    """
    documents = []
    for path in sorted(corpus.rglob("*.md")):
        title, parts, questions = _parts(path)
        if len(parts) > 1:
            documents.append((title, parts, questions))
    source, asked = Source(PARTS), Source(QUESTIONS)
    for _ in range(_ROUNDS):
        for title, parts, questions in documents:
            for question in questions:
                asked.add(question, _headed(chance.choice(parts), title, chance))
            left, right = chance.sample(parts, 2)
            said = sentences(left)
            if said and chance.random() < 0.5:
                count = min(len(said), chance.randint(1, 3))
                left = "".join(chance.sample(said, count))
            source.add(left, _headed(right, title, chance))
            source.add(title, chance.choice(parts))
    return [source, asked]


def _headed(
    part: str,
    title: str,
    chance: random.Random,
) -> str:
    """Return a part, in half of the cases below its title."""
    return f"{title}\n{part}" if chance.random() < 0.5 else part


def _parts(path: Path) -> tuple[str, list[str], list[str]]:
    """Return the title, the bodies of the parts and the questions of one file; nothing without
    front matter.
    """
    pieces = path.read_text("utf-8").split("---", 2)
    title = (
        _TITLE.search(pieces[1]) if len(pieces) == 3 and not pieces[0].strip() else None
    )
    if title is None:
        return "", [], []
    bodies: list[str] = []
    asked: list[str] = []
    for part in re.split(r"^## ", pieces[2], flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        if heading == _ASKED:
            asked += [line[2:] for line in body.splitlines()]
        elif heading != _LEFT_OUT:
            bodies.append(body.strip())
    return title[1], list(filter(None, bodies)), list(filter(None, asked))
