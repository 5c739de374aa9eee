"""A changed policy for open cases: what would move, said before and kept as an event; what is done stays."""

from dataclasses import replace
from decimal import Decimal

import pytest

from recovery.cases.case import EventKind, Sla, State, release
from recovery.cases.ladder import log_outreach
from recovery.cases.steps import Step
from recovery.clock.retiming import moves, replanned, retime
from recovery.clock.sla import Calendars, deadlines
from recovery.clock.tiers import sla_of
from recovery.errors import Refusal
from recovery.policy.file import load_policy
from tests.recovery.policies import SOUND, account
from tests.recovery.step_values import CALLED, CASE, DAY, HOUR, POLICY, PRIYA, PROGRAMME, RULES, SUBMITTED

OFFICE = POLICY.calendar_of(PROGRAMME)
CALENDARS = Calendars(OFFICE, OFFICE)
AT = SUBMITTED + 10 * HOUR
STRICT = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "24h"'))
TIERED = load_policy(SOUND + '\n[tiers.low]\nname = "Low value"\nacv_below = 5000\nskip = ["conversation", "action"]\n')
SLA = sla_of(POLICY, PROGRAMME, None, CASE.urgency)
OPEN = replace(CASE, sla=SLA, deadlines=deadlines(POLICY, PROGRAMME, SUBMITTED, SUBMITTED, SLA))


def test_the_policy_of_today_moves_nothing() -> None:
    for case in (OPEN, CASE, log_outreach(OPEN, CALLED, PRIYA, AT, RULES).case):
        assert replanned(POLICY, PROGRAMME, None, CALENDARS, case) == case
        with pytest.raises(Refusal, match="Nothing changes"):
            retime(POLICY, OFFICE, case, case, "winback", AT)


def test_a_shorter_limit_moves_the_deadline_and_is_an_event() -> None:
    new = replanned(STRICT, PROGRAMME, None, CALENDARS, OPEN)
    assert new.deadlines.outreach == SUBMITTED + DAY
    (move,) = moves(STRICT, OPEN, new)
    assert (move.step, move.moves, move.before, move.after) == (Step.OUTREACH, True, "48 hours", "24 hours")
    change = retime(STRICT, OFFICE, OPEN, new, "winback", AT)
    assert change.case == new
    event = change.event
    assert (event.kind, event.actor, event.at) == (EventKind.RETIMED, "winback", AT)
    assert event.before == "outreach Sun 22 Nov 2026 14:05"
    assert event.after == "outreach Sat 21 Nov 2026 14:05"
    assert event.note == "The policy changed and was applied to open cases."


def test_what_is_done_keeps_its_deadline() -> None:
    case = log_outreach(OPEN, CALLED, PRIYA, AT, RULES).case
    new = replanned(STRICT, PROGRAMME, None, CALENDARS, case)
    assert new == case


def test_a_limit_whose_clock_has_not_started_changes_too() -> None:
    later = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "48h"\nfollow_up = "20d"'))
    new = replanned(later, PROGRAMME, None, CALENDARS, OPEN)
    (move,) = moves(later, OPEN, new)
    assert (move.step, move.moves, move.before, move.after) == (Step.FOLLOW_UP, False, "30 days", "20 days")
    assert new.sla.follow_up == "20 days"
    assert retime(later, OFFICE, OPEN, new, "winback", AT).event.after == "follow-up 20 days"


def test_a_tier_that_leaves_steps_out_is_told_by_name() -> None:
    low = account(acv=Decimal(100))
    new = replanned(TIERED, PROGRAMME, low, CALENDARS, OPEN)
    assert (new.sla.tier, new.deadlines.conversation, new.deadlines.action) == ("low", None, None)
    event = retime(TIERED, OFFICE, OPEN, new, "winback", AT).event
    assert event.before == "conversation Fri 27 Nov 2026 14:05, action Fri 4 Dec 2026 14:05, follow-up 30 days"
    assert event.after == "conversation not needed, action not needed, follow-up not needed"
    assert event.note.endswith('The case is in the tier "Low value" now.')
    back = replanned(POLICY, PROGRAMME, low, CALENDARS, new)
    assert back == OPEN
    assert retime(POLICY, OFFICE, new, back, "winback", AT).event.note.endswith("No tier fits the case any more.")


def test_an_owner_who_is_still_to_be_found_is_due_anew() -> None:
    freed = release(OPEN, PRIYA, AT).case
    slow = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "48h"\nassign = "8 business hours"'))
    new = replanned(slow, PROGRAMME, None, CALENDARS, freed)
    assert Step.ASSIGN in {move.step for move in moves(slow, freed, new)}
    assert Step.ASSIGN not in {
        move.step for move in moves(slow, OPEN, replanned(slow, PROGRAMME, None, CALENDARS, OPEN))
    }


def test_a_case_from_before_limits_were_kept_gets_those_that_it_had() -> None:
    old = replace(OPEN, sla=Sla())
    new = replanned(STRICT, PROGRAMME, None, CALENDARS, old)
    assert new.sla == sla_of(STRICT, PROGRAMME, None, CASE.urgency)
    assert [move.step for move in moves(STRICT, old, new)] == [Step.OUTREACH]


def test_a_closed_case_stays_as_it_ended() -> None:
    closed = replace(OPEN, state=State.CLOSED, closed_at=AT)
    with pytest.raises(Refusal, match="This case was closed"):
        retime(STRICT, OFFICE, closed, replanned(STRICT, PROGRAMME, None, CALENDARS, OPEN), "winback", AT)
