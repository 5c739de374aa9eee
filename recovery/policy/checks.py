"""What must hold between the tables of a policy: names that exist, programmes kept apart, the score-owner rule."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from recovery.policy.clock_checks import problems_of_the_clock
from recovery.policy.errors import Problem, unless_known
from recovery.policy.figures import problems_of_figures
from recovery.policy.tables import (
    ANSWER_FIELDS,
    TOOLS_OWN_FIELDS,
    Adapter,
    Programme,
    Source,
)
from recovery.policy.values import nearest_or_all, shown

if TYPE_CHECKING:
    from recovery.policy.file import Policy

TYPEFORM_OPTIONS = ("score_ref", "comment_ref", "email_ref", "name_ref")

_DOT = re.compile(r"(?<!\\)\.")  # a dot inside a key is written with a backslash before it


def problems_between_tables(policy: "Policy") -> Iterator[Problem]:
    """Yield what each table alone can't know; the policy's own types have been checked before."""
    yield from problems_of_the_clock(policy)
    yield from problems_of_figures(policy)
    for programme in policy.programmes.values():
        yield from _unknown_names(policy, programme)
        yield from _score_owners(policy, programme)
        if programme.fallback_channel == programme.channel:
            yield Problem(
                ("programmes", programme.key, "fallback_channel"),
                "It is the programme's own channel; name another one, or leave the key out.",
            )
    yield from _programmes_apart(policy)
    for source in policy.sources.values():
        yield from _source(policy, source)
    yield from unless_known(("import", "programme"), policy.imports.programme, policy.programmes, "programme")
    for name in policy.imports.columns:
        yield from _answer_field(("import", "columns", name), name)


def _unknown_names(policy: "Policy", programme: Programme) -> Iterator[Problem]:
    at = ("programmes", programme.key)
    yield from unless_known((*at, "calendar"), programme.calendar, policy.calendars, "calendar")
    yield from unless_known((*at, "score_owner"), programme.score_owner, policy.teams, "team")
    for place, keywords in enumerate(programme.keywords):
        yield from unless_known((*at, "keywords", place, "team"), keywords.team, policy.teams, "team")


def _score_owners(policy: "Policy", programme: Programme) -> Iterator[Problem]:
    if programme.score_owner not in policy.teams:
        return
    at = ("programmes", programme.key)
    owners = policy.score_owners(programme)
    rule = f'the team "{programme.score_owner}" owns the score of this programme and may not own its cases.'
    for name in ("leads", "rotation"):
        for person in getattr(programme, name):
            if person in owners:
                yield Problem((*at, name), f"{shown(person)} can't stand here: {rule}")
    for place, keywords in enumerate(programme.keywords):
        if keywords.team == programme.score_owner:
            yield Problem((*at, "keywords", place, "team"), f"Cases can't go there: {rule}")


def _programmes_apart(policy: "Policy") -> Iterator[Problem]:
    programmes = policy.programmes.values()
    yield from _twice(
        ((("programmes", p.key, "channel"), p.channel, p.key) for p in programmes),
        lambda value, other: f'{value} is the channel of "{other}" already; each programme has its own.',
    )
    yield from _twice(
        ((("programmes", p.key, "surveys"), survey, p.key) for p in programmes for survey in p.surveys),
        lambda value, other: f'The survey {value} belongs to "{other}" already; an answer has one programme.',
    )
    yield from _twice(
        (
            (("programmes", p.key, "name"), name, p.key)
            for p in programmes
            for name in dict.fromkeys((p.key, p.name.casefold()))
        ),
        lambda value, other: f'"{other}" is called {value} too; an answer that names it would fit both.',
    )
    yield from _twice(
        (
            (("segments", s.key, "name"), name, s.key)
            for s in policy.segments.values()
            for name in dict.fromkeys((s.key, s.name.casefold()))
        ),
        lambda value, other: f'"{other}" is called {value} too; an account that names it would fit both.',
    )
    yield from _twice(
        ((("programmes", p.key, "default"), "true", p.key) for p in programmes if p.default),
        lambda _, other: f'"{other}" is the default already; at most one programme can be.',
    )


def _twice(uses: Iterable[tuple[tuple[str, ...], str, str]], sentence: Callable[[str, str], str]) -> Iterator[Problem]:
    """Yield a problem for each (where, value, holder) whose value, case aside, has been used before."""
    seen: dict[str, str] = {}
    for where, value, holder in uses:
        folded = " ".join(value.split()).casefold()
        if folded in seen:
            yield Problem(where, sentence(shown(value), seen[folded]))
        seen.setdefault(folded, holder)


def _source(policy: "Policy", source: Source) -> Iterator[Problem]:
    at = ("sources", source.key)
    yield from unless_known((*at, "programme"), source.programme, policy.programmes, "programme")
    if source.adapter is not Adapter.GENERIC and "auth" in source.model_fields_set:
        yield Problem((*at, "auth"), f"It is for generic sources; {source.adapter} signs in its own way.")
    for option in TYPEFORM_OPTIONS:
        if source.adapter is not Adapter.TYPEFORM and option in source.model_fields_set:
            yield Problem((*at, option), f"It is for typeform sources; this one is {source.adapter}.")
    for name, path in source.fields.items():
        yield from _answer_field((*at, "fields", name), name)
        if source.adapter is not Adapter.GENERIC:
            if name in TOOLS_OWN_FIELDS:
                yield Problem((*at, "fields", name), f"It can't be mapped; {source.adapter} has a fixed place for it.")
        elif not all(step.strip() for step in _DOT.split(path)):
            yield Problem((*at, "fields", name), f"{shown(path)} is not a path with dots.", f'{name} = "answer.{name}"')


def _answer_field(where: tuple[str, ...], name: str) -> Iterator[Problem]:
    if name not in ANSWER_FIELDS:
        yield Problem(where, f"{shown(name)} is no field of an answer{nearest_or_all(name, ANSWER_FIELDS)}")
