"""People at work in a running story: they click, type and read; some send what no client of Slack would send."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.views import words
from demo.interactions.payloads import action_of, common, message_actions
from demo.transport.acks import Ack
from recovery.cases.case import Case, Event
from store.cases import cases
from tests.support.shown import settled
from tests.support.story import RELATIONAL, Story, surface_of, words_of

Json = dict[str, Any]

PRIYA, JEN, KOFI, MARCUS, TOMAS = "U0PRIYA", "U0JEN", "U0KOFI", "U0MARCUS", "U0TOMAS"
AMARA, ELENA, INGRID, SAM, LEO, WINBACK = "U0AMARA", "U0ELENA", "U0INGRID", "U0SAM", "U0LEO", "U0WINBACK"
ONBOARDING = "C0ONBOARDING"

# Where an owned card keeps what an open one shows as a button.
MENU = {"case_release": "release", "case_assign": "assign"}

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as the channel shows it; `customer` is a name that no other case has."""

    id: int
    channel: str
    ts: str
    customer: str


@dataclass(slots=True)
class Acting:
    """A story with hands."""

    story: Story

    @property
    def workspace(self) -> Any:
        return self.story.workspace

    async def opens(self, channel: str = RELATIONAL, **fields: Any) -> Shown:
        """A new customer answers; the card they get."""
        customer = f"Customer-{next(_numbers):04}"
        key = customer.lower()
        programme = "onboarding" if channel == ONBOARDING else "relational"
        who = {"name": f"Dana {customer}", "email": f"dana@{key}.example", "account_id": key, "account_name": customer}
        await self.story.answers(**{"programme": programme, **who, **fields})

        def shown() -> Json | None:
            return next((card for card in self.story.cards(channel) if customer in words_of(card)), None)

        card = await self.workspace.until(shown)
        await settled(self.story)
        return Shown(int(surface_of(card).removeprefix("case:")), channel, card["ts"], customer)

    def card(self, case: Shown) -> str:
        """The words of the case's card as it is now."""
        return words_of(self.workspace.thread(case.channel, case.ts)[0])

    async def shows(self, case: Shown, *words: str) -> str:
        """The card's words as soon as all of these are among them."""

        def there() -> str:
            said = self.card(case)
            return said if all(word in said for word in words) else ""

        return str(await self.workspace.until(there))

    def lines(self, case: Shown) -> list[str]:
        """The thread under the card."""
        return [words_of(line) for line in self.workspace.thread(case.channel, case.ts)[1:]]

    def buttons(self, case: Shown) -> list[str]:
        """What the card offers, by action id."""
        blocks = self.workspace.thread(case.channel, case.ts)[0]["blocks"]
        return [
            element["action_id"] for block in blocks for element in block.get("elements", []) if "action_id" in element
        ]

    async def click(self, user: str, case: Shown, action: str, **chosen: Any) -> None:
        """Uses the card's button, or the line of its menu where the card has it there."""
        choice = f"{MENU.get(action, '')}:{case.id}"
        if action not in self.buttons(case) and choice in self.menu(case):
            action, chosen = "case_more", {"value": choice}
        await self.workspace.click(user, case.channel, case.ts, action, **chosen)

    def menu(self, case: Shown) -> list[str]:
        """What the card's menu offers, by value."""
        blocks = self.workspace.thread(case.channel, case.ts)[0]["blocks"]
        elements = [element for block in blocks for element in block.get("elements", [])]
        return [option["value"] for element in elements for option in element.get("options", [])]

    async def told(self, user: str, channel: str, act: Awaitable[Any]) -> str:
        """What only this person reads after the act; nobody else reads anything.

        On a busy machine a command may first say that its answer follows.
        """
        users = {message.ephemeral_to for message in self.workspace.state.rooms[channel].ephemerals} | {user}
        before = {each: self._answers(each, channel) for each in users}
        await act
        await self.workspace.until(lambda: len(self._answers(user, channel)) > len(before[user]))
        for each in {message.ephemeral_to for message in self.workspace.state.rooms[channel].ephemerals}:
            assert len(self._answers(each, channel)) == len(before.get(each, [])) + (each == user)
        return self._answers(user, channel)[-1]

    def _answers(self, user: str, channel: str) -> list[str]:
        said = [words_of(message) for message in self.workspace.ephemerals(user, channel)]
        return [each for each in said if each != words.ONE_MOMENT]

    async def refused(self, user: str, case: Shown, action: str, **chosen: Any) -> str:
        """What a person reads whose click is refused; the case stays as it was."""
        before = await self.case(case.id)
        said = await self.told(user, case.channel, self.click(user, case, action, **chosen))
        assert await self.case(case.id) == before
        return said

    async def opens_modal(self, user: str, case: Shown, action: str, **chosen: Any) -> Json:
        """The modal that a click opens."""
        before = {view["id"] for view in self.workspace.views(user)}
        await self.click(user, case, action, **chosen)

        def opened() -> Json | None:
            return next((view for view in self.workspace.views(user) if view["id"] not in before), None)

        view: Json = await self.workspace.until(opened)
        return view

    async def submits(self, user: str, view: Json, **filled: Json) -> dict[str, str]:
        """Fills a modal in and sends it: the errors at its fields; none where it closed."""
        answer = await self.workspace.submit_view(user, view["id"], filled)
        assert answer.get("by") != "client", answer
        errors: dict[str, str] = answer["errors"]
        assert (answer["response_action"] == "errors") is bool(errors)
        return errors

    async def withdraws(self, user: str, case: Shown, kind: str, reason: str) -> dict[str, str]:
        """A lead withdraws a case by its menu: the errors at the fields."""
        view = await self.opens_modal(user, case, "case_more", value=f"withdraw:{case.id}")
        chooser = next(block["element"] for block in view["blocks"] if block["block_id"] == "kind")
        option = next(option for option in chooser["options"] if option["value"] == kind)
        filled: Json = {"kind": {"withdraw_kind": {"selected_option": option}}, "reason": {"withdraw_reason": reason}}
        return await self.submits(user, view, **filled)

    def messages_to(self, user: str, case: Shown) -> list[str]:
        """The bot's direct messages to a person about a case."""
        return [said for said in map(words_of, self.workspace.dms(user)) if case.customer in said]

    async def case(self, case_id: int) -> Case:
        async with self.story.bot.db.read() as tx:
            return await cases.get(tx, case_id)

    async def history(self, case_id: int) -> list[Event]:
        async with self.story.bot.db.read() as tx:
            return await cases.history(tx, case_id)

    async def owner(self, case: Shown) -> str:
        return (await self.case(case.id)).owner

    # What no client of Slack sends.

    async def presses(self, user: str, case: Shown, action: Json) -> Ack:
        """Sends a click on the card with this action, whatever the card offers now."""
        state = self.workspace.state
        room = state.rooms[case.channel]
        base = common("block_actions", state.users[user], state.triggers.new(user))
        key = state.response_urls.new(user, room.id, case.ts, None)
        block = {"block_id": f"case:{case.id}:actions"}
        element = {"type": action.pop("type", "button"), "action_id": action.pop("action_id")}
        url = f"{self.workspace.url}/respond/{key}"
        payload = message_actions(base, room, room.find(case.ts), action_of(block, element, action), url)
        return await self.sends("interactive", payload)

    async def hands_in(self, user: str, view: Json, change: Callable[[Json], object] = lambda _view: None) -> Ack:
        """Sends a modal as this person, after `change` has had its way with it."""
        state = self.workspace.state
        forged = {**view, "state": {"values": {}}}
        change(forged)
        base = common("view_submission", state.users[user], state.triggers.new(user, in_modal=True))
        return await self.sends("interactive", {**base, "view": forged, "response_urls": []})

    async def sends(self, kind: str, payload: Json) -> Ack:
        ack: Ack = await self.workspace.delivery.send(kind, payload)
        return ack


async def soon(predicate: Callable[[], Any], seconds: float = 20.0) -> None:
    """Returns when `predicate()` is true; for what the workspace can't see. Errors: TimeoutError."""
    async with asyncio.timeout(seconds):
        while not predicate():  # noqa: ASYNC110 - nothing rings when the bot has understood an event
            await asyncio.sleep(0.01)


def claim_button(case_id: object) -> Json:
    return {"action_id": "case_claim", "value": case_id}


def owner_and_note(user: object, note: str = "") -> Json:
    """What the assign modal holds when it is sent."""
    return {
        "owner": {"assign_owner": {"type": "users_select", "selected_user": user}},
        "note": {"assign_note": {"type": "plain_text_input", "value": note or None}},
    }


def kind_and_reason(kind: object, reason: object) -> Json:
    """What the withdraw modal holds when it is sent."""
    option = {"text": {"type": "plain_text", "text": "…"}, "value": kind} if kind else None
    return {
        "kind": {"withdraw_kind": {"type": "static_select", "selected_option": option}},
        "reason": {"withdraw_reason": {"type": "plain_text_input", "value": reason}},
    }


def values(filled: Json) -> Callable[[Json], object]:
    """Puts what was filled in into a forged modal."""
    return lambda view: view["state"].update(values=filled)
