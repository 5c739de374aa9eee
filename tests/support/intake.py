"""What tests of the intake hold in their hands: a bot without pacing, survey tools, and what became of it all."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

from demo import constants
from demo.rates import Pace
from demo.transport.signing import delighted_signature, standard_webhook_signature, typeform_signature
from store.engine import Database
from store.tables import cases, deliveries, events, responses
from tests.support.sent import check_sent
from tests.support.shown import settled
from tests.support.story import POLICY, Story, story

Json = dict[str, Any]
BEARER = {"authorization": f"Bearer {constants.GENERIC_SECRET}"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the hook answered: its status and its sentence ("" on 200)."""

    status: int
    sentence: str


def more_sources(*tables: str) -> str:
    """The demo's policy with further sources."""
    return "\n".join([POLICY.read_text("utf-8"), *tables])


@asynccontextmanager
async def intake(database_url: str, folder: Path, *, policy: str | None = None) -> AsyncIterator[Story]:
    """A bot whose every message is held against Slack's limits in the end."""
    async with story(database_url, folder, pace=Pace.unlimited(), policy=policy) as it:
        yield it
        check_sent(it.workspace)


async def post(it: Story, source: str, body: bytes | Json, headers: Mapping[str, str] | None = None) -> Said:
    """One request exactly as given: nothing is signed for it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = f"{it.workspace.hooks_url}/hooks/{source}"
    async with aiohttp.ClientSession() as session, session.post(url, data=raw, headers=headers) as answer:
        return await said(answer)


async def said(answer: aiohttp.ClientResponse) -> Said:
    text = await answer.text()
    told = json.loads(text) if answer.content_type == "application/json" else {}
    return Said(answer.status, told.get("error", ""))


async def delivered(it: Story, source: str, body: bytes | Json, delivery_id: str | None = None) -> None:
    """A genuine delivery, signed as the tool does; the hook has to take it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    posted = await it.workspace.answers.post(source, raw, delivery_id=delivery_id)
    assert posted.status == 200, posted.body


def signed(source: str, raw: bytes, *, secret: str | None = None, message: str = "msg_1", age: float = 0) -> Json:
    """The headers by which the tool of this source proves itself; `age` in seconds."""
    if source == "delighted":
        value = delighted_signature(raw, secret or constants.DELIGHTED_SECRET)
        return {"X-Delighted-Webhook-Signature": value}
    if source == "typeform":
        return {"Typeform-Signature": typeform_signature(raw, secret or constants.TYPEFORM_SECRET)}
    at = int(time.time() - age)
    signature = standard_webhook_signature(raw, message, at, secret or constants.GENERIC_SECRET)
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": signature}


def delighted(score: Any, comment: Any = None, **fields: Any) -> Json:
    """An event of Delighted: `updated` in seconds after the submission (none: created), `event` its id."""
    updated, event = fields.pop("updated", None), fields.pop("event", None)
    submitted = fields.pop("submitted", None) or int(time.time()) - 3600
    kind = "created" if updated is None else "updated"
    body: Json = {
        "event_type": f"survey_response.{kind}",
        "event_data": {
            "id": "88120",
            "person": {"id": "20417", "email": "dana@northwind.example", "name": "Dana Okafor"},
            "survey_type": "nps",
            "score": score,
            "comment": comment,
            "permalink": "https://delighted.example/r/k2Jr9aQ",
            "created_at": submitted,
            "updated_at": None if updated is None else submitted + updated,
            "person_properties": None,
            **fields,
        },
    }
    return body if event is None else {**body, "event_id": event}


def answer(**fields: Any) -> Json:
    """A body of the generic source: a detractor with everything needed."""
    return {
        "response_id": "r1",
        "score": 2,
        "comment": "It never worked.",
        "email": "dana@northwind.example",
        "name": "Dana Okafor",
        "responded_at": datetime.fromtimestamp(time.time() - 3600, UTC).isoformat(),
        "programme": "relational",
        **fields,
    }


async def understood(it: Story, seconds: float = 30.0) -> None:
    """Returns when no delivery waits and everything wanted is shown. Errors: TimeoutError with what waits."""
    try:
        async with asyncio.timeout(seconds):
            while "waiting" in await states(it.bot.db):  # noqa: ASYNC110 - a row of the database tells nobody
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"not understood: {await inbox(it.bot.db)}") from None
    await settled(it, seconds)


async def inbox(db: Database) -> list[Any]:
    """Every delivery, in order of arrival."""
    async with db.read() as tx:
        return list((await tx.conn.execute(sa.select(deliveries).order_by(deliveries.c.id))).mappings())


async def states(db: Database) -> list[str]:
    return [row["state"] for row in await inbox(db)]


async def errors(db: Database) -> list[str]:
    """What stands beside each delivery, in order of arrival."""
    return [row["error"] for row in await inbox(db)]


async def kept(db: Database) -> list[Any]:
    """Every response, by the id its tool gave it."""
    async with db.read() as tx:
        return list((await tx.conn.execute(sa.select(responses).order_by(responses.c.response_id))).mappings())


async def all_cases(db: Database) -> list[Any]:
    async with db.read() as tx:
        return list((await tx.conn.execute(sa.select(cases).order_by(cases.c.id))).mappings())


async def history(db: Database, case_id: int = 1) -> list[tuple[str, str, str]]:
    """(kind, before, after) of a case's events but its opening and its flag, oldest first."""
    query = sa.select(events.c.kind, events.c.before, events.c.after).where(
        events.c.case_id == case_id, events.c.kind.not_in(["opened", "flagged"])
    )
    async with db.read() as tx:
        return [tuple(row) for row in await tx.conn.execute(query.order_by(events.c.version))]
