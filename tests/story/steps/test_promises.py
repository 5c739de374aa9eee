"""What follows from a promise: the calendar file, the question on its day, and what a later answer says of it."""

from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import select

from recovery.cases.case import EventKind
from recovery.cases.progress import Verdict
from store.cases.timers import TimerKind
from store.tables import timers as table
from tests.story.acting import JEN, MARCUS, PRIYA, Acting, Json, Shown, owner_and_note
from tests.story.conftest import acting
from tests.story.steps.working import SLIPPED, later, logs, now, owned, sends, window, workday
from tests.support.intake import understood
from tests.support.shown import settled
from tests.support.story import surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_follow_up_goes_into_the_owners_calendar_and_follows_the_case(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await settled(it.story)
    (made,) = calendars(it, PRIYA, case)
    assert made["METHOD"] == "REQUEST"
    event = made.events[0]
    due = (await it.case(case.id)).progress.follow_up_due
    assert due is not None
    assert event["DTSTART"].dt.astimezone(due.tzinfo).date() == due.date()
    assert case.customer in event["SUMMARY"]
    assert event["ATTENDEE"] == "mailto:priya@acme.example"

    await logs(it, PRIYA, case, "follow_up", **SLIPPED, new_due=workday(it, 60))
    await settled(it.story)
    _, moved = calendars(it, PRIYA, case)
    assert moved.events[0]["UID"] == event["UID"]
    assert moved.events[0]["SEQUENCE"] > event["SEQUENCE"]
    assert moved.events[0]["DTSTART"].dt > event["DTSTART"].dt

    await logs(it, PRIYA, case, "outreach")
    view = await window(it, PRIYA, case, "close")
    sent = await sends(it, PRIYA, view, outcome="not_recovered", reason="They chose another vendor.")
    assert sent["response_action"] == "close", sent
    await settled(it.story)
    *_, off = calendars(it, PRIYA, case)
    assert (off["METHOD"], off.events[0]["STATUS"], off.events[0]["UID"]) == ("CANCEL", "CANCELLED", event["UID"])
    assert case.id not in await timed(it)


async def test_who_no_longer_has_the_case_is_called_off(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await settled(it.story)
    (made,) = calendars(it, PRIYA, case)
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"assign:{case.id}")
    assert await it.submits(MARCUS, view, **owner_and_note(JEN)) == {}
    await it.workspace.until(lambda: calendars(it, JEN, case))
    await settled(it.story)
    _, off = calendars(it, PRIYA, case)
    assert (off["METHOD"], off.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    for name in ("UID", "ATTENDEE", "ORGANIZER", "DTSTART"):
        assert off.events[0][name] == made.events[0][name], name
    assert off.events[0]["SEQUENCE"] > made.events[0]["SEQUENCE"]
    (theirs,) = calendars(it, JEN, case)
    assert (theirs["METHOD"], theirs.events[0]["UID"]) == ("REQUEST", made.events[0]["UID"])
    assert "has the follow-up now" in said_of(it, PRIYA, case)

    # To the channel, and back to Priya: the newest file counts in her calendar.
    await it.shows(case, JEN)
    await it.click(JEN, case, "case_release")
    await it.workspace.until(lambda: len(calendars(it, JEN, case)) == 2)
    assert calendars(it, JEN, case)[-1]["METHOD"] == "CANCEL"
    await it.shows(case, "Claim")
    await it.click(PRIYA, case, "case_claim")
    await it.workspace.until(lambda: len(calendars(it, PRIYA, case)) == 3)
    *_, off, again = calendars(it, PRIYA, case)
    assert again["METHOD"] == "REQUEST"
    assert again.events[0]["SEQUENCE"] > off.events[0]["SEQUENCE"]


@pytest.mark.parametrize("result", ["held", "broken"])
async def test_nothing_is_called_off_that_is_over(it: Acting, result: str) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await logs(it, PRIYA, case, "follow_up", result=result, evidence="Dana told me.")
    await settled(it.story)
    before = len(calendars(it, PRIYA, case))
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"assign:{case.id}")
    assert await it.submits(MARCUS, view, **owner_and_note(JEN)) == {}
    await it.shows(case, JEN)
    await settled(it.story)
    assert len(calendars(it, PRIYA, case)) == before
    assert [each["METHOD"] for each in calendars(it, JEN, case)] in ([], ["CANCEL"])


async def test_a_file_whose_answer_is_lost_is_sent_once(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.faults.set("files.completeUploadExternal", cut="after", times=1)
        case = await owned(it)
        await logs(it, PRIYA, case, "action")
        await it.workspace.until(lambda: calendars(it, PRIYA, case), timeout=15)
        await settled(it.story)
        assert len(calendars(it, PRIYA, case)) == 1


async def test_on_the_day_the_owner_is_asked_once(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await owned(it)
        await logs(it, PRIYA, case, "action")
        assert TimerKind.FOLLOW_UP in (await timed(it))[case.id]
        assert not prompts(it, PRIYA)
        await later(it, days=29)
        await settled(it.story)
        assert not prompts(it, PRIYA)
        await later(it, days=4)
        await it.workspace.until(lambda: prompts(it, PRIYA))
        await settled(it.story)
        (asked,) = prompts(it, PRIYA)
        assert "'action_id': 'case_follow_up_held'" in str(asked["blocks"])
        await logs(it, PRIYA, case, "follow_up")
        await settled(it.story)
        (answered,) = prompts(it, PRIYA)
        assert answered["ts"] == asked["ts"]
        assert "follow_up_held" not in str(answered["blocks"])
        assert TimerKind.FOLLOW_UP not in (await timed(it)).get(case.id, set())


@pytest.mark.parametrize(
    ("score", "verdict", "promised"),
    [(9, Verdict.SAVED, True), (7, Verdict.SAVED, True), (6, Verdict.NOT_SAVED, True), (9, None, False)],
)
async def test_a_later_answer_closes_the_circle(
    it: Acting, score: int, verdict: Verdict | None, promised: bool
) -> None:
    case = await owned(it)
    if promised:
        await logs(it, PRIYA, case, "action")
    await later(it, days=40)
    await again(it, case, score)
    progress = (await it.case(case.id)).progress
    assert progress.verdict is verdict
    events = [event for event in await it.history(case.id) if event.kind is EventKind.MEASURED]
    assert len(events) == (verdict is not None)
    if verdict is Verdict.SAVED:
        assert progress.later_score == score
        assert any("saved" in told and f"to {score}" in told for told in it.messages_to(PRIYA, case))


async def test_a_closed_case_is_still_measured(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await logs(it, PRIYA, case, "follow_up")
    view = await window(it, PRIYA, case, "close")
    assert (await sends(it, PRIYA, view, outcome="recovered"))["response_action"] == "close"
    await later(it, days=60)
    await again(it, case, 10)
    assert (await it.case(case.id)).progress.verdict is Verdict.SAVED
    said = await it.shows(case, "saved")
    assert "2 → 10" in said
    assert MARCUS not in said


async def again(it: Acting, case: Shown, score: int) -> None:
    """The same contact answers the next survey."""
    key = case.customer.lower()
    await it.story.answers(
        score=score,
        comment="",
        name=f"Dana {case.customer}",
        email=f"dana@{key}.example",
        account_id=key,
        account_name=case.customer,
        responded_at=now(it).isoformat(timespec="seconds"),
    )
    await understood(it.story)


def said_of(it: Acting, user: str, case: Shown) -> str:
    """What stands beside the newest calendar file that somebody got for the case."""
    files = [each for each in it.workspace.dms(user) if f"follow-up-{case.id}-" in str(each.get("files"))]
    return words_of(files[-1])


def prompts(it: Acting, user: str) -> list[Json]:
    return [message for message in it.workspace.dms(user) if surface_of(message).startswith("prompt:")]


def calendars(it: Acting, user: str, case: Shown) -> list[Calendar]:
    """The calendar files that the owner got for the case, oldest first."""
    found = []
    for message in it.workspace.dms(user):
        for file in message.get("files") or []:
            if str(file["name"]).startswith(f"follow-up-{case.id}-"):
                content = it.workspace.state.uploads[file["id"]].content
                found.append(Calendar.from_ical(content))
    return found


async def timed(it: Acting) -> dict[int, set[TimerKind]]:
    """The timers that wait, by case."""
    async with it.story.bot.db.read() as tx:
        rows = (await tx.conn.execute(select(table.c.case_id, table.c.kind))).all()
    found: dict[int, set[TimerKind]] = {}
    for case_id, kind in rows:
        found.setdefault(case_id, set()).add(TimerKind(kind))
    return found
