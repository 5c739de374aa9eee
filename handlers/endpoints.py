"""The web server's routes: Slack's events (HTTP mode), the hooks, pages for browsers, and whether we are ready."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import SQLAlchemyError

from bot.flows.watching import health
from bot.house import House
from bot.pages import PATH
from handlers.hooks import Hooks
from handlers.pages import Pages
from store.engine import Database

MOST_BYTES = 10_000_000


class Endpoints:
    """What the outside world can reach. `bolt` is None in Socket Mode: Slack has no endpoint then.

    `watched` gives what else /readyz tells, under names of its own.
    """

    def __init__(
        self,
        db: Database,
        house: House,
        hooks: Hooks,
        locked_out: Callable[[], str],
        bolt: AsyncApp | None,
        watched: Callable[[], Mapping[str, object]] = dict,
        pages: Pages | None = None,
    ) -> None:
        self._db = db
        self._house = house
        self._hooks = hooks
        self._locked_out = locked_out
        self._bolt = bolt
        self._watched = watched
        self._pages = pages
        self.ready = False

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/hooks/{source}", self._hooks.receive)
        if self._bolt is not None:
            app.router.add_post("/slack/events", self._slack)
        if self._pages is not None:
            app.router.add_get(PATH + "{token}", self._pages.show)
            app.on_shutdown.append(self._pages.stop)
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
            problems = await self.problems()
        except (SQLAlchemyError, OSError) as error:
            problems = [f"The database does not answer ({type(error).__name__})."]
        status = HTTPStatus.SERVICE_UNAVAILABLE if problems or not self.ready else HTTPStatus.OK
        told = {"ready": status == HTTPStatus.OK, "problems": problems, **self._watched()}
        return web.json_response(told, status=status)

    async def problems(self) -> list[str]:
        """What is wrong now, a sentence each. Raises what the database raises."""
        async with self._db.read() as tx:
            return await health.problems(tx, self._house, self._locked_out())
