"""A lead and a colleague with `/nps status` in a real browser."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.story.test_page_story import TOUR_SEEN, become, open_channel, type_command
from tests.support.story import story


async def test_what_one_shares_the_other_reads(browser_page: Page, sqlite_db: str, tmp_path: Path) -> None:
    page = browser_page
    async with story(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        await become(page, "Marcus Webb")
        await open_channel(page, "nps-relational")
        await type_command(page, "/nps status")
        mine = page.get_by_role("article").filter(has_text="Only visible to you")
        await expect(mine).to_contain_text("no first contact has been due yet (1 undecided)")
        await mine.get_by_role("button", name="Show the groups").click()
        await expect(mine).to_contain_text("from 1 person")
        await mine.get_by_role("combobox").click()
        await page.get_by_role("option", name="Contract value").click()
        await expect(mine).to_contain_text("50k to 250k")
        await mine.get_by_role("button", name=re.compile("^Show these figures")).click()
        await expect(mine).to_contain_text("Shared in #nps-relational")

        await become(page, "Jen Alvarez")
        await open_channel(page, "nps-relational")
        shared = page.get_by_role("article").filter(has_text="Shared by")
        await expect(shared).to_have_count(1)
        await expect(shared).to_contain_text("50k to 250k")
        await expect(shared).to_contain_text("Marcus Webb")
        await expect(shared.get_by_role("button", name="Show these figures")).to_have_count(0)
        await page.goto("about:blank")
