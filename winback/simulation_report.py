"""The dry run in words for a terminal, and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from recovery.clock.simulation_figures import BusyHour, Figures, PersonFigures
from recovery.moments import long_day
from recovery.policy.file import Policy

STEP_HEADS = ("step", "nudged", "breached", "executive", "repeats")
PEOPLE_HEADS = ("person", "asked first", "messages", "nudges", "escalations", "fullest day", "hours")


@dataclass(frozen=True, slots=True)
class Told:
    """What the report says of the files and of the assumptions; limits in words, "" for never."""

    file: str
    policy: str
    rows: int
    repeated: int
    refused: int
    reasons: tuple[str, ...]
    columns: tuple[str, ...]
    claimed_after: str
    contacted_after: str


def lines(figures: Figures, told: Told, policy: Policy) -> list[str]:
    """The report for a person, line by line."""
    return [
        f"{told.file} against {told.policy}. Nothing is sent, nothing is stored.",
        *told.columns,
        "",
        *_assumptions(told),
        "",
        *_counts(figures, told),
        *_tiers(figures, policy),
        "",
        *_steps(figures),
        "",
        *_people(figures, policy),
        *told.reasons,
        *_more(told),
    ]


def as_json(figures: Figures, told: Told) -> dict[str, Any]:
    """The same as values: counts as numbers, moments and days in ISO form, hours of the day as 24 numbers."""
    values = asdict(told) | {"columns": [line.strip() for line in told.columns]} | asdict(figures)
    return {key: _plain(value) for key, value in values.items()}


def _assumptions(told: Told) -> Iterator[str]:
    yield (
        f"Who is asked first claims {told.claimed_after} after being asked."
        if told.claimed_after
        else "Nobody claims a case."
        if not told.contacted_after
        else "Nobody claims a case before the customer is contacted."
    )
    yield (
        f"Each customer is contacted {told.contacted_after} after the answer; what comes after that is not played."
        if told.contacted_after
        else "Nobody contacts a customer: this is the most that the policy can say."
    )
    yield "Nobody is away, and nobody has too many cases."


def _counts(figures: Figures, told: Told) -> Iterator[str]:
    period = f", from {_day(figures.first)} to {_day(figures.last)}" if figures.first and figures.last else ""
    yield _count(figures.answers, f"{_s('answer', figures.answers)}{period}")
    if told.repeated:
        yield _count(told.repeated, f"{_s('row', told.repeated)} repeated an answer")
    if told.refused:
        yield _count(told.refused, f"{_s('row', told.refused)} refused")
    yield _count(figures.flagged, f"{_s('case', figures.flagged)} flagged, {figures.critical:,} of them critical")
    if figures.joined:
        yield _count(figures.joined, f"more {_s('answer', figures.joined)} of detractors joined an open case")
    if figures.asked_the_channel:
        yield _count(figures.asked_the_channel, "asked the whole channel, because nobody fitted")
    if figures.released:
        yield _count(figures.released, "went back to the channel, because who took it did nothing")


def _tiers(figures: Figures, policy: Policy) -> Iterator[str]:
    if not policy.tiers:
        return
    yield ""
    found = [
        (policy.tiers[tier].name if tier in policy.tiers else "(the ladder's limits)", f"{count:,}")
        for tier, count in figures.tiers.items()
    ]
    yield from _table(("tier", "cases"), found)


def _steps(figures: Figures) -> Iterator[str]:
    yield from _table(
        STEP_HEADS,
        [
            (step.step.value, f"{step.nudged:,}", f"{step.breached:,}", f"{step.executive:,}", f"{step.again:,}")
            for step in figures.steps
        ],
    )


def _people(figures: Figures, policy: Policy) -> Iterator[str]:
    if not figures.people:
        yield "Nobody would have heard anything."
        return
    yield from _table(PEOPLE_HEADS, [_person(person) for person in figures.people])
    yield ""
    yield f"{figures.messages:,} {_s('message', figures.messages)} with {figures.notices:,} reminders and escalations."
    if figures.busiest:
        yield _busiest(figures.busiest, policy)


def _person(person: PersonFigures) -> tuple[str, ...]:
    parts = f" ({', '.join(person.parts)})" if person.parts else ""
    day = f"{person.on_that_day:,} on {long_day(person.busiest_day)}" if person.busiest_day else ""
    return (
        f"{person.user}{parts}",
        f"{person.asked_first:,}",
        f"{person.messages:,}",
        f"{person.nudges:,}",
        f"{person.escalations:,}",
        day,
        _hours(person),
    )


def _hours(person: PersonFigures) -> str:
    """From the first to the last hour with a message, and the fullest one: "08-18, most at 09 (Europe/London)"."""
    used = [hour for hour, count in enumerate(person.by_hour) if count]
    if not used:
        return ""
    fullest = max(used, key=lambda hour: person.by_hour[hour])
    return f"{used[0]:02}-{used[-1] + 1:02}, most at {fullest:02} ({person.zone})"


def _busiest(busy: BusyHour, policy: Policy) -> str:
    programme = next(iter(policy.programmes.values()))
    zone = policy.calendar_of(programme).zone_info
    local = busy.at.astimezone(zone)
    return (
        f"Busiest hour: {long_day(local.date())} {local:%H:%M} ({zone.key}), {busy.messages:,} "
        f"{_s('message', busy.messages)} to {busy.people:,} {'person' if busy.people == 1 else 'people'}."
    )


def _more(told: Told) -> Iterator[str]:
    if told.refused > len(told.reasons):
        yield (
            f"… and {told.refused - len(told.reasons):,} more rows refused. "
            "`winback import --dry-run --refused FILE.csv` writes all of them."
        )


def _table(heads: Sequence[str], found: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they need to be: words to the left, numbers to the right."""
    table = [tuple(heads), *(tuple(row) for row in found)]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    right = [place > 0 and heads[place] not in {"hours", "fullest day"} for place in range(len(heads))]
    for row in table:
        cells = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        yield f"  {'  '.join(cells)}".rstrip()


def _count(number: int, words: str) -> str:
    return f"{number:>9,} {words}"


def _s(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def _day(at: datetime) -> str:
    return long_day(at.date())


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
