"""Who is away keeps no case: handed on when it begins, back when it ends, once, whoever is faster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flows.cases import absence, casework
from bot.flows.cases.casework import Asker
from recovery.cases.case import EventKind, Outcome
from recovery.clock.absence import Days
from scheduler.absences import Absences
from store.slack import absences
from store.slack.absences import AbsenceState
from tests.story.acting import JEN, KOFI, MARCUS, PRIYA, Acting, Shown, soon
from tests.story.conftest import acting
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of

DAY = 86_400
NEW_YORK = "America/New_York"
ZONES = {JEN: NEW_YORK, KOFI: "Africa/Accra", MARCUS: NEW_YORK}


@asynccontextmanager
async def team(database_url: str, tmp_path: Path) -> AsyncIterator[Acting]:
    """A story in which Priya, Jen and Kofi are known with their zones."""
    async with acting(database_url, tmp_path) as it:
        await soon(lambda: JEN in it.story.bot.house.directory.people)
        yield it


def today(it: Acting, zone: str = "Europe/London") -> date:
    return datetime.fromtimestamp(it.workspace.clock.now(), UTC).astimezone(ZoneInfo(zone)).date()


async def later(it: Acting, seconds: float) -> None:
    """Time passes, for the workspace and for the bot."""
    at = it.workspace.advance(seconds)
    await soon(lambda: it.story.bot.clock.now().timestamp() >= at - 1)


async def says(it: Acting, user: str, line: str) -> str:
    return await it.told(user, RELATIONAL, it.workspace.command(user, RELATIONAL, line))


async def beat(it: Acting) -> None:
    await it.story.bot.absences.beat()
    await settled(it.story)


async def owned(it: Acting, owner: str = PRIYA, **fields: object) -> Shown:
    case = await it.opens(**{"comment": "Slow.", "segment": "", **fields})
    await it.click(owner, case, "case_claim")
    assert await it.owner(case) == owner
    return case


async def test_from_today_on_others_look_after_the_cases_and_they_come_back(database_url: str, tmp_path: Path) -> None:
    async with team(database_url, tmp_path) as it:
        first, second = await owned(it), await owned(it)
        theirs = await owned(it, JEN)
        last = today(it) + timedelta(days=3)
        said = await says(it, PRIYA, f"/nps away {today(it)}..{last}")
        assert "You are away from" in said
        assert "others look after your cases" in said
        await settled(it.story)
        for case in (first, second):
            holder = await it.owner(case)
            assert holder in {JEN, KOFI, MARCUS}
            line = it.lines(case)[-1]
            assert f"winback gave the case to <@{holder}>; <@{PRIYA}> had it until now." in line
            assert "While Priya is away until" in line
            event = (await it.history(case.id))[-1]
            assert (event.kind, event.actor, event.before) == (EventKind.ASSIGNED, "winback", PRIYA)
            assert any("gave you" in message for message in it.messages_to(holder, case))
        assert await it.owner(theirs) == JEN

        # Beats do nothing twice, and what is new passes her over.
        before = [len(await it.history(case.id)) for case in (first, second)]
        await beat(it)
        await beat(it)
        assert [len(await it.history(case.id)) for case in (first, second)] == before
        fresh = await it.opens(comment="Slow.", segment="", csm_email="priya@acme.example")
        assert "Priya (CSM) is away until" in it.card(fresh)

        await later(it, 4 * DAY)
        await beat(it)
        for case in (first, second):
            assert await it.owner(case) == PRIYA
            assert "Priya is back." in it.lines(case)[-1]
        assert await it.owner(theirs) == JEN
        await beat(it)
        assert [len(await it.history(case.id)) for case in (first, second)] == [number + 1 for number in before]
        again = await it.opens(comment="Slow.", segment="", csm_email="priya@acme.example")
        assert f"<@{PRIYA}>" in it.card(again)


async def test_days_to_come_begin_at_midnight_where_the_person_is(database_url: str, tmp_path: Path) -> None:
    """Jen is in New York: her day begins hours after that of the database, and ends hours after it."""
    async with team(database_url, tmp_path) as it:
        case = await owned(it, JEN)
        first = today(it, NEW_YORK) + timedelta(days=2)
        said = await says(it, JEN, f"/nps away {first}")
        assert "Your 1 open case will be handed on when that begins" in said
        begins, ends = (
            datetime.combine(first + timedelta(days=days), time(), ZoneInfo(NEW_YORK)).timestamp() for days in (0, 1)
        )
        await later(it, begins - 60 - it.workspace.clock.now())
        await beat(it)
        assert await it.owner(case) == JEN
        await later(it, 120)
        await beat(it)
        holder = await it.owner(case)
        assert holder not in {"", JEN}
        # Late in her only day away it is tomorrow in London: she is away until her midnight.
        await later(it, ends - 3600 - it.workspace.clock.now())
        await beat(it)
        assert await it.owner(case) == holder
        fresh = await it.opens(comment="Slow.", segment="", csm_email="jen@acme.example")
        assert "Jen (CSM) is away until" in it.card(fresh)
        await later(it, 2 * 3600)
        await beat(it)
        assert await it.owner(case) == JEN


async def test_back_early_and_off(database_url: str, tmp_path: Path) -> None:
    async with team(database_url, tmp_path) as it:
        case, closed, taken = await owned(it), await owned(it), await owned(it)
        assert "You were not away." in await says(it, PRIYA, "/nps back")
        await says(it, PRIYA, f"/nps away {today(it)}..{today(it) + timedelta(days=9)}")
        await settled(it.story)
        async with it.story.bot.db.write() as tx:
            reason = "Our own test."
            await casework.withdraw(tx, it.story.bot.house, closed.id, Outcome.WITHDRAWN, reason, Asker(MARCUS))
        # Somebody decides about one of them: it is theirs from then on.
        holder = await it.owner(taken)
        other = next(user for user in (JEN, KOFI) if user != holder)
        view = await it.opens_modal(MARCUS, taken, "case_more", value=f"assign:{taken.id}")
        await it.submits(MARCUS, view, owner={"assign_owner": other})
        said = await says(it, PRIYA, "/nps back")
        assert "You are here again." in said
        assert "1 case came back to you." in said
        assert await it.owner(case) == PRIYA
        assert await it.owner(taken) == other
        assert (await it.history(closed.id))[-1].kind is EventKind.WITHDRAWN
        for synonym in ("off", "back", "OVER"):
            assert "You were not away." in await says(it, PRIYA, f"/nps away {synonym}")


async def test_an_absence_to_come_is_taken_back_or_replaced(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await owned(it)
        for days in (5, 7):
            await says(it, PRIYA, f"/nps away {today(it) + timedelta(days=days)}")
        await later(it, 5 * DAY)
        await beat(it)
        assert await it.owner(case) == PRIYA
        said = await says(it, PRIYA, "/nps away")
        assert "You are away from" in said
        assert "2026-12-24..2027-01-02" in said
        await says(it, PRIYA, "/nps away off")
        await later(it, 2 * DAY)
        await beat(it)
        assert await it.owner(case) == PRIYA
        assert "Type both days" in await says(it, PRIYA, "/nps away")


async def test_an_absence_is_made_longer_and_the_next_waits(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await owned(it)
        first = today(it)
        await says(it, PRIYA, f"/nps away {first}..{first + timedelta(days=1)}")
        await later(it, DAY)
        said = await says(it, PRIYA, f"/nps away {first + timedelta(days=30)}")
        assert "Type “/nps back” first" in said.replace("\u2060", "")
        await says(it, PRIYA, f"/nps away {first}..{first + timedelta(days=3)}")
        await later(it, 2 * DAY)
        await beat(it)
        assert await it.owner(case) not in {"", PRIYA}
        await later(it, DAY)
        await beat(it)
        assert await it.owner(case) == PRIYA


async def test_who_is_away_gets_no_case(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await it.opens(comment="Slow.")
        await says(it, PRIYA, f"/nps away {today(it)}")
        said = await it.refused(PRIYA, case, "case_claim")
        assert "You are away until" in said
        assert "Type “/nps back” first." in said.replace("\u2060", "")
        view = await it.opens_modal(MARCUS, case, "case_assign")
        errors = await it.submits(MARCUS, view, owner={"assign_owner": PRIYA})
        assert errors["owner"].startswith("Priya Raman is away until")
        await says(it, PRIYA, "/nps back")
        await it.click(PRIYA, case, "case_claim")
        assert await it.owner(case) == PRIYA


async def test_nobody_free_gives_the_case_to_the_channel_and_back(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await owned(it)
        # The lead is away too, and so is everybody of the rotation.
        for user, zone in ((MARCUS, NEW_YORK), (JEN, NEW_YORK), (KOFI, "Africa/Accra")):
            await says(it, user, f"/nps away {today(it, zone)}..{today(it, zone) + timedelta(days=9)}")
        await says(it, PRIYA, f"/nps away {today(it)}..{today(it) + timedelta(days=1)}")
        await settled(it.story)
        assert await it.owner(case) == ""
        assert "It needs an owner again." in it.lines(case)[-1]
        assert "nobody is free" in it.card(case)
        await later(it, 2 * DAY)
        await beat(it)
        assert await it.owner(case) == PRIYA


async def test_a_chain_of_absences_ends_with_the_first_owner(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await owned(it)
        await says(it, PRIYA, f"/nps away {today(it)}..{today(it) + timedelta(days=3)}")
        stand_in = await it.owner(case)
        begins = today(it, ZONES[stand_in])
        await says(it, stand_in, f"/nps away {begins}..{begins + timedelta(days=1)}")
        third = await it.owner(case)
        assert third not in {"", PRIYA, stand_in}
        await later(it, 2.5 * DAY)
        await beat(it)
        assert await it.owner(case) == stand_in
        await later(it, 2 * DAY)
        await beat(it)
        assert await it.owner(case) == PRIYA


async def test_two_replicas_hand_each_case_on_and_back_once(postgres_db: str, tmp_path: Path) -> None:
    async with team(postgres_db, tmp_path) as it:
        cases = [await owned(it) for _ in range(6)]
        bot = it.story.bot
        day = today(it)
        async with bot.db.write() as tx:
            await absence.plan(tx, bot.house, PRIYA, f"{day}..{day + timedelta(days=1)}")
        replicas = [Absences(bot.db, bot.house) for _ in range(4)]
        await asyncio.gather(*(replica.beat() for replica in replicas))
        await bot.absences.beat()
        for case in cases:
            kinds = [event.kind for event in await it.history(case.id)]
            assert kinds.count(EventKind.ASSIGNED) == 1
        await later(it, 2 * DAY)
        await asyncio.gather(*(replica.beat() for replica in replicas))
        await bot.absences.beat()
        for case in cases:
            kinds = [event.kind for event in await it.history(case.id)]
            assert kinds.count(EventKind.ASSIGNED) == 2
            assert await it.owner(case) == PRIYA
        await settled(it.story)


async def test_a_beat_that_dies_halfway_goes_on_where_it_ended(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        cases = [await owned(it) for _ in range(3)]
        bot = it.story.bot
        async with bot.db.write() as tx:
            await absence.plan(tx, bot.house, PRIYA, str(today(it)))
        async with bot.db.write() as tx:
            moved = await absence.step(tx, bot.house, PRIYA)
        assert moved is not None

        async def killed() -> None:
            async with bot.db.write() as tx:
                await absence.step(tx, bot.house, PRIYA)
                raise RuntimeError("killed")

        with pytest.raises(RuntimeError, match="killed"):
            await killed()
        assert [await it.owner(case) == PRIYA for case in cases] == [False, True, True]
        await beat(it)
        for case in cases:
            kinds = [event.kind for event in await it.history(case.id)]
            assert kinds.count(EventKind.ASSIGNED) == 1
        async with bot.db.read() as tx:
            found = await absences.get(tx, PRIYA)
        assert found is not None
        assert (found.state, found.days, found.handed_on) == (
            AbsenceState.AWAY, Days(today(it), today(it)), tuple(case.id for case in cases),
        )  # fmt: skip


async def test_the_cases_of_who_has_left_go_to_the_channel_and_the_lead_hears(
    database_url: str, tmp_path: Path
) -> None:
    async with team(database_url, tmp_path) as it:
        case, kept = await owned(it), await owned(it, JEN)
        it.workspace.life.deactivate(PRIYA)
        await it.shows(case, "Claim", "Owner due")
        await settled(it.story)
        assert await it.owner(case) == ""
        assert len(it.messages_to(MARCUS, case)) == 1
        assert it.messages_to(MARCUS, kept) == []
        # The same event again, as Slack repeats it, tells nobody twice.
        it.workspace.life.deactivate(PRIYA)
        await settled(it.story)
        assert len(it.messages_to(MARCUS, case)) == 1
        assert await it.owner(kept) == JEN


async def test_who_left_while_away_gets_nothing_back(sqlite_db: str, tmp_path: Path) -> None:
    async with team(sqlite_db, tmp_path) as it:
        case = await owned(it)
        await says(it, PRIYA, f"/nps away {today(it)}")
        holder = await it.owner(case)
        it.workspace.life.deactivate(PRIYA)
        await soon(lambda: it.story.bot.house.directory.people[PRIYA].deleted)
        await later(it, 2 * DAY)
        await beat(it)
        assert await it.owner(case) == holder


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("typed", "says_so"),
    [
        ("yesterday", "is no day and no range of days"),
        ("2020-01-01", "2020-01-01 is over"),
        ("2027-01-02..2026-12-24", "comes before"),
        ("<!channel>", "is no day and no range of days"),
        ("x" * 3000, "is no day and no range of days"),
    ],
)
async def test_days_that_are_none_change_nothing(it: Acting, typed: str, says_so: str) -> None:
    said = await says(it, KOFI, f"/nps away {typed}")
    assert says_so in said
    assert "<!channel>" not in said
    assert words_of(it.workspace.ephemerals(KOFI, RELATIONAL)[-1])
    async with it.story.bot.db.read() as tx:
        assert await absences.get(tx, KOFI) is None
