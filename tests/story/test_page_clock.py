"""A case that nobody sees to, on the demo page: time moves it up to the sponsor, and people bring it back."""

import re
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from tests.story.acting import ELENA, MARCUS, PRIYA, TOMAS, Acting, soon
from tests.story.conftest import acting
from tests.story.telling import next_monday, offered, plain, told
from tests.story.test_page_story import (
    NORTHWIND,
    TOUR_SEEN,
    become,
    card_of,
    choose,
    fill_outreach,
    later,
    open_channel,
)

WAIT = 20_000  # milliseconds, for what the bot has to do first
MOVE = """seconds => fetch("/demo/clock", {
    method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({add_seconds: seconds}),
}).then(answer => answer.status)"""
ASKING = re.compile("I'm on it|Take over|Reassign|Snooze|Log outreach")


async def test_a_case_walks_up_to_the_sponsor_and_back(browser_page: Page, sqlite_db: str, tmp_path: Path) -> None:
    page = browser_page
    async with acting(sqlite_db, tmp_path) as it:
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        await on_monday_at_ten(page, it)
        await it.story.answers()
        await it.story.card()
        await open_channel(page, "nps-relational")
        card = card_of(page, NORTHWIND)
        await card.get_by_role("button", name="Claim").click()
        await later(page, "one hour", it.story)
        await try_in_vain(page, card)

        await its_owner_is_reminded(page, it)
        await everybody_hears_that_it_is_late(page, it)
        await the_sponsor_is_on_it(page, it)
        await the_sponsor_sees_to_it(page, it)
        await nothing_is_asked_of_anybody_any_more(page, it)

        await become(page, "Marcus Webb")
        await open_channel(page, "nps-relational")
        await expect(card).to_contain_text("✔ outreach")
        await it_waits_on_the_customer_and_goes_on(page, card)
        await page.goto("about:blank")


async def on_monday_at_ten(page: Page, it: Acting) -> None:
    """In London: whatever the day of this test is, what follows comes in working hours."""
    monday = datetime.combine(next_monday(it), time(10), ZoneInfo("Europe/London"))
    assert await page.evaluate(MOVE, (monday - it.story.bot.clock.now()).total_seconds()) == 200
    await soon(lambda: it.story.bot.clock.now() >= monday, seconds=20.0)


async def try_in_vain(page: Page, card: Locator) -> None:
    """An attempt that reached nobody: the owner works on it, and the outreach is still due."""
    await card.get_by_role("button", name="Log outreach").click()
    window = page.get_by_role("dialog")
    await choose(window, page, "How did you get in touch?", "E-mail")
    await choose(window, page, "What came of it?", "It bounced")
    await window.get_by_role("button", name="Log it").click()
    await expect(window).to_have_count(0, timeout=WAIT)


async def its_owner_is_reminded(page: Page, it: Acting) -> None:
    await later(page, "one day", it.story)
    reminder = await open_message(page, "outreach is due in")
    await expect(reminder).to_contain_text("Four months instead of thirty days.")
    await expect(reminder.get_by_role("button", name="Log outreach")).to_be_visible()
    assert [len(told(it, user)) for user in (PRIYA, ELENA, TOMAS)] == [1, 0, 0]


async def everybody_hears_that_it_is_late(page: Page, it: Acting) -> None:
    await later(page, "one day", it.story)
    await expect(messages(page).filter(has_text="nobody has contacted Dana")).to_have_count(1, timeout=WAIT)
    await it.workspace.until(lambda: told(it, ELENA) and told(it, TOMAS), timeout=15.0)
    assert told(it, MARCUS) == []
    await open_channel(page, "nps-relational")
    card = card_of(page, NORTHWIND)
    await expect(card).to_contain_text("🔴", timeout=WAIT)
    await expect(card).to_contain_text(re.compile("overdue.*Elena Rossi.*know"), timeout=WAIT)


async def the_sponsor_is_on_it(page: Page, it: Acting) -> None:
    await later(page, "one day", it.story)
    await become(page, "Elena Rossi")
    last = await open_message(page, "nobody is on it yet")
    await expect(messages(page).get_by_role("button", name="I'm on it")).to_have_count(2, timeout=WAIT)
    await last.get_by_role("button", name="I'm on it").click()
    # In place: both of hers, and what the other manager reads.
    await expect(messages(page).filter(has_text="Elena Rossi is on it since")).to_have_count(2, timeout=WAIT)
    await expect(messages(page).get_by_role("button", name="I'm on it")).to_have_count(0)
    assert len(told(it, ELENA)) == 2
    await become(page, "Tomás Fuchs")
    await open_messages(page)
    await expect(messages(page).filter(has_text="Elena Rossi is on it since")).to_have_count(2, timeout=WAIT)
    await expect(messages(page).get_by_role("button", name="I'm on it")).to_have_count(0)
    await open_channel(page, "nps-relational")
    await expect(card_of(page, NORTHWIND)).to_contain_text("Elena Rossi is on it", timeout=WAIT)


async def the_sponsor_sees_to_it(page: Page, it: Acting) -> None:
    """The case becomes hers, and from her Home she logs what she did."""
    await become(page, "Elena Rossi")
    await open_messages(page)
    await messages(page).last.get_by_role("button", name="Take over").click()
    await expect(messages(page).filter(has_text="took the case over")).to_have_count(2, timeout=WAIT)
    assert (await it.case(1)).owner == ELENA
    await page.get_by_role("tab", name="Home").click()
    home = page.get_by_role("main")
    await expect(home).to_contain_text("1 needs you today", timeout=WAIT)
    await expect(home).not_to_contain_text("Escalated to you")
    await fill_outreach(page, home)
    await expect(home).to_contain_text("Nothing needs you today", timeout=WAIT)
    await expect(home.get_by_role("button", name="Log a conversation")).to_be_visible()


async def nothing_is_asked_of_anybody_any_more(page: Page, it: Acting) -> None:
    """Of nobody who was told, in nothing that they were told."""
    await open_messages(page)
    await expect(messages(page).get_by_role("button", name=ASKING)).to_have_count(0)
    for user in (PRIYA, ELENA, TOMAS):
        for message in told(it, user):
            assert set(offered(message)) <= {"open_card"}, plain(message)
    await become(page, "Priya Raman")
    await open_messages(page)
    await expect(messages(page).filter(has_text=NORTHWIND).first).to_be_visible()
    await expect(messages(page).get_by_role("button", name=ASKING)).to_have_count(0)


async def it_waits_on_the_customer_and_goes_on(page: Page, card: Locator) -> None:
    await card.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Pause or snooze…").click()
    window = page.get_by_role("dialog")
    await window.get_by_role("textbox", name="Why?").fill("Dana is on holiday until Monday.")
    await window.get_by_role("button", name="Save").click()
    await expect(window).to_have_count(0, timeout=WAIT)
    await expect(card).to_contain_text("Waiting on the customer until", timeout=WAIT)
    await expect(card).to_contain_text("Dana is on holiday until Monday.")
    await card.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Resume").click()
    await expect(card).not_to_contain_text("Waiting on the customer until", timeout=WAIT)
    await card.get_by_role("button", name="More actions").click()
    await expect(page.get_by_role("menuitem", name="Pause or snooze…")).to_be_visible()


async def open_messages(page: Page) -> None:
    """The direct messages between winback and whoever looks."""
    await page.get_by_role("navigation").get_by_role("button", name="winback").click()
    await page.get_by_role("tab", name="Messages").click()


async def open_message(page: Page, said: str) -> Locator:
    """The newest direct message that says this."""
    await open_messages(page)
    found = messages(page).filter(has_text=said).last
    await expect(found).to_be_visible(timeout=WAIT)
    return found


def messages(page: Page) -> Locator:
    return page.locator("#messages").get_by_role("article")
