"""Plays the survey tools: signs an answer as the tool does and posts it to the bot's hook."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import aiohttp

from demo.clock import WorkspaceClock
from demo.constants import DELIGHTED_SECRET, GENERIC_SECRET, TYPEFORM_SECRET
from demo.jsons import Json
from demo.transport.signing import delighted_signature, standard_webhook_signature, typeform_signature

PATIENCE_SECONDS: Final = 10.0
SOURCES: Final = ("generic", "delighted", "typeform")


@dataclass(frozen=True, slots=True)
class Posted:
    """`status` is the hook's HTTP status; `ms` the time it took; `body` what it said."""

    status: int
    ms: float
    body: str


class AnswerPoster:
    """Posts to `hooks_url` + /hooks/{source}."""

    def __init__(self, clock: WorkspaceClock) -> None:
        self._clock = clock
        self.hooks_url: str | None = None
        self._session: aiohttp.ClientSession | None = None

    def hooks(self) -> list[Json]:
        """The addresses the page shows."""
        base = self.hooks_url
        return [{"source": source, "url": f"{base.rstrip('/')}/hooks/{source}"} for source in SOURCES] if base else []

    async def generic(self, fields: Json, *, delivery_id: str | None = None) -> Posted:
        """An answer in the generic shape; `response_id` and `responded_at` are filled in when missing."""
        body = {
            "response_id": f"demo-{secrets.token_hex(6)}",
            "responded_at": datetime.fromtimestamp(self._clock.now(), tz=UTC).isoformat(timespec="seconds"),
            **{name: value for name, value in fields.items() if value is not None},
        }
        return await self.post("generic", json.dumps(body).encode(), delivery_id=delivery_id)

    async def post(self, source: str, raw: bytes, *, delivery_id: str | None = None) -> Posted:
        """Sign raw bytes as the source does and post them; tries for 10 s while the bot isn't up.

        Errors: ValueError for an unknown source or no address; ConnectionError when the bot stays away.
        """
        if self.hooks_url is None:
            raise ValueError("Nobody said where the bot's hooks are.")
        headers = {"Content-Type": "application/json", **_signed(source, raw, delivery_id)}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            begun = time.monotonic()
            try:
                return await self._once(f"{self.hooks_url.rstrip('/')}/hooks/{source}", raw, headers)
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                if begun + 0.2 >= deadline:
                    raise ConnectionError("The bot does not answer at its hook address.") from error
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _once(self, url: str, raw: bytes, headers: dict[str, str]) -> Posted:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))
        begun = time.monotonic()
        async with self._session.post(url, data=raw, headers=headers) as response:
            text = await response.text()
            return Posted(response.status, round((time.monotonic() - begun) * 1000, 1), text)


def _signed(source: str, raw: bytes, delivery_id: str | None) -> dict[str, str]:
    if source == "generic":
        message_id, timestamp = delivery_id or f"msg_{secrets.token_hex(8)}", int(time.time())
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": standard_webhook_signature(raw, message_id, timestamp, GENERIC_SECRET),
        }
    if source == "delighted":
        return {"X-Delighted-Webhook-Signature": delighted_signature(raw, DELIGHTED_SECRET)}
    if source == "typeform":
        return {"Typeform-Signature": typeform_signature(raw, TYPEFORM_SECRET)}
    raise ValueError(f"Unknown source {source!r}: use {', '.join(SOURCES)}.")
