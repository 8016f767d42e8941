"""`kb verify`: hold store, originals and indexes against each other; mend what can be mended,
delete nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb.backup.restoring import REPLACED, STAGING
from kb.commands.common import (
    EXIT_OK,
    EXIT_STATE,
    megabytes,
    open_searcher,
    open_store,
    print_json,
    print_row,
    say,
    settings_of,
)
from kb.commands.purging import is_unfinished
from kb.errors import StoreDamaged
from kb.messages import notices
from kb.permissions import tighten
from kb.quarantine import Held, Quarantine, size_of

if TYPE_CHECKING:
    from kb.records import EmbedderVectors, Replaced
    from kb.store import Store

#: A file younger than this may belong to documents another process is just adding.
_UNUSED_AFTER_S: Final = 3600.0


def verify(args: argparse.Namespace) -> int:
    """Check store, files and indexes against each other; mend what can be made again."""
    settings = settings_of(args)
    quarantine = Quarantine(settings.home)
    with open_store(settings) as store:
        wrong = store.damage()
        lost, mended = check_originals(store, quarantine)
        if not wrong:  # a damaged database may have forgotten what it knew
            mended += set_aside(store, quarantine)
        wrong += lost
        found = open_searcher(settings).verify(store, repair=True)
        mended += map(notices.words, found)
        counts = store.counts()
        refused, tightened = _close_to_others(settings.home)
        wrong += refused
        mended += tightened
        notes = _notes(store, counts["passage"])
    notes += _told_of(quarantine) + _remains(settings.home)
    if args.json:
        print_json({"wrong": wrong, "mended": mended, "notes": notes, "counts": counts})
    else:
        for label, messages in (("损坏", wrong), ("已修复", mended), ("提示", notes)):
            for message in messages:
                print_row(label, message)
    say(
        f"文书 {counts['document']} 件,片段 {counts['passage']} 个,原件 "
        f"{counts['file']} 个:{_verdict(wrong, counts)}"
    )
    return EXIT_STATE if wrong else EXIT_OK


def _notes(store: Store, passages: int) -> list[str]:
    """Return what is no fault and yet worth knowing."""
    notes = [_replaced(paper, store) for paper in store.replaced_papers()]
    for known in store.embedders():
        if not known.in_use:
            notes.append(_spare(known, passages))
    return notes + _read_by_former_rules(store)


def check_originals(
    store: Store, quarantine: Quarantine
) -> tuple[list[str], list[str]]:
    """Return which originals are missing or altered, and which of them a copy in quarantine has
    replaced.
    """
    wrong: list[str] = []
    mended: list[str] = []
    held = quarantine.held()
    for sha256 in sorted(store.referenced_files()):
        try:
            store.files.require(sha256)
        except StoreDamaged as error:
            copies = [item for item in held if item.sha256 == sha256]
            if _is_put_back(copies, quarantine, store):
                mended.append(f"原件 {sha256} 已从隔离区放回")
            else:
                wrong.append(str(error))
    return wrong, mended


def _is_put_back(
    copies: list[Held],
    quarantine: Quarantine,
    store: Store,
) -> bool:
    """Put back the first of some copies of an original that is whole; tell whether one was."""
    return any(quarantine.put_back(item, store.files) for item in copies)


def set_aside(store: Store, quarantine: Quarantine) -> list[str]:
    """Move originals the store does not know, and leftovers of interrupted writes, into quarantine;
    say how many.
    """
    store.forget_unreferenced_files()
    known = store.referenced_files()
    moved = 0
    for path in store.files.strays(known, _UNUSED_AFTER_S):
        quarantine.take(path)
        moved += 1
    if not moved:
        return []
    return [
        f"没有文书使用的文件 {moved} 个移到隔离区 {quarantine.folder},没有删除:kb "
        f"quarantine 查看、放回或清空"
    ]


def _close_to_others(home: Path) -> tuple[list[str], list[str]]:
    """Take rights in the data folder from all but its owner; say where that failed, and how often
    it was done.
    """
    tightened, refused = tighten(home)
    wrong, mended = [], []
    for path in refused:
        wrong.append(
            f"其他账户可以打开 {path},当前账户无权更改。请由其所有者运行 kb verify"
        )
    if tightened:
        mended.append(f"数据目录内 {tightened} 处其他账户可以打开,已改为仅所有者可用")
    return wrong, mended


def _told_of(quarantine: Quarantine) -> list[str]:
    held = quarantine.held()
    if not held:
        return []
    size = megabytes(size_of(held))
    return [
        f"隔离区有 {len(held)} 个文件({size}),最早 {held[0].found_on} 移入:kb "
        f"quarantine 查看、放回或清空"
    ]


def _remains(home: Path) -> list[str]:
    """Say which folders of restores are still there, whole libraries all of them, and what was not
    completed.
    """
    notes = []
    for folder in sorted(home.glob(f"{REPLACED}*")):
        notes.append(
            f"{folder} 是恢复备份时移到一旁的旧库,不再需要时可以删除(其中的内容不受 kb "
            f"remove 等命令影响)"
        )
    if (home / STAGING).exists():
        notes.append(
            f"{home / STAGING} 是中断的 kb restore 留下的,与现有的库无关,可以删除;"
            f"再次恢复时会自动清理"
        )
    if is_unfinished(home):
        notes.append(
            "上一次 kb purge 没有做完,要清除的内容可能还在:请再次运行同一条 kb purge,它会做完"
        )
    return notes


def _read_by_former_rules(store: Store) -> list[str]:
    from ingest.rules import rules_id
    from kb.store.rederiving import Rederiving

    count = Rederiving(store).count_outdated(rules_id())
    if not count:
        return []
    return [f"{count} 件文书是以前的规则识别的:kb rederive 列出现在会识别成什么,不改动"]


def _replaced(paper: Replaced, store: Store) -> str:
    original = f"{store.files.path(paper.original)}({paper.media_type})"
    return (
        f"「{paper.slug}」《{paper.by}》只因案号相同,以前取代了另一件文书《{paper.title}》。其原件 "
        f"{original}还在:复制出来,加上扩展名,再 kb add,即为单独的一件"
    )


def _verdict(wrong: list[str], counts: dict[str, int]) -> str:
    if wrong:
        return f"损坏 {len(wrong)} 处,请按各条说明处理,或从备份恢复"
    return "完好" if counts["document"] else "库中没有文书"


def _spare(known: EmbedderVectors, passages: int) -> str:
    """Say what vectors of a model not in use are there for, and how to use or drop them."""
    if known.vectors < passages:
        return (
            f"模型「{known.name}」的向量只有 {known.vectors}/{passages} "
            f"个片段({known.megabytes:.0f} MB):"
            "kb reembed 正在进行或曾被中断。继续:以该模型再次运行 kb reembed;"
            "放弃:以现用模型运行 kb reembed"
        )
    return (
        f"模型「{known.name}」的向量仍完整保留({known.megabytes:.0f} MB),未在使用。"
        "换回:以该模型运行 kb reembed;清除:以现用模型运行 kb reembed"
    )
