"""Ask an application without a client in between: clients have limits of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


async def ask(
    app: ASGIApp,
    target: str,
    headers: Iterable[tuple[str, str]] = (("host", "localhost"),),
) -> Answer:
    """Return what `app` answers to a GET of `target`, a path with its query as they travel."""
    path, _, query = target.partition("?")
    scope = {
        **{
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        },
        **{
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
        },
        **{
            "headers": [(n.encode(), v.encode()) for n, v in headers],
            "server": ("127.0.0.1", 8000),
            "client": None,
        },
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(
        sent[0]["status"],
        {n.decode(): v.decode() for n, v in sent[0]["headers"]},
        body.decode(),
    )


def get(app: ASGIApp, target: str) -> Answer:
    """Return what `app` answers, run to its end."""
    return asyncio.run(ask(app, target))
