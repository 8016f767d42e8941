"""`kb verify`, `kb serve`: keep the installation whole and let people in."""

from __future__ import annotations

import argparse
import socket
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kb.commands.common import EXIT_OK, EXIT_STATE, open_searcher, open_store, print_json, say, settings_of
from kb.embedding import load_embedder
from kb.errors import StateError

if TYPE_CHECKING:
    from kb.records import EmbedderVectors

#: A file younger than this may belong to documents another process is just adding.
_UNUSED_AFTER_S: Final = 3600.0


def verify(args: argparse.Namespace) -> int:
    """Check store, files and indexes against each other; mend what can be made again."""
    settings = settings_of(args)
    wrong: list[str] = []
    mended: list[str] = []
    with open_store(settings) as store:
        wrong += store.damage()
        known = store.referenced_files()
        unused = set(store.files.stored(_UNUSED_AFTER_S)) - set(known)
        for sha256 in sorted(known):
            try:
                store.files.get(sha256)
            except Exception as error:
                wrong.append(str(error))
        unfinished = store.files.remove_unfinished(_UNUSED_AFTER_S)
        orphans = sorted(unused)
        for sha256 in orphans:
            store.files.remove(sha256)
        forgotten = store.forget_unreferenced_files()
        if unfinished or orphans or forgotten:
            mended.append(f"清除没有文书使用的文件 {unfinished + len(orphans) + len(forgotten)} 个")
        mended += open_searcher(settings).verify(store, repair=True)
        counts = store.counts()
        notes = [_spare(known, counts["passage"]) for known in store.embedders() if not known.in_use]
    if args.json:
        print_json({"wrong": wrong, "mended": mended, "notes": notes, "counts": counts})
    else:
        for label, messages in (("损坏", wrong), ("已修复", mended), ("提示", notes)):
            for message in messages:
                print(f"{label}\t{message}")
    say(
        f"文书 {counts['document']} 件,片段 {counts['passage']} 个,原件 {counts['file']} 个:"
        + ("完好" if not wrong else f"损坏 {len(wrong)} 处,请按各条说明处理,或从备份恢复")
    )
    return EXIT_STATE if wrong else EXIT_OK


def _spare(known: EmbedderVectors, passages: int) -> str:
    """Say what vectors of a model not in use are there for, and how to use or drop them."""
    if known.vectors < passages:
        return (
            f"模型「{known.name}」的向量只有 {known.vectors}/{passages} 个片段({known.megabytes:.0f} MB):"
            "kb reembed 正在进行或曾被中断。继续:以该模型再次运行 kb reembed;放弃:以现用模型运行 kb reembed"
        )
    return (
        f"模型「{known.name}」的向量仍完整保留({known.megabytes:.0f} MB),未在使用。"
        "换回:以该模型运行 kb reembed;清除:以现用模型运行 kb reembed"
    )


def _refuse_busy_port(host: str, port: int) -> None:
    """Raise StateError when nobody can listen there, before the server says it does."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StateError(
                f"无法在 {host}:{port} 监听({error.strerror})。端口可能已被占用,请用 --port 换一个"
            ) from error


def serve(args: argparse.Namespace) -> int:
    """Serve the pages and the API until interrupted."""
    from kb.settings import load_settings
    from web.server import make_server

    settings = load_settings(home=args.home)
    settings = replace(settings, host=args.host or settings.host, port=args.port or settings.port)
    with open_store(settings) as store:
        embedder = load_embedder(settings.embedder)
        store.require_embedder(embedder.name, embedder.dim)
    _refuse_busy_port(settings.host, settings.port)
    server = make_server(settings)
    say(f"在 http://{settings.host}:{settings.port} 提供服务,数据在 {settings.home},按 Ctrl+C 停止")
    with suppress(KeyboardInterrupt):
        server.run()
    return EXIT_OK
