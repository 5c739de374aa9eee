"""The modals: what they ask, what they carry, and a history that holds the whole comment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.views import modals, words
from bot.views.history import history
from bot.views.ids import ActionId, BlockId, CallbackId, metadata, read_case, read_metadata, read_more
from bot.views.modals import WithdrawKind
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind, Outcome, Routing
from recovery.errors import UnknownCase
from tests.support.briefs import ANSWER, BRIEF, CASE, CLAIMED, NOW, WITHDRAWN, briefs, moments, texts
from tests.support.reading import pressed, quoted, read
from tests.support.slack_limits import parsed_texts, view_problems

CONTEXT = [
    "🔴 2 · Northwind Traders · $180k · renews in 87 days",
    "Dana Okafor",
    "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
    "*Owner due Sat 21 Nov, 16:05 UTC* · outreach due Mon 23 Nov, 11:58 UTC",
]
CLAIM = Event(EventKind.CLAIMED, "U0PRIYA", NOW, after="U0PRIYA")


def test_assign_shows_the_case_and_asks_who() -> None:
    view = modals.assign(BRIEF, currency="USD")
    assert read(view["blocks"]) == [
        *CONTEXT,
        "Who takes it? [users_select: U0PRIYA]",
        "A word for them (optional) [plain_text_input]",
        "They get it as a direct message, and it stands in the thread.",
    ]
    assert (view["title"]["text"], view["submit"]["text"], view["close"]["text"]) == (
        "Assign the case",
        "Assign",
        "Cancel",
    )
    assert view["callback_id"] == CallbackId.ASSIGN


def test_assign_proposes_whom_the_card_asks_until_somebody_owns_the_case() -> None:
    def proposed(brief: Brief) -> Any:
        return pressed(modals.assign(brief, currency="USD")["blocks"])[0].get("initial_user")

    assert proposed(BRIEF) == "U0PRIYA"
    assert proposed(CLAIMED) is None
    assert proposed(replace(BRIEF, case=replace(CASE, routing=Routing("", "nobody is free")))) is None


def test_withdraw_asks_what_it_is_and_why() -> None:
    view = modals.withdraw(BRIEF, currency="USD")
    assert read(view["blocks"]) == [
        *CONTEXT,
        "What is it? [▾ Test answer · Wrong person · Score corrected to 7 or more · Duplicate of another case]",
        "What happened, in one sentence? [plain_text_input]",
        "It stays in the history. The case leaves the figures; the customer hears nothing from us.",
    ]
    assert view["callback_id"] == CallbackId.WITHDRAW
    reason = pressed(view["blocks"])[-1]
    assert (reason["action_id"], reason["multiline"], reason["max_length"]) == (ActionId.WITHDRAW_REASON, True, 500)


def test_inputs_stand_where_the_handlers_look_for_them() -> None:
    found = {
        block["block_id"]: block["element"]["action_id"]
        for view in (modals.assign(BRIEF, currency="USD"), modals.withdraw(BRIEF, currency="USD"))
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert found == {
        BlockId.OWNER: ActionId.ASSIGN_OWNER,
        BlockId.NOTE: ActionId.ASSIGN_NOTE,
        BlockId.KIND: ActionId.WITHDRAW_KIND,
        BlockId.REASON: ActionId.WITHDRAW_REASON,
    }


@pytest.mark.parametrize(
    ("kind", "outcome", "label"),
    [
        (WithdrawKind.TEST, Outcome.WITHDRAWN, "Test answer"),
        (WithdrawKind.WRONG_PERSON, Outcome.WITHDRAWN, "Wrong person"),
        (WithdrawKind.SCORE_CORRECTED, Outcome.WITHDRAWN, "Score corrected to 7 or more"),
        (WithdrawKind.DUPLICATE, Outcome.DUPLICATE, "Duplicate of another case"),
    ],
)
def test_each_reason_has_its_outcome(kind: WithdrawKind, outcome: Outcome, label: str) -> None:
    assert (kind.outcome, kind.label) == (outcome, label)
    assert list(WithdrawKind) == [WithdrawKind(value) for value in words.WITHDRAW_KINDS]


def test_a_long_comment_is_shortened_above_the_questions() -> None:
    view = modals.withdraw(replace(BRIEF, answer=replace(ANSWER, verbatim="word " * 1000)), currency="USD")
    assert read(view["blocks"])[2] == "❝ " + ("word " * 60).strip() + "…"


@settings(max_examples=60)
@given(briefs())
def test_any_modal_fits_slack(brief: Brief) -> None:
    for view in (
        modals.assign(brief, currency="USD"),
        modals.withdraw(brief, currency="USD"),
        history(brief, [CLAIM], currency="USD"),
    ):
        assert view_problems(view) == []
        View(**view).validate_json()
        assert read_metadata(view["private_metadata"]) == (brief.case.id, brief.case.version)
        for text in parsed_texts(view["blocks"]):
            assert all(part.startswith(("!date^", "@U0PRIYA>", "@W0KOFI>")) for part in text.split("<")[1:])


FORGED = (
    "",
    "x",
    "[]",
    "3",
    "null",
    "{}",
    '{"case": 1}',
    '{"case": "1", "version": 2}',
    '{"case": 1.5, "version": 1}',
    '{"case": Infinity, "version": 1}',
    '{"case": true, "version": 1}',
    "[" * 100_000,
)


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_window_is_refused_in_words(forged: str) -> None:
    with pytest.raises(UnknownCase, match="out of date"):
        read_metadata(forged)


@given(st.integers(1, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_metadata_comes_back_as_it_went(case_id: int, version: int) -> None:
    assert read_metadata(metadata(case_id, version)) == (case_id, version)


@pytest.mark.parametrize("forged", ["", "-1", "1.0", "٣", "²", " 1", "9223372036854775808", "9" * 5000, "0x1"])
def test_a_forged_button_is_refused_in_words(forged: str) -> None:
    with pytest.raises(UnknownCase, match="out of date"):
        read_case(forged)


@pytest.mark.parametrize("forged", ["", "history", "history:", "reopen:42", ":42", "history:42:43", "HISTORY:42"])
def test_a_forged_menu_is_refused_in_words(forged: str) -> None:
    with pytest.raises(UnknownCase, match="out of date"):
        read_more(forged)


def test_history_tells_what_happened_newest_last() -> None:
    events = [
        Event(EventKind.OPENED, "winback", NOW, after="2"),
        Event(EventKind.FLAGGED, "winback", NOW),
        replace(CLAIM, at=NOW + timedelta(minutes=3)),
        Event(EventKind.WITHDRAWN, "U0MARCUS", NOW + timedelta(days=1), after="withdrawn", note="Our own test."),
    ]
    view = history(WITHDRAWN, events, currency="USD")
    assert read(view["blocks"]) == [
        "⚫ 2 · Northwind Traders · $180k · renews in 87 days",
        "Dana Okafor",
        "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
        "---",
        "Sat 21 Nov, 12:05 UTC · Dana answered 2; winback opened the case.",
        "Sat 21 Nov, 12:05 UTC · The card was posted.",
        "Sat 21 Nov, 12:08 UTC · @U0PRIYA claimed the case.",
        "Sun 22 Nov, 12:05 UTC · @U0MARCUS withdrew the case.",
        "❝ Our own test.",
    ]
    assert "submit" not in view


def test_a_history_of_nothing() -> None:
    bare = replace(BRIEF, answer=replace(ANSWER, verbatim=""))
    assert read(history(bare, [], currency="USD")["blocks"])[2:] == [
        "No comment.",
        "---",
        "Nothing has happened yet.",
    ]


@pytest.mark.parametrize(
    "comment", ["word, " * 3333, "<!channel> *so* `bad` " * 900, "سيئة جدا " * 2200, "é👍🏿" * 5000]
)
def test_history_holds_the_whole_comment_of_20000_characters(comment: str) -> None:
    view = history(replace(BRIEF, answer=replace(ANSWER, verbatim=comment)), [CLAIM], currency="USD")
    assert quoted(view["blocks"]) == comment.strip()
    assert view_problems(view) == []


def test_a_comment_that_no_view_can_hold_says_where_the_rest_is() -> None:
    answer = replace(ANSWER, verbatim="👍" * 20_000, permalink="https://surveys.example/r/11")
    view = history(replace(BRIEF, answer=answer), [CLAIM], currency="USD")
    assert "2,000 characters of the comment don't fit here. Read the rest" in read(view["blocks"])
    assert view_problems(view) == []


@pytest.mark.parametrize(("events", "shown", "left_out"), [(97, 97, 0), (98, 96, 2), (1000, 96, 904)])
def test_a_long_history_keeps_the_newest_and_counts_the_rest(events: int, shown: int, left_out: int) -> None:
    told = [replace(CLAIM, at=NOW + timedelta(minutes=minute)) for minute in range(events)]
    view = history(BRIEF, told, currency="USD")
    assert view_problems(view) == []
    lines = read(view["blocks"])
    assert sum("claimed" in line for line in lines) == shown
    assert ("older event" in "".join(lines)) is bool(left_out)
    if left_out:
        assert f"{left_out} older events left out here; the thread has all of them." in lines
    assert "claimed" in lines[-1]


def test_long_reasons_push_older_events_out_before_slack_refuses_the_view() -> None:
    answer = replace(ANSWER, verbatim="👍" * 20_000)
    event = Event(EventKind.WITHDRAWN, "U0MARCUS", NOW, after="withdrawn", note="👍" * 1_000)
    view = history(replace(BRIEF, answer=answer), [event] * 50, currency="USD")
    assert view_problems(view) == []
    lines = read(view["blocks"])
    shown = sum("withdrew" in line for line in lines)
    assert 0 < shown < 50
    assert f"{50 - shown} older events left out here; the thread has all of them." in lines


@settings(max_examples=40)
@given(
    briefs(), st.lists(st.builds(Event, st.sampled_from(EventKind), st.just("U0PRIYA"), moments, texts, texts, texts))
)
def test_any_history_fits_slack(brief: Brief, events: list[Event]) -> None:
    view = history(brief, events * 30, currency="USD")
    assert view_problems(view) == []
    View(**view).validate_json()
