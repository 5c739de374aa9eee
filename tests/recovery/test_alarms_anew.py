"""What makes a step begin anew, and what keeps a case silent for a while.

Hours count from the submission, Friday 20 Nov 2026 14:05 UTC.
"""

from dataclasses import replace
from datetime import timedelta

from recovery.cases.ladder import commit_action, log_conversation, log_follow_up, log_outreach
from recovery.cases.progress import Pause
from recovery.cases.steps import Step
from recovery.clock.alarms import Level, Raised, alarms, occurrence
from recovery.policy.file import load_policy
from tests.recovery.alarm_book import (
    CALENDARS,
    FREE,
    OUTREACH_ONLY,
    OWNED,
    TRIED,
    Alarms,
    after,
    keys,
    progressed,
    said,
)
from tests.recovery.policies import SOUND
from tests.recovery.step_values import (
    BROKEN,
    CALLED,
    DAY,
    HELD,
    HOUR,
    POLICY,
    PRIYA,
    PROMISE,
    RULES,
    SLIPPED,
    SPOKE,
    SUBMITTED,
    Book,
)


def _promised() -> Book:
    book = Book(OWNED)
    book.save(log_outreach(book.case, CALLED, PRIYA, after(6), RULES))
    book.save(log_conversation(book.case, SPOKE, PRIYA, after(72), RULES))
    book.save(commit_action(book.case, PROMISE, PRIYA, after(100), RULES))
    return book


def test_a_follow_up_has_no_reminders_its_prompt_asks_on_the_day() -> None:
    case = _promised().case
    book = Alarms()
    heard = book.walk(case, after(100), after(10_000))
    due = case.progress.follow_up_due
    assert due is not None
    hours = (due - SUBMITTED) / HOUR
    assert heard[:2] == [(hours, "follow_up breach 100"), (hours + 24, "follow_up executive 100")]
    assert [text for _, text in heard[2:]] == [f"follow_up again 100{repeat}" for repeat in (1, 2, 3)]


def test_a_date_that_moves_is_late_anew() -> None:
    promised = _promised()
    book = Alarms()
    book.walk(promised.case, after(100), after(10_000))
    promised.save(
        log_follow_up(
            promised.case,
            replace(SLIPPED, happened_at=after(10_000), new_due=after(11_000).date()),
            PRIYA,
            after(10_000),
            RULES,
        )
    )
    assert book.walk(promised.case, after(10_000), after(20_000))[0][1] == "follow_up breach 101"
    assert occurrence(promised.case, Step.FOLLOW_UP) == 101


def test_a_promise_that_broke_makes_the_action_due_anew() -> None:
    promised = _promised()
    promised.save(log_follow_up(promised.case, BROKEN, PRIYA, BROKEN.happened_at, RULES))
    again = promised.case.progress.action_again_due
    assert again is not None
    heard = Alarms().walk(promised.case, BROKEN.happened_at, again)
    assert heard[-1] == ((again - SUBMITTED) / HOUR, "action breach 1")
    assert [text for _, text in heard] == ["action nudge 1", "action urge 1", "action breach 1"]
    promised.save(commit_action(promised.case, replace(PROMISE, due=again.date() + 5 * DAY), PRIYA, again, RULES))
    promised.save(log_follow_up(promised.case, replace(HELD, happened_at=again + DAY), PRIYA, again + DAY, RULES))
    assert alarms(POLICY, CALENDARS, promised.case, ()) == ()


def test_each_time_the_case_lies_in_the_channel_it_asks_for_an_owner() -> None:
    again = progressed(FREE, hands=1, freed_at=after(100))
    assert {alarm.occurrence for alarm in alarms(POLICY, CALENDARS, again, ()) if alarm.step is Step.ASSIGN} == {1}


def test_while_snoozed_nothing_is_due_and_then_only_the_highest() -> None:
    snoozed = progressed(TRIED, snoozed_until=after(60), snooze_why="They are at a fair.")
    book = Alarms()
    assert book.ring(snoozed, after(59.9)).raises == ()
    assert book.next(snoozed, after(50)) == after(60)
    assert book.walk(snoozed, SUBMITTED, after(73)) == [(60, "outreach breach 0"), (72, "outreach executive 0")]


def test_what_is_listed_is_not_due_before_the_silence_ends() -> None:
    snoozed = progressed(TRIED, snoozed_until=after(60))
    assert {alarm.due_at for alarm in alarms(POLICY, CALENDARS, snoozed, ()) if alarm.due_at <= after(60)} == {
        after(60)
    }
    waiting = progressed(TRIED, pauses=(Pause(after(30), after(60), "On holiday.", None),))
    assert not [alarm for alarm in alarms(POLICY, CALENDARS, waiting, ()) if after(30) < alarm.due_at < after(60)]


def test_a_reminder_of_what_is_overdue_by_now_is_not_said() -> None:
    """The breach was said, and then a policy came that has reminders."""
    book = Alarms(load_policy(SOUND + '[escalation]\nexecutive_after = "40h"\n'))
    book.raised.append(Raised(Step.OUTREACH, Level.BREACH, 0, after(48)))
    assert book.ring(TRIED, after(50)).speak is None
    assert {"outreach nudge 0", "outreach urge 0"} < keys(book.raised)


def test_a_snooze_that_is_over_changes_nothing_later() -> None:
    snoozed = progressed(TRIED, snoozed_until=after(20))
    assert Alarms().walk(snoozed, SUBMITTED, after(100)) == Alarms().walk(TRIED, SUBMITTED, after(100))


def test_while_waiting_on_the_customer_nothing_is_due() -> None:
    pause = Pause(after(70), after(100), "They are on holiday.", None)
    waiting = progressed(TRIED, pauses=(pause,))
    book = Alarms()
    book.ring(TRIED, after(48))
    assert book.ring(waiting, after(72)).raises == ()
    assert book.next(waiting, after(72)) == after(100)
    assert said(book.ring(waiting, after(100)).speak) == "outreach executive 0"


def test_what_became_due_unseen_before_a_pause_waits_with_it() -> None:
    """The timer never spins: a ring within the pause finds nothing, and the next one is at its end."""
    waiting = progressed(TRIED, pauses=(Pause(after(50), after(80), "On holiday.", None),))
    book = Alarms()
    assert book.ring(waiting, after(60)).raises == ()
    assert book.next(waiting, after(60)) == after(80)


def test_a_snooze_that_ends_within_a_pause_ends_with_it() -> None:
    both = progressed(TRIED, snoozed_until=after(55), pauses=(Pause(after(50), after(80), "On holiday.", None),))
    book = Alarms()
    assert book.next(both, after(52)) == after(80)
    assert book.ring(both, after(79)).raises == ()
    assert said(book.ring(both, after(80)).speak) != "nothing"


def test_a_pause_that_was_ended_early_is_silent_no_longer() -> None:
    ended = progressed(TRIED, pauses=(Pause(after(70), after(100), "On holiday.", after(71)),))
    book = Alarms()
    book.ring(TRIED, after(48))
    assert said(book.ring(ended, after(72)).speak) == "outreach executive 0"


def test_waiting_beyond_the_cap_is_not_silent() -> None:
    long = progressed(TRIED, pauses=(Pause(after(24), after(24 * 60), "On holiday.", None),))
    book = Alarms()
    assert book.next(long, after(24)) == after(24) + timedelta(days=POLICY.pause.most_days)
    assert said(book.ring(long, after(24 * 30)).speak) != "nothing"


def test_an_owner_who_waits_is_not_asked_early() -> None:
    """Of 47 hours an owner had used 5 when the pause began: two days of it don't use any more of them."""
    pause = Pause(after(6), after(54), "On holiday.", None)
    untried = progressed(OUTREACH_ONLY, attempts=0)
    later = replace(untried, deadlines=replace(OWNED.deadlines, outreach=after(96)))
    waiting = progressed(later, pauses=(pause,))
    asked = next(alarm for alarm in alarms(POLICY, CALENDARS, waiting, ()) if alarm.level is Level.IDLE)
    assert asked.due_at == after(48 + 33.9)
