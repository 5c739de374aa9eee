"""What the rules see in a case, said in SQL: its steps, what became of it, the moments and lengths in its progress.

The progress is JSON (recovery.cases.progress), so lists and counts of cases say here what recovery.cases.rungs,
recovery.figures.case_row and recovery.figures.contacted say of one; the tests hold the two against each other. Moments
are exact to the microsecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.progress import Verdict
from recovery.cases.saved import NEVER_MEASURED
from recovery.cases.steps import Step
from recovery.figures.contacted import LEFT_OUT
from store.columns import Utc
from store.tables import cases

MICROSECOND = timedelta(microseconds=1)
_A_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a case: whether it still has to be done, and by when (NULL where nobody said)."""

    is_open: sa.ColumnElement[bool]
    due: sa.ColumnElement[Any]


@cache
def rungs(postgres: bool) -> Mapping[Step, Rung]:
    """The steps that people take, in the ladder's order, of a case that isn't closed (recovery.cases.rungs)."""
    again = moment(said("action_again_due"), postgres)
    return {
        Step.ASSIGN: Rung(sa.and_(cases.c.assigned_at.is_(None), needs(Step.ASSIGN)), cases.c.assign_due),
        Step.OUTREACH: Rung(sa.and_(cases.c.contacted_at.is_(None), needs(Step.OUTREACH)), cases.c.outreach_due),
        Step.CONVERSATION: Rung(
            sa.and_(missing("conversation_at"), needs(Step.CONVERSATION)), cases.c.conversation_due
        ),
        Step.ACTION: Rung(
            sa.and_(sa.not_(action_stands()), needs(Step.ACTION)), sa.func.coalesce(again, cases.c.action_due)
        ),
        Step.FOLLOW_UP: Rung(
            sa.and_(action_stands(), sa.not_(result_is("held")), needs(Step.FOLLOW_UP)),
            moment(said("follow_up_due"), postgres),
        ),
    }


@cache
def next_step(postgres: bool) -> sa.ColumnElement[Any]:
    """The first step that is not done; NULL where all are."""
    return sa.case(*((rung.is_open, step.value) for step, rung in rungs(postgres).items()), else_=sa.null())


@cache
def first_due(postgres: bool) -> sa.ColumnElement[Any]:
    """The earliest deadline of the steps that are not done; NULL where there is none."""
    dues = [sa.case((rung.is_open, rung.due), else_=sa.null()) for rung in rungs(postgres).values()]
    if postgres:
        return sa.func.least(*dues, type_=Utc())
    # SQLite's min is NULL as soon as one of them is.
    never: sa.ColumnElement[str] = sa.literal_column("'9999'")
    return sa.func.nullif(sa.func.min(*(sa.func.coalesce(due, never) for due in dues)), never, type_=Utc())


def action_stands() -> sa.ColumnElement[bool]:
    """Whether an action is committed that hasn't broken."""
    return sa.and_(sa.not_(missing("action")), sa.not_(result_is("broken")))


def result_is(word: str) -> sa.ColumnElement[bool]:
    """Whether the last follow-up said so."""
    return sa.func.coalesce(said("follow_up_result"), "") == sa.literal_column(f"'{word}'")


def needs(step: Step) -> sa.ColumnElement[bool]:
    """Whether the case's tier asks for this step (recovery.cases.rungs.is_needed)."""
    if step not in {Step.ACTION, Step.FOLLOW_UP}:
        return sa.not_(_skips(step))
    # A count of zero isn't kept.
    promised = sa.and_(_skips(Step.ACTION), sa.not_(missing("commitments")))
    return sa.or_(sa.not_(_skips(step)), promised)


def _skips(step: Step) -> sa.ColumnElement[bool]:
    skipped: sa.ColumnElement[str] = cases.c.sla["skipped"].as_string()
    return sa.func.coalesce(skipped, "").contains(f'"{step.value}"', autoescape=True)


def counts() -> sa.ColumnElement[bool]:
    """Whether the case is in the figures at all: withdrawn and duplicate ones are not."""
    return sa.or_(cases.c.outcome.is_(None), cases.c.outcome.not_in(sorted(outcome.value for outcome in LEFT_OUT)))


def saved() -> sa.ColumnElement[bool]:
    return cases.c.verdict == Verdict.SAVED.value


def unmeasured() -> sa.ColumnElement[bool]:
    """Of the cases that count, those that no answer will tell of (CaseRow.result)."""
    ended = cases.c.outcome.in_(sorted(outcome.value for outcome in NEVER_MEASURED - LEFT_OUT))
    return sa.or_(cases.c.verdict == Verdict.UNMEASURED.value, sa.and_(cases.c.verdict == "", ended))


def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """The number of rows for which it holds; what isn't known doesn't hold."""
    return sa.func.count(sa.case((condition, 1)))


def said(name: str) -> sa.ColumnElement[str]:
    """One word of the progress, NULL where nothing is known."""
    word: sa.ColumnElement[str] = cases.c.progress[name].as_string()
    return word


def missing(name: str) -> sa.ColumnElement[bool]:
    return said(name).is_(None)


def indexed(name: str, postgres: bool) -> sa.ColumnElement[Any]:
    """A word of the progress in the very words of ix_cases_promises, which only SQLite has."""
    if postgres:
        return said(name)
    return sa.func.json_extract(cases.c.progress, sa.literal_column(f"'$.{name}'"))


def moment(text: sa.ColumnElement[str], postgres: bool) -> sa.ColumnElement[Any]:
    """An ISO text with a zone and six or no digits after the seconds, as a column keeps a moment."""
    if postgres:
        return sa.cast(text, sa.DateTime(timezone=True))
    precise = sa.func.substr(text, 20, 1) == "."
    zone = sa.case((precise, sa.func.substr(text, 27)), else_=sa.func.substr(text, 20))
    # strftime rounds to milliseconds, so it never sees what comes after the seconds.
    whole = sa.func.strftime("%Y-%m-%d %H:%M:%S", sa.func.substr(text, 1, 19).concat(zone))
    return sa.type_coerce(whole.concat(sa.case((precise, sa.func.substr(text, 20, 7)), else_=".000000")), Utc())


def length(start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], postgres: bool) -> sa.ColumnElement[Any]:
    """From one moment to another: an interval, or microseconds where the database has none (see `as_length`)."""
    if postgres:
        return sa.type_coerce(end - start, sa.Interval())
    return _microseconds(end) - _microseconds(start)


def since(
    start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], most: timedelta, postgres: bool
) -> sa.ColumnElement[bool]:
    """Whether no more time than this lies between two moments."""
    within: sa.ColumnElement[bool] = length(start, end, postgres) <= (most if postgres else most // MICROSECOND)
    return within


def as_length(value: timedelta | int) -> timedelta:
    return value if isinstance(value, timedelta) else MICROSECOND * value


def _microseconds(at: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Of a moment as SQLite keeps it: always with six digits after the seconds."""
    text = sa.type_coerce(at, sa.Text)
    # Whole seconds only: strftime rounds the rest, to the next second too.
    seconds = sa.cast(sa.func.strftime("%s", sa.func.substr(text, 1, 19)), sa.BigInteger)
    return seconds * _A_SECOND + sa.cast(sa.func.substr(text, 21, 6), sa.BigInteger)
