"""On the day of a follow-up its owner is asked whether the action held."""

from collections.abc import Iterable

from bot.flows.cases.settle import asked, timers_of
from bot.house import House
from bot.surfaces import PromptSurface
from recovery.cases.case import Case
from store.cases import timers
from store.cases.timers import TimerKind
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted


async def ask(tx: Tx, house: House, found: Iterable[Case]) -> None:
    """Asks about each of these cases; nothing where a case has moved on, and later where its day has moved."""
    questions, later = [], {}
    for case in found:
        due = timers_of(house, case)[TimerKind.FOLLOW_UP]
        if due is None:
            continue
        if due > tx.now:
            later[case.id] = {TimerKind.FOLLOW_UP: due}
            continue
        person = asked(house, case)
        surface = PromptSurface(person.user_id, case.id, case.progress.commitments, case.progress.slips)
        questions.append(Wanted(str(surface), person.user_id, Rank.ESCALATION))
    if later:
        await timers.follow_all(tx, later)
    if questions:
        await outbox.want(tx, *questions)
