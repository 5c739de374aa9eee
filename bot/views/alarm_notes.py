"""The lines of the history about alarms: who was told that something was due, and who said that they are on it."""

from dataclasses import dataclass
from datetime import datetime

from bot.views import alert_words, blocks
from bot.views.blocks import Part
from bot.views.phrases import phrase
from recovery.cases.steps import Step
from recovery.clock.alarms import Level

_MOST = 3


@dataclass(frozen=True, slots=True)
class Spoken:
    """One alarm that was said: when, about what, to whom (Slack user ids), and who answered when."""

    at: datetime
    step: Step
    level: Level
    people: tuple[str, ...]
    answered_by: str = ""
    answered_at: datetime | None = None


def sentence(spoken: Spoken) -> list[Part]:
    """What happened, as parts of rich text."""
    people: list[Part] = []
    for number, user in enumerate(spoken.people[:_MOST]):
        people += ([", "] if number else []) + [blocks.person(user)]
    if len(spoken.people) > _MOST:
        people.append(f" and {len(spoken.people) - _MOST:,} more")
    template = alert_words.RAISED[spoken.level.value].replace("{step}", alert_words.STEP[spoken.step])
    before, _, after = template.partition("{people}")
    parts: list[Part] = [before, *(people or [alert_words.SOMEBODY]), after]
    if spoken.answered_at is None:
        return parts
    answer = phrase(alert_words.ANSWERED, who=blocks.person(spoken.answered_by), at=blocks.moment(spoken.answered_at))
    return [*parts, *answer]


def is_told(level: Level) -> bool:
    """Whether anybody hears of such an alarm; of a release the event of the case tells."""
    return level.value in alert_words.RAISED
