"""In order, at Slack's pace, and always the newest look (architecture, decision 4)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from demo.rates import Pace
from store.slack import outbox as waiting_room
from store.slack.outbox import Rank, Wanted
from tests.support.shown import row_of, sent_for, settled, surfaces, thread_of
from tests.support.story import RELATIONAL, Story, story, surface_of, words_of

Json = dict[str, Any]


async def ready(it: Story) -> tuple[int, list[str]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{it.bot.port}/readyz") as answer:
        return answer.status, (await answer.json())["problems"]


def posts(it: Story) -> list[str]:
    """The surfaces of the accepted posts, in the order in which Slack took them."""
    return [surface_of(call.args) for call in it.workspace.recorded.of("chat.postMessage", ok=True)]


async def test_twelve_cards_in_one_channel_at_slacks_pace(sqlite_db: str, tmp_path: Path) -> None:
    """Twelve messages at one a second take eleven seconds: hardly more, and none is refused."""
    async with story(sqlite_db, tmp_path) as it:
        await asyncio.gather(*(it.answers(email=f"c{n}@customer.example", acv=1000) for n in range(12)))
        await it.workspace.until(lambda: len(it.cards()) == 12, 20)
        at = [call.at for call in it.workspace.recorded.of("chat.postMessage", ok=True)]
        assert not it.workspace.limits.refused
        assert at[-1] - at[0] <= 11 * 1.05


async def test_ten_changes_in_a_second_are_a_post_and_few_updates(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path) as it:
        for number in range(10):
            await it.answers(response_id="r1", comment=f"Thought number {number}.")
        await it.card(lambda words: "Thought number 9." in words)
        changes = len(sent_for(it.workspace, "case:1"))
        assert len(it.workspace.recorded.of("chat.postMessage", ok=True)) >= 1
        assert changes <= 5
        assert not it.workspace.limits.refused


async def test_an_old_look_never_overwrites_a_newer_one(sqlite_db: str, tmp_path: Path) -> None:
    """Every update is slow, the case changes all the while; what Slack took last is the last look."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers(response_id="r1", comment="Thought number 0.")
        await it.card()
        it.workspace.faults.set("chat.update", delay=0.2)
        for number in range(1, 12):
            await it.answers(response_id="r1", comment=f"Thought number {number}.")
        await it.card(lambda words: "Thought number 11." in words)
        looks = [words_of(call.args) for call in sent_for(it.workspace, "case:1")]
        shown = [next(n for n in range(12) if f"Thought number {n}." in look) for look in looks]
        assert shown == sorted(shown)
        await settled(it, 30)
        assert "Thought number 11." in words_of(it.cards()[0])


@pytest.mark.usefixtures("no_pace", "short_rests")
async def test_a_change_during_a_slow_update_is_shown_after_it(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        it.workspace.faults.set("chat.update", delay=0.3, times=1)
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.workspace.until(lambda: not it.workspace.faults.on)
        await it.workspace.click("U0MARCUS", RELATIONAL, card["ts"], "case_claim")
        await it.answers(score=4, comment="And nobody called.")
        await settled(it)
        assert surfaces(it.workspace)["case:1"] == 1
        assert len(sent_for(it.workspace, "case:1")) == 3


@pytest.mark.usefixtures("no_pace", "short_rests")
@pytest.mark.parametrize(
    "fault",
    [{"error": "internal_error"}, {"cut": "after"}, {"status": 429, "error": "ratelimited", "retry_after": 1}],
    ids=lambda fault: str(next(iter(fault.values()))),
)
async def test_lines_keep_their_order_when_one_fails(sqlite_db: str, tmp_path: Path, fault: Json) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers(response_id="r1", comment="")
        card = await it.card()
        it.workspace.faults.set("chat.postMessage", times=3, **fault)
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.answers(response_id="r1", comment="And nobody called.")
        await it.answers(response_id="r2", score=4, comment="Still nobody.")
        lines = await it.workspace.until(
            lambda: len(thread_of(it, RELATIONAL, card["ts"])) == 3 and it.workspace.thread(RELATIONAL, card["ts"]), 15
        )
        await settled(it)
        versions = [int(surface_of(line).rsplit(":", 1)[1]) for line in lines[1:]]
        assert versions == sorted(versions)
        assert set(surfaces(it.workspace).values()) == {1}


@pytest.mark.usefixtures("no_pace", "short_rests")
async def test_a_line_never_comes_before_its_card(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.faults.set("chat.postMessage", error="internal_error", times=2)
        await it.answers(response_id="r1", comment="")
        await it.answers(response_id="r1", comment="And nobody called.")
        await it.workspace.until(lambda: len(posts(it)) == 2, 10)
        await settled(it)
        assert posts(it) == ["case:1", "case:1:note:2"] or posts(it) == ["case:1", "case:1:note:3"]


async def test_critical_cases_first(sqlite_db: str, tmp_path: Path) -> None:
    """Behind the card under way, the large account goes before those that came earlier."""
    async with story(sqlite_db, tmp_path) as it:
        for number in range(4):
            await it.answers(
                email=f"c{number}@customer.example", account_id=f"a{number}", account_name=f"Small {number}", acv=1000
            )
        await it.answers(email="big@customer.example", account_id="big", account_name="Large Ltd", acv=900_000)
        await it.workspace.until(lambda: len(it.cards()) == 5, 10)
        names = [next(n for n in ("Small", "Large") if n in words_of(card)) for card in it.cards()]
        assert names.index("Large") <= 1


@pytest.mark.usefixtures("short_rests")
async def test_a_channel_that_waits_holds_up_no_other(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path) as it:
        it.workspace.faults.set("chat.postMessage", error="brand_new_error", times=1)
        await it.answers()
        await it.answers(email="other@customer.example", programme="onboarding")
        await it.workspace.until(lambda: it.cards() and it.cards("C0ONBOARDING"))
        await settled(it)


async def test_retry_after_closes_the_lane_for_everybody(sqlite_db: str, tmp_path: Path) -> None:
    """One refusal, two seconds' rest, and nothing else is even tried meanwhile."""
    async with story(sqlite_db, tmp_path) as it:
        it.workspace.faults.set("chat.postMessage", status=429, error="ratelimited", retry_after=2, times=1)
        for number in range(3):
            await it.answers(email=f"c{number}@customer.example")
        await it.workspace.until(lambda: len(it.cards()) == 3, 15)
        calls = it.workspace.recorded.of("chat.postMessage")
        assert [call.ok for call in calls] == [False, True, True, True]
        assert calls[1].at - calls[0].at >= 2


@pytest.mark.usefixtures("short_rests")
async def test_retry_after_of_an_update_closes_its_burst_too(sqlite_db: str, tmp_path: Path) -> None:
    """Updates may come ten at once, but not after Slack asked for a rest."""
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        for number in range(3):
            await it.answers(email=f"c{number}@customer.example")
        await it.workspace.until(lambda: len(it.cards()) == 3, 10)
        await settled(it)
        it.workspace.faults.set("chat.update", status=429, error="ratelimited", retry_after=2, times=1)
        first, *others = it.cards()
        await it.workspace.click("U0PRIYA", RELATIONAL, first["ts"], "case_claim")
        await it.workspace.until(lambda: it.workspace.recorded.of("chat.update", ok=False))
        for card in others:
            await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.workspace.until(lambda: len(it.workspace.recorded.of("chat.update", ok=True)) == 3, 10)
        refused, *taken = it.workspace.recorded.of("chat.update")
        assert all(call.at - refused.at >= 2 for call in taken)


@pytest.mark.usefixtures("short_rests", "no_pace")
async def test_a_revoked_token_is_tried_seldom_and_nothing_is_lost(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        it.workspace.state.revoked = True
        for number in range(20):
            await it.answers(email=f"c{number}@customer.example")
        await it.workspace.until(lambda: it.workspace.recorded.of("chat.postMessage"))
        await it.workspace.until(lambda: len(it.workspace.recorded.of("chat.postMessage")) == 3, 10)
        refused = [call.at for call in it.workspace.recorded.of("chat.postMessage")]
        assert refused[2] - refused[0] >= 1.9  # LOCKED_OUT_REST is a second here
        status, problems = await ready(it)
        assert (status, problems) == (503, ["Slack refuses our token (token_revoked)."])
        it.workspace.state.revoked = False
        await it.workspace.until(lambda: len(it.cards()) == 20, 15)
        await settled(it)
        assert (await ready(it))[0] == 200
        assert set(surfaces(it.workspace).values()) == {1}


@pytest.mark.usefixtures("short_rests", "no_pace")
async def test_a_row_that_can_not_be_drawn_stops_nobody_else(database_url: str, tmp_path: Path) -> None:
    async with story(database_url, tmp_path, pace=Pace.unlimited()) as it:
        async with it.bot.db.write() as tx:
            await waiting_room.want(
                tx,
                Wanted("case:99999", RELATIONAL, Rank.ESCALATION),
                Wanted("from:a:newer:version", RELATIONAL, Rank.ESCALATION),
            )
        await it.answers()
        card = await it.card()
        async with it.bot.db.write() as tx:
            await waiting_room.want(tx, Wanted("case:1:note:99", RELATIONAL, Rank.NOTE, parent="case:1"))
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Release" in words)
        assert "can't be drawn" in (await row_of(it.bot.db, "case:99999")).error


@pytest.mark.usefixtures("short_rests", "no_pace")
async def test_updates_with_nothing_new_cost_no_call(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        await it.card()
        await settled(it)
        before = len(it.workspace.recorded)
        for _ in range(30):
            async with it.bot.db.write() as tx:
                await waiting_room.refresh(tx, "case:1")
            await settled(it)
        assert len(it.workspace.recorded) == before
        async with it.bot.db.read() as tx:
            free = await tx.conn.scalar(sa.text("SELECT free_at FROM lanes WHERE lane = 'update'"))
        assert free is None or (await lane_of(it, "update")) <= timedelta(0)


async def lane_of(it: Story, name: str) -> timedelta:
    """How far from now the lane is due."""
    from store.slack import lanes  # noqa: PLC0415

    async with it.bot.db.read() as tx:
        return (await lanes.free_at(tx, {name}))[name] - tx.wall
