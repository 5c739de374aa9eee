"""Modals: every input, errors at the field, the stack, focus, and what is typed surviving an update."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.demo.page_fixtures import CHANNEL, Seen, seen
from tests.demo.page_gallery import FORM, FORM_BLOCKS, button, plain

pytestmark = pytest.mark.browser


@pytest.fixture
async def it(browser_page: Page, tmp_path: Path) -> AsyncIterator[Seen]:
    async with seen(browser_page, tmp_path) as ready:
        yield ready


async def opened(it: Seen) -> Locator:
    blocks = [{"type": "actions", "block_id": "forms", "elements": [button("open-form", "Open form")]}]
    await it.api.chat_postMessage(channel=CHANNEL, text="a form", blocks=blocks)
    await it.page.get_by_role("button", name="Open form").click()
    dialog = it.page.get_by_role("dialog", name="Log outreach")
    await expect(dialog).to_be_visible()
    return dialog


def error_of(dialog: Locator, block_id: str) -> Locator:
    return dialog.locator(f'[data-block="{block_id}"] .field-error')


async def choose(it: Seen, dialog: Locator, label: str, *options: str, typed: str = "") -> None:
    box = dialog.get_by_role("combobox", name=label)
    await box.click()
    if typed:
        await box.press_sequentially(typed)
    for option in options:
        await it.page.get_by_role("option", name=option).click()
    await it.page.keyboard.press("Tab")


async def fill_required(it: Seen, dialog: Locator) -> None:
    await dialog.get_by_label("Deliverable").fill("CSV export")
    await dialog.get_by_label("Minutes").fill("25")
    await dialog.get_by_label("Email").fill("dana@northwind.example")
    await dialog.get_by_label("Day", exact=True).fill("2026-11-30")
    await choose(it, dialog, "Root cause", "Pricing")
    await choose(it, dialog, "Owner", "Jen Alvarez", typed="jen")
    await dialog.get_by_role("radio", name="Fix").check()


async def test_every_input_reaches_the_app(it: Seen) -> None:
    dialog = await opened(it)
    await expect(dialog.get_by_label("Deliverable")).to_be_focused()
    await fill_required(it, dialog)
    await dialog.get_by_label("Notes").fill("first line\nsecond line")
    await dialog.get_by_label("Link").fill("https://crm.example/1")
    await dialog.get_by_label("Moment").fill("2026-12-01T14:30")
    await choose(it, dialog, "Tags", "One", "Three")
    await choose(it, dialog, "Helpers", "Kofi Mensah", "Amara Nwosu")
    await choose(it, dialog, "Where", "#cs-leads")
    await choose(it, dialog, "Account", "Northwind", typed="no")
    await dialog.get_by_role("checkbox", name="Urgent").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    values: Any = it.gallery.submitted[0]
    got = {block: next(iter(actions.values())) for block, actions in values.items()}
    assert got["title"]["value"] == "CSV export"
    assert got["notes"]["value"] == "first line\nsecond line"
    assert got["count"]["value"] == "25"
    assert got["mail"]["value"] == "dana@northwind.example"
    assert got["link"]["value"] == "https://crm.example/1"
    assert got["day"]["selected_date"] == "2026-11-30"
    assert got["hour"]["selected_time"] == "09:30"
    assert got["moment"]["selected_date_time"] == 1796135400  # 14:30 in London, where Priya is
    assert got["cause"]["selected_option"]["value"] == "pricing"
    assert [option["value"] for option in got["tags"]["selected_options"]] == ["one", "three"]
    assert got["owner"]["selected_user"] == "U0JEN"
    assert got["helpers"]["selected_users"] == ["U0KOFI", "U0AMARA"]
    assert got["where"]["selected_conversation"] == "C0CSLEADS"
    assert got["account"]["selected_option"]["value"] == "northwind"
    assert got["kind"]["selected_option"]["value"] == "fix"
    assert [option["value"] for option in got["flags"]["selected_options"]] == ["urgent"]


async def test_what_the_client_refuses_never_reaches_the_app(it: Seen) -> None:
    dialog = await opened(it)
    await dialog.get_by_role("button", name="Save").click()
    for block_id in ("title", "count", "mail", "day", "cause", "owner", "kind"):
        await expect(error_of(dialog, block_id)).to_have_text("Please complete this required field.")
    for block_id in ("notes", "link", "moment", "tags", "where", "flags"):
        await expect(error_of(dialog, block_id)).to_have_text("")
    await expect(dialog.get_by_label("Deliverable")).to_be_focused()
    await fill_required(it, dialog)
    bad = {
        "title": ("Deliverable", "abc", "Please write at least 5 characters."),
        "count": ("Minutes", "2.5", "Please enter a whole number."),
        "mail": ("Email", "dana", "Please enter an email address, for example dana@example.com."),
        "link": ("Link", "crm", "Please enter a link that starts with http:// or https://."),
    }
    for label, text, _ in bad.values():
        await dialog.get_by_label(label).fill(text)
    await dialog.get_by_role("button", name="Save").click()
    for block_id, (label, _, sentence) in bad.items():
        await expect(error_of(dialog, block_id)).to_have_text(sentence)
        await expect(dialog.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Minutes").fill("900")
    await dialog.get_by_label("Deliverable").fill("x" * 31)
    await dialog.get_by_role("button", name="Save").click()
    await expect(error_of(dialog, "count")).to_have_text("Please enter 240 or less.")
    await expect(error_of(dialog, "title")).to_have_text("Please shorten this by 1 characters.")
    assert not it.gallery.submitted


async def test_errors_of_the_app_stand_at_their_fields(it: Seen) -> None:
    dialog = await opened(it)
    await fill_required(it, dialog)
    it.gallery.answer = {"response_action": "errors", "errors": {"mail": "Nobody at this address."}}
    await dialog.get_by_role("button", name="Save").click()
    await expect(error_of(dialog, "mail")).to_have_text("Nobody at this address.")
    await expect(dialog.get_by_label("Email")).to_be_focused()
    await expect(dialog.get_by_label("Deliverable")).to_have_value("CSV export")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    assert len(it.gallery.submitted) == 2


async def test_update_keeps_what_was_typed_and_push_comes_back(it: Seen) -> None:
    dialog = await opened(it)
    await dialog.get_by_label("Deliverable").fill("typed here")
    view_id = it.ws.views("U0PRIYA")[0]["id"]
    updated = {**FORM, "title": plain("Log a call"), "blocks": [*FORM_BLOCKS[:3], {"type": "divider"}]}
    await it.api.views_update(view_id=view_id, view=updated)
    dialog = it.page.get_by_role("dialog", name="Log a call")
    await expect(dialog.get_by_label("Deliverable")).to_have_value("typed here")
    await expect(dialog.get_by_label("Deliverable")).to_be_focused()
    await expect(dialog.get_by_label("Minutes")).to_have_count(0)
    it.gallery.answer = {
        "response_action": "push",
        "view": {**FORM, "title": plain("Second"), "blocks": FORM_BLOCKS[3:4]},
    }
    await dialog.get_by_role("button", name="Save").click()
    second = it.page.get_by_role("dialog", name="Second")
    await expect(second.get_by_label("Notes")).to_be_focused()
    await it.page.keyboard.press("Escape")
    await expect(dialog.get_by_label("Deliverable")).to_have_value("typed here")
    await it.page.keyboard.press("Escape")
    await expect(it.page.get_by_role("dialog")).to_have_count(0)
    assert [body["is_cleared"] for body in it.gallery.closed] == [False, False]


async def test_the_cross_closes_the_whole_stack(it: Seen) -> None:
    dialog = await opened(it)
    await fill_required(it, dialog)
    it.gallery.answer = {
        "response_action": "push",
        "view": {**FORM, "title": plain("Second"), "blocks": FORM_BLOCKS[3:4]},
    }
    await dialog.get_by_role("button", name="Save").click()
    second = it.page.get_by_role("dialog", name="Second")
    await second.get_by_role("button", name="Close").click()
    await expect(it.page.get_by_role("dialog")).to_have_count(0)
    assert all(body["is_cleared"] for body in it.gallery.closed)
    assert len(it.gallery.closed) == 2


async def test_focus_stays_inside_and_comes_back(it: Seen) -> None:
    dialog = await opened(it)
    inside = "() => document.querySelector('[role=dialog]').contains(document.activeElement)"
    for _ in range(40):
        await it.page.keyboard.press("Tab")
        assert await it.page.evaluate(inside)
    await it.page.keyboard.press("Shift+Tab")
    assert await it.page.evaluate(inside)
    root_cause = dialog.get_by_role("combobox", name="Root cause")
    await root_cause.press("ArrowDown")
    await expect(root_cause).to_have_attribute("aria-expanded", "true")
    await it.page.keyboard.press("Escape")
    await expect(root_cause).to_have_attribute("aria-expanded", "false")
    await expect(dialog).to_be_visible()
    await it.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(it.page.get_by_role("button", name="Open form")).to_be_focused()


async def test_an_app_without_an_answer_is_said_in_the_modal(browser_page: Page, tmp_path: Path) -> None:
    async with seen(browser_page, tmp_path, ack=1.5) as it:
        dialog = await opened(it)
        await fill_required(it, dialog)
        it.gallery.answer = {"response_action": "sing"}
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_role("alert").filter(has_text="trouble")).to_be_visible()
        await expect(dialog.get_by_label("Deliverable")).to_have_value("CSV export")


async def test_every_field_has_a_name_and_its_hint(it: Seen) -> None:
    dialog = await opened(it)
    nameless = await dialog.locator("input, textarea, select").evaluate_all(
        "nodes => nodes.filter(n => !n.labels?.length && !n.ariaLabel).map(n => n.id)"
    )
    assert nameless == []
    await expect(dialog.get_by_role("textbox", name="Deliverable")).to_have_accessible_description("A thing")
    await expect(dialog.get_by_role("radiogroup", name="Kind")).to_have_attribute("aria-required", "true")
