"""The certificate of a Word file: every character in it is in the text, or in the account of what
was left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from ingest.word import read
from ingest.wordparts import Package

#: By local name, so that no table of names that the reader uses decides what is looked for here.
_TEXTS = frozenset({"t", "delText"})
_PARTS = re.compile(
    r"(?:^|/)(?:document|footnotes|endnotes|comments|header|footer)\d*\.xml$", re.I
)

_SIGNS = re.compile("[\uf000-\uf0ff]")


def characters_of(data: bytes) -> Counter[str]:
    """Return the characters of all `w:t`, `w:delText`, `a:t` and `m:t` of the story,
    its notes, margins and comments.

    Building blocks (`word/glossary`) are no text of the document; places of a font of
    signs have become signs.
    """
    found: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if _PARTS.search(name) and "glossary/" not in name:
                for text in _texts(archive.read(name)):
                    found.update(_SIGNS.sub("", "".join(text.split())))
    return found


def _texts(part: bytes) -> Iterator[str]:
    root = etree.fromstring(
        part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    )
    for node in root.iter("{*}*"):
        if etree.QName(node).localname in _TEXTS:
            yield "".join(node.itertext())


def missing(data: bytes) -> tuple[Counter[str], int]:
    """Return the characters that are not in the text, and how many of them the account does not
    explain.
    """
    lines, account = read(Package(data))
    text = Counter("".join("".join(lines).split()))
    absent = characters_of(data) - text
    return absent, max(0, absent.total() - account.left.total())
