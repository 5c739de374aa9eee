"""What people hear when Slack does not let us post: the admin what to do, the others why a card is elsewhere."""

import re
from datetime import datetime

from bot.views import blocks, kit, words
from bot.views.look import Look

_CHANNEL = re.compile("[CG][A-Z0-9]{2,30}")


def channel_trouble(channel: str, error: str, since: datetime, *, waiting: int = 0) -> Look:
    """To the admin: what does not work, since when, and the remedy.

    `channel` is the id or name of a channel, or the id of a person; `error` Slack's own word (scheduler.slack),
    `waiting` how many cards could not be posted there so far.
    """
    why, remedy = _refusal(error)
    template = words.TROUBLE_PERSON if kit.is_user(channel) else words.TROUBLE
    said = template.format(channel=_place(channel), why=why)
    known = words.TROUBLE_SINCE.format(at=kit.when(since))
    if waiting:
        known += " " + words.TROUBLE_WAITING.format(cards=kit.count(waiting, "card"))
    helps = words.TROUBLE_REMEDY.format(remedy=remedy)
    return Look(f"{said} {helps}", (blocks.section("trouble", f"*{said}*\n{known}\n{helps}"),))


def said(channel: str, error: str) -> str:
    """To whoever wants to post in a channel, in mrkdwn: that it doesn't work, why, and what helps."""
    why, remedy = _refusal(error)
    return f"{words.TROUBLE.format(channel=_place(channel), why=why)} {words.TROUBLE_REMEDY.format(remedy=remedy)}"


def unreached(look: Look, channel: str, error: str) -> Look:
    """A look that is shown elsewhere than where it belongs, with one line on top that says why."""
    why, _ = _refusal(error)
    said = words.UNREACHED.format(channel=_place(channel), why=why)
    return Look(f"{look.text} · {said}", (blocks.context("unreached", blocks.mrkdwn(said)), *look.blocks))


def _refusal(error: str) -> tuple[str, str]:
    known = "restricted_action" if error.startswith("restricted_action") else error
    return words.REFUSED_BY_SLACK.get(known, words.REFUSED_OTHERWISE)


def _place(channel: str) -> str:
    if kit.is_user(channel):
        return kit.mention(channel)
    if _CHANNEL.fullmatch(channel):
        return f"<#{channel}>"
    return "#" + kit.typed(channel.removeprefix("#"), 80)
