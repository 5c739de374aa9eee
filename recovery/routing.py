"""Whom a new case asks first (playbook, section 5). First match wins; whoever can't take it is passed over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from recovery.cases.case import Routing
from recovery.clock.sla import day_words
from recovery.phrases import found
from recovery.policy.file import Policy, Programme
from recovery.policy.values import is_group_id, is_user_id, people_of
from recovery.survey import Account, SurveyResponse

MOST_PASSED_OVER = 3  # told on the card; a whole team on holiday would fill it
NOBODY = "nobody is free: the whole channel is asked"
_CSM = "CSM"


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is there today, as Slack and our rows tell.

    `ids`: a person as written in the policy or in an account (e-mail in lower case, or user id) to the Slack
    user id, "" for nobody; who is missing isn't in this workspace, except that a user id stands for itself.
    `names`: user id to first name. `away`: user id to the last day of the absence, included.
    `deactivated`: user ids whose account is switched off. `open_cases`: user id to how many cases they own.
    `turn`: whose turn in the rotation it is; counts up with each case routed by rotation, is taken modulo.
    `members`: user ids in the programme's channel, or None while Slack hasn't told.
    `released`: the user id of who has just given this case back, or "".
    `groups`: a user group of the policy to the user ids of its people.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    away: Mapping[str, date] = field(default_factory=dict)
    deactivated: frozenset[str] = frozenset()
    open_cases: Mapping[str, int] = field(default_factory=dict)
    turn: int = 0
    members: frozenset[str] | None = None
    released: str = ""
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def user(self, ref: str) -> str:
        """Give the Slack user id of a person, or "" for one this workspace doesn't know."""
        ref = ref.strip()
        for known in (ref, ref.lower()):
            if known in self.ids:
                return self.ids[known]
        return ref if is_user_id(ref) else ""

    def users(self, refs: Sequence[str]) -> tuple[str, ...]:
        """Give the Slack user ids of those people, and those of user groups, that this workspace knows; each once."""
        return tuple(user for ref in self.everybody(refs) if (user := self.user(ref)))

    def everybody(self, refs: Sequence[str]) -> tuple[str, ...]:
        """Give the same people one by one, each once, with the people of a user group in its place."""
        found: dict[str, str] = {}
        for ref in people_of(refs, self.groups):
            found.setdefault(self.user(ref) or ref, ref)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Someone to ask: as written, their part ("CSM"), and the reason if it is them, with {name}."""

    ref: str
    part: str
    reason: str
    last_resort: bool = False

    @property
    def is_group(self) -> bool:
        """Whether the policy names a user group here that has nobody; an account's CSM is never one."""
        return self.part != _CSM and is_group_id(self.ref)


def route(
    policy: Policy,
    programme: Programme,
    response: SurveyResponse,
    account: Account | None,
    roster: Roster,
    today: date,
) -> Routing:
    """Find whom the card asks first: `Jen (CSM) is away until 2 Dec, so Priya is next in rotation`.

    The account's CSM, the team for the words in the comment, the segment's manager, the rotation, a lead.
    The lead is the last resort and is asked however many cases they have. `today` is the day in the calendar's
    zone. `user` is "" when even the leads are not there; the whole channel is asked then.
    """
    account = account or response.account
    owners = frozenset(roster.users(policy.score_owners(programme)))
    passed: dict[str, str] = {}
    for candidate in _candidates(policy, programme, response, account, roster):
        user = roster.user(candidate.ref)
        if (user or candidate.ref) in passed and not candidate.last_resort:
            continue
        obstacle = _obstacle(policy, candidate, user, roster, owners, today)
        if not obstacle:
            return Routing(user, _why(passed, candidate.reason.replace("{name}", _name(roster, user))))
        passed.setdefault(user or candidate.ref, f"{_called(roster, user, candidate)} {obstacle}")
    return Routing("", _why(passed, NOBODY))


def _candidates(
    policy: Policy, programme: Programme, response: SurveyResponse, account: Account | None, roster: Roster
) -> Iterator[_Candidate]:
    if account and account.csm_email.strip():
        yield _Candidate(account.csm_email, _CSM, "{name} is the account's CSM")
    yield from _fixers(policy, programme, response, roster)
    segment = policy.segment_named(account.segment) if account and account.segment.strip() else None
    if segment:
        reason = f"{{name}} manages the segment {segment.name}"
        yield _Candidate(segment.manager, f"{segment.name} manager", reason)
    rotation = roster.everybody(programme.rotation)
    for place in range(len(rotation)):
        person = rotation[(roster.turn + place) % len(rotation)]
        yield _Candidate(person, "rotation", "{name} is next in rotation")
    for lead in roster.everybody(programme.leads):
        yield _Candidate(lead, "lead", "{name}, the lead, is asked", last_resort=True)


def _fixers(policy: Policy, programme: Programme, response: SurveyResponse, roster: Roster) -> Iterator[_Candidate]:
    """Yield the team that can fix what the comment is about, whoever has the fewest open cases first."""
    for keywords in programme.keywords:
        words = found(keywords.words, response.verbatim)
        if not words:
            continue
        team = policy.teams[keywords.team]
        reason = f'{{name}} is in the team {team.name}, which takes "{words[0]}"'
        members = roster.everybody(team.members)
        for person in sorted(members, key=lambda ref: roster.open_cases.get(roster.user(ref), 0)):
            yield _Candidate(person, team.name, reason)
        return


def _obstacle(
    policy: Policy, candidate: _Candidate, user: str, roster: Roster, owners: frozenset[str], today: date
) -> str:
    """Say why someone is passed over, or "" when nothing stands in the way."""
    if not user:
        return "has nobody in it" if candidate.is_group else "isn't in this workspace"
    if user in owners:
        return "is in the team that owns the score"
    if absence := _absence(user, roster, today):
        return absence
    if candidate.last_resort:
        return ""
    if roster.members is not None and user not in roster.members:
        return "isn't in the channel"
    cases = roster.open_cases.get(user, 0)
    return f"has {cases} open case{'' if cases == 1 else 's'}" if cases >= policy.capacity.open_cases else ""


def _absence(user: str, roster: Roster, today: date) -> str:
    if user in roster.deactivated:
        return "has left"
    if user == roster.released:
        return "gave it back"
    until = roster.away.get(user)
    return f"is away until {day_words(until, today)}" if until and today <= until else ""


def _called(roster: Roster, user: str, candidate: _Candidate) -> str:
    """Name someone who is passed over; a CSM's address came with the answer and is never repeated."""
    if user:
        return f"{_name(roster, user)} ({candidate.part})"
    if candidate.part == _CSM:
        return "the account's CSM"
    return f"{'the user group ' if candidate.is_group else ''}{candidate.ref} ({candidate.part})"


def _name(roster: Roster, user: str) -> str:
    return roster.names.get(user) or user


def _why(passed: Mapping[str, str], choice: str) -> str:
    if not passed:
        return choice
    told = list(passed.values())
    if len(told) > MOST_PASSED_OVER:
        told = [*told[:MOST_PASSED_OVER], f"{len(told) - MOST_PASSED_OVER} more can't take it"]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"{listed}, so {choice}"
