"""The part of the policy that decides about steps, for one case of one programme."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from recovery.moments import words_of
from recovery.policy.file import Calendar, Limit, Policy, Programme
from recovery.policy.values import parse_limit

if TYPE_CHECKING:
    from recovery.cases.case import Sla


@dataclass(frozen=True, slots=True)
class StepRules:
    """Everything the rules of the steps read from the policy. `action` and `follow_up` are the case's limits."""

    calendar: Calendar
    action: Limit
    follow_up: Limit
    root_causes: tuple[str, ...]
    unreachable_attempts: int
    unreachable_channels: int
    vague_words: tuple[str, ...]
    furthest_days: int

    def day_of(self, moment: datetime) -> date:
        """The day of a moment in the programme's calendar."""
        return moment.astimezone(self.calendar.zone_info).date()

    def words_of(self, moment: datetime) -> str:
        """A moment in the calendar's own time: "Fri 20 Nov 2026 14:05"."""
        return words_of(moment, self.calendar)


def step_rules(policy: Policy, programme: Programme, sla: "Sla | None" = None) -> StepRules:
    """The rules for a case of this programme with these limits; without them the ladder's count."""
    return StepRules(
        calendar=policy.calendar_of(programme),
        action=parse_limit(sla.action) if sla and sla.action else policy.ladder.action,
        follow_up=parse_limit(sla.follow_up) if sla and sla.follow_up else policy.ladder.follow_up,
        root_causes=policy.recovery.root_causes,
        unreachable_attempts=policy.recovery.unreachable_attempts,
        unreachable_channels=policy.recovery.unreachable_channels,
        vague_words=policy.commitment.vague_words,
        furthest_days=policy.commitment.furthest_days,
    )
