"""Each block and each piece of text, as the page shows it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.demo.page_fixtures import Seen, seen
from tests.demo.page_gallery import HOSTILE

pytestmark = pytest.mark.browser


@pytest.fixture
async def it(browser_page: Page, tmp_path: Path) -> AsyncIterator[Seen]:
    async with seen(browser_page, tmp_path) as ready:
        yield ready


async def test_nothing_is_unknown_and_every_block_stands_there(it: Seen) -> None:
    for name in it.stamps:
        await expect(it.message(name)).to_have_count(1)
    await expect(it.page.locator(".unknown")).to_have_count(0)
    kinds = await it.page.locator("#messages [data-type]").evaluate_all(
        "nodes => [...new Set(nodes.map(n => n.dataset.type))]"
    )
    assert {
        "section", "context", "header", "divider", "actions", "image", "rich_text", "table", "data_table",
        "data_visualization", "markdown", "card", "carousel", "container", "context_actions",
    } <= set(kinds)  # fmt: skip


async def test_hostile_text_shows_as_typed(it: Seen) -> None:
    for block_id in ("hostile-plain", "hostile-mrkdwn", "hostile-rich"):
        block = it.block(block_id)
        shown = (await block.inner_text()).replace("\u2060", "").strip()
        assert shown == HOSTILE, block_id
        for made in ("strong", "em", "s", "code", "b", ".mention", "script"):
            await expect(block.locator(made)).to_have_count(0)
    for block_id in ("hostile-plain", "hostile-rich"):
        await expect(it.block(block_id).locator("a")).to_have_count(0)


async def test_a_hole_in_the_escaping_is_loud(it: Seen) -> None:
    await expect(it.block("loud").locator(".mention-broadcast")).to_have_text("@channel")


async def test_formats(it: Seen) -> None:
    block = it.block("formats")
    for tag, text in (("strong", "bold"), ("em", "italic"), ("s", "strike"), ("code", "code"), ("strong em", "both")):
        await expect(block.locator(tag).filter(has_text=text).first).to_be_visible()
    await expect(block.locator("blockquote")).to_have_text("quoted lineand another")
    await expect(block.locator("pre")).to_have_text("pre *not bold*")
    await expect(block.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    await expect(block.get_by_role("link", name="dana@example.com")).to_have_attribute(
        "href", "mailto:dana@example.com"
    )
    await expect(block.locator(".mention-own")).to_have_text("@Priya Raman")
    await expect(block.locator('[data-user="U0JEN"]')).to_have_text("@Jen Alvarez")
    text = await block.inner_text()
    assert "2*3*4 snake_case_name" in text
    assert "<b> &amp;" in text
    assert "✅" in text
    assert ":nope:" in text


async def test_dates_follow_the_reader(it: Seen) -> None:
    date = it.block("formats").locator("time")
    await expect(date).to_have_text("18 Nov 2026 at 11:06")
    await it.go(**{"as": "U0SAM", "at": "C0RELATIONAL"})
    await expect(it.page.locator("#people")).to_contain_text("Sam")
    await expect(date).to_have_text("18 Nov 2026 at 16:36")


async def test_right_to_left_text_runs_right_to_left(it: Seen) -> None:
    async def direction(block_id: str) -> str:
        text = it.block(block_id).locator("[dir=auto]").first
        return str(await text.evaluate("node => getComputedStyle(node).direction"))

    assert await direction("rtl") == "rtl"
    assert await direction("formats") == "ltr"


async def test_long_text_unfolds(it: Seen) -> None:
    block = it.block("long")
    before = (await block.bounding_box() or {})["height"]
    await block.get_by_role("button", name="Show more").click()
    await expect(block.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    assert (await block.bounding_box() or {})["height"] > before


async def test_fields_markdown_and_rich_text(it: Seen) -> None:
    await expect(it.block("fields").locator(".section-fields > *")).to_have_count(4)
    markdown = it.block("md")
    await expect(markdown.get_by_role("heading", name="Markdown")).to_be_visible()
    await expect(markdown.locator("li")).to_have_text(["one", "two"])
    rich = it.block("rich")
    await expect(rich.locator("strong")).to_have_text("bold")
    await expect(rich.locator("ol li")).to_have_text("step one")
    await expect(rich.locator("pre")).to_have_text("  indented")
    await expect(it.block("img").get_by_role("img", name="A chart")).to_be_visible()


async def test_tables_sort_and_turn_pages(it: Seen) -> None:
    await expect(it.block("table").get_by_role("row")).to_have_count(4)
    data = it.block("data")
    await expect(data.get_by_role("cell")).to_have_text(["smb", "9", "enterprise", "12"])
    await data.get_by_role("button", name="Open", exact=True).click()
    await expect(data.get_by_role("cell")).to_have_text(["mid-market", "3", "smb", "9"])
    await data.get_by_role("button", name="Open", exact=True).click()
    await expect(data.get_by_role("columnheader", name="Open")).to_have_attribute("aria-sort", "descending")
    await data.get_by_role("button", name="Next page").click()
    await expect(data.get_by_role("cell")).to_have_text(["mid-market", "3"])
    await expect(data).to_contain_text("3\u20133 of 3")
    await expect(data.get_by_role("button", name="Next page")).to_be_disabled()


@pytest.mark.parametrize(
    ("kind", "shape", "count"), [("bar", "rect", 4), ("line", "circle", 4), ("area", "path", 4), ("pie", "path", 2)]
)
async def test_charts(it: Seen, kind: str, shape: str, count: int) -> None:
    chart = it.block(f"chart-{kind}")
    await expect(chart.locator(f"svg {shape}")).to_have_count(count)
    figures = chart.get_by_role("figure").locator("table")
    await expect(figures).to_contain_text("onboarding667 %" if kind == "pie" else "enterprise-124")


async def test_cards_carousel_and_container(it: Seen) -> None:
    await expect(it.block("card").get_by_role("group", name="Northwind")).to_contain_text("Renews in 87 days")
    strip = it.block("carousel").locator(".carousel-strip")
    await expect(strip.locator(".card")).to_have_count(4)
    inner = it.block("container").get_by_text("Adventure Works")
    await expect(inner).to_be_hidden()
    await it.block("container").get_by_role("button", name="Older cases").click()
    await expect(inner).to_be_visible()


async def test_a_files_message(it: Seen) -> None:
    await it.api.files_upload_v2(channel="C0RELATIONAL", content="a,b\n", filename="readout.csv", title="Readout Q4")
    files = it.page.get_by_role("list", name="Files")
    await expect(files.get_by_role("link", name="Readout Q4")).to_be_visible()
