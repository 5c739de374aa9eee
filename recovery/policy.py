"""The policy file: which programmes there are, who leads them, how long each step may take.

`load_policy(text)` is the only way in; everything else reads frozen values.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from recovery.errors import PolicyError
from recovery.policy_base import KeyedTable, Table
from recovery.policy_checks import problems_between_tables
from recovery.policy_errors import problems_in, report
from recovery.policy_steps import CommitmentRules, Drafts, RecoveryRules
from recovery.policy_tables import (
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
from recovery.policy_toml import parse
from recovery.policy_values import Clock, Key, Limit, Shift
from recovery.survey import SurveyResponse

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
    recovery: RecoveryRules = Field(default_factory=RecoveryRules)
    commitment: CommitmentRules = Field(default_factory=CommitmentRules)
    drafts: Drafts = Field(default_factory=Drafts)
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

    def fallback_channel(self, programme: Programme) -> str:
        """Where the programme's messages go while its own channel can't be reached."""
        return programme.fallback_channel or self.workspace.fallback_channel

    def segment_named(self, segment: str) -> Segment | None:
        """Find a segment by its key or name, as an answer or an import writes it."""
        wanted = _folded(segment)
        return next((s for s in self.segments.values() if wanted in {_folded(s.key), _folded(s.name)}), None)

    def score_owners(self, programme: Programme) -> tuple[str, ...]:
        """List the people of the team that owns the programme's score; they may not own its cases."""
        return self.teams[programme.score_owner].members if programme.score_owner else ()

    def people(self) -> dict[str, tuple[str, ...]]:
        """Map every person (e-mail in lower case, or Slack user id) to the dotted keys that name them."""
        return _gathered(self._people())

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
            for name in ("leads", "managers", "rotation"):
                for person in getattr(programme, name):
                    yield person, f"{at}.{name}"

    def _channels(self) -> Iterator[tuple[str, str]]:
        yield self.workspace.fallback_channel, "workspace.fallback_channel"
        for programme in self.programmes.values():
            yield programme.channel, f"programmes.{programme.key}.channel"
            if programme.fallback_channel:
                yield programme.fallback_channel, f"programmes.{programme.key}.fallback_channel"

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


def _gathered(uses: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
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
    "Drafts",
    "ImportDefaults",
    "Keywords",
    "Kind",
    "Ladder",
    "Limit",
    "Policy",
    "Programme",
    "RecoveryRules",
    "Segment",
    "Shift",
    "Source",
    "Team",
    "UrgencyRules",
    "Workspace",
    "load_policy",
]
