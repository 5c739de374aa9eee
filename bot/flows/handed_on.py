"""The one message in which a lead reads who is away, and who looks after their cases meanwhile."""

import re
from dataclasses import dataclass

from bot.flows.casework import leads_of
from bot.flows.homepage import row_of
from bot.house import House
from bot.views import handed_on
from bot.views.look import Look
from store import absences, queues
from store.engine import Tx

_NAME = re.compile(r"handed:([^:]+):([^:]+):([\d-]+)")


@dataclass(frozen=True, slots=True)
class HandedOnSurface:
    """A lead's message about one absence: of whom, from which day on (YYYY-MM-DD). One for each lead and absence."""

    user: str
    owner: str
    first: str

    def __str__(self) -> str:
        return f"handed:{self.user}:{self.owner}:{self.first}"


def parse(name: str) -> HandedOnSurface | None:
    """The surface of this name; None for any other name."""
    found = _NAME.fullmatch(name)
    return HandedOnSurface(found[1], found[2], found[3]) if found else None


async def look_of(tx: Tx, house: House, surface: HandedOnSurface) -> Look | None:
    """How it looks now; None once the absence is over, or none of the cases is of the lead's programmes."""
    absence = await absences.get(tx, surface.owner)
    if absence is None or absence.days.first.isoformat() != surface.first:
        return None
    led = [each.key for each in house.policy.programmes.values() if surface.user in leads_of(house, each)]
    page = await queues.numbered(tx, absence.handed_on, led, handed_on.MOST)
    if not page.total:
        return None
    return handed_on.digest(
        surface.owner,
        absence.days.last,
        [row_of(each) for each in page.rows],
        page.total,
        currency=house.policy.workspace.currency,
        today=tx.now.date(),
    )
