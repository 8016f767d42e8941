"""The application as served, with pages that are slow each in its own way: python -m
tests.web.slow_server PORT.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from itertools import count

from fastapi import FastAPI

import web.server
from kb import deadline
from kb.settings import Settings, load_settings
from web.app import create_app

#: Never ends by itself.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def slow_app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    never = threading.Event()

    def statement() -> None:
        with app.state.shared.open_store() as store:
            store._conn.execute(ENDLESS).fetchone()

    def statements() -> None:
        with app.state.shared.open_store() as store:
            while True:
                store.generation()

    def loop() -> None:
        for _ in deadline.checked(count()):
            pass

    def deaf() -> str:
        never.wait()
        return "测试文本"

    app.add_api_route("/slow/statement", statement)
    app.add_api_route("/slow/statements", statements)
    app.add_api_route("/api/slow/loop", loop)
    app.add_api_route("/slow/deaf", deaf)
    return app


if __name__ == "__main__":
    web.server.create_app = slow_app  # type: ignore[attr-defined]
    web.server.serve(replace(load_settings(), port=int(sys.argv[1]), workers=1))
