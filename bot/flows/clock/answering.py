"""What people answer to an alarm: I'm on it, or the case is mine now. Load, ask the rules, save, settle."""

from collections.abc import Sequence

from bot.flows.cases.casework import Asker, load, refuse_away, standing_of
from bot.flows.cases.saving import save
from bot.flows.clock import asked, clock
from bot.house import House
from bot.surfaces import CardSurface
from recovery import roles
from recovery.cases import case as rules
from recovery.cases.case import Case, refuse_closed
from recovery.clock.alarms import LATE, Level
from recovery.clock.receivers import Part
from recovery.errors import Refusal
from store.cases import alarms, told
from store.cases.alarms import AlarmRow
from store.cases.told import Telling
from store.engine import Tx
from store.slack import outbox

_OUT_OF_DATE = "This is dealt with by now, so nothing is asked of you any more. The card shows how it stands."


async def on_it(tx: Tx, house: House, case_id: int, alarm_id: int, asker: Asker) -> Case:
    """Somebody who was asked says that they are on it; whoever else was told sees that.

    One word counts for everything of its kind that stands about the case. Said again by the same person it changes
    nothing. Raises NotAllowed, and Refusal with the name if somebody was faster, or for what is over.
    """
    case, programme = await load(tx, house, case_id)
    raised = await alarms.of_case(tx, case_id)
    pressed = next((row for row in raised if row.id == alarm_id), None)
    if pressed is None:
        raise Refusal(_OUT_OF_DATE)
    idle = pressed.level is Level.IDLE
    standing = standing_of(house, programme, asker)
    heard = await asked.tellings(tx, house, programme, case, asker.user)
    roles.check_on_it(standing, case, idle=idle, told=_is_asked(case, heard, alarm_id, idle=idle))
    refuse_closed(case)
    if pressed.closed_at is not None or (not idle and pressed.level not in LATE):
        raise Refusal(_OUT_OF_DATE)
    if pressed.acknowledged_at is not None:
        if pressed.acknowledged_by == asker.user:
            return case
        raise Refusal(f"<@{pressed.acknowledged_by}> is on it already.")
    alike = _alike(raised, idle=idle)
    taken = await clock.acknowledge(tx, house, case_id, [row.id for row in alike], asker.user)
    if alarm_id not in taken:
        # Somebody was faster between our look and our word.
        (now,) = await alarms.get(tx, [alarm_id])
        raise Refusal(f"<@{now.acknowledged_by}> is on it already." if now.acknowledged_by else _OUT_OF_DATE)
    await outbox.refresh(tx, str(CardSurface(case.id)))
    return case


async def take_over(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """A manager, a lead, or who stands in for the owner takes the case. Raises NotAllowed or Refusal."""
    case, programme = await load(tx, house, case_id)
    mine = await told.to(tx, case_id, asker.user)
    stands_in = any(each.instead_of == case.owner for each in mine) if case.owner else False
    roles.check_take_over(standing_of(house, programme, asker), case, stands_in=stands_in)
    await refuse_away(tx, house, asker.user, asker)
    if case.owner == asker.user:
        raise Refusal("You own this case already.")
    return await save(tx, house, rules.assign(case, asker.user, asker.user, tx.now))


def _alike(raised: Sequence[AlarmRow], *, idle: bool) -> list[AlarmRow]:
    """What one answer is about: the question to the owner, or everything that is late."""
    return [
        row
        for row in raised
        if row.closed_at is None
        and row.acknowledged_at is None
        and (row.level is Level.IDLE if idle else row.level in LATE)
    ]


def _is_asked(case: Case, heard: Sequence[Telling], alarm_id: int, *, idle: bool) -> bool:
    """Whether the person was told of this alarm in a part that is asked to answer; the last resort is for both."""
    return any(
        each.alarm_id == alarm_id
        and (each.role == Part.CHANNEL or asked.for_owner(each.role, each.instead_of, case) is idle)
        for each in heard
    )
