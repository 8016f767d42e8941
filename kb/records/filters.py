"""What a search or a list is restricted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field


class Filters(Struct, frozen=True, kw_only=True, gc=False):
    """Restriction that never changes a score.

    `include` and `exclude` map a facet field to values: values of one field are
    alternatives, fields are conjunctive. 未标注 stands for "has no value".
    `roles` restricts passages to sections of these roles.
    """

    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is restricted."""
        return bool(self.include or self.exclude or self.roles)

    def only(self, name: str, value: str) -> Filters:
        """Return the same restriction with `value` as the only one of field `name`."""
        include = {**self.include, name: (value,)}
        return Filters(include=include, exclude=self.exclude, roles=self.roles)

    def without(self, name: str) -> Filters:
        """Return the same restriction with nothing included by field `name`.

        Facet counts of a field are taken under all other filters; what is excluded stays out.
        """
        include = {k: v for k, v in self.include.items() if k != name}
        return Filters(include=include, exclude=self.exclude, roles=self.roles)


NO_FILTERS: Final = Filters()
