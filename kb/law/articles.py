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
#: Between the parts of an exact key; no law, version or article is written with it.
_BETWEEN: Final = "|"


class ArticleKey(Struct, frozen=True, gc=False):
    """One article of one version of a law."""

    law: str
    version: str
    article: str

    @classmethod
    def parse(cls, key: str) -> ArticleKey:
        """Return the article that `format` wrote so."""
        law, version, article = key.split(_BETWEEN)
        return cls(law, version, article)

    def format(self) -> str:
        """Return the exact key under which a store keeps the article: 刑法|1997|第九条."""
        return _BETWEEN.join((self.law, self.version, self.article))

    @property
    def full_name(self) -> str:
        """Return law, version and article, the version named in any case."""
        return f"{self.law}（{self.version}）{self.article}"

    @property
    def name(self) -> str:
        """Return how the article is cited, 刑法（1997）第九条; a law named after its one version is
        not named twice.
        """
        if self.law == self.version:
            return f"{self.law}{self.article}"
        return self.full_name


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
