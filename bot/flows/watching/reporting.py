"""What delivery has to tell: a card was shown, a place can't be reached."""

from dataclasses import replace
from datetime import datetime

from bot.flows.cases.ledger import WINBACK
from bot.flows.cases.saving import timed
from bot.flows.clock import clock
from bot.flows.figures import readouts
from bot.house import House
from bot.surfaces import CardSurface, ReadoutSurface, TroubleSurface, parse
from bot.views import kit
from recovery.cases.case import Case, Change, Event, EventKind
from store.cases import alarms, cases, timers
from store.cases.timers import TimerKind
from store.engine import Tx
from store.slack import outbox, people
from store.slack.outbox import Rank, Wanted
from store.slack.people import Place


async def posted(tx: Tx, house: House, surface: str) -> None:
    """A card that appears in its channel is the flag step, from which its owner is due (playbook, section 2)."""
    found = parse(surface)
    if isinstance(found, ReadoutSurface):
        await readouts.was_posted(tx, house, found.number)
    if not isinstance(found, CardSurface):
        return
    case = await cases.get(tx, found.case_id)
    if case.flagged_at is None:
        await _flag(tx, house, case)


async def _flag(tx: Tx, house: House, case: Case) -> None:
    event = Event(EventKind.FLAGGED, WINBACK, tx.now)
    saved = await cases.save(tx, timed(house, Change(replace(case, flagged_at=tx.now), event)))
    rings_at = clock.rings_at(house, saved, await alarms.of_case(tx, case.id), tx.now)
    await timers.follow(tx, case.id, {TimerKind.CLOCK: rings_at})
    if _minute(saved.deadlines.assign) != _minute(case.deadlines.assign):
        # It came late, and says another time than the one that counts.
        await outbox.refresh(tx, str(CardSurface(case.id)))


def _minute(at: datetime | None) -> int | None:
    return kit.minute(at) if at else None


async def unreachable(tx: Tx, house: House, place: str, why: str) -> None:
    """The admin hears once a day that a place can't be reached, with what to do."""
    for known in house.directory.places_of(place) or [Place(place, place)]:
        await people.save_place(tx, replace(known, problem=why))
    admin = house.directory.user_id(house.policy.workspace.admin)
    if admin and admin != place:
        await outbox.want(tx, Wanted(str(TroubleSurface(place, tx.now.date().isoformat())), admin, Rank.ESCALATION))


async def lost(tx: Tx, house: House, surface: str) -> None:
    """Nothing could be shown, there or anywhere else: whoever asked for it hears, and can ask again."""
    found = parse(surface)
    if isinstance(found, ReadoutSurface):
        await readouts.was_lost(tx, house, found.number)
