"""What people hear of an item of the action registry: leads when it opens, its owner when they get it and on its day.

Each message is drawn from the item as it is now, so that what is planned or closed by then stands there without a call.
"""

from dataclasses import dataclass
from datetime import date

from bot.surfaces import ItemPart
from bot.views import blocks, kit
from bot.views import registry_words as words
from bot.views.figures.frame import NAME
from bot.views.look import Block, Look
from bot.views.readouts.page import Room, fitting, sentence
from bot.views.registry import TAG, Entry, buttons, case_lines, money_words, plan_lines, stacked
from recovery.readouts.registry import ItemState

MESSAGE_ROOM = 9_000
QUOTE_LINES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """To whom (a Slack user id) it is said and why; `day`: the one that has come, for ItemPart.DUE."""

    user: str
    part: ItemPart
    programme: str
    currency: str
    day: date | None = None


def message(entry: Entry, told: Told) -> Look:
    """How the message looks now."""
    head = _head(entry, told)
    drawn = fitting(lambda room: _blocks(entry, told, head, room), MESSAGE_ROOM)
    quoted = kit.quoted(entry.quote, 120) if told.part is ItemPart.LEAD and entry.item.is_open else ""
    return Look(" ".join(filter(None, (head.replace("*", ""), quoted))), tuple(drawn))


def _head(entry: Entry, told: Told) -> str:
    item, tag = entry.item, kit.typed(entry.item.tag, TAG) or kit.ELLIPSIS
    if not item.is_open:
        how = words.IS_DONE if item.state is ItemState.DONE else words.IS_DROPPED
        return how.format(who=kit.mention(item.closed_by), tag=tag)
    if told.part is ItemPart.LEAD:
        many = entry.weight.customers
        said = f"{kit.count(many, 'customer')} {words.SAYS_ONE if many == 1 else words.SAY_MANY}"
        return words.SAYS.format(customers=said, tag=tag) if many else words.BROUGHT_UP.format(tag=tag)
    if item.owner != told.user:
        moved = words.OWNER_GONE if _stands_in(entry, told) else words.MOVED_ON
        return moved.format(who=kit.mention(item.owner), tag=tag) if item.plan else words.WAITS.format(tag=tag)
    return _of_owner(entry, told).format(tag=tag)


def _of_owner(entry: Entry, told: Told) -> str:
    plan = entry.item.plan
    if told.part is ItemPart.DUE and entry.is_late:
        return words.HAS_PASSED
    if told.part is ItemPart.DUE and plan and plan.due != told.day:
        return words.NOT_DUE
    return words.HEADS[told.part]


def _stands_in(entry: Entry, told: Told) -> bool:
    """Whether they hear of the day because its owner can't."""
    return told.part is ItemPart.DUE and entry.owner_gone


def _blocks(entry: Entry, told: Told, head: str, room: Room) -> list[Block]:
    item = entry.item
    found = [blocks.section("item:head", head)]
    if not item.is_open:
        return [*found, blocks.rich("item:result", blocks.line(sentence(item.result, room)))]
    if told.part is not ItemPart.LEAD and item.owner != told.user and not _stands_in(entry, told):
        return found
    what = []
    if entry.quote and told.part is ItemPart.LEAD:
        excerpt = kit.excerpt(entry.quote, room.text, QUOTE_LINES)
        what.append(blocks.quote(excerpt.text or kit.ELLIPSIS, kit.ELLIPSIS if excerpt.left_out else ""))
    lines = [*(plan_lines(entry, room) if item.plan else []), *case_lines(entry, room)]
    what += [stacked(lines)] if lines else []
    if what:
        found.append(blocks.rich("item:what", *what))
    of = words.OF.format(programme=kit.typed(told.programme, NAME), quarter=kit.escaped(entry.quarter))
    weight = kit.dotted(money_words(entry.weight.money, told.currency), kit.count(entry.weight.cases, "case"), of)
    return [*found, blocks.context("item:weight", blocks.mrkdwn(weight)), *buttons(entry, 0, room)]
