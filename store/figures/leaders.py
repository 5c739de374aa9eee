"""Cases of a period by who owns them, and by team: who contacts detractors in time and wins them back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from store.engine import Tx
from store.figures.case_counts import (
    NOTHING,
    Counted,
    Grouped,
    Queries,
    amounts_of,
    count_by,
    queries_of,
    saved_query,
    together,
    values_of,
)
from store.tables import cases


async def by_owner(tx: Tx, programme: str, start: datetime, end: datetime) -> dict[str, Counted]:
    """The cases submitted in the span that are in the figures, by owner (a Slack id; "" for those without one)."""
    found = await count_by(tx, values_of(tx, [programme], start, end), _of_owners(tx.postgres))
    return {owner: each for owner, each in found.items() if each.cases}


async def by_team(
    tx: Tx,
    programme: str,
    start: datetime,
    end: datetime,
    owners: Mapping[str, Counted],
    teams: Mapping[str, Collection[str]],
) -> dict[str, Counted]:
    """The same by team, given what `by_owner` found and each team's people; who is in two teams counts for both.

    Teams of which nobody owns a case are left out.
    """
    found = {team: [owners[user] for user in sorted(set(people) & owners.keys())] for team, people in teams.items()}
    pairs = [(team, user) for team, people in teams.items() for user in sorted(set(people) & owners.keys())]
    if not pairs:
        return {}
    # An account that two of them saved pays once, so its money is no sum of theirs.
    member = sa.values(sa.column("team", sa.Text), sa.column("user_id", sa.Text)).data(pairs).cte("member")
    grouped = Grouped(member.c.team, cases.join(member, member.c.user_id == cases.c.owner))
    rows = await tx.conn.execute(saved_query(tx.postgres, grouped), values_of(tx, [programme], start, end))
    paid = amounts_of(rows)
    return {team: together(held, paid.get(team, NOTHING)) for team, held in found.items() if held}


@cache
def _of_owners(postgres: bool) -> Queries:
    return queries_of(Grouped(cases.c.owner), postgres)
