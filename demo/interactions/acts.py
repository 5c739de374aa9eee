"""What people do with blocks, views, commands and shortcuts."""

import re
from typing import Final

from demo.errors import ActRefused
from demo.interactions.answers import answer_command, answer_submission, show_error, unacked
from demo.interactions.chosen import chosen_of, find_element
from demo.interactions.filled import FIELDS, client_errors, filled_state, initial_state, unknown_ids
from demo.interactions.payloads import (
    action_of,
    channel_ref,
    command_payload,
    common,
    message_actions,
    view_actions,
)
from demo.jsons import Json, as_list, as_object, own_copy
from demo.limits.blocks import elements_of
from demo.people import User
from demo.rooms import Message, Room
from demo.state import State
from demo.surfaces import OpenView
from demo.transport.acks import Ack, Kind
from demo.transport.delivery import Delivery

_MENTION: Final = re.compile(r"(?<![\w<])([@#])([\w.-]+)")
MOST_OPTIONS: Final = 100


class Acts:
    """Each act builds the real payload from the workspace's own state, sends it and waits for the ack.

    Errors of all acts: ActRefused with what the person would see.
    """

    def __init__(self, state: State, delivery: Delivery) -> None:
        self.state = state
        self.delivery = delivery
        self.base_url = ""

    async def message_action(
        self, user: str, channel: str, ts: str, action_id: str, block_id: str | None, given: Json
    ) -> Json:
        """Use an element of a message."""
        person, room = self.person(user), self.room(user, channel)
        message = self._seen_message(user, room, ts)
        block, element = find_element(message.blocks, action_id, block_id, given.get("value"))
        chosen = chosen_of(element, given)
        message.state = _with_choice(
            filled_state(message.state or initial_state(message.blocks), _state_values(given)),
            block,
            element,
            chosen,
        )
        key = self.state.response_urls.new(user, room.id, message.ts, message.thread_ts)
        base = common("block_actions", person, self.state.triggers.new(user))
        action = action_of(block, element, chosen)
        payload = message_actions(base, room, message, action, f"{self.base_url}/respond/{key}")
        await self._acked(user, "interactive", payload)
        return {}

    async def view_action(self, user: str, view_id: str, action_id: str, block_id: str | None, given: Json) -> Json:
        """Use an element of a modal on top or of the home tab."""
        person, view = self.person(user), self._open_view(user, view_id)
        blocks = view.body["blocks"]
        block, element = find_element(blocks, action_id, block_id, given.get("value"))
        chosen = chosen_of(element, given)
        view.state = _with_choice(filled_state(view.state, _state_values(given)), block, element, chosen)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return {}
        in_modal = view.body["type"] == "modal"
        base = common("block_actions", person, self.state.triggers.new(user, in_modal=in_modal))
        await self._acked(user, "interactive", view_actions(base, view, action_of(block, element, chosen)))
        return {}

    async def view_submit(self, user: str, view_id: str, values: Json) -> Json:
        """Submit the modal on top; the client's own checks come first."""
        person, view = self.person(user), self._open_view(user, view_id)
        stack = self.state.surfaces.stack(user)
        if view.body["type"] != "modal" or view is not stack[-1]:
            raise ActRefused("view_not_found", "This window is not in front any more.")
        if not view.body.get("submit"):
            raise ActRefused("invalid_action", "This window has nothing to submit.")
        blocks = view.body["blocks"]
        unknown = unknown_ids(blocks, values)
        if unknown:
            raise ActRefused("invalid_action", f"The window has no {', '.join(unknown)}.")
        view.state = filled_state(view.state, values)
        errors = client_errors(blocks, view.state)
        if errors:
            return {"response_action": "errors", "errors": errors, "by": "client"}
        payload = {
            **common("view_submission", person, self.state.triggers.new(user, in_modal=True)),
            "view": view.as_slack(),
            "response_urls": self._view_response_urls(user, view),
        }
        ack = await self._acked(user, "interactive", payload)
        if view.id not in self.state.surfaces.views:
            return {"response_action": "close", "errors": {}}
        try:
            return answer_submission(self.state, view, ack.payload)
        except ActRefused as refused:
            show_error(self.state, user, refused)
            raise

    async def view_close(self, user: str, view_id: str, *, everything: bool = False) -> Json:
        """Close the modal on top (or all of them); view_closed goes out when the view asks for it."""
        person, view = self.person(user), self._open_view(user, view_id)
        if view.body["type"] != "modal":
            raise ActRefused("invalid_action", "The home tab can't be closed.")
        everything = everything or bool(view.body.get("clear_on_close"))
        gone = list(reversed(self.state.surfaces.stack(user))) if everything else [view]
        if everything:
            self.state.surfaces.clear(user)
        else:
            self.state.surfaces.close(view)
        self.state.changes.tell("views", user=user)
        for closed in gone:
            if closed.body.get("notify_on_close"):
                payload = {
                    **common("view_closed", person, None),
                    "view": closed.as_slack(),
                    "is_cleared": everything,
                }
                await self._acked(user, "interactive", payload)
        return {}

    async def command(self, user: str, channel: str, line: str, thread: str | None = None) -> Json:
        """Type a slash command, e.g. `/nps help`."""
        person, room = self.person(user), self.room(user, channel)
        name, _, text = line.strip().partition(" ")
        known = self.state.manifest.command(name)
        if known is None:
            raise ActRefused("invalid_command", f"{name} is not a valid command.")
        if thread is not None:
            raise ActRefused("invalid_command", f"{name} is not supported in threads. Sorry.")
        if known.should_escape:
            text = self._escaped(text)
        key = self.state.response_urls.new(user, room.id)
        payload = command_payload(
            person, room, name, text.strip(), self.state.triggers.new(user), f"{self.base_url}/respond/{key}"
        )
        ack = await self._acked(user, "slash_commands", payload, what=name)
        try:
            answer_command(self.state, room, user, ack.payload)
        except ActRefused as refused:
            show_error(self.state, user, refused)
            raise
        return {}

    async def shortcut(self, user: str, callback_id: str) -> Json:
        """Run a global shortcut."""
        person = self.person(user)
        if self.state.manifest.shortcut(callback_id, "global") is None:
            raise ActRefused("invalid_shortcut", "There is no such shortcut.")
        payload = {
            **common("shortcut", person, self.state.triggers.new(user)),
            "callback_id": callback_id,
            "action_ts": self.state.clock.stamp(),
        }
        await self._acked(user, "interactive", payload)
        return {}

    async def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Json:
        """Run a shortcut on a message."""
        person, room = self.person(user), self.room(user, channel)
        if self.state.manifest.shortcut(callback_id, "message") is None:
            raise ActRefused("invalid_shortcut", "There is no such shortcut.")
        message = self._seen_message(user, room, ts)
        key = self.state.response_urls.new(user, room.id, message.ts, message.thread_ts)
        payload = {
            **common("message_action", person, self.state.triggers.new(user)),
            "callback_id": callback_id,
            "action_ts": self.state.clock.stamp(),
            "message_ts": message.ts,
            "channel": channel_ref(room),
            "message": own_copy(room.message_as_slack(message)),
            "response_url": f"{self.base_url}/respond/{key}",
        }
        await self._acked(user, "interactive", payload)
        return {}

    async def options(
        self, user: str, action_id: str, query: str, *, view_id: str | None, at: tuple[str, str] | None
    ) -> Json:
        """Ask the bot for the options of an external select; `at` is (channel, ts) of a message."""
        person = self.person(user)
        payload = {
            **common("block_suggestion", person, None),
            "action_id": action_id,
            "value": query,
        }
        if view_id is not None:
            view = self._open_view(user, view_id)
            block, element = find_element(view.body["blocks"], action_id, None, None)
            payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.as_slack()}
        elif at is not None:
            room = self.room(user, at[0])
            message = self._seen_message(user, room, at[1])
            block, element = find_element(message.blocks, action_id, None, None)
            payload |= {
                "container": {"type": "message", "message_ts": message.ts, "channel_id": room.id},
                "channel": channel_ref(room),
                "message": own_copy(room.message_as_slack(message)),
            }
        else:
            raise ActRefused("invalid_action", "Options need a view or a message.")
        if "external" not in element["type"]:
            raise ActRefused("invalid_action", "This element has its own options.")
        payload["block_id"] = block["block_id"]
        ack = await self._acked(user, "options", payload)
        return _options_answer(ack)

    def person(self, user: str) -> User:
        """Somebody who can act."""
        person = self.state.users.get(user)
        if person is None or person.is_bot:
            raise ActRefused("user_not_found", "There is no such person.")
        if person.deleted:
            raise ActRefused("account_inactive", f"{person.real_name} is deactivated.")
        return person

    def room(self, user: str, channel: str) -> Room:
        """A conversation the person is in."""
        room = self.state.rooms.get(channel)
        if room is None or (user not in room.members and room.kind != "public"):
            raise ActRefused("channel_not_found", "There is no such conversation.")
        return room

    async def _acked(self, user: str, kind: Kind, payload: Json, *, what: str = "") -> Ack:
        if kind != "slash_commands" and not self.state.manifest.interactivity:
            raise ActRefused("dispatch_failed", "This app is not configured to handle interactive responses.")
        ack = await self.delivery.send(kind, payload)
        if ack.ok:
            return ack
        refused = unacked(ack)
        if what:
            word = "operation_timeout" if ack.outcome == "timeout" else "dispatch_failed"
            refused = ActRefused(word, f'{what} failed with the error "{word}"')
        show_error(self.state, user, refused)
        raise refused

    def _open_view(self, user: str, view_id: str) -> OpenView:
        view = self.state.surfaces.find(view_id, None)
        if view is None or view.user != user:
            raise ActRefused("view_not_found", "This window is not open any more.")
        return view

    def _seen_message(self, user: str, room: Room, ts: str) -> Message:
        message = room.find(ts)
        if message is None or message.ephemeral_to not in {None, user}:
            raise ActRefused("message_not_found", "This message is not there any more.")
        return message

    def _view_response_urls(self, user: str, view: OpenView) -> list[Json]:
        """One response URL for each chosen conversation of a select with response_url_enabled."""
        urls = []
        for block, element in elements_of(view.body["blocks"]):
            if not element.get("response_url_enabled"):
                continue
            name, _ = FIELDS[element["type"]]
            chosen = view.state[block["block_id"]][element["action_id"]].get(name)
            if chosen in self.state.rooms:
                url = f"{self.base_url}/respond/{self.state.response_urls.new(user, chosen)}"
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({**ids, "channel_id": chosen, "response_url": url})
        return urls

    def _escaped(self, text: str) -> str:
        """Names become ids, as Slack does for commands with should_escape."""

        def replace(match: re.Match[str]) -> str:
            sign, name = match.groups()
            if sign == "@":
                user = next((u for u in self.state.users.values() if u.name == name.lower()), None)
                return f"<@{user.id}|{user.name}>" if user else match.group(0)
            room = self.state.room_named(name)
            return f"<#{room.id}|{room.name}>" if room else match.group(0)

        return _MENTION.sub(replace, text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _state_values(given: Json) -> Json:
    return as_object(given.get("state_values"))


def _with_choice(state: dict[str, Json], block: Json, element: Json, chosen: Json) -> dict[str, Json]:
    """The state with the choice itself in it; buttons and overflows leave none."""
    if element["type"] not in FIELDS:
        return state
    name, _ = FIELDS[element["type"]]
    entry = {"type": element["type"], name: chosen.get(name)}
    return {**state, block["block_id"]: {**state.get(block["block_id"], {}), element["action_id"]: entry}}


def _options_answer(ack: Ack) -> Json:
    answer = as_object(ack.payload)
    options, groups = answer.get("options"), answer.get("option_groups")
    if (options is None) == (groups is None) or len(as_list(options if groups is None else groups)) > MOST_OPTIONS:
        raise ActRefused("invalid_response", "The options could not be loaded.")
    return {"options": options} if groups is None else {"option_groups": groups}
