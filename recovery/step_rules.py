"""The part of the policy that decides about steps, for one programme."""

from dataclasses import dataclass
from datetime import date, datetime

from recovery.moments import words_of
from recovery.policy import Calendar, Limit, Policy, Programme


@dataclass(frozen=True, slots=True)
class StepRules:
    """Everything the rules of the steps read from the policy. `action` and `follow_up` are the ladder's limits."""

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


def step_rules(policy: Policy, programme: Programme) -> StepRules:
    """The rules for cases of this programme."""
    return StepRules(
        calendar=policy.calendar_of(programme),
        action=policy.ladder.action,
        follow_up=policy.ladder.follow_up,
        root_causes=policy.recovery.root_causes,
        unreachable_attempts=policy.recovery.unreachable_attempts,
        unreachable_channels=policy.recovery.unreachable_channels,
        vague_words=policy.commitment.vague_words,
        furthest_days=policy.commitment.furthest_days,
    )
