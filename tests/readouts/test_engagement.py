"""Engagement (playbook, section 6): Asks that were decided, and decisions that changed something."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.figures.share import Share
from recovery.readouts.engagement import Engagement, engagement
from recovery.readouts.page import Answer, Changed, Decision, Effect

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)


def said(answer: Answer, changed: Changed | None = None, ago: timedelta = DAY) -> Decision:
    effect = Effect(changed, "So it is.", "U0MARCUS", AT - ago) if changed else None
    return Decision(answer, "Because.", "Elena", "U0ELENA", AT - 200 * DAY, effect)


YES, NO, STALL = said(Answer.YES), said(Answer.NO), said(Answer.KEEP_MONITORING)


@pytest.mark.parametrize(
    ("asks", "decided", "stalled", "stalls"),
    [
        ([], (0, 0), 0, 0),
        ([[]], (0, 1), 0, 0),
        ([[YES]], (1, 1), 0, 0),
        ([[NO]], (1, 1), 0, 0),
        ([[STALL]], (0, 1), 1, 1),
        ([[STALL, STALL, STALL]], (0, 1), 1, 3),
        ([[STALL, NO]], (1, 1), 0, 1),
        ([[YES], [NO], [STALL, YES], [STALL]], (3, 4), 1, 2),
        ([[], [], [STALL, STALL], [YES]], (1, 4), 1, 2),
    ],
)
def test_yes_and_no_are_decisions_and_to_keep_monitoring_is_a_stall(
    asks: list[list[Decision]], decided: tuple[int, int], stalled: int, stalls: int
) -> None:
    assert engagement(asks, AT) == Engagement(Share(*decided), stalled, stalls, 0)


@pytest.mark.parametrize(
    ("changed", "ago", "counts"),
    [
        (Changed.PRODUCT, DAY, True),
        (Changed.PROCESS, DAY, True),
        (Changed.POLICY, DAY, True),
        (Changed.NOTHING, DAY, False),
        (None, DAY, False),
        (Changed.PRODUCT, timedelta(), True),
        (Changed.PRODUCT, -INSTANT, False),
        (Changed.PRODUCT, 90 * DAY, True),
        (Changed.PRODUCT, 90 * DAY + INSTANT, False),
    ],
)
@pytest.mark.parametrize("answer", [Answer.YES, Answer.NO])
def test_what_changed_product_process_or_policy_in_the_last_90_days(
    answer: Answer, changed: Changed | None, ago: timedelta, *, counts: bool
) -> None:
    """It goes by when it changed, not by when it was decided."""
    assert engagement([[said(answer, changed, ago)], [STALL]], AT).changed == counts


answers = st.lists(st.lists(st.builds(said, st.sampled_from(Answer), st.sampled_from(Changed)), max_size=4), max_size=9)


@given(answers)
def test_each_ask_is_decided_or_stalled_or_unanswered(asks: list[list[Decision]]) -> None:
    found = engagement(asks, AT)
    assert found.decided.part + found.stalled + asks.count([]) == found.decided.whole == len(asks)
    assert found.stalls >= found.stalled
    assert found.changed <= found.decided.part
    assert found == engagement(list(reversed(asks)), AT)
