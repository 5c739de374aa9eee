"""Makes everything we say follow the case. No handler posts, updates or schedules anything by itself."""

from bot.house import House
from bot.surfaces import CardSurface, HomeSurface, MessageSurface, NoteSurface
from recovery.case import Case, Event, EventKind, Urgency
from store import outbox
from store.engine import Tx
from store.outbox import Rank, Wanted

# The card itself says that a case was opened and flagged; a line in its thread would only repeat it.
CHANGES_HANDS = frozenset({EventKind.CLAIMED, EventKind.ASSIGNED, EventKind.RELEASED, EventKind.WITHDRAWN})
HAND_OVER = frozenset({EventKind.ASSIGNED, EventKind.RELEASED})
WITHOUT_NOTE = frozenset({EventKind.OPENED, EventKind.FLAGGED})


async def settle(tx: Tx, house: House, case: Case, event: Event) -> None:
    """The card, the line in its thread, and the word to the person concerned, after one change of a case."""
    target = channel_of(house, case)
    card = str(CardSurface(case.id))
    rank = Rank.CRITICAL if case.urgency is Urgency.CRITICAL else Rank.CARD
    wanted = [Wanted(card, target, rank)] if event.kind is not EventKind.FLAGGED else []
    if event.kind not in WITHOUT_NOTE:
        wanted.append(Wanted(str(NoteSurface(case.id, case.version)), target, Rank.NOTE, parent=card))
    if event.kind in HAND_OVER:
        wanted += [
            Wanted(str(MessageSurface(user, case.id, case.version)), user, Rank.CARD)
            for user in (event.before, case.owner)
            if user and user != event.actor
        ]
    if wanted:
        await outbox.want(tx, *wanted)
    if event.kind in CHANGES_HANDS:
        people = {event.actor, event.before, case.owner}
        await outbox.refresh(tx, *(str(HomeSurface(user)) for user in sorted(people) if user))


def channel_of(house: House, case: Case) -> str:
    """Where the case's card belongs; the workspace's fallback if its programme left the policy."""
    programme = house.programme_of(case)
    ref = programme.channel if programme else house.policy.workspace.fallback_channel
    return house.directory.channel_id(ref)
