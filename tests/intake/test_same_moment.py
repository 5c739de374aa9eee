"""Everything at once: the same delivery many times, many deliveries of one answer, many answers of one contact."""

import asyncio
import json
import time
from pathlib import Path

from tests.support.intake import (
    all_cases,
    answer,
    delighted,
    delivered,
    errors,
    inbox,
    intake,
    kept,
    understood,
)
from tests.support.shown import surfaces
from tests.support.story import RELATIONAL

MANY = 20
OPENED = "Opened a case."


async def test_twenty_times_the_same_delivery(database_url: str, tmp_path: Path) -> None:
    raw = json.dumps(delighted(3, "Slow.", event="e1")).encode()
    async with intake(database_url, tmp_path) as it:
        await asyncio.gather(*(delivered(it, "delighted", raw) for _ in range(MANY)))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED]
        assert (len(await kept(it.bot.db)), len(await all_cases(it.bot.db))) == (1, 1)
        assert surfaces(it.workspace) == {"case:1": 1}


async def test_twenty_deliveries_of_one_answer(database_url: str, tmp_path: Path) -> None:
    """Whichever comes first, the newest version stays, and there is one card."""
    at = int(time.time()) - 7200
    bodies = [delighted(n % 7, f"Version {n}.", updated=n, submitted=at, event=f"e{n}") for n in range(MANY)]
    async with intake(database_url, tmp_path) as it:
        await asyncio.gather(*(delivered(it, "delighted", body) for body in bodies))
        await understood(it)
        (row,) = await kept(it.bot.db)
        assert (row["score"], row["verbatim"]) == ((MANY - 1) % 7, f"Version {MANY - 1}.")
        assert len(await inbox(it.bot.db)) == MANY
        assert len(await all_cases(it.bot.db)) == 1
        assert surfaces(it.workspace)["case:1"] == 1


async def test_thirty_answers_of_one_contact(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        bodies = [answer(response_id=f"r{n:02}", score=n % 7) for n in range(30)]
        await asyncio.gather(*(delivered(it, "generic", body) for body in bodies))
        await understood(it)
        assert sorted(set(await errors(it.bot.db))) == ["Joined the contact's open case.", OPENED]
        assert (await errors(it.bot.db)).count(OPENED) == 1
        assert {row["case_id"] for row in await kept(it.bot.db)} == {1}
        cards = surfaces(it.workspace)
        assert cards["case:1"] == 1
        # The card and a line for each of the others, each once.
        assert (len(cards), set(cards.values())) == (30, {1})


async def test_answers_and_clicks_at_the_same_moment(database_url: str, tmp_path: Path) -> None:
    """A claim and ten more answers about the same case: nothing is lost, nobody is told a lie."""
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer())
        card = await it.card()
        bodies = [answer(response_id=f"s{n}", score=n) for n in range(10)]
        claim = it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await asyncio.gather(claim, *(delivered(it, "generic", body) for body in bodies))
        await it.card(lambda words: "Release" in words)
        await understood(it)
        (case,) = await all_cases(it.bot.db)
        assert (case["owner"], case["version"]) == ("U0PRIYA", 1 + 1 + 1 + len(bodies))
        assert {row["case_id"] for row in await kept(it.bot.db)} == {1}
