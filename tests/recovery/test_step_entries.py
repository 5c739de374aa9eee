"""What each step demands, field by field."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.evidence import from_details, to_details
from recovery.cases.steps import (
    PERSONAL_CHANNELS,
    Action,
    ActionKind,
    Bounds,
    Channel,
    Conversation,
    Entry,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
    Step,
    plain_text,
    step_of,
)
from recovery.errors import FieldRefusal, Refusal
from tests.recovery.step_values import (
    BROKEN,
    CALLED,
    DAY,
    HELD,
    HOUR,
    PROMISE,
    RULES,
    SLIPPED,
    SPOKE,
    SUBMITTED,
)

AT = SUBMITTED + 45 * DAY
NOW = Bounds(RULES, SUBMITTED, AT, AT)
EARLY = Bounds(RULES, SUBMITTED, SUBMITTED + 4 * DAY, SUBMITTED + 4 * DAY)
BOOKED = replace(CALLED, result=OutreachResult.MEETING_BOOKED, meeting_at=AT + DAY)
LATE_PROMISE = replace(PROMISE, due=date(2027, 2, 1))
LATE_SLIP = replace(SLIPPED, new_due=date(2027, 2, 1))
GOOD: list[Entry] = [CALLED, BOOKED, SPOKE, LATE_PROMISE, HELD, LATE_SLIP, BROKEN]

FUTURE = "This is in the future. Give the time at which it really happened."
PAST = "This is before the customer answered, on Fri 20 Nov 2026 14:05."
ODD = "There is a character in it that can't be shown. Type it again, or paste plain text."
PASSED = "This date has passed. Give one that is still to come."
YEAR = "This is more than two years away. Check the year."


@pytest.mark.parametrize("entry", GOOD)
def test_a_good_entry_stays_as_it_is(entry: Entry) -> None:
    checked = entry.checked(NOW)
    assert checked == (replace(entry, happened_at=AT) if isinstance(entry, Action) else entry)
    assert checked.checked(NOW) == checked


@pytest.mark.parametrize(
    ("entry", "field", "sentence"),
    [
        (
            replace(CALLED, channel=Channel.AUTOMATED_EMAIL),
            "channel",
            "An automated e-mail doesn't count as outreach. Call or write yourself, then log that.",
        ),
        (replace(CALLED, happened_at=AT + timedelta(seconds=1)), "happened_at", FUTURE),
        (replace(CALLED, happened_at=SUBMITTED - timedelta(minutes=1)), "happened_at", PAST),
        (replace(CALLED, note=""), "note", "Say what was said."),
        (replace(CALLED, note=" \n\u200b\ufeff "), "note", "Say what was said."),
        (replace(CALLED, note="x" * 2001), "note", "This is 2,001 characters long; 2,000 fit. Keep what matters."),
        (replace(CALLED, note="bell \x07"), "note", ODD),
        (replace(CALLED, note="half \ud83d of a face"), "note", ODD),
        (replace(CALLED, note="nul\x00"), "note", ODD),
        (replace(BOOKED, meeting_at=None), "meeting_at", "Say when the meeting will be."),
        (
            replace(BOOKED, result=OutreachResult.REACHED),
            "meeting_at",
            "Choose “meeting booked” as the result, or clear this time.",
        ),
        (
            replace(BOOKED, meeting_at=AT),
            "meeting_at",
            "This time has passed. If you have spoken, log the conversation instead.",
        ),
        (replace(BOOKED, meeting_at=AT + 732 * DAY), "meeting_at", YEAR),
        (replace(SPOKE, happened_at=AT + HOUR), "happened_at", FUTURE),
        (replace(SPOKE, with_whom=" "), "with_whom", "Say whom you spoke with."),
        (replace(SPOKE, notes=""), "notes", "Say what was said."),
        (replace(SPOKE, wants="\t"), "wants", "Say what they need to see changed."),
        (replace(SPOKE, root_cause="Bad luck"), "root_cause", "Choose one of the root causes in the list."),
        (replace(SPOKE, root_cause=""), "root_cause", "Choose one of the root causes in the list."),
        (replace(SPOKE, sentence=""), "sentence", "Say one specific sentence in the customer's words."),
        (
            replace(SPOKE, sentence="onboarding"),
            "sentence",
            ("Write the customer's own sentence, for example: “We waited four months for a go-live in thirty days.”"),
        ),
        (
            replace(SPOKE, sentence="Bad UX"),
            "sentence",
            ("Write the customer's own sentence, for example: “We waited four months for a go-live in thirty days.”"),
        ),
        (replace(LATE_PROMISE, deliverable=""), "deliverable", "Say what will be delivered."),
        (
            replace(LATE_PROMISE, deliverable="x" * 501),
            "deliverable",
            "This is 501 characters long; 500 fit. Keep what matters.",
        ),
        (replace(LATE_PROMISE, person=""), "person", "Say who delivers it."),
        (replace(LATE_PROMISE, partner=""), "partner", "Say who helps from the team that can change it."),
        (replace(LATE_PROMISE, partner="y" * 81), "partner", "This is 81 characters long; 80 fit. Keep what matters."),
        (replace(LATE_PROMISE, due=AT.date() - DAY), "due", PASSED),
        (replace(LATE_PROMISE, due=date(9999, 12, 31)), "due", YEAR),
        (replace(LATE_PROMISE, happened_at=AT + HOUR), "happened_at", FUTURE),
        (replace(LATE_PROMISE, happened_at=SUBMITTED - DAY), "happened_at", PAST),
        (replace(HELD, evidence=""), "evidence", "Say how you know."),
        (replace(HELD, happened_at=AT + DAY), "happened_at", FUTURE),
        (replace(HELD, new_due=date(2027, 3, 1)), "new_due", "Choose “slipped” as the result, or clear this date."),
        (replace(LATE_SLIP, new_due=None), "new_due", "Give the new date."),
        (replace(LATE_SLIP, new_due=AT.date() - DAY), "new_due", PASSED),
        (replace(LATE_SLIP, new_due=date(2999, 1, 1)), "new_due", YEAR),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence_that_helps(entry: Entry, field: str, sentence: str) -> None:
    with pytest.raises(FieldRefusal) as refused:
        entry.checked(NOW)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert isinstance(refused.value, Refusal)
    assert field in type(entry).__dataclass_fields__


def test_texts_are_cleaned_and_nothing_else_of_them_changes() -> None:
    note = replace(CALLED, note="  Dana:\r\n*bold* <!channel> `x` 👩‍👩‍👧‍👦 كانت  \rbye\t ").checked(NOW).note
    assert note == "Dana:\n*bold* <!channel> `x` 👩‍👩‍👧‍👦 كانت\nbye"


def test_a_note_may_be_missing_where_nobody_answered() -> None:
    for result in (OutreachResult.BOUNCED, OutreachResult.NO_LONGER_THERE):
        assert replace(CALLED, result=result, note=" ").checked(NOW).note == ""


def test_short_sentences_of_other_scripts_are_whole_ones() -> None:
    assert replace(SPOKE, sentence="導入が遅い").checked(NOW).sentence == "導入が遅い"


def test_the_root_cause_is_written_as_in_the_policy() -> None:
    assert replace(SPOKE, root_cause=" product  GAP").checked(NOW).root_cause == "Product gap"


def test_the_minute_of_the_answer_is_not_before_it() -> None:
    seconds = replace(EARLY, submitted_at=SUBMITTED + timedelta(seconds=59))
    assert replace(CALLED, happened_at=SUBMITTED).checked(seconds).happened_at == SUBMITTED


@pytest.mark.parametrize("entry", [CALLED, SPOKE, replace(LATE_PROMISE, happened_at=AT), HELD])
def test_a_time_without_a_zone_is_a_mistake_of_ours(entry: Entry) -> None:
    naive = replace(entry, happened_at=datetime(2026, 11, 22, 12))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="without a zone"):
        naive.checked(NOW)


def test_times_are_kept_in_utc_and_days_are_the_calendars() -> None:
    there = SUBMITTED.astimezone(RULES.calendar.zone_info) + DAY
    assert replace(CALLED, happened_at=there).checked(NOW).happened_at.tzinfo is UTC
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in London
    assert Bounds(RULES, SUBMITTED, late, late).today == date(2026, 7, 1)


def test_a_correction_is_judged_by_the_day_it_was_first_logged() -> None:
    later = Bounds(RULES, SUBMITTED, AT, SUBMITTED + 4 * DAY)
    assert PROMISE.checked(later).due == date(2026, 12, 2)
    booked = replace(BOOKED, meeting_at=SUBMITTED + 6 * DAY)
    assert booked.checked(later).meeting_at == SUBMITTED + 6 * DAY
    assert replace(PROMISE, happened_at=None).checked(later).happened_at == SUBMITTED + 4 * DAY


def test_automated_mail_is_never_offered() -> None:
    assert set(Channel) - set(PERSONAL_CHANNELS) == {Channel.AUTOMATED_EMAIL}


def test_what_counts_as_a_contact() -> None:
    assert {result for result in OutreachResult if result.counts} == {
        OutreachResult.REACHED,
        OutreachResult.LEFT_MESSAGE,
        OutreachResult.MEETING_BOOKED,
    }


def test_each_entry_is_a_step() -> None:
    assert [step_of(entry) for entry in (CALLED, SPOKE, PROMISE, HELD)] == list(Step)[2:]


moments = st.datetimes(datetime(2026, 11, 20, 14, 5), datetime(2027, 1, 4, 14, 5), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60).map(lambda text: f"word by word {text}")
days = st.dates(date(2027, 1, 5), date(2028, 6, 1))
results = st.sampled_from([result for result in OutreachResult if result is not OutreachResult.MEETING_BOOKED])
entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Outreach, st.sampled_from(PERSONAL_CHANNELS), moments, results, words),
    st.builds(Conversation, moments, words, words, st.sampled_from(RULES.root_causes), words, words),
    st.builds(
        Action,
        st.sampled_from(ActionKind),
        words,
        words,
        words,
        days,
        st.lists(words, max_size=3).map(tuple),
        st.none() | moments,
    ),
    st.builds(FollowUp, st.sampled_from([FollowUpResult.HELD, FollowUpResult.BROKEN]), moments, words),
    st.builds(FollowUp, st.just(FollowUpResult.SLIPPED), moments, words, days, st.booleans()),
)


@given(entries)
def test_checking_twice_changes_nothing_and_the_history_keeps_all(entry: Entry) -> None:
    checked = entry.checked(NOW)
    assert checked.checked(NOW) == checked
    details = to_details(checked)
    assert all(isinstance(value, str) and value for value in details.values())
    assert from_details(details) == checked


@pytest.mark.parametrize("details", [{}, {"step": "outreach"}, {"step": "flag"}, {"step": "x"}])
def test_details_of_something_else_are_refused(details: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"lack|not a valid|step"):
        from_details(details)


@given(st.text())
def test_any_text_is_clean_or_refused(text: str) -> None:
    try:
        clean = plain_text("note", text, 100, "what was said")
    except FieldRefusal:
        return
    assert clean == clean.strip() != ""
    assert len(clean) <= 100
    clean.encode("utf-8")
    assert plain_text("note", clean, 100, "what was said") == clean
