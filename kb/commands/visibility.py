"""`kb visibility`: who may see a document, told and changed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kb.commands.common import (
    EXIT_OK,
    EXIT_USER,
    confirmed,
    find_all,
    open_searcher,
    open_store,
    print_json,
    print_row,
    say,
    settings_of,
)
from kb.records import VisibilityChange
from kb.vocabulary import Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.records import DocumentHead


def visibility(args: argparse.Namespace) -> int:
    """Tell who may see documents, or change it; what more readers will see is asked for first."""
    settings = settings_of(args)
    with open_store(settings) as store:
        heads = find_all(store, args.documents)
        if args.set is None:
            return _list(heads, args)
        wanted = Visibility[args.set.upper()]
        planned: dict[int, VisibilityChange] = {}
        for document_id, head in heads.items():
            if head.visibility != wanted:
                planned[document_id] = VisibilityChange(head.visibility, wanted)
        for document_id, change in planned.items():
            head = heads[document_id]
            way = "将放宽" if change.widens else "将改变"
            say(
                f"{way}:标识 {head.slug},《{head.title}》,"
                f"由「{change.before.label}」改为「{change.after.label}」"
            )
        if any(change.widens for change in planned.values()) and not confirmed(
            "确定让更多读者看到?", args.yes
        ):
            say("未更改")
            return EXIT_USER
        changed = store.set_visibilities(list(planned), wanted)
        open_searcher(settings).refresh(store)
    return _report(heads, changed, args)


def _list(heads: Mapping[int, DocumentHead], args: argparse.Namespace) -> int:
    if args.json:
        print_json({"documents": list(map(_as_dict, heads.values()))})
        return EXIT_OK
    for head in heads.values():
        print_row(head.slug, head.visibility.name.lower())
    return EXIT_OK


def _as_dict(head: DocumentHead) -> dict[str, object]:
    return {
        "document_id": head.id,
        "slug": head.slug,
        "visibility": head.visibility.name.lower(),
    }


def _report(
    heads: Mapping[int, DocumentHead],
    changed: Mapping[int, VisibilityChange],
    args: argparse.Namespace,
) -> int:
    if args.json:
        print_json(
            {
                "changed": [
                    {
                        "document_id": document_id,
                        "slug": heads[document_id].slug,
                        "before": change.before.name.lower(),
                        "after": change.after.name.lower(),
                    }
                    for document_id, change in changed.items()
                ]
            }
        )
    say(f"已更改 {len(changed)} 件,原已如此 {len(heads) - len(changed)} 件")
    return EXIT_OK
