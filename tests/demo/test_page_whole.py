"""The page as a whole: keyboard alone, a narrow window, the tour, an answer sent by hand, contrast, a lost line."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from demo.workspace import run_workspace
from tests.demo.demo_bots import socket_bot
from tests.demo.page_fixtures import CHANNEL, MANIFEST, Seen, seen
from tests.demo.page_gallery import Gallery, button

pytestmark = pytest.mark.browser

# Contrast of every visible text against the ground below it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
CONTRAST = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].map((value, at) => at === 3 ? value / 255 : value); };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
  const light = (colour) => colour.map((value) => { const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => { const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), rgba("Canvas").slice(0, 3)); };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    if (!node.getClientRects().length || node.closest(".vh, svg, [inert], :disabled, [aria-hidden=true]")) continue;
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
    const style = getComputedStyle(node);
    if (style.visibility !== "visible" || Number(style.opacity) < 1) continue;
    const below = ground(node); const ink = over(rgba(style.color), below);
    const [high, low] = [light(ink), light(below)].sort((left, right) => right - left);
    const ratio = (high + 0.05) / (low + 0.05);
    const text = node.textContent.trim().slice(0, 30);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.className || node.tagName}: ${text}`);
  }
  return poor;
}"""


@pytest.fixture
async def it(browser_page: Page, tmp_path: Path) -> AsyncIterator[Seen]:
    async with seen(browser_page, tmp_path) as ready:
        yield ready


async def tab_to(page: Page, name: str, *, most: int = 80) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        said = await page.evaluate("() => document.activeElement.ariaLabel ?? document.activeElement.textContent")
        if name in said:
            return
    raise AssertionError(f"Tab never came to {name!r}")


async def test_the_job_with_the_keyboard_alone(it: Seen) -> None:
    page = it.page
    await page.get_by_role("link", name="Skip to messages").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Message #nps-relational")).to_be_focused()
    await page.evaluate("() => document.querySelector('#messages').focus()")
    await tab_to(page, "Claim", most=120)
    await page.keyboard.press("Enter")
    await expect(it.message("card")).to_contain_text("owned by @Priya Raman")
    await page.get_by_role("banner").get_by_role("button", name="one hour").focus()
    await tab_to(page, "You are Priya")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#people")).to_contain_text("Jen")
    await expect(it.message("card")).to_contain_text("owned by @Priya Raman")


async def test_focus_survives_the_update_of_a_message(it: Seen) -> None:
    assign = it.message("card").get_by_role("combobox", name="Assign to")
    await assign.focus()
    blocks: list[dict[str, Any]] = [
        {"type": "section", "block_id": "new", "text": {"type": "plain_text", "text": "Changed meanwhile"}},
        {"type": "actions", "block_id": "do", "elements": [button("claim", "Claim"), button("docs", "Open CRM")]},
    ]
    await it.message("card").get_by_role("button", name="Claim").focus()
    await it.api.chat_update(channel=CHANNEL, ts=it.stamps["card"], text="changed", blocks=blocks)
    await expect(it.message("card")).to_contain_text("Changed meanwhile")
    await expect(it.message("card").get_by_role("button", name="Claim")).to_be_focused()


async def test_a_narrow_window(it: Seen) -> None:
    await it.page.set_viewport_size({"width": 380, "height": 720})
    await it.message("card").get_by_role("button", name="Claim").click()
    await expect(it.message("card")).to_contain_text("owned by")
    overflow = "() => document.scrollingElement.scrollWidth - innerWidth"
    assert await it.page.evaluate(overflow) <= 0
    too_wide = await it.page.locator("#messages").evaluate("node => node.scrollWidth - node.clientWidth")
    assert too_wide <= 0
    nav = it.page.get_by_role("navigation")
    await expect(nav).to_be_hidden()
    await it.page.get_by_role("button", name="Channels").click()
    await nav.get_by_role("button", name="nps-onboarding").click()
    await expect(nav).to_be_hidden()
    await expect(it.page.get_by_role("heading", name="nps-onboarding")).to_be_visible()
    await it.page.get_by_role("button", name="Send an answer").click()
    dialog = it.page.get_by_role("dialog", name="Send an answer")
    await expect(dialog.get_by_role("button", name="Send answer")).to_be_in_viewport()
    assert await it.page.evaluate(overflow) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast(it: Seen, scheme: Any) -> None:
    await it.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await it.api.chat_postEphemeral(channel=CHANNEL, user="U0PRIYA", text="Only *you*, `code`, <!here> <@U0JEN>")
    await expect(it.page.get_by_text("Only visible to you")).to_be_visible()
    assert await it.page.evaluate(CONTRAST) == []
    await it.page.get_by_role("button", name="Send an answer").click()
    await it.page.get_by_role("button", name="1 · Leaving").click()
    assert await it.page.evaluate(CONTRAST) == []


async def test_the_tour_shows_itself_once(browser_page: Page, tmp_path: Path) -> None:
    async with seen(browser_page, tmp_path, tour=True) as it:
        card = it.page.locator(".tour")
        await expect(it.page.get_by_role("dialog", name="An unhappy customer")).to_be_visible()
        await it.page.keyboard.press("Enter")
        await expect(it.page.get_by_role("dialog", name="Claim one")).to_be_visible()
        await it.page.keyboard.press("Enter")
        await it.page.get_by_role("button", name="Start").click()
        await expect(card).to_have_count(0)
        await it.page.reload()
        await it.page.wait_for_selector("body[data-ready]")
        await expect(card).to_have_count(0)
        await it.page.get_by_role("button", name="Show the tour again").click()
        await expect(card).to_be_visible()
        await it.page.keyboard.press("Escape")
        await expect(card).to_have_count(0)


async def test_an_answer_sent_by_hand_reaches_the_hook(it: Seen) -> None:
    heard: list[dict[str, Any]] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append({"path": request.path, "signature": request.headers["webhook-signature"], **await request.json()})
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/generic", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        it.ws.hooks_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await it.page.get_by_role("button", name="Send an answer").click()
        dialog = it.page.get_by_role("dialog", name="Send an answer")
        await dialog.get_by_role("button", name="Send answer").click()
        await expect(dialog.get_by_role("alert")).to_have_text("Please choose a score from 0 to 10.")
        await dialog.get_by_role("button", name="4 · Hard start").click()
        await dialog.get_by_role("radio", name="4").press("ArrowRight")
        await dialog.get_by_label("Comment").fill("It's <b>fine</b>")
        await dialog.get_by_role("button", name="Send answer").click()
        await expect(dialog).to_be_hidden()
        await expect(it.page.get_by_role("status").filter(has_text="Alpine Ski House gave 5")).to_be_visible()
        assert len(heard) == 1
        sent = heard[0]
        assert (sent["score"], sent["comment"], sent["acv"]) == (5, "It's <b>fine</b>", 42000)
        assert (sent["programme"], sent["survey_name"]) == ("onboarding", "Onboarding NPS")
        assert sent["response_id"].startswith("page-")
        assert sent["signature"].startswith("v1,")
    finally:
        await runner.cleanup()


async def test_the_page_says_when_the_bot_goes(browser_page: Page) -> None:
    line = browser_page.get_by_role("navigation").get_by_role("status")
    async with run_workspace(MANIFEST) as ws:
        async with socket_bot(ws, Gallery().register):
            await browser_page.goto(ws.url)
            await expect(line).to_have_text("winback is connected over Socket Mode")
        await expect(line).to_have_text("winback is not connected")
        await browser_page.goto("about:blank")


async def test_a_lost_line_is_said_and_mended(it: Seen, browser_errors: list[str]) -> None:
    await it.page.context.set_offline(True)
    await it.page.evaluate("() => document.querySelector('[data-place=C0ONBOARDING]').click()")
    await expect(it.page.get_by_text("The workspace doesn't answer.")).to_be_visible()
    await it.page.context.set_offline(False)
    await it.page.evaluate("() => document.querySelector('[data-place=C0RELATIONAL]').click()")
    await expect(it.message("card")).to_be_visible()
    # The browser itself reports the requests that failed on purpose.
    browser_errors[:] = [error for error in browser_errors if "ERR_INTERNET_DISCONNECTED" not in error]
