"""Snooze, pause and resume: who may, until when, and what everybody sees of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from recovery.cases.case import EventKind
from tests.story.acting import ELENA, JEN, MARCUS, PRIYA, TOMAS, Acting, Json, Shown
from tests.story.conftest import acting
from tests.story.steps.working import epoch, later, logs, moment, now, option, owned, sends, state
from tests.story.telling import hears, offered, reads, told, until_monday, window_of
from tests.support.shown import settled
from tests.support.story import words_of

BOUNCED = {"result": "bounced", "note": ""}
WHY = "Dana is on holiday until Thursday."


async def test_a_reminder_is_put_off(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await reminded(it)
        view = await window_of(it, PRIYA, told(it, PRIYA, case)[-1], "case_snooze")
        assert view["callback_id"] == "snooze"
        for until, said in ((now(it) + timedelta(days=9), "3 days at most"), (now(it) - timedelta(days=1), "passed")):
            refused = await sends(it, PRIYA, view, until=epoch(until), reason=WHY)
            assert said in refused["errors"]["until"], refused
        assert (
            "reason" in (await sends(it, PRIYA, view, until=epoch(now(it) + timedelta(days=1)), reason=" "))["errors"]
        )
        until = now(it) + timedelta(hours=40)
        answer = await sends(it, PRIYA, view, until=epoch(until), reason=WHY)
        assert answer == {"response_action": "close", "errors": {}}, answer
        assert WHY in await reads(it, PRIYA, case, "Reminders are off until")
        assert "case_snooze" not in offered(told(it, PRIYA, case)[-1])
        await it.shows(case, "Reminders are off until")
        assert any("switched the reminders off" in line for line in it.lines(case))
        await later(it, hours=38)
        await settled(it.story)
        assert len(told(it, PRIYA, case)) == 1
        assert told(it, ELENA, case) == []
        await later(it, hours=8)  # into the morning: nobody hears anything at night
        await hears(it, ELENA, case)


async def test_a_case_waits_on_the_customer_and_goes_on(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await reminded(it)
        before = (await it.case(case.id)).deadlines
        it.workspace.life.open_home(PRIYA)
        await until_home(it, PRIYA, case.customer)
        view = await menu(it, PRIYA, case)
        assert view["callback_id"] == "pause"
        refused = await sends(it, PRIYA, view, kind="pause", until=epoch(now(it) + timedelta(days=20)), reason=WHY)
        assert "14 days at most" in refused["errors"]["until"]
        sent = {"kind": "pause", "until": epoch(now(it) + timedelta(days=3)), "reason": WHY}
        answer = await sends(it, PRIYA, view, **sent)
        assert answer == {"response_action": "close", "errors": {}}, answer
        card = await it.shows(case, "Waiting on the customer until")
        assert WHY in card
        assert WHY in await reads(it, PRIYA, case, "Waiting on the customer until")
        assert any("paused the case until" in line for line in it.lines(case))
        moved = (await it.case(case.id)).deadlines
        assert moved.outreach - before.outreach >= timedelta(days=2, hours=23)
        await until_home(it, PRIYA, "Waiting on customers (1)")
        assert f"resume:{case.id}" in it.menu(case)
        assert f"pause:{case.id}" not in it.menu(case)

        for stranger in (JEN, ELENA):
            assert "only they or a lead pause it" in await presses_menu(it, stranger, case, "resume")
        await later(it, hours=24)
        await it.click(PRIYA, case, "case_more", value=f"resume:{case.id}")
        await it.workspace.until(lambda: "Waiting on the customer" not in it.card(case))
        assert any("goes on with the case" in line for line in it.lines(case))
        now_due = (await it.case(case.id)).deadlines
        assert timedelta(hours=23) < now_due.outreach - before.outreach < timedelta(hours=26)
        await it.workspace.until(lambda: "Waiting on customers" not in words_of(it.workspace.home(PRIYA)))
        assert "isn't paused any more" in await presses_menu(it, PRIYA, case, "resume")


async def test_a_pause_sent_twice_counts_once_and_other_words_come_back(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await owned(it)
        mine, leads = await menu(it, PRIYA, case), await menu(it, MARCUS, case)
        until = epoch(now(it) + timedelta(days=2))
        for _ in range(2):
            assert (await it.hands_in(PRIYA, mine, paused_until(until, WHY))).ok
        await it.shows(case, "Waiting on the customer until")
        paused = [event for event in await it.history(case.id) if event.kind is EventKind.PAUSED]
        assert len(paused) == 1
        assert paused[0].after == datetime.fromtimestamp(until, now(it).tzinfo).isoformat()
        answer = await sends(it, MARCUS, leads, kind="pause", until=until, reason="Something else entirely.")
        assert answer["response_action"] == "update"
        assert len([e for e in await it.history(case.id) if e.kind is EventKind.PAUSED]) == 1


async def test_what_ran_out_by_itself_is_drawn_again(sqlite_db: str, tmp_path: Path) -> None:
    """Nobody resumed, so no event says it; and no button may stay that does nothing."""
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case = await owned(it)
        view = await menu(it, PRIYA, case)
        sent = {"kind": "pause", "until": epoch(now(it) + timedelta(hours=5)), "reason": WHY}
        assert (await sends(it, PRIYA, view, **sent))["response_action"] == "close"
        await it.shows(case, "Waiting on the customer until")
        await settled(it.story)
        before = len(await it.history(case.id))
        await later(it, hours=5, minutes=1)
        await it.workspace.until(lambda: "Waiting on the customer" not in it.card(case))
        assert f"pause:{case.id}" in it.menu(case)
        assert len(await it.history(case.id)) == before


async def test_who_may_not_move_the_deadlines_may_put_off_the_reminders(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await owned(it)
        assert (await menu(it, PRIYA, case))["callback_id"] == "pause"
        assert (await menu(it, MARCUS, case))["callback_id"] == "pause"
        assert (await menu(it, TOMAS, case))["callback_id"] == "snooze"
        assert "only they or a lead pause it" in await presses_menu(it, JEN, case, "pause")
        unowned = await it.opens()
        assert f"pause:{unowned.id}" not in it.menu(unowned)


async def reminded(it: Acting) -> Shown:
    """A case of which its owner was reminded once, in an ordinary week."""
    await until_monday(it)
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach", **BOUNCED)
    await later(it, hours=25)
    await hears(it, PRIYA, case)
    return case


async def menu(it: Acting, user: str, case: Shown) -> Json:
    """The window of the card's menu."""
    await it.workspace.until(lambda: f"pause:{case.id}" in it.menu(case))
    return await it.opens_modal(user, case, "case_more", value=f"pause:{case.id}")


async def presses_menu(it: Acting, user: str, case: Shown, choice: str) -> str:
    """What a person reads who chooses this in the menu, whether it is offered or not."""
    option = {"text": {"type": "plain_text", "text": "…"}, "value": f"{choice}:{case.id}"}
    action = {"type": "overflow", "action_id": "case_more", "selected_option": option}
    return await it.told(user, case.channel, it.presses(user, case, action))


async def until_home(it: Acting, user: str, words: str) -> None:
    await it.workspace.until(lambda: words in words_of(it.workspace.home(user) or {}))


def paused_until(until: int, why: str) -> Callable[[Json], object]:
    """What the window holds when it is sent, as a client sends it."""
    return state(kind=option("pause"), until=moment(until), reason=why)
