"""What Slack should show, one row for each surface, and who is bringing it there (architecture, decision 4).

A surface is `case:7` (the card), `case:7:note:3` (a line in its thread), `dm:U7:case:7:3`. `wanted` counts the
changes asked for, `shown` is the one Slack has. The row says only *which* look; the look is drawn when it is sent,
so ten changes are one update and an old look can't overwrite a newer one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import Tx
from store.tables import outbox

TOPIC = "outbox"


class Rank(IntEnum):
    """What goes first: in a channel, and when the whole workspace is at its limit."""

    ESCALATION = 0
    CRITICAL = 1
    CARD = 2
    NOTE = 3
    REFRESH = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A surface that should be drawn (again). `target` is a channel or a user; `parent` the thread's surface."""

    surface: str
    target: str
    rank: Rank
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row whose turn it could be; `place` is where it goes if nothing stands in the way."""

    id: int
    surface: str
    place: str
    detoured: bool
    parent: str
    parent_ts: str
    ts: str
    wanted: int
    shown_hash: str
    attempts: int
    doubt: bool
    taken_at: datetime | None

    @property
    def is_home(self) -> bool:
        return self.surface.startswith("home:")

    @property
    def is_post(self) -> bool:
        """A new message: the one call that must not be made twice. A home is published, however often."""
        return not self.ts and not self.is_home


async def want(tx: Tx, *looks: Wanted) -> None:
    """Asks for these looks; a surface that waits already is only asked for again."""
    await tx.conn.execute(
        _WANT[tx.postgres],
        [
            {
                "surface": look.surface,
                "target": look.target,
                "rank": int(look.rank),
                "parent": look.parent,
                "wanted_at": tx.now,
            }
            for look in looks
        ],
    )
    tx.ring(TOPIC)


async def refresh(tx: Tx, *surfaces: str) -> None:
    """Asks for those of these surfaces that exist to be drawn again."""
    await tx.conn.execute(_REFRESH, {"surfaces": surfaces, "now": tx.now})
    tx.ring(TOPIC)


# Drawing anew what Slack has not taken yet must not make it younger: mail and `/readyz` go by how long it waits.
_WAITS = sa.and_(outbox.c.wanted > outbox.c.shown, sa.not_(outbox.c.stopped))
_REFRESH = (
    sa.update(outbox)
    .where(outbox.c.surface.in_(sa.bindparam("surfaces", expanding=True)))
    .values(
        wanted=outbox.c.wanted + 1,
        wanted_at=sa.case((_WAITS, outbox.c.wanted_at), else_=sa.bindparam("now", type_=outbox.c.wanted_at.type)),
    )
)


def _want(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    refresh = sa.case((outbox.c.ts == "", outbox.c.rank), else_=int(Rank.REFRESH))
    # A row that is under way keeps its place: a post in doubt is looked up where it may have arrived.
    target = sa.case((outbox.c.stopped, insert.excluded.target), else_=outbox.c.target)
    return insert.on_conflict_do_update(
        index_elements=["surface"],
        set_={
            "wanted": outbox.c.wanted + 1,
            "wanted_at": sa.case((_WAITS, outbox.c.wanted_at), else_=insert.excluded.wanted_at),
            "rank": refresh,
            "target": target,
            "stopped": sa.false(),
        },
    )


_WANT = {False: _want(sqlite.insert(outbox)), True: _want(postgresql.insert(outbox))}


async def candidates(tx: Tx, updates: int) -> list[Candidate]:
    """The first post of each place and the first `updates` updates, most urgent first.

    Left out: what waits for a later moment, what a living worker holds, and a line of a thread before its card
    or before an earlier line.
    """
    rows = await tx.conn.execute(_CANDIDATES, {"wall": tx.wall, "updates": updates})
    return [_candidate(row) for row in rows.mappings()]


def _candidates() -> sa.Select[Any]:
    wall = sa.bindparam("wall", type_=outbox.c.send_after.type)
    parent, earlier = outbox.alias("parent"), outbox.alias("earlier")
    place = sa.case(
        (outbox.c.channel != "", outbox.c.channel),
        (sa.func.coalesce(parent.c.channel, "") != "", parent.c.channel),
        (outbox.c.detour != "", outbox.c.detour),
        else_=outbox.c.target,
    )
    post = outbox.c.ts == ""
    blocked = sa.exists().where(
        earlier.c.parent == outbox.c.parent,
        earlier.c.id < outbox.c.id,
        earlier.c.ts == "",
        earlier.c.wanted > earlier.c.shown,
        sa.not_(earlier.c.stopped),
    )
    turn = sa.func.row_number().over(
        partition_by=(post, sa.case((post, place), else_="")), order_by=(outbox.c.rank, outbox.c.id)
    )
    due = (
        sa.select(
            outbox.c.id,
            place.label("place"),
            sa.func.coalesce(parent.c.ts, "").label("parent_ts"),
            turn.label("turn"),
        )
        .select_from(outbox.outerjoin(parent, sa.and_(outbox.c.parent != "", parent.c.surface == outbox.c.parent)))
        .where(
            outbox.c.wanted > outbox.c.shown,
            sa.not_(outbox.c.stopped),
            sa.or_(outbox.c.send_after.is_(None), outbox.c.send_after <= wall),
            sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= wall),
            sa.or_(outbox.c.parent == "", sa.and_(parent.c.ts != "", sa.not_(blocked))),
        )
        .subquery()
    )
    return (
        sa.select(outbox, due.c.place, due.c.parent_ts)
        .join(due, due.c.id == outbox.c.id)
        .where(due.c.turn <= sa.case((post, 1), else_=sa.bindparam("updates", type_=sa.Integer)))
        .order_by(outbox.c.rank, outbox.c.id)
    )


_CANDIDATES = _candidates()


async def next_moment(tx: Tx) -> datetime | None:
    """The first moment (real time) at which a row that waits for one may go again."""
    later = sa.case(
        (outbox.c.lease_until > tx.wall, outbox.c.lease_until),
        (outbox.c.send_after > tx.wall, outbox.c.send_after),
    )
    moment: datetime | None = await tx.conn.scalar(
        sa.select(sa.func.min(later, type_=outbox.c.lease_until.type)).where(
            outbox.c.wanted > outbox.c.shown, sa.not_(outbox.c.stopped)
        )
    )
    return moment


async def take(tx: Tx, row: Candidate, lease: timedelta) -> bool:
    """True if the row is ours until the lease ends; one conditional statement, losers see no row.

    A row that somebody else has tried since we read it is not the one we know: it may be in doubt now.
    """
    free = sa.select(outbox.c.id).where(
        outbox.c.id == row.id,
        outbox.c.ts == row.ts,
        outbox.c.attempts == row.attempts,
        outbox.c.taken_at.is_not_distinct_from(row.taken_at),
        sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= tx.wall),
    )
    if tx.postgres:
        # A case that is being changed right now holds its rows; waiting for it while we hold others could deadlock.
        free = free.with_for_update(skip_locked=True)
    result = await tx.conn.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(free))
        .values(taken=row.wanted, taken_at=row.taken_at or tx.now, lease_until=tx.wall + lease)
    )
    return result.rowcount == 1


async def shown(tx: Tx, row: Candidate, channel: str, ts: str, look_hash: str) -> None:
    """Slack has this look."""
    await _put_back(
        tx, row, shown=row.wanted, channel=channel, ts=ts, shown_hash=look_hash, taken=None, taken_at=None,
        doubt=False, send_after=None, attempts=0, error="",
    )  # fmt: skip


async def found(tx: Tx, row: Candidate, channel: str, ts: str) -> None:
    """A post in doubt had arrived; which look it shows is unknown, so it is updated next."""
    await _put_back(
        tx, row, channel=channel, ts=ts, shown_hash="", taken=None, taken_at=None, doubt=False, attempts=0, error=""
    )


async def not_sent(tx: Tx, row: Candidate, after: timedelta, error: str) -> None:
    """Slack said no for now: nothing was shown, again after a while."""
    await _put_back(
        tx, row, taken=None, taken_at=None, doubt=False, send_after=tx.wall + after, attempts=row.attempts + 1,
        error=error,
    )  # fmt: skip


async def in_doubt(tx: Tx, row: Candidate, after: timedelta, error: str) -> None:
    """The answer was lost: `taken_at` stays, so that the look-up knows since when to search.

    Which look an updated message shows is unknown as well.
    """
    await _put_back(
        tx, row, doubt=True, shown_hash="", send_after=tx.wall + after, attempts=row.attempts + 1, error=error
    )


async def not_drawn(tx: Tx, row: Candidate, after: timedelta, error: str) -> None:
    """A mistake of ours: nothing was sent, and a doubt there was stays."""
    await _put_back(
        tx, row, taken=None, taken_at=row.taken_at, doubt=row.doubt, send_after=tx.wall + after,
        attempts=row.attempts + 1, error=error,
    )  # fmt: skip


async def detour(tx: Tx, row: Candidate, to: str, error: str) -> None:
    """The place can't be reached: the same look goes somewhere else."""
    await _put_back(
        tx,
        row,
        detour=to,
        channel="",
        ts="",
        taken=None,
        taken_at=None,
        doubt=False,
        send_after=None,
        error=error,
    )


async def post_anew(tx: Tx, row: Candidate, error: str) -> None:
    """The message is gone from Slack (deleted): the look is posted again, in the same place."""
    await _put_back(tx, row, ts="", channel="", shown=0, taken=None, taken_at=None, doubt=False, error=error)


async def stop(tx: Tx, row: Candidate, error: str) -> None:
    """There is nowhere to show it; a later change of the case tries again, in its own place first."""
    await _put_back(tx, row, stopped=True, detour="", taken=None, taken_at=None, doubt=False, attempts=0, error=error)


async def forget_look(tx: Tx, surface: str) -> None:
    """Whether Slack still has this message is not sure: it is updated even if its look did not change."""
    await tx.conn.execute(
        sa.update(outbox)
        .where(outbox.c.surface == surface, outbox.c.ts != "")
        .values(
            shown_hash="", wanted=sa.case((outbox.c.wanted > outbox.c.shown, outbox.c.wanted), else_=outbox.c.shown + 1)
        )
    )
    tx.ring(TOPIC)


async def recover(tx: Tx, rest: timedelta) -> int:
    """Right after a start, where no other process can hold a row: whatever was taken is in doubt."""
    result = await tx.conn.execute(
        sa.update(outbox)
        .where(outbox.c.lease_until.is_not(None))
        .values(doubt=True, lease_until=None, send_after=tx.wall + rest)
    )
    return result.rowcount


async def where_shown(tx: Tx, surface: str) -> tuple[str, str] | None:
    """(channel, ts) of a surface, if Slack shows it."""
    rows = await tx.conn.execute(
        sa.select(outbox.c.channel, outbox.c.ts).where(outbox.c.surface == surface, outbox.c.ts != "")
    )
    row = rows.first()
    return (row.channel, row.ts) if row else None


async def given_up(tx: Tx, surface: str) -> str | None:
    """Slack's word for why a surface that was never shown is not tried any more; None for any other surface."""
    error: str | None = await tx.conn.scalar(
        sa.select(outbox.c.error).where(outbox.c.surface == surface, outbox.c.ts == "", outbox.c.stopped)
    )
    return error


async def _put_back(tx: Tx, row: Candidate, **values: object) -> None:
    await tx.conn.execute(sa.update(outbox).where(outbox.c.id == row.id).values(lease_until=None, **values))


def _candidate(row: sa.RowMapping) -> Candidate:
    return Candidate(
        id=row["id"],
        surface=row["surface"],
        place=row["place"],
        detoured=bool(row["detour"]),
        parent=row["parent"],
        parent_ts=row["parent_ts"],
        ts=row["ts"],
        wanted=row["wanted"],
        shown_hash=row["shown_hash"],
        attempts=row["attempts"],
        # A row that was taken and whose lease ran out belonged to a worker that died.
        doubt=row["doubt"] or row["taken"] is not None,
        taken_at=row["taken_at"],
    )
