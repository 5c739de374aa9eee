"""People who press Claim in the same instant: one owns the case, the others are told who."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from demo.rates import Pace
from demo.running import RunningWorkspace
from recovery.cases import case as rules
from store.cases import cases
from store.cases.case_rows import FIELDS
from store.engine import Database
from store.errors import Stale
from store.tables import cases as cases_table
from store.tables import events
from tests.support.shown import settled, surfaces, thread_of
from tests.support.story import RELATIONAL, Story, story, surface_of, words_of

Json = dict[str, Any]
CLAIMERS = ("U0PRIYA", "U0JEN", "U0KOFI", "U0MARCUS")
ROUNDS = 20

pytestmark = pytest.mark.usefixtures("no_pace", "short_rests")


async def owners(db: Database) -> dict[int, str]:
    async with db.read() as tx:
        rows = await tx.conn.execute(sa.select(cases_table.c.id, cases_table.c.owner))
        return {row.id: row.owner for row in rows}


async def claims(db: Database) -> dict[int, list[str]]:
    """Who claimed which case, as its history tells."""
    async with db.read() as tx:
        rows = await tx.conn.execute(sa.select(events.c.case_id, events.c.after).where(events.c.kind == "claimed"))
        found: dict[int, list[str]] = {}
        for row in rows:
            found.setdefault(row.case_id, []).append(row.after)
        return found


def told(workspace: RunningWorkspace, user: str) -> list[str]:
    return [words_of(m) for m in workspace.ephemerals(user, RELATIONAL)]


async def many_cards(it: Story, number: int) -> list[Json]:
    await asyncio.gather(*(it.answers(email=f"c{n}@customer.example", account_id=f"a{n}") for n in range(number)))
    await it.workspace.until(lambda: len(it.cards()) == number, 20)
    await settled(it)
    return it.cards()


async def test_twenty_cases_each_claimed_by_four_people_at_once(database_url: str, tmp_path: Path) -> None:
    async with story(database_url, tmp_path, pace=Pace.unlimited()) as it:
        for card in await many_cards(it, ROUNDS):
            press = it.workspace.click
            await asyncio.gather(*(press(user, RELATIONAL, card["ts"], "case_claim") for user in CLAIMERS))
        await settled(it, 30)
        found, history = await owners(it.bot.db), await claims(it.bot.db)
        assert {case: [owner] for case, owner in found.items()} == history
        assert set(found.values()) <= set(CLAIMERS)
        losers = ROUNDS * (len(CLAIMERS) - 1)
        await it.workspace.until(lambda: sum(len(told(it.workspace, user)) for user in CLAIMERS) == losers)
        for user in CLAIMERS:
            for words in told(it.workspace, user):
                assert any(f"<@{other}> owns this case already." in words for other in CLAIMERS if other != user)
        for card in it.cards():
            assert len(thread_of(it, RELATIONAL, card["ts"])) == 1
        assert set(surfaces(it.workspace).values()) == {1}


async def test_one_person_who_presses_five_times_at_once(database_url: str, tmp_path: Path) -> None:
    async with story(database_url, tmp_path, pace=Pace.unlimited()) as it:
        (card,) = await many_cards(it, 1)
        await asyncio.gather(*(it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim") for _ in range(5)))
        await settled(it)
        assert await claims(it.bot.db) == {1: ["U0PRIYA"]}
        await it.workspace.until(lambda: len(told(it.workspace, "U0PRIYA")) == 4)
        assert set(told(it.workspace, "U0PRIYA")) == {"You own this case already."}


async def test_claim_and_release_in_the_same_instant(database_url: str, tmp_path: Path) -> None:
    """Whatever comes first: the history is a chain in which each change begins where the last one ended."""
    async with story(database_url, tmp_path, pace=Pace.unlimited()) as it:
        for card in await many_cards(it, 5):
            await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
            await it.workspace.until(
                lambda ts=card["ts"]: "Log outreach" in words_of(it.workspace.thread(RELATIONAL, ts)[0])  # type: ignore[misc]
            )
            press = it.workspace.click
            release = surface_of(card).replace("case:", "release:")
            await asyncio.gather(
                press("U0PRIYA", RELATIONAL, card["ts"], "case_more", value=release),
                press("U0MARCUS", RELATIONAL, card["ts"], "case_more", value=release),
            )
        await settled(it, 30)
        async with it.bot.db.read() as tx:
            rows = list(await tx.conn.execute(sa.select(events).order_by(events.c.case_id, events.c.version)))
        for case_id, owner in (await owners(it.bot.db)).items():
            chain = [row for row in rows if row.case_id == case_id]
            assert [row.version for row in chain] == list(range(1, len(chain) + 1))
            kinds = [row.kind for row in chain if row.kind in {"claimed", "released"}]
            assert kinds == ["claimed", "released"]
            assert owner == ""


async def _two_decide_on_the_same_state(it: Story) -> None:
    """Both read the case while it is open; both decide to claim; both save, one after the other."""
    db = it.bot.db
    async with db.read() as tx:
        seen = await cases.get(tx, 1)
        now = tx.now
    for user in ("U0PRIYA", "U0JEN"):
        async with db.write() as tx:
            await cases.save(tx, rules.claim(seen, user, now))


async def test_a_save_on_an_old_state_is_refused(database_url: str, tmp_path: Path) -> None:
    async with story(database_url, tmp_path, pace=Pace.unlimited()) as it:
        await many_cards(it, 1)
        with pytest.raises(Stale):
            await _two_decide_on_the_same_state(it)
        assert await owners(it.bot.db) == {1: "U0PRIYA"}


async def test_without_the_version_two_would_own_it(
    sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows what the guard is for: without the version in the statement the second claim overwrites the first.

    The history's own constraint is the second net; it is taken away as well.
    """
    unguarded = (
        sa.update(cases_table)
        .where(
            cases_table.c.id == sa.bindparam("the_id"), sa.bindparam("the_version", 0) == sa.bindparam("the_version", 0)
        )
        .values({name: sa.bindparam(name) for name in (*FIELDS, "version")})
    )
    append = cases._append

    async def on_a_free_version(tx: Any, case: Any, event: Any) -> None:
        from dataclasses import replace  # noqa: PLC0415

        await append(tx, replace(case, version=case.version + 100 * CLAIMERS.index(case.owner)), event)

    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await many_cards(it, 1)
        monkeypatch.setattr(cases, "_SAVE", unguarded)
        monkeypatch.setattr(cases, "_append", on_a_free_version)
        await _two_decide_on_the_same_state(it)
        assert await owners(it.bot.db) == {1: "U0JEN"}
        assert await claims(it.bot.db) == {1: ["U0PRIYA", "U0JEN"]}
