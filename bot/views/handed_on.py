"""To a lead, in one message: who is away until when, and who looks after each of their cases."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.views import blocks, kit, words
from bot.views.blocks import Part
from bot.views.home import HomeRow
from bot.views.look import Block, Look
from bot.views.phrases import phrase
from recovery.clock.sla import day_words

MOST = 20  # cases named one by one

HANDED_ON: Final = "{owner} is away until {last}. Others look after {cases}:"
IN_THE_CHANNEL: Final = "nobody is free, so the whole channel is asked"


def digest(owner: str, last: date, rows: Sequence[HomeRow], total: int, *, currency: str, today: date) -> Look:
    """`rows` are the first of `total` cases, with who owns them now. `last` is the last day away."""
    day, counted = day_words(last, today), kit.count(total, "case")
    spoken = HANDED_ON.format(owner=kit.mention(owner), last=day, cases=counted)
    lines: list[Block] = [blocks.line(*phrase(HANDED_ON, owner=blocks.person(owner), last=day, cases=counted))]
    lines += [blocks.line("• ", *_row(row, currency)) for row in rows[:MOST]]
    if total > len(rows[:MOST]):
        lines.append(blocks.line(f"… and {kit.count(total - len(rows[:MOST]), 'more case')}"))
    return Look(spoken, (blocks.rich("handed_on", *lines),))


def _row(row: HomeRow, currency: str) -> list[Part]:
    account = kit.named(row.account_name, 80) or kit.named(row.contact_name, 80) or words.NO_NAME
    about = kit.dotted(account, kit.money(row.acv, currency))
    to: Part = blocks.person(row.case.owner) if row.case.owner else IN_THE_CHANNEL
    address = kit.web_address(row.card_link)
    return [blocks.link(address, about) if address else about, ": ", to]
