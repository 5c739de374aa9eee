"""A lead writes the readout and an executive decides, in a real browser."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from store.cases import cases
from tests.story.acting import soon
from tests.story.test_page_story import TOUR_SEEN, become, open_channel, type_command
from tests.support.quarters import after_quarter, quarter_name
from tests.support.story import Story, story


async def test_the_draft_the_gate_the_page_and_the_decision(browser_page: Page, sqlite_db: str, tmp_path: Path) -> None:
    page = browser_page
    async with story(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        quarter = await the_quarter_closes(it)
        due = (it.bot.clock.now() + timedelta(days=60)).date()
        await become(page, "Marcus Webb")
        await open_channel(page, "nps-relational")
        await type_command(page, "/nps readout")
        draft = page.get_by_role("article").filter(has_text="Only visible to you")
        await expect(draft).to_contain_text(f"Readout of {quarter}")
        await expect(draft).to_contain_text("The Ask is missing")

        await draft.get_by_role("button", name="Write the reasons").click()
        window = page.get_by_role("dialog")
        await window.get_by_role("textbox", name="What shall be decided?").fill("Discuss onboarding")
        await window.get_by_role("textbox", name="Who does it?").fill("Amara Nwosu")
        await window.get_by_role("textbox", name="What will they do?").fill("Hires two engineers by March.")
        await window.get_by_label("By when, or from when on?").fill(due.isoformat())
        await window.get_by_role("button", name="Save").click()
        await expect(window.get_by_role("alert").filter(has_text="“discuss” decides nothing")).to_have_count(1)
        await window.get_by_role("textbox", name="What shall be decided?").fill("Give onboarding two engineers")
        await window.get_by_role("button", name="Save").click()
        await expect(window).to_have_count(0)
        await expect(draft).to_contain_text("Give onboarding two engineers.")
        await expect(draft).not_to_contain_text("The Ask is missing")
        await draft.get_by_role("button", name=re.compile("^Publish")).click()
        await expect(draft).to_contain_text("Published in #exec-readout")

        await become(page, "Elena Rossi")
        await open_channel(page, "exec-readout")
        posted = page.get_by_role("article").filter(has_text=f"Readout of {quarter}")
        await posted.get_by_role("button", name="Answer the Ask: Yes").click()
        await window.get_by_role("textbox", name="Why?").fill("It costs us the most.")
        await window.get_by_role("button", name="Write it down").click()
        await expect(window).to_have_count(0)
        await expect(posted).to_contain_text("Yes, says Elena")
        await expect(posted.get_by_role("button", name="Answer the Ask")).to_have_count(0)
        await what_it_changed(page)
        await page.goto("about:blank")


async def what_it_changed(page: Page) -> None:
    """The lead writes down in the list what the decision changed, and corrects it."""
    await become(page, "Marcus Webb")
    await open_channel(page, "nps-relational")
    await expect(page.get_by_role("combobox", name="Message #nps-relational")).to_be_visible()
    await type_command(page, "/nps decisions")
    listed = page.get_by_role("article").filter(has_text="Asks and decisions")
    await expect(listed).to_contain_text("1 of 1 Ask decided (100 %)")
    await expect(listed).to_contain_text("no decision changed product, process or policy in the last 90 days")
    window = page.get_by_role("dialog")
    for button, kind, sentence in (
        ("Write down what this decision changed", "The product", "Exports are in."),
        ("Write down what this decision changed", "A process, how we work", "Onboarding has two engineers."),
    ):
        await listed.get_by_role("button", name=button).click()
        await window.get_by_role("combobox", name="What has this decision changed?").click()
        await page.get_by_role("option", name=kind).click()
        await window.get_by_role("textbox", name="How? One sentence").fill(sentence)
        await window.get_by_role("button", name="Save").click()
        await expect(window).to_have_count(0)
        await expect(listed).to_contain_text(sentence)
    await expect(listed).to_contain_text("It changed how we work: Onboarding has two engineers.")
    await expect(listed).to_contain_text("1 decision changed product, process or policy in the last 90 days")


async def the_quarter_closes(it: Story) -> str:
    """The name of the quarter that the answer lies in."""
    async with it.bot.db.read() as tx:
        began = (await cases.get(tx, 1)).submitted_at
    after = after_quarter(began)
    it.workspace.advance((after - it.bot.clock.now()).total_seconds())
    await soon(lambda: it.bot.clock.now() >= after)
    return quarter_name(began)
