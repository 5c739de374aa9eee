"""Builds the whole from its parts and runs it: the only place that knows everybody."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.directory import NETWORK_ERRORS, DirectoryService, code_of
from bot.flows.figures import readout_page
from bot.house import House
from bot.theme_search import ThemeSearch
from handlers.desk import Desk
from handlers.endpoints import Endpoints
from handlers.hooks import Hooks
from handlers.pages import Pages
from recovery.figures.periods import Period
from recovery.policy.file import Policy, Programme
from recovery.readouts.page import Page
from scheduler import chores, counting, systemic
from scheduler.absences import Absences
from scheduler.auditor import Auditor
from scheduler.chores import Chores
from scheduler.clockwork import Clockwork
from scheduler.counting import Counting
from scheduler.deadlines import Deadlines
from scheduler.delivery import Delivery
from scheduler.heartbeat import Heartbeat
from scheduler.mail import Mail
from scheduler.receipts import Receipts
from scheduler.speaker import Speaker
from scheduler.systemic import Systemic
from store.clock import Clock, ShiftedClock, SystemClock
from store.engine import Database
from store.migrate import migrate
from store.receipts import Inbox
from winback.exports.zipped import Zipping
from winback.reloading import Reloading
from winback.settings import Settings

log = logging.getLogger(__name__)

SLACK_TIMEOUT = 10  # seconds for one call of the Web API
MAIL_SECONDS = 30
AUDIT_SECONDS, FIRST_AUDIT_SECONDS = 120, 30
HEARTBEAT_SECONDS = 60


class Winback:
    """One process: the web server, the connection to Slack, and the workers."""

    def __init__(self, settings: Settings, policy: Policy, secrets: dict[str, str]) -> None:
        self.settings = settings
        self.house = House(policy, links=settings.links)
        self.clock = clock_of(settings)
        self.db = Database(settings.database_url, self.clock)
        self.client = web_client(settings)
        self.inbox = Inbox(self.db)
        self.directory = DirectoryService(self.db, self.house, self.client)
        self.themes = ThemeSearch()
        self.hooks = Hooks(self.house, self.inbox, self.clock, secrets)
        self.receipts = Receipts(self.db, self.house, self.hooks.read, self.inbox, self.directory)
        self.delivery = Delivery(self.db, self.house, self.client)
        self.deadlines = Deadlines(self.db, self.house)
        self.speaker = Speaker(self.db, self.house)
        self.absences = Absences(self.db, self.house)
        self.mail = Mail(self.db, self.house, settings.mail, lambda: self.delivery.unreachable_since)
        self.clockwork = Clockwork(self.directory, self.absences, self.clock)
        self.clockwork.every("mail", MAIL_SECONDS, self.mail.beat)
        self.auditor = Auditor(self.db, self.house)
        self.clockwork.every("auditor", AUDIT_SECONDS, self.auditor.beat, FIRST_AUDIT_SECONDS)
        self.heartbeat = Heartbeat(settings.heartbeat_url, self.all_is_well)
        self.clockwork.every("heartbeat", HEARTBEAT_SECONDS, self.heartbeat.beat)
        self.chores = Chores(self.db, self.house)
        self.clockwork.every("chores", chores.SECONDS, self.chores.beat)
        self.systemic = Systemic(self.db, self.house, self.themes)
        self.clockwork.every("systemic", systemic.SECONDS, self.systemic.beat, systemic.FIRST_SECONDS)
        self.counting = Counting(self.db, self.house)
        self.clockwork.every("counting", counting.SECONDS, self.counting.beat, 1)
        self.reloading = Reloading(self.db, self.house, settings.policy, self.directory, self.hooks.adopt)
        self.bot_user_id: str | None = None
        self.bolt = AsyncApp(
            # Bolt wants one even in Socket Mode, where nothing is signed and no Slack endpoint is served.
            signing_secret=settings.signing_secret or "unused-in-socket-mode",
            # Without a token of its own: Bolt would ask auth.test at the first click and drop the click if that fails.
            client=AsyncWebClient(base_url=settings.api_url, timeout=SLACK_TIMEOUT, retry_handlers=[]),
            authorize=self._authorize(),
        )
        handlers.register(self.bolt, Desk(self.db, self.house, self.directory, self.client, self.themes))
        self.endpoints = Endpoints(
            self.db,
            self.house,
            self.hooks,
            self.delivery_state,
            None if settings.socket_mode else self.bolt,
            self.watched,
            Pages(self.db, self.house, self._count, Zipping(settings.database_url, self.clock)),
        )
        self._socket = AsyncSocketModeHandler(self.bolt, settings.app_token) if settings.socket_mode else None
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self.port = settings.port

    def _authorize(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """One workspace, one token, which the settings know; Bolt counts the arguments, so it is a plain function."""

        async def who_we_are(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=self.settings.bot_token,
                bot_user_id=self.bot_user_id,
            )

        return who_we_are

    async def _count(self, policy: Policy, programme: Programme, period: Period) -> Page:
        return await readout_page.count(self.db, policy, programme, period, self.themes)

    def delivery_state(self) -> str:
        """Empty while Slack takes our calls, else Slack's word for why it does not."""
        return self.delivery.locked_out

    def watched(self) -> dict[str, object]:
        """What /readyz tells beside whether we are at work."""
        return {"policy_error": self.reloading.problem, "audit": self.auditor.told()}

    async def all_is_well(self) -> bool:
        """Whether a monitor may hear that we are at work: ready, nothing late, and the last audit was a whole one."""
        last = self.auditor.last
        audited = (
            last is not None and not last.failed and self.clock.wall() - last.at < timedelta(seconds=3 * AUDIT_SECONDS)
        )
        return audited and self.endpoints.ready and not await self.endpoints.problems()

    async def start(self) -> None:
        """Ready when it returns: migrated, listening, working. Slack may be down; that stops nothing."""
        await migrate(self.db)
        await self.db.open()
        await self.directory.load()
        if not self.db.postgres:
            await self.delivery.recover()
        self._runner = web.AppRunner(self.endpoints.application(), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._tasks = [
            asyncio.create_task(self._first_look(), name="directory"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
            asyncio.create_task(self.deadlines.run(), name="deadlines"),
            asyncio.create_task(self.speaker.run(), name="speaker"),
            asyncio.create_task(self.reloading.run(), name="reloading"),
        ]
        if self._socket is not None:
            self._tasks.append(asyncio.create_task(self._connect(), name="socket"))
        self.clockwork.start()
        self.endpoints.ready = True

    async def stop(self) -> None:
        """Finishes what is under way, gives the rest back to the database."""
        self.endpoints.ready = False
        if self.clockwork.started:
            self.clockwork.stop()
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
        if self._runner is not None:
            await self._runner.cleanup()
        self.receipts.stop()
        self.deadlines.stop()
        self.speaker.stop()
        await self.delivery.stop()
        await self.themes.close()
        for task in self._tasks:
            if task.get_name() in {"socket", "directory", "reloading"}:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.db.close()

    async def _first_look(self) -> None:
        """Knows who is who before the first case is routed; what it knew before the start is good enough for that."""
        if self.house.directory.people:
            self._understand()
        try:
            self.bot_user_id = str((await self.client.auth_test())["user_id"])
        except NETWORK_ERRORS as error:
            log.warning("Slack does not say who we are: %s", code_of(error))
        try:
            await self.directory.refresh()
        except Exception:
            log.exception("the people and channels of the policy could not be looked up")
        if not any(task.get_name() == "receipts" for task in self._tasks):
            self._understand()

    def _understand(self) -> None:
        self._tasks.append(asyncio.create_task(self.receipts.run(), name="receipts"))

    async def _connect(self) -> None:
        """Socket Mode, tried again until it works; the connection itself reconnects afterwards."""
        assert self._socket is not None  # noqa: S101 - start() checks it
        wait = 1.0
        while True:
            try:
                await self._socket.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
            except Exception as error:  # noqa: BLE001 - whatever it is, we try again
                log.warning("Socket Mode is not connected yet: %s", error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60.0)
            else:
                return


def clock_of(settings: Settings) -> Clock:
    return ShiftedClock(settings.clock_file) if settings.clock_file else SystemClock()


def web_client(settings: Settings) -> AsyncWebClient:
    """The client for everything. Without retries of its own: slack_sdk posts again after a cut connection.

    That would double a message; the outbox looks it up first.
    """
    return AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, timeout=SLACK_TIMEOUT, retry_handlers=[])


@asynccontextmanager
async def running(settings: Settings, policy: Policy, secrets: dict[str, str]) -> AsyncIterator[Winback]:
    app = Winback(settings, policy, secrets)
    try:
        await app.start()
        yield app
    finally:
        await app.stop()
