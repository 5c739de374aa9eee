"""The whole way to Slack, with the real bot and a moved clock: who is told, once, and two replicas that share it."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from demo.rates import Pace
from demo.workspace import run_workspace
from handlers.hooks import secrets_of
from recovery.policy.file import load_policy
from store.cases import notices
from store.tables import bulletins
from tests.story.acting import PRIYA, Acting, Json
from tests.story.conftest import acting, unhurried
from tests.story.steps.working import later, logs, now, owned
from tests.support.sent import check_sent
from tests.support.shown import settled
from tests.support.story import MANIFEST, POLICY, Story, environment, surface_of
from winback.app import running
from winback.settings import from_environment

ELENA = "U0ELENA"
HEARING = ("U0MARCUS", ELENA, "U0TOMAS")  # the lead, the manager, and who manages the accounts' segment
BOUNCED = {"result": "bounced", "note": ""}


async def test_a_case_left_alone_is_told_of_step_by_step(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case = await owned(it)
        await logs(it, PRIYA, case, "outreach", **BOUNCED)
        await later(it, hours=25)
        await it.workspace.until(lambda: told(it, PRIYA))
        await settled(it.story)
        assert len(told(it, PRIYA)) == 1
        assert told(it, ELENA) == []
        await later(it, hours=24)
        await it.workspace.until(lambda: told(it, ELENA))
        await settled(it.story)
        assert (len(told(it, PRIYA)), len(told(it, ELENA))) == (2, 1)
        await later(it, hours=24)
        await it.workspace.until(lambda: len(told(it, ELENA)) == 2)
        await settled(it.story)
        assert len(told(it, PRIYA)) == 2
        before = [message["blocks"] for message in told(it, ELENA)]
        await logs(it, PRIYA, case, "outreach")
        await it.workspace.until(lambda: all(m["blocks"] not in before for m in told(it, ELENA)))
        await settled(it.story)
        assert len(told(it, ELENA)) == 2, "what was said is changed in place"


async def test_two_replicas_say_each_thing_once(postgres_db: str, tmp_path: Path) -> None:
    """Twelve cases late at the same moment: a message for each person that they concern, whoever of the two speaks."""
    rules = load_policy(POLICY.read_text("utf-8"))
    clock_file = tmp_path / "clock"
    async with AsyncExitStack() as stack:
        stack.enter_context(unhurried())
        workspace = await stack.enter_async_context(
            run_workspace(MANIFEST, clock_file=clock_file, pace=Pace.unlimited())
        )
        variables = environment(workspace, postgres_db, socket=True, clock_file=clock_file)
        settings = from_environment(variables)
        bots = [
            await stack.enter_async_context(running(settings, rules, secrets_of(rules, variables))) for _ in range(2)
        ]
        workspace.hooks_url = workspace.bot_url = f"http://127.0.0.1:{bots[0].port}"
        await workspace.until(lambda: len(workspace.sockets.connections) == 2)
        it = Acting(Story(workspace, settings, bots[0]))
        await until_monday(it)
        for _ in range(12):
            await it.opens()
        await later(it, hours=8)
        for user in HEARING:
            await workspace.until(lambda user=user: told(it, user))
        await settled(it.story)
        assert {user: len(told(it, user)) for user in (*HEARING, PRIYA)} == {**dict.fromkeys(HEARING, 1), PRIYA: 0}
        async with bots[1].db.read() as tx:
            rows = (await tx.conn.execute(bulletins.select().where(bulletins.c.kind == "alerts"))).all()
            for row in rows:
                assert len(await notices.bulletin_items(tx, row.id)) == 12
        assert sorted(row.user_id for row in rows) == sorted(HEARING)
        check_sent(workspace)


def told(it: Acting, user: str) -> list[Json]:
    """The messages of alerts that a person got."""
    return [message for message in it.workspace.dms(user) if surface_of(message).startswith("bulletin:")]


async def until_monday(it: Acting) -> None:
    """The morning of the next Monday on which everybody works."""
    day = now(it).date() + timedelta(days=1)
    while day.weekday() != 0 or (day.month, day.day) in {(12, 28), (12, 21), (1, 4)}:
        day += timedelta(days=1)
    monday = datetime.combine(day, time(9, 30), UTC)
    await later(it, seconds=(monday - now(it)).total_seconds())
