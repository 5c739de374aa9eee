"""Who is there right now, as the rules of routing see it: capacity, whose turn it is, who is away."""

from datetime import date

from bot.house import House
from recovery.cases.case import Routing
from recovery.clock.absence import Days
from recovery.policy.tables import Programme
from recovery.routing import Roster, route
from recovery.survey import Account, SurveyResponse
from store.cases import cases
from store.engine import Tx
from store.slack import absences
from store.slack.people import Person


async def roster_of(tx: Tx, house: House, programme: Programme) -> Roster:
    """Everybody, with the open cases and the absences of this moment."""
    load, turn = await cases.open_by_owner(tx), await cases.count_of(tx, programme.key)
    return house.roster(programme, load, turn, await away_now(tx, house))


async def away_now(tx: Tx, house: House) -> dict[str, date]:
    """Who is away at this moment in their own zone, with the last day of it."""
    return {
        absence.user: absence.days.last
        for absence in await absences.current(tx)
        if absence.days.include(local_day(tx, house, absence.user))
    }


async def absence_of(tx: Tx, house: House, user: str) -> Days | None:
    """The absence a person is in at this moment, if any."""
    absence = await absences.get(tx, user)
    if absence is None or absence.state is absences.AbsenceState.BACK:
        return None
    return absence.days if absence.days.include(local_day(tx, house, user)) else None


def local_day(tx: Tx, house: House, user: str) -> date:
    """What day it is for this person."""
    person = house.directory.people.get(user, Person(user))
    return tx.now.astimezone(person.zone_info).date()


def routed(
    tx: Tx, house: House, programme: Programme, answer: SurveyResponse, account: Account | None, roster: Roster
) -> Routing:
    """Whom the case asks first today."""
    # The roster names only people who are away right now, in their own zones; where it is still yesterday for one of
    # them, the rules are asked about yesterday.
    today = min([tx.now.date(), *roster.away.values()])
    return route(house.policy, programme, answer, account, roster, today)
