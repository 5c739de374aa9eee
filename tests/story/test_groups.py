"""User groups of Slack in the policy: their people lead, take turns and come and go as Slack says."""

from pathlib import Path

import pytest

from demo.people import User, UserGroup
from store.clock import SystemClock
from store.engine import Database
from store.slack import people
from tests.story.acting import ELENA, JEN, KOFI, MARCUS, PRIYA, SAM, Acting, soon
from tests.story.conftest import acting
from tests.support.story import POLICY

CSM, LEADS = "S0CSM", "S0CSLEADS"
GROUPED = (
    POLICY.read_text("utf-8")
    .replace('rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]', f'rotation = ["{CSM}"]')
    .replace('leads = ["marcus@acme.example"]', f'leads = ["{LEADS}"]')
)
KNOWN = {CSM: (JEN, KOFI, PRIYA), LEADS: (MARCUS,)}
NOBODY_HERE = f"the user group {CSM} (rotation) has nobody in it"


async def test_leads_and_the_rotation_are_groups(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
        assert it.story.bot.house.directory.groups == KNOWN
        asked = [await it.opens(comment="Slow.", segment="") for _ in range(4)]
        for case, name in zip(asked, ("Jen", "Kofi", "Priya", "Jen"), strict=True):
            assert f"{name} is next in rotation" in it.card(case)
        # Marcus leads by the group, Elena does not.
        assert await it.withdraws(MARCUS, asked[0], "test", "Their own test account.") == {}
        await it.shows(asked[0], "Withdrawn")
        assert "<@U0MARCUS> can do it" in await it.refused(PRIYA, asked[1], "case_assign")


async def test_who_joins_a_group_has_its_part_at_once_and_who_leaves_loses_it(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
        case = await it.opens()
        leads = it.workspace.recorded.of("usergroups.users.list")
        assert "<@U0MARCUS> can do it" in await it.refused(JEN, case, "case_assign")
        it.workspace.state.users["U0NOVA"] = User("U0NOVA", "nova", "Nova Lind", email="nova@acme.example")
        it.workspace.life.regroup(LEADS, JEN, "U0NOVA")
        await soon(lambda: it.story.bot.house.directory.groups[LEADS] == (JEN, "U0NOVA"))
        # No policy names Nova: she is looked up with her group.
        await soon(lambda: it.story.bot.house.directory.name("U0NOVA") == "Nova Lind")
        assert len(it.workspace.recorded.of("usergroups.users.list")) == len(leads) + 1
        view = await it.opens_modal(JEN, case, "case_assign")
        assert view["callback_id"] == "assign"
        assert "<@U0JEN> or <@U0NOVA> can do it" in await it.refused(MARCUS, case, "case_assign")


async def test_an_event_that_comes_late_changes_nothing(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
        it.workspace.life.regroup(CSM, PRIYA)
        await soon(lambda: it.story.bot.house.directory.groups[CSM] == (PRIYA,))
        late = {"type": "subteam_members_changed", "subteam_id": CSM, "added_users": [SAM], "event_ts": "1.0"}
        for group in (CSM, "S0NOWHERE", LEADS):
            wrapped = it.workspace.delivery._wrapped({**late, "subteam_id": group})
            assert (await it.sends("events_api", wrapped)).ok
        await it.workspace.until(lambda: _asked_last(it) == LEADS)
        assert it.story.bot.house.directory.groups == {CSM: (PRIYA,), LEADS: (MARCUS,)}


async def test_a_slack_that_does_not_say_leaves_a_group_as_it_was(
    sqlite_db: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
        bot = it.story.bot
        known = bot.house.directory.groups
        for fault in ({"error": "internal_error"}, {"status": 503}, {"error": "plan_upgrade_required"}):
            it.workspace.faults.set("usergroups.users.list", **fault)
            await bot.directory.refresh()
            it.workspace.faults.clear()
        assert bot.house.directory.groups == known
        assert f"the people of the user group {CSM} can't be found in Slack: plan_upgrade_required" in caplog.text
        # A moment's patience is enough where Slack asks for it.
        it.workspace.state.seed.usergroups[CSM].users.append(ELENA)
        it.workspace.faults.set("usergroups.users.list", status=429, retry_after=1, times=1)
        await bot.directory.refresh()
        assert ELENA in bot.house.directory.groups[CSM]


async def test_a_group_that_is_gone_or_empty_has_nobody_and_the_card_says_so(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
        groups = it.workspace.state.seed.usergroups
        kept: UserGroup = groups.pop(CSM)
        await it.story.bot.directory.refresh()
        assert CSM not in it.story.bot.house.directory.groups
        case = await it.opens(comment="Slow.", segment="")
        await it.shows(case, f"{NOBODY_HERE}, so Marcus, the lead, is asked")
        groups[CSM] = kept
        it.workspace.life.regroup(CSM)
        it.workspace.life.regroup(LEADS)
        await soon(lambda: not it.story.bot.house.directory.groups)
        case = await it.opens(comment="Slow.", segment="")
        await it.shows(case, NOBODY_HERE, "nobody is free: the whole channel is asked")
        await it.click(PRIYA, case, "case_claim")
        assert await it.owner(case) == PRIYA


async def test_what_was_known_of_a_group_outlives_the_process(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, policy=GROUPED) as it:
        await first_look(it)
    db = Database(sqlite_db, SystemClock())
    async with db.read() as tx:
        assert (await people.load(tx)).groups == KNOWN
    await db.close()


async def first_look(it: Acting) -> None:
    """Waits until the bot has read the groups and knows their people."""
    await soon(lambda: it.story.bot.house.directory.groups == KNOWN)
    await soon(lambda: it.story.bot.house.directory.name(KOFI))


def _asked_last(it: Acting) -> str:
    return str(it.workspace.recorded.of("usergroups.users.list")[-1].args.get("usergroup"))
