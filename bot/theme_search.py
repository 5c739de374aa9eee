"""Searches for themes in a process of its own: seconds of work that the event loop never sees, and their memory.

The process is started by the first search and ends when nobody has searched for a while. It is handed texts and gives
numbers back, nothing else.
"""

import asyncio
import contextlib
import hashlib
import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

from recovery.errors import Refusal
from recovery.themes import Remembered, Theme, Verbatim, find_themes

IDLE = 180.0  # seconds after which the process, and its memory, go
KEPT = 16  # results that are remembered: whoever pages, or presses Edit and Publish, doesn't search again
Texts = tuple[tuple[int, str], ...]
Found = tuple[Theme, ...]


class ThemeSearch:
    """The one place where themes are searched for; one for each process of ours.

    One search at a time, at most one of the same input, and none of an input whose result is remembered. `idle`:
    seconds without a search after which the worker process ends.
    """

    def __init__(self, idle: float = IDLE) -> None:
        self._idle = idle
        self._found: OrderedDict[str, Found] = OrderedDict()
        self._running: dict[str, asyncio.Task[Found]] = {}
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()
        self._resting: set[asyncio.Future[None]] = set()
        self._ending: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def worker(self) -> int | None:
        """The number of the worker process; None where there is none."""
        return self._worker.pid if self._worker else None

    async def find(self, verbatims: Sequence[Verbatim], remembered: Sequence[Remembered] = ()) -> Found:
        """As recovery.themes.find_themes. Raises ValueError as that does, Refusal once it is closed.

        The search goes on where who asked no longer waits, so that whoever asks again finds it done.
        """
        if not verbatims:
            return ()
        texts = tuple((verbatim.id, verbatim.text) for verbatim in verbatims)
        key = _key(texts, remembered)
        if key in self._found:
            self._found.move_to_end(key)
            return self._found[key]
        if self._closed:
            raise Refusal("Winback is being restarted. Try again in a minute.")
        if key not in self._running:
            searching = asyncio.create_task(self._search(key, texts, tuple(remembered)), name="themes")
            self._running[key] = searching
            searching.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(self._running[key])

    async def close(self) -> None:
        """End the worker process; a search that is under way is given up."""
        self._closed = True
        for searching in list(self._running.values()):
            searching.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._end()

    async def _search(self, key: str, texts: Texts, remembered: tuple[Remembered, ...]) -> Found:
        worker = await self._working()
        try:
            found = await worker.search(texts, remembered)
        except BrokenProcessPool:
            # Somebody killed it, most likely the kernel for its memory. Where a fresh one dies too, its error is told.
            await self._end(worker)
            found = await (await self._working()).search(texts, remembered)
        self._found[key] = found
        while len(self._found) > KEPT:
            self._found.popitem(last=False)
        return found

    async def _working(self) -> "_Worker":
        async with self._starting:
            self._stay()
            if self._worker is None:
                self._worker = await _Worker.started()
            return self._worker

    def _over(self, key: str, done: asyncio.Task[Found]) -> None:
        self._running.pop(key, None)
        if not done.cancelled():
            done.exception()  # who asked has it; nobody may wait any more
        if not self._running and not self._closed:
            self._stay()
            self._ending = asyncio.get_running_loop().call_later(self._idle, self._rest)

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _rest(self) -> None:
        self._ending = None
        ending = asyncio.ensure_future(self._end())
        self._resting.add(ending)
        ending.add_done_callback(self._resting.discard)

    async def _end(self, worker: "_Worker | None" = None) -> None:
        """End this worker, whichever it is without one; one that was replaced meanwhile is no longer ours."""
        async with self._starting:
            ended = self._worker
            if ended is None or (worker is not None and worker is not ended):
                return
            if worker is None and self._running:
                return  # somebody has just begun to search
            self._worker = None
        await ended.end()


class _Worker:
    """One process that searches; it ends with ours, however ours ends."""

    def __init__(self, pool: ProcessPoolExecutor, pid: int) -> None:
        self._pool = pool
        self.pid = pid

    @classmethod
    async def started(cls) -> "_Worker":
        # A fresh interpreter: a fork would have a copy of everything that ours holds, its connections too.
        pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_settle)
        try:
            pid = await asyncio.wrap_future(await asyncio.to_thread(pool.submit, os.getpid))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return cls(pool, pid)

    async def search(self, texts: Texts, remembered: tuple[Remembered, ...]) -> Found:
        return await asyncio.wrap_future(await asyncio.to_thread(self._pool.submit, _search, texts, remembered))

    async def end(self) -> None:
        """It is not asked to finish: nobody waits for what it does."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


def _search(texts: Texts, remembered: tuple[Remembered, ...]) -> Found:
    return find_themes([Verbatim(number, text) for number, text in texts], remembered)


def _settle() -> None:
    """What the worker does first: it leaves Ctrl-C to its parent, and goes when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with_parent, daemon=True).start()


def _go_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _key(texts: Texts, remembered: Iterable[Remembered]) -> str:
    """The input as a short text; the order of verbatims doesn't matter to the search."""
    told = hashlib.sha256()
    for number, text in sorted(texts):
        told.update(f"{number}\0{text}\0".encode("utf-8", "surrogatepass"))
    for theme in sorted(remembered, key=lambda theme: theme.key):
        told.update(repr(theme).encode("utf-8", "backslashreplace"))
    return told.hexdigest()
