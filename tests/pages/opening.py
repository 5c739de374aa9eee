"""Links as people get them in Slack, and what a browser gets by them."""

from dataclasses import replace
from html import unescape
from typing import Any

import aiohttp

from tests.readouts.test_in_slack import read_last, says
from tests.story.acting import ELENA, MARCUS, Acting, soon
from tests.support.story import RELATIONAL, surface_of
from winback.app import Winback

EXEC = "G0EXEC"
Json = dict[str, Any]


class Opened:
    """An answer of the bot's web server."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """As a reader sees it, with the markup around it."""
        return unescape(self.body.decode())


def with_address(bot: Winback) -> None:
    """Its port is only known once it listens."""
    bot.house.links = replace(bot.house.links, url=f"http://127.0.0.1:{bot.port}")


async def opens(url: str, method: str = "GET", **headers: str) -> Opened:
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as answer:
        return Opened(answer.status, answer.headers, await answer.read())


def elements(message: Json) -> list[Json]:
    return [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]


def pressable(message: Json) -> list[str]:
    return [each["action_id"] for each in elements(message)]


def address_in(message: Json) -> str:
    """The link of the only button that opens a page; it stands nowhere else in the message."""
    (url,) = [each["url"] for each in elements(message) if "url" in each]
    assert str(message).count("/pages/") == 1
    return str(url)


async def new_answer(it: Acting, user: str, channel: str, ts: str, action: str) -> Json:
    """What only this person reads after they have pressed."""
    before = len(it.workspace.ephemerals(user, channel))
    await it.workspace.click(user, channel, ts, action)
    await it.workspace.until(lambda: len(it.workspace.ephemerals(user, channel)) > before)
    found: Json = it.workspace.ephemerals(user, channel)[-1]
    return found


async def linked(it: Acting, user: str = MARCUS) -> str:
    """A fresh link to the printable page of the running quarter's draft, which this lead reads."""
    await says(it, "/nps readout", user)
    shown = read_last(it, user)
    assert "readout_print" in pressable(shown)
    return address_in(await new_answer(it, user, RELATIONAL, shown["ts"], "readout_print"))


def published(it: Acting) -> Json:
    (found,) = [each for each in it.workspace.messages(EXEC) if surface_of(each).startswith("readout:")]
    return dict(found)


async def linked_by_executive(it: Acting, user: str = ELENA) -> Json:
    """What who reads the executives' channel gets for a press on the published readout."""
    return await new_answer(it, user, EXEC, published(it)["ts"], "readout_print")


async def moved(it: Acting, seconds: float) -> None:
    """The clock of the workspace and the bot."""
    at = it.story.bot.clock.now().timestamp() + seconds
    it.workspace.advance(seconds)
    await soon(lambda: it.story.bot.clock.now().timestamp() >= at)
