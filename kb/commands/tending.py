"""`kb serve`: let people in."""

from __future__ import annotations

import argparse
import socket
from contextlib import suppress
from dataclasses import replace

from kb.commands.common import EXIT_OK, EXIT_STATE, open_store, say
from kb.embedding import load_embedder
from kb.errors import StateError


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
    from web import server

    settings = load_settings(home=args.home)
    settings = replace(
        settings,
        host=args.host or settings.host,
        port=args.port or settings.port,
        workers=args.workers or settings.workers,
    )
    with open_store(settings) as store:
        embedder = load_embedder(settings.embedder)
        store.require_embedder(embedder.name, embedder.dim)
    _refuse_busy_port(settings.host, settings.port)
    processes = server.workers_of(settings)
    say(
        f"在 http://{settings.host}:{settings.port} 提供服务({processes} 个进程),"
        f"数据在 {settings.home},按 Ctrl+C 停止"
    )
    with suppress(KeyboardInterrupt):
        if not server.serve(settings):
            return EXIT_STATE
    return EXIT_OK
