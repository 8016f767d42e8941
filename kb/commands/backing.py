"""`kb backup`, `kb restore`: a library into one file, and back out of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kb.commands.common import (
    EXIT_OK,
    EXIT_STATE,
    megabytes,
    open_store,
    print_json,
    progress_bar,
    say,
    settings_of,
)
from kb.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from kb.backup.making import Made


def backup(args: argparse.Namespace) -> int:
    """Write a backup while others read and write; what the library no longer has whole is named."""
    from kb.backup.making import make

    settings, target = settings_of(args), args.file.resolve()
    _require_place(target, settings.home.resolve(), args.force)
    with (
        open_store(settings) as store,
        progress_bar("复制数据库", "页", args.quiet) as copying,
        progress_bar("写入备份", "份原件", args.quiet) as packing,
    ):
        made = make(store, target, copying, packing)
    return _report(made, args)


def _require_place(
    target: Path,
    home: Path,
    force: bool,
) -> None:
    """Raise UserError unless a backup may be written at `target`."""
    if target.is_relative_to(home):
        raise UserError(
            f"备份不能放在数据目录 {home} 之内:目录丢了,备份也就丢了。请写到另一块盘上"
        )
    if target.is_dir():
        raise UserError(f"{target} 是目录。请写出备份文件的名称,如 {target}/kb.zip")
    if not target.parent.is_dir():
        raise UserError(f"目录 {target.parent} 不存在。请先建立它")
    if target.exists() and not force:
        raise UserError(f"{target} 已存在。请换一个名称;确要覆盖,请加 --force")


def _report(made: Made, args: argparse.Namespace) -> int:
    if args.json:
        print_json(
            {
                "file": str(args.file),
                "size_bytes": made.size_bytes,
                "documents": made.copied.documents,
                "originals": made.originals,
                "generation": made.copied.commit.generation,
                "missing": list(made.missing),
            }
        )
    for why in made.missing.values():
        say(f"备份里没有:{why}")
    say(
        f"已备份到 {args.file}({megabytes(made.size_bytes)}):文书 "
        f"{made.copied.documents} 件,原件 {made.originals} 个"
        + (f",缺 {len(made.missing)} 个" if made.missing else "")
    )
    return EXIT_STATE if made.missing else EXIT_OK


def restore(args: argparse.Namespace) -> int:
    """Put a backup into an empty data folder, or in the place of a library, which is moved
    aside.
    """
    from kb.backup.restoring import restore as put_in_place

    home = settings_of(args).home
    with progress_bar("检查并恢复", "个文件", args.quiet) as step:
        done = put_in_place(args.file, home, args.replace, step)
    aside = home / done.aside
    was_replaced = aside.exists()
    if args.json:
        print_json(
            {
                "documents": done.documents,
                "originals": done.originals,
                "made_at": done.made_at,
                "missing": list(done.missing),
                "replaced": str(aside) if was_replaced else None,
            }
        )
    for sha256 in done.missing:
        say(f"备份时已缺的原件:{sha256}")
    if was_replaced:
        say(f"原有的库移到 {aside},没有删除")
    say(
        f"已恢复 {done.made_at} 的备份:文书 {done.documents} 件,原件 {done.originals} "
        f"个。索引在下次检索时重建"
    )
    return EXIT_OK
