"""`kb rederive`: what today's rules make of documents that former ones read, shown first, put in
place when asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field, to_builtins

from kb.analysis import portions
from kb.commands.common import (
    EXIT_OK,
    EXIT_USER,
    Step,
    alone,
    find,
    open_searcher,
    open_store,
    print_json,
    print_row,
    progress_bar,
    say,
    settings_of,
)
from kb.commands.errorlog import error_log
from kb.fields import BY_ATTRIBUTE
from kb.records import Amount
from kb.vocabulary import ROLES

if TYPE_CHECKING:
    from ingest.readers import Opened
    from ingest.rederiving import Difference, Remade
    from kb.embedding import Embedder
    from kb.records import Original
    from kb.settings import Settings
    from kb.store import Store
    from kb.store.rederiving import Rederiving

#: Values shown before and after; of more only those that differ.
_FEW: Final = 5
#: Characters put in place in one transaction, a document counting for so many at least.
_BATCH_CHARACTERS: Final = 1_024_000
_LEAST_CHARACTERS: Final = 1_000
_LONGEST_SHOWN: Final = 100
_NONE: Final = "—"
#: What is not in the metadata, and articles cited in a text rather than what a case is cited as.
_LABELS: Final = {
    attribute: field.label for attribute, field in BY_ATTRIBUTE.items()
} | {
    "text": "正文字数",
    "sections": "部分",
    "citations": "引用的法条",
    "identifiers": "可查的号码与名称",
}


class _Outcome(Struct):
    """What became of the documents looked at; those that differ as they are told."""

    looked_at: int = 0
    changed: int = 0
    differing: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)


def rederive(args: argparse.Namespace) -> int:
    """Show what today's rules would change in stored documents, or change it."""
    from ingest.rules import rules_id
    from kb.store.rederiving import Rederiving

    settings = settings_of(args)
    with (
        open_store(settings) as store,
        alone(settings.home, "rederive"),
        error_log(settings.home),
    ):
        ids = [find(store, key).head.id for key in args.documents] or None
        rederiving = Rederiving(store)
        # No rules are called "": whatever made them, these documents are looked at.
        waiting = rederiving.outdated("" if args.all or ids else rules_id(), ids)
        with progress_bar("对照", "件", args.quiet) as step:
            outcome = _walk(
                waiting,
                rederiving,
                _embedder(settings, store) if args.apply else None,
                args,
                step,
            )
        if outcome.changed:
            with progress_bar("更新索引", "片段", args.quiet) as step:
                open_searcher(settings).refresh(
                    store, lambda done, total: step(done, total)
                )
    return _report(outcome, args)


def _embedder(settings: Settings, store: Store) -> Embedder:
    """Return the model of the store's vectors; raises EmbedderMismatch where the settings name
    another.
    """
    from kb.embedding import load_embedder

    embedder = load_embedder(settings.embedder)
    store.require_embedder(embedder.name, embedder.dim)
    return embedder


def _walk(
    waiting: Sequence[tuple[Original, frozenset[str]]],
    rederiving: Rederiving,
    embedder: Embedder | None,
    args: argparse.Namespace,
    step: Step,
) -> _Outcome:
    """Make everything anew and tell what differs; with an embedder it is also put in place, some at
    a time.
    """
    from ingest.rederiving import put_in_place

    outcome = _Outcome()
    total = sum(len(contents) for _, contents in waiting)
    step(0, total)
    for batch in portions(_remade(waiting, rederiving), _weight, _BATCH_CHARACTERS):
        if embedder is not None:
            outcome.changed += put_in_place(batch, rederiving, embedder)
        for remade in batch:
            _tell(remade, outcome, args)
        outcome.looked_at += len(batch)
        step(outcome.looked_at, total)
    return outcome


def _remade(
    waiting: Sequence[tuple[Original, frozenset[str]]], rederiving: Rederiving
) -> Iterator[Remade]:
    from ingest.readers import one_ahead
    from ingest.rederiving import remake

    opening = one_ahead(_opening(waiting, rederiving))
    for opened, (_, contents) in zip(opening, waiting, strict=True):
        yield from remake(opened, contents, rederiving)


def _opening(
    waiting: Sequence[tuple[Original, frozenset[str]]], rederiving: Rederiving
) -> Iterator[Opened]:
    """Yield the originals opened, one after another."""
    from ingest.readers import open_original

    for original, _ in waiting:
        path = rederiving.files.path(original.sha256)
        yield open_original(path, original.media_type, original.size_bytes)


def _weight(remade: Remade) -> int:
    return max(len(remade.revision.text), _LEAST_CHARACTERS)


def _tell(
    remade: Remade,
    outcome: _Outcome,
    args: argparse.Namespace,
) -> None:
    kept = remade.kept
    if remade.error is not None:
        outcome.failed.append({"slug": kept.slug, "error": str(remade.error)})
        say(f"{kept.slug}《{kept.revision.metadata.title}》:{remade.error}。没有改动")
    elif remade.differences:
        outcome.differing.append(_as_dict(remade))
        if not args.json:
            print_row(kept.slug, kept.revision.metadata.title)
            for difference in _telling(remade.differences):
                print_row(
                    "",
                    _LABELS.get(difference.field, difference.field),
                    _change(difference),
                )


def _telling(differences: Sequence[Difference]) -> list[Difference]:
    """Leave out the keys a document is found by, which follow from what else differs, unless
    nothing does.
    """
    others = [one for one in differences if one.field != "identifiers"]
    return others or list(differences)


def _as_dict(remade: Remade) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for one in remade.differences:
        changes[one.field] = [to_builtins(one.before), to_builtins(one.after)]
    return {
        "document_id": remade.kept.document_id,
        "slug": remade.kept.slug,
        "title": remade.kept.revision.metadata.title,
        "changes": changes,
    }


def _change(difference: Difference) -> str:
    """Return what a value was and would be; of long lists only what comes and goes."""
    before = _words(difference.field, difference.before)
    after = _words(difference.field, difference.after)
    if max(len(before), len(after)) < _FEW:
        return f"{_listed(before)} → {_listed(after)}"
    gone = [word for word in before if word not in after]
    new = [word for word in after if word not in before]
    parts = []
    if gone:
        parts.append(f"去 {_listed(gone)}")
    if new:
        parts.append(f"增 {_listed(new)}")
    return ";".join(parts) or "位置或次序不同"


def _words(name: str, value: Any) -> list[str]:
    """Return the values of a field as people read them."""
    if value is None:
        return []
    values = value if isinstance(value, tuple) else (value,)
    labels = _labels(name)
    return [_shown(item, labels) for item in values]


def _labels(name: str) -> Mapping[str, str]:
    """Return what the codes of a field are called."""
    if name == "sections":
        return ROLES
    field = BY_ATTRIBUTE.get(name)
    return field.codes if field else {}


def _shown(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return labels.get(value, value)
    if isinstance(value, Amount):
        return f"{value.type} {value.text or value.value}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _listed(words: Sequence[str]) -> str:
    text = "、".join(words) or _NONE
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _report(outcome: _Outcome, args: argparse.Namespace) -> int:
    if args.json:
        print_json(
            {
                "looked_at": outcome.looked_at,
                "applied": args.apply,
                "changed": outcome.changed,
                "differing": outcome.differing,
                "failed": outcome.failed,
            }
        )
    told = f"对照 {outcome.looked_at} 件"
    if args.apply:
        told += f",改动 {outcome.changed} 件"
    elif outcome.differing:
        told += (
            f",会有变化 {len(outcome.differing)} 件,没有改动任何内容。确认后加 "
            f"--apply 再次运行(先 kb backup 备份)"
        )
    else:
        told += ",没有变化"
    if outcome.failed:
        told += f";读不出来 {len(outcome.failed)} 件,保持原样"
    say(told)
    return EXIT_USER if outcome.failed else EXIT_OK
