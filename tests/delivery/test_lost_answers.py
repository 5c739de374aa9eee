"""Whatever becomes of an answer of Slack's, a message is there exactly once (architecture, decision 5)."""

from pathlib import Path
from typing import Any

import pytest

from demo.rates import Pace
from scheduler import messages
from scheduler.messages import NotThere
from tests.support.shown import sent_for, settled, surfaces, thread_of
from tests.support.story import RELATIONAL, Story, story, words_of

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("short_rests", "no_pace")

FAULTS: list[Json] = [
    {"error": "internal_error"},
    {"error": "fatal_error"},
    {"error": "service_unavailable"},
    {"status": 503},
    {"cut": "before"},
    {"cut": "after"},
    {"error": "ratelimited", "status": 429, "retry_after": 1},
    {"error": "brand_new_error"},
]
LOOK_UP_FAULTS: list[Json] = [
    {"error": "ratelimited", "status": 429, "retry_after": 1},
    {"error": "internal_error"},
    {"error": "missing_scope"},
    {"error": "invalid_arguments"},
    {"error": "brand_new_error"},
    {"status": 503},
    {"cut": "after"},
]


def name_of(fault: Json) -> str:
    return " ".join(f"{key} {value}" for key, value in fault.items())


async def claimed(it: Story) -> Json:
    """A card that Priya has just claimed."""
    await it.answers()
    card = await it.card()
    await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
    return card


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
async def test_a_card_is_there_once(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", times=2, **fault)
        await it.answers()
        await it.workspace.until(it.cards, 10)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1}


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
async def test_a_line_of_the_thread_is_there_once(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        it.workspace.faults.set("chat.postMessage", times=2, **fault)
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.workspace.until(lambda: thread_of(it, RELATIONAL, card["ts"]), 10)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1, "case:1:note:3": 1}
        if fault.get("cut") == "after":
            assert it.workspace.recorded.of("conversations.replies")


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
async def test_a_direct_message_is_there_once(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        card = await claimed(it)
        await it.card(lambda words: "Log outreach" in words)
        await settled(it)
        it.workspace.faults.set("chat.postMessage", times=2, **fault)
        await it.workspace.click("U0MARCUS", RELATIONAL, card["ts"], "case_more", value="release:1")
        await it.workspace.until(lambda: it.workspace.dms("U0PRIYA"), 10)
        await settled(it)
        assert set(surfaces(it.workspace).values()) == {1}
        assert len(it.workspace.dms("U0PRIYA")) == 1


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
async def test_an_update_ends_at_the_last_look(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.update", times=2, **fault)
        await claimed(it)
        await settled(it)
        assert "Log outreach" in words_of(it.cards()[0])
        assert surfaces(it.workspace)["case:1"] == 1


@pytest.mark.parametrize("fault", LOOK_UP_FAULTS, ids=name_of)
async def test_a_look_up_that_fails_leaves_the_doubt(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    """A post whose answer was lost may not go again only because Slack would not let us look."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="after", times=1)
        it.workspace.faults.set("conversations.history", times=2, **fault)
        await it.answers()
        await it.workspace.until(lambda: len(it.workspace.recorded.of("conversations.history")) > 2, 15)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1}
        assert len(it.workspace.recorded.of("chat.postMessage")) == 1


async def test_a_time_out_after_which_slack_shows_the_message(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.bot.client.timeout = 1
        it.workspace.faults.set("chat.postMessage", delay=1.3, times=1)
        await it.answers()
        await it.workspace.until(lambda: it.workspace.recorded.of("conversations.history"), 10)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1}


async def test_each_attempt_is_one_request(sqlite_db: str, tmp_path: Path) -> None:
    """Cut, looked up, not there, posted: four requests, each once."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="before", times=1)
        await it.answers()
        await it.card()
        await settled(it)
        calls = [c.method for c in it.workspace.recorded if c.method in {"chat.postMessage", "conversations.history"}]
        assert calls == ["chat.postMessage", "conversations.history", "chat.postMessage"]


async def test_an_older_look_found_again_is_brought_up_to_date(sqlite_db: str, tmp_path: Path) -> None:
    """The card arrived, its answer did not; meanwhile the customer said more."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="after", times=1)
        await it.answers(response_id="r1", comment="")
        await it.workspace.until(it.cards)
        await it.answers(response_id="r1", comment="They never called back.")
        card = await it.card(lambda words: "They never called back." in words)
        await settled(it)
        assert set(surfaces(it.workspace).values()) == {1}
        assert len(thread_of(it, RELATIONAL, card["ts"])) == 1


async def test_without_the_look_up_the_card_is_doubled(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the tests above can fail: the same story with the guard off."""

    async def not_looked_up(*_args: object) -> NotThere:
        return NotThere()

    monkeypatch.setattr(messages, "look_up", not_looked_up)
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="after", times=1)
        await it.answers()
        await it.workspace.until(it.cards)
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 2}


async def test_the_look_up_reads_every_page(sqlite_db: str, tmp_path: Path) -> None:
    """People talk on while winback is in doubt."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="after", times=1)
        await it.answers()
        await it.workspace.until(it.cards)
        for number in range(450):
            it.workspace.message("U0JEN", RELATIONAL, f"Did you see this, number {number}?")
        await settled(it)
        assert surfaces(it.workspace) == {"case:1": 1}
        assert len(it.workspace.recorded.of("conversations.history")) == 3


async def test_a_channel_too_busy_to_search_is_not_posted_to_twice(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_PAGES", 1)
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", cut="after", times=1)
        await it.answers()
        await it.workspace.until(it.cards)
        for number in range(250):
            it.workspace.message("U0JEN", RELATIONAL, f"Did you see this, number {number}?")
        await it.workspace.until(lambda: len(it.workspace.recorded.of("conversations.history")) > 1, 15)
        assert len(sent_for(it.workspace, "case:1")) == 1
