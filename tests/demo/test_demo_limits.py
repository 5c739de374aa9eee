"""Rate limits and faults."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.constants import BOT_TOKEN
from demo.errors import Refusal
from demo.faults import Faults
from demo.rates import Limits, Pace
from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from tests.demo.demo_bots import client

ROOM, OTHER = "C0RELATIONAL", "C0ONBOARDING"


async def refused(call: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def test_a_second_post_within_the_second_is_429() -> None:
    async with run_workspace(None) as ws:
        api = client(ws)
        await api.chat_postMessage(channel=ROOM, text="1")
        answer = await refused(api.chat_postMessage(channel=ROOM, text="2"))
        assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
        await api.chat_postMessage(channel=OTHER, text="another channel has its own second")
        assert len(ws.messages(ROOM)) == 1
        assert ws.limits.refused == {"chat.postMessage": 1}
        assert ws.recorded[1].status == 429


async def test_after_the_spacing_the_next_post_passes_and_refusals_cost_nothing() -> None:
    async with run_workspace(None) as ws:
        api = client(ws)
        await api.chat_postMessage(channel=ROOM, text="1")
        due = time.monotonic() + 1.0
        await refused(api.chat_postMessage(channel=ROOM, text="early"))
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await api.chat_postMessage(channel=ROOM, text="2")
        assert [m["text"] for m in ws.messages(ROOM)] == ["1", "2"]


async def test_a_refused_body_does_not_use_up_the_turn() -> None:
    async with run_workspace(None) as ws:
        api = client(ws)
        empty = api.api_call("chat.postMessage", json={"channel": ROOM, "text": " "})
        assert (await refused(empty))["error"] == "no_text"
        await api.chat_postMessage(channel=ROOM, text="1")


def test_a_burst_may_come_early_and_is_paid_back() -> None:
    limits = Limits(Pace(post_spacing=100.0, post_burst=2))
    for _ in range(3):
        limits.before_post("chat.postMessage", ROOM)
        limits.after_post(ROOM)
    with pytest.raises(Refusal) as caught:
        limits.before_post("chat.postMessage", ROOM)
    assert 90 <= int(caught.value.headers["Retry-After"]) <= 100


def test_the_ceiling_counts_all_channels() -> None:
    limits = Limits(Pace(workspace_per_minute=3))
    for n in range(3):
        limits.before_post("chat.postMessage", f"C{n}")
        limits.after_post(f"C{n}")
    with pytest.raises(Refusal) as caught:
        limits.before_post("chat.postMessage", "C9")
    assert 59 <= int(caught.value.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(("method", "tier", "calls"), [("usergroups.users.list", 2, 20), ("chat.update", 3, 50)])
def test_tiers(method: str, tier: int, calls: int) -> None:
    limits = Limits()
    for _ in range(calls):
        limits.count_call(method, tier)
    with pytest.raises(Refusal):
        limits.count_call(method, tier)
    limits.count_call("another.method", tier)
    assert limits.refused == {method: 1}


async def test_a_tier_over_http() -> None:
    async with run_workspace(None, pace=Pace(methods={"users.info": 2})) as ws:
        api = client(ws)
        for _ in range(2):
            await api.users_info(user="U0PRIYA")
        assert (await refused(api.users_info(user="U0PRIYA"))).status_code == 429


async def test_an_error_so_many_times(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ws.faults.set("chat.postMessage", error="internal_error", times=2)
    for _ in range(2):
        assert (await refused(api.chat_postMessage(channel=ROOM, text="x")))["error"] == "internal_error"
    await api.chat_postMessage(channel=ROOM, text="x")
    assert len(ws.messages(ROOM)) == 1


async def test_blocks_that_the_workspace_forgets(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    number = {"type": "raw_number", "value": 1, "text": "1"}
    table = {"type": "data_table", "caption": "c", "rows": [[{"type": "raw_text", "text": "n"}], [number]]}
    posted = await api.chat_postMessage(channel=ROOM, text="x", blocks=[table])
    async with aiohttp.ClientSession() as session:
        asked = {"forget_blocks": ["data_table"]}
        assert (await session.post(f"{ws.url}/demo/faults", json=asked)).status == 200
        for call in (
            api.chat_postMessage(channel=ROOM, text="y", blocks=[table]),
            api.chat_update(channel=ROOM, ts=str(posted["ts"]), text="y", blocks=[table]),
        ):
            assert (await refused(call))["error"] == "invalid_blocks"
        await api.chat_update(channel=ROOM, ts=str(posted["ts"]), text="z", blocks=[{"type": "divider"}])
        assert (await session.delete(f"{ws.url}/demo/faults")).status == 200
    await api.chat_postMessage(channel=ROOM, text="y", blocks=[table])
    assert [message["text"] for message in ws.messages(ROOM)] == ["z", "y"]


async def test_a_429_on_demand(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ws.faults.set("*", status=429, retry_after=7)
    answer = await refused(api.chat_postMessage(channel=ROOM, text="x"))
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "7")
    ws.faults.clear()
    await api.chat_postMessage(channel=ROOM, text="x")


async def test_a_500_without_error_is_a_page_of_html(ws: RunningWorkspace) -> None:
    ws.faults.set("auth.test", status=503)
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with aiohttp.ClientSession() as session, session.post(f"{ws.api_url}auth.test", headers=headers) as response:
        assert (response.status, response.content_type) == (503, "text/html")
    assert ws.recorded[0].error == "http_503"


@pytest.mark.parametrize(("cut", "kept"), [("before", 0), ("after", 1)])
async def test_a_cut_connection(ws: RunningWorkspace, api: AsyncWebClient, cut: Any, kept: int) -> None:
    ws.faults.set("chat.postMessage", cut=cut, times=1)
    with pytest.raises(aiohttp.ClientError):
        await api.chat_postMessage(channel=ROOM, text="x")
    assert len(ws.messages(ROOM)) == kept
    (call,) = ws.recorded
    assert (call.ok, call.cut) == (bool(kept), cut)
    await api.auth_test()


async def test_the_sdk_s_own_repetition_posts_twice_after_a_cut(ws: RunningWorkspace) -> None:
    """Why a bot that wants to post once must switch the SDK's retry handlers off."""
    ws.faults.set("chat.postMessage", cut="after", times=1)
    await AsyncWebClient(BOT_TOKEN, base_url=ws.api_url).chat_postMessage(channel=ROOM, text="x")
    assert len(ws.messages(ROOM)) == 2


async def test_a_delay_comes_before_the_effect(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ws.faults.set("chat.postMessage", delay=0.2)
    begun = time.monotonic()
    await api.chat_postMessage(channel=ROOM, text="x")
    assert time.monotonic() - begun >= 0.2


async def test_a_caller_that_dies_in_a_delay_leaves_no_half_message(ws: RunningWorkspace) -> None:
    ws.faults.set("chat.postMessage", delay=0.1, times=1)
    with pytest.raises(TimeoutError):
        await AsyncWebClient(BOT_TOKEN, base_url=ws.api_url, timeout=0.03).chat_postMessage(channel=ROOM, text="x")  # type: ignore[arg-type]
    # The request was whole, so Slack may carry it out: the record and the channel must agree.
    await ws.until(lambda: len(ws.recorded) == 1)
    assert len(ws.messages(ROOM)) == len(ws.recorded.of("chat.postMessage", ok=True)) == 1


async def test_half_a_request_was_never_made(ws: RunningWorkspace) -> None:
    host, port = ws.url.removeprefix("http://").split(":")
    body = b'{"channel": "C0RELATIONAL", "text": "half'
    head = (
        f"POST /api/chat.postMessage HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {BOT_TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) + 100}\r\n\r\n"
    )
    for _ in range(3):
        _reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + body)
        await writer.drain()
        writer.transport.abort()
    await client(ws).auth_test()
    assert [call.method for call in ws.recorded] == ["auth.test"]
    assert ws.messages(ROOM) == []


@pytest.mark.parametrize("wrong", [{}, {"cut": "sideways"}, {"error": "x", "times": 0}, {"status": 200}, {"delay": -1}])
def test_faults_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Faults().set("chat.postMessage", **wrong)


def test_faults_of_other_methods_stay() -> None:
    faults = Faults()
    faults.set("a", error="x")
    faults.set("b", error="y")
    faults.clear("a")
    assert (faults.take("a"), [fault.method for fault in faults.on]) == (None, ["b"])


async def test_a_thousand_calls_are_answered_in_a_moment(ws: RunningWorkspace) -> None:
    """Two thirds of a second of CPU on a busy machine; the bound is for work that grows with what was posted."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def calls() -> None:
            for _ in range(50):
                async with session.post(f"{ws.api_url}chat.postMessage", json={"channel": ROOM, "text": "x"}) as got:
                    assert (await got.json())["ok"]

        begun = time.process_time()
        await asyncio.gather(*(calls() for _ in range(20)))
        spent = time.process_time() - begun
    # Client and server share this process, so its CPU time is an upper bound of the server's.
    assert spent < 5
    assert len(ws.messages(ROOM)) == 1000
    stamps = [m["ts"] for m in ws.messages(ROOM)]
    assert stamps == sorted(set(stamps))
