"""What is counted behind `/nps status` and its like, from rows of either database; empty, hostile, in pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, figures, sharing
from bot.house import House
from bot.looks import draw
from bot.surfaces import SharedSurface, parse
from bot.views.figures import frame
from bot.views.figures.place import Place, Shown, place_value
from bot.views.native import NOTHING
from recovery.cases.case import Case, Outcome, State, Urgency
from recovery.cases.progress import Progress, Verdict
from recovery.errors import NotAllowed
from recovery.figures.dimensions import Dimension
from store.engine import Database
from store.figures import readouts
from store.tables import accounts, outbox, responses
from tests.people.stocked import DAY, HOUR, stock
from tests.readouts.test_asking import LEADS, MARCUS, ONBOARDING, PRIYA, RELATIONAL, SAM, house
from tests.store.conftest import StillClock
from tests.support.briefs import CASE, COMMITTED, CONTACTED
from tests.support.reading import read
from tests.support.slack_limits import message_problems

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
JEN = "U0JEN"
READER = Asker(MARCUS, RELATIONAL)


@pytest.fixture(autouse=True)
def _now(clock: StillClock) -> None:
    clock.at = AT


def case(days_ago: float, **changes: object) -> Case:
    """A case of Priya's, submitted so many days before AT, with the usual deadlines."""
    at = AT - days_ago * DAY
    due = replace(
        CASE.deadlines, assign=at + 4 * HOUR, outreach=at + 48 * HOUR, conversation=at + 7 * DAY, action=at + 14 * DAY
    )
    whole = replace(
        CASE, state=State.CLAIMED, owner=PRIYA, assigned_at=at + HOUR, opened_at=at, submitted_at=at, flagged_at=at,
        urgency=Urgency.NORMAL, deadlines=due,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type] - tests name fields freely


def reached(days_ago: float, hours: float, progress: Progress = CONTACTED) -> Progress:
    return replace(progress, contacted_at=AT - days_ago * DAY + hours * HOUR)


def ended(outcome: Outcome) -> dict[str, object]:
    return {"state": State.CLOSED, "outcome": outcome, "closed_at": AT - HOUR}


CASES = [
    case(1),  # 1: open, can still be contacted
    case(3),  # 2: overdue for a day
    case(4, progress=reached(4, 10)),  # 3: in time, conversation is next
    case(5, progress=reached(5, 72), owner=JEN),  # 4: contacted late
    case(6, **ended(Outcome.WITHDRAWN)),  # 5: in no figure
    case(0.5, state=State.OPEN, owner="", assigned_at=None, urgency=Urgency.CRITICAL),  # 6: nobody has it
    case(30, progress=replace(reached(30, 20, COMMITTED), verdict=Verdict.SAVED), **ended(Outcome.RECOVERED)),  # 7
    case(100, progress=reached(100, 1)),  # 8: of the quarter before
    case(2, programme="onboarding"),  # 9: of another programme
]


async def shown(
    db: Database, what: Shown = Shown.STATUS, asker: Asker = READER, it: House | None = None, **place: object
) -> list[str]:
    """The lines that the asker reads of the relational programme."""
    it = it or house()
    found = replace(Place(what, "relational", "2026Q4"), **place)  # type: ignore[arg-type] - tests name fields freely
    async with db.read() as tx:
        counted, about = await figures.look(tx, it, asking.of_place(it, found, tx.now), asker)
    look = frame.own(counted, about)
    assert message_problems(look) == []
    return read(look.blocks)


async def test_a_status_counts_the_period_and_everything_open(db: Database) -> None:
    await stock(db, CASES)
    assert (await shown(db))[:4] == [
        "*Relational · Q4 2026 so far* · contacted in 48 hours: 50 % (2 of 4, 2 undecided) — performative, target 90 %",
        "*Open 6:* 1 unassigned · 2 outreach · 3 conversation · *3 overdue*",
        ("Median time to outreach 20 h (p90 72 h) · saved 1 ($1k) · 5 not measured yet · at risk $6k"),
        "*Look first:* Account 6 (overdue 8 h), Account 8 (overdue 93 days), Account 2 (overdue 24 h)",
    ]
    before = await shown(db, period="2026Q3")
    assert before[0] == "*Relational · Q3 2026* · contacted in 48 hours: 100 % (1 of 1) — on target"
    assert before[1].startswith("*Open 6:*")


async def test_an_empty_programme_is_words_everywhere(db: Database) -> None:
    assert (await shown(db))[:2] == [
        "*Relational · Q4 2026 so far* · no detractor has answered", "*Nothing is open.*",
    ]  # fmt: skip
    assert (await shown(db, Shown.OVERDUE))[0] == "*Relational:* nothing is overdue."
    assert "Nobody has answered in Q4 2026 so far." in await shown(db, Shown.SEGMENTS)
    assert "No detractor has answered in Q4 2026 so far." in await shown(db, Shown.LEADERS)


async def test_overdue_cases_in_pages_each_once(db: Database) -> None:
    await stock(db, [case(3 + number / 100) for number in range(23)])
    pages = [await shown(db, Shown.OVERDUE, page=page) for page in (1, 2, 3)]
    rows = [line for page in pages for line in page if "overdue" in line and "Account" in line]
    assert len(rows) == len({row.split(" · ")[1] for row in rows}) == 23
    assert [len([line for line in page if "Account" in line]) for page in pages] == [10, 10, 3]
    assert "Page 3 of 3" in pages[2]
    assert await shown(db, Shown.OVERDUE, page=9) == await shown(db, Shown.OVERDUE, page=3)


async def test_leaders_by_owner_and_team_without_a_score(db: Database) -> None:
    await stock(db, CASES)
    team = house().policy.teams["onboarding"].model_copy(update={"name": "CS", "members": ("priya@acme.example",)})
    it = house(teams={**house().policy.teams, "cs": team})
    found = await shown(db, Shown.LEADERS, it=it)
    assert found[1:9] == [
        "# By owner",
        "Owner | Cases | Contacted in time | Saved | Value saved",
        "@U0PRIYA | 4 | 67 % (2 of 3) | 1 | $1k",
        f"@U0JEN | 1 | 0 % (0 of 1) | 0 | {NOTHING}",
        f"Nobody (no owner) | 1 | none due yet | 0 | {NOTHING}",
        "# By team",
        "Team | Cases | Contacted in time | Saved | Value saved",
        "CS | 4 | 67 % (2 of 3) | 1 | $1k",
    ]


async def answered(db: Database, scores: Sequence[int], **account: object) -> None:
    """Case by case another score, and the same facts of every account."""
    async with db.write() as tx:
        for number, score in enumerate(scores, start=1):
            category = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
            change = sa.update(responses).where(responses.c.id == number)
            await tx.conn.execute(change.values(score=score, category=category, role=f"role {number % 2}"))
        if account:
            await tx.conn.execute(sa.update(accounts).values(**account))


async def test_segments_with_the_period_before(db: Database) -> None:
    await stock(
        db, [case(1 + number / 100) for number in range(40)] + [case(80 + number / 100) for number in range(40)]
    )
    await answered(db, [9] * 30 + [3] * 10 + [9] * 10 + [3] * 30, segment="Enterprise")
    found = await shown(db, Shown.SEGMENTS)
    assert found[0] == ("*Relational · Q4 2026 so far* · NPS +50 from 40 people · under-sampled: 40 of 100 answers")
    assert found[3] == "Enterprise | 40 | 200 | +50 | ± 27 | up 100 points"
    assert found[4] == "*Moved more than 5 points:* Enterprise (+100)"
    async with db.write() as tx:
        draft = await readouts.draft(tx, "relational", 2026 * 4 + 3)
        await readouts.write(tx, draft, {"enterprise": "The price rose."}, None)
    found = await shown(db, Shown.SEGMENTS)
    assert found[4] == "*Moved more than 5 points:* Enterprise (+100: The price rose)"
    by_role = await shown(db, Shown.SEGMENTS, dimension=Dimension.ROLE)
    assert "(+100: " not in str(by_role)
    assert [line.split(" | ")[0] for line in by_role[3:5]] == ["role 0", "role 1"]
    days = await shown(db, Shown.SEGMENTS, period="30d")
    assert days[3].startswith("Enterprise | 40 | 200 | +50 | ± 27 |")


async def test_colleagues_who_diverge_are_named(db: Database) -> None:
    await stock(db, [case(1), case(2)])
    await answered(db, [9, 4], name="Northwind")
    async with db.write() as tx:
        await tx.conn.execute(sa.update(responses).values(account_id=1))
    assert "*Of two minds:* Northwind (role 1 9, role 0 4)" in await shown(db, Shown.SEGMENTS)


async def test_who_has_no_part_in_the_programme_reads_nothing(db: Database) -> None:
    await stock(db, CASES)
    for what in Shown:
        with pytest.raises(NotAllowed, match="Only members of this programme's channel"):
            await shown(db, what, Asker(SAM, RELATIONAL))


async def press_share(db: Database, asker: Asker, message: str = "1.1", what: Shown = Shown.STATUS) -> list[str]:
    it = house()
    async with db.write() as tx:
        asked = asking.of_place(it, Place(what, "relational", "2026Q4"), tx.now)
        return read((await sharing.share(tx, it, asked, asker, message)).blocks)


async def posted(db: Database) -> list[SharedSurface]:
    async with db.read() as tx:
        names = (await tx.conn.execute(sa.select(outbox.c.surface).order_by(outbox.c.id))).scalars()
        return [found for name in names if isinstance(found := parse(name), SharedSurface)]


async def test_a_look_is_posted_once_however_often_the_button_is_pressed(db: Database) -> None:
    await stock(db, CASES)
    seen = (await shown(db))[:4]
    after = [await press_share(db, READER) for _ in range(3)]
    assert all(each[:4] == seen and "[" not in each[-1] for each in after)
    (surface,) = await posted(db)
    async with db.read() as tx:
        drawn = await draw(tx, house(), str(surface))
    assert drawn
    assert read(drawn.look.blocks) == [*seen, "Shared by @U0MARCUS."]
    await press_share(db, READER, what=Shown.OVERDUE)  # other figures in the same message
    await press_share(db, READER, "2.2")
    await press_share(db, Asker(PRIYA, RELATIONAL))
    assert len(await posted(db)) == 4


async def test_what_was_shared_stays_as_it_was_seen(db: Database, clock: StillClock) -> None:
    await stock(db, CASES)
    await press_share(db, READER)
    (surface,) = await posted(db)
    async with db.read() as tx:
        first = await draw(tx, house(), str(surface))
    clock.move(days=30)
    async with db.read() as tx:
        assert await draw(tx, house(), str(surface)) == first
        assert await draw(tx, house(), str(replace(surface, channel="C0GENERAL"))) is None
        assert await draw(tx, house(), "shared:C0RELATIONAL:999999") is None


@pytest.mark.parametrize("asker", [Asker(SAM, RELATIONAL), Asker(MARCUS, ONBOARDING), Asker(MARCUS, "C0GENERAL")])
async def test_nobody_shares_what_its_readers_may_not_see(db: Database, asker: Asker) -> None:
    await stock(db, CASES)
    with pytest.raises(NotAllowed):
        await press_share(db, asker)
    assert await posted(db) == []


async def test_leads_share_in_their_own_channel(db: Database) -> None:
    await press_share(db, Asker(MARCUS, LEADS))
    (surface,) = await posted(db)
    assert (surface.channel, str(surface)) == (LEADS, f"shared:{LEADS}:{surface.number}")


def test_a_button_carries_what_is_shown() -> None:
    assert place_value(Place(Shown.STATUS, "relational", "2026Q4")) == "status|relational|2026Q4|segment|1"
