"""Wakes workers when there is something to do; a missed ring costs one polling interval, never work."""

import asyncio
from collections import defaultdict
from typing import Any


class Bells:
    """Named events. In one process they ring directly; on Postgres NOTIFY carries them to the other replicas."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._listener: Any = None

    def ring(self, topic: str) -> None:
        self._bells[topic].set()

    async def wait(self, topic: str, seconds: float) -> None:
        """Returns when the topic was rung since the last wait, or after `seconds` (real time)."""
        bell = self._bells[topic]
        try:
            await asyncio.wait_for(bell.wait(), max(seconds, 0.0))
        except TimeoutError:
            return
        finally:
            bell.clear()

    async def listen(self, dsn: str) -> None:
        """Hears what other replicas ring (LISTEN winback)."""
        import asyncpg  # noqa: PLC0415 - only where Postgres is used

        self._listener = await asyncpg.connect(dsn)
        await self._listener.add_listener("winback", self._heard)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        self.ring(payload)

    async def close(self) -> None:
        if self._listener is not None:
            await self._listener.close()
            self._listener = None
