"""Who hears an alarm, and who hears it in place of somebody who isn't there. Nobody is never the answer.

Playbook, sections 4 and 5: owner, backup, rotation, lead, the programme's owner, the fallback channel.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from recovery.cases.case import Case
from recovery.cases.steps import Step
from recovery.clock.alarms import REMINDERS, Level
from recovery.policy.file import Policy, Programme
from recovery.routing import Roster


class Part(StrEnum):
    """What somebody is to the case that they hear about. STAND_IN: here for somebody else; CHANNEL: no person."""

    OWNER = "owner"
    LEAD = "lead"
    MANAGER = "manager"
    SPONSOR = "sponsor"
    STAND_IN = "stand-in"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who hears an alarm.

    `user`: Slack user id, or for the part "channel" the fallback channel as the policy names it. `instead_of`: for a
    stand-in the user id of who isn't there, else "".
    """

    user: str
    role: Part
    instead_of: str = ""


def receivers(
    policy: Policy,
    programme: Programme,
    case: Case,
    alarm_level: Level,
    step: Step,
    roster: Roster,
    *,
    segment_manager: str = "",
    unreachable: Collection[str] = (),
) -> tuple[Receiver, ...]:
    """List who hears an alarm: at least one, each once, whom it asks first in front.

    `segment_manager`: who manages the segment of the case's account, as the policy writes them, or "". `unreachable`:
    user ids that no message reaches; somebody else hears in their place, as for people who are away or have left.
    """
    people = _People(policy, programme, roster, frozenset(unreachable))
    chosen = _Chosen()
    managers = [*programme.managers, *([segment_manager] if segment_manager else [])]
    escalates = alarm_level not in REMINDERS | {Level.IDLE, Level.IDLE_RELEASE}
    if alarm_level in {Level.EXECUTIVE, Level.AGAIN}:
        _one(people, chosen, policy.sponsor_of(programme), Part.SPONSOR)
    elif step is Step.ASSIGN or not case.owner:
        _leads(people, chosen)
    else:
        _owner(people, chosen, case.owner)
    if escalates:
        _managers(people, chosen, managers, case.owner)
    return chosen.all or (Receiver(policy.fallback_channel(programme), Part.CHANNEL),)


@dataclass(frozen=True, slots=True)
class _People:
    policy: Policy
    programme: Programme
    roster: Roster
    unreachable: frozenset[str]

    def here(self, user: str) -> bool:
        roster = self.roster
        return (
            bool(user) and user not in roster.away and user not in roster.deactivated and user not in self.unreachable
        )

    def backup(self, user: str) -> str:
        refs = (user, *(ref for ref, known in self.roster.ids.items() if known == user))
        return self.roster.user(self.policy.backup_of(refs))


@dataclass(slots=True)
class _Chosen:
    """Who hears so far; nobody twice."""

    found: dict[str, Receiver] = field(default_factory=dict)
    for_owner: str = ""

    def add(self, user: str, part: Part, instead_of: str = "") -> None:
        role = Part.STAND_IN if instead_of else part
        self.found.setdefault(user, Receiver(user, role, instead_of))
        if part is Part.OWNER:
            self.for_owner = user

    @property
    def all(self) -> tuple[Receiver, ...]:
        return tuple(self.found.values())


def _owner(people: _People, chosen: _Chosen, owner: str) -> None:
    if people.here(owner):
        chosen.add(owner, Part.OWNER)
    elif stand_in := _first(people, chosen, _in_place_of_owner(people, owner)):
        chosen.add(stand_in, Part.OWNER, instead_of=owner)


def _in_place_of_owner(people: _People, owner: str) -> Iterator[str]:
    """Yield who may look after the case; the team that owns the score may not, whoever asks (section 4)."""
    roster, programme = people.roster, people.programme
    score_owners = frozenset(roster.users(people.policy.score_owners(programme)))
    everybody = (people.backup(owner), *_free_in_rotation(people), *roster.users(programme.leads))
    for user in (*everybody, roster.user(programme.owner)):
        if user not in score_owners:
            yield user


def _free_in_rotation(people: _People) -> Iterator[str]:
    roster = people.roster
    rotation = roster.users(people.programme.rotation)
    for place in range(len(rotation)):
        user = rotation[(roster.turn + place) % len(rotation)]
        is_member = roster.members is None or user in roster.members
        if is_member and roster.open_cases.get(user, 0) < people.policy.capacity.open_cases:
            yield user


def _leads(people: _People, chosen: _Chosen) -> None:
    """All leads who are here; one who isn't needs no stand-in while another is."""
    roster = people.roster
    leads = roster.users(people.programme.leads)
    for lead in leads:
        if people.here(lead):
            chosen.add(lead, Part.LEAD)
    for lead in leads:
        if not chosen.found and people.here(backup := people.backup(lead)):
            chosen.add(backup, Part.LEAD, instead_of=lead)
    programme_owner = roster.user(people.programme.owner)
    if not chosen.found and people.here(programme_owner):
        chosen.add(programme_owner, Part.LEAD, instead_of=next(iter(leads), ""))


def _managers(people: _People, chosen: _Chosen, refs: Sequence[str], owner: str) -> None:
    """Each manager, or who stands in. Nobody escalates to themselves: the case's owner doesn't count as one."""
    managers = [manager for manager in people.roster.users(refs) if manager != owner]
    for manager in managers:
        _one(people, chosen, manager, Part.MANAGER)
    if not managers:
        _one(people, chosen, people.programme.owner, Part.MANAGER)
    if all(receiver.user in {owner, chosen.for_owner} for receiver in chosen.all):
        _one(people, chosen, people.policy.workspace.admin, Part.MANAGER)


def _one(people: _People, chosen: _Chosen, ref: str, part: Part) -> None:
    """One person of those above the case, else their backup, the programme's owner, the admin."""
    roster = people.roster
    user = roster.user(ref)
    if people.here(user):
        chosen.add(user, part)
        return
    last = (roster.user(people.programme.owner), roster.user(people.policy.workspace.admin))
    for stand_in in (people.backup(user) if user else "", *last):
        if not people.here(stand_in) or stand_in == chosen.for_owner:
            continue
        # Who hears already, for themselves or for a colleague, hears for both.
        chosen.add(stand_in, part, instead_of=user)
        return


def _first(people: _People, chosen: _Chosen, users: Iterable[str]) -> str:
    return next((user for user in users if people.here(user) and user not in chosen.found), "")
