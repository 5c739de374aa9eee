"""The App Home: my cases and those that wait for an owner; it follows what happens."""

from pathlib import Path

from tests.story.acting import ELENA, INGRID, JEN, KOFI, MARCUS, PRIYA, SAM, Acting, Shown
from tests.story.conftest import acting
from tests.story.steps.working import later, logs, now, owned
from tests.support.quarters import in_one_quarter
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of

CALM, WAITING = "Nothing needs you today", "Waiting for an owner"


async def home(it: Acting, user: str, *words: str) -> str:
    """The tab's words as soon as all of these are among them."""

    def there() -> str:
        said = words_of(it.workspace.home(user) or {})
        return said if said.strip() and all(word in said for word in words) else ""

    return str(await it.workspace.until(there))


async def turn(it: Acting, user: str, action: str) -> None:
    await it.workspace.click_view(user, it.workspace.home(user)["id"], action)


async def test_a_home_follows_the_cases(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.life.open_home(PRIYA)
        said = await home(it, PRIYA)
        assert said.split("\n")[1:] == [CALM, WAITING, "Every case has an owner."]

        case = await it.opens()
        it.workspace.life.open_home(PRIYA)
        said = await home(it, PRIYA, f"{WAITING} (1)", "Claim")
        assert said.index(CALM) < said.index(WAITING) < said.index(case.customer)

        # From the home itself: the button of a row is what comes next.
        await turn(it, PRIYA, "case_claim")
        said = await home(it, PRIYA, "Later (1)", "Every case has an owner.", "nothing to contact so far")
        assert f"🟡 2 · {case.customer} · $180k" in said
        assert "Outreach due" in said
        link = f"https://slack.com/archives/{case.channel}/p{case.ts.replace('.', '')}"
        assert f"<{link}|Open card>" in said
        await turn(it, PRIYA, "case_log_outreach")
        await it.workspace.until(lambda: it.workspace.views(PRIYA))

        await it.shows(case, "Log outreach")
        await it.click(PRIYA, case, "case_more", value=f"release:{case.id}")
        await home(it, PRIYA, CALM, f"{WAITING} (1)")
        # Who never opened the tab has none.
        assert it.workspace.home(JEN) is None


async def test_a_click_on_a_home_that_is_behind_is_told_in_a_window(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await it.opens()
        it.workspace.life.open_home(PRIYA)
        await home(it, PRIYA, f"{WAITING} (1)")
        await it.click(JEN, case, "case_claim")
        await turn(it, PRIYA, "case_claim")
        await it.workspace.until(lambda: it.workspace.views(PRIYA))
        assert f"<@{JEN}> owns this case already." in words_of(it.workspace.views(PRIYA)[0])
        assert await it.owner(case) == JEN


async def test_what_is_due_today_leads_and_a_quarter_is_counted(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await in_one_quarter(it, days=3)
        first, second = await owned(it), await owned(it)
        await logs(it, PRIYA, first, "outreach")
        it.workspace.life.open_home(PRIYA)
        said = await home(it, PRIYA, "Later (2)")
        assert "contacted in time 1 of 1, 0 saved" in said
        assert said.index(second.customer) < said.index(first.customer)
        await later(it, hours=49)
        it.workspace.life.open_home(PRIYA)
        said = await home(it, PRIYA, "1 needs you today", "Later (1)")
        assert "contacted in time 1 of 2, 0 saved" in said
        await logs(it, PRIYA, second, "outreach")
        it.workspace.life.open_home(PRIYA)
        # Late is late: the second stays out of those contacted in time.
        await home(it, PRIYA, "Later (2)", "contacted in time 1 of 2")


async def test_a_customer_who_is_saved_stands_in_the_quarter(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await in_one_quarter(it, days=1)
        who = {"name": "Zoe Saved", "email": "zoe@saved.example", "account_id": "saved", "account_name": "Saved Ltd"}
        await it.story.answers(**who)
        card = await it.story.card(lambda said: "Saved Ltd" in said)
        case = Shown(1, RELATIONAL, card["ts"], "Saved Ltd")
        await it.click(PRIYA, case, "case_claim")
        for step in ("outreach", "conversation", "action"):
            await logs(it, PRIYA, case, step)
        await later(it, hours=1)
        await it.story.answers(**who, score=9, comment="Better.")
        await settled(it.story)
        it.workspace.life.open_home(PRIYA)
        await home(it, PRIYA, "Follow-ups coming (1)", "contacted in time 1 of 1, 1 saved ($180k)")


async def test_a_lead_sees_the_board(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        taken, waiting = await owned(it), await it.opens()
        it.workspace.life.open_home(MARCUS)
        said = await home(it, MARCUS, "Unassigned (1)", "Nothing is overdue.", "By owner (1)")
        assert WAITING not in said
        assert waiting.customer in said
        assert f"<@{PRIYA}> · 1 open" in said
        await turn(it, MARCUS, "case_assign")
        await it.workspace.until(lambda: it.workspace.views(MARCUS))
        await later(it, hours=49)
        it.workspace.life.open_home(MARCUS)
        said = await home(it, MARCUS, "Overdue (1)", "1 overdue")
        assert said.index("Overdue (1)") < said.index(taken.customer)
        await it.told(PRIYA, RELATIONAL, it.workspace.command(PRIYA, RELATIONAL, f"/nps away {now(it).date()}"))
        it.workspace.life.open_home(MARCUS)
        await it.workspace.until(lambda: f"<@{PRIYA}>" not in words_of(it.workspace.home(MARCUS)))
        assert taken.customer in await home(it, MARCUS, "By owner (1)", "Overdue (1)")


async def test_opening_the_other_tab_draws_nothing(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        it.workspace.life.open_home(JEN, tab="messages")
        it.workspace.life.open_home(PRIYA)
        await home(it, PRIYA)
        await settled(it.story)
        assert it.workspace.home(JEN) is None


async def test_sixty_cases_are_turned_page_by_page(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        for number in range(60):
            await it.story.answers(
                name=f"Contact-{number:02}",
                email=f"c{number:02}@many.example",
                account_id=f"many-{number:02}",
                account_name=f"Many-{number:02}",
                acv=1000,
                comment="Meh.",
            )
        await settled(it.story)
        it.workspace.life.open_home(PRIYA)
        seen: list[str] = []
        for page in range(1, 6):
            said = await home(it, PRIYA, f"{WAITING} (60)", f"Page {page} of 5")
            seen += [name for name in (f"Many-{number:02}" for number in range(60)) if name in said]
            assert ("Back" in said, "Next" in said) == (page > 1, page < 5)
            assert len(it.workspace.home(PRIYA)["blocks"]) < 100
            if page < 5:
                await turn(it, PRIYA, "home_next")
        assert sorted(seen) == [f"Many-{number:02}" for number in range(60)]
        assert len(set(seen)) == 60
        await turn(it, PRIYA, "home_back")
        await home(it, PRIYA, "Page 4 of 5")

        # A page that is not there any more, or never was, shows one that is.
        view = it.workspace.state.surfaces.homes[PRIYA]
        for value, page in (("999999", 5), ("0", 1), ("-3", 1), ("x" * 2000, 1), ("", 1), (None, 1)):
            pager = next(block for block in view.body["blocks"] if block["block_id"] == "home:pager")
            pager["elements"][0]["value"] = value
            await turn(it, PRIYA, pager["elements"][0]["action_id"])
            await home(it, PRIYA, f"Page {page} of 5")


async def test_a_home_shows_only_programmes_that_are_mine(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        relational, onboarding = await it.opens(), await it.opens(channel="C0ONBOARDING")
        it.workspace.life.leave(KOFI, relational.channel)
        await it.workspace.delivery.settled()
        expected = {
            PRIYA: (True, True),
            KOFI: (False, True),
            ELENA: (True, True),  # their manager
            INGRID: (True, True),  # sees how the score comes about, and owns none of them
            SAM: (False, False),
        }
        for user, sees in expected.items():
            it.workspace.life.open_home(user)
            said = await home(it, user)
            assert (relational.customer in said, onboarding.customer in said) == sees, user
            # Who sees a case may not always own it; then no button says so.
            claims = sum(sees) if user in {PRIYA, KOFI} else 0
            assert said.split("\n").count("Claim") == claims, user
