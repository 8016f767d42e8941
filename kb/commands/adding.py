"""`kb add`, `kb check`: documents in."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kb.commands.common import (
    EXIT_OK,
    EXIT_USER,
    Step,
    open_searcher,
    open_store,
    print_json,
    print_row,
    progress_bar,
    say,
    settings_of,
)
from kb.commands.errorlog import error_log
from kb.commands.listing import Listing, list_files, shown
from kb.errors import UnreadableFile
from kb.vocabulary import UNCLASSIFIED

if TYPE_CHECKING:
    from ingest.pipeline import Receipt
    from ingest.readers import Opened
    from kb.settings import Settings
    from kb.store import Store
    from search.searcher import Searcher


#: Documents named with the same warning; the others are counted.
_WARNED_OF: Final = 3


def add(args: argparse.Namespace) -> int:
    """Add files and folders; bad ones are named and the others go on."""
    settings = settings_of(args)
    with open_store(settings) as store, error_log(settings.home):
        if args.if_empty and store.counts()["document"]:
            return EXIT_OK
        searcher = open_searcher(settings)
        receipts = _add_all(args, settings, store, searcher)
        with progress_bar("更新索引", "片段", args.quiet) as step:
            searcher.refresh(store, lambda done, total: step(done, total))
    return _report(receipts, args)


def _add_all(
    args: argparse.Namespace,
    settings: Settings,
    store: Store,
    searcher: Searcher,
) -> list[Receipt]:
    from ingest import workers
    from ingest.pipeline import Options, ingest
    from kb.embedding import load_embedder

    workers.start()  # while the model is loaded
    options = Options(
        collection=args.collection,
        kind=args.kind,
        visibility=args.visibility,
        max_bytes=settings.max_file_mb * 1024 * 1024,
    )
    embedder = load_embedder(settings.embedder)
    store.require_embedder(embedder.name, embedder.dim)
    receipts: list[Receipt] = []
    warned: Counter[str] = Counter()
    listing = list_files(args.paths)
    files = listing.files
    with progress_bar("收入文书", "个文件", args.quiet) as step:
        for number, opened in enumerate(_opening(files, options.max_bytes)):
            told = partial(_tell_progress, step, number, len(files), len(receipts))
            told(0)
            for receipt in ingest(opened, store, embedder, options, told):
                receipts.append(receipt)
                _tell(receipt, args, warned)
        _tell_progress(step, len(files), len(files), len(receipts), 0)
    for receipt in _unopened(listing):
        receipts.append(receipt)
        _tell(receipt, args, warned)
    for words in listing.words():
        say(words)
    for warning, count in warned.items():
        if count > _WARNED_OF:
            say(f"另有 {count - _WARNED_OF} 件同样提醒:{warning}")
    return receipts


def _tell_progress(
    step: Step,
    number: int,
    files: int,
    before: int,
    documents: int,
) -> None:
    """Tell how many files are done and how many documents, refused ones included: one file may hold
    many thousands.
    """
    step(number, files, f" 已处理 {before + documents:,} 件")


def _opening(files: Sequence[Path], most: int) -> Iterator[Opened]:
    """Yield the files opened, each while the one before it is worked on."""
    from ingest.readers import one_ahead, open_file

    return one_ahead(open_file(path, most) for path in files)


def _unopened(listing: Listing) -> list[Receipt]:
    """Return a receipt for every folder that could not be looked into."""
    from ingest.pipeline import Receipt

    advice = "其中的文件没有读到。请检查权限与路径"
    receipts = []
    for path, error in listing.unreadable:
        told = UnreadableFile(f"文件夹无法打开({error.strerror}),{advice}")
        receipts.append(Receipt(path=path, error=told))
    return receipts


def where(receipt: Receipt) -> str:
    """Return file and line of a receipt."""
    line = f" 第 {receipt.line_number} 行" if receipt.line_number else ""
    return f"{shown(receipt.path)}{line}"


def _tell(
    receipt: Receipt,
    args: argparse.Namespace,
    warned: Counter[str],
) -> None:
    for warning in receipt.warnings:
        warned[warning] += 1
        if warned[warning] <= _WARNED_OF:
            say(f"{where(receipt)}:提醒:{warning}")
    if receipt.error is not None:
        say(f"{where(receipt)}:{receipt.error}")
    elif not args.json and not args.quiet:
        print_row(receipt.document_id, _status(receipt), receipt.slug, where(receipt))


def _status(receipt: Receipt) -> str:
    if receipt.error is not None:
        return "failed"
    if not receipt.created:
        return "unchanged" if receipt.moved is None else "updated"
    return "updated" if receipt.superseded else "added"


def _report(receipts: list[Receipt], args: argparse.Namespace) -> int:
    counts = Counter(_status(receipt) for receipt in receipts)
    if args.json:
        print_json(
            {
                "added": counts["added"],
                "updated": counts["updated"],
                "unchanged": counts["unchanged"],
                "failed": counts["failed"],
                "documents": list(map(_as_dict, receipts)),
            }
        )
    labels = {"added": "新增", "updated": "更新", "unchanged": "未变", "failed": "失败"}
    say(",".join(f"{label} {counts[status]} 件" for status, label in labels.items()))
    unknown = sum(receipt.kind == UNCLASSIFIED for receipt in receipts)
    if unknown:
        say(f"其中 {unknown} 件没有认出是哪一类,列入「未归类」:kb classify 列出与归类")
    return EXIT_USER if counts["failed"] or not receipts else EXIT_OK


def _as_dict(receipt: Receipt) -> dict[str, Any]:
    return {
        "path": shown(receipt.path),
        "line": receipt.line_number,
        "status": _status(receipt),
        "document_id": receipt.document_id,
        "slug": receipt.slug,
        "title": receipt.title,
        "kind": receipt.kind,
        "passages": receipt.passages,
        "warnings": list(receipt.warnings),
        "error": None if receipt.error is None else str(receipt.error),
    }


def check(args: argparse.Namespace) -> int:
    """Validate files without storing anything; every problem is named."""
    from ingest.pipeline import check as check_opened

    settings = settings_of(args)
    listing = list_files(args.paths)
    receipts = _unopened(listing)
    with progress_bar("检查", "个文件", args.quiet) as step, error_log(settings.home):
        most = settings.max_file_mb * 1024 * 1024
        for number, opened in enumerate(_opening(listing.files, most), start=1):
            receipts += check_opened(opened)
            step(number, len(listing.files))
    problems = _problems(receipts)
    _print_problems(receipts, problems, args)
    for words in listing.words():
        say(words)
    say(f"检查 {len(receipts)} 件,问题 {len(problems)} 个")
    return EXIT_USER if problems or not receipts else EXIT_OK


def _problems(receipts: list[Receipt]) -> list[tuple[str, str]]:
    """Return where something is wrong, and what: refusals, warnings, then what only all
    files together show.
    """
    refused: list[tuple[str, str]] = []
    warned: list[tuple[str, str]] = []
    for receipt in receipts:
        if receipt.error is not None:
            refused.append((where(receipt), str(receipt.error)))
        for warning in receipt.warnings:
            warned.append((where(receipt), warning))
    return [*refused, *warned, *_across(receipts)]


def _print_problems(
    receipts: list[Receipt],
    problems: list[tuple[str, str]],
    args: argparse.Namespace,
) -> None:
    if args.json:
        listed = [{"where": place, "problem": problem} for place, problem in problems]
        print_json({"documents": len(receipts), "problems": listed})
        return
    for place, problem in problems:
        print_row(place, problem)


def _across(receipts: list[Receipt]) -> list[tuple[str, str]]:
    """Return problems only visible over all files: slugs used twice, links to nothing."""
    slugs = Counter(receipt.slug for receipt in receipts if receipt.slug)
    doubled: list[tuple[str, str]] = []
    broken: list[tuple[str, str]] = []
    for receipt in receipts:
        if receipt.slug and slugs[receipt.slug] > 1:
            doubled.append((where(receipt), f"标识 {receipt.slug} 重复"))
        for target in receipt.targets:
            if target not in slugs:
                broken.append((where(receipt), f"链接的文书 {target} 不存在"))
    return doubled + broken
