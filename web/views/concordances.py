"""The table of a law's provisions: which article of which version provides each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from kb.law.articles import base_article
from kb.law.concordance import Concordance
from web.address import law_path, with_parameters
from web.views.comparing import row_anchor

#: By provision and version, the articles that provide it.
_Table = Mapping[str, Mapping[str, Sequence["Cell"]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version holds of one provision."""

    article: str
    href: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ConcordanceView:
    """Versions as columns, provisions as rows; `compare` leads to the last two versions side by
    side.
    """

    versions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Cell, ...], ...], str | None], ...]

    @property
    def has_gaps(self) -> bool:
        """Tell whether some version has no digest of some provision."""
        return any(not cell for _, cells, _ in self.rows for cell in cells)


def concordance_view(
    provisions: Sequence[str], concordance: Concordance
) -> ConcordanceView | None:
    """Lay out the provisions of a law in the order given; None where there is nothing to hold
    against each other.
    """
    if len(concordance.versions) < 2 or not concordance.rows:
        return None
    return ConcordanceView(
        concordance.versions, tuple(_rows(provisions, concordance, _table(concordance)))
    )


def _table(concordance: Concordance) -> _Table:
    table: dict[str, dict[str, list[Cell]]] = {}
    for row in concordance.rows:
        href = law_path(concordance.law, row.version, base_article(row.article))
        by_version = table.setdefault(row.provision, {})
        by_version.setdefault(row.version, []).append(
            Cell(
                article=row.article,
                href=href,
                note=row.note,
            )
        )
    return table


def _rows(
    provisions: Sequence[str],
    concordance: Concordance,
    table: _Table,
) -> Iterator[tuple[str, tuple[tuple[Cell, ...], ...], str | None]]:
    for provision in provisions:
        by_version = table.get(provision)
        if by_version is None:
            continue
        cells = tuple(
            tuple(by_version.get(version, ())) for version in concordance.versions
        )
        present = [version for version in concordance.versions if version in by_version]
        yield provision, cells, _compare_link(concordance.law, provision, present)


def _compare_link(
    law: str,
    provision: str,
    versions: Sequence[str],
) -> str | None:
    """Return where the last two of the versions that have a provision stand side by side."""
    if len(versions) < 2:
        return None
    sides = [("left", versions[-2]), ("right", versions[-1])]
    return f"{with_parameters(law_path(law), sides)}#{quote(row_anchor(provision))}"
