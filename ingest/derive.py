"""What a text says about itself: title, kind, numbers, who decided, when, between whom,
what came of it.

Never guesses; None means not said. It is read on a squeezed shadow of the text: what
printing puts between characters does not count, and the text itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from ingest import reported, rulings, statutes
from ingest.causes import cause_of
from ingest.earlier import earlier_case_numbers
from ingest.heads import head_of
from ingest.paperhead import Paper, foot_of, read_paper
from ingest.regions import region_of
from ingest.signing import day_of
from kb import papers
from kb.records import Section
from kb.shadow import squeezed
from kb.vocabulary import UNCLASSIFIED

#: A file of many documents is not named after one of them.
_MANY: Final = (".jsonl", ".csv", ".xlsx", ".xls", ".ods")
#: Kinds of document that a court or an office of a province gives.
_DOMESTIC: Final = ("administrative", "civil", "criminal")
#: How far a cause is looked for.
_CAUSE_CHARS: Final = 4_000


class Derived(Struct, gc=False):
    """Values by field, and by field the rule that found them; what was given has no rule."""

    values: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)

    def add(self, rule: str, found: Mapping[str, Any]) -> None:
        """Take what a rule found; the last to speak of a field counts."""
        self.values |= found
        self.rules |= dict.fromkeys(found, rule)


def derive(
    values: dict[str, Any],
    text: str,
    sections: Sequence[Section],
    name: str,
) -> Derived:
    """Return `values` with what the text itself says added; nothing given is
    overwritten, and an empty list is none.

    Numbers, court and parties are read in the head, the date at the foot before any appendix: the
    middle of a judgment speaks of other cases and other days.
    """
    given = _without(None, values)
    said = _without([], given)
    head = head_of(text)
    paper = _paper(text, head)
    made = Derived()
    found = made.values
    if paper is None:
        made.add("reported", reported.of_case(head, name, text))
    else:
        made.add("paper", _of_paper(paper, head, foot_of(text)))
    kind = _either("kind", said, found)
    if not kind:
        kind = _kind(paper, sections)
        made.add("kind", {"kind": kind})
    if paper is not None:
        _add_order(made, paper, text, sections, kind)
    elif kind == "statute" and "law" not in said:
        names = _names_of_law(said, name)
        made.add("statute", statutes.fields_of_law(text, sections, names))
    if not _either("title", said, found):
        made.add("title", {"title": _title(text, name, paper, found)})
    if kind in _DOMESTIC:
        made.add("region", {"regions": _regions(said, found)})
    return _beside(given, said, made)


def _without(nothing: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that say nothing."""
    return {field: value for field, value in values.items() if value != nothing}


def _either(
    name: str,
    said: Mapping[str, Any],
    found: Mapping[str, Any],
) -> Any:
    """Return the value of a field that is said, or else found."""
    return said.get(name) or found.get(name)


def _names_of_law(said: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Return what others call a law: its title, and its file unless that is of many."""
    file_name = "" if name.endswith(_MANY) else name
    return str(said.get("title", "")), file_name


def _beside(
    given: dict[str, Any],
    said: dict[str, Any],
    made: Derived,
) -> Derived:
    """Return what was given with what was found beside it."""
    added = {
        name: value for name, value in made.values.items() if value and name not in said
    }
    rules = {name: made.rules[name] for name in added}
    return Derived(given | added, rules)


def _paper(text: str, head: Sequence[str]) -> Paper | None:
    """Return the paper a text is; None where it does not call itself one."""
    name = papers.paper_of(text)
    return None if name is None else read_paper(name, head, foot_of(text), text)


def _add_order(
    made: Derived,
    paper: Paper,
    text: str,
    sections: Sequence[Section],
    kind: str,
) -> None:
    """Add what a paper orders, and which judgments of the same dispute it tells of."""
    clauses = rulings.clauses_of(text, sections)
    is_first_instance = "初" in "".join(paper.numbers)
    made.add("ruling", rulings.of_clauses(clauses, kind, is_first_instance))
    earlier = earlier_case_numbers(text, clauses, paper.numbers)
    made.add("earlier", {"earlier_case_numbers": earlier})


def _regions(said: dict[str, Any], found: dict[str, Any]) -> list[str]:
    region = region_of(
        _all("case_numbers", said, found),
        _all("doc_numbers", said, found),
        _all("authorities", said, found),
    )
    return [region] if region else []


def _all(
    name: str,
    said: dict[str, Any],
    found: dict[str, Any],
) -> list[str]:
    """Return the values of a field that is said or else found, as texts."""
    values = _either(name, said, found) or []
    return list(map(str, values)) if isinstance(values, list) else [str(values)]


def _of_paper(
    paper: Paper,
    head: Sequence[str],
    foot: Sequence[str],
) -> dict[str, Any]:
    day, doubt = day_of(paper, head, foot)
    return {
        "case_numbers": list(paper.numbers),
        "doc_numbers": list(paper.document_numbers),
        "authorities": [paper.authority] if paper.authority else [],
        "parties": [party.name for party in paper.parties],
        "decided_on": day,
        "uncertain": [doubt] if doubt else [],
    }


def _kind(paper: Paper | None, sections: Sequence[Section]) -> str:
    if paper is not None:
        kind = papers.kind_of(paper.name, next(iter(paper.numbers), None))
        if kind is not None:
            return kind
    articles = [section for section in sections if section.role == "article"]
    return "statute" if len(articles) >= 3 else UNCLASSIFIED


def _title(
    text: str,
    name: str,
    paper: Paper | None,
    found: dict[str, Any],
) -> str:
    """Return what a paper is called by its parties, or its first line; the file's name where the
    text has none.
    """
    if paper is not None:
        return _title_of(paper, text, found)
    stem = name.rsplit(".", 1)[0].strip()
    lines = map(str.strip, text.split("\n"))
    first = next(filter(None, lines), "")
    if len(first) > 60 or first.startswith("【") or len(first) < 3:
        return stem or first[:60]
    return first


def _title_of(
    paper: Paper,
    text: str,
    found: dict[str, Any],
) -> str:
    """Return parties, cause and name of a paper: 某甲公司与某乙侵害技术秘密纠纷民事判决书."""
    names = [party.name for party in paper.parties]
    named = _sides(paper) or _several(names)
    if named:
        cause = cause_of(squeezed(text[:_CAUSE_CHARS]), names) or ""
        return f"{named}{cause}{paper.name}"
    numbers = (*found.get("case_numbers", ()), *found.get("doc_numbers", ()))
    number = next(iter(numbers), "")
    authority = next(iter(found.get("authorities", ())), "")
    return f"{authority}{paper.name}{number}"


def _sides(paper: Paper) -> str:
    """Return who is against whom; "" where nobody stands on a side."""
    first = [party.name for party in paper.parties if party.is_first]
    second = [party.name for party in paper.parties if party.is_second]
    sides = (_several(first), _several(second))
    return "与".join(filter(None, sides))


def _several(names: Sequence[str]) -> str:
    """Return the first of some names, with 等 for the others."""
    if not names:
        return ""
    return f"{names[0]}等" if len(names) > 1 else names[0]
