"""Steps on a case: in any order, late, more than once, corrected; and what the follow-up makes of the action."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import EventKind, Outcome, State
from recovery.cases.closing import close
from recovery.cases.commitment import Challenged
from recovery.cases.folding import fold
from recovery.cases.ladder import (
    commit_action,
    correct,
    correctable,
    log_conversation,
    log_follow_up,
    log_outreach,
    partner_done,
    partner_slips,
    strike,
)
from recovery.cases.progress import PartnerWord, Progress
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.steps import Channel, FollowUp, FollowUpResult, Outreach, OutreachResult, Step
from recovery.errors import FieldRefusal, Refusal
from tests.recovery.step_values import (
    BROKEN,
    CALLED,
    CASE,
    DAY,
    HELD,
    HOUR,
    PRIYA,
    PROMISE,
    RULES,
    SLIPPED,
    SPOKE,
    SUBMITTED,
    Book,
)

LATER = SUBMITTED + 45 * DAY
COMMITTED = SUBMITTED + 4 * DAY


def test_the_first_contact_that_counts_is_the_one() -> None:
    book = Book()
    bounced = replace(CALLED, channel=Channel.EMAIL, result=OutreachResult.BOUNCED, happened_at=SUBMITTED + HOUR)
    left = replace(CALLED, result=OutreachResult.LEFT_MESSAGE, happened_at=SUBMITTED + 20 * HOUR)
    book.save(log_outreach(book.case, bounced, PRIYA, SUBMITTED + 2 * HOUR, RULES))
    assert book.case.progress.contacted_at is None
    book.save(log_outreach(book.case, left, PRIYA, SUBMITTED + 21 * HOUR, RULES))
    assert book.case.progress.contacted_at == SUBMITTED + 20 * HOUR
    assert book.case.progress.reached_at is None
    book.save(log_outreach(book.case, CALLED, PRIYA, SUBMITTED + DAY, RULES))  # backdated: it was earlier
    progress = book.case.progress
    assert progress.contacted_at == progress.reached_at == CALLED.happened_at
    assert (progress.attempts, progress.channels) == (3, (Channel.EMAIL, Channel.CALL))


def test_a_conversation_proves_an_outreach_at_its_time() -> None:
    case = log_conversation(CASE, SPOKE, PRIYA, LATER, RULES).case
    assert case.progress.contacted_at == case.progress.conversation_at == SPOKE.happened_at
    assert case.progress.attempts == 0
    rung = ladder_view(case, LATER)[2]
    assert (rung.step, rung.state, rung.late_by) == (Step.OUTREACH, RungState.DONE, DAY)


def test_a_booked_meeting_is_known_until_it_was_held() -> None:
    booked = replace(CALLED, result=OutreachResult.MEETING_BOOKED, meeting_at=SUBMITTED + 3 * DAY)
    case = log_outreach(CASE, booked, PRIYA, SUBMITTED + DAY, RULES).case
    assert case.progress.meeting_at == SUBMITTED + 3 * DAY
    assert log_conversation(case, SPOKE, PRIYA, LATER, RULES).case.progress.meeting_at is None


def test_the_event_says_who_what_and_when() -> None:
    change = log_outreach(CASE, CALLED, PRIYA, LATER, RULES)
    assert (change.event.kind, change.event.actor, change.event.at) == (EventKind.OUTREACH_LOGGED, PRIYA, LATER)
    assert (change.event.after, change.event.note) == ("reached", CALLED.note)
    assert change.event.details == {
        "step": "outreach",
        "channel": "call",
        "happened_at": "2026-11-20T19:05:00+00:00",
        "result": "reached",
        "note": CALLED.note,
    }
    told = log_conversation(CASE, SPOKE, PRIYA, LATER, RULES).event
    assert (told.after, told.note) == ("Onboarding", SPOKE.sentence)


def _committed() -> Book:
    book = Book()
    book.save(commit_action(book.case, PROMISE, PRIYA, COMMITTED, RULES))
    return book


def test_a_promise_brings_its_follow_up_along() -> None:
    progress = _committed().case.progress
    assert progress.action is not None
    assert (progress.action.due, progress.action.first_due) == (PROMISE.due, PROMISE.due)
    assert progress.action.committed_at == progress.first_committed_at == COMMITTED
    assert progress.follow_up_due == COMMITTED + 30 * DAY
    assert progress.follow_up_why.startswith("Follow-up due Thu 24 Dec 2026 14:05 (Europe/London): 30 days after")


def test_a_later_date_moves_the_follow_up_behind_it() -> None:
    far = replace(PROMISE, due=date(2026, 12, 24))  # the 25th is a day off, then comes a weekend
    progress = commit_action(CASE, far, PRIYA, COMMITTED, RULES).case.progress
    assert progress.follow_up_due == datetime(2026, 12, 28, 17, 30, tzinfo=UTC)
    assert progress.follow_up_why == (
        "Follow-up due Mon 28 Dec 2026 17:30 (Europe/London): the end of the working day after the action's date, "
        "Thu 24 Dec 2026, because 30 days after it was committed is earlier."
    )


def test_a_vague_promise_needs_its_tick_and_keeps_it() -> None:
    vague = replace(PROMISE, deliverable="Kofi will look into the importer and ships a fix.")
    with pytest.raises(Challenged) as challenged:
        commit_action(CASE, vague, PRIYA, COMMITTED, RULES)
    assert [each.words for each in challenged.value.challenges] == ["look into"]
    ticked = commit_action(CASE, replace(vague, challenged=("look into",)), PRIYA, COMMITTED, RULES)
    assert ticked.event.details["challenged"] == '["look into"]'


def test_held_slipped_and_broken() -> None:
    book = _committed()
    book.save(partner_slips(book.case, "The release moved.", "U0MARIUS", SUBMITTED + 10 * DAY))
    assert book.case.progress.partner_word is PartnerWord.SLIPS
    book.save(log_follow_up(book.case, SLIPPED, PRIYA, SUBMITTED + 12 * DAY, RULES))
    progress = book.case.progress
    assert progress.action is not None
    assert (progress.slips, progress.action.due, progress.action.first_due) == (1, date(2026, 12, 16), PROMISE.due)
    assert (progress.partner_word, progress.held, progress.action_stands) == (None, False, True)
    assert progress.follow_up_due == COMMITTED + 30 * DAY
    assert book.history[-1].before == "2026-12-02"
    book.save(partner_done(book.case, "", "U0MARIUS", SUBMITTED + 26 * DAY))
    assert book.case.progress.partner_word is PartnerWord.DONE

    book.save(log_follow_up(book.case, BROKEN, PRIYA, LATER, RULES))
    progress = book.case.progress
    assert (progress.breaks, progress.action_stands, progress.follow_up_due) == (1, False, None)
    assert progress.action_again_due == BROKEN.happened_at + 14 * DAY
    rung = next_step(
        replace(book.case, progress=replace(progress, contacted_at=COMMITTED, conversation_at=COMMITTED)), LATER
    )
    assert rung is not None
    assert (rung.step, rung.state, rung.due_at) == (Step.ACTION, RungState.DUE, progress.action_again_due)
    assert rung.why.startswith("New action due Fri 8 Jan 2027 14:05 (Europe/London): 14 days after the last one broke")
    for refused in (HELD, replace(SLIPPED, new_due=date(2027, 2, 1)), BROKEN):
        with pytest.raises(Refusal, match="There is no action to follow up on"):
            log_follow_up(book.case, refused, PRIYA, LATER, RULES)
    with pytest.raises(Refusal, match="no action on this case"):
        partner_done(book.case, "", "U0MARIUS", LATER)

    again = replace(PROMISE, due=date(2027, 1, 11))
    book.save(commit_action(book.case, again, PRIYA, LATER, RULES))
    progress = book.case.progress
    assert (progress.commitments, progress.breaks, progress.slips) == (2, 1, 1)
    assert (progress.action_stands, progress.follow_up_result, progress.action_again_due) == (True, None, None)
    assert (progress.follow_up_at, progress.partner_word, progress.action_again_why) == (None, None, "")
    assert progress.first_committed_at == COMMITTED
    assert fold(book.history, RULES) == progress


@pytest.mark.parametrize(
    ("entry", "field", "sentence"),
    [
        (
            replace(HELD, happened_at=COMMITTED - HOUR),
            "happened_at",
            "This is before the action was committed, on Tue 24 Nov 2026 14:05.",
        ),
        (
            replace(SLIPPED, new_due=PROMISE.due),
            "new_due",
            "Give a date after the one that was promised, Wed 2 Dec 2026.",
        ),
    ],
)
def test_a_follow_up_fits_its_action(entry: FollowUp, field: str, sentence: str) -> None:
    at = SUBMITTED + 12 * DAY if entry.result is FollowUpResult.SLIPPED else LATER
    with pytest.raises(FieldRefusal) as refused:
        log_follow_up(_committed().case, entry, PRIYA, at, RULES)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)


def test_without_an_action_there_is_nothing_to_follow_up_on() -> None:
    with pytest.raises(Refusal, match=r"There is no action to follow up on. Commit one first\."):
        log_follow_up(CASE, HELD, PRIYA, LATER, RULES)


def test_a_closed_case_takes_no_steps() -> None:
    book = _committed()
    over = replace(book.case, state=State.CLOSED, closed_at=LATER, outcome=Outcome.CHURNED)
    for log in (
        lambda: log_outreach(over, CALLED, PRIYA, LATER, RULES),
        lambda: log_conversation(over, SPOKE, PRIYA, LATER, RULES),
        lambda: commit_action(over, replace(PROMISE, due=date(2027, 1, 11)), PRIYA, LATER, RULES),
        lambda: log_follow_up(over, HELD, PRIYA, LATER, RULES),
        lambda: partner_done(over, "", "U0MARIUS", LATER),
        lambda: partner_slips(over, "Late.", "U0MARIUS", LATER),
        lambda: correct(over, book.history, 2, replace(PROMISE, person="Kofi"), "", PRIYA, LATER, RULES),
        lambda: strike(over, book.history, 2, "Wrong case.", PRIYA, LATER, RULES),
        lambda: close(over, Outcome.CHURNED, "Gone.", PRIYA, LATER, RULES),
    ):
        with pytest.raises(Refusal, match="This case was closed"):
            log()


def test_a_correction_keeps_the_old_and_counts_as_if_logged_right() -> None:
    book = Book()
    wrong = replace(CALLED, happened_at=SUBMITTED + 3 * DAY, result=OutreachResult.BOUNCED, note="")
    book.save(log_outreach(book.case, wrong, PRIYA, SUBMITTED + 3 * DAY, RULES))
    book.save(log_conversation(book.case, replace(SPOKE, happened_at=LATER), PRIYA, LATER, RULES))
    assert book.case.progress.contacted_at == LATER
    change = correct(book.case, book.history, 2, CALLED, "Wrong line.", PRIYA, LATER, RULES)
    event = change.event
    assert (event.kind, event.before, event.after, event.note) == (
        EventKind.CORRECTED,
        "bounced",
        "reached",
        "Wrong line.",
    )
    assert event.details["corrects"] == "2"
    book.save(change)
    right = Book()
    right.save(log_outreach(right.case, CALLED, PRIYA, SUBMITTED + 3 * DAY, RULES))
    right.save(log_conversation(right.case, replace(SPOKE, happened_at=LATER), PRIYA, LATER, RULES))
    assert book.case.progress == right.case.progress == fold(book.history, RULES)
    assert book.history[1].after == "bounced"
    first, second = correctable(book.history)
    assert (first.number, first.entry, first.original, first.corrections) == (2, CALLED, wrong, (4,))
    assert (second.number, second.corrections) == (3, ())


def test_a_second_correction_counts_and_the_first_stays_too() -> None:
    book = Book()
    book.save(log_outreach(book.case, CALLED, PRIYA, LATER, RULES))
    for note in ("Dana has an hour.", "Dana has ten minutes on Tuesday."):
        book.save(correct(book.case, book.history, 2, replace(CALLED, note=note), "", PRIYA, LATER, RULES))
    (only,) = correctable(book.history)
    assert only.corrections == (3, 4)
    assert only.entry == replace(CALLED, note="Dana has ten minutes on Tuesday.")
    assert book.history[1].details["note"] == CALLED.note


def test_a_correction_that_leaves_the_time_open_keeps_when_it_was_promised() -> None:
    book = Book()
    backdated = replace(PROMISE, happened_at=SUBMITTED + 2 * DAY)
    book.save(commit_action(book.case, backdated, PRIYA, COMMITTED, RULES))
    corrected = replace(PROMISE, person="U0BEN", happened_at=None)
    book.save(correct(book.case, book.history, 2, corrected, "", PRIYA, LATER, RULES))
    action = book.case.progress.action
    assert action is not None
    assert (action.person, action.committed_at) == ("U0BEN", SUBMITTED + 2 * DAY)


def test_a_correction_of_the_promise_moves_everything_that_hangs_on_it() -> None:
    book = _committed()
    book.save(log_follow_up(book.case, SLIPPED, PRIYA, SUBMITTED + 12 * DAY, RULES))
    earlier = replace(PROMISE, happened_at=SUBMITTED + DAY)
    book.save(correct(book.case, book.history, 2, earlier, "", PRIYA, LATER, RULES))
    progress = book.case.progress
    assert progress.action is not None
    assert progress.first_committed_at == progress.action.committed_at == SUBMITTED + DAY
    assert progress.follow_up_due == SUBMITTED + 31 * DAY
    assert (progress.slips, progress.action.due) == (1, date(2026, 12, 16))


@pytest.mark.parametrize(
    ("number", "entry", "sentence"),
    [
        (2, PROMISE, "Nothing is different from what was logged."),
        (2, SPOKE, "One step can't be corrected into another. Strike this one out and log the other."),
        (1, CALLED, "This isn't a step that can be corrected; it may have been struck out meanwhile."),
        (9, CALLED, "This isn't a step that can be corrected; it may have been struck out meanwhile."),
        (
            2,
            replace(PROMISE, happened_at=SUBMITTED + 13 * DAY),
            ("A later follow-up doesn't fit this: This is before the action was committed, on Thu 3 Dec 2026 14:05."),
        ),
        (
            2,
            replace(PROMISE, due=date(2026, 12, 18)),
            ("A later follow-up doesn't fit this: Give a date after the one that was promised, Fri 18 Dec 2026."),
        ),
    ],
)
def test_what_can_not_be_corrected(number: int, entry: Outreach, sentence: str) -> None:
    book = _committed()
    book.save(log_follow_up(book.case, SLIPPED, PRIYA, SUBMITTED + 12 * DAY, RULES))
    with pytest.raises(Refusal) as refused:
        correct(book.case, book.history, number, entry, "", PRIYA, LATER, RULES)
    assert refused.value.sentence == sentence


def test_a_correction_goes_through_the_gate_and_the_checks() -> None:
    book = _committed()
    with pytest.raises(Challenged):
        correct(
            book.case, book.history, 2, replace(PROMISE, deliverable="We will consider it"), "", PRIYA, LATER, RULES
        )
    with pytest.raises(FieldRefusal) as refused:
        correct(book.case, book.history, 2, replace(PROMISE, partner=""), "", PRIYA, LATER, RULES)
    assert refused.value.field == "partner"


def test_what_was_logged_on_the_wrong_case_is_struck_out() -> None:
    book = Book()
    book.save(log_outreach(book.case, CALLED, PRIYA, LATER, RULES))
    with pytest.raises(FieldRefusal, match="Say why this is taken out"):
        strike(book.case, book.history, 2, " ", PRIYA, LATER, RULES)
    book.save(strike(book.case, book.history, 2, "That was Fabrikam.", PRIYA, LATER, RULES))
    assert book.case.progress == Progress() == fold(book.history, RULES)
    assert correctable(book.history) == ()
    with pytest.raises(Refusal, match="struck out meanwhile"):
        strike(book.case, book.history, 2, "Twice.", PRIYA, LATER, RULES)


def test_a_promise_with_a_follow_up_can_not_be_struck_out() -> None:
    book = _committed()
    book.save(log_follow_up(book.case, HELD, PRIYA, LATER, RULES))
    with pytest.raises(Refusal, match="A later follow-up doesn't fit this"):
        strike(book.case, book.history, 2, "Wrong case.", PRIYA, LATER, RULES)


outreaches = st.builds(
    Outreach,
    st.sampled_from([Channel.CALL, Channel.EMAIL, Channel.VISIT]),
    st.timedeltas(timedelta(0), 45 * DAY).map(lambda after: SUBMITTED + after),
    st.sampled_from([result for result in OutreachResult if result is not OutreachResult.MEETING_BOOKED]),
    st.just("What was said."),
)


@given(st.lists(outreaches, min_size=1, max_size=12))
def test_attempts_only_grow_and_the_order_of_logging_is_all_the_same(logged: list[Outreach]) -> None:
    there, back = Book(), Book()
    for place, entry in enumerate(logged, start=1):
        there.save(log_outreach(there.case, entry, PRIYA, LATER, RULES))
        assert there.case.progress.attempts == place
    for entry in reversed(logged):
        back.save(log_outreach(back.case, entry, PRIYA, LATER, RULES))
    one, other = there.case.progress, back.case.progress
    assert replace(one, channels=()) == replace(other, channels=())
    assert set(one.channels) == set(other.channels) == {entry.channel for entry in logged}
    counted = [entry.happened_at for entry in logged if entry.result.counts]
    assert one.contacted_at == min(counted, default=None)
