"""What every handler needs, and the one way to run a flow: again if somebody was faster, in words if refused."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import DirectoryService
from bot.flows.casework import Asker
from bot.house import House
from bot.views import words
from recovery.errors import WinbackError
from store.engine import Database, Tx
from store.errors import Contended

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Body = dict[str, Any]
Respond = Callable[..., Awaitable[Any]]
MOST_TRIES = 5
MENTION = re.compile(r"<@([A-Z0-9]+)>")


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to each part's `register` and kept by its closures."""

    db: Database
    house: House
    directory: DirectoryService
    client: AsyncWebClient

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

    def plainly(self, error: Exception) -> str:
        """What to tell the person where Slack shows plain text, as at the field of a modal: names for mentions."""
        return MENTION.sub(lambda found: self.house.directory.name(found[1]) or "somebody", sentence_of(error))


def asker_of(body: Body) -> Asker:
    """Who pressed or typed, and where; commands name both in a flat way."""
    user = body.get("user")
    if isinstance(user, dict):
        return Asker(str(user["id"]), str((body.get("channel") or {}).get("id", "")))
    return Asker(str(body.get("user_id", "")), str(body.get("channel_id", "")))


def sentence_of(error: Exception) -> str:
    """What to tell the person: the refusal's own sentence, or a reference that the log has too."""
    if isinstance(error, WinbackError):
        log.info("refused: %s", error.sentence)
        return error.sentence
    reference = secrets.token_hex(4)
    log.error("a handler failed (reference %s)", reference, exc_info=error)
    return words.WENT_WRONG.format(reference=reference)


async def tell(respond: Respond, text: str) -> None:
    """A line that only the person who pressed sees; the card stays as it is."""
    await respond(text=text, response_type="ephemeral", replace_original=False)
