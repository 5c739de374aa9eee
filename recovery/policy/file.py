"""The policy file: which programmes there are, who leads them, how long each step may take.

`load_policy(text)` is the only way in; everything else reads frozen values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from recovery.errors import PolicyError
from recovery.policy.base import KeyedTable, Table
from recovery.policy.checks import problems_between_tables
from recovery.policy.clock import (
    DigestRules,
    EscalationRules,
    MailRules,
    PauseRules,
    PersonRules,
    QuietRules,
    Tier,
    check_person_key,
    keyed_people,
)
from recovery.policy.errors import problems_in, report
from recovery.policy.figures import FigureRules
from recovery.policy.steps import CommitmentRules, Drafts, RecoveryRules
from recovery.policy.tables import (
    ANSWER_FIELDS,
    Adapter,
    Auth,
    Calendar,
    Capacity,
    DateFormat,
    ImportDefaults,
    Keywords,
    Kind,
    Ladder,
    Programme,
    Segment,
    Source,
    Team,
    UrgencyRules,
    Workspace,
)
from recovery.policy.toml import parse
from recovery.policy.values import Clock, Key, Limit, Shift, is_group_id, is_user_id
from recovery.survey import SurveyResponse

MOST_TIERS = 100

AnyKeyed = TypeVar("AnyKeyed", bound=KeyedTable)


def _keyed(tables: Mapping[str, AnyKeyed]) -> Mapping[str, AnyKeyed]:
    return {key: table.keyed(key) for key, table in tables.items()}


class Policy(Table):
    """The whole file. Tables with keys of their own are mappings by key, in the file's order."""

    workspace: Workspace = Field(examples=["[workspace]"])
    ladder: Ladder = Field(default_factory=Ladder)
    calendars: Annotated[Mapping[Key, Calendar], AfterValidator(_keyed)] = Field(
        min_length=1, examples=["[calendars.office]"]
    )
    urgency: UrgencyRules = Field(default_factory=UrgencyRules)
    capacity: Capacity = Field(default_factory=Capacity)
    people_rules: Annotated[
        Mapping[Annotated[str, AfterValidator(check_person_key)], PersonRules], AfterValidator(keyed_people)
    ] = Field(default_factory=dict, alias="people")
    tiers: Annotated[Mapping[Key, Tier], AfterValidator(_keyed)] = Field(default_factory=dict, max_length=MOST_TIERS)
    escalation: EscalationRules = Field(default_factory=EscalationRules)
    quiet: QuietRules = Field(default_factory=QuietRules)
    pause: PauseRules = Field(default_factory=PauseRules)
    digests: DigestRules = Field(default_factory=DigestRules)
    mail: MailRules = Field(default_factory=MailRules)
    recovery: RecoveryRules = Field(default_factory=RecoveryRules)
    commitment: CommitmentRules = Field(default_factory=CommitmentRules)
    drafts: Drafts = Field(default_factory=Drafts)
    figures: FigureRules = Field(default_factory=FigureRules)
    teams: Annotated[Mapping[Key, Team], AfterValidator(_keyed)] = Field(default_factory=dict)
    segments: Annotated[Mapping[Key, Segment], AfterValidator(_keyed)] = Field(default_factory=dict)
    programmes: Annotated[Mapping[Key, Programme], AfterValidator(_keyed)] = Field(
        min_length=1, examples=["[programmes.relational]"]
    )
    sources: Annotated[Mapping[Key, Source], AfterValidator(_keyed)] = Field(default_factory=dict)
    imports: ImportDefaults = Field(default_factory=ImportDefaults, alias="import")

    def programme_for(self, response: SurveyResponse) -> Programme | None:
        """Find the programme an answer belongs to, or None: nothing names one and there is no default.

        The answer's own hint comes first, then its survey's id or name, then its source, then the default.
        """
        hint = _folded(response.programme)
        source = self.sources.get(response.source)
        return (
            self._first(lambda each: bool(hint) and hint in {_folded(each.key), _folded(each.name)})
            or self._first(lambda each: _has_survey(each, response))
            or (self.programmes.get(source.programme) if source and source.programme else None)
            or self._first(lambda each: each.default)
        )

    def calendar_of(self, programme: Programme) -> Calendar:
        return self.calendars[programme.calendar]

    def calendar_for(self, refs: Iterable[str], programme: Programme) -> Calendar:
        """Give the calendar of one person's own hours, else the programme's.

        `refs` are all names of that person: e-mail address in any case, user id; "" names nobody.
        """
        own = next((rules.calendar for rules in self._rules_of(refs) if rules.calendar), programme.calendar)
        return self.calendars[own]

    def backup_of(self, refs: Iterable[str]) -> str:
        """Give who takes over for a person while they are away (e-mail in lower case, or user id); "" for nobody."""
        return next((rules.backup for rules in self._rules_of(refs) if rules.backup), "")

    def sponsor_of(self, programme: Programme) -> str:
        """Give who hears last and has the last word: the programme's executive sponsor, else its owner."""
        return programme.sponsor or programme.owner

    def fallback_channel(self, programme: Programme) -> str:
        """Where the programme's messages go while its own channel can't be reached."""
        return programme.fallback_channel or self.workspace.fallback_channel

    def segment_named(self, segment: str) -> Segment | None:
        """Find a segment by its key or name, as an answer or an import writes it."""
        wanted = _folded(segment)
        return next((s for s in self.segments.values() if wanted in {_folded(s.key), _folded(s.name)}), None)

    def score_owners(self, programme: Programme) -> tuple[str, ...]:
        """List the people and user groups of the team that owns the programme's score; they may not own its cases."""
        return self.teams[programme.score_owner].members if programme.score_owner else ()

    def people(self) -> dict[str, tuple[str, ...]]:
        """Map every person (e-mail in lower case, or Slack user id) to the dotted keys that name them."""
        return _gathered((ref, where) for ref, where in self._people() if not is_group_id(ref))

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Map every user group (its Slack id) to the dotted keys that name it."""
        return _gathered((ref, where) for ref, where in self._people() if is_group_id(ref))

    def channels(self) -> dict[str, tuple[str, ...]]:
        """Map every channel (id, or "#name") to the dotted keys that name it."""
        return _gathered(self._channels())

    def _people(self) -> Iterator[tuple[str, str]]:
        yield self.workspace.admin, "workspace.admin"
        for team in self.teams.values():
            for person in team.members:
                yield person, f"teams.{team.key}.members"
        for segment in self.segments.values():
            yield segment.manager, f"segments.{segment.key}.manager"
        for programme in self.programmes.values():
            at = f"programmes.{programme.key}"
            yield programme.owner, f"{at}.owner"
            if programme.sponsor:
                yield programme.sponsor, f"{at}.sponsor"
            for name in ("leads", "managers", "rotation"):
                for person in getattr(programme, name):
                    yield person, f"{at}.{name}"

        for person, rules in self.people_rules.items():
            yield person, f'people."{rules.key}"'
            if rules.backup:
                yield rules.backup, f'people."{rules.key}".backup'

    def _rules_of(self, refs: Iterable[str]) -> Iterator[PersonRules]:
        for ref in refs:
            rules = self.people_rules.get(ref if is_user_id(ref) else ref.strip().lower())
            if rules is not None:
                yield rules

    def _channels(self) -> Iterator[tuple[str, str]]:
        yield self.workspace.fallback_channel, "workspace.fallback_channel"
        for programme in self.programmes.values():
            yield programme.channel, f"programmes.{programme.key}.channel"
            if programme.fallback_channel:
                yield programme.fallback_channel, f"programmes.{programme.key}.fallback_channel"
            if programme.executives:
                yield programme.executives, f"programmes.{programme.key}.executives"

    def _first(self, fits: Callable[[Programme], bool]) -> Programme | None:
        return next((programme for programme in self.programmes.values() if fits(programme)), None)


def load_policy(text: str, name: str = "policy.toml") -> Policy:
    """Read the text of a policy file; `name` is what people call the file.

    Raises PolicyError that lists every problem: line, key, what is wrong, an example.
    """
    tables = parse(text, name)
    try:
        policy = Policy.model_validate(tables)
    except ValidationError as error:
        raise PolicyError(report(name, text, problems_in(error, Policy))) from None
    if problems := tuple(problems_between_tables(policy)):
        raise PolicyError(report(name, text, problems))
    return policy


def _has_survey(programme: Programme, response: SurveyResponse) -> bool:
    asked = {_folded(response.survey_id), _folded(response.survey_name)} - {""}
    return any(_folded(survey) in asked for survey in programme.surveys)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _gathered(uses: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for ref, where in uses:
        if where not in places.get(ref, ()):
            places[ref] = (*places.get(ref, ()), where)
    return places


__all__ = [
    "ANSWER_FIELDS",
    "Adapter",
    "Auth",
    "Calendar",
    "Capacity",
    "Clock",
    "CommitmentRules",
    "DateFormat",
    "DigestRules",
    "Drafts",
    "EscalationRules",
    "FigureRules",
    "ImportDefaults",
    "Keywords",
    "Kind",
    "Ladder",
    "Limit",
    "MailRules",
    "PauseRules",
    "PersonRules",
    "Policy",
    "Programme",
    "QuietRules",
    "RecoveryRules",
    "Segment",
    "Shift",
    "Source",
    "Team",
    "Tier",
    "UrgencyRules",
    "Workspace",
    "load_policy",
]
