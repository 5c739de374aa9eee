"""The page in a browser, with the gallery app behind it over Socket Mode."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, Route
from slack_sdk.web.async_client import AsyncWebClient

from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.transport.delivery import Patience
from demo.workspace import run_workspace
from tests.demo.demo_bots import client, socket_bot
from tests.demo.page_gallery import Gallery, show_everything, write_manifest

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
TOUR_SEEN = "if (location.origin.startsWith('http')) localStorage.setItem('winback-demo-tour', 'done')"
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="20"/></svg>'
CHANNEL = "C0RELATIONAL"


@dataclass(slots=True)
class Seen:
    """What a test of the page holds in its hands."""

    page: Page
    ws: RunningWorkspace
    gallery: Gallery
    api: AsyncWebClient
    stamps: dict[str, str]

    def message(self, name: str) -> Locator:
        return self.page.locator(f'#messages article[data-ts="{self.stamps[name]}"]')

    def block(self, block_id: str) -> Locator:
        return self.page.locator(f'#messages [data-block="{block_id}"]')

    async def go(self, **where: str) -> None:
        """Another place or person, by the page's own address."""
        await self.page.evaluate(
            "change => { const now = new URLSearchParams(location.hash.slice(1));"
            " for (const [name, value] of Object.entries(change)) now.set(name, value);"
            " location.hash = now.toString(); }",
            where,
        )


async def _picture(route: Route) -> None:
    await route.fulfill(body=DOT, content_type="image/svg+xml")


@asynccontextmanager
async def seen(page: Page, folder: Path, *, tour: bool = False, ack: float = 3.0) -> AsyncIterator[Seen]:
    """The page of a fresh workspace in which the gallery app has posted everything it can."""
    manifest = write_manifest(folder, MANIFEST)
    gallery = Gallery()
    patience = Patience(ack=ack)
    async with (
        run_workspace(manifest, pace=Pace.unlimited(), patience=patience) as ws,
        socket_bot(ws, gallery.register),
    ):
        stamps = await show_everything(client(ws))
        await page.context.route("https://images.example/**", _picture)
        await page.context.route("https://crm.example/**", _picture)
        if not tour:
            await page.add_init_script(TOUR_SEEN)
        await page.goto(ws.url)
        await page.wait_for_selector("body[data-ready]")
        yield Seen(page, ws, gallery, client(ws), stamps)
        await page.goto("about:blank")
