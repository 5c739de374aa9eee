"""Two processes' worth of winback on one Postgres: the work is shared, nothing is done twice."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from demo.rates import Pace
from demo.workspace import run_workspace
from handlers.hooks import secrets_of
from recovery.policy.file import load_policy
from store.tables import cases, events, responses
from tests.support.programmes import channel_of, key_of, policy_of, seed_of
from tests.support.sent import check_sent
from tests.support.shown import surfaces, waiting
from tests.support.story import MANIFEST, environment, surface_of, words_of
from winback.app import Winback, running
from winback.settings import from_environment

Json = dict[str, Any]
PROGRAMMES = 5
ANSWERS = 40
CLAIMERS = ("U0PRIYA", "U0JEN")


async def test_forty_answers_and_every_card_claimed_by_two_at_once(postgres_db: str, tmp_path: Path) -> None:
    """Slack's own limits, strictly: no refusal, no card twice, one owner each, the other told who."""
    seed = tmp_path / "seed.toml"
    seed.write_text(seed_of(PROGRAMMES), "utf-8")
    rules = load_policy(policy_of(PROGRAMMES))
    pace = Pace(methods={"conversations.info": None, "users.lookupByEmail": None})  # two starts at once
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(
            run_workspace(MANIFEST, clock_file=tmp_path / "clock", seed=seed, pace=pace)
        )
        variables = environment(workspace, postgres_db, socket=True, clock_file=tmp_path / "clock")
        bots: list[Winback] = []
        for _ in range(2):
            bot = running(from_environment(variables), rules, secrets_of(rules, variables))
            bots.append(await stack.enter_async_context(bot))
        await workspace.until(lambda: len(workspace.sockets.connections) == 2)
        begun = time.monotonic()
        for number in range(ANSWERS):
            workspace.hooks_url = f"http://127.0.0.1:{bots[number % 2].port}"
            posted = await workspace.answer(
                score=2,
                comment=f"Answer {number}.",
                email=f"c{number}@customer.example",
                programme=key_of(number % PROGRAMMES),
            )
            assert posted.status == 200

        def cards() -> list[tuple[str, Json]]:
            channels = [channel_of(n) for n in range(PROGRAMMES)]
            return [(c, m) for c in channels for m in workspace.messages(c) if surface_of(m)]

        await workspace.until(lambda: len(cards()) == ANSWERS, 60)
        seconds = time.monotonic() - begun
        clicks = [workspace.click(u, c, card["ts"], "case_claim") for c, card in cards() for u in CLAIMERS]
        await asyncio.gather(*clicks)
        # The cards follow at the pace of Slack's updates; the word to whoever came second does not wait for it.
        await workspace.until(lambda: len(_told(workspace)) == ANSWERS)
        bot = bots[0]
        async with bot.db.read() as tx:
            owned = {row.id: row.owner for row in await tx.conn.execute(sa.select(cases))}
            claimed = Counter(
                r.case_id for r in await tx.conn.execute(sa.select(events).where(events.c.kind == "claimed"))
            )
            assert await tx.conn.scalar(sa.select(sa.func.count()).select_from(responses)) == ANSWERS
        assert set(owned.values()) <= set(CLAIMERS)
        assert claimed == dict.fromkeys(owned, 1)
        await _lines(workspace, bot)
        assert set(surfaces(workspace).values()) == {1}
        assert not workspace.limits.refused
        # One channel after the other they would take as many seconds as there are answers.
        assert seconds < 0.6 * ANSWERS
        check_sent(workspace)


def _told(workspace: Any) -> list[str]:
    """What those who came second were told, in every channel."""
    found = [
        words_of(m) for n in range(PROGRAMMES) for user in CLAIMERS for m in workspace.ephemerals(user, channel_of(n))
    ]
    assert all("owns this case already." in words for words in found), found
    return found


async def _lines(workspace: Any, bot: Winback) -> None:
    """Each claim's line in its thread; cards are updated at 40 a minute, so only the lines are waited for."""

    async def all_there() -> bool:
        return not [surface for surface, _ in await waiting(bot.db) if ":note:" in surface]

    async with asyncio.timeout(40):
        while not await all_there():  # noqa: ASYNC110 - a row of the database tells nobody that it changed
            await asyncio.sleep(0.1)
    assert sum(":note:" in surface for surface in surfaces(workspace)) == ANSWERS
