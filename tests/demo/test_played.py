"""What colleagues do at the demo's start: a case on every step of the ladder, and the visitor is always first."""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from demo.launch import feed
from demo.played import Office, Typed, find_card, play, read_played
from demo.rates import Pace
from demo.stories import read_stories
from recovery.cases.case import Case, Outcome, State
from recovery.cases.progress import Verdict
from recovery.cases.steps import FollowUpResult
from store import tables
from store.cases import cases
from tests.support.shown import settled
from tests.support.story import Story, story, words_of

SECONDS = 40.0


async def by_customer(it: Story) -> dict[str, Case]:
    """Every case of the demo, by its customer's name."""
    async with it.bot.db.read() as tx:
        rows = await tx.conn.execute(
            sa.select(tables.cases.c.id, tables.contacts.c.name).join(
                tables.contacts, tables.contacts.c.id == tables.cases.c.contact_id
            )
        )
        return {name: await cases.get(tx, case_id) for case_id, name in rows.all()}


async def test_a_case_stands_on_every_step(sqlite_db: str, tmp_path: Path) -> None:
    said: list[str] = []
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await feed(it.workspace, read_stories())
        began = time.monotonic()
        await play(it.workspace, said.append)
        assert said == []
        assert time.monotonic() - began < SECONDS
        await settled(it, 30)
        found = await by_customer(it)
        lines = [words_of(line) for line in it.workspace.dms("U0JEN")]

    unclaimed = {"Dana Okafor", "Theo Laurent", "Mei Tanaka", "Vera Stein", "Tom Adeyemi"}
    assert {name for name, case in found.items() if case.state is State.OPEN} == unclaimed

    nadia = found["Nadia Petrov"]
    assert (nadia.state, nadia.owner, nadia.progress.attempts) == (State.CLAIMED, "U0PRIYA", 0)

    rory = found["Rory Finch"].progress
    assert (rory.attempts, len(rory.channels), rory.reached_at, rory.conversation_at) == (2, 2, None, None)
    assert rory.contacted_at is not None

    yael = found["יעל ברק"].progress
    assert (yael.root_cause, yael.action) == ("Support", None)
    assert yael.conversation_at is not None

    ines = found["Inês Duarte"].progress
    assert (ines.commitments, ines.slips, ines.follow_up_at) == (1, 0, None)
    assert ines.action_stands

    bea = found["Bea Solano"].progress
    assert (bea.follow_up_result, bea.slips) == (FollowUpResult.SLIPPED, 1)
    assert bea.action is not None
    assert bea.action.due > bea.action.first_due

    oskar = found["Oskar Nyman"]
    assert (oskar.state, oskar.outcome) == (State.CLOSED, Outcome.RECOVERED)
    assert (oskar.progress.verdict, oskar.progress.later_score) == (Verdict.SAVED, 9)
    assert any("saved" in line for line in lines), lines


async def test_a_case_that_the_visitor_claimed_is_left_alone(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    stories = {each.id: each for each in read_stories()}
    rory = stories["tailspin-rory"]
    only = tuple(each for each in read_played(tuple(stories.values())) if each.story.id == rory.id)
    monkeypatch.setattr("demo.played.read_played", lambda _stories: only)
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await feed(it.workspace, [rory])
        card = await it.workspace.until(lambda: find_card(it.workspace, rory), 20)
        await it.workspace.click("U0PRIYA", card.channel, card.ts, "case_claim")
        await settled(it)
        await play(it.workspace, said.append)
        case = (await by_customer(it))["Rory Finch"]
    assert (case.owner, case.progress.attempts) == ("U0PRIYA", 0)
    assert len(said) == 1
    assert "Rory Finch" in said[0]
    assert "somebody was faster" in said[0]


def test_every_moment_lies_between_the_answer_and_now_and_in_order() -> None:
    for played in read_played(read_stories()):
        ago = [step.ago for step in played.steps if step.ago is not None]
        moments = [played.story.ago, *ago, *([played.later.ago] if played.later else [])]
        assert moments == sorted(moments, reverse=True), played.story.id
        assert all(moment.total_seconds() > 60 for moment in moments)


def test_the_visitors_case_and_window_are_left_to_the_visitor() -> None:
    for played in read_played(read_stories()):
        assert played.story.fields["account_name"] != "Northwind Traders"
        assert played.by != "U0PRIYA" or played.steps == ()


@pytest.mark.parametrize(
    ("now", "ahead", "due"),
    [
        ("2026-11-20T15:00", 0, "2026-11-20"),
        ("2026-11-20T15:00", 1, "2026-11-23"),
        ("2026-11-21T15:00", 0, "2026-11-23"),
        ("2026-11-21T15:00", 1, "2026-11-24"),
        ("2026-12-24T15:00", 1, "2026-12-29"),
        ("2026-06-01T23:30", 0, "2026-06-02"),
    ],
)
def test_due_days_are_working_days(now: str, ahead: int, due: str) -> None:
    office = Office(ZoneInfo("Europe/London"), frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert office.workday(at, ahead) == date.fromisoformat(due)


def test_a_step_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "played.toml"
    path.write_text('[[played]]\ncase = "trey-oskar"\nby = "U0JEN"\n[[played.steps]]\nstep = "dance"\n', "utf-8")
    with pytest.raises(ValueError, match="dance"):
        read_played(read_stories(), path)
    assert all(isinstance(step, Typed) for each in read_played(read_stories()) for step in each.steps)
