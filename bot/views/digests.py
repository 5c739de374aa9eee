"""The messages that come by the calendar: what an owner's day holds, and how a programme's week was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.views import blocks, card, kit, ladder, step_words, words
from bot.views.home import HomeRow
from bot.views.look import Block, Look
from recovery.clock.agenda import Reason
from recovery.figures.week import Open, WeekFigures

ROWS: Final = 15
NAMED: Final = 3  # accounts in the notification
NAME: Final = 40  # characters; ROWS of the longest names stay below what Slack takes in one message

MORNING: Final = "{cases} {need} you today"
BACK: Final = "waiting ends {at}"
KNOWN: Final = "managers know"
MORE: Final = "and {more} more on your Home"
WEEK: Final = "{programme}: the last seven days"
NEW: Final = "{detractors}"
NONE_NEW: Final = "No new detractors"
IN_TIME: Final = "{in_time} of {decided} contacted in time"
UNDECIDED: Final = "{undecided} can still be"
NOTHING_DECIDED: Final = "none had to be contacted so far"
OPEN: Final = "*Open: {total}*"
NONE_OPEN: Final = "*Nothing is open.*"
UNASSIGNED: Final = "{count} without an owner"
OVERDUE: Final = "{count} overdue"
TO_CLOSE: Final = "{count} ready to close"


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the morning. `due_at` (aware UTC) is when its next step is due, or when the waiting ends."""

    row: HomeRow
    reason: Reason
    due_at: datetime


def morning(lines: Sequence[Line], total: int, *, currency: str, at: datetime) -> Look:
    """What the day holds: `lines` are the first of `total` cases, the most pressing first, at least one."""
    need = "needs" if total == 1 else "need"
    title = MORNING.format(cases=kit.count(total, "case"), need=need)
    shown = lines[:ROWS]
    named = [kit.escaped(_about(line.row, currency)) for line in shown[:NAMED]]
    found = [blocks.header("morning", title), *(_row(line, currency, at) for line in shown)]
    if total > len(shown):
        found.append(blocks.context("morning:more", blocks.mrkdwn(MORE.format(more=f"{total - len(shown):,}"))))
    rest = f" and {total - len(named):,} more" if total > len(named) else ""
    return Look(f"{title}: {', '.join(named)}{rest}", tuple(found))


def weekly(programme: str, week: WeekFigures, *, currency: str) -> Look:
    """A programme's week in plain words. `programme` is its name in the policy."""
    title = WEEK.format(programme=kit.named(programme, 100))
    new, held = _new(week), _open(week.open)
    saved = _saved(week, currency)
    said = [line for line in (new, held, saved) if line]
    return Look(
        f"{kit.escaped(title)}. {new}",
        (blocks.header("weekly", title), blocks.section("weekly:figures", "\n".join(said))),
    )


def _row(line: Line, currency: str, at: datetime) -> Block:
    row = line.row
    left = kit.dotted(f"{card.dot(row.case, at)} {row.score}", _about(row, currency))
    step = BACK.format(at=kit.when(line.due_at)) if line.reason is Reason.BACK else ladder.next_step(row.case, at)
    known = KNOWN if line.reason is Reason.ESCALATED else ""
    address = kit.web_address(row.card_link)
    right = kit.dotted(step, known, kit.link(address, words.OPEN_CARD) if address else "")
    return blocks.pair(f"morning:{row.case.id}", blocks.plain(left), blocks.mrkdwn(right))


def _about(row: HomeRow, currency: str) -> str:
    account = kit.named(row.account_name, NAME) or kit.named(row.contact_name, NAME) or words.NO_NAME
    return kit.dotted(account, kit.money(row.acv, currency))


def _new(week: WeekFigures) -> str:
    if not week.detractors:
        return f"{NONE_NEW}."
    counted = NEW.format(detractors=kit.count(week.detractors, "new detractor"))
    reached = NOTHING_DECIDED
    if week.decided:
        reached = IN_TIME.format(in_time=f"{week.in_time:,}", decided=f"{week.decided:,}")
    waiting = UNDECIDED.format(undecided=f"{week.undecided:,}") if week.undecided else ""
    return f"{counted}: {reached}{f', {waiting}' if waiting else ''}."


def _open(held: Open) -> str:
    if not held.total:
        return NONE_OPEN
    return kit.dotted(
        OPEN.format(total=f"{held.total:,}"),
        UNASSIGNED.format(count=f"{held.unassigned:,}") if held.unassigned else "",
        *(f"{count:,} {step_words.STEPS[step]}" for step, count in held.steps.items()),
        TO_CLOSE.format(count=f"{held.none_left:,}") if held.none_left else "",
        f"*{OVERDUE.format(count=f'{held.overdue:,}')}*" if held.overdue else "",
    )


def _saved(week: WeekFigures, currency: str) -> str:
    if not week.saved:
        return ""
    acv = kit.money(week.saved_acv, currency)
    template = words.SAVED_ACV if acv else words.SAVED_COUNT
    said = template.format(saved=f"{week.saved:,}", acv=acv)
    return f"{said[0].upper()}{said[1:]}."
