"""Who says which value of a document: claims made of metadata, and metadata of claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from kb.records import Claim, Metadata

#: What stood at the head of the file, or on its line, before its text.
BY_FILE: Final = "file"
#: A person said so, beside the file: by a command, or on a page.
BY_PERSON: Final = "person"
#: Before the name of a rule.
BY_RULE: Final = "rule:"
#: What is no statement about the case: the document's own name, place and readers, and
#: what this product does not understand.
NOT_CLAIMED: Final = frozenset({"slug", "collection", "visibility", "extra"})

#: Fields whose values are written as the text writes them; others are words of closed
#: lists, or days in another form, that may stand anywhere by chance.
_LITERAL: Final = frozenset(
    {
        *("title", "case_numbers", "earlier_case_numbers", "doc_numbers"),
        *("authorities", "parties", "amounts"),
    }
)

_encode: Final = msgspec.json.Encoder().encode
_SEVERAL: Final = frozenset(
    field.name
    for field in msgspec.structs.fields(Metadata)
    if field.default == () and field.name not in NOT_CLAIMED
)


def claims_of(
    metadata: Metadata,
    makers: Mapping[str, str],
    text: str,
) -> tuple[Claim, ...]:
    """Return a claim for every value of metadata, one for each of several.

    `makers` tells by field who made its values, BY_FILE where it tells nothing. A value
    found by a rule comes with the place where its words first stand in `text`, if they do.
    """
    said: dict[str, Any] = {"kind": metadata.kind}  # said even where it is the default
    said |= msgspec.to_builtins(metadata)
    claims: list[Claim] = []
    for field, known in said.items():
        if field in NOT_CLAIMED:
            continue
        maker = makers.get(field, BY_FILE)
        is_sought = maker.startswith(BY_RULE) and field in _LITERAL
        for value in known if field in _SEVERAL else (known,):
            start, end = _place_of(value, text) if is_sought else (None, None)
            claims.append(Claim(field, _json(value), maker, start, end))
    return tuple(claims)


def _json(value: Any) -> str:
    return str(_encode(value), "utf-8")


def _place_of(value: Any, text: str) -> tuple[int | None, int | None]:
    """Return where a value stands in a text as it is; amounts by their words."""
    words = value.get("text") if isinstance(value, dict) else value
    if not isinstance(words, str) or not words:
        return None, None
    start = text.find(words)
    return (None, None) if start < 0 else (start, start + len(words))


def with_kind(claims: Iterable[Claim], kind: str) -> tuple[Claim, ...]:
    """Return claims with the kind a person said in the place of any other."""
    others = (claim for claim in claims if claim.field != "kind")
    return (*others, Claim("kind", _json(kind), BY_PERSON))


def metadata_of(claims: Iterable[Claim]) -> dict[str, Any]:
    """Return what accepted claims say, by field, as metadata writes it."""
    said: dict[str, Any] = {}
    for claim in claims:
        if claim.state != "accepted":
            continue
        value = msgspec.json.decode(claim.value)
        if claim.field in _SEVERAL:
            said.setdefault(claim.field, []).append(value)
        else:
            said[claim.field] = value
    return said
