"""Every tally once more, from what is stored, by the pure rules alone: what the kept ones are held against."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from recovery.figures.dimensions import Dimension, groups_of
from recovery.figures.nps import Tally
from recovery.figures.periods import quarter_of
from recovery.policy.file import Policy
from recovery.survey import Account
from store.engine import Database, Tx
from store.figures.figure_tables import standings, tallies
from store.tables import accounts, responses
from tests.figures.oracle import Answer, latest, tally

Key = tuple[str, int, str, str]  # programme, quarter, dimension ("" for everybody), group


async def recounted(tx: Tx, policy: Policy) -> dict[Key, Tally]:
    """The tallies that should be there, of every programme, quarter and group."""
    rows = {row.id: row for row in await tx.conn.execute(sa.select(responses))}
    known = {row.id: row for row in await tx.conn.execute(sa.select(accounts))}
    spans: dict[tuple[str, int], list[Answer]] = defaultdict(list)
    for row in rows.values():
        answer = Answer(row.contact_id, row.id, row.responded_at, row.score)
        spans[row.programme, quarter_of(row.responded_at, policy.figures.fiscal_year_starts)].append(answer)
    found: dict[Key, Tally] = {}
    for (programme, quarter), answers in spans.items():
        grouped: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        for answer in latest(answers):
            grouped["", ""].append(answer)
            for dimension, value in _groups(policy, rows[answer.id], known).items():
                grouped[dimension.value, value].append(answer)
        found |= {(programme, quarter, *group): tally(its) for group, its in grouped.items()}
    return found


def _groups(policy: Policy, row: sa.Row, known: dict[int, sa.Row]) -> dict[Dimension, str]:
    account = None
    if row.account_id is not None:
        it = known[row.account_id]
        account = Account(
            it.key, it.name, it.acv, it.renewal_date, it.segment, it.csm_email, it.plan, it.region, it.customer_since
        )

    def key_of(segment: str) -> str | None:
        named = policy.segment_named(segment)
        return named.key if named else None

    bands = policy.figures.acv_bands
    return dict(groups_of(account, row.role, row.surface, row.responded_at, bands=bands, segment_key=key_of))


async def kept(tx: Tx) -> dict[Key, Tally]:
    """The tallies as they are kept; those of nobody are left out."""
    rows = await tx.conn.execute(sa.select(tallies))
    found = {
        (row.programme, row.quarter, row.dimension, row.value): Tally(row.promoters, row.passives, row.detractors)
        for row in rows
    }
    return {key: each for key, each in found.items() if each.n}


async def check_kept(db: Database, policy: Policy) -> dict[Key, Tally]:
    """Fails unless exactly the right counts are kept; gives them."""
    async with db.read() as tx:
        right, there = await recounted(tx, policy), await kept(tx)
        stands = await tx.conn.scalar(sa.select(sa.func.count()).select_from(standings))
    differing = {key: (right.get(key), there.get(key)) for key in right.keys() | there.keys()}
    assert {key: pair for key, pair in differing.items() if pair[0] != pair[1]} == {}
    assert bool(stands) == bool(right)
    return there


def of_quarter(counts: dict[Key, Tally], programme: str, quarter: int, dimension: str) -> dict[str, Tally]:
    return {key[3]: each for key, each in counts.items() if key[:3] == (programme, quarter, dimension)}


def quarters(counts: Iterable[Key]) -> set[tuple[str, int]]:
    return {key[:2] for key in counts}
