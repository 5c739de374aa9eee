"""The App Home of one person: the cases they own, and those of their programmes that wait for an owner."""

from bot.house import House
from bot.views import home
from bot.views.home import HomeRow
from bot.views.look import Block
from recovery import roles
from recovery.errors import NotAllowed
from recovery.policy import Programme
from store import queues
from store.engine import Tx
from store.queues import Queued


async def home_view(tx: Tx, house: House, user: str, page: int = 1) -> Block:
    """The view for views.publish, as it is now."""
    mine = await queues.of_owner(tx, user)
    visible = [programme.key for programme in house.policy.programmes.values() if _sees(house, programme, user)]
    waiting = await queues.without_owner(tx, visible)
    return home.home(
        [_row(each) for each in mine],
        [_row(each) for each in waiting],
        currency=house.policy.workspace.currency,
        at=tx.now,
        page=page,
    )


def _sees(house: House, programme: Programme, user: str) -> bool:
    member = house.directory.is_member(house.channel_of(programme), user)
    try:
        roles.check_see(roles.standing(house.policy, programme, user, house.roster(programme), member=member))
    except NotAllowed:
        return False
    return True


def _row(queued: Queued) -> HomeRow:
    link = f"https://slack.com/archives/{queued.channel}/p{queued.ts.replace('.', '')}" if queued.ts else ""
    return HomeRow(queued.case, queued.score, queued.account_name, queued.contact_name, queued.acv, link)
