"""A newcomer on the demo page, in a real browser: the whole story of the first job, over both ways into Slack."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.story import RELATIONAL, Story, story, words_of

NORTHWIND = "Northwind Traders"
# about:blank, to which a page goes at its end, has no storage.
TOUR_SEEN = "if (location.origin.startsWith('http')) localStorage.setItem('winback-demo-tour', 'done')"


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_a_newcomer_walks_through_the_whole_story(
    browser_page: Page, sqlite_db: str, tmp_path: Path, socket: bool
) -> None:
    page = browser_page
    async with story(sqlite_db, tmp_path, socket=socket) as it:
        await it.answers()
        await page.goto(it.workspace.url)
        await take_the_tour(page)
        await open_channel(page, "nps-relational")

        card = card_of(page, NORTHWIND)
        await expect(card).to_contain_text("Four months instead of thirty days.")
        await card.get_by_role("button", name="Claim").click()
        await expect(card.get_by_role("button", name="Log outreach")).to_be_visible()
        await expect(card).to_contain_text("Priya Raman")

        await become(page, "Jen Alvarez")
        await open_channel(page, "nps-relational")
        await expect(card).to_contain_text("Priya Raman")
        await card.get_by_role("button", name="1 reply").click()
        thread = page.get_by_role("complementary", name="Thread")
        await expect(thread.get_by_role("article").last).to_contain_text("claimed the case")
        await thread.get_by_role("button", name="Close thread").click()

        await card.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="Release").click()
        refusal = page.get_by_role("article").filter(has_text="Only visible to you")
        await expect(refusal).to_contain_text("Priya Raman owns this case")

        await type_command(page, "/nps help")
        await expect(page.get_by_role("article").last).to_contain_text("one named person")

        await send_an_answer(page, it)
        before = it.bot.clock.now()
        await page.get_by_role("button", name="Move the clock on by one day").click()
        await expect(page.get_by_role("alert")).to_have_count(0)
        await it.workspace.until(lambda: (it.bot.clock.now() - before).total_seconds() > 86_000)
        await page.goto("about:blank")


async def test_a_lead_assigns_and_withdraws_in_the_browser(browser_page: Page, sqlite_db: str, tmp_path: Path) -> None:
    page = browser_page
    async with story(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        await become(page, "Marcus Webb")
        await open_channel(page, "nps-relational")
        card = card_of(page, NORTHWIND)

        await card.get_by_role("button", name="Assign case").click()
        dialog = page.get_by_role("dialog", name="Assign the case")
        await expect(dialog).to_contain_text(NORTHWIND)
        await choose(dialog, page, "Who takes it?", "Ingrid Dahl")
        await dialog.get_by_role("textbox").last.fill("You know their stack best.")
        await dialog.get_by_role("button", name="Assign", exact=True).click()
        await expect(dialog).to_contain_text("owns this programme's score")
        await choose(dialog, page, "Who takes it?", "Kofi Mensah")
        await dialog.get_by_role("button", name="Assign", exact=True).click()
        await expect(dialog).to_have_count(0)
        await expect(card).to_contain_text("Kofi Mensah")
        told = await it.workspace.until(lambda: it.workspace.dms("U0KOFI"))
        assert "You know their stack best." in words_of(told[-1])

        await it.answers(email="paul@fabrikam.example", name="Paul", account_id="f", account_name="Fabrikam")
        other = card_of(page, "Fabrikam")
        await other.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="Withdraw…").click()
        dialog = page.get_by_role("dialog", name="Withdraw the case")
        await dialog.get_by_role("button", name="Withdraw", exact=True).click()
        await expect(dialog.get_by_role("alert").first).to_be_visible()
        await choose(dialog, page, "What is it?", "Test answer")
        await dialog.get_by_role("textbox").last.fill("Our own test from the set-up.")
        await dialog.get_by_role("button", name="Withdraw", exact=True).click()
        await expect(dialog).to_have_count(0)
        await expect(other).to_contain_text("Our own test from the set-up.")
        await expect(other.get_by_role("button", name="Claim")).to_have_count(0)
        assert len(it.cards(RELATIONAL)) == 2
        await page.goto("about:blank")


def card_of(page: Page, account: str) -> Locator:
    return page.locator("#messages").get_by_role("article").filter(has_text=account).first


async def take_the_tour(page: Page) -> None:
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("button", name="Start").click()


async def open_channel(page: Page, name: str) -> None:
    await page.get_by_role("navigation").get_by_role("button", name=name).click()


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile("^You are")).click()
    await page.get_by_role("menuitemradio", name=name).or_(page.get_by_role("menuitem", name=name)).first.click()
    await expect(page.get_by_role("button", name=f"You are {name}")).to_be_visible()


async def choose(dialog: Locator, page: Page, label: str, option: str) -> None:
    await dialog.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=option).first.click()


async def type_command(page: Page, line: str) -> None:
    box = page.get_by_role("combobox", name=re.compile("^Message #"))
    await box.fill(line)
    await box.press("Escape")
    await box.press("Enter")


async def send_an_answer(page: Page, it: Story) -> None:
    """The dialog's first ready example, as it is."""
    before = len(it.cards())
    await page.get_by_role("button", name="Send an answer").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=re.compile("Leaving")).click()
    await dialog.get_by_role("button", name=re.compile("^Send")).click()
    await it.workspace.until(lambda: len(it.cards()) > before)
    await page.keyboard.press("Escape")
