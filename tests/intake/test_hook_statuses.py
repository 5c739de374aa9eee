"""What the hook answers to whom: status and sentence, before anything is understood."""

import gzip
import json
from pathlib import Path

import aiohttp
import pytest

from demo import constants
from tests.support.intake import (
    BEARER,
    Json,
    Said,
    answer,
    delighted,
    inbox,
    intake,
    more_sources,
    post,
    signed,
    understood,
)

BODY = json.dumps(answer()).encode()
EVENT = json.dumps(delighted(3, event="evt-1")).encode()
FORM = b'{"event_type":"form_response_partial","event_id":"e1"}'
HELPDESK = """
[sources.helpdesk]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
auth = "bearer"

[sources.unset]
adapter = "generic"
secret_env = "WINBACK_UNSET_SECRET"
"""


def genuine() -> dict[str, tuple[bytes, Json]]:
    """Signed when asked for: the timestamps must be those of the test, not of its collection."""
    return {
        "generic": (BODY, signed("generic", BODY)),
        "delighted": (EVENT, signed("delighted", EVENT)),
        "typeform": (FORM, signed("typeform", FORM)),
        "helpdesk": (BODY, BEARER),
    }


def refused() -> list[tuple[str, str, bytes, Json, int, str]]:
    """What it is, the source, the request, and the answer to it."""
    return [
        ("unsigned", "generic", BODY, {}, 401, "The header webhook-id is missing or empty."),
        ("unsigned", "delighted", EVENT, {}, 401, "The header X-Delighted-Webhook-Signature is missing or empty."),
        ("unsigned", "typeform", FORM, {}, 401, "The header Typeform-Signature is missing or empty."),
        ("unsigned", "helpdesk", BODY, {}, 401, "The header Authorization is missing or empty."),
        ("another secret", "generic", BODY, signed("generic", BODY, secret="whsec_c3Bpbg=="), 401, "doesn't fit"),
        ("another secret", "delighted", EVENT, signed("delighted", EVENT, secret="x"), 401, "doesn't fit"),
        ("another secret", "typeform", FORM, signed("typeform", FORM, secret="x"), 401, "doesn't fit"),
        ("another secret", "helpdesk", BODY, {"authorization": "Bearer x"}, 401, "not the one of this source"),
        ("another body", "generic", BODY + b" ", signed("generic", BODY), 401, "doesn't fit"),
        ("another body", "delighted", EVENT + b" ", signed("delighted", EVENT), 401, "doesn't fit"),
        ("another body", "typeform", FORM + b" ", signed("typeform", FORM), 401, "doesn't fit"),
        ("another tool's", "delighted", EVENT, signed("typeform", EVENT), 401, "is missing or empty"),
        ("another id", "generic", BODY, {**signed("generic", BODY), "webhook-id": "msg_2"}, 401, "doesn't fit"),
        ("old", "generic", BODY, signed("generic", BODY, age=400), 401, "more than five minutes"),
        ("from the future", "generic", BODY, signed("generic", BODY, age=-400), 401, "more than five minutes"),
        ("basic", "helpdesk", BODY, {"authorization": "Basic eDp5"}, 401, 'should read "Bearer"'),
        ("forged and no JSON", "delighted", b"{", {}, 401, "is missing or empty"),
        ("unknown source", "nosuch", BODY, BEARER, 404, "no source of this name"),
        ("strange source", "..%2f..%2fhealthz", BODY, BEARER, 404, "no source of this name"),
        ("secret unset", "unset", BODY, signed("generic", BODY), 503, "The secret of this source is not set"),
        ("empty", "helpdesk", b"", BEARER, 400, "The body is empty"),
        ("blank", "helpdesk", b" \n", BEARER, 400, "The body is empty"),
        ("cut off", "helpdesk", b'{"score": 3', BEARER, 400, "line 1, column 12"),
        ("a form", "helpdesk", b"score=3&id=7", BEARER, 400, "isn't JSON"),
        ("NaN", "helpdesk", b'{"score": NaN}', BEARER, 400, "NaN is no JSON number"),
        ("no UTF-8", "helpdesk", b'{"a":"\xff"}', BEARER, 400, "isn't UTF-8 text (byte 7)"),
        ("too deep", "helpdesk", b"[" * 100_000 + b"]" * 100_000, BEARER, 400, "nested deeper than 64 levels"),
        ("a very long number", "helpdesk", b'{"score": ' + b"9" * 5000 + b"}", BEARER, 400, "too many digits"),
        ("a number too large", "helpdesk", b'{"score": 1e999}', BEARER, 400, "too large"),
        ("no gzip", "helpdesk", BODY, {**BEARER, "content-encoding": "gzip"}, 400, ""),
        (
            "a bomb",
            "helpdesk",
            gzip.compress(bytes(30_000_000)),
            {**BEARER, "content-encoding": "gzip"},
            413,
            "More than",
        ),
    ]


async def test_what_is_refused_leaves_nothing_behind(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it:
        for case, source, body, headers, status, sentence in refused():
            found = await post(it, source, body, headers)
            assert found.status == status, (case, source, found)
            assert sentence in found.sentence, (case, source, found)
        assert await inbox(it.bot.db) == []


async def test_what_is_genuine_is_taken(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path, policy=more_sources(HELPDESK)) as it:
        for source, (body, headers) in genuine().items():
            assert await post(it, source, body, headers) == Said(200, ""), source
        squeezed = {**BEARER, "content-encoding": "gzip"}
        assert await post(it, "helpdesk", gzip.compress(BODY.replace(b"r1", b"r2")), squeezed) == Said(200, "")
        assert [row["source"] for row in await inbox(it.bot.db)] == [*genuine(), "helpdesk"]
        await understood(it)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
async def test_only_post_is_allowed(sqlite_db: str, tmp_path: Path, method: str) -> None:
    async with intake(sqlite_db, tmp_path) as it, aiohttp.ClientSession() as session:
        url = f"{it.workspace.hooks_url}/hooks/generic"
        async with session.request(method, url, data=BODY, headers=signed("generic", BODY)) as found:
            assert (found.status, found.headers["allow"]) == (405, "POST")


async def test_a_secret_may_be_changed_without_a_gap(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        it.bot.hooks._secrets["WINBACK_DELIGHTED_SECRET"] = f"new-key, {constants.DELIGHTED_SECRET}"
        for secret, status in [("new-key", 200), (constants.DELIGHTED_SECRET, 200), ("older", 401)]:
            found = await post(it, "delighted", EVENT, signed("delighted", EVENT, secret=secret))
            assert found.status == status, secret


async def test_strange_headers_beside_a_genuine_signature(database_url: str, tmp_path: Path) -> None:
    """Headers that nothing signs must not spoil the commit that many deliveries share."""
    async with intake(database_url, tmp_path) as it:
        headers = {
            **signed("delighted", EVENT),
            "content-type": "application/json; \udcff",
            "webhook-id": "é\U0001f600",
        }
        assert await post(it, "delighted", EVENT, headers) == Said(200, "")
        await understood(it)
        assert [row["state"] for row in await inbox(it.bot.db)] == ["understood"]
