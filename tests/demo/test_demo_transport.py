"""Sockets that come and go, signatures, retries."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from demo.constants import APP_TOKEN, SIGNING_SECRET
from demo.errors import ActRefused
from demo.running import RunningWorkspace
from demo.transport.delivery import Patience
from demo.transport.signing import (
    delighted_signature,
    slack_signature,
    standard_webhook_signature,
    typeform_signature,
)
from demo.workspace import run_workspace
from tests.demo.demo_bots import actions, button, client, raw_bot, socket_bot

ROOM, PRIYA = "C0RELATIONAL", "U0PRIYA"


async def socket_url(ws: RunningWorkspace) -> str:
    return str((await client(ws, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN))["url"])


async def card(api: AsyncWebClient) -> str:
    posted = await api.chat_postMessage(channel=ROOM, text="card", blocks=[actions(button("claim"))])
    return str(posted["ts"])


async def test_hello_envelope_and_ack(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ts = await card(api)
    await ws.delivery.settled()
    async with aiohttp.ClientSession() as session, session.ws_connect(await socket_url(ws)) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert {"host", "build_number", "approximate_connection_time"} <= set(hello["debug_info"])
        click = asyncio.create_task(ws.click(PRIYA, ROOM, ts, "claim"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", True)
        assert envelope["payload"]["type"] == "block_actions"
        await socket.send_str("nonsense")
        await socket.send_json({"envelope_id": "another"})
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        assert await click == {}
        ws.life.join("U0SAM", ROOM)
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["retry_attempt"], envelope["retry_reason"]) == ("events_api", 0, "")
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await ws.delivery.settled()


async def test_a_ticket_works_once(ws: RunningWorkspace) -> None:
    url = await socket_url(ws)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_each_payload_goes_to_one_of_many_sockets_and_the_eleventh_is_refused(
    ws: RunningWorkspace, api: AsyncWebClient
) -> None:
    seen: list[int] = []
    ts = await card(api)
    await ws.delivery.settled()

    async def listen(number: int, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            envelope = json.loads(message.data)
            if "envelope_id" in envelope:
                seen.append(number)
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await socket_url(ws)) for _ in range(10)]
        listeners = [asyncio.create_task(listen(n, socket)) for n, socket in enumerate(sockets)]
        await ws.until(lambda: len(ws.sockets.connections) == 10)
        extra = await session.ws_connect(await socket_url(ws))
        assert (await extra.receive_json())["reason"] == "too_many_websockets"
        for _ in range(40):
            await ws.click(PRIYA, ROOM, ts, "claim")
        assert len(seen) == 40
        assert len(set(seen)) > 1
        for socket in sockets:
            await socket.close()
        await asyncio.gather(*listeners)


async def test_a_bot_killed_before_its_ack(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ts = await card(api)
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await socket_url(ws))
        await socket.receive_json()
        click = asyncio.create_task(ws.click(PRIYA, ROOM, ts, "claim"))
        await socket.receive_json()
        assert socket._response.connection is not None
        assert socket._response.connection.transport is not None
        socket._response.connection.transport.abort()
        with pytest.raises(ActRefused) as caught:
            await click
    assert caught.value.error == "dispatch_failed"
    await ws.until(lambda: not ws.sockets.connections)


async def test_an_event_survives_a_dead_bot(ws: RunningWorkspace) -> None:
    """The first attempt meets nobody; a bot that comes back gets the same event_id."""
    ws.delivery.patience = Patience(ack=0.4, retries=(0.0, 0.3))
    ws.life.join("U0SAM", ROOM)
    events: list[Any] = []

    def register(app: Any) -> None:
        @app.event("member_joined_channel")
        async def _(body: Any) -> None:
            events.append(body)

    await ws.until(lambda: len(ws.sent) == 2)
    async with socket_bot(ws, register):
        await ws.until(lambda: events)
    assert {sent.payload["event_id"] for sent in ws.sent} == {events[0]["event_id"]}
    assert [(sent.attempt, sent.ack.ok) for sent in ws.sent] == [(0, False), (1, False), (2, True)]


async def test_refresh_on_demand_and_the_bot_comes_back(ws: RunningWorkspace) -> None:
    async with socket_bot(ws, lambda _app: None):
        old = ws.sockets.connections[0]
        await ws.sockets.disconnect("refresh_requested")
        await ws.until(lambda: ws.sockets.connections and old not in ws.sockets.connections, timeout=10)


async def test_http_requests_are_signed(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response()

    verifier = SignatureVerifier(SIGNING_SECRET)
    ts = await card(api)
    await ws.delivery.settled()
    async with raw_bot(ws, answer) as seen:
        await ws.click(PRIYA, ROOM, ts, "claim")
        await ws.command(PRIYA, ROOM, "/nps help")
        ws.life.join("U0SAM", ROOM)
        await ws.delivery.settled()
    for request, body in zip(seen, bodies, strict=True):
        assert request.path == "/slack/events"
        assert verifier.is_valid_request(body, dict(request.headers))
        assert abs(int(request.headers["X-Slack-Request-Timestamp"]) - time.time()) < 5
    assert [r.content_type for r in seen] == ["application/x-www-form-urlencoded"] * 2 + ["application/json"]
    assert json.loads(parse_qs(bodies[0].decode())["payload"][0])["type"] == "block_actions"
    assert parse_qs(bodies[1].decode())["command"] == ["/nps"]
    assert json.loads(bodies[2])["event"]["type"] == "member_joined_channel"


async def test_events_are_repeated_with_number_and_reason(ws: RunningWorkspace) -> None:
    answers = iter([web.Response(status=500), web.Response(status=503), web.Response()])
    async with raw_bot(ws, lambda _request: next(answers)) as seen:
        ws.life.join("U0SAM", ROOM)
        await ws.delivery.settled()
    headers = [(r.headers.get("X-Slack-Retry-Num"), r.headers.get("X-Slack-Retry-Reason")) for r in seen]
    assert headers == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({sent.payload["event_id"] for sent in ws.sent}) == 1


async def test_a_slow_bot_is_a_timeout_and_three_repetitions_are_all(ws: RunningWorkspace) -> None:
    ws.delivery.patience = Patience(ack=0.05, retries=(0.0, 0.0, 0.0))
    released = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    async with raw_bot(ws, slow) as seen:
        ws.life.join("U0SAM", ROOM)
        await ws.delivery.settled()
        released.set()
    assert [(sent.attempt, sent.ack.reason) for sent in ws.sent] == [(n, "http_timeout") for n in range(4)]
    assert seen


async def test_no_retry_is_respected(ws: RunningWorkspace) -> None:
    refusal = web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    async with raw_bot(ws, lambda _request: refusal) as seen:
        ws.life.join("U0SAM", ROOM)
        await ws.delivery.settled()
        assert len(seen) == 1


async def test_a_workspace_without_socket_mode_hands_out_no_socket() -> None:
    async with run_workspace(None) as ws:
        object.__setattr__(ws.state.manifest, "socket_mode", False)
        answer = client(ws, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN)
        with pytest.raises(Exception, match="socket_mode_not_enabled"):
            await answer


def test_signatures_match_known_vectors() -> None:
    body = b'{"hello":"nps"}'
    hexed = "0fb7f61f786e52f2f63f4c6581345840d54728dfd4dd1ae37f3146488d34e1bf"
    assert delighted_signature(body, "test-secret") == f"sha256={hexed}"
    assert typeform_signature(body, "test-secret") == "sha256=D7f2H3huUvL2P0xlgTRYQNVHKN/U3RrjfzFGSI004b8="
    signed = standard_webhook_signature(body, "msg_1", 1700000000, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
    assert signed == "v1,djN5kcUGN+elQ0oM5Ajfsb4ZPdzYgLgdCJNirRMIhBw="
    assert SignatureVerifier("s").is_valid("x", "1", "") is False
    assert slack_signature(body, 1, "s").startswith("v0=")
