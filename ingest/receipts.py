"""What became of one document, and in which words a person is told."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from ingest.metadata import kept_aside
from ingest.raw import BadLine, RawDocument
from kb.errors import UserError
from kb.records import Added, Revision, VisibilityChange
from kb.vocabulary import ROLES


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one document: stored, already here, or refused with a reason."""

    path: Path
    line_number: int | None = None
    document_id: int | None = None
    slug: str | None = None
    title: str | None = None
    kind: str | None = None
    created: bool = False
    superseded: bool = False
    moved: VisibilityChange | None = None
    passages: int = 0
    warnings: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    error: UserError | None = None


def receipt_of_known(
    path: Path,
    item: RawDocument | BadLine,
    known: Added,
    moved: VisibilityChange | None,
) -> Receipt:
    """Return the receipt for a document whose bytes are here already."""
    return Receipt(
        path=path,
        line_number=item.line_number,
        document_id=known.document_id,
        slug=known.slug,
        moved=moved,
        warnings=_visibility_warnings(moved),
    )


def receipt_of_stored(
    path: Path,
    item: RawDocument | BadLine,
    revision: Revision,
    added: Added | UserError,
) -> Receipt:
    """Return the receipt for a document the store took, or refused."""
    if isinstance(added, UserError):
        return Receipt(
            path=path,
            line_number=revision.line_number,
            title=revision.metadata.title,
            error=added,
        )
    warnings = [
        *_visibility_warnings(added.moved),
        *_namesake_warnings(added),
        *_reading_warnings(item, revision),
    ]
    return Receipt(
        path=path,
        line_number=revision.line_number,
        document_id=added.document_id,
        slug=added.slug,
        title=revision.metadata.title,
        created=added.created,
        kind=revision.metadata.kind,
        superseded=added.superseded,
        moved=added.moved,
        passages=len(revision.passages),
        warnings=tuple(warnings),
    )


def receipt_of_checked(
    path: Path,
    item: RawDocument | BadLine,
    revision: Revision,
) -> Receipt:
    """Return the receipt for a document that would be stored."""
    warnings = _reading_warnings(item, revision)
    roles = {section.role for section in revision.sections}
    unknown = roles.difference(ROLES)
    if unknown:
        warnings.append(f"未知部分 {'、'.join(sorted(unknown))}")
    targets = [cited.target for cited in revision.citations if cited.target]
    return Receipt(
        path=path,
        line_number=revision.line_number,
        slug=revision.metadata.slug,
        title=revision.metadata.title,
        passages=len(revision.passages),
        warnings=tuple(warnings),
        targets=(*targets, *revision.metadata.related),
    )


def _reading_warnings(item: RawDocument | BadLine, revision: Revision) -> list[str]:
    """Return what the reader of a file tells, and which of its values are of no field."""
    warnings: list[str] = []
    if isinstance(item, RawDocument):
        warnings += item.warnings
    warnings += kept_aside(revision.metadata)
    return warnings


def _visibility_warnings(moved: VisibilityChange | None) -> tuple[str, ...]:
    if moved is None:
        return ()
    way = "可见范围放宽:" if moved.widens else "可见范围"
    return (f"{way}由「{moved.before.label}」改为「{moved.after.label}」",)


def _namesake_warnings(added: Added) -> tuple[str, ...]:
    if added.beside is None:
        return ()
    return (
        f"与「{added.beside}」同一案号,文书种类、日期或内容不同,作为另一件收入。若是它的更正,"
        f"请先 kb remove {added.slug},再以 slug: {added.beside} 写在文件头收入",
    )
