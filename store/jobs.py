"""What is done once for each period, whichever replica does it; and signs of life of the workers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import Tx
from store.tables import beats, jobs


async def once(tx: Tx, job: str, period: str, target: str = "") -> bool:
    """True for exactly one transaction; it does the job, and if it fails, the next one may."""
    values = {"job": job, "period": period, "target": target, "done_at": tx.now}
    result = await tx.conn.execute(_ONCE[tx.postgres], values)
    return result.rowcount == 1


async def beat(tx: Tx, name: str) -> None:
    """The worker of this name is alive now (real time)."""
    await tx.conn.execute(_BEAT[tx.postgres], {"name": name, "at": tx.wall})


async def last_beat(tx: Tx, name: str) -> datetime | None:
    """When (real time) a worker of this name, of any replica, was last alive."""
    moment: datetime | None = await tx.conn.scalar(_LAST, {"name": name})
    return moment


def _once(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["job", "period", "target"])


def _beat(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_update(index_elements=["name"], set_={"at": insert.excluded.at})


_ONCE = {False: _once(sqlite.insert(jobs)), True: _once(postgresql.insert(jobs))}
_BEAT = {False: _beat(sqlite.insert(beats)), True: _beat(postgresql.insert(beats))}
_LAST = sa.select(beats.c.at).where(beats.c.name == sa.bindparam("name"))
