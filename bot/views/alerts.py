"""Reminders and escalations: one message to one person about one case, or about several at once.

What somebody has dealt with by now is said in its place, so that nobody presses a button for nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.views import alert_words, blocks, card, dm, kit, words
from bot.views.alert_buttons import buttons, one_button
from bot.views.alert_lines import Alert, facts, outcome, precise, sentence
from bot.views.ids import case_block
from bot.views.look import Block, Look
from bot.views.phrases import first_name, opening
from recovery.cases.case import Urgency
from recovery.clock.alarms import REMINDERS, Level

MOST_ROWS = 15
# Slack refuses about 13,200 characters in all blocks of a message; what is left covers the frame.
_ROOM = 11_500
_NAMES = 3


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What one message says: `outage` is how long winback was not running before, if that is why it comes now.

    `others`: how many more alarms belong in it than are given here, `others_waiting`: those that nobody has answered.
    """

    alerts: tuple[Alert, ...]
    outage: timedelta | None = None
    others: int = 0
    others_waiting: int = 0


def look(bulletin: Bulletin, *, currency: str) -> Look | None:
    """The message; None for one about nothing. `currency` is the policy's."""
    found = ordered(bulletin.alerts)
    if not found:
        return None
    alone = len(found) + bulletin.others == 1
    shown = _single(found[0], currency) if alone else _digest(found, bulletin, currency)
    if bulletin.outage is None:
        return shown
    said = alert_words.OUTAGE.format(length=precise(bulletin.outage))
    return Look(shown.text, (blocks.section("alerts:outage", said), *shown.blocks))


def ordered(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """The most urgent first: critical cases, then the most severe, then what was due first.

    Whether somebody has dealt with one changes nothing in the order: rows stay where people saw them.
    """
    return tuple(
        sorted(
            alerts,
            key=lambda each: (
                each.brief.case.urgency is not Urgency.CRITICAL,
                -each.level.severity,
                each.due_at,
                each.alarm_id,
            ),
        )
    )


def _single(alert: Alert, currency: str) -> Look:
    case = alert.brief.case
    said = sentence(alert, currency)
    quote = [] if alert.over else dm.wrote(alert.brief)
    around: list[Block] = []
    if alert.instead_of:
        stand_in = alert_words.STAND_IN.format(who=kit.mention(alert.instead_of))
        around.append(blocks.context(case_block(case.id, "for"), blocks.mrkdwn(stand_in)))
    known = facts(alert)
    about = [blocks.section(case_block(case.id, "facts"), known)] if known else []
    result = outcome(alert)
    if result:
        about.append(blocks.section(case_block(case.id, "outcome"), result))
    pressed = [*buttons(alert), *card.open_button(alert.brief, alert.card_link)]
    below = [blocks.actions(case_block(case.id, "alert"), *pressed)] if pressed else []
    top = blocks.rich(case_block(case.id, "said"), blocks.line(*said.parts), *quote)
    # Once somebody has dealt with it, that is what a phone should show.
    return Look(f"{said.text} {result or _quoted(alert)}".strip(), (*around, top, *about, *below))


def _quoted(alert: Alert) -> str:
    quote = kit.quoted(alert.brief.answer.verbatim, 80)
    contact = kit.typed(opening(first_name(alert.brief.answer.contact)), 60)
    return alert_words.WROTE.format(contact=contact, quote=quote) if quote else ""


def _digest(alerts: Sequence[Alert], bulletin: Bulletin, currency: str) -> Look:
    waiting = [alert for alert in alerts if not alert.answered]
    need = len(waiting) + bulletin.others_waiting
    title = alert_words.DIGEST_OVER
    if need:
        title = alert_words.DIGEST.format(cases=kit.count(need, alert_words.NEEDS, alert_words.NEED))
    shown: list[Block] = []
    room = _ROOM
    for alert in alerts[:MOST_ROWS]:
        row = _row(alert, currency)
        room -= len(json.dumps(row))
        if room < 0:
            break
        shown.append(row)
    more = len(alerts) - len(shown) + bulletin.others
    said = alert_words.MORE.format(more=f"{more:,} more")
    rest = [blocks.context("alerts:more", blocks.mrkdwn(said))] if more else []
    spoken = title
    if waiting:
        names = kit.listed([kit.escaped(card.account_name(alert.brief)) for alert in waiting], _NAMES)
        spoken = f"{title}: {names}"
    return Look(spoken, (blocks.header("alerts:title", title), *shown, *rest))


def _owner(alert: Alert) -> str:
    """Whose case it is, for who looks after those of several owners."""
    if alert.over or alert.for_owner or not alert.owner or alert.level in REMINDERS | {Level.IDLE}:
        return ""
    return f" {alert_words.OWNER.format(owner=kit.mention(alert.owner))}."


def _row(alert: Alert, currency: str) -> Block:
    case = alert.brief.case
    sign = card.dot(case, alert.brief.at) if not alert.over else "✔"
    address = kit.web_address(alert.card_link)
    way = f" {kit.link(address, words.OPEN_CARD)}" if address else ""
    lines = [f"{sign} {sentence(alert, currency).text}{_owner(alert)}{way}"]
    result = outcome(alert)
    if result:
        lines.append(result)
    elif alert.instead_of:
        lines.append(alert_words.STAND_IN.format(who=kit.mention(alert.instead_of)))
    return blocks.section(f"alert:{alert.alarm_id}", "\n".join(lines), one_button(alert))
