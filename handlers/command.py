"""/nps: help, and the nearest word for one we don't know."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.views import help as help_view
from bot.views import words
from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:  # noqa: ARG001 - every part is registered the same way
    @app.command("/nps")
    async def nps(ack: AsyncAck, command: dict[str, Any]) -> None:
        look = help_view.help_list(_unknown(str(command.get("text") or "")))
        await ack(text=look.text, blocks=list(look.blocks), response_type="ephemeral")


def _unknown(text: str) -> str:
    """The word that is no command of ours; "" for none and for a known one."""
    word = text.strip().split(" ")[0].casefold() if text.strip() else ""
    return "" if word in words.HELP_COMMANDS else word
