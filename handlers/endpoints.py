"""The web server's routes: Slack's events (HTTP mode), the hooks, and whether we are alive and ready."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import SQLAlchemyError

from handlers.hooks import Hooks
from store import outbox, receipts
from store.engine import Database

MOST_BYTES = 10_000_000
TOO_OLD = timedelta(minutes=5)


class Endpoints:
    """What the outside world can reach. `bolt` is None in Socket Mode: Slack has no endpoint then."""

    def __init__(self, db: Database, hooks: Hooks, locked_out: Callable[[], str], bolt: AsyncApp | None) -> None:
        self._db = db
        self._hooks = hooks
        self._locked_out = locked_out
        self._bolt = bolt
        self.ready = False

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/hooks/{source}", self._hooks.receive)
        if self._bolt is not None:
            app.router.add_post("/slack/events", self._slack)
        app.router.add_get("/healthz", self._healthy)
        app.router.add_get("/readyz", self._readiness)
        return app

    async def _slack(self, request: web.Request) -> web.Response:
        assert self._bolt is not None  # noqa: S101 - the route exists only then
        try:
            # Bolt parses before it checks the signature, so anybody's nonsense gets here.
            told = await to_bolt_request(request)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="This is not a request of Slack's.")
        return await to_aiohttp_response(await self._bolt.async_dispatch(told))

    async def _healthy(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _readiness(self, _request: web.Request) -> web.Response:
        """200, or 503 with what is wrong: the database, Slack's word, or work that waits too long."""
        try:
            problems = await self._problems()
        except (SQLAlchemyError, OSError) as error:
            problems = [f"The database does not answer ({type(error).__name__})."]
        status = HTTPStatus.SERVICE_UNAVAILABLE if problems or not self.ready else HTTPStatus.OK
        return web.json_response({"ready": status == HTTPStatus.OK, "problems": problems}, status=status)

    async def _problems(self) -> list[str]:
        async with self._db.read() as tx:
            oldest = await receipts.oldest_waiting(tx)
            unshown = await outbox.oldest_waiting(tx)
            now = tx.now
        problems = []
        if self._locked_out():
            problems.append(f"Slack refuses our token ({self._locked_out()}).")
        if oldest and now - oldest > TOO_OLD:
            problems.append(f"A delivery waits since {oldest.isoformat()}.")
        if unshown and now - unshown > TOO_OLD:
            problems.append(f"A message waits since {unshown.isoformat()}.")
        return problems
