"""Articles by name: what an article is called, with its law and version, and where it stands in a
text.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_ARTICLE: Final = re.compile(
    r"第[一二三四五六七八九十百千零〇\d]+条(?:之[一二三四五六七八九十]+)?"
)


class ArticleKey(Struct, frozen=True, gc=False):
    """One article of one version of a law."""

    law: str
    version: str
    article: str

    @property
    def name(self) -> str:
        """Return how the article is cited, 刑法（1997）第九条; a law named after its one version is
        not named twice.
        """
        if self.law == self.version:
            return f"{self.law}{self.article}"
        return f"{self.law}（{self.version}）{self.article}"


class Articles(Struct, frozen=True, gc=False):
    """The articles of one text; of thousands of laws few are asked for, so they are
    kept as they were read.

    `lines` has one article a line: its heading, a tab, the number of its section from 0.
    """

    lines: str

    def section_of(self, article: str) -> int | None:
        """Return the number of the section that is an article, counted from 0; None where there is
        none.
        """
        for behind in ("\t", " "):  # 第九条 alone, or with what it is about
            place = self.lines.find(f"\n{article}{behind}")
            if place >= 0:
                line = self.lines[place + 1 :].split("\n", 1)[0]
                return int(line.rsplit("\t", 1)[1])
        return None


def base_article(article: str) -> str:
    """Return 「第九条」 of 「第九条第一款第（三）项」; an article in another form stays as it
    is.
    """
    match = _ARTICLE.match(article)
    return match[0] if match else article


def base_text(text: str) -> str:
    """Return a cited article without its paragraph and item, its law and version kept."""
    match = _ARTICLE.search(text)
    return text[: match.end()] if match else text
