"""The bot is killed again and again, at random moments, under load. Nothing is lost and nothing is there twice."""

import asyncio
import os
import random
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from store.clock import SystemClock
from store.engine import Database
from store.tables import cases, deliveries, events, responses
from store.tables import outbox as rows
from tests.support.load import Ledger, Load
from tests.support.process import BotProcess
from tests.support.programmes import policy_of, seed_of
from tests.support.sent import sent_problems
from tests.support.story import MANIFEST, environment, surface_of, words_of

PROGRAMMES = 10
KILLS = int(os.environ.get("WINBACK_KILLS", "100"))
# Slack is slower than this machine: a call on its way when the bot dies is the interesting one.
SLACK_SECONDS = 0.08
DRAIN_SECONDS = 180.0
STARTING, AT_RANDOM = "while starting", "at random"
AS_SLACK_TOOK = {
    "as Slack took a message": {"chat.postMessage"},
    "as Slack took a call": {"chat.update", "conversations.history", "conversations.replies"},
}

Json = dict[str, Any]


@pytest.mark.crash
@pytest.mark.timeout(900)
async def test_a_hundred_kills_lose_and_double_nothing(
    sqlite_db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _killed_under_load(sqlite_db, tmp_path, capsys, processes=1, kills=KILLS)


@pytest.mark.crash
@pytest.mark.timeout(900)
async def test_two_processes_on_postgres_killed_in_turn(
    postgres_db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one had in flight is looked up by the other when its lease of a minute ends: so, fewer kills."""
    await _killed_under_load(postgres_db, tmp_path, capsys, processes=2, kills=max(1, KILLS // 5))


async def _killed_under_load(
    url: str, folder: Path, capsys: pytest.CaptureFixture[str], *, processes: int, kills: int
) -> None:
    seed = int(os.environ.get("WINBACK_SEED", str(secrets.randbits(32))))
    begun = time.monotonic()
    policy, people, clock = folder / "policy.toml", folder / "seed.toml", folder / "clock"
    policy.write_text(policy_of(PROGRAMMES), "utf-8")
    people.write_text(seed_of(PROGRAMMES), "utf-8")
    # A workspace without limits of its own: a hundred starts in two minutes are no reason to be refused.
    async with run_workspace(MANIFEST, clock_file=clock, seed=people, pace=Pace.unlimited()) as workspace:
        for method in ("chat.postMessage", "chat.update", "conversations.history", "conversations.replies"):
            workspace.faults.set(method, delay=SLACK_SECONDS)
        variables = environment(workspace, url, socket=False, clock_file=clock) | {"WINBACK_POLICY": str(policy)}
        bots = [BotProcess(variables, folder / f"winback-{number}.log") for number in range(processes)]
        load = Load(workspace, PROGRAMMES, seed)
        loading = asyncio.create_task(load.run())
        db = Database(url, SystemClock())
        try:
            how = await _kill_again_and_again(workspace, bots, kills, random.Random(seed), loading)
            killed_at = time.monotonic()
            load.stopping = True
            await _reachable(workspace, *bots)
            await loading
            async with asyncio.timeout(DRAIN_SECONDS):
                while not await _drained(db):  # noqa: ASYNC110 - another process's rows tell nobody that they changed
                    await asyncio.sleep(0.1)
            drained_at = time.monotonic()
            assert [await bot.stop() for bot in bots] == [0] * processes
            report, problems = await _compare(workspace, db, load.ledger)
        except BaseException:
            print(f"WINBACK_SEED={seed}\n{bots[0].log_end()}")  # noqa: T201 - to try the same again
            raise
        finally:
            loading.cancel()
            for bot in bots:
                await bot.kill()
            await db.close()
    logs = [line for bot in bots for line in bot.log.read_text("utf-8").splitlines()]
    problems += [f"logged: {line}" for line in logs if " ERROR " in line or "Traceback" in line]
    problems += sent_problems(workspace.recorded)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what this test is for
            f"\n{kills} kills ({', '.join(f'{n} {name}' for name, n in sorted(how.items()))}), {report}; "
            f"{killed_at - begun:.0f} s of kills, {drained_at - killed_at:.0f} s to catch up"
        )
    assert not problems, f"WINBACK_SEED={seed}\n" + "\n".join(problems[:50])


async def _kill_again_and_again(
    workspace: RunningWorkspace, bots: list[BotProcess], kills: int, dice: random.Random, loading: asyncio.Task[None]
) -> Counter[str]:
    how: Counter[str] = Counter()
    for _ in range(kills):
        assert not loading.done(), loading.exception()
        victim = dice.choice(bots)
        way = dice.choice([STARTING, AT_RANDOM, AT_RANDOM, *AS_SLACK_TOOK])
        await _reachable(workspace, *(bot for bot in bots if bot is not victim))
        if not victim.running:
            # Socket Mode or HTTP, whatever the dice say: the same database serves both.
            await victim.spawn(SLACK_APP_TOKEN="xapp-demo-winback" if dice.random() < 0.5 else "")
        if way == STARTING:
            await asyncio.sleep(dice.uniform(0.0, 0.7))
        else:
            await _reachable(workspace, victim)
            patience = dice.uniform(0.05, 1.2)
            if way == AT_RANDOM:
                await asyncio.sleep(patience)
            else:
                await _until_called(workspace, victim, AS_SLACK_TOOK[way], dice.randrange(4), patience + 0.5)
        await victim.kill()
        how[way] += 1
    return how


async def _reachable(workspace: RunningWorkspace, *bots: BotProcess) -> None:
    """Each runs and is ready; payloads and answers go to the last of them."""
    for bot in bots:
        if not bot.running:
            await bot.spawn()
        workspace.bot_url = workspace.hooks_url = await bot.ready()


async def _until_called(
    workspace: RunningWorkspace, bot: BotProcess, methods: set[str], skip: int, patience: float
) -> None:
    """Kills at the moment the workspace has carried out such a call and before its answer leaves."""
    seen = len(workspace.recorded)
    left = skip
    killed = asyncio.Event()

    def look(news: Json) -> None:
        nonlocal seen, left
        if news["topic"] != "recorded":
            return
        for call in workspace.recorded.since(seen):
            seen += 1
            if call.method in methods:
                left -= 1
        if left < 0:
            bot.kill_now()
            killed.set()

    stop = workspace.state.changes.listen(look)
    try:
        async with asyncio.timeout(patience):
            await killed.wait()
    except TimeoutError:
        pass  # there was no such call this time: killed now, then
    finally:
        stop()


async def _drained(db: Database) -> bool:
    async with db.read() as tx:
        waiting = await tx.conn.scalar(
            sa.select(sa.func.count()).select_from(deliveries).where(deliveries.c.state == "waiting")
        )
        unshown = sa.select(sa.func.count()).where(rows.c.wanted > rows.c.shown, sa.not_(rows.c.stopped))
        return not waiting and not await tx.conn.scalar(unshown)


async def _compare(workspace: RunningWorkspace, db: Database, ledger: Ledger) -> tuple[str, list[str]]:
    """Figures for people, and everything that is not as it was promised."""
    async with db.read() as tx:
        kept = {r.response_id: r for r in await tx.conn.execute(sa.select(responses))}
        found = {f"case:{c.id}": c for c in await tx.conn.execute(sa.select(cases))}
        told = list(await tx.conn.execute(sa.select(events).order_by(events.c.case_id, events.c.version)))
        emails = {
            row.email: row.n
            for row in await tx.conn.execute(
                sa.text(
                    "SELECT contacts.email AS email, count(*) AS n FROM cases "
                    "JOIN contacts ON contacts.id = cases.contact_id GROUP BY contacts.email"
                )
            )
        }
    shown = Counter(surface_of(m) for room in workspace.state.rooms for m in _everything(workspace, room))
    del shown[""]
    problems = _lost(ledger, kept, found, told, emails) + _mislaid(workspace, found, told, shown)
    doubled = [f"{surface} is there {n} times" for surface, n in shown.items() if n > 1]
    lines = Counter(surface.split(":")[0] + (":note" if ":note:" in surface else "") for surface in shown)
    figures = (
        f"{len(ledger.accepted)} answers in {ledger.tries['deliveries']} deliveries, {lines['case']} cards, "
        f"{lines['case:note']} notes, {lines['dm']} direct messages, "
        f"{len(ledger.claimed) + len(ledger.contested)} claims ({len(ledger.contested)} contested) "
        f"in {ledger.tries['clicks']} clicks, {len(ledger.released)} released, "
        f"lost {len(problems)}, doubled {len(doubled)}"
    )
    return figures, problems + doubled


def _lost(ledger: Ledger, kept: Json, found: Json, told: list[Any], emails: dict[str, int]) -> list[str]:
    """Promised to survey tools or people, and not in the database."""
    problems = [f"answer {r} got a 200 and is lost" for r in ledger.accepted if r not in kept]
    problems += [
        f"answer {r} has not its last comment"
        for r, body in ledger.accepted.items()
        if r in kept and kept[r].verbatim != body["comment"]
    ]
    problems += [f"{e} has {emails.get(e, 0)} cases" for e in ledger.contacts if emails.get(e) != 1]
    owners = {(f"case:{e.case_id}", e.after) for e in told if e.kind == "claimed"}
    claims = Counter(f"case:{e.case_id}" for e in told if e.kind == "claimed")
    released = {f"case:{e.case_id}" for e in told if e.kind == "released"}
    for surface, user in ledger.claimed.items():
        if (surface, user) not in owners or claims[surface] != 1:
            problems.append(f"{surface} was claimed by {user}; the history says {owners}")
        if found[surface].owner != ("" if surface in released else user):
            problems.append(f"{surface} was claimed by {user} and belongs to {found[surface].owner!r}")
    for surface, users in ledger.contested.items():
        if claims[surface] != 1 or found[surface].owner not in {"U0PRIYA", "U0JEN", "U0KOFI"}:
            problems.append(f"{surface}, wanted by {users}, belongs to {found[surface].owner!r}")
    return problems


def _mislaid(workspace: RunningWorkspace, found: Json, told: list[Any], shown: Counter[str]) -> list[str]:
    """In the database, and not (rightly) in Slack."""
    problems = [f"{surface} has no card" for surface in found if not shown[surface]]
    flags = Counter(f"case:{e.case_id}" for e in told if e.kind == "flagged")
    problems += [f"{surface} was flagged {flags[surface]} times" for surface in found if flags[surface] != 1]
    lines: dict[str, list[str]] = {surface: [] for surface in found}
    for event in told:
        # The card itself says whom it asks; only a routing that replaces another one has a line.
        quiet = event.kind in {"opened", "flagged"} or (event.kind == "routed" and not event.before)
        if not quiet:
            lines[f"case:{event.case_id}"].append(f"case:{event.case_id}:note:{event.version}")
        if event.kind == "released" and not shown[f"dm:{event.before}:case:{event.case_id}:{event.version}"]:
            problems.append(f"{event.before} was not told that case {event.case_id} was released")
    for room in workspace.state.rooms:
        for card in workspace.messages(room):
            surface = surface_of(card)
            if surface not in found:
                continue
            thread = [surface_of(line) for line in workspace.thread(room, card["ts"])[1:]]
            if thread != lines[surface]:
                problems.append(f"the thread of {surface} reads {thread}, expected {lines[surface]}")
            if found[surface].owner and found[surface].owner not in words_of(card):
                problems.append(f"{surface} does not show its owner {found[surface].owner}")
    return problems


def _everything(workspace: RunningWorkspace, room: str) -> list[Json]:
    return [m for top in workspace.messages(room) for m in workspace.thread(room, top["ts"])]
