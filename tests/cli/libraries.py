"""What a data folder holds, and what it answers, to be held against another's."""

from pathlib import Path
from typing import Any

from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.here import as_json
from tests.tree import tree

QUERIES = ("客户名单", "第3份", "离职员工 保密协议", "反不正当竞争法第九条")


def originals(home: Path) -> dict[str, bytes | None]:
    return tree(home / "files")


def library(home: Path) -> dict[str, bytes | None]:
    """Everything in a data folder but the file of the locks."""
    return {name: data for name, data in tree(home).items() if name != "commands.lock"}


def documents(home: Path) -> dict[str, Any]:
    """Every document as it is shown, by slug."""
    with Store(home, Visibility.RESTRICTED) as store:
        return {
            head.slug: store.document(head.id)
            for head in store.heads(store.document_ids().tolist()).values()
        }


def whole(home: Path) -> dict[str, Any]:
    """Every document of a library in which nothing is damaged and no original is missing."""
    with Store(home, Visibility.RESTRICTED) as store:
        assert store.damage() == []
        for sha256 in store.referenced_files():
            store.files.require(sha256)
    return documents(home)


def answers(home: Path) -> list[Any]:
    found = [as_json(home, "search", query, "--limit", 50) for query in QUERIES]
    return [
        {key: value for key, value in answer.items() if key != "took_ms"}
        for answer in found
    ]
