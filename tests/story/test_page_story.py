"""A newcomer on the demo page, in a real browser: the whole story of the first job, over both ways into Slack."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.story.acting import soon
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


async def test_a_case_goes_all_the_way_to_saved_in_the_browser(
    browser_page: Page, sqlite_db: str, tmp_path: Path
) -> None:
    """Outreach, conversation, a vague promise challenged, the day of the follow-up, closed; then the customer's 9."""
    page = browser_page
    async with story(sqlite_db, tmp_path) as it:
        await it.answers()
        await it.card()
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        await open_channel(page, "nps-relational")
        card = card_of(page, NORTHWIND)
        await card.get_by_role("button", name="Claim").click()
        await later(page, "one hour", it)

        await log_outreach(page, card)
        await log_conversation(page, card)
        await commit_action(page, card, it)
        for span in ("30 days", "one day", "one day", "one day"):
            await later(page, span, it)
        await answer_the_question(page)
        await open_channel(page, "nps-relational")
        await expect(card).to_contain_text("✔ follow-up")
        await close_as_recovered(page, card)

        await it.answers(score=9, comment="Much better.", response_id="later")
        await expect(card).to_contain_text("2 → 9")
        await expect(card).to_contain_text("$180k saved")
        await page.goto("about:blank")


async def log_outreach(page: Page, card: Locator) -> None:
    await fill_outreach(page, card)
    await expect(card).to_contain_text("✔ outreach")


async def fill_outreach(page: Page, place: Locator) -> None:
    """From the button in this place to the window that closes."""
    await place.get_by_role("button", name="Log outreach").click()
    window = page.get_by_role("dialog")
    await expect(window).to_contain_text("Hi Dana")
    await window.get_by_role("button", name="Log it").click()
    await expect(window.get_by_role("alert").first).to_be_visible()
    await choose(window, page, "How did you get in touch?", "Call")
    await choose(window, page, "What came of it?", "Reached")
    await window.get_by_role("textbox", name="What was said?").fill("Dana has ten minutes on Monday.")
    await window.get_by_role("button", name="Log it").click()
    await expect(window).to_have_count(0)


async def log_conversation(page: Page, card: Locator) -> None:
    await card.get_by_role("button", name="Log a conversation").click()
    window = page.get_by_role("dialog")
    await window.get_by_role("textbox", name="With whom did you speak?").fill("Dana Okafor")
    await choose(window, page, "Root cause", "Onboarding")
    await window.get_by_role("textbox", name="The sentence that says it").fill("We waited four months for go-live.")
    await window.get_by_role("textbox", name="What do they need").fill("A named engineer.")
    await window.get_by_role("textbox", name="Notes").fill("Nobody technical in three calls.")
    await window.get_by_role("button", name="Log it").click()
    await expect(window).to_have_count(0)
    await expect(card).to_contain_text("✔ conversation")


async def commit_action(page: Page, card: Locator, it: Story) -> None:
    """First as people say it, then as somebody can be held to it."""
    await card.get_by_role("button", name="Commit an action").click()
    window = page.get_by_role("dialog")
    await choose(window, page, "What kind of action is it?", "Fix")
    await window.get_by_role("textbox", name="What will the customer have?").fill("We will look into it soon.")
    await choose(window, page, "Who delivers it?", "Priya Raman")
    await choose(window, page, "Who helps", "Amara Nwosu")
    await window.get_by_label("By when?").fill(working_day(it, 10))
    await window.get_by_role("button", name="Commit", exact=True).click()
    await expect(window).to_contain_text("look into")
    promise = "Amara ships the importer fix; Priya demos it to Dana."
    await window.get_by_role("textbox", name="What will the customer have?").fill(promise)
    await window.get_by_role("button", name="Commit", exact=True).click()
    await expect(window).to_have_count(0)
    await expect(card).to_contain_text("✔ action")


async def answer_the_question(page: Page) -> None:
    """The direct message on the follow-up's day."""
    await page.get_by_role("navigation").get_by_role("button", name="winback").click()
    await page.get_by_role("tab", name="Messages").click()
    await page.get_by_role("article").get_by_role("button", name=re.compile("held", re.IGNORECASE)).first.click()
    window = page.get_by_role("dialog")
    await window.get_by_role("textbox", name="How do you know?").fill("Dana imported 12,000 rows.")
    await window.get_by_role("button", name="Log it").click()
    await expect(window).to_have_count(0)


async def close_as_recovered(page: Page, card: Locator) -> None:
    await card.get_by_role("button", name="Close").click()
    window = page.get_by_role("dialog")
    await choose(window, page, "How did it end?", "Recovered")
    await window.get_by_role("button", name="Close the case").click()
    await expect(window).to_have_count(0)
    await expect(card).to_contain_text("Recovered")


def working_day(it: Story, ahead: int) -> str:
    """A working day at least so many days from now, as the browser's date input takes it."""
    found = it.bot.clock.now().date() + timedelta(days=ahead)
    while found.weekday() > 4 or (found.month, found.day) in {(12, 25), (12, 28), (1, 1)}:
        found += timedelta(days=1)
    return found.isoformat()


async def later(page: Page, span: str, it: Story) -> None:
    """The page's clock moves on, and the bot has noticed."""
    before = it.bot.clock.now()
    await page.get_by_role("button", name=f"Move the clock on by {span}").click()
    await soon(lambda: it.bot.clock.now() > before + timedelta(minutes=30), seconds=20.0)
