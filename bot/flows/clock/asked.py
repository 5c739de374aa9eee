"""Who was asked to see to a case, and as what: whoever hears in place of somebody else may answer in their place."""

from bot.house import House
from recovery.cases.case import Case
from recovery.clock.receivers import Part
from recovery.policy.file import Programme
from store.cases import told
from store.cases.told import Telling
from store.engine import Tx


async def tellings(tx: Tx, house: House, programme: Programme, case: Case, user: str) -> list[Telling]:
    """What the person was told of the case, as far as it stands; in the channel of last resort everybody was."""
    found = await told.to(tx, case.id, user)
    channel = house.directory.channel_id(house.policy.fallback_channel(programme))
    if house.directory.is_member(channel, user):
        found += [each for each in await told.to(tx, case.id, channel) if each.role == Part.CHANNEL]
    return found


async def above_owner(tx: Tx, house: House, programme: Programme, case: Case, user: str) -> bool:
    """Whether somebody was told of the case as one of those above its owner, for themselves or for who isn't here."""
    return any(
        not for_owner(each.role, each.instead_of, case) for each in await tellings(tx, house, programme, case, user)
    )


def for_owner(role: str, instead_of: str, case: Case) -> bool:
    """Whether somebody in this part looks after the case: its owner, or who stands in for them."""
    return role == Part.OWNER or (bool(instead_of) and instead_of == case.owner)
