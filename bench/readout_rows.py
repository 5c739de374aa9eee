"""Databases full of answers and their cases over twelve quarters, written in bulk."""

import csv
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.clock_cases import OWNERS, house
from recovery.cases.case import Case, Outcome, Routing, State, Urgency
from recovery.cases.progress import Commitment, Progress, Verdict
from recovery.cases.steps import ActionKind, Channel, FollowUpResult
from recovery.clock.sla import deadlines
from recovery.figures.periods import Period, quarter
from recovery.survey import category_of
from scheduler import counting
from store.cases.case_rows import values_of
from store.clock import SystemClock
from store.engine import Database
from store.migrate import migrate
from store.tables import cases

QUARTERS = 12
OPEN = 400  # of all programmes: nobody has more open cases than people who work on them
A_CONTACT, AN_ACCOUNT = 5, 250  # answers
PROGRAMMES = ("relational", "relational", "relational", "onboarding")
SCORES = (10, 9, 9, 10, 9, 8, 7, 8, 6, 2)
SEGMENTS = ("enterprise", "Mid-Market", "smb", "startup", "public sector", "")
ROLES = ("CFO", "Admin", "User", "")
SURFACES = ("web", "mobile", "api", "")
VERBATIM = "Support answered quickly, but the export is missing the columns that our auditors want every month."
CHUNK = 5_000
HOUR = timedelta(hours=1)
POLICY = house().policy


class EndOfQuarter:
    """A clock that stands at the last second of the quarter that runs, so that its cases are all there."""

    def __init__(self) -> None:
        self._at = the_quarters(SystemClock().now())[-1].end - timedelta(seconds=1)

    def now(self) -> datetime:
        return self._at

    def wall(self) -> datetime:
        return self._at


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: `answers` and `cases` over `quarters`, of `people` in `companies`."""

    answers: int
    cases: int
    quarters: float
    people: int
    companies: int


MILLION = 1_000_000
A_MILLION = Size(MILLION, 150_000, QUARTERS, MILLION // A_CONTACT, MILLION // AN_ACCOUNT)
# The same customers, when a tenth of the time had passed: the quarter that runs is as full.
EARLIER = Size(A_MILLION.answers // 10, A_MILLION.cases // 10, QUARTERS / 10, A_MILLION.people, A_MILLION.companies)
# A tenth of the customers in the same time: so many answers and cases fewer in each quarter.
SMALLER = Size(
    A_MILLION.answers // 10, A_MILLION.cases // 10, QUARTERS, A_MILLION.people // 10, A_MILLION.companies // 10
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is written."""

    id: int
    programme: str
    contact_id: int
    account_id: int
    score: int
    responded_at: datetime


def the_quarters(now: datetime) -> list[Period]:
    """The last twelve, of which the last one runs."""
    last = now.year * 4 + (now.month - 1) // 3
    return [quarter(number) for number in range(last - QUARTERS + 1, last + 1)]


async def stocked(file: Path, size: Size) -> Database:
    """A database of this size up to the end of this quarter, all of it counted."""
    db = Database(f"sqlite+aiosqlite:///{file}", EndOfQuarter())
    await migrate(db)
    rng = random.Random(1)
    now = db.clock.now()
    detractors = _write_answers(file, size, list(_answers(size, now, rng)), rng)
    await _write_cases(db, sorted(rng.sample(detractors, size.cases), key=lambda each: each.id), now, rng)
    counting.GAP, counting.PAGE = 0.0, 2_000
    await counting.count_anew(db, POLICY)
    async with db.write() as tx:
        await tx.conn.execute(sa.text("ANALYZE"))
    return db


def _answers(size: Size, now: datetime, rng: random.Random) -> Iterator[Answer]:
    start = now - (now - the_quarters(now)[0].start) * (size.quarters / QUARTERS)
    seconds = int((now - start).total_seconds())
    for number in range(1, size.answers + 1):
        contact = rng.randrange(size.people) + 1
        at = start + timedelta(seconds=rng.randrange(seconds), microseconds=rng.randrange(1_000_000))
        programme, score = PROGRAMMES[contact % len(PROGRAMMES)], SCORES[rng.randrange(len(SCORES))]
        yield Answer(number, programme, contact, contact % size.companies + 1, score, at)


def _write_answers(file: Path, size: Size, answers: list[Answer], rng: random.Random) -> list[Answer]:
    """The detractors among them."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO contacts (id, key, name) VALUES (?, ?, ?)",
            ((number, f"p{number}@customer.example", f"Person {number}") for number in range(1, size.people + 1)),
        )
        connection.executemany(
            "INSERT INTO accounts (id, key, name, acv, segment, plan, region, csm_email, customer_since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    number, f"acc-{number}", f"Company {number}", rng.randrange(400_000), SEGMENTS[number % 6],
                    ("Scale", "Team")[number % 2], ("EMEA", "APAC", "US")[number % 3],
                    f"csm{number % 40}@acme.example", f"20{20 + number % 6}-0{1 + number % 9}-11",
                )
                for number in range(1, size.companies + 1)
            ),
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO responses (id, source, response_id, programme, contact_id, account_id, score, category,"
            " verbatim, responded_at, version_at, received_at, role, surface)"
            " VALUES (?, 'csv', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(each) for each in answers),
        )
        connection.execute("COMMIT")
    return [each for each in answers if category_of(each.score).value == "detractor"]


def _row(each: Answer) -> tuple[Any, ...]:
    at = f"{each.responded_at:%Y-%m-%d %H:%M:%S.%f}"
    return (
        each.id, f"r{each.id}", each.programme, each.contact_id, each.account_id, each.score,
        category_of(each.score).value, VERBATIM, at, at, at, ROLES[each.id % 4], SURFACES[each.id % 4],
    )  # fmt: skip


async def _write_cases(db: Database, answers: list[Answer], now: datetime, rng: random.Random) -> None:
    """The newest ones are open, of one contact each; the others are closed in every way."""
    opened: dict[tuple[int, str], int] = {}
    for each in reversed(answers):
        if len(opened) < OPEN:
            opened.setdefault((each.contact_id, each.programme), each.id)
    still_open = set(opened.values())
    at_once = iter(answers)
    while chunk := [each for _, each in zip(range(CHUNK), at_once, strict=False)]:
        async with db.write() as tx:
            await tx.conn.execute(
                sa.insert(cases),
                [{**values_of(_case(each, each.id in still_open, now, rng)), "version": 9} for each in chunk],
            )


def _case(answer: Answer, is_open: bool, now: datetime, rng: random.Random) -> Case:
    at = answer.responded_at
    contacted = at + rng.random() * 60 * HOUR
    done = Progress(
        contacted_at=contacted,
        attempts=2,
        channels=(Channel.CALL, Channel.EMAIL),
        conversation_at=contacted + 48 * HOUR,
        root_cause="onboarding",
        action=Commitment(
            ActionKind.FIX, "The export has every column that the auditors asked for.", "U0KOFI", "U0AMARA",
            at.date(), at.date(), contacted + 50 * HOUR,
        ),
        first_committed_at=contacted + 50 * HOUR,
        commitments=1,
        follow_up_at=contacted + 400 * HOUR,
        follow_up_result=FollowUpResult.HELD,
        verdict=rng.choice([None, Verdict.SAVED, Verdict.NOT_SAVED]),
        hands=1,
        held_since=at + HOUR,
    )  # fmt: skip
    case = Case(
        id=0, programme=answer.programme, contact_id=answer.contact_id, account_id=answer.account_id,
        response_id=answer.id, state=State.CLAIMED, urgency=Urgency.NORMAL, urgency_why="", routing=Routing("", ""),
        opened_at=at, submitted_at=at, deadlines=_deadlines(answer), owner=rng.choice(OWNERS), flagged_at=at,
        assigned_at=at + HOUR, progress=done,
    )  # fmt: skip
    if is_open:
        return replace(case, progress=Progress(hands=1, held_since=at + HOUR))
    outcome = rng.choice([Outcome.RECOVERED, Outcome.RECOVERED, Outcome.NOT_RECOVERED, Outcome.CHURNED])
    return replace(case, state=State.CLOSED, outcome=outcome, closed_at=min(now, contacted + 500 * HOUR))


_KNOWN = {
    key: deadlines(POLICY, programme, datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2026, 3, 4, 12, tzinfo=UTC))
    for key, programme in POLICY.programmes.items()
}


def _deadlines(answer: Answer) -> Any:
    """As long as the policy's are on an ordinary day; the calendar is no part of this bench."""
    known = _KNOWN[answer.programme]
    began = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def moved(at: datetime | None) -> datetime | None:
        return at and answer.responded_at + (at - began)

    return replace(
        known,
        assign=answer.responded_at + (known.assign - began),
        outreach=answer.responded_at + (known.outreach - began),
        conversation=moved(known.conversation),
        action=moved(known.action),
    )


def write_csv(file: Path, folder: Path) -> tuple[Path, Path]:
    """The answers and the segments of accounts for the other side of the comparison."""
    told, known = folder / "responses.csv", folder / "accounts.csv"
    with sqlite3.connect(file) as connection:
        for path, query in (
            (told, "SELECT id, programme, contact_id, account_id, score, responded_at FROM responses ORDER BY id"),
            (known, "SELECT id, segment FROM accounts ORDER BY id"),
        ):
            found = connection.execute(query)
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow([column[0] for column in found.description])
                writer.writerows(found)
    return told, known
