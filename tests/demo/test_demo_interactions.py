"""Clicks, forms, commands, shortcuts, events: the same over Socket Mode and over HTTP, with Bolt unmodified."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from demo.constants import APP_ID, BOT_ID, TEAM_ID
from demo.errors import ActRefused
from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.transport.delivery import Patience
from demo.workspace import run_workspace
from tests.demo.demo_bots import BOTS, actions, button, client, modal, plain, text_input

ROOM, PRIYA, JEN = "C0RELATIONAL", "U0PRIYA", "U0JEN"
Json = dict[str, Any]
EVENTS = (
    "member_joined_channel",
    "member_left_channel",
    "user_change",
    "channel_archive",
    "channel_left",
    "app_home_opened",
    "message",
)


class Heard:
    """A bot that keeps every payload and does what the test set for it."""

    def __init__(self) -> None:
        self.actions: list[Json] = []
        self.views: list[Json] = []
        self.closed: list[Json] = []
        self.commands: list[Json] = []
        self.shortcuts: list[Json] = []
        self.events: list[Json] = []
        self.view_ack: Json = {}
        self.command_ack: Any = None
        self.silent = False

    def register(self, app: AsyncApp) -> None:
        app.action(re.compile("."))(self._action)
        app.view("form")(self._view)
        app.view_closed("form")(self._closed)
        app.command("/nps")(self._command)
        app.shortcut({"type": "shortcut", "callback_id": "new"})(self._shortcut)
        app.shortcut({"type": "message_action", "callback_id": "track"})(self._shortcut)
        app.options("account")(self._options)
        for name in EVENTS:
            app.event(name)(self._event)

    async def _action(self, ack: Any, body: Json) -> None:
        self.actions.append(body)
        if not self.silent:
            await ack()

    async def _view(self, ack: Any, body: Json) -> None:
        self.views.append(body)
        if not self.silent:
            await ack(**self.view_ack)

    async def _closed(self, ack: Any, body: Json) -> None:
        self.closed.append(body)
        await ack()

    async def _command(self, ack: Any, body: Json) -> None:
        self.commands.append(body)
        if not self.silent:
            await (ack(self.command_ack) if self.command_ack is not None else ack())

    async def _shortcut(self, ack: Any, body: Json) -> None:
        self.shortcuts.append(body)
        await ack()

    async def _options(self, ack: Any, payload: Json) -> None:
        await ack(options=[{"text": plain(payload["value"]), "value": "1"}])

    async def _event(self, event: Json, body: Json) -> None:
        assert body["type"] == "event_callback"
        self.events.append(event)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=sorted(BOTS))
async def bot(ws: RunningWorkspace, heard: Heard, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    async with BOTS[request.param](ws, heard.register):
        yield request.param


async def card(api: AsyncWebClient, *elements: Json, **where: Any) -> str:
    blocks = [actions(*(elements or (button("claim", "case-1"),)))]
    return str((await api.chat_postMessage(channel=ROOM, text="card", blocks=blocks, **where))["ts"])


async def open_form(ws: RunningWorkspace, heard: Heard, api: AsyncWebClient, view: Json) -> Json:
    await ws.click(PRIYA, ROOM, await card(api), "claim")
    await api.views_open(trigger_id=heard.actions[-1]["trigger_id"], view=view)
    return ws.views(PRIYA)[-1]


async def act_refused(act: Any) -> ActRefused:
    with pytest.raises(ActRefused) as caught:
        await act
    return caught.value


async def test_a_click_carries_everything(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    root = await card(api)
    ts = await card(api, thread_ts=root)
    assert ws.delivery.mode == bot
    await ws.click(PRIYA, ROOM, ts, "claim")
    (body,) = heard.actions
    assert body["user"] == {"id": PRIYA, "username": "priya", "name": "priya", "team_id": TEAM_ID}
    assert body["channel"] == {"id": ROOM, "name": "nps-relational"}
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": ROOM,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert (body["api_app_id"], body["team"]["id"], body["message"]["ts"]) == (APP_ID, TEAM_ID, ts)
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("claim", "buttons", "case-1")
    assert action["text"]["text"] == "Press"
    assert float(action["action_ts"]) > 0
    assert body["response_url"].startswith(f"{ws.url}/respond/")


async def test_a_click_on_what_is_not_there(ws: RunningWorkspace, bot: str, api: AsyncWebClient) -> None:
    ts = await card(api)
    assert bot
    assert (await act_refused(ws.click(PRIYA, ROOM, ts, "forged"))).error == "invalid_action"
    assert (await act_refused(ws.click(PRIYA, ROOM, ts, "claim", value="case-2"))).error == "invalid_action"
    assert (await act_refused(ws.click(PRIYA, ROOM, ts, "claim", block_id="x"))).error == "invalid_action"
    assert (await act_refused(ws.click(PRIYA, ROOM, "1.000001", "claim"))).error == "message_not_found"
    assert (await act_refused(ws.click("U0LEO", ROOM, ts, "claim"))).error == "account_inactive"
    assert (await act_refused(ws.click("U0SAM", "G0EXEC", ts, "claim"))).error == "channel_not_found"
    assert ws.sent == []


async def test_choices_carry_the_option_and_the_state(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    options = [{"text": plain(name), "value": name} for name in "ab"]
    ts = await card(
        api,
        {"type": "static_select", "action_id": "pick", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "users_select", "action_id": "who"},
    )
    assert bot
    await ws.click(PRIYA, ROOM, ts, "pick", selected_option="b")
    await ws.click(PRIYA, ROOM, ts, "more", selected_option=options[0])
    await ws.click(PRIYA, ROOM, ts, "who", selected_user=JEN)
    picked, more, who = heard.actions
    assert picked["actions"][0]["selected_option"] == options[1]
    assert picked["state"]["values"]["buttons"]["pick"] == {"type": "static_select", "selected_option": options[1]}
    assert more["actions"][0]["selected_option"] == options[0]
    assert who["actions"][0]["selected_user"] == JEN
    assert who["state"]["values"]["buttons"]["pick"]["selected_option"] == options[1]
    assert (await act_refused(ws.click(PRIYA, ROOM, ts, "pick", selected_option="z"))).error == "invalid_action"


async def test_no_ack_in_time_shows_the_error(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    heard.silent = True
    ts = await card(api)
    refused = await act_refused(ws.click(PRIYA, ROOM, ts, "claim"))
    # Bolt over HTTP answers 404 or 500 itself when a listener never acks.
    assert refused.error in {"operation_timeout", "dispatch_failed"}
    refused = await act_refused(ws.command(PRIYA, ROOM, "/nps help"))
    assert refused.message == f'/nps failed with the error "{refused.error}"'


async def test_nobody_there_is_dispatch_failed(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    refused = await act_refused(ws.click(PRIYA, ROOM, await card(api), "claim"))
    assert refused.error == "dispatch_failed"
    ws.bot_url = "http://127.0.0.1:9"
    refused = await act_refused(ws.click(PRIYA, ROOM, await card(api), "claim"))
    assert refused.error == "dispatch_failed"


async def test_interactivity_off_in_the_manifest(ws: RunningWorkspace, api: AsyncWebClient) -> None:
    object.__setattr__(ws.state.manifest, "interactivity", False)
    refused = await act_refused(ws.click(PRIYA, ROOM, await card(api), "claim"))
    assert refused.message == "This app is not configured to handle interactive responses."


async def test_a_form_opens_and_its_values_arrive(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    when = {"type": "input", "block_id": "when", "optional": True, "label": plain("When")}
    when["element"] = {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"}
    view = await open_form(ws, heard, api, modal(text_input("note"), when, private_metadata="case-1"))
    await ws.submit_view(PRIYA, view["id"], {"note": {"text": {"type": "plain_text_input", "value": "spoke"}}})
    (body,) = heard.views
    assert body["view"]["state"]["values"] == {
        "note": {"text": {"type": "plain_text_input", "value": "spoke"}},
        "when": {"day": {"type": "datepicker", "selected_date": "2026-11-22"}},
    }
    assert (body["view"]["private_metadata"], body["view"]["callback_id"]) == ("case-1", "form")
    assert (body["view"]["root_view_id"], body["view"]["bot_id"]) == (view["id"], BOT_ID)
    assert body["view"]["hash"] == view["hash"]
    assert ws.views(PRIYA) == []


async def test_the_client_checks_inputs_before_sending(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    number = {"type": "input", "block_id": "n", "label": plain("N")}
    number["element"] = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "max_value": "10"}
    mail = {"type": "input", "block_id": "m", "label": plain("M"), "optional": True}
    mail["element"] = {"type": "email_text_input", "action_id": "m"}
    blocks = [text_input("note", min_length=3), number, mail]
    view = await open_form(ws, heard, api, modal(*blocks))
    done = await ws.submit_view(PRIYA, view["id"], {"note": {"text": "ab"}, "n": {"n": "11"}, "m": {"m": "nope"}})
    assert (done["response_action"], sorted(done["errors"])) == ("errors", ["m", "n", "note"])
    done = await ws.submit_view(PRIYA, view["id"], {"note": {"text": ""}, "n": {"n": "1.5"}, "m": {"m": ""}})
    assert sorted(done["errors"]) == ["n", "note"]
    assert heard.views == []
    forged = ws.submit_view(PRIYA, view["id"], {"other": {"x": "1"}})
    assert (await act_refused(forged)).error == "invalid_action"
    assert (await ws.submit_view(PRIYA, view["id"], {"note": {"text": "abc"}, "n": {"n": "10"}}))[
        "response_action"
    ] == "close"


ACKS = [
    ({"response_action": "errors", "errors": {"note": "too vague"}}, "errors", 1),
    ({"response_action": "update", "view": modal(title=plain("Two"))}, "update", 1),
    ({"response_action": "push", "view": modal(title=plain("Two"))}, "push", 2),
    ({"response_action": "clear"}, "clear", 0),
    ({}, "close", 0),
]


@pytest.mark.parametrize(("ack", "outcome", "left"), ACKS, ids=[row[1] for row in ACKS])
async def test_view_acks_are_carried_out(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient, ack: Json, outcome: str, left: int
) -> None:
    assert bot
    view = await open_form(ws, heard, api, modal())
    heard.view_ack = ack
    done = await ws.submit_view(PRIYA, view["id"], {"note": {"text": "x"}})
    assert done == {"response_action": outcome, "errors": ack.get("errors", {})}
    stack = ws.views(PRIYA)
    assert len(stack) == left
    if outcome in {"update", "push"}:
        assert stack[-1]["title"]["text"] == "Two"
        assert stack[-1]["root_view_id"] == view["id"]
    if outcome == "push":
        assert stack[-1]["previous_view_id"] == view["id"]


BAD_ACKS = [
    {"response_action": "errors", "errors": {"note": ""}},
    {"response_action": "errors", "errors": {"elsewhere": "x"}},
    {"response_action": "update", "view": modal(title=plain("x" * 25))},
    {"response_action": "update", "view": {"type": "home", "blocks": []}},
    {"response_action": "explode"},
]


@pytest.mark.parametrize("ack", BAD_ACKS, ids=range(len(BAD_ACKS)))
async def test_view_acks_slack_would_not_take(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient, ack: Json
) -> None:
    assert bot
    view = await open_form(ws, heard, api, modal())
    heard.view_ack = ack
    refused = await act_refused(ws.submit_view(PRIYA, view["id"], {"note": {"text": "x"}}))
    assert refused.error == "invalid_response"
    assert ws.views(PRIYA) == [view | {"state": ws.views(PRIYA)[0]["state"]}]


async def test_an_unacked_form_stays_open(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    view = await open_form(ws, heard, api, modal())
    heard.silent = True
    await act_refused(ws.submit_view(PRIYA, view["id"], {"note": {"text": "x"}}))
    assert ws.views(PRIYA)[0]["state"]["values"]["note"]["text"]["value"] == "x"


async def test_closing_is_told_when_asked_for(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    quiet = await open_form(ws, heard, api, modal())
    await ws.close_view(PRIYA, quiet["id"])
    told = await open_form(ws, heard, api, modal(notify_on_close=True))
    await ws.close_view(PRIYA, told["id"])
    assert [body["view"]["id"] for body in heard.closed] == [told["id"]]
    assert heard.closed[0]["is_cleared"] is False
    assert ws.views(PRIYA) == []


async def test_the_stack_holds_three(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    push = modal(actions(button("deeper")), text_input("note"))
    await open_form(ws, heard, api, push)
    for _ in range(2):
        await ws.click_view(PRIYA, ws.views(PRIYA)[-1]["id"], "deeper")
        await api.views_push(trigger_id=heard.actions[-1]["trigger_id"], view=push)
    await ws.click_view(PRIYA, ws.views(PRIYA)[-1]["id"], "deeper")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await api.views_push(trigger_id=heard.actions[-1]["trigger_id"], view=push)
    assert len(ws.views(PRIYA)) == 3
    lower = ws.submit_view(PRIYA, ws.views(PRIYA)[0]["id"], {"note": {"text": "x"}})
    assert (await act_refused(lower)).error == "view_not_found"


async def test_a_trigger_works_once_and_for_a_short_time(heard: Heard) -> None:
    patient = run_workspace(None, trigger_seconds=60, pace=Pace.unlimited())
    async with patient as ws, BOTS["socket"](ws, heard.register):
        api = client(ws)
        ts = await card(api)
        await ws.click(PRIYA, ROOM, ts, "claim")
        trigger_id = heard.actions[-1]["trigger_id"]
        await api.views_open(trigger_id=trigger_id, view=modal())
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            await api.views_open(trigger_id=trigger_id, view=modal())
        with pytest.raises(SlackApiError, match="invalid_trigger_id"):
            await api.views_open(trigger_id="1.2.abc", view=modal())
        await ws.click(PRIYA, ROOM, ts, "claim")
        ws.state.triggers.seconds = 0
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await api.views_open(trigger_id=heard.actions[-1]["trigger_id"], view=modal())


async def test_an_invalid_view_does_not_use_up_the_trigger(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    await ws.click(PRIYA, ROOM, await card(api), "claim")
    trigger_id = heard.actions[-1]["trigger_id"]
    with pytest.raises(SlackApiError) as caught:
        await api.views_open(trigger_id=trigger_id, view=modal(title=plain("x" * 25)))
    assert caught.value.response["error"] == "invalid_arguments"
    assert "/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
    await api.views_open(trigger_id=trigger_id, view=modal())
    await ws.click(PRIYA, ROOM, await card(api), "claim")
    with pytest.raises(SlackApiError, match="not_found"):
        await api.views_push(trigger_id=heard.actions[-1]["trigger_id"], view=modal())


async def test_update_by_id_hash_and_external_id(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    view = await open_form(ws, heard, api, modal(external_id="form-1"))
    updated = (await api.views_update(view_id=view["id"], hash=view["hash"], view=modal(external_id="form-1")))["view"]
    assert updated["hash"] != view["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await api.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    await api.views_update(external_id="form-1", view=modal(external_id="form-1", title=plain("Again")))
    assert ws.views(PRIYA)[0]["title"]["text"] == "Again"
    with pytest.raises(SlackApiError, match="not_found"):
        await api.views_update(view_id="V0NONE", view=modal())
    await ws.click(JEN, ROOM, await card(api), "claim")
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await api.views_open(trigger_id=heard.actions[-1]["trigger_id"], view=modal(external_id="form-1"))


async def test_an_update_keeps_what_was_typed(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    view = await open_form(ws, heard, api, modal(text_input("note"), text_input("why")))
    heard.view_ack = {"response_action": "errors", "errors": {"note": "x"}}
    await ws.submit_view(PRIYA, view["id"], {"note": {"text": "typed"}, "why": {"text": "because"}})
    await api.views_update(view_id=view["id"], view=modal(text_input("note"), text_input("new")))
    values = ws.views(PRIYA)[0]["state"]["values"]
    assert values["note"]["text"]["value"] == "typed"
    assert values["new"]["text"]["value"] is None
    assert "why" not in values


async def test_the_home_tab(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    home = {"type": "home", "blocks": [actions(button("claim", "7"))]}
    ws.life.open_home(PRIYA)
    await ws.until(lambda: heard.events)
    assert (heard.events[0]["type"], heard.events[0]["user"], heard.events[0]["tab"]) == (
        "app_home_opened",
        PRIYA,
        "home",
    )
    assert "view" not in heard.events[0]
    published = (await api.views_publish(user_id=PRIYA, view=home))["view"]
    await ws.click_view(PRIYA, published["id"], "claim")
    assert heard.actions[0]["container"] == {"type": "view", "view_id": published["id"]}
    assert "response_url" not in heard.actions[0]
    await api.views_publish(user_id=PRIYA, view=home, hash=published["hash"])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await api.views_publish(user_id=PRIYA, view=home, hash=published["hash"])
    kept = ws.home(PRIYA)
    assert kept is not None
    assert kept["id"] == published["id"]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await api.views_publish(user_id="U0NOBODY", view=home)


async def test_commands(ws: RunningWorkspace, bot: str, heard: Heard) -> None:
    assert bot
    heard.command_ack = "Try /nps status"
    await ws.command(PRIYA, ROOM, "/nps help  me ")
    body = heard.commands[0]
    assert (body["command"], body["text"], body["user_id"], body["channel_id"]) == ("/nps", "help  me", PRIYA, ROOM)
    assert [m["text"] for m in ws.ephemerals(PRIYA, ROOM)] == ["Try /nps status"]
    heard.command_ack = {"response_type": "in_channel", "text": "for all", "blocks": [{"type": "divider"}]}
    await ws.command(PRIYA, ROOM, "/nps status")
    assert [m["text"] for m in ws.messages(ROOM)] == ["for all"]
    heard.command_ack = {"text": "x", "blocks": [{"type": "nonsense"}]}
    assert (await act_refused(ws.command(PRIYA, ROOM, "/nps"))).error == "invalid_response"
    in_thread = ws.acts.command(PRIYA, ROOM, "/nps", thread=ws.messages(ROOM)[0]["ts"])
    assert (await act_refused(in_thread)).error == "invalid_command"


async def test_a_command_the_manifest_does_not_have() -> None:
    async with run_workspace("manifest.yml") as ws:
        refused = await act_refused(ws.command(PRIYA, ROOM, "/remind me"))
        assert (refused.error, refused.message) == ("invalid_command", "/remind is not a valid command.")
        assert (await act_refused(ws.shortcut(PRIYA, "new"))).error == "invalid_shortcut"


def escaping_manifest(folder: Path) -> Path:
    """Ours, but for a command whose names Slack turns into ids."""
    target = folder / "manifest.yml"
    text = Path("manifest.yml").read_text("utf-8")
    target.write_text(text.replace("should_escape: false", "should_escape: true"), "utf-8")
    return target


async def test_names_in_a_command_become_ids(heard: Heard, tmp_path: Path) -> None:
    async with run_workspace(escaping_manifest(tmp_path)) as ws, BOTS["socket"](ws, heard.register):
        await ws.command(PRIYA, ROOM, "/nps assign @jen in #cs-leads <b> a@b.example")
        assert heard.commands[0]["text"] == ("assign <@U0JEN|jen> in <#C0CSLEADS|cs-leads> &lt;b&gt; a@b.example")


async def test_shortcuts_and_options(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    ts = await card(api, {"type": "external_select", "action_id": "account", "min_query_length": 1})
    await ws.shortcut(PRIYA, "new")
    await ws.message_shortcut(PRIYA, "track", ROOM, ts)
    first, second = heard.shortcuts
    assert (first["type"], first["callback_id"]) == ("shortcut", "new")
    assert (second["type"], second["message"]["ts"], second["channel"]["id"]) == ("message_action", ts, ROOM)
    options = await ws.options(PRIYA, "account", "north", at=(ROOM, ts))
    assert options == {"options": [{"text": plain("north"), "value": "1"}]}


async def test_response_urls_five_times(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    await api.chat_postEphemeral(channel=ROOM, user=PRIYA, text="pick", blocks=[actions(button("claim"))])
    ts = ws.ephemerals(PRIYA, ROOM)[0]["ts"]
    await ws.click(PRIYA, ROOM, ts, "claim")
    assert "message" not in heard.actions[0]
    assert heard.actions[0]["container"]["is_ephemeral"]
    hook = AsyncWebhookClient(heard.actions[0]["response_url"])
    assert (await hook.send(text="only you")).body == "ok"
    assert (await hook.send(text="all", response_type="in_channel")).status_code == 200
    assert (await hook.send(text="picked", replace_original=True)).status_code == 200
    assert [m["text"] for m in ws.ephemerals(PRIYA, ROOM)] == ["picked", "only you"]
    assert [m["text"] for m in ws.messages(ROOM)] == ["all"]
    bad = await hook.send(text="x", blocks=[{"type": "nonsense"}])
    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    assert (await hook.send(delete_original=True)).status_code == 200
    assert [m["text"] for m in ws.ephemerals(PRIYA, ROOM)] == ["only you"]
    late = await hook.send(text="six")
    assert (late.status_code, "used_url" in late.body) == (404, True)


async def test_a_response_url_that_is_too_old(heard: Heard) -> None:
    async with run_workspace(None, response_url_seconds=0) as ws, BOTS["socket"](ws, heard.register):
        await ws.click(PRIYA, ROOM, await card(client(ws)), "claim")
        late = await AsyncWebhookClient(heard.actions[0]["response_url"]).send(text="x")
        assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_events_follow_what_people_do(ws: RunningWorkspace, bot: str, heard: Heard) -> None:
    assert bot
    ws.life.join("U0SAM", ROOM)
    ws.life.leave(JEN, ROOM)
    ws.life.invite_bot("U0SAM", "C0GENERAL")
    ws.life.deactivate("U0KOFI")
    ws.life.archive("U0SAM", "C0ONBOARDING")
    ws.message(PRIYA, ROOM, "hi <all> & <@U0WINBACK>")
    ws.life.remove_bot("U0SAM", "C0GENERAL")
    await ws.delivery.settled()
    await ws.until(lambda: len(heard.events) >= 8)
    by_type = {event["type"]: event for event in heard.events}
    joined = {event["user"] for event in heard.events if event["type"] == "member_joined_channel"}
    assert joined == {"U0SAM", "U0WINBACK"}
    left = [event["user"] for event in heard.events if event["type"] == "member_left_channel"]
    assert sorted(left) == [JEN, "U0WINBACK"]
    assert by_type["user_change"]["user"]["deleted"] is True
    assert by_type["channel_archive"]["channel"] == "C0ONBOARDING"
    assert by_type["message"]["text"] == "hi &lt;all&gt; &amp; &lt;@U0WINBACK&gt;"
    assert by_type["channel_left"]["channel"] == "C0GENERAL"


async def test_an_app_hears_its_own_messages(ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient) -> None:
    assert bot
    await api.chat_postMessage(channel=ROOM, text="from the bot")
    await api.chat_postEphemeral(channel=ROOM, user=PRIYA, text="not an event")
    await api.conversations_join(channel="C0GENERAL")
    await ws.delivery.settled()
    sent = [payload.payload["event"] for payload in ws.sent]
    assert [(event["type"], event["channel"]) for event in sent] == [
        ("message", ROOM),
        ("member_joined_channel", "C0GENERAL"),
    ]
    assert (sent[0]["bot_id"], sent[0]["channel_type"]) == (BOT_ID, "channel")
    # Bolt keeps an app from hearing itself, so only the joining reaches a listener, or nothing.
    assert all(event["type"] != "message" for event in heard.events)


async def test_a_chosen_conversation_gives_a_response_url(
    ws: RunningWorkspace, bot: str, heard: Heard, api: AsyncWebClient
) -> None:
    assert bot
    where = {"type": "input", "block_id": "where", "label": plain("Where")}
    where["element"] = {"type": "conversations_select", "action_id": "room", "response_url_enabled": True}
    view = await open_form(ws, heard, api, modal(where))
    await ws.submit_view(PRIYA, view["id"], {"where": {"room": "C0CSLEADS"}})
    (given,) = heard.views[0]["response_urls"]
    assert (given["block_id"], given["action_id"], given["channel_id"]) == ("where", "room", "C0CSLEADS")
    await AsyncWebhookClient(given["response_url"]).send(text="shared", response_type="in_channel")
    assert [m["text"] for m in ws.messages("C0CSLEADS")] == ["shared"]


async def test_only_subscribed_events_are_sent() -> None:
    async with run_workspace("manifest.yml", patience=Patience(retries=())) as ws:
        ws.message(PRIYA, ROOM, "the manifest does not subscribe to messages")
        ws.life.join("U0SAM", ROOM)
        await ws.delivery.settled()
        assert [sent.payload["event"]["type"] for sent in ws.sent] == ["member_joined_channel"]
