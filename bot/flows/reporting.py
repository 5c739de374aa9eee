"""What delivery has to tell: a card was shown, a place can't be reached."""

from dataclasses import replace

from bot.flows.ledger import WINBACK
from bot.flows.saving import timed
from bot.house import House
from bot.surfaces import CardSurface, TroubleSurface, parse
from recovery.case import Change, Event, EventKind
from store import cases, outbox, people
from store.engine import Tx
from store.outbox import Rank, Wanted
from store.people import Place


async def posted(tx: Tx, house: House, surface: str) -> None:
    """A card that appears in its channel is the flag step, from which its owner is due (playbook, section 2)."""
    found = parse(surface)
    if not isinstance(found, CardSurface):
        return
    case = await cases.get(tx, found.case_id)
    if case.flagged_at is None:
        event = Event(EventKind.FLAGGED, WINBACK, tx.now)
        await cases.save(tx, timed(house, Change(replace(case, flagged_at=tx.now), event)))


async def unreachable(tx: Tx, house: House, place: str, why: str) -> None:
    """The admin hears once a day that a place can't be reached, with what to do."""
    await people.save_place(tx, Place(place, place, "", why))
    admin = house.directory.user_id(house.policy.workspace.admin)
    if admin and admin != place:
        await outbox.want(tx, Wanted(str(TroubleSurface(place, tx.now.date().isoformat())), admin, Rank.ESCALATION))
