"""What a timer does when its moment has come: decided on the case as it is now, not as it was when it was set."""

from bot.flows.settle import asked, timers_of
from bot.house import House
from bot.surfaces import PromptSurface
from store import cases, outbox, timers
from store.engine import Tx
from store.outbox import Rank, Wanted
from store.timers import Timer, TimerKind


async def ring(tx: Tx, house: House, timer: Timer) -> None:
    """Asks the owner whether the action held; nothing if the case has moved on."""
    case = await cases.get(tx, timer.case_id)
    due = timers_of(house, case).get(timer.kind)
    if due is None:
        return
    if due > tx.now:
        await timers.follow(tx, case.id, {timer.kind: due})
        return
    if timer.kind is TimerKind.FOLLOW_UP:
        person = asked(house, case)
        surface = PromptSurface(person.user_id, case.id, case.progress.commitments, case.progress.slips)
        await outbox.want(tx, Wanted(str(surface), person.user_id, Rank.ESCALATION))
