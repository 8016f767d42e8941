"""`kb purge`: what is no longer to be there, destroyed for good.

Rows in the database are deleted after the files they lead to, and what was begun is on
record until the end: the same command, given again after it was killed at any moment,
completes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb.commands.common import (
    EXIT_OK,
    EXIT_USER,
    alone,
    confirmed,
    named_by,
    open_searcher,
    open_store,
    print_json,
    refuse_ambiguous,
    say,
    settings_of,
    spelt,
)
from kb.copies import Copy, blanked, find_copies
from kb.errors import NotFound, UserError
from kb.files import sha256_of
from kb.records import Doomed, Named, Original
from kb.store import Store
from kb.store.purging import Purging

#: How long other readers of the database are waited for.
WAIT_S: Final = 30.0


class _Plan(Struct, frozen=True):
    whole: tuple[Named, ...]
    earlier: tuple[Named, ...]
    untouched: tuple[Named, ...]
    doomed: Doomed
    originals: frozenset[str]
    copies: tuple[Copy, ...]


def purge(args: argparse.Namespace) -> int:
    """Destroy earlier contents of documents, documents, or what removed ones left, after naming it
    and asking.
    """
    settings = settings_of(args)
    with open_store(settings) as store, alone(settings.home, "purge"):
        begun = _Begun(settings.home)
        plan = _planned(store, args, begun)
        if not plan.whole and not plan.earlier and not begun.exists():
            _tell_untouched(plan)
            return EXIT_OK
        if begun.exists():
            say("上次的清除没有做完,这次一并做完")
        _tell(plan)
        if not confirmed("确定清除?清除后无法恢复", args.yes):
            say("未清除")
            return EXIT_USER
        if not args.yes and _planned(store, args, begun) != plan:
            raise UserError("询问期间库中有变化,未清除。请再次运行同一命令")
        begun.add(plan.doomed)
        _destroy(store, plan)
        say("正在重写数据库与索引")
        Purging(store).scrub(WAIT_S)
        _forget_indexes(settings.home)
        open_searcher(settings).refresh(store)
        begun.end()
    if args.json:
        print_json(_as_dict(plan))
    _tell_done(plan, settings.home)
    return EXIT_OK


def _planned(
    store: Store,
    args: argparse.Namespace,
    begun: _Begun,
) -> _Plan:
    purging = Purging(store)
    slugs: dict[str, None] = {}
    for key in args.documents:
        slugs |= dict.fromkeys(_slugs(store, purging, key, begun))
    whole: list[Named] = []
    earlier: list[Named] = []
    untouched: list[Named] = []
    for named in map(purging.named, slugs):
        if _goes_whole(named, args):
            whole.append(named)
        elif named.earlier or named.removed:
            earlier.append(named)
        else:
            untouched.append(named)
    doomed = purging.doomed(whole, earlier)
    originals = purging.originals(doomed)
    copies: list[Copy] = []
    if whole or earlier:
        single = purging.single_originals()
        copies = find_copies(store.home, doomed, originals, single)
    return _Plan(
        whole=tuple(whole),
        earlier=tuple(earlier),
        untouched=tuple(untouched),
        doomed=doomed,
        originals=originals,
        copies=tuple(copies),
    )


def _slugs(
    store: Store,
    purging: Purging,
    key: str,
    begun: _Begun,
) -> list[str]:
    """Return the slug that was meant, of a document or of a removed one; none when it
    was being purged already.

    Raises NotFound or, when there are several, UserError.
    """
    found: dict[str, str] = {}
    for meant in named_by(key):
        document = store.document(meant)
        if document is not None:
            found[document.head.slug] = f"{spelt(meant)}《{document.head.title}》"
        for slug in purging.removed_slugs(meant):
            found.setdefault(slug, f"{spelt(meant)}(已撤下)")
    if not found and any(begun.has(meant) for meant in named_by(key)):
        return []
    try:
        refuse_ambiguous(key, found.values())
    except NotFound as error:
        raise NotFound(
            f"没有编号或标识为「{key}」的文书,也没有这样的已撤下的文书"
        ) from error
    return list(found)


def _goes_whole(named: Named, args: argparse.Namespace) -> bool:
    """Tell whether the document itself goes: it is said so, or there never was an earlier
    content.
    """
    if named.head is None or args.history:
        return False
    return bool(args.document) or not (named.earlier or named.removed or named.purged)


# -- destroying ------------------------------------------------------------------------------


def _destroy(store: Store, plan: _Plan) -> None:
    """Destroy files, then rows; what stays of a file of many documents becomes their original
    first.
    """
    purging = Purging(store)
    made: dict[str, Original] = {}
    for copy in plan.copies:
        if copy.others:
            made[copy.path.name] = _without_doomed(store, copy, plan.doomed)
    purging.replace_originals(plan.doomed, made)
    gone = set(plan.originals)
    for copy in plan.copies:
        copy.path.unlink(missing_ok=True)
        gone.add(copy.path.name)
    purging.destroy(plan.doomed, gone)


def _without_doomed(
    store: Store,
    copy: Copy,
    doomed: Doomed,
) -> Original:
    """Write what stays of a file of many documents beside it and return it as an original."""
    data = blanked(copy.path.read_bytes(), doomed)
    sha256 = sha256_of(data)
    if copy.path == store.files.path(copy.path.name):
        store.files.put(sha256, len(data), [data])
    else:
        waiting = copy.path.with_name(f"{sha256}.new")
        waiting.write_bytes(data)
        waiting.replace(copy.path.with_name(sha256))
    return Original(sha256=sha256, media_type="application/jsonl", size_bytes=len(data))


def _forget_indexes(home: Path) -> None:
    """Delete all indexes; under another name first, so that nobody goes on with the rest of one."""
    gone = home / "index.purged"
    shutil.rmtree(gone, ignore_errors=True)
    if (home / "index").exists():
        (home / "index").rename(gone)
        shutil.rmtree(gone)


def is_unfinished(home: Path) -> bool:
    """Tell whether a `kb purge` was begun in a data folder and not completed."""
    return _Begun(home).exists()


class _Begun:
    """What was begun and may not be completed: hashes of slugs, since those are to be forgotten,
    and numbers.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "purge.unfinished"

    def exists(self) -> bool:
        return self._path.exists()

    def has(self, meant: int | str) -> bool:
        return _mark(meant) in self._marks()

    def add(self, doomed: Doomed) -> None:
        numbers = (*doomed.documents, *doomed.corrected, *doomed.removed)
        marks = {*self._marks(), *map(_mark, doomed.slugs), *map(_mark, numbers)}
        waiting = self._path.with_name(f"{self._path.name}.new")
        with waiting.open("w", encoding="utf-8") as handle:
            json.dump(sorted(marks), handle)
            handle.flush()
            os.fsync(handle.fileno())
        waiting.replace(self._path)

    def end(self) -> None:
        self._path.unlink(missing_ok=True)

    def _marks(self) -> list[str]:
        try:
            return [str(mark) for mark in json.loads(self._path.read_text("utf-8"))]
        except (FileNotFoundError, ValueError):
            return []


def _mark(meant: int | str) -> str:
    return sha256_of(spelt(meant).encode("utf-8", "surrogatepass"))


# -- words -----------------------------------------------------------------------------------


def _tell(plan: _Plan) -> None:
    for named in plan.whole:
        assert named.head is not None
        head = named.head
        say(
            f"将连同文书本身一起清除:编号 {head.id},标识 {head.slug},《{head.title}》,"
            f"合集「{head.collection}」"
            + (f",以前的内容 {named.earlier} 份" if named.earlier else "")
        )
    for named in plan.earlier:
        if named.head is not None:
            say(
                f"将清除:标识 {named.slug},《{named.head.title}》,以前的内容 {named.earlier} 份"
                + (
                    f",撤下的同一标识文书 {len(named.removed)} 件"
                    if named.removed
                    else ""
                )
                + ";现行内容保留"
            )
        else:
            say(f"将清除:已撤下的文书 标识 {named.slug} 的原件与痕迹")
    for copy in plan.copies:
        lines = (
            f"抹去其中 {copy.lines} 行,另 {copy.others} 行保留"
            if copy.others
            else "整个清除"
        )
        say(f"原件 {copy.path.name}:{lines}")
    _tell_untouched(plan)


def _tell_untouched(plan: _Plan) -> None:
    for named in plan.untouched:
        say(
            f"标识 {named.slug} 没有以前的内容可清除。要连同文书本身一起清除,请加 --document"
        )


def _tell_done(plan: _Plan, home: Path) -> None:
    say(
        f"已清除:文书 {len(plan.whole)} 件,另有 {len(plan.earlier)} 件的以前内容;原件 "
        f"{len(plan.copies)} 个"
    )
    aside = _other_libraries(home)
    if aside:
        say(
            f"数据目录里还有恢复备份时移到一旁的旧库,其中可能仍有:{'、'.join(aside)}。"
            f"不再需要时请删除"
        )
    say(
        "此前用 kb backup 做的备份、kb export "
        "的导出、收入时的原文件、磁盘快照里可能仍有,请一并处理,见运维手册「清除」"
    )


def _other_libraries(home: Path) -> list[str]:
    """Return the folders in a data folder that restores left, each of which may hold a library."""
    names = sorted(path.name for path in home.glob("replaced-*"))
    if (home / "restoring").exists():
        names.append("restoring")
    return names


def _as_dict(plan: _Plan) -> dict[str, list[dict[str, object]]]:
    return {
        "documents": list(map(_named_as_dict, plan.whole)),
        "earlier": list(map(_named_as_dict, plan.earlier)),
        "untouched": list(map(_named_as_dict, plan.untouched)),
        "originals": list(map(_copy_as_dict, plan.copies)),
    }


def _copy_as_dict(copy: Copy) -> dict[str, object]:
    return {
        "name": copy.path.name,
        "lines": copy.lines,
        "kept_lines": copy.others,
    }


def _named_as_dict(named: Named) -> dict[str, object]:
    return {
        "slug": named.slug,
        "document_id": None if named.head is None else named.head.id,
        "earlier": named.earlier,
        "removed": list(named.removed),
    }
