"""What one request may take: so many seconds, and one of so many places at work."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb import deadline
from web.logs import places
from web.refusing import Refusal, Refuse

log = logging.getLogger(__name__)

#: Requests that have a thread at the same time; fewer than the threads there are, which
#: static files need too.
AT_WORK: Final = 6
#: For this long a request has the processor to itself: two threads would only take
#: Python's lock from each other, and both be late. One that takes longer no longer
#: keeps the next waiting.
_TURN_S: Final = 0.25
#: What asks by itself whether its time is up has this long to say so, which frees its thread too.
_GRACE_S: Final = 0.5
_STATIC: Final = "/static/"

BUSY: Final = Refusal(
    status=503,
    code="busy",
    title="正忙",
    message="正忙：同时检索的人太多，这一次没有处理。请过几秒再试。",
    headers=(("Retry-After", "5"),),
)
LATE: Final = Refusal(
    status=503,
    code="out_of_time",
    title="用时过长",
    message="这次请求用时超过上限，没有等到结果。请缩短检索词、减少筛选条件，或稍后再试。",
    headers=(("Retry-After", "5"),),
)


class Budget:
    """Answer 503 for a request that takes too long, or comes when too many are at work and waiting.

    A thread cannot be ended: one that goes on after its answer keeps its place until it is done, so
    that such threads never become more than the places. Static files take none.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        seconds: float,
        most: int,
        refuse: Refuse,
    ) -> None:
        """Wrap `app`; `most` counts the requests at work and those waiting for a place."""
        self._app = app
        self._seconds = seconds
        self._most = most
        self._refuse = refuse
        self._places = asyncio.Semaphore(AT_WORK)
        self._turns = asyncio.Semaphore(1)
        self._held = 0

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(_STATIC):
            await self._app(scope, receive, send)
        elif self._held >= self._most:
            await self._refuse(scope, BUSY)(scope, receive, send)
        else:
            await self._within_time(scope, receive, send)

    async def _within_time(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        answer, client = _Answer(send), _Client(receive)
        work = asyncio.create_task(self._work(scope, client, answer))
        self._held += 1
        work.add_done_callback(self._left)
        if self._turns.locked() or self._places.locked():
            client.gives_up(work)
        try:
            await asyncio.wait(
                (work, answer.begun),
                timeout=self._seconds + _GRACE_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            work.cancel()
            raise
        if client.has_left:
            return
        if work.done() or answer.begun.done():
            await work
            return
        answer.is_late = True
        if not answer.has_place:
            work.cancel()
        await self._refuse(scope, LATE if answer.has_place else BUSY)(
            scope, receive, send
        )

    async def _work(
        self,
        scope: Scope,
        client: _Client,
        answer: _Answer,
    ) -> None:
        ends = asyncio.get_running_loop().time() + self._seconds
        async with self._places, _Turn(self._turns):
            answer.has_place = True
            client.stays()
            with deadline.limited(ends - asyncio.get_running_loop().time()):
                await self._app(scope, client, answer)

    def _left(self, work: asyncio.Task[None]) -> None:
        self._held -= 1
        # asked for, or the loop would log it
        error = None if work.cancelled() else work.exception()
        if error is not None:
            log.debug("work ended %s", places(error))


class _Turn:
    """One request at a time, each for as long as it works or a moment, whichever is shorter."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        await self._turns.acquire()
        self._timer = asyncio.get_running_loop().call_later(_TURN_S, self._pass_on)

    async def __aexit__(self, *_: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._turns.release()


class _Client:
    """Hands on what a client sends, and hears it leave while its request waits: nobody works for an
    empty chair.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._heard: deque[Message] = deque()
        self._listening: asyncio.Task[None] | None = None
        self.has_left = False

    async def __call__(self) -> Message:
        return self._heard.popleft() if self._heard else await self._receive()

    def gives_up(self, work: asyncio.Task[None]) -> None:
        """Cancel the work when the client leaves before it has begun."""
        self._listening = asyncio.create_task(self._listen(work))

    def stays(self) -> None:
        """Hear no more: what has begun is finished."""
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self, work: asyncio.Task[None]) -> None:
        while not self.has_left:
            self._heard.append(await self._receive())
            self.has_left = self._heard[-1]["type"] == "http.disconnect"
        work.cancel()


class _Answer:
    """Passes an answer on as long as it is awaited."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.has_place = False
        self.is_late = False

    async def __call__(self, message: Message) -> None:
        if self.is_late:
            return
        if not self.begun.done():
            self.begun.set_result(None)
        await self._send(message)
