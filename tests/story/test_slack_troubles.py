"""Slack on a bad day: forged and repeated requests, windows that don't open, answers that get lost."""

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from demo.transport.signing import slack_signature
from tests.story.acting import JEN, MARCUS, PRIYA, SAM, Acting, claim_button, soon
from tests.story.conftest import acting
from tests.support.story import RELATIONAL

pytestmark = pytest.mark.asyncio(loop_scope="module")

WINDOWS = [("case_assign", None), ("case_more", "history:{}"), ("case_more", "withdraw:{}")]


@pytest.mark.parametrize(("action", "value"), WINDOWS)
async def test_a_press_too_long_ago_for_a_window_says_so(
    it: Acting, action: str, value: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    case = await it.opens()
    it.workspace.state.triggers.seconds = 0.0
    try:
        chosen = {"value": value.format(case.id)} if value else {}
        said = await it.refused(MARCUS, case, action, **chosen)
    finally:
        it.workspace.state.triggers.seconds = 3.0
    assert "Slack opens a window only within three seconds, and this took longer. Press once more." in said
    assert "refused: Slack opens a window" in caplog.text
    view = await it.opens_modal(MARCUS, case, action, **chosen)
    assert view["blocks"]


@pytest.mark.parametrize(("action", "value"), WINDOWS)
@pytest.mark.parametrize(
    "fault",
    [{"error": "internal_error"}, {"status": 500}, {"status": 429, "retry_after": 30}, {"cut": "before"}],
    ids=str,
)
async def test_a_window_that_slack_does_not_open_is_told_with_a_reference(
    it: Acting, action: str, value: str | None, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    case = await it.opens()
    it.workspace.faults.set("views.open", times=1, **fault)
    chosen = {"value": value.format(case.id)} if value else {}
    said = await it.refused(MARCUS, case, action, **chosen)
    assert "That did not work, and nothing has changed." in said
    reference = re.search(r"give ([0-9a-f]{8}) to whoever runs winback", said)
    assert reference
    assert f"a handler failed (reference {reference[1]})" in caplog.text
    assert "Traceback" in caplog.text


async def test_a_word_that_slack_does_not_take_is_in_the_log(it: Acting, caplog: pytest.LogCaptureFixture) -> None:
    case = await it.opens()
    it.workspace.faults.set("response_url", status=500)
    try:
        await it.click(SAM, case, "case_claim")
        await soon(lambda: "a person could not be told: Only members" in caplog.text)
    finally:
        it.workspace.faults.clear("response_url")
    assert await it.owner(case) == ""


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_the_first_click_counts_while_slack_does_not_say_who_we_are(
    sqlite_db: str, tmp_path: Path, socket: bool
) -> None:
    async with acting(sqlite_db, tmp_path, socket=socket) as it:
        case = await it.opens()
        it.workspace.faults.set("auth.test", error="internal_error", times=1)
        assert (await it.presses(PRIYA, case, claim_button(str(case.id)))).ok
        assert await it.owner(case) == PRIYA


class OverHttp:
    """Signed requests as Slack sends them, and others."""

    def __init__(self, it: Acting, session: aiohttp.ClientSession) -> None:
        self.url = f"{it.workspace.bot_url}/slack/events"
        self.session = session

    async def posts(self, raw: bytes, kind: str, *, at: int | None = None, signature: str | None = None) -> int:
        at = int(time.time()) if at is None else at
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": str(at)}
        headers["X-Slack-Signature"] = slack_signature(raw, at) if signature is None else signature
        async with self.session.post(self.url, data=raw, headers=headers) as response:
            await response.read()
            return response.status


def claim_of(it: Acting, case: Any, user: str) -> bytes:
    payload = {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": case.channel},
        "response_url": f"{it.workspace.url}/respond/none",
        "actions": [{"type": "button", "block_id": "b", **claim_button(str(case.id))}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


FORM = "application/x-www-form-urlencoded"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OverHttp]:
    folder = tmp_path_factory.mktemp("http")
    database = f"sqlite+aiosqlite:///{folder / 'winback.sqlite3'}"
    async with acting(database, folder, socket=False) as it, aiohttp.ClientSession() as session:
        yield OverHttp(it, session)


async def test_only_what_slack_signed_just_now_is_listened_to(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, socket=False) as it, aiohttp.ClientSession() as session:
        case, http = await it.opens(), OverHttp(it, session)
        raw, now = claim_of(it, case, PRIYA), int(time.time())
        forged: list[dict[str, Any]] = [
            {"signature": "v0=" + "0" * 64},
            {"signature": ""},
            {"signature": slack_signature(raw, now, "another secret"), "at": now},
            {"signature": slack_signature(raw + b" ", now), "at": now},
            {"at": now - 301},
            {"at": now - 86_400 * 365},
            {"at": now + 302},
            {"at": now, "signature": slack_signature(raw, now - 1)},
        ]
        for each in forged:
            assert await http.posts(raw, FORM, **each) == 401, each
        async with session.post(http.url, data=raw, headers={"Content-Type": FORM}) as response:
            assert response.status == 401
        assert await it.owner(case) == ""
        assert await http.posts(raw, FORM) == 200
        assert await it.owner(case) == PRIYA


async def test_the_same_event_again_does_no_harm(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, socket=False) as it:
        case = await it.opens()
        it.workspace.life.join(SAM, RELATIONAL)
        it.workspace.life.open_home(SAM)
        await it.workspace.delivery.settled()
        await it.workspace.until(lambda: it.workspace.home(SAM))
        events = [sent.payload for sent in it.workspace.sent if sent.kind == "events_api"]
        assert {event["event"]["type"] for event in events} == {"member_joined_channel", "app_home_opened"}
        for event in events:
            for attempt in (1, 2, 3):
                ack = await it.workspace.delivery.send("events_api", event, attempt=attempt, reason="http_timeout")
                assert ack.ok
        await it.presses(SAM, case, claim_button(str(case.id)))
        assert await it.owner(case) == SAM
        assert len(it.workspace.messages(RELATIONAL)) == 1


async def test_the_same_click_delivered_twice_over_http(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path, socket=False) as it, aiohttp.ClientSession() as session:
        case, http = await it.opens(), OverHttp(it, session)
        raw = claim_of(it, case, PRIYA)
        assert await asyncio.gather(*(http.posts(raw, FORM) for _ in range(3))) == [200, 200, 200]
        events = [event.kind.value for event in await it.history(case.id)]
        assert events.count("claimed") == 1
        assert await http.posts(claim_of(it, case, JEN), FORM) == 200
        assert await it.owner(case) == PRIYA


# Bolt parses a body before it looks at the signature; handlers.endpoints lets what it raises become a 500.
UNREADABLE: list[tuple[bytes, str]] = [
    (b"null", "application/json"),
    (b"[]", "application/json"),
    (b"{", "application/json"),
    (b"\xff\xfe", "application/json"),
    (b"payload=", FORM),
    (b"payload=%7B", FORM),
    (b"payload=null", FORM),
]
SENSELESS: list[tuple[bytes, str]] = [
    (b"", "application/json"),
    (b"", FORM),
    (b'payload={"type":"block_actions"}', FORM),
    (b"command=%2Fnps", FORM),
    *(
        (b'{"type":"event_callback","event":{"type":"%s"}}' % kind, "application/json")
        for kind in (b"user_change", b"member_joined_channel", b"member_left_channel", b"app_home_opened", b"tea")
    ),
]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        *SENSELESS,
        *(pytest.param(raw, kind) for raw, kind in UNREADABLE),
    ],
    ids=str,
)
async def test_a_body_that_makes_no_sense_is_no_error_of_ours(http: OverHttp, raw: bytes, kind: str) -> None:
    assert await http.posts(raw, kind) < 500
    # Anybody can send it without a signature.
    assert await http.posts(raw, kind, signature="") in {400, 401}


async def test_an_answer_to_slacks_question_for_the_address(http: OverHttp) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "a1b2", "token": "t"}).encode()
    assert await http.posts(raw, "application/json") == 200
