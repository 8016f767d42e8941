"""The log: so many lines of a kind a minute, and of an error where it was, never what it said."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from web.logs import RationedHandler, log_of_loop, places

SECRET = "测试文本暗语紫罗兰"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out(clock: Clock) -> Iterator[io.StringIO]:
    """What the loggers below 「测试」 write, three lines of a kind a minute."""
    written = io.StringIO()
    handler = RationedHandler(written, 3, clock)
    log = logging.getLogger("测试")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    yield written
    log.removeHandler(handler)


def say(count: int) -> None:
    for number in range(count):
        logging.getLogger("测试").info("one %d", number)


def messages(out: io.StringIO) -> list[str]:
    return [line.split(" ", 4)[-1] for line in out.getvalue().splitlines()]


def test_a_kind_of_line_has_its_share_of_a_minute_and_the_rest_is_counted(
    out: io.StringIO, clock: Clock
) -> None:
    say(10)
    logging.getLogger("测试").info("another")
    assert messages(out) == ["one 0", "one 1", "one 2", "another"]

    clock.now = 60.0
    say(2)

    assert messages(out)[4:] == [
        f"test_logs.py:{line} …另有 7 行" for line in [say.__code__.co_firstlineno + 2]
    ] + [
        *("one 0", "one 1"),
    ]


def test_what_was_only_counted_is_told_at_the_end(clock: Clock) -> None:
    written = io.StringIO()
    handler = RationedHandler(written, 1, clock)
    for _ in range(5):
        handler.handle(
            logging.LogRecord("测试", logging.INFO, "here.py", 7, "line", None, None)
        )
    handler.close()

    assert messages(written) == ["line", "here.py:7 …另有 4 行"]


def test_an_error_is_written_as_type_and_places(out: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("测试").exception("went wrong")

    assert "error=ValueError at web/test_logs.py:" in out.getvalue()
    assert SECRET not in out.getvalue() and "Traceback" not in out.getvalue()


def test_what_the_event_loop_has_to_tell_is_told_without_the_words_of_the_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log_of_loop(
        None,
        {
            "message": "Task exception was never retrieved",
            "exception": ValueError(SECRET),
            "task": SECRET,
        },
    )

    log_of_loop(
        None,
        {
            "message": f"Exception in callback f('{SECRET}')",
            "exception": ValueError(SECRET),
        },
    )

    assert caplog.messages == [
        *(
            "Task exception was never retrieved error=ValueError at -",
            "Exception in error=ValueError at -",
        ),
    ]


def test_an_error_tells_the_type_of_the_one_before_it() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise ValueError(SECRET) from first
    except ValueError as error:
        told = places(error)

    assert told.endswith(", after error=KeyError") and SECRET not in told
