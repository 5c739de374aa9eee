"""The App Home: my cases and those that wait for an owner; it follows what happens."""

from pathlib import Path

from tests.story.acting import ELENA, INGRID, JEN, KOFI, PRIYA, SAM, Acting
from tests.story.conftest import acting
from tests.support.shown import settled
from tests.support.story import words_of

MINE, WAITING = "Your cases", "Waiting for an owner"


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
        assert said.split("\n")[1:] == [MINE, "Nothing waits for you.", WAITING, "Every case has an owner."]

        case = await it.opens()
        it.workspace.life.open_home(PRIYA)
        said = await home(it, PRIYA, f"{WAITING} (1)")
        assert said.index("Nothing waits for you.") < said.index(WAITING) < said.index(case.customer)

        await it.click(PRIYA, case, "case_claim")
        said = await home(it, PRIYA, f"{MINE} (1)", "Every case has an owner.")
        assert f"🟡 2 · {case.customer} · $180k" in said
        assert "Outreach due" in said
        link = f"https://slack.com/archives/{case.channel}/p{case.ts.replace('.', '')}"
        buttons = [b["accessory"] for b in it.workspace.home(PRIYA)["blocks"] if "accessory" in b]
        assert [button["url"] for button in buttons] == [link]
        await turn(it, PRIYA, "open_card")

        await it.shows(case, "Release")
        await it.click(PRIYA, case, "case_release")
        await home(it, PRIYA, "Nothing waits for you.", f"{WAITING} (1)")
        # Who never opened the tab has none.
        assert it.workspace.home(JEN) is None


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
        for page in (1, 2, 3):
            said = await home(it, PRIYA, f"{WAITING} (60)", f"Page {page} of 3")
            seen += [name for name in (f"Many-{number:02}" for number in range(60)) if name in said]
            assert ("Back" in said, "Next" in said) == (page > 1, page < 3)
            assert len(it.workspace.home(PRIYA)["blocks"]) < 100
            if page < 3:
                await turn(it, PRIYA, "home_next")
        assert sorted(seen) == [f"Many-{number:02}" for number in range(60)]
        assert len(set(seen)) == 60
        await turn(it, PRIYA, "home_back")
        await home(it, PRIYA, "Page 2 of 3")

        # A page that is not there any more, or never was, shows one that is.
        view = it.workspace.state.surfaces.homes[PRIYA]
        for value, page in (("999999", 3), ("0", 1), ("-3", 1), ("x" * 2000, 1), ("", 1), (None, 1)):
            pager = next(block for block in view.body["blocks"] if block["block_id"] == "home:pager")
            pager["elements"][0]["value"] = value
            await turn(it, PRIYA, pager["elements"][0]["action_id"])
            await home(it, PRIYA, f"Page {page} of 3")


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
