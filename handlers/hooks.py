"""POST /hooks/{source}: verified over the raw bytes, stored, answered; understood later by a worker."""

import logging
import os
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from bot.house import House
from handlers import bodies, surveys
from handlers.bodies import NoBody
from handlers.surveys import Ignored, NotJson, SourceOptions, WrongSignature
from recovery.errors import UnusableAnswer
from recovery.policy.file import Policy
from recovery.policy.tables import Source
from recovery.survey import SurveyResponse
from store.clock import Clock
from store.receipts import Delivery, Inbox

log = logging.getLogger(__name__)

# What the adapters read besides the body; signatures are checked here and not kept.
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "content-type")


class Hooks:
    """The intake of every source of the policy."""

    def __init__(self, house: House, inbox: Inbox, clock: Clock, secrets: Mapping[str, str]) -> None:
        self._house = house
        self._inbox = inbox
        self._clock = clock
        self._secrets = secrets
        self._options: dict[str, tuple[Source, SourceOptions]] = {}

    def adopt(self, policy: Policy) -> None:
        """Reads the secrets of sources that the policy has now and had not before; known ones stay."""
        self._secrets = {**secrets_of(policy), **self._secrets}

    async def receive(self, request: web.Request) -> web.Response:
        """200 once the delivery is committed; 4xx (401, 404, 408, 413 or 400) or 503 with a sentence otherwise."""
        name = request.match_info["source"]
        source = self._house.policy.sources.get(name)
        if source is None:
            refusal = _refused(HTTPStatus.NOT_FOUND, "The policy has no source of this name.")
            return await bodies.turned_away(request, refusal)
        secret = self._secrets.get(source.secret_env, "")
        if not secret:
            log.error("%s is not set, so nothing of source %s can be verified", source.secret_env, name)
            refusal = _refused(HTTPStatus.SERVICE_UNAVAILABLE, "The secret of this source is not set on the server.")
            return await bodies.turned_away(request, refusal)
        try:
            body = await bodies.read(request, source.max_bytes)
        except NoBody as error:
            return await bodies.turned_away(request, _refused(error.status, error.sentence))
        return await self._take(source, request, body, secret)

    async def _take(self, source: Source, request: web.Request, body: bytes, secret: str) -> web.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        options = self._options_of(source)
        try:
            surveys.verify(options, body, headers, secret, self._clock.wall())
            parsed = surveys.parse(body)
        except WrongSignature as error:
            return _refused(HTTPStatus.UNAUTHORIZED, error.sentence)
        except NotJson as error:
            return _refused(HTTPStatus.BAD_REQUEST, error.sentence)
        return await self._store(
            Delivery(
                source=source.key,
                delivery_id=surveys.delivery_id(options, parsed, headers, body),
                received_at=self._clock.now(),
                headers={key: _storable(headers[key]) for key in KEPT_HEADERS if key in headers},
                body=body,
            )
        )

    def read(self, delivery: Delivery) -> SurveyResponse | str:
        """A stored delivery as an answer, or the reason why it is none. Raises UnusableAnswer."""
        source = self._house.policy.sources.get(delivery.source)
        if source is None:
            raise UnusableAnswer(f"The policy no longer has the source {delivery.source!r}.")
        found = surveys.understand(
            options_of(source),
            delivery.source,
            surveys.parse(delivery.body),
            delivery.headers,
            delivery.received_at,
        )
        return found.reason if isinstance(found, Ignored) else found

    async def _store(self, delivery: Delivery) -> web.Response:
        try:
            await self._inbox.accept(delivery)
        except Exception:
            log.exception("a delivery of %s could not be stored", delivery.source)
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "Not stored. Please send it again.")
        return web.Response(body=b'{"ok":true}', content_type="application/json")

    def _options_of(self, source: Source) -> SourceOptions:
        known = self._options.get(source.key)
        if known is None or known[0] is not source:
            known = (source, options_of(source))
            self._options[source.key] = known
        return known[1]


def secrets_of(policy: Policy, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The hook secrets by the name of their variable, as far as they are set."""
    environment = os.environ if environment is None else environment
    names = {source.secret_env for source in policy.sources.values()}
    return {name: environment[name] for name in names if environment.get(name)}


def options_of(source: Source) -> SourceOptions:
    """The policy's source as the adapters want it."""
    return SourceOptions(
        adapter=source.adapter.value,
        auth=source.auth.value,
        fields=dict(source.fields),
        score_ref=source.score_ref or "",
        comment_ref=source.comment_ref or "",
        email_ref=source.email_ref or "",
        name_ref=source.name_ref or "",
    )


def _storable(header: str) -> str:
    """Nothing signs most headers, and Postgres refuses the halves of characters that stand for raw bytes."""
    return header.encode("utf-8", "backslashreplace").decode()


def _refused(status: HTTPStatus, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": sentence}, status=status)
