"""Each outcome has to be borne out by the steps; what is closed may be opened again."""

from dataclasses import replace

import pytest

from recovery.cases.case import Case, EventKind, Outcome, Sla, State
from recovery.cases.closing import close, reopen, why_not
from recovery.cases.ladder import commit_action, log_conversation, log_follow_up, log_outreach
from recovery.cases.steps import ActionKind, Channel, OutreachResult
from recovery.errors import FieldRefusal, Refusal
from tests.recovery.step_values import (
    BROKEN,
    CALLED,
    CASE,
    DAY,
    HELD,
    PRIYA,
    PROMISE,
    RULES,
    SLIPPED,
    SPOKE,
    SUBMITTED,
)

LATER = SUBMITTED + 45 * DAY
LEFT = replace(CALLED, result=OutreachResult.LEFT_MESSAGE)
ALWAYS = {Outcome.CHURNED, Outcome.WITHDRAWN, Outcome.DUPLICATE}


def _called(case: Case, *channels: Channel, result: OutreachResult = OutreachResult.LEFT_MESSAGE) -> Case:
    for channel in channels:
        case = log_outreach(case, replace(LEFT, channel=channel, result=result), PRIYA, LATER, RULES).case
    return case


def _promised(case: Case, kind: ActionKind = ActionKind.FIX) -> Case:
    entry = replace(PROMISE, kind=kind)
    if kind is ActionKind.HONEST_NO:
        entry = replace(entry, deliverable="A Linux client can't be built before 2028.")
    return commit_action(case, entry, PRIYA, SUBMITTED + 4 * DAY, RULES).case


TALKED = log_conversation(CASE, SPOKE, PRIYA, LATER, RULES).case
KEPT = log_follow_up(_promised(TALKED), HELD, PRIYA, LATER, RULES).case
SAID_NO = _promised(TALKED, ActionKind.HONEST_NO)
C, E = Channel.CALL, Channel.EMAIL


@pytest.mark.parametrize(
    ("case", "outcomes"),
    [
        (CASE, set()),
        (_called(CASE, C), {Outcome.NOT_RECOVERED}),
        (_called(CASE, C, result=OutreachResult.BOUNCED), set()),
        (_called(CASE, C, C, C), {Outcome.NOT_RECOVERED}),
        (_called(CASE, C, E), {Outcome.NOT_RECOVERED}),
        (_called(CASE, C, E, E), {Outcome.NOT_RECOVERED, Outcome.UNREACHABLE}),
        (_called(CASE, C, E, E, result=OutreachResult.NO_LONGER_THERE), {Outcome.UNREACHABLE}),
        (_called(_called(CASE, C, E, E), C, result=OutreachResult.REACHED), {Outcome.NOT_RECOVERED}),
        (TALKED, {Outcome.NOT_RECOVERED}),
        (_promised(CASE), set()),
        (_promised(TALKED), {Outcome.NOT_RECOVERED}),
        (log_follow_up(_promised(TALKED), SLIPPED, PRIYA, SUBMITTED + 12 * DAY, RULES).case, {Outcome.NOT_RECOVERED}),
        (log_follow_up(_promised(TALKED), BROKEN, PRIYA, LATER, RULES).case, {Outcome.NOT_RECOVERED}),
        (KEPT, {Outcome.RECOVERED, Outcome.NOT_RECOVERED}),
        (log_follow_up(KEPT, replace(BROKEN, happened_at=LATER), PRIYA, LATER, RULES).case, {Outcome.NOT_RECOVERED}),
        (SAID_NO, {Outcome.NOT_RECOVERED, Outcome.HONEST_NO_ACCEPTED}),
        (_promised(_called(CASE, C), ActionKind.HONEST_NO), {Outcome.NOT_RECOVERED}),
        (
            log_follow_up(SAID_NO, HELD, PRIYA, LATER, RULES).case,
            {Outcome.NOT_RECOVERED, Outcome.HONEST_NO_ACCEPTED},
        ),
        (log_follow_up(SAID_NO, BROKEN, PRIYA, LATER, RULES).case, {Outcome.NOT_RECOVERED}),
    ],
)
def test_which_outcomes_the_steps_bear_out(case: Case, outcomes: set[Outcome]) -> None:
    assert {each for each in Outcome if not why_not(case, each, RULES)} == outcomes | ALWAYS
    for outcome in Outcome:
        if outcome in outcomes | ALWAYS:
            closed = close(case, outcome, "They told us so.", PRIYA, LATER, RULES).case
            assert (closed.state, closed.outcome, closed.closed_at) == (State.CLOSED, outcome, LATER)
            assert (closed.owner, closed.progress) == (case.owner, case.progress)
            continue
        with pytest.raises(FieldRefusal) as refused:
            close(case, outcome, "They told us so.", PRIYA, LATER, RULES)
        assert (refused.value.field, refused.value.sentence) == ("outcome", why_not(case, outcome, RULES))


@pytest.mark.parametrize(
    ("case", "outcome", "sentence"),
    [
        (
            _called(CASE, C),
            Outcome.UNREACHABLE,
            "Unreachable takes 3 attempts on 2 channels; there is 1 attempt on 1 channel so far.",
        ),
        (
            TALKED,
            Outcome.UNREACHABLE,
            (
                "The customer was reached on Mon 23 Nov 2026 14:05, so this is no unreachable one. "
                "Close it as “not recovered”."
            ),
        ),
        (
            CASE,
            Outcome.RECOVERED,
            "Recovered needs an action that held. Commit one, and follow up on it first.",
        ),
        (
            CASE,
            Outcome.NOT_RECOVERED,
            "Nobody has contacted the customer yet, so nothing was tried.",
        ),
    ],
)
def test_the_obstacle_says_what_to_do(case: Case, outcome: Outcome, sentence: str) -> None:
    assert why_not(case, outcome, RULES) == sentence


@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in {Outcome.RECOVERED, Outcome.UNREACHABLE}])
def test_a_reason_is_asked_for(outcome: Outcome) -> None:
    case = SAID_NO if outcome is Outcome.HONEST_NO_ACCEPTED else KEPT
    for empty in ("", " \n", "\u200b"):
        with pytest.raises(FieldRefusal) as refused:
            close(case, outcome, empty, PRIYA, LATER, RULES)
        assert refused.value.field == "reason"
    with pytest.raises(FieldRefusal, match="501 characters"):
        close(case, outcome, "x" * 501, PRIYA, LATER, RULES)


def test_what_explains_itself_needs_none() -> None:
    assert close(KEPT, Outcome.RECOVERED, " ", PRIYA, LATER, RULES).case.outcome_reason == ""
    unreachable = _called(CASE, C, E, E)
    assert close(unreachable, Outcome.UNREACHABLE, "", PRIYA, LATER, RULES).case.outcome is Outcome.UNREACHABLE


def test_the_event_of_a_close_and_of_a_withdrawal() -> None:
    event = close(KEPT, Outcome.RECOVERED, "Happy.", PRIYA, LATER, RULES).event
    assert (event.kind, event.before, event.after, event.note) == (EventKind.CLOSED, "claimed", "recovered", "Happy.")
    event = close(KEPT, Outcome.DUPLICATE, "Of case 40.", PRIYA, LATER, RULES).event
    assert (event.kind, event.after) == (EventKind.WITHDRAWN, "duplicate")


@pytest.mark.parametrize("owner", ["", PRIYA])
def test_a_case_is_reopened_where_it_stood(owner: str) -> None:
    closed = close(replace(KEPT, owner=owner), Outcome.RECOVERED, "", PRIYA, LATER, RULES).case
    change = reopen(closed, "It broke again.", "U0MARCUS", LATER)
    expected = State.CLAIMED if owner else State.OPEN
    kept = KEPT.progress
    progress = kept.taken(LATER) if owner else replace(kept, freed_at=LATER, reopened=1)
    assert change.case == replace(KEPT, owner=owner, state=expected, progress=progress)
    assert (change.event.before, change.event.after, change.event.note) == (
        "recovered",
        expected.value,
        "It broke again.",
    )
    with pytest.raises(Refusal, match="open already"):
        reopen(change.case, "Twice.", "U0MARCUS", LATER)
    with pytest.raises(FieldRefusal, match="Say in a few words why"):
        reopen(closed, "", "U0MARCUS", LATER)


LIGHT = replace(CASE, sla=Sla(tier="light", skipped=("conversation", "action", "follow_up")))


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        (LIGHT, "Nobody has contacted the customer yet"),
        (_called(LIGHT, C, result=OutreachResult.BOUNCED), "Nobody has contacted the customer yet"),
        (_called(LIGHT, C), ""),
        (replace(_called(LIGHT, C), sla=Sla(skipped=("action", "follow_up"))), "needs a conversation"),
        (replace(TALKED, sla=Sla(skipped=("action", "follow_up"))), ""),
        # Who promises all the same is held to it.
        (_promised(_called(LIGHT, C)), "needs a follow-up"),
        (log_follow_up(_promised(_called(LIGHT, C)), BROKEN, PRIYA, LATER, RULES).case, "The action broke"),
        (log_follow_up(_promised(_called(LIGHT, C)), HELD, PRIYA, LATER, RULES).case, ""),
        # Without a follow-up an action that stands is enough.
        (replace(_promised(TALKED), sla=Sla(skipped=("follow_up",))), ""),
        (replace(TALKED, sla=Sla(skipped=("follow_up",))), "needs an action"),
    ],
)
def test_a_tier_without_an_action_is_recovered_by_what_it_asks_for(case: Case, missing: str) -> None:
    obstacle = why_not(case, Outcome.RECOVERED, RULES)
    assert (obstacle == "") is (missing == "")
    assert missing in obstacle
