"""Since when a programme has cases."""

from datetime import datetime

import sqlalchemy as sa

from store.engine import Tx
from store.tables import cases


async def first_case(tx: Tx, programme: str) -> datetime | None:
    """When (aware UTC) the oldest of the programme's cases was submitted; None where it never had one."""
    moment: datetime | None = await tx.conn.scalar(_FIRST, {"programme": programme})
    return moment


_FIRST = sa.select(sa.func.min(cases.c.submitted_at)).where(cases.c.programme == sa.bindparam("programme"))
