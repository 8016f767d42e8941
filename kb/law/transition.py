"""Which version of a law applies to conduct before a new one: the articles that say so,
by the track of a case.

What they say stands in the law documents (`version_rule` of a provision). Of a track no
law speaks of, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kb.law.articles import ArticleKey
from kb.records import DocumentHead, Metadata

#: Jurisdiction of a document that names none.
_HOME: Final = "CN"


class VersionRule(Struct, frozen=True, gc=False):
    """An article that says which version of a law applies, and what it says in a few words."""

    article: ArticleKey
    says: str


def version_rules(
    laws: Iterable[Metadata], case: DocumentHead
) -> tuple[VersionRule, ...]:
    """Return the rules for cases of the track and the jurisdiction of `case`.

    `laws` holds one version of each law: the one that is to be cited. A document that
    is no case has no rule.
    """
    place = case.metadata.jurisdiction or _HOME
    found: list[VersionRule] = []
    for law in laws:
        if (law.jurisdiction or _HOME) != place:
            continue
        for provision in law.provisions:
            if provision.version_rule == case.kind:
                article = ArticleKey(
                    law.law or "", law.version or "", provision.article
                )
                found.append(VersionRule(article, provision.provision))
    return tuple(found)
