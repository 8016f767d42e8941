"""Several processes behind one port: one that dies is replaced, and all end together."""

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from uvicorn.server import ServerState

from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.web.serving import serving
from web.loop import OneByOne
from web.protocol import Protocol
from web.seats import Seats
from web.server import Config


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    Store(made, Visibility.RESTRICTED).close()
    return made


def children(parent: int) -> list[int]:
    return sorted(
        map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    )


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_process_that_is_killed_is_replaced_and_pages_are_answered_meanwhile(
    home: Path, tmp_path: Path
) -> None:
    with serving(home, tmp_path, {"KB_WORKERS": 3}) as server:
        parent = server.pid
        # the port answers before the last is forked
        assert until(lambda: len(children(parent)) == 3)
        before = children(parent)
        os.kill(before[0], signal.SIGKILL)
        answers = [server.get("/about") for _ in range(5)]

        assert {answer.partition("\r\n")[0] for answer in answers} == {
            "HTTP/1.1 200 OK"
        }
        assert until(
            lambda: len(children(parent)) == 3 and before[0] not in children(parent)
        )


def test_all_processes_end_with_their_parent_when_told_to_stop(
    home: Path, tmp_path: Path
) -> None:
    with serving(home, tmp_path, {"KB_WORKERS": 2}) as server:
        parent = server.pid
        assert until(lambda: len(children(parent)) == 2)
        made = children(parent)
        assert server.get("/about").startswith("HTTP/1.1 200")

    assert until(
        lambda: (
            not any(Path(f"/proc/{process}").exists() for process in (parent, *made))
        )
    )


def test_a_process_takes_one_connection_a_turn_and_leaves_the_others_to_whoever_is_free() -> (
    None
):
    """asyncio takes all that wait: the first process to wake would have every connection."""
    taken: list[asyncio.BaseTransport] = []

    class Taking(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            taken.append(transport)

    with asyncio.Runner(loop_factory=OneByOne) as runner:
        loop = runner.get_loop()
        server = runner.run(serve_with(Taking))
        clients = [
            socket.create_connection(server.sockets[0].getsockname()) for _ in range(10)
        ]
        before, steps = 0, []
        while len(taken) < len(clients):
            loop.run_until_complete(asyncio.sleep(0))
            steps.append(len(taken) - before)
            before = len(taken)
        for one in (*clients, *taken, server):
            one.close()
        loop.run_until_complete(asyncio.sleep(0))

    assert (
        max(steps) <= 3 and sum(steps) == 10
    )  # three turns are one run of the loop to completion


@pytest.mark.parametrize("has_enough", [True, False])
def test_a_process_with_more_connections_than_another_leaves_one_to_it_for_a_while(
    has_enough: bool,
) -> None:
    asked: list[bool] = []
    taken: list[asyncio.BaseTransport] = []

    class Taking(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            taken.append(transport)

    def ask() -> bool:
        asked.append(has_enough)
        return has_enough

    with asyncio.Runner(loop_factory=lambda: OneByOne(ask)) as runner:
        server = runner.run(serve_with(Taking))
        client = socket.create_connection(server.sockets[0].getsockname())
        while not taken:
            runner.get_loop().run_until_complete(asyncio.sleep(0.001))
        for one in (client, *taken, server):
            one.close()
        runner.get_loop().run_until_complete(asyncio.sleep(0.01))

    assert len(asked) == (11 if has_enough else 1)


def test_processes_see_how_many_connections_the_others_have() -> None:
    seats = Seats(3)
    child = os.fork()
    if not child:
        seats.put(1, 2)
        os._exit(0)
    os.waitpid(child, 0)
    seats.put(0, 1)

    assert [seats.has_more_than_another(number) for number in range(3)] == [
        True,
        True,
        False,
    ]

    seats.put(2, 1)

    assert [seats.has_more_than_another(number) for number in range(3)] == [
        False,
        True,
        False,
    ]


def test_connections_of_a_process_are_counted_until_they_are_closed(home: Path) -> None:
    config, seats = Config(Settings(home=home, workers=2)), Seats(2)
    config.load()
    config.sit(seats, 1)

    async def run() -> list[bool]:
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: Protocol(config, state, {}), "127.0.0.1", 0, backlog=10
        )
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        while not state.connections:
            await asyncio.sleep(0.001)
        during = seats.has_more_than_another(1)
        writer.close()
        while state.connections:
            await asyncio.sleep(0.001)
        server.close()
        return [during, seats.has_more_than_another(1)]

    assert asyncio.run(run()) == [True, False]


async def serve_with(protocol: type[asyncio.Protocol]) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, backlog=100
    )


def test_a_server_that_cannot_start_says_so_once_and_ends(
    home: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "thesaurus.txt"
    broken.write_text("只有一个词\n", encoding="utf-8")
    with (
        pytest.raises(AssertionError, match="the server ended"),
        serving(home, tmp_path, {"KB_THESAURUS": broken}),
    ):
        pass

    (log,) = tmp_path.glob("*.log")
    said = log.read_text(encoding="utf-8")
    assert "thesaurus.txt" in said and "Traceback" not in said
    assert len(re.findall("thesaurus.txt", said)) == 1
