"""Who wants to know that something changed: the page's live sockets and `until`."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

from demo.jsons import Json

T = TypeVar("T")
PATIENCE = 20.0  # seconds; a machine with much else to do is slow, and nothing is asserted by it
Listener = Callable[[Json], None]


class Changes:
    """Every change of the workspace is told here once; listeners must not block."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._waiters: set[asyncio.Future[None]] = set()

    def tell(self, topic: str, **fields: object) -> None:
        """Announce a change, e.g. `tell("messages", channel="C1", thread=None)`."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        if self._listeners:
            news: Json = {"topic": topic, **{name: value for name, value in fields.items() if value is not None}}
            for listener in tuple(self._listeners):
                listener(news)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Register a listener; the result unregisters it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def until(self, predicate: Callable[[], T | Awaitable[T]], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - the limit is part of what the caller asserts
        """Wait until `predicate()` is true and return what it gave; it is asked again after each change.

        Errors: TimeoutError after `timeout` seconds, asked one last time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            # Waiting starts before asking, so that a change during an awaited predicate is not missed.
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            try:
                answer = await _asked(predicate)
                if answer:
                    return answer
                await asyncio.wait([waiter], timeout=max(0.0, deadline - loop.time()))
            finally:
                self._waiters.discard(waiter)
            if loop.time() >= deadline:
                answer = await _asked(predicate)
                if answer:
                    return answer
                raise TimeoutError(f"The workspace did not come to it within {timeout:g} s.")


async def _asked(predicate: Callable[[], T | Awaitable[T]]) -> T:
    answer = predicate()
    if inspect.isawaitable(answer):
        return await answer
    return answer
