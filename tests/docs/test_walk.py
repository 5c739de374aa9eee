"""The walk of the architecture page is what the rules make of a case that nobody touches."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recovery.cases.case import Case, Routing, State, Urgency
from recovery.clock.alarms import Raised, due_now, next_at
from recovery.clock.quiet import speak_at
from recovery.clock.sla import Calendars, deadlines
from recovery.clock.tiers import sla_of
from recovery.policy.file import load_policy
from tests.docs.reading import ROOT, prose

POLICY = load_policy((ROOT / "docs/policies/default.toml").read_text("utf-8"))
PROGRAMME = POLICY.programmes["relational"]
OFFICE = POLICY.calendar_of(PROGRAMME)
BEGIN = datetime(2026, 11, 3, 9, tzinfo=UTC)  # a Tuesday, in a month without holidays
CLAIMED = BEGIN + timedelta(hours=1)


def walk(case: Case, until: datetime) -> list[tuple[str, str]]:
    """When the case's timer rang, and what was said then: "Tue 11:00", "assign nudge"."""
    calendars, raised, found = Calendars(OFFICE, OFFICE), list[Raised](), list[tuple[str, str]]()
    at = next_at(POLICY, calendars, case, raised, BEGIN)
    while at is not None and at < until:
        due = due_now(POLICY, calendars, case, raised, at)
        raised += [Raised(*alarm.key, raised_at=at) for alarm in due.raises]
        said = "release" if due.release else f"{due.speak.step} {due.speak.level}" if due.speak else "covered"
        found.append((words(at), said))
        at = next_at(POLICY, calendars, case, raised, at)
    return found


def words(at: datetime) -> str:
    return f"{at:%a} {at.hour}:{at:%M}"


def opened() -> Case:
    sla = sla_of(POLICY, PROGRAMME, None, Urgency.NORMAL)
    dates = deadlines(POLICY, PROGRAMME, BEGIN, BEGIN, sla)
    routing = Routing("", "")
    return Case(
        1, "relational", 1, None, 1, State.OPEN, Urgency.NORMAL, "", routing, BEGIN, BEGIN, dates,
        flagged_at=BEGIN, sla=sla,
    )  # fmt: skip


def steps() -> list[str]:
    text = prose(ROOT / "docs/architecture.md").split("### A case that nobody touches\n")[1].split("\n## ")[0]
    return [" ".join(step.split()) for step in re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]]


def test_the_first_week_is_as_told() -> None:
    heard = walk(opened(), BEGIN + timedelta(days=7, seconds=1))
    assert [each for each in heard if each[1] != "covered"] == [
        ("Tue 11:00", "assign nudge"),
        ("Tue 12:12", "assign urge"),
        ("Tue 13:00", "assign breach"),
        ("Wed 13:00", "assign executive"),
        ("Thu 9:00", "outreach breach"),
        ("Thu 13:00", "assign again"),
        ("Fri 9:00", "outreach executive"),
        ("Fri 13:00", "assign again"),
        ("Sat 9:00", "outreach again"),
        ("Sat 13:00", "assign again"),
        ("Sun 9:00", "outreach again"),
        ("Mon 9:00", "outreach again"),
        ("Tue 9:00", "conversation breach"),
    ]
    assert ("Wed 9:00", "covered") in heard
    told = steps()
    starts = ("Tue 11:00", "Tue 13:00", "Wed 9:00", "Wed 13:00", "Thu 9:00", "Fri 9:00", "Saturday", "Tue 9:00")
    assert [start for start, step in zip(starts, told, strict=False) if not step.startswith(start)] == []
    assert "12:12" in told[0]


def test_on_the_weekend_nobody_is_told_until_monday() -> None:
    saturday = BEGIN + timedelta(days=4)
    said = speak_at(POLICY.quiet, OFFICE, OFFICE.zone_info, saturday, critical=False)
    assert f"{said:%A} at {said.hour}:{said:%M}" in steps()[6]


def test_an_idle_owner_is_asked_and_released_when_told() -> None:
    fresh = opened()
    held = replace(fresh.progress, hands=1, held_since=CLAIMED)
    owned = replace(fresh, owner="U0PRIYA", state=State.CLAIMED, assigned_at=CLAIMED, progress=held)
    heard = {said: when for when, said in walk(owned, BEGIN + timedelta(days=2))}
    assert (heard["outreach idle"], heard["release"]) == ("Wed 18:54", "Thu 4:18")
    assert "Wednesday at 18:54" in steps()[8]
    assert "Thursday at 4:18" in steps()[8]
