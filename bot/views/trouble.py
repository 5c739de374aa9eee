"""What people hear when Slack does not let us post: the admin what to do, the others why a card is elsewhere."""

import re
from datetime import datetime

from bot.views import blocks, kit, words
from bot.views.look import Look

_CHANNEL = re.compile("[CG][A-Z0-9]{2,30}")


def channel_trouble(channel: str, error: str, since: datetime, *, waiting: int = 0) -> Look:
    """To the admin: what does not work, since when, and the remedy.

    `channel` is an id or a name, `error` Slack's own word (slack.md), `waiting` the cards that could not be
    posted so far.
    """
    why, remedy = words.REFUSED_BY_SLACK.get(error, words.REFUSED_OTHERWISE)
    lines = [
        f"*{words.TROUBLE.format(channel=_place(channel), why=why)}*",
        words.TROUBLE_SINCE.format(at=kit.when(since)),
    ]
    if waiting:
        lines[-1] += " " + words.TROUBLE_WAITING.format(cards=kit.count(waiting, "card"))
    lines.append(words.TROUBLE_REMEDY.format(remedy=remedy))
    text = f"{words.TROUBLE.format(channel=_place(channel), why=why)} {lines[-1]}"
    return Look(text, (blocks.section("trouble", "\n".join(lines)),))


def unreached(look: Look, channel: str, error: str) -> Look:
    """A card shown elsewhere than in its channel, with one line that says why."""
    why, _ = words.REFUSED_BY_SLACK.get(error, words.REFUSED_OTHERWISE)
    said = words.UNREACHED.format(channel=_place(channel), why=why)
    return Look(f"{look.text} · {said}", (blocks.context("unreached", blocks.mrkdwn(said)), *look.blocks))


def _place(channel: str) -> str:
    if _CHANNEL.fullmatch(channel):
        return f"<#{channel}>"
    return "#" + kit.typed(channel.removeprefix("#"), 80)
