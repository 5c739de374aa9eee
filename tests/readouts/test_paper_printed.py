"""The printed readout in a real browser: one sheet, A4 or Letter, with nothing lost and nothing loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page as Browser

from bot.paper.sheet import sheet
from recovery.readouts.page import AskKind, Page
from tests.readouts import papers
from tests.readouts.papers import RULES

PAGES: dict[str, Callable[[], Page]] = {
    "nothing": papers.nothing,
    "one answer": papers.one_answer,
    "usual": papers.usual,
    "widest letters": lambda: papers.fullest("W"),
    "long words": lambda: papers.fullest("n", AskKind.DROP),
    "no spaces in Japanese": lambda: papers.fullest("界"),
    "right to left": lambda: papers.fullest("ب"),
}
OVERLAPPING = """
() => {
  const boxes = [...document.querySelectorAll('main > *, .voices > *, tbody tr')].map(each => {
    const inner = each.scrollHeight - each.clientHeight, wide = each.scrollWidth - each.clientWidth;
    return [each.className || each.tagName, inner, wide];
  });
  return boxes.filter(([name, inner, wide]) => inner > 1 || wide > 1);
}
"""


@pytest.mark.parametrize("name", PAGES)
async def test_it_is_one_sheet_on_either_paper(name: str, browser_page: Browser, tmp_path: Path) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "readout.html"
    file.write_text(sheet(PAGES[name](), RULES), "utf-8")
    await browser_page.goto(file.as_uri())
    for paper in ("A4", "Letter"):
        pdf = await browser_page.pdf(format=paper, print_background=True)
        assert pdf.count(b"/Type /Page\n") == 1, f"{name} on {paper}"
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("name", PAGES)
async def test_nothing_runs_over_anything(name: str, browser_page: Browser) -> None:
    for width in (390, 703, 1200):
        await browser_page.set_viewport_size({"width": width, "height": 1000})
        for media in ("screen", "print"):
            await browser_page.emulate_media(media="print" if media == "print" else "screen")
            await browser_page.set_content(sheet(PAGES[name](), RULES))
            assert await browser_page.evaluate(OVERLAPPING) == [], f"{name}, {media}, {width}"
            assert await browser_page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_page_with_too_much_for_one_sheet_would_be_seen(browser_page: Browser) -> None:
    """The count above can fail: the same page with a section of its own height more is two sheets."""
    html = sheet(papers.fullest("n"), RULES).replace("</main>", '<div style="height: 60mm">x</div></main>')
    await browser_page.set_content(html)
    pdf = await browser_page.pdf(format="A4", print_background=True)
    assert pdf.count(b"/Type /Page\n") == 2
