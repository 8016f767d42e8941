"""Until when the work at hand may go on: a thread cannot be ended from outside, so what
is long asks by itself.

The time holds for a context (contextvars): whoever starts the work sets it, and every
statement of a store, every long loop asks.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Final, TypeVar

from kb.errors import OutOfTime

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)
_MESSAGE: Final = (
    "这次请求用时超过上限，已经停下。请缩短检索词、减少筛选条件，或稍后再试。"
)
#: Looking at the clock for each small item would cost more than the item.
_PORTION: Final = 256

_Item = TypeVar("_Item")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Let the block work for so many seconds."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


@contextmanager
def unlimited() -> Iterator[None]:
    """Let the block work as long as it takes: what is half made for one request would be lost to
    all.
    """
    token = _ends.set(None)
    try:
        yield
    finally:
        _ends.reset(token)


def is_over() -> bool:
    """Tell whether the time is up."""
    ends = _ends.get()
    return ends is not None and time.monotonic() >= ends


def check() -> None:
    """Raise OutOfTime when the time is up."""
    if is_over():
        raise out_of_time()


def out_of_time() -> OutOfTime:
    """Return the error that says so to a person."""
    return OutOfTime(_MESSAGE)


def checked(items: Iterable[_Item]) -> Iterator[_Item]:
    """Yield many small items; raises OutOfTime between two of them when the time is up."""
    rest = iter(items)
    while portion := list(islice(rest, _PORTION)):
        check()
        yield from portion
