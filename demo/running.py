"""A running workspace in the hands of a test or the launcher: addresses, acts, looks."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from demo.changes import PATIENCE
from demo.clock import WorkspaceClock
from demo.faults import Faults
from demo.interactions.acts import Acts
from demo.interactions.life import Life
from demo.jsons import Json, own_copy
from demo.rates import Limits
from demo.recorded import Recorded
from demo.rooms import Message
from demo.state import State
from demo.survey_answers import AnswerPoster, Posted
from demo.transport.delivery import Delivery, Sent
from demo.transport.socket import Sockets

T = TypeVar("T")


class RunningWorkspace:
    """Everything the page can do, as awaitable helpers. Acts raise ActRefused with what the person would see."""

    def __init__(self, state: State, delivery: Delivery, answers: AnswerPoster) -> None:
        self.state = state
        self.delivery = delivery
        self.answers = answers
        self.acts = Acts(state, delivery)
        self.life = Life(self.acts)
        self.url = ""

    # Addresses and parts.

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL; ends with a slash."""
        return f"{self.url}/api/"

    @property
    def bot_url(self) -> str | None:
        """Where payloads go over HTTP when no socket is open, e.g. http://127.0.0.1:3000."""
        return self.delivery.http.bot_url

    @bot_url.setter
    def bot_url(self, url: str | None) -> None:
        self.delivery.http.bot_url = url
        if self.answers.hooks_url is None:
            self.answers.hooks_url = url
        self.state.changes.tell("state")

    @property
    def hooks_url(self) -> str | None:
        """Where survey answers go; the first bot_url when not set apart."""
        return self.answers.hooks_url

    @hooks_url.setter
    def hooks_url(self, url: str | None) -> None:
        self.answers.hooks_url = url
        self.state.changes.tell("state")

    @property
    def recorded(self) -> Recorded:
        return self.state.recorded

    @property
    def faults(self) -> Faults:
        return self.state.faults

    @property
    def limits(self) -> Limits:
        return self.state.limits

    @property
    def clock(self) -> WorkspaceClock:
        return self.state.clock

    @property
    def sockets(self) -> Sockets:
        return self.delivery.sockets

    @property
    def sent(self) -> list[Sent]:
        """Every payload handed to the bot, with its ack."""
        return self.delivery.sent

    # What people do.

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        **chosen: Any,
    ) -> Json:
        """Use a message's element; `chosen` is Slack's field, e.g. selected_option=…, selected_user="U…"."""
        return await self.acts.message_action(user, channel, ts, action_id, block_id, {"value": value, **chosen})

    async def click_view(
        self,
        user: str,
        view_id: str,
        action_id: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        **chosen: Any,
    ) -> Json:
        """Use an element of a modal or the home tab."""
        return await self.acts.view_action(user, view_id, action_id, block_id, {"value": value, **chosen})

    async def submit_view(self, user: str, view_id: str, values: Json | None = None) -> Json:
        """Submit a modal; `values[block_id][action_id]` is Slack's state object or just its value.

        Gives `response_action` (close, errors, update, push, clear) and `errors` by block id.
        """
        return await self.acts.view_submit(user, view_id, values or {})

    async def close_view(self, user: str, view_id: str, *, everything: bool = False) -> Json:
        return await self.acts.view_close(user, view_id, everything=everything)

    async def command(self, user: str, channel: str, line: str) -> Json:
        """Type a slash command, e.g. `/nps help`."""
        return await self.acts.command(user, channel, line)

    async def shortcut(self, user: str, callback_id: str) -> Json:
        return await self.acts.shortcut(user, callback_id)

    async def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Json:
        return await self.acts.message_shortcut(user, callback_id, channel, ts)

    async def options(
        self, user: str, action_id: str, query: str, *, view_id: str | None = None, at: tuple[str, str] | None = None
    ) -> Json:
        """Ask for an external select's options; `at` is (channel, ts)."""
        return await self.acts.options(user, action_id, query, view_id=view_id, at=at)

    def message(self, user: str, channel: str, text: str, thread: str | None = None) -> Json:
        """A person writes; the message as kept."""
        message = self.life.message(user, channel, text, thread)
        return self._shown(message)

    def advance(self, seconds: float) -> float:
        """Move the clock forward; the new now. Errors: ValueError for a step back."""
        now = self.clock.add(seconds)
        self.state.changes.tell("clock", now=now)
        return now

    async def answer(self, **fields: Any) -> Posted:
        """A survey answer over the generic hook, signed."""
        return await self.answers.generic(fields)

    # What people see.

    def messages(self, channel: str) -> list[Json]:
        """Top-level messages, oldest first."""
        room = self.state.rooms[channel]
        return [self._shown(item) for item in room.messages if not item.is_reply]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """A thread: its parent, then the replies. Errors: KeyError when there is no such message."""
        room = self.state.rooms[channel]
        return [self._shown(item) for item in (room.by_ts[ts], *room.replies.get(ts, []))]

    def ephemerals(self, user: str, channel: str) -> list[Json]:
        """What only this person sees in a conversation, oldest first."""
        room = self.state.rooms[channel]
        return [self._shown(item) for item in room.ephemerals if item.ephemeral_to == user]

    def dms(self, user: str) -> list[Json]:
        """The messages of a person's DM with the bot, oldest first."""
        room = self.state.dm(user)
        return self.messages(room.id) if room else []

    def views(self, user: str) -> list[Json]:
        """The person's open modals, bottom first."""
        return [view.as_slack() for view in self.state.surfaces.stack(user)]

    def home(self, user: str) -> Json | None:
        """The person's home tab, if the bot published one."""
        view = self.state.surfaces.homes.get(user)
        return view.as_slack() if view else None

    async def until(self, predicate: Callable[[], T | Awaitable[T]], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - the limit is part of what a test asserts
        """Wait until `predicate()` is true; asked again after each change. Errors: TimeoutError."""
        try:
            return await self.state.changes.until(predicate, timeout)
        except TimeoutError as error:
            lately = "; ".join(
                f"{c.method} {'ok' if c.ok else c.error}" for c in self.recorded.since(len(self.recorded) - 5)
            )
            raise TimeoutError(f"{error} Last calls: {lately or 'none'}.") from None

    def _shown(self, message: Message) -> Json:
        shown = own_copy(self.state.rooms[message.channel].message_as_slack(message))
        if message.ephemeral_to is not None:
            shown["is_ephemeral"] = True
        return shown
