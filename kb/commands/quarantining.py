"""`kb quarantine`: what `kb verify` set aside, put back or deleted at last."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kb.commands.common import (
    EXIT_OK,
    EXIT_STATE,
    EXIT_USER,
    confirmed,
    megabytes,
    open_store,
    print_json,
    print_row,
    say,
    settings_of,
)
from kb.errors import NotFound, UserError
from kb.quarantine import Held, Quarantine, size_of

if TYPE_CHECKING:
    from kb.settings import Settings
    from kb.store import Store

_GRACE_DAYS: Final = 30


def quarantine(args: argparse.Namespace) -> int:
    """List, put back, or delete what has been in quarantine for long."""
    settings = settings_of(args)
    if args.older_than is not None and not args.empty:
        raise UserError("--older-than 与 --empty 同用")
    if args.restore:
        return _restore(settings, args)
    if args.empty:
        return _empty(settings, args)
    return _list(Quarantine(settings.home).held(), args)


def _list(held: list[Held], args: argparse.Namespace) -> int:
    if args.json:
        print_json({"held": list(map(_as_dict, held))})
    else:
        for item in held:
            kind = "原件" if item.sha256 else "残留"
            print_row(item.name, item.size_bytes, item.found_on, kind)
    say(f"隔离区有 {len(held)} 个文件,{megabytes(size_of(held))}")
    return EXIT_OK


def _as_dict(item: Held) -> dict[str, object]:
    return {
        "name": item.name,
        "size_bytes": item.size_bytes,
        "found_on": item.found_on.isoformat(),
        "sha256": item.sha256,
    }


def _restore(settings: Settings, args: argparse.Namespace) -> int:
    kept = Quarantine(settings.home)
    chosen = _originals(kept, args.restore)
    with open_store(settings) as store:
        done = [item for item in chosen if kept.put_back(item, store.files)]
        restored = [item.sha256 for item in done]
        unknown = set(restored) - set(store.referenced_files())
    if args.json:
        print_json({"restored": restored})
    say(f"放回 {len(done)} 份原件")
    if unknown:
        say(
            f"其中 {len(unknown)} 份数据库不认识:没有文书使用,一小时后再次核对时会重新移出"
        )
    refused = [item for item in chosen if item not in done]
    for item in refused:
        say(f"{item.name} 的内容与其名称(sha256)不符,未放回")
    return EXIT_STATE if refused else EXIT_OK


def _originals(kept: Quarantine, named: str) -> list[Held]:
    """Return the originals in quarantine of a sha256, or "all"; raises NotFound for none."""
    originals = [item for item in kept.held() if item.sha256]
    chosen = [item for item in originals if named in ("all", item.sha256)]
    if not chosen:
        raise NotFound(f"隔离区没有「{named}」这样的原件。用 kb quarantine 查看有哪些")
    return chosen


def _long_held(
    kept: Quarantine,
    until: date,
    store: Store,
) -> list[Held]:
    """Return what was set aside by a day, without originals that are missed.

    One that a document still refers to and that is nowhere else is not deleted: kb verify
    puts it back.
    """
    referenced = store.referenced_files()
    found = []
    for item in kept.held():
        sha256 = item.sha256
        is_missed = sha256 in referenced and not store.files.path(sha256).exists()
        if item.found_on <= until and not is_missed:
            found.append(item)
    return found


def _empty(settings: Settings, args: argparse.Namespace) -> int:
    kept = Quarantine(settings.home)
    days = _GRACE_DAYS if args.older_than is None else args.older_than
    until = datetime.now(UTC).date() - timedelta(days=days)
    with open_store(settings) as store:
        old = _long_held(kept, until, store)
        if old:
            say(f"将删除移入满 {days} 天的 {len(old)} 个文件,{megabytes(size_of(old))}")
            if not confirmed("确定删除?此操作不可撤销", args.yes):
                say("未删除")
                return EXIT_USER
        for item in old:
            kept.delete(item)
    if args.json:
        print_json({"deleted": list(map(_as_dict, old))})
    say(f"已删除 {len(old)} 个文件,隔离区还有 {len(kept.held())} 个")
    return EXIT_OK
