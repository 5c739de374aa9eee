"""Cases in every state that a figure can tell apart, at random; more of what is rare than there ever is."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from recovery.cases.case import Case, Outcome, Sla, State, Urgency
from recovery.cases.progress import Commitment, Pause, Progress, Verdict
from recovery.cases.steps import ActionKind, FollowUpResult, Step
from store.cases.case_rows import values_of
from store.engine import Database
from store.tables import accounts, cases, contacts, responses
from tests.recovery.step_values import CASE

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A_BIT = timedelta(microseconds=1)
SEGMENTS = ("", "Enterprise", "mid-market", "Mid-Market ", "SMB", "nobody knows it")
MONEY = (None, Decimal("60000.50"), Decimal(0), Decimal("0.01"), Decimal("999999999999.99"))
OWNERS = ("", "U0PRIYA", "U0JEN", "U0KOFI")
TIERS = ("", "large", "small")
CAUSES = ("", "Onboarding", 'Reporting "quoted" <b>')
SPAN = END - START


async def add_all(db: Database, wanted: Iterable[dict[str, object]]) -> list[Case]:
    """These cases, numbered from 1, each of a contact of its own; `company` is their account, None for none."""
    found = []
    for number, changes in enumerate(wanted, start=1):
        company = changes.get("company")
        known = {name: value for name, value in changes.items() if name != "company"}
        ids = {"id": number, "contact_id": number, "response_id": number, "account_id": company}
        found.append(replace(CASE, **ids, **known))  # type: ignore[arg-type] - tests name fields freely
    async with db.write() as tx:
        await tx.conn.execute(sa.insert(contacts), [{"id": case.id, "key": f"c{case.id}"} for case in found])
        await tx.conn.execute(
            sa.insert(accounts),
            [
                {"id": number, "key": f"a{number}", "acv": acv, "segment": SEGMENTS[number % len(SEGMENTS)]}
                for number, acv in enumerate(MONEY * 2, start=1)
            ],
        )
        told = {"source": "csv", "programme": "relational", "score": 2, "category": "detractor"}
        at = {"responded_at": START, "version_at": START, "received_at": START}
        answers = [{"id": case.id, "response_id": f"r{case.id}", "contact_id": case.id, **told, **at} for case in found]
        await tx.conn.execute(sa.insert(responses), answers)
        await tx.conn.execute(sa.insert(cases), [{**values_of(case), "id": case.id, "version": 1} for case in found])
    return found


def any_case(rng: random.Random) -> dict[str, object]:
    """What may differ from case to case and tells in a figure."""
    submitted = rng.choice([START, END - A_BIT, END, START + rng.random() * SPAN, START + rng.random() * SPAN])

    def due(days: float) -> datetime:
        return submitted + timedelta(days=days)

    def done(deadline: datetime | None) -> datetime | None:
        """Not yet, at the last moment, a bit too late, or at any time."""
        limit = deadline or submitted
        return rng.choice([None, limit, limit + A_BIT, submitted + rng.random() * 40 * DAY])

    conversation, action = rng.choice([None, due(7)]), rng.choice([None, due(14)])
    closed = rng.random() < 0.5
    return {
        "programme": rng.choice(["relational", "relational", "onboarding"]),
        "submitted_at": submitted,
        "deadlines": replace(
            CASE.deadlines, assign=due(0.2), outreach=due(2), conversation=conversation, action=action
        ),
        "flagged_at": rng.choice([None, submitted, submitted + HOUR, submitted + HOUR + A_BIT, due(1)]),
        "assigned_at": done(due(0.2)),
        "owner": rng.choice(OWNERS),
        "urgency": rng.choice([Urgency.NORMAL, Urgency.NORMAL, Urgency.CRITICAL]),
        "sla": Sla(tier=rng.choice(TIERS), skipped=_skipped(rng)),
        "progress": _progress(rng, submitted, done(due(2)), done(conversation), done(action)),
        "state": State.CLOSED if closed else rng.choice([State.OPEN, State.CLAIMED]),
        "outcome": rng.choice(list(Outcome)) if closed else None,
        "closed_at": rng.choice([due(2), due(14), done(None) or due(1)]) if closed else None,
        "company": rng.choice([None, *range(1, 11)]),
    }


def _skipped(rng: random.Random) -> tuple[str, ...]:
    steps: Sequence[Step] = rng.choice([(), (), list(Step), [Step.ACTION], [Step.ACTION, Step.FOLLOW_UP]])
    return tuple(step.value for step in rng.sample(list(steps), rng.randint(0, len(steps))))


def _progress(
    rng: random.Random,
    submitted: datetime,
    contacted: datetime | None,
    spoke: datetime | None,
    committed: datetime | None,
) -> Progress:
    kind = rng.choice(list(ActionKind))
    a_day = date(2026, 11, 1)
    action = Commitment(kind, "Export.", "U0KOFI", "U0AMARA", a_day, a_day, committed) if committed else None
    result = rng.choice([None, *FollowUpResult]) if action else None
    follow_up_due = committed + 30 * DAY if committed else None
    pauses = [Pause(submitted + days * DAY, submitted + (days + 30) * DAY, "They asked.") for days in (1, 20, 80)]
    return Progress(
        contacted_at=contacted,
        conversation_at=spoke,
        root_cause=rng.choice(CAUSES),
        action=action,
        first_committed_at=committed,
        commitments=rng.randint(1, 3) if committed else 0,
        action_again_due=submitted + rng.random() * 60 * DAY if result is FollowUpResult.BROKEN else None,
        follow_up_due=rng.choice([follow_up_due, None]) if rng.random() < 0.1 else follow_up_due,
        follow_up_at=rng.choice([follow_up_due, (follow_up_due or submitted) + A_BIT]) if result else None,
        follow_up_result=result,
        slips=rng.choice([0, 0, 1, 4]) if committed else 0,
        breaks=rng.choice([0, 0, 1]) if committed else 0,
        verdict=rng.choice([None, None, *Verdict]),
        pauses=tuple(rng.sample(pauses, rng.randint(1, 3))) if rng.random() < 0.3 else (),
    )
