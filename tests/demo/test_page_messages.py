"""What people do with messages: clicks, menus, threads, ephemeral ones, commands, the home tab, other people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.demo.page_fixtures import CHANNEL, Seen, seen
from tests.demo.page_gallery import button

pytestmark = pytest.mark.browser


@pytest.fixture
async def it(browser_page: Page, tmp_path: Path) -> AsyncIterator[Seen]:
    async with seen(browser_page, tmp_path) as ready:
        yield ready


async def test_a_click_updates_the_message_and_its_thread(it: Seen) -> None:
    card = it.message("card")
    await card.get_by_role("button", name="Claim").click()
    await expect(card).to_contain_text("owned by @Priya Raman")
    await expect(card.get_by_role("button", name="Claim")).to_have_count(0)
    await card.get_by_role("button", name="1 reply").click()
    thread = it.page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await thread.get_by_role("combobox", name="Reply…").fill("On it *now*")
    await it.page.keyboard.press("Enter")
    await expect(thread.get_by_role("article").last).to_contain_text("On it now")
    await expect(card.get_by_role("button", name="2 replies")).to_be_visible()
    await thread.get_by_role("button", name="Close thread").click()
    await expect(thread).to_be_hidden()


async def test_a_confirm_dialog_stands_before_the_action(it: Seen) -> None:
    withdraw = it.message("card").get_by_role("button", name="Withdraw…")
    dialog = it.page.get_by_role("alertdialog", name="Withdraw this case?")
    await withdraw.click()
    await expect(dialog.locator("strong")).to_have_text("all")
    await dialog.get_by_role("button", name="Keep").click()
    await expect(dialog).to_be_hidden()
    await withdraw.click()
    await dialog.get_by_role("button", name="Withdraw").click()
    await it.ws.until(lambda: len(it.gallery.actions) == 1)
    assert it.gallery.actions[0]["actions"][0]["action_id"] == "withdraw"


async def test_menus_and_selects_in_a_message(it: Seen) -> None:
    card = it.message("card")
    await card.get_by_role("button", name="More actions").first.click()
    await it.page.get_by_role("menuitem", name="History").click()
    await it.ws.until(lambda: len(it.gallery.actions) == 1)
    assert it.gallery.actions[0]["actions"][0]["selected_option"]["value"] == "history"
    await card.get_by_role("combobox", name="Assign to").click()
    await it.page.get_by_role("option", name="Jen").click()
    await it.ws.until(lambda: len(it.gallery.actions) == 2)
    body = it.gallery.actions[1]
    assert body["actions"][0]["selected_option"]["value"] == "jen"
    assert body["state"]["values"]["do"]["assign"]["selected_option"]["value"] == "jen"
    await expect(card.get_by_role("combobox", name="Assign to")).to_have_value("Jen")


async def test_a_link_button_opens_a_tab_and_tells_the_app(it: Seen) -> None:
    async with it.page.context.expect_page() as opening:
        await it.message("card").get_by_role("link", name="Open CRM").click()
    assert (await opening.value).url == "https://crm.example/"
    await it.ws.until(lambda: [body for body in it.gallery.actions if body["actions"][0]["action_id"] == "docs"])


async def test_feedback_and_message_shortcut(it: Seen) -> None:
    await it.block("feedback").get_by_role("button", name="Not useful").click()
    await it.ws.until(lambda: it.gallery.actions)
    assert it.gallery.actions[0]["actions"][0]["value"] == "no"
    await it.message("card").hover()
    await it.message("card").get_by_role("button", name="More message actions").click()
    await it.page.get_by_role("menuitem", name="Look at this").click()
    await it.ws.until(lambda: len(it.gallery.actions) == 2)
    assert it.gallery.actions[1]["message"]["ts"] == it.stamps["card"]


async def test_only_its_receiver_sees_an_ephemeral_message(it: Seen) -> None:
    await it.api.chat_postEphemeral(channel=CHANNEL, user="U0PRIYA", text="For *your* eyes")
    message = it.page.get_by_role("article").filter(has_text="Only visible to you")
    await expect(message).to_contain_text("For your eyes")
    await it.go(**{"as": "U0JEN"})
    await expect(it.page.locator("#people")).to_contain_text("Jen")
    await expect(message).to_have_count(0)
    await it.go(**{"as": "U0PRIYA"})
    await message.get_by_role("button", name="Dismiss message").click()
    await expect(message).to_have_count(0)
    await it.page.reload()
    await expect(it.message("card")).to_be_visible()
    await expect(message).to_have_count(0)


async def test_a_command_answers_and_suggests_itself(it: Seen) -> None:
    composer = it.page.get_by_role("combobox", name="Message #nps-relational")
    await composer.press_sequentially("/n")
    await expect(it.page.get_by_role("option", name="/nps")).to_contain_text("detractor cases")
    await it.page.keyboard.press("Tab")
    await expect(composer).to_have_value("/nps ")
    await composer.press_sequentially("status")
    await it.page.keyboard.press("Enter")
    await expect(it.page.get_by_role("article").last).to_contain_text("You asked for status.")
    await expect(composer).to_have_value("")


async def test_an_unknown_command_keeps_what_was_typed(it: Seen) -> None:
    composer = it.page.get_by_role("combobox", name="Message #nps-relational")
    await composer.fill("/npx help")
    await it.page.keyboard.press("Enter")
    await expect(it.page.get_by_role("alert").filter(has_text="/npx")).to_be_visible()
    await expect(composer).to_have_value("/npx help")


async def test_what_people_write_stays_text(it: Seen) -> None:
    composer = it.page.get_by_role("combobox", name="Message #nps-relational")
    await composer.fill("<img src=x onerror=alert(1)> & <!channel>")
    await it.page.keyboard.press("Enter")
    last = it.page.get_by_role("article").last
    await expect(last).to_contain_text("<img src=x onerror=alert(1)> & <!channel>")
    await expect(last.locator("img, .mention")).to_have_count(0)


async def test_unread_marks_and_the_way_there(it: Seen) -> None:
    channel = it.page.get_by_role("navigation").get_by_role("button", name="nps-onboarding")
    await it.api.chat_postMessage(channel="C0ONBOARDING", text="first")
    await it.api.chat_postMessage(channel="C0ONBOARDING", text="second")
    await expect(channel).to_contain_text("2 unread")
    await channel.click()
    await expect(it.page.get_by_role("article")).to_have_count(2)
    await expect(channel).to_have_attribute("aria-current", "page")
    await it.page.go_back()
    await expect(it.message("card")).to_be_visible()
    await expect(channel).not_to_contain_text("unread")


async def test_the_home_tab(it: Seen) -> None:
    await it.page.get_by_role("navigation").get_by_role("button", name="winback").click()
    await expect(it.page.get_by_role("heading", name="3 need you today")).to_be_visible()
    await it.page.get_by_role("button", name="Log outreach").click()
    await it.ws.until(lambda: it.gallery.actions)
    assert it.gallery.actions[0]["view"]["type"] == "home"
    await it.page.get_by_role("tab", name="Home").press("ArrowRight")
    await expect(it.page.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    await it.api.chat_postMessage(channel="U0PRIYA", text="Northwind: outreach is due in 9 h")
    await expect(it.page.get_by_role("tabpanel")).to_contain_text("outreach is due in 9 h")


async def test_a_permalink_leads_to_the_message(it: Seen) -> None:
    link = (await it.api.chat_getPermalink(channel=CHANNEL, message_ts=it.stamps["texts"]))["permalink"]
    blocks = [{"type": "actions", "block_id": "to", "elements": [button("docs", "Open card", url=link)]}]
    await it.api.chat_postMessage(channel="C0ONBOARDING", text="a link", blocks=blocks)
    await it.go(at="C0ONBOARDING")
    await it.page.get_by_role("link", name="Open card").click()
    await expect(it.page.get_by_role("heading", name="nps-relational")).to_be_visible()
    await expect(it.message("texts")).to_be_focused()
    await expect(it.message("texts")).to_be_in_viewport()
    await it.ws.until(lambda: it.gallery.actions)
    assert len(it.page.context.pages) == 1


async def test_person_switch_channels_and_joining(it: Seen) -> None:
    nav = it.page.get_by_role("navigation")
    await expect(nav.get_by_role("button", name="exec-readout")).to_have_count(0)
    await it.page.get_by_role("button", name="You are Priya Raman").click()
    await expect(it.page.get_by_role("menuitemradio", name="Leo Grant")).to_have_count(0)
    await it.page.get_by_role("menuitemradio", name="Elena Rossi").click()
    await nav.get_by_role("button", name="exec-readout").click()
    await expect(it.page.get_by_role("heading", name="exec-readout")).to_be_visible()
    await nav.get_by_role("button", name="nps-onboarding").click()
    await it.page.get_by_role("button", name="Join channel").click()
    await expect(it.page.get_by_role("combobox", name="Message #nps-onboarding")).to_be_visible()
    assert "U0ELENA" in it.ws.state.rooms["C0ONBOARDING"].members


async def test_a_private_channel_stays_closed_to_others(it: Seen) -> None:
    await it.go(**{"as": "U0PRIYA", "at": "G0EXEC"})
    await expect(it.page.get_by_role("main")).to_contain_text("Priya is not a member")


async def test_the_clock_moves(it: Seen) -> None:
    before = it.ws.clock.now()
    await it.page.get_by_role("button", name="Move the clock on by one day").click()
    await expect(it.page.get_by_role("status").filter(has_text="It is now")).to_be_visible()
    assert it.ws.clock.now() - before >= 86_400
    await expect(it.page.get_by_role("separator").first).to_have_text("Yesterday")
    it.ws.advance(86_400)
    await expect(it.page.get_by_role("separator").first).not_to_have_text("Yesterday")


async def test_no_ack_says_what_slack_says(browser_page: Page, tmp_path: Path) -> None:
    async with seen(browser_page, tmp_path, ack=0.3) as it:
        blocks = [{"type": "actions", "block_id": "x", "elements": [button("slow", "Slow")]}]
        await it.api.chat_postMessage(channel=CHANNEL, text="slow", blocks=blocks)
        slow = it.page.get_by_role("button", name="Slow")
        await slow.click()
        notice = it.page.get_by_role("alert").filter(has_text="in time")
        await expect(notice).to_have_count(1)
        await expect(slow).not_to_have_attribute("aria-busy", "true")
        await notice.get_by_role("button", name="Dismiss").click()
        await expect(notice).to_have_count(0)


async def test_settings_of_a_channel(it: Seen) -> None:
    room = it.ws.state.rooms["C0GENERAL"]
    await it.go(at="C0GENERAL")
    await expect(it.page.get_by_role("main")).to_contain_text("winback is not here")
    await it.page.get_by_role("button", name="Channel settings").click()
    await it.page.get_by_role("menuitem", name="Add winback").click()
    await expect(it.page.get_by_role("main")).to_contain_text("winback is here")
    assert room.bot_joined
    await it.page.get_by_role("button", name="Channel settings").click()
    await it.page.get_by_role("menuitem", name="Archive channel").click()
    await it.page.get_by_role("alertdialog").get_by_role("button", name="Archive").click()
    await expect(it.page.get_by_role("main")).to_contain_text("#general is archived.")
