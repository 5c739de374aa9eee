"""Every answer Slack can give to one call has a typed outcome, and a call is one request."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from demo import constants
from demo.faults import Cut
from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from scheduler import slack
from scheduler.slack import Done, Doubt, Gone, LockedOut, Outcome, TooMuch, Unreachable, Wait, call
from tests.support.story import MANIFEST, RELATIONAL, environment
from winback.app import web_client
from winback.settings import from_environment

HELLO = {"channel": RELATIONAL, "text": "Hello"}

# The errors collected in the notes on Slack, each with what it has to mean for us.
NOTED: dict[str, type[Outcome]] = {
    "is_archived": Unreachable,
    "channel_not_found": Unreachable,
    "not_in_channel": Unreachable,
    "cannot_dm_bot": Unreachable,
    "account_inactive": LockedOut,
    "token_revoked": LockedOut,
    "invalid_auth": LockedOut,
    "missing_scope": LockedOut,
    "msg_too_long": TooMuch,
    "msg_blocks_too_long": TooMuch,
    "invalid_blocks": TooMuch,
    "ratelimited": Wait,
    "fatal_error": Doubt,
    "internal_error": Doubt,
    "service_unavailable": Doubt,
    "message_not_found": Gone,
    "thread_not_found": Gone,
}
GROUPS = (
    (slack.UNREACHABLE, Unreachable),
    (slack.GONE, Gone),
    (slack.TOO_MUCH, TooMuch),
    (slack.LOCKED_OUT, LockedOut),
    (slack.MAYBE_HAPPENED, Doubt),
)


def client_of(workspace: RunningWorkspace) -> AsyncWebClient:
    """The client as winback builds it."""
    variables = environment(workspace, "sqlite://", socket=False, clock_file=Path("none"))
    return web_client(from_environment(variables))


@pytest.mark.parametrize(("code", "outcome"), [*NOTED.items(), *((c, o) for group, o in GROUPS for c in sorted(group))])
async def test_a_refusal_has_a_typed_outcome_that_names_it(code: str, outcome: type[Outcome]) -> None:
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", error=code)
        found = await call(client_of(workspace), "chat.postMessage", HELLO)
        assert isinstance(found, outcome)
        assert code == "ratelimited" or (not isinstance(found, Done) and found.why == code)
        assert len(workspace.recorded.of("chat.postMessage")) == 1


def test_no_code_stands_in_two_places() -> None:
    codes = [code for group, _ in GROUPS for code in group]
    assert len(codes) == len(set(codes))


async def test_an_unknown_refusal_waits_alone() -> None:
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", error="brand_new_error")
        assert await call(client_of(workspace), "chat.postMessage", HELLO) == Wait(slack.PAUSE, "brand_new_error")


@pytest.mark.parametrize(
    ("header", "seconds"), [(7, 7), (0, 1), (99_999, 3600), (1, 1)], ids=["as said", "zero", "for ever", "one"]
)
async def test_retry_after_is_read(header: int, seconds: int) -> None:
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", status=429, error="ratelimited", retry_after=header)
        found = await call(client_of(workspace), "chat.postMessage", HELLO)
        assert isinstance(found, Wait)
        assert (found.after, found.everybody) == (timedelta(seconds=seconds), True)


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (500, None, Doubt),
        (502, None, Doubt),
        (503, None, Doubt),
        (503, "service_unavailable", Doubt),
        (504, None, Doubt),
        (429, None, Wait),
        (400, None, Doubt),
        (403, "invalid_auth", LockedOut),
    ],
)
async def test_http_statuses(status: int, error: str | None, outcome: type[Outcome]) -> None:
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", status=status, error=error)
        assert isinstance(await call(client_of(workspace), "chat.postMessage", HELLO), outcome)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_cut_connection_is_a_doubt_and_one_request(cut: Cut) -> None:
    """slack_sdk's own handler would post again at once, and Slack would show both."""
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", cut=cut)
        assert isinstance(await call(client_of(workspace), "chat.postMessage", HELLO), Doubt)
        assert len(workspace.recorded.of("chat.postMessage")) == 1
        assert len(workspace.messages(RELATIONAL)) == (cut == "after")


async def test_the_clients_own_retries_would_double_a_message() -> None:
    """Why our client has none: the same call with slack_sdk's default client is posted twice."""
    async with run_workspace(MANIFEST, pace=Pace.unlimited()) as workspace:
        workspace.faults.set("chat.postMessage", cut="after", times=1)
        plain = AsyncWebClient(token=constants.BOT_TOKEN, base_url=workspace.api_url)
        assert isinstance(await call(plain, "chat.postMessage", HELLO), Done)
        assert len(workspace.messages(RELATIONAL)) == 2


async def test_a_time_out_is_a_doubt() -> None:
    async with run_workspace(MANIFEST) as workspace:
        workspace.faults.set("chat.postMessage", delay=5.0)
        client = client_of(workspace)
        client.timeout = 1
        assert isinstance(await call(client, "chat.postMessage", HELLO), Doubt)


async def test_nobody_at_the_address_waits_and_surely_was_not_shown() -> None:
    async with run_workspace(MANIFEST) as workspace:
        client = client_of(workspace)
    assert isinstance(await call(client, "chat.postMessage", HELLO), Wait)


@asynccontextmanager
async def answering(answer: Callable[[], web.Response]) -> AsyncIterator[AsyncWebClient]:
    """A server that says something else than Slack, and a client that asks it."""

    async def handle(_request: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_post("/api/{method}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield AsyncWebClient(token=constants.BOT_TOKEN, base_url=url, retry_handlers=[], timeout=5)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(text='{"ok": tr', content_type="application/json"),
        lambda: web.Response(text="", content_type="application/json"),
        lambda: web.Response(text="<html>ok</html>", content_type="text/html"),
        lambda: web.Response(text="[1, 2]", content_type="application/json"),
        lambda: web.Response(text="null", content_type="application/json"),
        lambda: web.Response(text='{"ok": false}', content_type="application/json"),
        lambda: web.Response(text='{"ok": false, "error": null}', content_type="application/json"),
        lambda: web.Response(body=b"\xff\xfe\x00", content_type="application/json"),
        lambda: web.Response(body=b"PK", content_type="application/gzip"),
        lambda: web.Response(status=503, text="busy", content_type="application/json"),
        lambda: web.Response(status=204),
    ],
    ids=["half", "empty", "html", "list", "null", "no word", "null word", "no text", "gzip", "503", "204"],
)
async def test_an_answer_that_makes_no_sense_is_a_doubt(answer: Callable[[], web.Response]) -> None:
    async with answering(answer) as client:
        assert isinstance(await call(client, "chat.postMessage", HELLO), Doubt)


@pytest.mark.parametrize("header", ["", "soon", "-3", "nan", "inf", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_retry_after_that_makes_no_sense_still_waits(header: str) -> None:
    def answer() -> web.Response:
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": header})

    async with answering(answer) as client:
        found = await call(client, "chat.postMessage", HELLO)
        assert isinstance(found, Wait)
        assert timedelta(seconds=1) <= found.after <= timedelta(hours=1)


async def test_many_calls_at_once_are_each_their_own() -> None:
    async with run_workspace(MANIFEST) as workspace:
        client = client_of(workspace)
        found = await asyncio.gather(*(call(client, "chat.getPermalink", {"channel": RELATIONAL}) for _ in range(20)))
        assert all(isinstance(outcome, TooMuch | Gone | Wait) for outcome in found)
        assert len(workspace.recorded.of("chat.getPermalink")) == 20
