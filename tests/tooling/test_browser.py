"""The browser fixture: a page works, and every kind of error a page can make is noticed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.support import browser

PAGE = "<!doctype html><title>t</title><link rel=icon href='data:,'><h1>Open cases</h1><script>{}</script>"
SCRIPTS = {
    "quiet": "console.log('fine'); console.warn('hm')",
    "console": "console.error('no such case')",
    "exception": "setTimeout(() => { throw new Error('lost its head') })",
    "rejected": "Promise.reject(new Error('nobody caught it'))",
    "answer": "fetch('/broken')",
    "missing": "fetch('/nowhere')",
}


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE.format(SCRIPTS[request.match_info["name"]]), content_type="text/html")

    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    app = web.Application()
    app.router.add_get("/page/{name}", page)
    app.router.add_get("/broken", broken)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_page_is_shown(browser_page: Page, address: str) -> None:
    await browser_page.goto(f"{address}/page/quiet", wait_until="networkidle")
    assert await browser_page.get_by_role("heading").inner_text() == "Open cases"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("console", "no such case"),
        ("exception", "lost its head"),
        ("rejected", "nobody caught it"),
        ("answer", "answer 500"),
        ("missing", "404"),
    ],
)
async def test_an_error_of_the_page_is_noticed(
    browser_page: Page, browser_errors: list[str], address: str, name: str, expected: str
) -> None:
    await browser_page.goto(f"{address}/page/{name}", wait_until="networkidle")
    assert any(expected in error for error in browser_errors), browser_errors
    browser_errors.clear()  # this test made them on purpose


def test_no_chromium_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(browser.NoChromiumError, match="apt install chromium"):
        browser.find_chromium()
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    with pytest.raises(browser.NoChromiumError, match="CHROMIUM is"):
        browser.find_chromium()
