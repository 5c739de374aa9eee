"""The database orders, counts and cuts the lists as the rules would, whatever a case has been through."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.flows.cases.homepage import home_view
from bot.house import House
from bot.views import ladder
from recovery.cases.case import Case, Outcome, Sla, State, Urgency
from recovery.cases.progress import Commitment, Pause, Progress, Verdict
from recovery.cases.rungs import is_needed
from recovery.cases.steps import ActionKind, FollowUpResult, Step
from recovery.clock.pauses import is_waiting
from recovery.figures.contacted import Reached, contacted_in_time
from recovery.policy.file import load_policy
from store.cases import queues
from store.cases.queues import Cut, Group
from store.engine import Database, Tx
from store.figures import quarters
from store.slack.people import Directory, Person
from tests.people.stocked import DAY, HOUR, NOW, stock
from tests.support.briefs import CASE

OWNERS = ("U1", "U2", "")
PROGRAMMES = ("relational", "onboarding")
DAY_ENDS = NOW + 15 * HOUR
POLICY = (Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8")
EVERYTHING_SKIPPED = ("conversation", "action", "follow_up")
FAR = datetime(9999, 1, 1, tzinfo=UTC)


def some_case(dice: random.Random) -> Case:
    """Any case that could stand in the table: every step done or not, late or not, in any combination."""

    def moment() -> datetime:
        # To the microsecond, on the second, and twice the same.
        exact = NOW + timedelta(hours=dice.randint(-300, 300), microseconds=dice.choice((0, 0, 123_000)))
        return dice.choice((exact, NOW, DAY_ENDS))

    def perhaps() -> datetime | None:
        return dice.choice((None, moment()))

    result = dice.choice((None, *FollowUpResult))
    action = Commitment(ActionKind.FIX, "x", "U1", "U2", date(2026, 12, 1), date(2026, 12, 1), NOW)
    committed = dice.random() < 0.5
    progress = Progress(
        contacted_at=perhaps(),
        conversation_at=perhaps(),
        action=action if committed else None,
        action_again_due=moment() if committed and result is FollowUpResult.BROKEN else None,
        follow_up_due=moment() if committed else None,
        follow_up_at=NOW if committed and result else None,
        follow_up_result=result if committed else None,
        commitments=1 if committed else 0,
        pauses=some_pauses(dice),
        verdict=dice.choice((None, Verdict.SAVED, Verdict.NOT_SAVED)),
    )
    owner = dice.choice(OWNERS)
    closed = dice.random() < 0.2
    state = State.CLOSED if closed else State.CLAIMED if owner else State.OPEN
    return replace(
        CASE,
        programme=dice.choice(PROGRAMMES),
        owner=owner,
        state=state,
        outcome=dice.choice(list(Outcome)) if closed else None,
        closed_at=NOW if closed else None,
        assigned_at=NOW if owner else None,
        urgency=dice.choice(list(Urgency)),
        submitted_at=moment(),
        deadlines=replace(CASE.deadlines, assign=moment(), outreach=moment(), conversation=perhaps(), action=perhaps()),
        progress=progress,
        sla=Sla(skipped=dice.choice(((), (), ("conversation",), ("follow_up",), EVERYTHING_SKIPPED))),
    )


def some_pauses(dice: random.Random) -> tuple[Pause, ...]:
    """None, over, running, running after one that is over, ended early; also to the second."""
    over = Pause(NOW - 3 * DAY, NOW - dice.choice((DAY, timedelta(0))), "x")
    runs = Pause(NOW - HOUR, NOW + dice.choice((DAY, timedelta(microseconds=1000))), "x")
    ended = Pause(NOW - HOUR, NOW + DAY, "x", ended_at=NOW - HOUR / 2)
    return dice.choice(((), (), (over,), (runs,), (over, runs), (ended,), (over, ended)))


def next_due(case: Case) -> datetime | None:
    """When what comes next is due; None when nothing is."""
    if not case.owner:
        return case.deadlines.assign
    rung = ladder.next_rung(case, case.submitted_at)
    return rung.due_at if rung else None


def pressing(case: Case) -> tuple[bool, datetime, int]:
    return (case.urgency is not Urgency.CRITICAL, next_due(case) or FAR, case.id)


def group(case: Case) -> Group:
    if is_waiting(case, NOW):
        return Group.PAUSED
    due = next_due(case)
    if due is not None and due <= DAY_ENDS:
        return Group.TODAY
    progress = case.progress
    talked = progress.conversation_at or not is_needed(case, Step.CONVERSATION)
    acted = progress.action_stands or not is_needed(case, Step.ACTION)
    return Group.FOLLOW_UP if progress.contacted_at and talked and acted else Group.LATER


@pytest.mark.parametrize("seed", range(3))
async def test_the_lists_are_what_the_rules_say(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    found = [some_case(dice) for _ in range(150)]
    await stock(db, found)
    everything = sorted((replace(case, id=number) for number, case in enumerate(found, start=1)), key=pressing)
    async with db.read() as tx:
        for owner in ("U1", "U2", "U9"):
            owned = [case for case in everything if case.owner == owner and case.state is State.CLAIMED]
            for skip, most in ((0, 1000), (0, 4), (4, 4), (1000, 4)):
                mine = await queues.mine(tx, owner, DAY_ENDS, Cut(skip, most))
                lists = {
                    Group.TODAY: mine.today,
                    Group.LATER: mine.later,
                    Group.FOLLOW_UP: mine.follow_ups,
                    Group.PAUSED: mine.paused,
                }
                for which, page in lists.items():
                    expected = [case.id for case in owned if group(case) is which]
                    assert [row.case.id for row in page.rows] == expected[skip : skip + most]
                    assert page.total == len(expected)
            page = await queues.pressing(tx, owner, 7)
            assert ([row.case.id for row in page.rows], page.total) == ([case.id for case in owned][:7], len(owned))
            assert [case.id for case in await queues.held_by(tx, owner)] == sorted(case.id for case in owned)
        for programmes in (PROGRAMMES, PROGRAMMES[:1], ()):
            theirs = [case for case in everything if case.programme in programmes]
            waiting = [case.id for case in theirs if case.state is State.OPEN]
            late = [case for case in theirs if case.state is State.CLAIMED and ladder.is_overdue(case, tx.now)]
            unowned = await queues.unowned(tx, programmes, Cut(2, 5))
            assert ([row.case.id for row in unowned.rows], unowned.total) == (waiting[2:7], len(waiting))
            overdue = await queues.overdue(tx, programmes, Cut(0, 9))
            assert [row.case.id for row in overdue.rows] == [case.id for case in late][:9]
            assert overdue.total == len(late)
            loads, owners = await queues.loads(tx, programmes, Cut(0, 10))
            held = [case for case in theirs if case.state is State.CLAIMED]
            assert {load.owner: (load.open, load.overdue) for load in loads} == {
                owner: (sum(case.owner == owner for case in held), sum(case.owner == owner for case in late))
                for owner in {case.owner for case in held}
            }
            assert owners == len(loads)
            assert [load.open for load in loads] == sorted((load.open for load in loads), reverse=True)


async def test_a_quarter_is_counted_as_the_rules_say(db: Database) -> None:
    dice = random.Random(7)
    found = [some_case(dice) for _ in range(120)]
    await stock(db, found)
    since = NOW - 5 * DAY
    async with db.read() as tx:
        for owner in ("U1", "U2", "U9"):
            theirs = [
                Reached(case.progress.contacted_at, case.deadlines.outreach, case.outcome)
                for case in found
                if case.owner == owner and case.submitted_at >= since
            ]
            counted = contacted_in_time(await quarters.reached(tx, owner, since), NOW)
            assert counted == contacted_in_time(theirs, NOW)
            # No event says that anything was measured in this quarter.
            assert (await quarters.saved(tx, owner, since)).count == 0


@pytest.mark.parametrize(("starts", "counted"), [(1, 2), (2, 1), (3, 3), (7, 2), (12, 3)])
async def test_a_home_tells_of_the_quarter_of_the_fiscal_year(db: Database, starts: int, counted: int) -> None:
    """The same quarter as everywhere else: in November it began in September, October or November."""
    case = replace(CASE, owner="U1", state=State.CLAIMED)
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (11, 10, 9, 8)]
    contacted = [(at, Progress(contacted_at=at), replace(CASE.deadlines, outreach=at)) for at in days]
    await stock(
        db, [replace(case, submitted_at=at, progress=progress, deadlines=due) for at, progress, due in contacted]
    )
    policy = load_policy(POLICY)
    figures = policy.figures.model_copy(update={"fiscal_year_starts": starts})
    house = House(policy.model_copy(update={"figures": figures}), Directory(people={"U1": Person("U1")}))
    async with db.read() as tx:
        view = await home_view(tx, house, "U1")
    assert f"*This quarter:* contacted in time {counted} of {counted}" in str(view)


@contextmanager
def asked(tx: Tx) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    connection, found = tx.conn.sync_connection, list[str]()
    assert connection is not None

    def note(*arguments: object) -> None:
        found.append(str(arguments[2]))

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("many", [0, 1, 5000])
async def test_a_home_of_none_one_and_five_thousand(db: Database, many: int) -> None:
    dice = random.Random(3)
    mine = [replace(some_case(dice), owner="U1", state=State.CLAIMED, outcome=None) for _ in range(many)]
    waiting = [replace(some_case(dice), owner="", state=State.OPEN, outcome=None) for _ in range(many)]
    if many:
        await stock(db, [*mine, *waiting])
    house = House(load_policy(POLICY))
    house.directory = Directory(
        people={"U1": Person("U1", "marcus@acme.example", "Marcus Webb", "Europe/London")},
        by_email={"marcus@acme.example": "U1"},
        members={"C0RELATIONAL": frozenset({"U1"})},
    )
    took = []
    for page in (1, 1, 1, 10**5):
        async with db.read() as tx:
            begun = time.process_time()
            with asked(tx) as statements:
                view = await home_view(tx, house, "U1", page)
            took.append(time.process_time() - begun)
        # However many cases there are; a page that isn't there any more is looked for, and the last one shown.
        assert len(statements) <= (25 if page == 1 else 2 * 25), statements
        assert len(view["blocks"]) <= 100
        ids = [block["block_id"] for block in view["blocks"]]
        assert len(ids) == len(set(ids))
        await asyncio.sleep(0)
    said = str(view)
    assert ("Unassigned" in said) is True
    if many == 5000:
        assert f"({many:,})" in said
    # The first is a cold start: statements are put together once. The bound is for a lost index, not for speed; it is
    # processor time of this process, which nothing else on the machine changes.
    assert min(took[1:3]) < 1, took
