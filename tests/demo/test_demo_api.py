"""The Web API, through the unmodified SDK."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.constants import APP_TOKEN, BOT_TOKEN, BOT_USER_ID
from demo.errors import ActRefused, ManifestError
from demo.manifest import load_manifest, read_manifest
from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.workspace import ALL_SCOPES, run_workspace
from tests.demo.demo_bots import actions, button, client, modal

ROOM = "C0RELATIONAL"
MANIFEST = Path(__file__).parents[2] / "manifest.yml"


async def refused(call: Any) -> Any:
    """The answer of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def error_of(call: Any) -> str:
    return str((await refused(call))["error"])


async def test_who_am_i_and_which_scopes(api: AsyncWebClient) -> None:
    answer = await api.auth_test()
    assert answer["user_id"] == BOT_USER_ID
    assert set(answer.headers["x-oauth-scopes"].split(",")) == ALL_SCOPES


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")]
)
async def test_wrong_tokens(ws: RunningWorkspace, token: str, error: str) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with session.post(f"{ws.api_url}auth.test", headers=headers) as response:
            assert (await response.json())["error"] == error


async def test_a_revoked_token_and_a_closed_account(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ws.state.revoked = True
    assert await error_of(api.auth_test()) == "token_revoked"
    ws.state.revoked, ws.state.inactive = False, True
    assert await error_of(api.auth_test()) == "account_inactive"


async def test_bodies_in_all_forms(ws: RunningWorkspace) -> None:
    url, headers = f"{ws.api_url}chat.postMessage", {"Authorization": f"Bearer {BOT_TOKEN}"}
    blocks = [{"type": "divider"}]
    async with aiohttp.ClientSession() as session:

        async def answer(**kwargs: Any) -> Any:
            async with session.post(url, **kwargs) as response:
                return await response.json()

        form = {"channel": ROOM, "text": "a", "blocks": json.dumps(blocks)}
        assert (await answer(data=form, headers=headers))["ok"]
        assert (await answer(data={**form, "token": BOT_TOKEN}))["ok"]
        assert (await answer(json={"channel": ROOM, "text": "b", "blocks": blocks}, headers=headers))["ok"]
        assert (await answer(params={"channel": ROOM, "text": "c", "token": BOT_TOKEN}))["ok"]
        assert (await answer(json={"channel": ROOM, "text": "d", "token": BOT_TOKEN}))["error"] == "not_authed"
        json_headers = {**headers, "Content-Type": "application/json"}
        assert (await answer(data=b"{", headers=json_headers))["error"] == "invalid_json"
        assert (await answer(data=b"[]", headers=json_headers))["error"] == "json_not_object"
        text_headers = {**headers, "Content-Type": "text/plain"}
        assert (await answer(data=b"x", headers=text_headers))["error"] == "invalid_post_type"
    assert [m["text"] for m in ws.messages(ROOM)] == ["a", "a", "b", "c"]


async def test_unknown_method_and_missing_argument(api: AsyncWebClient) -> None:
    assert await error_of(api.api_call("chat.shout")) == "unknown_method"
    answer = await refused(api.api_call("chat.getPermalink", params={"channel": ROOM}))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: message_ts"]


async def test_a_missing_scope_says_what_is_needed() -> None:
    async with run_workspace(None, scopes=frozenset({"channels:read"})) as ws:
        answer = await refused(client(ws).chat_postMessage(channel=ROOM, text="x"))
        assert (answer["error"], answer["needed"], answer["provided"]) == (
            "missing_scope",
            "chat:write",
            "channels:read",
        )
        listing = client(ws).conversations_list(types="public_channel,private_channel")
        assert (await refused(listing))["needed"] == "groups:read"
        assert await error_of(client(ws).conversations_info(channel="G0EXEC")) == "missing_scope"


async def test_posting_where_it_must_not(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    ws.life.remove_bot("U0MARCUS", "G0EXEC")
    ws.life.archive("U0SAM", "C0ONBOARDING")
    table = {
        "C0GENERAL": "not_in_channel",
        "G0EXEC": "channel_not_found",
        "C0NOWHERE": "channel_not_found",
        "C0ONBOARDING": "is_archived",
        BOT_USER_ID: "cannot_dm_bot",
    }
    for channel, error in table.items():
        assert await error_of(api.chat_postMessage(channel=channel, text="x")) == error


async def test_a_message_to_a_person_opens_the_dm_even_of_somebody_gone(
    ws: RunningWorkspace, api: AsyncWebClient
) -> None:
    for user in ("U0PRIYA", "U0LEO"):
        answer = await api.chat_postMessage(channel=user, text="hello")
        assert answer["channel"].startswith("D")
        assert [m["text"] for m in ws.dms(user)] == ["hello"]
    assert (await api.conversations_open(users="U0PRIYA"))["already_open"]
    assert await error_of(api.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await error_of(api.conversations_open(users=BOT_USER_ID)) == "cannot_dm_bot"


BAD_BODIES = [
    ({"text": ""}, "no_text"),
    ({"text": "  "}, "no_text"),
    ({"text": "x" * 40_001}, "msg_too_long"),
    ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
    ({"text": "x", "blocks": "{}"}, "invalid_blocks_format"),
    ({"text": "x", "blocks": [{"type": "header"}]}, "invalid_blocks"),
    ({"text": "x", "blocks": [{"type": "markdown", "text": "x" * 6_601}] * 2}, "msg_blocks_too_long"),
    ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": {"c": 1}}}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "x" * 17_000}}}, "metadata_too_large"),
    ({"text": "x", "unfurl_links": "maybe"}, "invalid_arguments"),
]


@pytest.mark.parametrize(("body", "error"), BAD_BODIES)
async def test_bodies_that_are_refused(
    ws: RunningWorkspace, api: AsyncWebClient, body: dict[str, Any], error: str
) -> None:
    assert await error_of(api.api_call("chat.postMessage", json={"channel": ROOM, **body})) == error
    assert ws.messages(ROOM) == []
    assert [call.error for call in ws.recorded] == [error]


async def test_bodies_at_the_limit_pass(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.chat_postMessage(channel=ROOM, text="x" * 40_000)
    await api.chat_postMessage(channel=ROOM, text="x", blocks=[{"type": "markdown", "text": "x" * 6_600}] * 2)
    assert len(ws.messages(ROOM)) == 2


async def test_invalid_blocks_say_where(api: AsyncWebClient) -> None:
    answer = await refused(api.chat_postMessage(channel=ROOM, text="x", blocks=[{"type": "nonsense"}]))
    assert answer["errors"] == ["unsupported type: nonsense [json-pointer:/blocks/0/type]"]
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] unsupported type")


async def test_text_is_kept_as_sent_and_ids_are_made(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    text = "&lt;!channel&gt; *a* <https://a.example|b> &amp; ٱلسَّلَامُ 🎉"
    unnamed = {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x"}}]}
    answer = await api.chat_postMessage(channel="#nps-relational", text=text, blocks=[unnamed])
    (kept,) = ws.messages(ROOM)
    assert kept["text"] == text
    assert answer["message"]["blocks"] == kept["blocks"]
    assert kept["blocks"][0]["block_id"]
    assert kept["blocks"][0]["elements"][0]["action_id"]
    assert float(kept["ts"]) == pytest.approx(ws.clock.now(), abs=5)


async def test_threads_have_counts_and_replies_stay_out_of_the_channel(
    ws: RunningWorkspace, api: AsyncWebClient
) -> None:
    root = (await api.chat_postMessage(channel=ROOM, text="root"))["ts"]
    reply = (await api.chat_postMessage(channel=ROOM, text="one", thread_ts=root))["ts"]
    ws.message("U0PRIYA", ROOM, "two", root)
    await api.chat_postMessage(channel=ROOM, text="three", thread_ts=reply)
    (top,) = ws.messages(ROOM)
    assert (top["reply_count"], top["reply_users"]) == (3, [BOT_USER_ID, "U0PRIYA"])
    assert [m["text"] for m in ws.thread(ROOM, root)] == ["root", "one", "two", "three"]
    answer = await api.conversations_replies(channel=ROOM, ts=root, limit=2)
    assert [m["text"] for m in answer["messages"]] == ["root", "one"]
    cursor = answer["response_metadata"]["next_cursor"]
    answer = await api.conversations_replies(channel=ROOM, ts=root, limit=2, cursor=cursor)
    assert [m["text"] for m in answer["messages"]] == ["two", "three"]
    assert await error_of(api.conversations_replies(channel=ROOM, ts="1.000001")) == "thread_not_found"


async def test_update_keeps_what_is_not_given(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"case": 1}}
    posted = await api.chat_postMessage(channel=ROOM, text="a", blocks=[actions(button("b"))], metadata=metadata)
    ts = posted["ts"]
    await api.chat_update(channel=ROOM, ts=ts, text="b")
    (kept,) = ws.messages(ROOM)
    assert (kept["text"], len(kept["blocks"]), kept["metadata"]) == ("b", 1, metadata)
    assert kept["edited"]["user"] == BOT_USER_ID
    await api.chat_update(channel=ROOM, ts=ts, text="c", blocks=[])
    assert "blocks" not in ws.messages(ROOM)[0]
    await api.chat_update(channel=ROOM, ts=ts, text="é" * 2_000)
    assert await error_of(api.chat_update(channel=ROOM, ts=ts, text="é" * 2_000 + "x")) == "msg_too_long"
    assert await error_of(api.chat_update(channel=ROOM, ts=ts, text="&" * 801)) == "msg_too_long"
    assert await error_of(api.chat_update(channel=ROOM, ts="1.000001", text="x")) == "message_not_found"
    theirs = ws.message("U0PRIYA", ROOM, "mine")["ts"]
    assert await error_of(api.chat_update(channel=ROOM, ts=theirs, text="x")) == "cant_update_message"
    assert await error_of(api.chat_delete(channel=ROOM, ts=theirs)) == "cant_delete_message"
    ws.life.archive("U0SAM", ROOM)
    assert await error_of(api.chat_update(channel=ROOM, ts=ts, text="x")) == "is_archived"


async def test_delete_leaves_a_tombstone_over_replies(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    alone = (await api.chat_postMessage(channel=ROOM, text="alone"))["ts"]
    root = (await api.chat_postMessage(channel=ROOM, text="root"))["ts"]
    await api.chat_postMessage(channel=ROOM, text="reply", thread_ts=root)
    await api.chat_delete(channel=ROOM, ts=alone)
    await api.chat_delete(channel=ROOM, ts=root)
    (left,) = ws.messages(ROOM)
    assert left["subtype"] == "tombstone"
    assert await error_of(api.chat_delete(channel=ROOM, ts=alone)) == "message_not_found"


async def test_history_finds_messages_by_metadata_and_time(api: AsyncWebClient) -> None:
    stamps = []
    for n in range(5):
        metadata = {"event_type": "card", "event_payload": {"case": n}}
        stamps.append((await api.chat_postMessage(channel=ROOM, text=str(n), metadata=metadata))["ts"])
    answer = await api.conversations_history(channel=ROOM, include_all_metadata=True)
    assert [m["metadata"]["event_payload"]["case"] for m in answer["messages"]] == [4, 3, 2, 1, 0]
    bare = await api.conversations_history(channel=ROOM)
    assert bare["messages"][0]["metadata"] == {"event_type": "card"}

    async def texts(**window: Any) -> str:
        found = await api.conversations_history(channel=ROOM, **window)
        return "".join(m["text"] for m in found["messages"])

    assert await texts(oldest=stamps[1], latest=stamps[3]) == "2"
    assert await texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == "321"
    assert await texts(oldest=stamps[3]) == "4"
    assert await texts(latest=str(float(stamps[0]) - 1)) == ""
    page = await api.conversations_history(channel=ROOM, limit=2)
    assert page["has_more"]
    seen = "".join(m["text"] for m in page["messages"])
    while page["has_more"]:
        cursor = page["response_metadata"]["next_cursor"]
        page = await api.conversations_history(channel=ROOM, limit=2, cursor=cursor)
        seen += "".join(m["text"] for m in page["messages"])
    assert seen == "43210"
    assert await error_of(api.conversations_history(channel="C0GENERAL")) == "not_in_channel"
    assert await error_of(api.conversations_history(channel=ROOM, cursor="x")) == "invalid_cursor"


async def test_lists_come_in_pages(api: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await api.conversations_list(types="public_channel,private_channel", limit=2):
        names += [channel["name"] for channel in page["channels"]]
    assert sorted(names) == ["cs-leads", "exec-readout", "general", "nps-onboarding", "nps-relational"]
    members: list[str] = []
    async for page in await api.conversations_members(channel=ROOM, limit=3):
        members += page["members"]
    assert {"U0PRIYA", BOT_USER_ID, "U0INGRID"} <= set(members)
    assert len(members) == len(set(members)) == 8
    users: list[str] = []
    async for page in await api.users_list(limit=4):
        users += [user["id"] for user in page["members"]]
    assert len(users) == len(set(users)) == 11


async def test_people(api: AsyncWebClient) -> None:
    priya = (await api.users_info(user="U0PRIYA"))["user"]
    assert (priya["tz"], priya["profile"]["email"]) == ("Europe/London", "priya@acme.example")
    assert (await api.users_info(user="U0LEO"))["user"]["deleted"]
    assert (await api.users_lookupByEmail(email="PRIYA@acme.example"))["user"]["id"] == "U0PRIYA"
    assert await error_of(api.users_lookupByEmail(email="leo@acme.example")) == "users_not_found"
    assert await error_of(api.users_info(user="U0NOBODY")) == "user_not_found"
    groups = (await api.usergroups_list(include_users=True))["usergroups"]
    assert groups[0]["users"] == ["U0PRIYA", "U0JEN", "U0KOFI"]
    assert (await api.usergroups_users_list(usergroup="S0CSLEADS"))["users"] == ["U0MARCUS"]


async def test_user_groups(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    assert (await api.usergroups_users_list(usergroup="S0CSM"))["users"] == ["U0PRIYA", "U0JEN", "U0KOFI"]
    ws.life.regroup("S0CSM", "U0JEN")
    assert (await api.usergroups_users_list(usergroup="S0CSM"))["users"] == ["U0JEN"]
    assert await error_of(api.usergroups_users_list(usergroup="S0NOBODY")) == "no_such_subteam"
    for group, user in (("S0NOBODY", "U0JEN"), ("S0CSM", "U0NOBODY")):
        with pytest.raises(ActRefused):
            ws.life.regroup(group, user)
    async with run_workspace(None, scopes=ALL_SCOPES - {"usergroups:read"}) as without:
        answer = await refused(client(without).usergroups_users_list(usergroup="S0CSM"))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")


async def test_no_address_without_its_scope() -> None:
    async with run_workspace(None, scopes=ALL_SCOPES - {"users:read.email"}) as ws:
        assert "email" not in (await client(ws).users_info(user="U0PRIYA"))["user"]["profile"]
        assert await error_of(client(ws).users_lookupByEmail(email="priya@acme.example")) == "missing_scope"


async def test_ephemeral_messages_reach_one_person(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.chat_postEphemeral(channel=ROOM, user="U0PRIYA", text="only you")
    assert [m["text"] for m in ws.ephemerals("U0PRIYA", ROOM)] == ["only you"]
    assert ws.ephemerals("U0JEN", ROOM) == []
    assert ws.messages(ROOM) == []
    assert await error_of(api.chat_postEphemeral(channel=ROOM, user="U0ELENA", text="x")) == "user_not_in_channel"


async def test_a_file_goes_up_in_two_steps(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.files_upload_v2(channel=ROOM, content="a,b\n1,2\n", filename="cases.csv", title="Cases")
    (message,) = ws.messages(ROOM)
    assert message["files"][0]["title"] == "Cases"
    async with aiohttp.ClientSession() as session, session.get(message["files"][0]["url_private"]) as response:
        assert await response.text() == "a,b\n1,2\n"


async def test_join_permalink_team_and_bot(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.conversations_join(channel="C0GENERAL")
    ts = (await api.chat_postMessage(channel="C0GENERAL", text="x"))["ts"]
    link = (await api.chat_getPermalink(channel="C0GENERAL", message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/C0GENERAL/p{ts.replace('.', '')}")
    assert (await api.team_info())["team"]["id"] == "T0DEMO"
    assert (await api.bots_info(bot="B0WINBACK"))["bot"]["user_id"] == BOT_USER_ID
    assert BOT_USER_ID in ws.state.rooms["C0GENERAL"].members


async def test_blocks_validate(api: AsyncWebClient) -> None:
    async def check(**args: Any) -> Any:
        return await api.api_call("blocks.validate", json=args)

    assert (await check(blocks=[{"type": "divider"}]))["ok"]
    assert (await check(view=modal()))["ok"]
    answer = await refused(check(blocks=[{"type": "foo"}]))
    assert (answer["error"], answer["errors"][0]["pointer"]) == ("invalid_blocks", "/0/type")
    answer = await refused(check(message={"blocks": [{"type": "foo"}]}))
    assert (answer["error"], answer["errors"][0]["pointer"]) == ("invalid_message", "/blocks/0/type")
    assert await error_of(check(view=modal(title=None))) == "invalid_view"
    assert await error_of(check()) == "invalid_arguments"


async def test_calls_are_recorded_without_the_token(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    await api.chat_postMessage(channel=ROOM, text="x")
    await error_of(api.chat_postMessage(channel="C0GENERAL", text="x"))
    first, second = ws.recorded
    assert (first.method, first.ok, first.status, first.args["text"]) == ("chat.postMessage", True, 200, "x")
    assert (second.ok, second.error) == (False, "not_in_channel")
    assert BOT_TOKEN not in json.dumps([call.as_json() for call in ws.recorded])
    assert ws.recorded.since(1) == [second]


async def test_the_repository_s_manifest_is_installable() -> None:
    manifest = load_manifest(MANIFEST)
    assert manifest.command("/nps") is not None
    assert {"chat:write", "commands"} <= manifest.scopes
    async with run_workspace(MANIFEST, pace=Pace.unlimited()) as ws:
        assert (await client(ws).chat_postMessage(channel=ROOM, text="x"))["ok"]


def test_manifests_that_cannot_be_installed() -> None:
    base: dict[str, Any] = {"display_information": {"name": "x"}}
    events = {"settings": {"event_subscriptions": {"bot_events": ["user_change"]}}}
    unknown = {"settings": {"event_subscriptions": {"bot_events": ["user_sneezed"]}}}
    command = {"features": {"slash_commands": [{"command": "/nps", "description": "d"}]}}
    for wrong in ({}, {**base, **events}, {**base, **unknown}, {**base, **command}):
        with pytest.raises(ManifestError):
            read_manifest(wrong)
