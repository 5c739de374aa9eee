"""The table and the chart in a real browser, wide and narrow: seen, sorted, turned, and nothing cut off."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from recovery.figures.periods import parse_period, previous
from tests.readouts.natives import ENOUGH, three_quarters
from tests.story.acting import Acting
from tests.story.conftest import acting
from tests.story.steps.working import owned
from tests.story.test_page_story import TOUR_SEEN, become, open_channel, type_command
from tests.support.story import POLICY

WAIT = 20_000  # milliseconds
NARROW = {"width": 390, "height": 844}
SPILLS = "node => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1"


@dataclass(slots=True)
class Reading:
    """Somebody at the page of a running story."""

    page: Page
    it: Acting

    async def asks(self, line: str) -> Locator:
        """What they read after a command."""
        before = await self.articles.count()
        await type_command(self.page, line)
        await expect(self.articles).to_have_count(before + 1, timeout=WAIT)
        return self.articles.last

    @property
    def articles(self) -> Locator:
        return self.page.locator("#messages").get_by_role("article")


@pytest.fixture
async def reading(browser_page: Page, sqlite_db: str, tmp_path: Path) -> AsyncIterator[Reading]:
    async with acting(sqlite_db, tmp_path, policy=POLICY.read_text("utf-8") + ENOUGH) as it:
        await three_quarters(it)
        await browser_page.add_init_script(TOUR_SEEN)
        await browser_page.goto(it.workspace.url)
        await become(browser_page, "Marcus Webb")
        await open_channel(browser_page, "nps-relational")
        yield Reading(browser_page, it)
        await browser_page.goto("about:blank")


@pytest.mark.parametrize("width", ["wide", "narrow"])
async def test_segments_are_a_table_that_sorts(reading: Reading, width: str) -> None:
    page = reading.page
    if width == "narrow":
        await page.set_viewport_size(NARROW)
    answer = await reading.asks("/nps segments last quarter")
    table = answer.get_by_role("table", name="By segment")
    await expect(table).to_be_visible()
    await expect(table.get_by_role("columnheader")).to_have_text(
        ["Segment", "Answers", "Target", "NPS", "Margin", "Trend"]
    )
    await expect(table.get_by_role("rowheader")).to_have_text(["Enterprise", "Mid-market"])
    await table.get_by_role("button", name="NPS").click()
    await expect(table.get_by_role("rowheader")).to_have_text(["Mid-market", "Enterprise"])
    await expect(table.get_by_role("row").nth(1)).to_contain_text("\u221233")
    await kept(answer, f"segments-{width}")
    assert not await answer.evaluate(SPILLS)


@pytest.mark.parametrize("width", ["wide", "narrow"])
async def test_a_draft_shows_both_quarters(reading: Reading, width: str) -> None:
    page, last = reading.page, parse_period("last quarter", reading.it.story.bot.clock.now())
    if width == "narrow":
        await page.set_viewport_size(NARROW)
    answer = await reading.asks(f"/nps readout {last.key}")
    figure = answer.get_by_role("figure", name="NPS by segment")
    await expect(figure).to_be_visible()
    await expect(figure.locator("svg rect")).to_have_count(4)
    await expect(figure.locator(".chart-legend")).to_have_text(f"{last.name}{previous(last).name}")
    below, above = figure.locator("svg rect").nth(1), figure.locator("svg rect").nth(0)
    assert (await above.bounding_box() or {})["y"] < (await below.bounding_box() or {})["y"]
    scale = await figure.locator("svg").evaluate(
        "node => node.getBoundingClientRect().width / node.viewBox.baseVal.width"
    )
    assert scale > 0.95  # letters keep their size
    # For those who can't see the picture.
    await expect(figure.locator("table")).to_contain_text("Mid-market-33100")
    await kept(answer, f"readout-{width}")
    assert not await answer.evaluate(SPILLS)


@pytest.mark.parametrize("width", ["wide", "narrow"])
async def test_leaders_are_people_in_a_table(reading: Reading, width: str) -> None:
    if width == "narrow":
        await reading.page.set_viewport_size(NARROW)
    await owned(reading.it)
    await reading.it.opens()
    answer = await reading.asks("/nps leaders")
    table = answer.get_by_role("table", name="By owner")
    await expect(table.get_by_role("rowheader")).to_have_text(["@Priya Raman", "Nobody (no owner)"])
    await expect(table.get_by_role("row").nth(1)).to_contain_text("none due yet")
    await kept(answer, f"leaders-{width}")
    assert not await answer.evaluate(SPILLS)


async def test_a_workspace_without_these_blocks_shows_words(reading: Reading) -> None:
    reading.it.workspace.faults.forget_blocks("data_table", "data_visualization")
    answer = await reading.asks("/nps segments last quarter")
    await expect(answer.get_by_role("table")).to_have_count(0)
    await expect(answer).to_contain_text("Enterprise · Answers 3 · Target 200 · NPS +33")
    await expect(answer.get_by_role("button", name="Show these figures")).to_be_visible()


async def kept(shown: Locator, name: str) -> None:
    """A picture for who wants to look, in the folder that WINBACK_PICTURES names."""
    if folder := os.environ.get("WINBACK_PICTURES"):
        await shown.screenshot(path=Path(folder) / f"{name}.png")
