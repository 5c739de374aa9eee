"""What every handler needs, and the one way to run a flow: again if somebody was faster, in words if refused."""

import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import NETWORK_ERRORS, DirectoryService, code_of
from bot.flows.cases import casework
from bot.flows.cases.casework import Asker
from bot.house import House
from bot.theme_search import ThemeSearch
from bot.views import native, words
from bot.views.ids import BlockId
from bot.views.look import Look
from bot.views.steps import frame
from handlers.forms import BadInputs
from recovery.cases.steps import Action, Entry
from recovery.errors import FieldRefusal, NotAllowed, Refusal, WinbackError
from recovery.policy.values import is_user_id
from store.engine import Database, Tx
from store.errors import Contended

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Body = dict[str, Any]
MOST_TRIES = 5
PATIENCE = 1.0  # seconds that a click waits for Slack's word; it has three until Slack shows an error
# Slack's page of views.open; the second of each pair is what it said before.
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"})
MENTION = re.compile(r"<@([A-Z0-9]+)>")


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to each part's `register` and kept by its closures."""

    db: Database
    house: House
    directory: DirectoryService
    client: AsyncWebClient
    themes: ThemeSearch

    async def run(self, flow: Callable[[Tx], Awaitable[Result]]) -> Result:
        """The flow in one transaction; from the start again if somebody else changed the case meanwhile."""
        for _ in range(MOST_TRIES - 1):
            try:
                async with self.db.write() as tx:
                    return await flow(tx)
            except Contended:
                continue
        async with self.db.write() as tx:
            return await flow(tx)

    async def look(self, flow: Callable[[Tx], Awaitable[Result]]) -> Result:
        """A flow that only reads."""
        async with self.db.read() as tx:
            return await flow(tx)

    async def fairly(self, case_id: int, user: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """The attempt, as `fairly_in` makes it, for what the channel of this case's programme may do."""

        async def channel(tx: Tx) -> str:
            return await casework.channel(tx, self.house, case_id)

        return await self.fairly_in(channel, user, attempt)

    async def fairly_in(
        self, where: Callable[[Tx], Awaitable[str]], user: str, attempt: Callable[[], Awaitable[Result]]
    ) -> Result:
        """The attempt; if `user` is refused and may just have joined, again with Slack's own list of the channel.

        `where`: the Slack id of the channel whose members may, "" for none.
        """
        try:
            return await attempt()
        except NotAllowed:
            channel = await self.look(where)
            if not channel:
                raise
            # The news that they joined may also have come since the attempt.
            if not self.house.directory.is_member(channel, user):
                await self.directory.refresh_members(channel, PATIENCE)
            if not self.house.directory.is_member(channel, user):
                raise
        return await attempt()

    async def know_those_in(self, entry: Entry) -> None:
        """Slack's window offers everybody in the workspace; whom we have never seen is looked up before we judge."""
        if isinstance(entry, Action):
            users = [user for user in (entry.person, entry.partner) if is_user_id(user)]
            await self.directory.know(*users, patience=PATIENCE)

    async def open_view(self, body: Body, view: dict[str, Any]) -> None:
        """Opens a modal for who pressed, on top of the one they pressed in. Raises Refusal if that is too long ago."""
        # docs.slack.dev, views.push: what a press in a modal opens goes on its stack.
        call = self.client.views_push if _in_modal(body) else self.client.views_open
        try:
            await call(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            if code_of(error) in TOO_LATE:
                raise Refusal(words.TOO_LATE) from error
            raise

    async def refuse(self, body: Body, respond: AsyncRespond, error: Exception) -> None:
        """Tells who pressed what went wrong: beside the message, or in a window where they pressed in none."""
        said = sentence_of(error)
        if respond.response_url or "view" not in body:
            await tell(respond, said)
            return
        try:
            await self.open_view(body, frame.refused(said))
        except Exception as unshown:  # noqa: BLE001 - there is no third way to them
            log.warning("a person could not be told: %s (%s)", said, unshown)

    def plainly(self, error: Exception) -> str:
        """What to tell the person where Slack shows plain text, as at the field of a modal: names for mentions."""
        return MENTION.sub(lambda found: self.house.directory.name(found[1]) or "somebody", sentence_of(error))

    def errors(self, view: Mapping[str, Any], error: Exception) -> dict[str, str]:
        """The sentence at its input of a window that was sent; at the first one if it belongs to none that it has."""
        inputs = [str(block["block_id"]) for block in view.get("blocks") or [] if block.get("type") == "input"]
        first = inputs[0] if inputs else BlockId.SENTENCE.value
        if isinstance(error, BadInputs):
            return {(block if block in inputs else first): said for block, said in error.errors.items()}
        at = error.field if isinstance(error, FieldRefusal) else first
        # A tick's block goes on with what it is about (ids.challenged_block).
        found = next((block for block in inputs if block.partition(":")[0] == at), first)
        return {found: self.plainly(error)}

    async def show_again(self, address: str, look: Callable[[], Awaitable[Look]]) -> None:
        """What was read when a window was opened, as it is after the window was sent; never raises.

        `address`: a response_url, good for 30 minutes and five uses (docs.slack.dev); "" where nothing was read.
        """
        if not address:
            return
        respond = AsyncRespond(response_url=address, proxy=self.client.proxy, ssl=self.client.ssl)
        try:
            found = await look()
        except Exception as error:  # noqa: BLE001 - it is kept; that it can't be shown is told, too
            await tell(respond, sentence_of(error))
            return
        await show(respond, found)


def _in_modal(body: Body) -> bool:
    return (body.get("view") or {}).get("type") == "modal"


def asker_of(body: Body) -> Asker:
    """Who pressed or typed, and where; commands name both in a flat way."""
    user = body.get("user")
    if isinstance(user, dict):
        return Asker(str(user["id"]), str((body.get("channel") or {}).get("id", "")))
    return Asker(str(body.get("user_id", "")), str(body.get("channel_id", "")))


def value_of(body: Body) -> str:
    """What the pressed button or the chosen option carries; "" where it carries no text."""
    action = body["actions"][0]
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, dict) else action.get("value")
    return value if isinstance(value, str) else ""


def sentence_of(error: Exception) -> str:
    """What to tell the person: the refusal's own sentence, or a reference that the log has too."""
    if isinstance(error, WinbackError):
        log.info("refused: %s", error.sentence)
        return error.sentence
    reference = secrets.token_hex(4)
    log.error("a handler failed (reference %s)", reference, exc_info=error)
    return words.WENT_WRONG.format(reference=reference)


async def show(respond: AsyncRespond, look: Look, *, replace_original: bool = True) -> None:
    """A look that only who pressed reads, in place of the message they pressed in or below it; never raises.

    What they did is done by then: where it can't be shown, the log says so.
    """
    if not respond.response_url:
        log.warning("a person could not be shown what they asked for, because Slack gave no address for it")
        return
    about, more = "what they asked for", {"replace_original": replace_original}
    taken = await _respond(respond, about, look.text, blocks=list(look.blocks), **more)
    if not taken and native.is_in(look.blocks):
        log.warning("Slack may not take tables and charts here; words instead")
        await _respond(respond, about, look.text, blocks=list(native.in_words(look.blocks)), **more)


async def tell(respond: AsyncRespond, text: str) -> None:
    """A line that only the person who pressed sees; the card stays as it is."""
    if not respond.response_url:
        log.warning("a person could not be told, because Slack gave no address for it: %s", text)
        return
    await _respond(respond, text, text, replace_original=False)


async def _respond(respond: AsyncRespond, what: str, text: str, **more: Any) -> bool:
    """False where Slack has answered that it does not take this."""
    try:
        answer = await respond(text=text, response_type="ephemeral", **more)
    except NETWORK_ERRORS as error:
        log.warning("a person could not be told: %s (%s)", what, error)
        return True
    if answer.status_code != HTTPStatus.OK or _is_refusal(answer.body):
        log.warning("a person could not be told: %s (Slack says %s %s)", what, answer.status_code, answer.body)
        return False
    return True


def _is_refusal(body: str) -> bool:
    """Whether the body says that nothing is shown, whatever the status is; Slack says "ok" where all is well."""
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("ok") is False
