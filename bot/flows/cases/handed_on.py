"""The one message in which a lead reads who is away, and who looks after their cases meanwhile."""

from bot.flows.cases.casework import leads_of
from bot.flows.cases.homepage import row_of
from bot.house import House
from bot.surfaces import HandedOnSurface
from bot.views import handed_on
from bot.views.look import Look
from store.cases import queues
from store.engine import Tx
from store.slack import absences


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
