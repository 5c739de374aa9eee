"""What a month is summed up from, counted by the database (playbook, section 6): steps on time, escalations, recovery.

All of a programme and a half-open span of aware UTC moments: cases by `submitted_at`, escalations by when they were
raised. Each figure is the one of recovery.figures.case_figures; the tests hold the two against each other.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from recovery.figures.case_figures import EscalationFigures, SavedFigures, Spread, Waited
from recovery.figures.case_figures import waited as waited_of
from recovery.figures.case_row import row_of
from recovery.figures.share import Share
from recovery.policy.file import Policy
from store.cases.case_rows import case_of
from store.engine import Tx
from store.figures.case_counts import (
    Grouped,
    Queries,
    count_by,
    listed,
    outreach_query,
    queries_of,
    spread_of,
    together,
    total_of,
    values_of,
    within,
)
from store.figures.case_terms import counts, length, missing, said
from store.figures.tallies import Grouping
from store.tables import accounts, alarms, cases

Part = TypeVar("Part")


class By(StrEnum):
    """By what cases are parted. A segment is the policy's key of what is known of the account now."""

    SEGMENT = "segment"
    ROOT_CAUSE = "root_cause"
    TIER = "tier"


async def recovery_by(
    tx: Tx, policy: Policy, programme: str, start: datetime, end: datetime, by: By
) -> dict[str, SavedFigures]:
    """Who was saved, by group in the order of their names; "" where it isn't known. `.recovery` is the rate."""
    found = await count_by(tx, values_of(tx, [programme], start, end), _queries(tx.postgres, by))
    merged = _merged(policy, by, found)
    return {key: together(parts, total_of(each.paid for each in parts)).saved for key, parts in merged.items()}


async def outreach_by(
    tx: Tx, policy: Policy, programme: str, start: datetime, end: datetime, by: By
) -> dict[str, Spread]:
    """How long the first outreach took, likewise; groups in which nobody was contacted are left out."""
    rows = await tx.conn.execute(_outreach(tx.postgres, by), values_of(tx, [programme], start, end))
    merged = _merged(policy, by, dict(rows.all()))
    return {key: spread_of([length for part in parts for length in part]) for key, parts in merged.items()}


async def escalations(tx: Tx, programme: str, start: datetime, end: datetime) -> EscalationFigures:
    """The missed deadlines that managers or the sponsor heard of, and how long it took until one of them was on it."""
    values = values_of(tx, [programme], start, end)
    many, took = (await tx.conn.execute(escalated(tx.postgres), values)).one()
    lengths = took or []
    return EscalationFigures(Share(len(lengths), many), spread_of(lengths))


async def waited(tx: Tx, policy: Policy, programme: str, start: datetime, end: datetime) -> Waited:
    """How long cases waited on the customer; only those that did are loaded."""
    query = sa.select(cases).where(within(), counts(), sa.not_(missing("pauses")))
    rows = (await tx.conn.execute(query, values_of(tx, [programme], start, end))).mappings()
    most = policy.pause.most
    return waited_of(row_of(case_of(row), tx.now, acv=None, segment="", most_waiting=most) for row in rows)


def _merged(policy: Policy, by: By, found: Mapping[str, Part]) -> dict[str, list[Part]]:
    """Groups that are one and the same by the policy, in the order of their names."""
    grouping = Grouping(policy)
    merged: dict[str, list[Part]] = {}
    for raw, part in found.items():
        merged.setdefault(grouping.segment(raw) if by is By.SEGMENT else raw, []).append(part)
    return {key: merged[key] for key in sorted(merged)}


def _grouped(by: By) -> Grouped:
    match by:
        case By.SEGMENT:
            of_account = cases.outerjoin(accounts, accounts.c.id == cases.c.account_id)
            return Grouped(sa.func.coalesce(accounts.c.segment, ""), of_account)
        case By.ROOT_CAUSE:
            return Grouped(sa.func.coalesce(said("root_cause"), ""))
        case By.TIER:
            tier: sa.ColumnElement[str] = cases.c.sla["tier"].as_string()
            return Grouped(sa.func.coalesce(tier, ""))


@cache
def _queries(postgres: bool, by: By) -> Queries:
    return queries_of(_grouped(by), postgres)


@cache
def _outreach(postgres: bool, by: By) -> sa.Select[Any]:
    return outreach_query(postgres, _grouped(by))


@cache
def escalated(postgres: bool) -> sa.Select[int, Any]:
    """(escalations, how long each of those that somebody is on took), as store.cases.alarms keeps them."""
    # Said in these words, so that ix_alarms_escalated serves; and first of all, since they are fewer than the cases.
    level = sa.text("alarms.level IN ('breach', 'executive')")
    raised = (
        sa.select(alarms.c.case_id, alarms.c.raised_at, alarms.c.acknowledged_at)
        .where(
            alarms.c.raised_at >= sa.bindparam("start"),
            alarms.c.raised_at < sa.bindparam("end"),
            level,
            alarms.c.spoken,
        )
        .cte("raised")
        .prefix_with("MATERIALIZED")
    )
    took = listed(length(raised.c.raised_at, raised.c.acknowledged_at, postgres), postgres)
    return (
        sa.select(sa.func.count(), took.filter(raised.c.acknowledged_at.is_not(None)))
        .select_from(raised.join(cases, cases.c.id == raised.c.case_id))
        .where(cases.c.programme.in_(sa.bindparam("programmes", expanding=True)), counts())
    )
