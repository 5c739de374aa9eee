"""Pages that a browser opens by a link from Slack: the printable readout, and the ZIP of an export.

Whoever is here has no name: the link says who asked for it, and whether they still may is asked once more.
"""

import asyncio
import base64
import hashlib
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import IO

from aiohttp import web

from bot import pages_plain
from bot.flows.cases.casework import Asker
from bot.flows.figures import pages
from bot.flows.figures.pages import Exported, Printed
from bot.house import House
from bot.pages import Claim, ExportFile, ReadoutPage
from bot.paper.sheet import sheet
from recovery.errors import Refusal
from recovery.figures.periods import Period
from recovery.policy.file import Policy, Programme
from recovery.readouts.page import Page
from store.engine import Database

log = logging.getLogger(__name__)

MOST_RENDERED = 2  # pages at once
RENDER_PATIENCE = 10.0  # seconds that one more waits for its turn
MOST_SENT = 4  # exports that are on their way to somebody, each an open file
STALLED = 60.0  # seconds without a byte taken, after which a download is given up
CHUNK = 256 * 1024
RETRY_AFTER = "60"
ROBOTS = "slackbot"  # Slack's page "Slack robots": who pasted a link into a message sent it, not a reader
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = "default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

Counting = Callable[[Policy, Programme, Period], Awaitable[Page]]
Zipping = Callable[[Policy, str, Period | None, IO[bytes]], Awaitable[dict[str, int]]]


class Pages:
    """`count` gives a readout's page, `zipped` writes an export into a file and gives its rows by file."""

    def __init__(self, db: Database, house: House, count: Counting, zipped: Zipping) -> None:
        self._db = db
        self._house = house
        self._count = count
        self._zipped = zipped
        self._rendering = asyncio.Semaphore(MOST_RENDERED)
        self._making = asyncio.Lock()
        self._sending: set[asyncio.Task[object]] = set()

    async def show(self, request: web.Request) -> web.StreamResponse:
        """What the link is for, or a page that says why not: 403 for none of ours, 410 for one that has ended."""
        claim = self._house.links.read(request.match_info["token"])
        if claim is None or ROBOTS in request.headers.get("User-Agent", "").lower():
            return _html(pages_plain.forged(), HTTPStatus.FORBIDDEN)
        try:
            found = await self._allowed(claim)
            if found is None:
                return _html(pages_plain.ended(), HTTPStatus.GONE)
            if request.method == "HEAD":
                return web.Response(headers=HEADERS)
            return await (
                self._printed(claim, found) if isinstance(found, Printed) else self._exported(request, claim, found)
            )
        except Exception:
            # Whoever reads it is no colleague for sure: the log says what went wrong, the page does not.
            log.exception("a page could not be shown")
            return _html(pages_plain.trouble(), HTTPStatus.SERVICE_UNAVAILABLE)

    async def stop(self, _app: web.Application) -> None:
        """Gives downloads up: they would keep the program from ending."""
        for task in self._sending:
            task.cancel()

    async def _allowed(self, claim: Claim) -> Printed | Exported | None:
        """What may be shown; None where the link has ended, or who asked for it may not see this any more."""
        now, asker = self._db.clock.now(), Asker(claim.user)
        if now >= claim.ends:
            return None
        try:
            match claim.what:
                case ReadoutPage(readout_id):
                    async with self._db.read() as tx:
                        return await pages.readout_page(tx, self._house, readout_id, asker)
                case ExportFile():
                    return pages.export_file(self._house, claim.what, asker, now)
        except Refusal as error:
            log.info("a link that %s had asked for leads nowhere any more: %s", claim.user, error.sentence)
            return None

    async def _printed(self, claim: Claim, found: Printed) -> web.Response:
        html = found.paper
        if not html:
            try:
                async with asyncio.timeout(RENDER_PATIENCE):
                    await self._rendering.acquire()
            except TimeoutError:
                return _busy()
            try:
                policy = self._house.policy
                html = sheet(await self._count(policy, found.programme, found.period), policy.figures)
            finally:
                self._rendering.release()
        log.info("the readout of %s, %s, was opened by a link of %s", found.programme.key, found.period.key, claim.user)
        return _html(html, HTTPStatus.OK)

    async def _exported(self, request: web.Request, claim: Claim, found: Exported) -> web.StreamResponse:
        if self._making.locked() or len(self._sending) >= MOST_SENT:
            return _busy()
        key, period = found.programme.key, found.period.key if found.period else "all-time"
        async with self._under_way():
            # Without a name in any folder: nothing of it is left, however we end.
            with tempfile.TemporaryFile() as file:
                async with self._making:
                    counts = await self._zipped(self._house.policy, key, found.period, file)
                rows, size = sum(counts.values()), file.tell()
                log.info(
                    "an export of %s, %s (%s rows) is downloaded by a link of %s", key, period, f"{rows:,}", claim.user
                )
                answer = web.StreamResponse(headers=HEADERS)
                answer.content_type = "application/zip"
                answer.content_length = size
                answer.headers["Content-Disposition"] = f'attachment; filename="winback-{key}-{period}.zip"'
                await answer.prepare(request)
                try:
                    await _send(file, answer)
                except OSError as error:  # also ConnectionError and TimeoutError
                    log.info("the download was cut short (%s)", type(error).__name__)
                    if request.transport is not None:
                        request.transport.abort()
                return answer

    @asynccontextmanager
    async def _under_way(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - aiohttp runs each request in one
        self._sending.add(task)
        try:
            yield
        finally:
            self._sending.discard(task)


async def _send(file: IO[bytes], answer: web.StreamResponse) -> None:
    """The whole file, as fast as it is taken. Raises TimeoutError for somebody who takes nothing for a while."""
    file.seek(0)
    while chunk := await asyncio.to_thread(file.read, CHUNK):
        async with asyncio.timeout(STALLED):
            await answer.write(chunk)
    await answer.write_eof()


def _busy() -> web.Response:
    answer = _html(pages_plain.busy(), HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _html(html: str, status: HTTPStatus) -> web.Response:
    headers = {**HEADERS, "Content-Security-Policy": _policy(html)}
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=headers)


def _policy(html: str) -> str:
    """Nothing is loaded, nothing runs, and no style counts but those that the page came with."""
    styles = [base64.b64encode(hashlib.sha256(found.encode()).digest()).decode() for found in _STYLE.findall(html)]
    return POLICY.format(styles=" ".join(f"'sha256-{each}'" for each in styles) or "'none'")
