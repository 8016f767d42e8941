"""A server process and plain sockets: who keeps it waiting is closed, who is one too many is told
so.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.running import ROOT, environment
from tests.web.serving import Server, read, serving
from web.limits import MAX_ADDRESS_BYTES
from web.middleware import SECURITY_HEADERS

HEADER_TIMEOUT_S = 2
PER_CLIENT = 12


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "KB_HEADER_TIMEOUT_S": HEADER_TIMEOUT_S,
        "KB_IDLE_TIMEOUT_S": 1,
        "KB_MAX_CONNECTIONS_PER_CLIENT": PER_CLIENT,
        "KB_LOG_LINES_PER_MINUTE": 5,
    }
    with serving(home, tmp_path_factory.mktemp("log"), settings) as started:
        yield started


def parts(answer: str) -> tuple[int, dict[str, str], str]:
    head, _, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def let_in_again(server: Server) -> bool:
    """Tell whether the server lets one in before long: it learns only by and by that others have
    gone.
    """
    for _ in range(100):
        if parts(server.get("/about"))[0] == 200:
            return True
        time.sleep(0.2)
    return False


def test_who_connects_and_says_nothing_is_closed(server: Server) -> None:
    with server.connect() as silent:
        assert read(silent) == ""


@pytest.mark.parametrize(
    "beginning",
    ["G", "GET / HTTP/1.1\r\nHost: local", "GET / HTTP/1.1\r\nHost: localhost\r\n"],
)
def test_a_head_that_trickles_in_is_answered_408_and_closed(
    server: Server, beginning: str
) -> None:
    with server.connect() as slow:
        slow.sendall(beginning.encode())
        slow.settimeout(0.2)
        for _ in range(200):  # bytes that keep coming do not put the end off
            try:
                if slow.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                slow.sendall(b"x")
        slow.settimeout(30)
        status, headers, words = parts(read(slow))

    assert (status, headers["Connection"]) == (408, "close")
    assert "没有在规定的时间内发完" in words


def test_a_second_request_of_a_connection_may_not_trickle_in_either(
    server: Server,
) -> None:
    with server.connect() as slow:
        slow.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\nGET /about HTT")
        answers = read(slow)

    assert answers.startswith("HTTP/1.1 200")


def test_a_body_that_trickles_in_after_the_answer_is_not_waited_for(
    server: Server,
) -> None:
    with server.connect() as slow:
        slow.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\na="
        )
        answer = read(slow)

    assert parts(answer)[0] == 405


def test_an_announced_body_is_refused_unread(server: Server) -> None:
    status, headers, page = parts(
        server.say(
            "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\na="
        )
    )

    assert (status, headers["connection"]) == (413, "close")
    assert "不收上传的内容" in page


def test_a_connection_is_closed_when_nothing_follows(server: Server) -> None:
    with server.connect() as idle:
        idle.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read(idle).startswith("HTTP/1.1 200")


def test_a_client_that_does_not_read_its_answer_is_closed(server: Server) -> None:
    asked = b"GET /static/app.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        deaf.connect(("127.0.0.1", server.port))
        deaf.settimeout(1)
        with pytest.raises(ConnectionError):
            for _ in range(
                20_000
            ):  # answers pile up until the server has nowhere to put them
                with suppress(TimeoutError):
                    deaf.send(asked)
                time.sleep(
                    0.002
                )  # a heap of requests that comes at once is refused for its size

    assert "its client does not read" in server.log


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ("GET / HTTP/1.1\r\n\r\n", 400, "写法不对"),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
            400,
            "写法不对",
        ),
        ("GET /?q=客户 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "写法不对"),
        ("\x16\x03\x01\x02\x00", 400, "https 请改为 http"),
        ("GET / HTTP/1.0\r\n\r\n", 400, "Host"),
        (
            "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            400,
            "应以 / 开头",
        ),
        ("GET /?q=" + "a" * (3 * MAX_ADDRESS_BYTES), 414, "网址超过"),
        (
            "GET / HTTP/1.1\r\nCookie: " + "a" * (3 * MAX_ADDRESS_BYTES),
            431,
            "请求头超过",
        ),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\n" + "a: b\r\n" * 2_000,
            431,
            "请求头超过",
        ),
    ],
    ids=[
        "no host",
        "two hosts",
        "bare letters",
        "TLS",
        "HTTP/1.0",
        "absolute",
        "address",
        "header",
        "headers",
    ],
)
def test_what_cannot_be_read_as_a_request_is_refused_in_words(
    server: Server, request_: str, status: int, words: str
) -> None:
    answer = parts(server.say(request_))

    assert answer[0] == status and words in answer[2]
    assert "evil" not in str(answer)
    named = {name.lower(): value for name, value in answer[1].items()}
    assert {
        name: named.get(name.lower()) for name in SECURITY_HEADERS
    } == SECURITY_HEADERS


def test_one_address_may_not_have_all_connections(server: Server) -> None:
    held = [server.connect() for _ in range(PER_CLIENT)]
    refused = parts(server.get("/about"))
    for one in held:
        one.close()

    assert (refused[0], refused[1]["Connection"], refused[1]["Retry-After"]) == (
        503,
        "close",
        "5",
    )
    assert "连接太多" in refused[2] and refused[1]["Cache-Control"] == "no-store"
    assert {name: refused[1].get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert let_in_again(server)


def test_the_log_has_so_many_lines_of_a_kind_a_minute_and_no_words_of_a_request(
    server: Server,
) -> None:
    for _ in range(20):
        server.say("GET /?q=测试文本紫罗兰 HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        server.say("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    kinds = [
        re.sub(r"^\S+ \S+ |\d+(\.\d+)?", "", line) for line in server.log.splitlines()
    ]

    assert "紫罗兰" not in server.log and "evil" not in server.log
    assert "Traceback" not in server.log
    assert sum("Invalid HTTP request" in kind for kind in kinds) == 5


@pytest.mark.parametrize(
    ("files", "connections", "status"), [(128, 130, 503), (1024, 250, 200)]
)
def test_more_idle_connections_than_files_neither_fill_the_log_nor_keep_others_out(
    home: Path, tmp_path: Path, files: int, connections: int, status: int
) -> None:
    # None may be closed for its silence before the last is connected, which takes long
    # where the system has many wait.
    with serving(home, tmp_path, {"KB_HEADER_TIMEOUT_S": 120}, files=files) as small:
        held = [small.connect() for _ in range(connections)]
        told = small.get("/about")
        for one in held:
            one.close()

        assert parts(told)[0] == status
        assert let_in_again(small)
        assert len(small.log) < 100_000 and "Traceback" not in small.log


def test_a_server_may_be_configured_in_one_process_and_run_in_another(
    home: Path,
) -> None:
    there_and_back = (
        "import pickle, sys; from pathlib import Path; from kb.settings import Settings; from web.server import Config;"
        "config = pickle.loads(pickle.dumps(Config(Settings(home=Path(sys.argv[1]), workers=1))));"
        "config.load(); print(config.limits.connections, config.loaded_app.title)"
    )
    done = subprocess.run(
        [sys.executable, "-c", there_and_back, str(home)],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
    )

    assert done.stdout == "1000 商业秘密案例知识库\n", done.stderr
