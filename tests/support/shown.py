"""What a test of delivery asks: what is shown where, how often, and whether anything still waits."""

import asyncio
from collections import Counter
from typing import Any

import sqlalchemy as sa

from demo.recorded import Call
from demo.running import RunningWorkspace
from store.engine import Database
from store.tables import outbox
from tests.support.story import Story, surface_of, words_of

Json = dict[str, Any]
SENDING = {"chat.postMessage", "chat.update"}


def surfaces(workspace: RunningWorkspace) -> Counter[str]:
    """How often each surface is shown anywhere: in channels, threads and direct messages."""
    found = Counter(
        surface_of(message)
        for room in workspace.state.rooms
        for top in workspace.messages(room)
        for message in workspace.thread(room, top["ts"])
    )
    del found[""]
    return found


def thread_of(it: Story, channel: str, ts: str) -> list[str]:
    """The words of the lines under a message, oldest first."""
    return [words_of(line) for line in it.workspace.thread(channel, ts)[1:]]


def sent_for(workspace: RunningWorkspace, surface: str) -> list[Call]:
    """Every call that carried this surface, refused ones too."""
    calls = [call for call in workspace.recorded if call.method in SENDING]
    return [call for call in calls if surface_of(call.args) == surface]


async def settled(it: Story, seconds: float = 30.0) -> None:
    """Returns when everything wanted is shown, or given up. Errors: TimeoutError that names what waits."""
    try:
        async with asyncio.timeout(seconds):
            while await waiting(it.bot.db):  # noqa: ASYNC110 - a row of the database tells nobody that it changed
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(f"still waiting: {await waiting(it.bot.db)}") from None


async def waiting(db: Database) -> list[tuple[str, str]]:
    """(surface, last error) of every look that is wanted and not shown."""
    async with db.read() as tx:
        rows = await tx.conn.execute(
            sa.select(outbox.c.surface, outbox.c.error).where(
                outbox.c.wanted > outbox.c.shown, sa.not_(outbox.c.stopped)
            )
        )
        return [(row.surface, row.error) for row in rows]


async def row_of(db: Database, surface: str) -> Any:
    """The outbox's row of a surface."""
    async with db.read() as tx:
        return (await tx.conn.execute(sa.select(outbox).where(outbox.c.surface == surface))).one()
