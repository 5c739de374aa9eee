"""Whatever is sent, the workspace answers in Slack's words and stays up."""

import json
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.constants import BOT_TOKEN
from demo.limits.blocks import MOST_BLOCKS, check_blocks
from demo.limits.payloads import block_text, view_problems
from demo.limits.problems import Problems
from demo.running import RunningWorkspace
from demo.web_api.posting import with_ids
from demo.web_api.registry import METHODS
from tests.demo.demo_bots import actions, button, modal, text_input

ROOM = "C0RELATIONAL"
NAMES = st.sampled_from(
    ["type", "text", "elements", "block_id", "action_id", "options", "value", "blocks", "rows", "chart", "child_blocks"]
)
KINDS = st.sampled_from(
    ["section", "actions", "input", "button", "static_select", "plain_text", "mrkdwn", "table", "data_visualization"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | KINDS
ANYTHING = st.recursive(
    SCALARS, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES, inside, max_size=4), max_leaves=25
)


@given(st.lists(ANYTHING, max_size=4) | ANYTHING, st.sampled_from(sorted(MOST_BLOCKS)))
def test_checking_blocks_never_fails_itself(blocks: Any, surface: Any) -> None:
    problems = Problems()
    check_blocks(blocks, surface, "/blocks", problems)
    assert all(text.endswith("]") for text in problems.texts())
    if not problems:
        kept = with_ids(blocks)
        assert all(block["block_id"] for block in kept)
        assert block_text(kept) == block_text(blocks)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_checking_views_never_fails_itself(blocks: Any, title: Any, submit: Any) -> None:
    for kind in ("modal", "home", None, []):
        view_problems({"type": kind, "blocks": blocks, "title": title, "submit": submit})


FIELD_TYPES = {
    "blocks": list,
    "title": dict,
    "submit": dict,
    "close": dict,
    "private_metadata": str,
    "notify_on_close": bool,
}


@given(st.sampled_from(sorted(FIELD_TYPES)), ANYTHING)
def test_a_field_of_another_type_is_refused(name: str, value: Any) -> None:
    sound = modal(text_input("note"), actions(button("go")))
    problems = view_problems({**sound, name: value})
    if value is not None and type(value) is not FIELD_TYPES[name]:
        assert problems


BODIES = [
    b"",
    b"\xff\xfe",
    b"null",
    b'"text"',
    b"[" * 50_000,
    b'{"channel": ' + b"[" * 50_000,
    json.dumps({"channel": ROOM, "text": "\ud800 lone"}).encode(),
    json.dumps({"channel": ROOM, "text": "x\u0000\u202e"}).encode(),
    json.dumps({"channel": {"a": 1}, "text": []}).encode(),
    json.dumps({"channel": ROOM, "blocks": {"a": 1}, "view": 5, "limit": "x", "cursor": [], "users": {}}).encode(),
    b'{"channel": "C0RELATIONAL", "text": "x", "metadata": {"event_type": 5, "event_payload": NaN}}',
    json.dumps({"channel": ROOM, "user": "U0PRIYA", "ts": "x.y", "oldest": "-1", "trigger_id": "\u0663"}).encode(),
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_every_method_answers_every_body(ws: RunningWorkspace, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for method in sorted(METHODS):
            async with session.post(f"{ws.api_url}{method}", data=body) as response:
                answer = await response.json()
                assert response.status == 200, (method, answer)
                assert answer["ok"] or answer["error"], method
    assert len(ws.recorded) == len(METHODS)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_the_page_s_addresses_answer_every_body(ws: RunningWorkspace, body: bytes) -> None:
    async with aiohttp.ClientSession(ws.url) as session:
        for path in ("/demo/act", "/demo/clock", "/demo/faults", "/demo/answer"):
            async with session.post(path, data=body) as response:
                assert response.status == 400, path
        async with session.post("/respond/forged", data=body) as response:
            assert response.status in {400, 404}
