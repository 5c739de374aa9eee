"""A case that waits on the customer, or whose reminders are off for a while. Load, ask the rules, save, settle."""

from collections.abc import Callable
from datetime import datetime

from bot.flows.cases.casework import Asker, load, standing_of
from bot.flows.cases.saving import save
from bot.flows.cases.steps import MovedMeanwhile, Seen, since
from bot.flows.clock import asked
from bot.house import House
from recovery import roles
from recovery.cases.case import Case, Change, Event, EventKind, refuse_closed
from recovery.clock import pauses, waiting
from recovery.errors import Refusal
from store.engine import Tx

# What makes the reason for waiting look different from what its author read.
UNLIKE = frozenset({EventKind.CLAIMED, EventKind.ASSIGNED, EventKind.RELEASED, EventKind.PAUSED, EventKind.SNOOZED})


async def may_pause(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The open case, if the asker may pause it: asked before the window opens, and when it is sent."""
    case, programme = await load(tx, house, case_id)
    roles.check_pause(standing_of(house, programme, asker), case)
    refuse_closed(case)
    return case


async def may_snooze(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The open case, if the asker may switch its reminders off."""
    case, programme = await load(tx, house, case_id)
    was_told = bool(await asked.tellings(tx, house, programme, case, asker.user))
    roles.check_snooze(standing_of(house, programme, asker), case, told=was_told)
    refuse_closed(case)
    return case


async def pause(tx: Tx, house: House, seen: Seen, until: datetime, reason: str, asker: Asker) -> Case:
    """The case waits on the customer. Raises FieldRefusal at `until` or `reason`, MovedMeanwhile, NotAllowed, Refusal.

    Sent twice from the same window, it counts once.
    """
    case = await may_pause(tx, house, seen.case_id, asker)
    rules = house.policy.pause
    return await _once(
        tx, house, case, seen, asker, lambda: waiting.pause(case, until, reason, asker.user, tx.now, rules)
    )


async def snooze(tx: Tx, house: House, seen: Seen, until: datetime, reason: str, asker: Asker) -> Case:
    """Nothing is said about the case until then; its deadlines stay. Raises and counts like `pause`."""
    case = await may_snooze(tx, house, seen.case_id, asker)
    rules = house.policy.pause
    return await _once(
        tx, house, case, seen, asker, lambda: waiting.snooze(case, until, reason, asker.user, tx.now, rules)
    )


async def resume(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The customer is back: the clock runs on. Raises NotAllowed, or Refusal for a case that doesn't wait."""
    case = await may_pause(tx, house, case_id, asker)
    if not pauses.is_waiting(case, tx.now):
        raise Refusal("This case isn't paused any more. The card shows how it stands.")
    return await save(tx, house, waiting.resume(case, asker.user, tx.now))


async def _once(tx: Tx, house: House, case: Case, seen: Seen, asker: Asker, decide: Callable[[], Change]) -> Case:
    news = await since(tx, case, seen.version)
    change = decide()
    if any(_says(event, change.event, asker) for event in news):
        return case
    if any(event.kind in UNLIKE for event in news):
        raise MovedMeanwhile(case, news)
    return await save(tx, house, change)


def _says(event: Event, wanted: Event, asker: Asker) -> bool:
    """Whether the event is what the asker sends now: Slack's answer to the first time got lost, or they sent twice."""
    return (event.actor, event.kind, event.after, event.note) == (
        asker.user,
        wanted.kind,
        wanted.after,
        wanted.note,
    )
