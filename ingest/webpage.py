"""A web page into its text."""

from __future__ import annotations

import re
from typing import Any, Final

from ingest.answers import Parsed
from ingest.charsets import decode_page
from ingest.flowing import flowing
from kb.errors import UnreadableFile

_BLOCKS: Final = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li tr table ul ol section article header footer main blockquote pre br dd dt".split()
)


def parse_html(data: bytes) -> Parsed:
    """Read the visible text, a line per block."""
    from selectolax.lexbor import LexborHTMLParser

    source, warnings = decode_page(data)
    tree = LexborHTMLParser(source)
    title = tree.css_first("title")
    tree.strip_tags(["script", "style", "noscript", "template", "head", "nav", "svg", "iframe"])
    text = tree.body.text(separator="\n", strip=False) if tree.body else ""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in _blocks(tree) or text.split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise UnreadableFile("网页没有正文文字")
    return flowing(lines, title.text(strip=True) if title else None, warnings)


def _blocks(tree: Any) -> list[str]:
    if tree.body is None:
        return []
    blocks: list[list[str]] = [[]]
    for node in tree.body.traverse(include_text=True):
        if node.tag in _BLOCKS:
            blocks.append([])
        elif node.tag == "-text":
            blocks[-1].append(re.sub(r"\s+", " ", node.text_content or ""))
    return ["".join(block) for block in blocks]
