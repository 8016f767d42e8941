"""`kb add`, `kb check`: documents in."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
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

if TYPE_CHECKING:
    from ingest.pipeline import Receipt
    from kb.settings import Settings
    from kb.store import Store
    from search.searcher import Searcher


#: Documents named with the same warning; the others are counted.
_WARNED_OF: Final = 3


def add(args: argparse.Namespace) -> int:
    """Add files and folders; bad ones are named and the others go on."""
    settings = settings_of(args)
    with open_store(settings) as store:
        if args.if_empty and store.counts()["document"]:
            return EXIT_OK
        searcher = open_searcher(settings)
        receipts = _add_all(args, settings, store, searcher)
        with progress_bar("更新索引", "片段", args.quiet) as step:
            searcher.refresh(store, lambda done, total: step(done, total))
    return _report(receipts, args)


def _add_all(args: argparse.Namespace, settings: Settings, store: Store, searcher: Searcher) -> list[Receipt]:
    from ingest import workers
    from ingest.pipeline import Options, ingest
    from ingest.readers import one_ahead
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
    files = list(files_in(args.paths))
    with progress_bar("收入文书", "个文件", args.quiet) as step:
        for number, opened in enumerate(one_ahead(files, options.max_bytes)):
            told = partial(_tell_progress, step, number, len(files), len(receipts))
            told(0)
            for receipt in ingest(opened, store, embedder, options, told):
                receipts.append(receipt)
                _tell(receipt, args, warned)
        _tell_progress(step, len(files), len(files), len(receipts), 0)
    for warning, count in warned.items():
        if count > _WARNED_OF:
            say(f"另有 {count - _WARNED_OF} 件同样提醒:{warning}")
    return receipts


def _tell_progress(step: Step, number: int, files: int, before: int, documents: int) -> None:
    """Tell how many files are done and how many documents, refused ones included: one file may hold many thousands."""
    step(number, files, f" 已处理 {before + documents:,} 件")


def files_in(paths: Iterable[Path]) -> Iterable[Path]:
    """Yield files as named, and from folders every file of a known format, README.md excepted."""
    from ingest.readers import EXTENSIONS

    for path in paths:
        if path.is_dir():
            found = (p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in EXTENSIONS)
            yield from sorted(p for p in found if p.name != "README.md" and not p.name.startswith("."))
        else:
            yield path


def unknown_files(paths: Iterable[Path]) -> Iterable[Path]:
    """Yield what `files_in` leaves out of folders because nothing here reads it; not what stands in a set of topics."""
    from ingest.readers import EXTENSIONS

    for path in paths:
        if path.is_dir():
            found = (p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() not in EXTENSIONS)
            yield from (p for p in found if not p.name.startswith(".") and not _in_topic_set(p, path))


def _in_topic_set(path: Path, root: Path) -> bool:
    """Tell whether a file below `root` stands in what `kb evaluate` reads: topics.tsv and qrels.tsv side by side."""
    folders = (root / folder for folder in path.relative_to(root).parents)
    return any((folder / "topics.tsv").is_file() and (folder / "qrels.tsv").is_file() for folder in folders)


def where(receipt: Receipt) -> str:
    """Return file and line of a receipt."""
    line = f" 第 {receipt.line_number} 行" if receipt.line_number else ""
    return f"{receipt.path}{line}"


def _tell(receipt: Receipt, args: argparse.Namespace, warned: Counter[str]) -> None:
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
    _tell_skipped(args.paths)
    if args.json:
        print_json(
            {
                **{status: counts[status] for status in ("added", "updated", "unchanged", "failed")},
                "documents": [_as_dict(receipt) for receipt in receipts],
            }
        )
    labels = {"added": "新增", "updated": "更新", "unchanged": "未变", "failed": "失败"}
    say(",".join(f"{label} {counts[status]} 件" for status, label in labels.items()))
    return EXIT_USER if counts["failed"] or not receipts else EXIT_OK


def _tell_skipped(paths: Iterable[Path]) -> None:
    skipped = list(unknown_files(paths))
    if skipped:
        named = "、".join(path.name for path in skipped[:5]) + ("…" if len(skipped) > 5 else "")
        say(f"跳过 {len(skipped)} 个不支持的文件:{named}")


def _as_dict(receipt: Receipt) -> dict[str, Any]:
    return {
        "path": str(receipt.path),
        "line": receipt.line_number,
        "status": _status(receipt),
        "document_id": receipt.document_id,
        "slug": receipt.slug,
        "title": receipt.title,
        "passages": receipt.passages,
        "warnings": list(receipt.warnings),
        "error": None if receipt.error is None else str(receipt.error),
    }


def check(args: argparse.Namespace) -> int:
    """Validate files without storing anything; every problem is named."""
    from ingest.pipeline import check as check_opened
    from ingest.readers import one_ahead

    settings = settings_of(args)
    files = list(files_in(args.paths))
    receipts: list[Receipt] = []
    with progress_bar("检查", "个文件", args.quiet) as step:
        for number, opened in enumerate(one_ahead(files, settings.max_file_mb * 1024 * 1024)):
            receipts += check_opened(opened)
            step(number + 1, len(files))
    problems = [(where(r), str(r.error)) for r in receipts if r.error is not None]
    problems += [(where(r), w) for r in receipts for w in r.warnings]
    problems += _across(receipts)
    if args.json:
        print_json({"documents": len(receipts), "problems": [{"where": w, "problem": p} for w, p in problems]})
    else:
        for place, problem in problems:
            print_row(place, problem)
    _tell_skipped(args.paths)
    say(f"检查 {len(receipts)} 件,问题 {len(problems)} 个")
    return EXIT_USER if problems or not receipts else EXIT_OK


def _across(receipts: list[Receipt]) -> list[tuple[str, str]]:
    """Return problems only visible over all files: slugs used twice, links to nothing."""
    slugs = Counter(r.slug for r in receipts if r.slug)
    problems = [(where(r), f"标识 {r.slug} 重复") for r in receipts if r.slug and slugs[r.slug] > 1]
    for receipt in receipts:
        problems += [
            (where(receipt), f"链接的文书 {target} 不存在") for target in receipt.targets if target not in slugs
        ]
    return problems
