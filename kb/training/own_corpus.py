"""Pairs from the starter corpus: two parts of one document, a title and a part.

The public training text has little of trade secrets; the corpus is the project's own text of
just that. Topics of the gold set are never read here.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from kb.training.pairs import Source
from kb.training.texts import sentences

NAME = "corpus_parts"
_ROUNDS = 6
#: What was read where says nothing of the matter itself.
_LEFT_OUT = "核对说明"
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)


def corpus_pairs(corpus: Path, chance: random.Random) -> Source:
    """Pair parts of each document of `corpus` several times over, half of the first parts cut to a few sentences."""
    documents = [(title, parts) for title, parts in map(_parts, sorted(corpus.rglob("*.md"))) if len(parts) > 1]
    source = Source(NAME)
    for _ in range(_ROUNDS):
        for title, parts in documents:
            left, right = chance.sample(parts, 2)
            said = sentences(left)
            if said and chance.random() < 0.5:
                left = "".join(chance.sample(said, min(len(said), chance.randint(1, 3))))
            source.add(left, f"{title}\n{right}" if chance.random() < 0.5 else right)
            source.add(title, chance.choice(parts))
    return source


def _parts(path: Path) -> tuple[str, list[str]]:
    """Return the title and the bodies of the parts of one file; nothing of a file without front matter."""
    pieces = path.read_text("utf-8").split("---", 2)
    title = _TITLE.search(pieces[1]) if len(pieces) == 3 and not pieces[0].strip() else None
    if title is None:
        return "", []
    found = re.split(r"^## ", pieces[2], flags=re.MULTILINE)[1:]
    bodies = [body.strip() for heading, _, body in (part.partition("\n") for part in found) if heading != _LEFT_OUT]
    return title[1], [body for body in bodies if body]
