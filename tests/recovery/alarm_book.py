"""A case with its alarms, for tests that walk it through time ring by ring."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from recovery.cases.case import Case, State
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Due, Level, Raised, due_now, next_at
from recovery.clock.sla import Calendars
from recovery.policy.file import Policy, load_policy
from tests.recovery.policies import SOUND
from tests.recovery.step_values import CASE, HOUR, POLICY, PROGRAMME, SUBMITTED

OFFICE = POLICY.calendar_of(PROGRAMME)
CALENDARS = Calendars(OFFICE, OFFICE)
TAKEN = SUBMITTED + HOUR
OWNED = replace(CASE, progress=replace(CASE.progress, hands=1, held_since=TAKEN))
FREE = replace(
    OWNED, state=State.OPEN, owner="", assigned_at=None, progress=replace(OWNED.progress, hands=0, held_since=None)
)
# Somebody tried, so nobody asks whether they are on it; nothing counted yet, so outreach is due.
TRIED = replace(OWNED, progress=replace(OWNED.progress, attempts=1))
OUTREACH_ONLY = replace(TRIED, sla=replace(TRIED.sla, skipped=("conversation", "action", "follow_up")))


def after(hours: float) -> datetime:
    """The moment so many hours after the submission."""
    return SUBMITTED + timedelta(hours=hours)


def said(alarm: Alarm | None) -> str:
    return f"{alarm.step.value} {alarm.level.value} {alarm.occurrence}" if alarm else "nothing"


class Alarms:
    """What was raised for one case so far; each ring adds to it as the store does."""

    def __init__(self, policy: Policy = POLICY, calendars: Calendars = CALENDARS) -> None:
        self.policy, self.calendars = policy, calendars
        self.raised: list[Raised] = []

    def ring(self, case: Case, at: datetime) -> Due:
        due = due_now(self.policy, self.calendars, case, self.raised, at)
        for alarm in due.raises:
            assert alarm.due_at <= at, f"{alarm} was raised before it was due"
            assert alarm.key not in {each.key for each in self.raised}, f"{alarm} was raised twice"
            self.raised.append(Raised(*alarm.key, raised_at=at))
        return due

    def next(self, case: Case, at: datetime) -> datetime | None:
        return next_at(self.policy, self.calendars, case, self.raised, at)

    def acknowledge(self, step: Step, level: Level, at: datetime, by: str = "U0ELENA") -> None:
        self.raised = [
            replace(each, acknowledged_at=at, acknowledged_by=by) if (each.step, each.level) == (step, level) else each
            for each in self.raised
        ]

    def walk(self, case: Case, start: datetime, until: datetime) -> list[tuple[float, str]]:
        """Ring whenever the timer says so; list the hours since the submission and what was said at each ring."""
        heard, at = [], start
        while (following := self.next(case, at)) is not None and following <= until:
            assert following > at, "the timer would ring again and again"
            at = following
            due = self.ring(case, at)
            heard.append(((at - SUBMITTED) / HOUR, "release" if due.release else said(due.speak)))
        return heard


def keys(raised: Sequence[Raised]) -> set[str]:
    return {f"{each.step.value} {each.level.value} {each.occurrence}" for each in raised}


def ruled_by(**escalation: object) -> Alarms:
    """An empty book under the sound policy with other escalation rules, as TOML values."""
    lines = "".join(f"{key} = {value}\n" for key, value in escalation.items())
    return Alarms(load_policy(f"{SOUND}[escalation]\n{lines}"))


def progressed(case: Case, **changes: object) -> Case:
    return replace(case, progress=replace(case.progress, **changes))  # type: ignore[arg-type] - tests name fields freely
