"""Payloads to the bot over signed HTTP."""

import asyncio
import json
import time
from typing import Final
from urllib.parse import urlencode

import aiohttp

from demo.jsons import Json
from demo.manifest import Manifest
from demo.transport.acks import Ack, Kind
from demo.transport.signing import slack_signature

USER_AGENT: Final = "Slackbot 1.0 (+https://api.slack.com/robots)"
_FORM: Final = "application/x-www-form-urlencoded"


class HttpSender:
    """Posts to `bot_url` plus the path of the manifest's request URL. Use inside one event loop."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self.bot_url: str | None = None
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: Kind, payload: Json, limit: float, *, retry: tuple[int, str] = (0, "")) -> Ack:
        """One signed request; waits up to `limit` seconds for a 200."""
        if self.bot_url is None:
            return Ack("unreachable", reason="connection_failed")
        body, content_type = _body(kind, payload)
        timestamp = int(time.time())
        headers = {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": slack_signature(body, timestamp),
        }
        if retry[0]:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        url = self.bot_url.rstrip("/") + self._path(kind, payload)
        begun = time.monotonic()
        try:
            async with asyncio.timeout(limit):
                return await self._post(url, body, headers, begun)
        except TimeoutError:
            return Ack("timeout", reason="http_timeout", seconds=time.monotonic() - begun)
        except aiohttp.ClientError:
            return Ack("unreachable", reason="connection_failed", seconds=time.monotonic() - begun)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, url: str, body: bytes, headers: dict[str, str], begun: float) -> Ack:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            raw = await response.read()
            seconds = time.monotonic() - begun
            if response.status != 200:
                no_retry = response.headers.get("x-slack-no-retry") == "1"
                return Ack("refused", status=response.status, reason="http_error", no_retry=no_retry, seconds=seconds)
            return Ack("acked", _read_ack(raw, response.content_type), seconds=seconds)

    def _path(self, kind: Kind, payload: Json) -> str:
        if kind == "events_api":
            return self._manifest.events_path
        if kind == "options":
            return self._manifest.options_path
        if kind == "slash_commands":
            command = self._manifest.command(str(payload["command"]))
            return command.path if command else self._manifest.events_path
        return self._manifest.interactivity_path


def _body(kind: Kind, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    if kind == "slash_commands":
        return urlencode(payload, errors="replace").encode(), _FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), _FORM


def _read_ack(raw: bytes, content_type: str) -> object:
    text = raw.decode("utf-8", errors="replace")
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
