"""The addresses one step from a page, whose own parameters are written once.

A page of an answer has hundreds of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from search.request import FACET_FIELDS
from web.address import FILTER_PREFIXES, PageRequest, written

#: Where a parameter stands in an address: before the filters, among them, or after.
_ORDER: Final[dict[str, int]] = {"q": 0, "mode": 1}
for _prefix in FILTER_PREFIXES:
    for _name in FACET_FIELDS:
        _ORDER[f"{_prefix}{_name}"] = len(_ORDER)
_ORDER["role"] = len(_ORDER)
_LAST: Final = len(_ORDER)


class Addresses:
    """Every address is the one that `PageRequest` itself would give."""

    def __init__(self, wanted: PageRequest) -> None:
        """Write the parameters of `wanted`."""
        self._pairs = wanted.at(0).parameters()
        self._written = [written(name, value) for name, value in self._pairs]
        self._path = wanted.path
        self._question = "&".join(self._written)
        self._around: dict[str, tuple[str, str]] = {}

    def including(self, name: str, value: str) -> str:
        """Return the address that also asks for `value`, which is neither chosen nor shut out
        yet.
        """
        return self._with(f"f.{name}", value)

    def excluding(self, name: str, value: str) -> str:
        """Return the address that shuts `value` out, which is neither chosen nor shut out yet."""
        return self._with(f"x.{name}", value)

    def with_role(self, role: str) -> str:
        """Return the address that also asks for sections with this role, which is not chosen
        yet.
        """
        return self._with("role", role)

    def document(
        self,
        document_id: int,
        rank: int | None,
        paragraph: int | None = None,
    ) -> str:
        """Return the address of a document in the answer."""
        parameters = [self._question] if self._question else []
        if rank is not None:
            parameters.append(f"at={rank}")
        query = f"?{'&'.join(parameters)}" if parameters else ""
        anchor = f"#p{paragraph}" if paragraph else ""
        return f"/documents/{document_id}{query}{anchor}"

    def _with(self, parameter: str, value: str) -> str:
        around = self._around.get(parameter)
        if around is None:
            around = self._around[parameter] = self._split(parameter)
        before, after = around
        return f"{self._path}?{before}{_written_value(parameter, value)}{after}"

    def _split(self, parameter: str) -> tuple[str, str]:
        """Return what an address says before one more value of a parameter, and after it."""
        place = 0
        for name, _ in self._pairs:
            place += _ORDER.get(name, _LAST) <= _ORDER[parameter]
        before, after = self._written[:place], self._written[place:]
        return "&".join([*before, ""]), "&".join(["", *after])


# values of facets, the same on every page; never what was typed
@lru_cache(maxsize=8_192)
def _written_value(name: str, value: str) -> str:
    return written(name, value)
