"""What flows need beside their transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.pages import Links
from recovery.cases.case import Case
from recovery.clock.sla import Calendars
from recovery.policy.file import Policy
from recovery.policy.tables import Calendar, Programme
from recovery.routing import Roster
from store.slack.people import Directory, Person


@dataclass(slots=True)
class House:
    """The policy in force and who is who; both are replaced as a whole, never changed in place.

    `links`: makes and reads links to the pages that a browser opens; the same as long as we run.
    """

    policy: Policy
    directory: Directory = field(default_factory=Directory)
    links: Links = field(default_factory=Links)

    def programme_of(self, case: Case) -> Programme | None:
        """The case's programme; None if the policy no longer has it."""
        return self.policy.programmes.get(case.programme)

    def channel_of(self, programme: Programme) -> str:
        return self.directory.channel_id(programme.channel)

    def calendars(self, case: Case, programme: Programme) -> Calendars:
        """By whose hours the case's limits run: its owner's own, else the programme's; and where the owner lives."""
        usual, owner = self.policy.calendar_of(programme), case.owner
        if not owner:
            return Calendars(usual, usual)
        person = self.directory.people.get(owner, Person(owner))
        return Calendars(usual, self.calendar_of(owner, programme), person.zone_info)

    def calendar_of(self, user: str, programme: Programme) -> Calendar:
        """A person's own hours, else the programme's; `user` is a Slack user id."""
        return self.policy.calendar_for(self.refs_of(user), programme)

    def refs_of(self, user: str) -> tuple[str, ...]:
        """Every name under which the policy may know a person: their Slack user id, their e-mail address."""
        person = self.directory.people.get(user)
        return (user, person.email) if person and person.email else (user,)

    def roster(
        self,
        programme: Programme,
        open_cases: Mapping[str, int] | None = None,
        turn: int = 0,
        away: Mapping[str, date] | None = None,
    ) -> Roster:
        """Everybody as the rules of routing and roles see them; `away` are those who are away now."""
        people = self.directory.people
        members = self.directory.members.get(self.channel_of(programme))
        return Roster(
            ids={ref: self.directory.user_id(ref) for ref in self.policy.people()} | dict(self.directory.by_email),
            names={user: person.name.split(" ")[0] for user, person in people.items()},
            away=dict(away or {}),
            deactivated=frozenset(user for user, person in people.items() if person.deleted),
            open_cases=dict(open_cases or {}),
            turn=turn,
            members=members,
            groups=self.directory.groups,
        )
