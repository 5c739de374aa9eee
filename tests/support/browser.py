"""Chromium for tests: found on the machine, and a page on which any error fails the test."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import ConsoleMessage, Error, Page, Response, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # containers give 64 MB of it, and a full one ends a tab
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
WAIT_MS = 10_000


class NoChromiumError(Exception):
    """No Chromium on this machine; the message says what to install."""


def find_chromium() -> str:
    """Return the path of a Chromium: the one CHROMIUM names, else the first on PATH. Raises NoChromiumError."""
    named = os.environ.get("CHROMIUM")
    if named:
        if os.access(named, os.X_OK):
            return named
        raise NoChromiumError(f"CHROMIUM is {named}, but that is no program")
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise NoChromiumError("no Chromium found; Debian: apt install chromium")


@asynccontextmanager
async def page_of(chromium: str, errors: list[str]) -> AsyncIterator[Page]:
    """Open one page in a fresh browser and write every error the page makes into `errors`.

    An error is a message of level error on the console, an uncaught exception, or an answer of 500 and above.
    """
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=[*ARGUMENTS, *root], handle_sigint=False
        )
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(WAIT_MS)
            _listen(page, errors)
            yield page
        finally:
            await browser.close()


def _listen(page: Page, errors: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def crashed(error: Error) -> None:
        errors.append(f"exception: {error.stack or error.message}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            errors.append(f"answer {response.status}: {response.url}")

    page.on("console", console)
    page.on("pageerror", crashed)
    page.on("response", answered)
