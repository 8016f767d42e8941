"""`kb remove`: documents out."""

from __future__ import annotations

import argparse

from kb.commands.common import (
    EXIT_OK,
    EXIT_USER,
    confirmed,
    find_all,
    open_searcher,
    open_store,
    print_json,
    say,
    settings_of,
)


def remove(args: argparse.Namespace) -> int:
    """Delete documents by number or slug, after naming them and asking; all of them or none."""
    settings = settings_of(args)
    with open_store(settings) as store:
        heads = find_all(store, args.documents)
        for head in heads.values():
            say(
                f"将删除:编号 {head.id},标识 {head.slug},《{head.title}》,合集「{head.collection}」"
            )
        if not confirmed("确定删除?此操作不可撤销", args.yes):
            say("未删除")
            return EXIT_USER
        store.remove_document(*heads)
        open_searcher(settings).refresh(store)
    if args.json:
        print_json(
            {
                "removed": [
                    {"document_id": head.id, "slug": head.slug}
                    for head in heads.values()
                ]
            }
        )
    say(f"已删除 {len(heads)} 件")
    return EXIT_OK
