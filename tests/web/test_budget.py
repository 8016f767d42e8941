"""What one request may take of a server: seconds, and places at work."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from kb import deadline
from kb.errors import OutOfTime
from kb.store import Store
from tests.web.serving import Server, serving
from web.budget import _TURN_S, AT_WORK, Budget
from web.middleware import SECURITY_HEADERS
from web.refusing import refused
from web.rendering import make_templates

SLOW = ("-m", "tests.web.slow_server")


SETTINGS = {"KB_REQUEST_BUDGET_S": 2, "KB_MAX_REQUESTS": AT_WORK + 2}


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(home, tmp_path_factory.mktemp("log"), SETTINGS, SLOW) as started:
        yield started


@pytest.fixture
def fresh(home: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of a test's own, whose places may be left taken."""
    with serving(home, tmp_path, SETTINGS, SLOW) as started:
        yield started


def ask_many(
    server: Server, address: str, count: int
) -> tuple[list[threading.Thread], list[str]]:
    """Ask at the same time; return the threads that wait and the list their answers go to."""
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(server.get(address)))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads, answers


@pytest.mark.parametrize(
    "address", ["/slow/statement", "/slow/statements", "/api/slow/loop", "/slow/deaf"]
)
def test_a_request_that_takes_too_long_is_answered_503_in_words(
    server: Server, address: str
) -> None:
    answer = server.get(address)

    assert (
        answer.startswith("HTTP/1.1 503")
        and "用时超过上限" in answer
        and "retry-after: 5" in answer
    )
    assert all(
        f"{name.lower()}: {value}" in answer for name, value in SECURITY_HEADERS.items()
    )
    assert "Traceback" not in server.log and " failed " not in server.log
    assert server.get("/about").startswith("HTTP/1.1 200")


def test_what_asks_for_the_time_by_itself_gives_its_thread_back(server: Server) -> None:
    for _ in range(2):
        threads, answers = ask_many(server, "/slow/statement", AT_WORK)
        for thread in threads:
            thread.join()

        assert [answer[:12] for answer in answers] == ["HTTP/1.1 503"] * AT_WORK
    assert server.get("/about").startswith("HTTP/1.1 200")


def test_threads_that_do_not_end_keep_their_places_and_the_rest_is_told_that_it_is_busy(
    fresh: Server,
) -> None:
    deaf, late = ask_many(fresh, "/slow/deaf", AT_WORK)
    time.sleep(0.5)
    waiting, answers = ask_many(fresh, "/api/search", 4)
    while len(answers) < 2:
        time.sleep(0.05)
    answered_first = list(late)
    for thread in (*deaf, *waiting):
        thread.join()
    style = fresh.get("/static/app.css")

    assert answered_first == []  # two find no room to wait, and are told at once
    assert len(late) == AT_WORK and all("用时超过上限" in answer for answer in late)
    assert len(answers) == 4 and all(
        '"code":"busy"' in answer and "retry-after: 5" in answer for answer in answers
    )
    assert style.startswith("HTTP/1.1 200")


def test_a_statement_that_outlasts_the_deadline_is_broken_off(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with (
        pytest.raises(OutOfTime, match="用时超过上限"),
        deadline.limited(0.05),
        Store(tmp_path) as store,
    ):
        store._conn.execute(endless).fetchone()


def test_no_statement_begins_after_the_deadline_but_one_that_ends_a_transaction(
    tmp_path: Path,
) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(OutOfTime), store.snapshot(), deadline.limited(0):
            store.generation()

        assert not store._conn.in_transaction
        assert store.generation() == 0


def test_an_index_is_read_whole_for_whatever_request_begins_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store, deadline.limited(0):
        assert list(store.passages_to_index()) == []
        assert deadline.is_over()


def test_a_deadline_holds_for_its_block_alone() -> None:
    with deadline.limited(0):
        with pytest.raises(OutOfTime):
            list(deadline.checked(range(3)))
        with deadline.unlimited():
            deadline.check()

    assert not deadline.is_over() and list(deadline.checked(range(1000))) == list(
        range(1000)
    )


# -- turns ---------------------------------------------------------------------------------


class Chamber:
    """An application whose requests begin, are told apart by path, and end when they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.at_once = 0
        self._inside = 0
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        self._inside += 1
        self.at_once = max(self.at_once, self._inside)
        await (self.let_go.wait() if scope["path"] == "/slow" else asyncio.sleep(0.01))
        self._inside -= 1
        if scope["path"] == "/reads":
            assert await receive() == REQUEST
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})


REQUEST: Message = {"type": "http.request", "body": b"", "more_body": False}


def in_turn(
    walk: Callable[[Chamber, Callable[..., Awaitable[list[Message]]]], Awaitable[None]],
) -> Chamber:
    """Run a walk that sends requests to a chamber behind a budget; return the chamber."""
    chamber = Chamber()

    async def run() -> None:
        budget = Budget(
            chamber, seconds=20, most=8, refuse=partial(refused, make_templates())
        )

        async def ask(path: str, *said: Message) -> list[Message]:
            heard, answer = deque((REQUEST, *said)), list[Message]()

            async def receive() -> Message:
                if not heard:
                    await asyncio.sleep(3600)
                return heard.popleft()

            async def send(message: Message) -> None:
                answer.append(message)

            await budget({"type": "http", "path": path}, receive, send)
            return answer

        await asyncio.wait_for(walk(chamber, ask), 30)

    asyncio.run(run())
    return chamber


def test_quick_requests_are_worked_at_one_after_another_in_the_order_they_came() -> (
    None
):
    async def walk(
        chamber: Chamber, ask: Callable[..., Awaitable[list[Message]]]
    ) -> None:
        answers = await asyncio.gather(
            *(ask(path) for path in ("/a", "/reads", "/b", "/c"))
        )
        assert [answer[1]["body"] for answer in answers] == [
            b"/a",
            b"/reads",
            b"/b",
            b"/c",
        ]

    chamber = in_turn(walk)

    assert (chamber.begun, chamber.at_once) == (["/a", "/reads", "/b", "/c"], 1)


def test_a_request_that_takes_long_does_not_keep_the_next_waiting() -> None:
    async def walk(
        chamber: Chamber, ask: Callable[..., Awaitable[list[Message]]]
    ) -> None:
        slow = asyncio.ensure_future(ask("/slow"))
        await asyncio.sleep(0)
        assert (await ask("/quick"))[1]["body"] == b"/quick"
        assert not slow.done()
        chamber.let_go.set()
        assert (await slow)[1]["body"] == b"/slow"

    assert in_turn(walk).begun == ["/slow", "/quick"]


def test_nobody_works_for_a_client_that_left_while_it_waited() -> None:
    async def walk(
        chamber: Chamber, ask: Callable[..., Awaitable[list[Message]]]
    ) -> None:
        slow = [asyncio.ensure_future(ask("/slow")) for _ in range(AT_WORK)]
        while len(chamber.begun) < AT_WORK:
            await asyncio.sleep(0.01)
        await asyncio.sleep(
            2 * _TURN_S
        )  # the last has had its turn, and no place is free
        for _ in range(8):  # more than may wait at a time
            assert await ask("/left", {"type": "http.disconnect"}) == []
        chamber.let_go.set()
        await asyncio.gather(*slow)
        assert (await ask("/stays"))[1]["body"] == b"/stays"

    assert in_turn(walk).begun == ["/slow"] * AT_WORK + ["/stays"]
