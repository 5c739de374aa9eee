"""Counts all answers anew, a page at a time: at the first start, when the policy groups them otherwise, on demand.

Until the last page is done, figures are counted from the answers. Whoever begins last goes on alone: a mark of the
one at work stands in the jobs, and who finds another one there stops.
"""

from secrets import token_hex

import sqlalchemy as sa

from recovery.policy.file import Policy
from store.engine import Tx
from store.figures.figure_tables import standings, tallies
from store.figures.tallies import JOB, Grouping, follow
from store.tables import contacts, jobs

AT_WORK = "at work"
_BEGINNERS_LOCK = 7_302_003


async def forget(tx: Tx) -> str:
    """Removes every count; the mark of who counts anew. Who writes answers waits meanwhile, who reads doesn't."""
    if tx.postgres:
        await tx.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_BEGINNERS_LOCK)))
    await tx.conn.execute(_NO_JOB)
    if tx.postgres:
        await tx.conn.execute(sa.text("LOCK TABLE standings, tallies IN EXCLUSIVE MODE"))
    await tx.conn.execute(sa.delete(standings))
    await tx.conn.execute(sa.delete(tallies))
    mark = token_hex(8)
    await tx.conn.execute(_JOB, {"job": JOB, "period": AT_WORK, "target": mark, "done_at": tx.now})
    return mark


async def count_page(tx: Tx, policy: Policy, mark: str, after: int, most: int) -> list[int]:
    """Counts the answers of so many contacts with numbers above `after`; these numbers, rising.

    None is left when it gives none; then, or when somebody else began anew, `finished` tells which.
    """
    if not await _is_ours(tx, mark):
        return []
    page = await tx.conn.execute(_PAGE, {"after": after, "most": most})
    ids = list(page.scalars())
    follow(tx, policy, ids)
    return ids


async def finished(tx: Tx, policy: Policy, mark: str) -> bool:
    """From now on figures are read from the counts; False when somebody else began anew meanwhile."""
    if not await _is_ours(tx, mark):
        return False
    await tx.conn.execute(_NO_JOB)
    values = {"job": JOB, "period": Grouping(policy).fingerprint, "target": "", "done_at": tx.now}
    await tx.conn.execute(_JOB, values)
    return True


async def _is_ours(tx: Tx, mark: str) -> bool:
    # Held until the commit, so that nobody begins anew between this look and what follows from it.
    query = _MARK.with_for_update() if tx.postgres else _MARK
    return await tx.conn.scalar(query, {"mark": mark}) is not None


_NO_JOB = sa.delete(jobs).where(jobs.c.job == JOB)
_JOB = sa.insert(jobs)
_MARK = sa.select(jobs.c.target).where(
    jobs.c.job == JOB, jobs.c.period == AT_WORK, jobs.c.target == sa.bindparam("mark")
)
_PAGE = (
    sa.select(contacts.c.id)
    .where(contacts.c.id > sa.bindparam("after"))
    .order_by(contacts.c.id)
    .limit(sa.bindparam("most"))
)
