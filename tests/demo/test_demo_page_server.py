"""The page's interface: looks, acts, clock, live socket, answers, faults."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from demo.clock import WorkspaceClock
from demo.constants import GENERIC_SECRET
from demo.running import RunningWorkspace
from demo.transport.signing import standard_webhook_signature
from demo.workspace import run_workspace
from tests.demo.demo_bots import actions, button, client, modal, raw_bot, socket_bot

ROOM, PRIYA, JEN = "C0RELATIONAL", "U0PRIYA", "U0JEN"


class Page:
    """Talks to the workspace as the page does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(path, params=query) as response:
            return await response.json()

    async def post(self, path: str, body: Any, **kwargs: Any) -> Any:
        async with self.session.post(path, json=body, **kwargs) as response:
            return await response.json()


@pytest.fixture
async def page(ws: RunningWorkspace) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession(ws.url) as session:
        yield Page(session)


async def test_the_state_of_a_person(page: Page) -> None:
    state = await page.get("/demo/state", **{"as": PRIYA})
    assert state["me"]["real_name"] == "Priya Raman"
    assert {channel["name"] for channel in state["channels"]} == {
        "nps-relational",
        "nps-onboarding",
        "cs-leads",
        "general",
    }
    assert state["dms"][0]["user"]["is_bot"]
    assert state["bot"] == {"connected": False, "mode": "none", "user_id": "U0WINBACK"}
    elena = await page.get("/demo/state", **{"as": "U0ELENA"})
    assert "exec-readout" in {channel["name"] for channel in elena["channels"]}
    nobody = await page.get("/demo/state", **{"as": "U0NOBODY"})
    assert nobody["error"] == "user_not_found"


async def test_messages_threads_ephemerals_and_unread(ws: RunningWorkspace, page: Page, api: AsyncWebClient) -> None:
    root = (await api.chat_postMessage(channel=ROOM, text="root"))["ts"]
    await api.chat_postMessage(channel=ROOM, text="reply", thread_ts=root)
    await api.chat_postEphemeral(channel=ROOM, user=PRIYA, text="only Priya")

    async def unread(user: str) -> int:
        state = await page.get("/demo/state", **{"as": user})
        return int(next(c["unread"] for c in state["channels"] if c["id"] == ROOM))

    assert await unread(PRIYA) == 1
    shown = (await page.get("/demo/messages", channel=ROOM, **{"as": PRIYA}))["messages"]
    assert [(m["text"], m["ephemeral"], m.get("reply_count")) for m in shown] == [
        ("root", False, 1),
        ("only Priya", True, None),
    ]
    assert await unread(PRIYA) == 0
    others = (await page.get("/demo/messages", channel=ROOM, **{"as": JEN}))["messages"]
    assert [m["text"] for m in others] == ["root"]
    thread = (await page.get("/demo/messages", channel=ROOM, thread=root, **{"as": JEN}))["messages"]
    assert [m["text"] for m in thread] == ["root", "reply"]
    private = await page.get("/demo/messages", channel="G0EXEC", **{"as": JEN})
    assert private["error"] == "channel_not_found"
    assert len(ws.messages(ROOM)) == 1


async def test_acts_over_the_page(ws: RunningWorkspace, page: Page, api: AsyncWebClient) -> None:
    def register(app: Any) -> None:
        @app.action("claim")
        async def _(ack: Any, body: Any, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal())

        @app.view("form")
        async def _(ack: Any) -> None:
            await ack(response_action="errors", errors={"note": "Say more."})

    async with socket_bot(ws, register):
        ts = (await api.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("claim", "1"))]))["ts"]
        act = {"as": PRIYA, "kind": "block_action", "channel": ROOM, "message_ts": ts, "block_id": "buttons"}
        assert await page.post("/demo/act", {**act, "action_id": "claim", "value": "1"}) == {"ok": True}
        await ws.until(lambda: ws.views(PRIYA))
        stack = (await page.get("/demo/views", **{"as": PRIYA}))["stack"]
        submit = {"as": PRIYA, "kind": "view_submit", "view_id": stack[0]["view_id"]}
        done = await page.post("/demo/act", {**submit, "values": {"note": {"text": {"value": "x"}}}})
        assert done == {"ok": True, "response_action": "errors", "errors": {"note": "Say more."}}
        assert (await page.post("/demo/act", {**submit, "kind": "view_close"}))["ok"]
        forged = await page.post("/demo/act", {**act, "action_id": "forged"})
        assert (forged["ok"], forged["error"]) == (False, "invalid_action")
    gone = await page.post("/demo/act", {**act, "action_id": "claim", "value": "1"})
    assert gone["error"] == "dispatch_failed"


@pytest.mark.parametrize(
    "body",
    [{}, {"as": PRIYA}, {"as": PRIYA, "kind": "fly"}, {"as": PRIYA, "kind": "command"}, {"as": 1, "kind": "join"}],
)
async def test_acts_that_make_no_sense(page: Page, body: Any) -> None:
    async with page.session.post("/demo/act", json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_request"


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff"])
async def test_bodies_that_are_no_object(page: Page, raw: bytes) -> None:
    for path in ("/demo/act", "/demo/clock", "/demo/answer", "/demo/faults"):
        async with page.session.post(path, data=raw) as response:
            assert response.status == 400


async def test_people_move_about(ws: RunningWorkspace, page: Page) -> None:
    for kind, more in (
        ("message", {"channel": ROOM, "text": "hello"}),
        ("leave", {"channel": ROOM}),
        ("join", {"channel": ROOM}),
        ("invite_bot", {"channel": "C0GENERAL"}),
        ("remove_bot", {"channel": "C0GENERAL"}),
        ("archive", {"channel": "C0GENERAL"}),
        ("deactivate_user", {"user": JEN}),
    ):
        done = await page.post("/demo/act", {"as": PRIYA, "kind": kind, **more})
        assert done["ok"], (kind, done)
    assert ws.state.users[JEN].deleted
    assert ws.state.rooms["C0GENERAL"].archived
    assert PRIYA in ws.state.rooms[ROOM].members


async def test_strangers_are_refused(ws: RunningWorkspace, page: Page) -> None:
    port = ws.url.rsplit(":", 1)[1]
    own = {"Origin": ws.url}
    foreign = [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{port}"},
        {"Origin": "null"},
    ]
    assert (await page.post("/demo/clock", {"add_seconds": 1}, headers=own))["offset"] == 1
    for headers in foreign:
        for path in ("/demo/state?as=U0PRIYA", "/demo/recorded", "/demo/live?as=U0PRIYA", "/"):
            async with page.session.get(path, headers=headers) as response:
                assert response.status == 403, (headers, path)
        async with page.session.post("/demo/clock", json={"add_seconds": 5}, headers=headers) as response:
            assert response.status == 403
    assert ws.clock.offset == 1
    async with page.session.get("/page/..%2fconstants.py") as response:
        assert response.status == 404


async def test_the_clock_moves_forward_and_writes_its_file(tmp_path: Path) -> None:
    clock_file = tmp_path / "data" / "clock"
    async with run_workspace(None, clock_file=clock_file) as ws, aiohttp.ClientSession(ws.url) as session:
        page = Page(session)
        before = (await client(ws).chat_postMessage(channel=ROOM, text="x"))["ts"]
        moved = await page.post("/demo/clock", {"add_seconds": 3600})
        assert moved["offset"] == 3600
        assert float(clock_file.read_text()) == 3600
        after = (await client(ws).chat_postMessage(channel="C0ONBOARDING", text="x"))["ts"]
        assert float(after) - float(before) >= 3600
        for wrong in (-1, "1", None, True, 1e300):
            assert (await page.post("/demo/clock", {"add_seconds": wrong}))["error"] == "invalid_request"
        assert (await page.get("/demo/clock"))["offset"] == 3600
    assert WorkspaceClock(clock_file).offset == 3600


def test_stamps_always_grow_and_bad_files_are_zero(tmp_path: Path) -> None:
    clock = WorkspaceClock()
    stamps = [clock.stamp() for _ in range(5_000)]
    assert stamps == sorted(set(stamps))
    for content in ("", "nan", "-5", "x"):
        bad = tmp_path / "clock"
        bad.write_text(content)
        assert WorkspaceClock(bad).offset == 0


async def test_live_tells_each_person_what_concerns_them(ws: RunningWorkspace, page: Page, api: AsyncWebClient) -> None:
    async with page.session.ws_connect("/demo/live?as=U0PRIYA") as live:
        root = (await api.chat_postMessage(channel=ROOM, text="x"))["ts"]
        assert await live.receive_json() == {"topic": "messages", "channel": ROOM}
        await api.chat_postMessage(channel=ROOM, text="x", thread_ts=root)
        assert await live.receive_json() == {"topic": "messages", "channel": ROOM, "thread": root}
        await api.chat_postMessage(channel="G0EXEC", text="not for Priya")
        await api.views_publish(user_id=JEN, view={"type": "home", "blocks": []})
        await api.views_publish(user_id=PRIYA, view={"type": "home", "blocks": []})
        assert await live.receive_json() == {"topic": "home"}
        ws.advance(5)
        assert (await live.receive_json())["topic"] == "clock"
        await page.post("/demo/act", {"as": PRIYA, "kind": "command", "channel": ROOM, "text": "/nps"})
        error = await live.receive_json()
        assert (error["topic"], error["message"]) == ("error", '/nps failed with the error "dispatch_failed"')


async def test_an_answer_is_signed_and_waits_for_the_bot(ws: RunningWorkspace, page: Page) -> None:
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response()

    async with raw_bot(ws, answer) as seen:
        done = await page.post("/demo/answer", {"source": "generic", "score": 3, "comment": "slow", "email": None})
        assert done["status"] == 200
    (request,) = seen
    body = json.loads(bodies[0])
    assert (request.path, body["score"], body["comment"]) == ("/hooks/generic", 3, "slow")
    assert {"response_id", "responded_at"} <= set(body)
    assert "email" not in body
    message_id, at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
    assert request.headers["webhook-signature"] == standard_webhook_signature(bodies[0], message_id, at, GENERIC_SECRET)
    unknown = await page.post("/demo/answer", {"source": "carrier-pigeon"})
    assert unknown["error"] == "invalid_request"


async def test_an_answer_reaches_a_bot_that_starts_late(ws: RunningWorkspace, page: Page) -> None:
    async with raw_bot(ws, lambda _request: web.Response()):
        late = ws.bot_url
    assert late is not None
    posting = asyncio.create_task(page.post("/demo/answer", {"score": 1}))
    app = web.Application()

    async def take(_request: web.Request) -> web.Response:
        return web.Response()

    app.router.add_post("/hooks/generic", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(late.rsplit(":", 1)[1])).start()
    assert (await posting)["status"] == 200
    await runner.cleanup()


async def test_faults_and_records_over_the_page(ws: RunningWorkspace, page: Page, api: AsyncWebClient) -> None:
    assert (await page.post("/demo/faults", {"method": "auth.test", "status": 500, "delay": 0.01, "times": None}))["ok"]
    with pytest.raises(Exception, match="server responded"):
        await api.auth_test()
    async with page.session.delete("/demo/faults") as response:
        assert (await response.json())["ok"]
    await api.auth_test()
    calls = (await page.get("/demo/recorded", since="1"))["calls"]
    assert [(call["seq"], call["method"], call["ok"]) for call in calls] == [(2, "auth.test", True)]
    for wrong in ({}, {"method": "x"}, {"method": "x", "error": "y", "times": "2"}, {"method": "x", "delay": "soon"}):
        assert (await page.post("/demo/faults", wrong))["error"] == "invalid_request"
    assert ws.faults.on == ()


async def test_until_gives_up_with_the_last_calls(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test ok"):
        await ws.until(lambda: False, timeout=0.05)
