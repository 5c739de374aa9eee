"""Whether readouts change anything (playbook, section 6, Engagement): Asks that were decided, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from recovery.figures.share import Share
from recovery.readouts.page import Answer, Changed, Decision

LAST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Engagement:
    """`decided`: of the Asks, those with a yes or a no. `stalled`: those whose last answer is to keep monitoring.

    `stalls`: how often that was said to any of them, also to those decided since. `changed`: decisions that changed
    product, process or policy in the last 90 days.
    """

    decided: Share = field(default_factory=Share)
    stalled: int = 0
    stalls: int = 0
    changed: int = 0


def engagement(asks: Iterable[Sequence[Decision]], at: datetime) -> Engagement:
    """Count as things stand at `at`; `asks` has for each published Ask what was said to it, in order."""
    told = list(asks)
    last = [said[-1] for said in told if said]
    decided = [each for each in last if each.decides]
    return Engagement(
        decided=Share(len(decided), len(told)),
        stalled=len(last) - len(decided),
        stalls=sum(each.answer is Answer.KEEP_MONITORING for said in told for each in said),
        changed=sum(has_changed(each, at) for each in decided),
    )


def has_changed(decision: Decision, at: datetime) -> bool:
    """Whether the decision changed product, process or policy in the 90 days up to `at`, both ends included."""
    effect = decision.effect
    return effect is not None and effect.changed is not Changed.NOTHING and timedelta() <= at - effect.at <= LAST
