"""Reminders and escalations as people read them: one, several, dealt with, and with the worst that customers write."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.views import alerts
from bot.views.alert_lines import Alert, precise, so_far
from bot.views.alerts import MOST_ROWS, Bulletin
from bot.views.look import Look
from bot.views.silence import Silence
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind, Urgency
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from recovery.clock.receivers import Part
from recovery.survey import Contact
from tests.support.briefs import (
    ACCOUNT,
    ANSWER,
    ANSWERED,
    BRIEF,
    BROKEN,
    CASE,
    CLAIMED,
    COMMITTED,
    HOSTILE,
    NOW,
    at_step,
    briefs,
    moments,
    texts,
)
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

CARD_LINK = "https://slack.example/p1"
DUE = CASE.deadlines.outreach
SOON = replace(CLAIMED, at=DUE - timedelta(hours=9, minutes=30))
LATE = replace(CLAIMED, at=ANSWERED + timedelta(hours=51))
NUDGE = Alert(1, SOON, Step.OUTREACH, Level.NUDGE, DUE, ANSWERED, owner="U0PRIYA")
BREACH = Alert(
    2,
    LATE,
    Step.OUTREACH,
    Level.BREACH,
    DUE,
    ANSWERED,
    role=Part.MANAGER,
    reminded=2,
    others=4,
    owner="U0PRIYA",
    may_assign=True,
    may_take=True,
)
UNOWNED = Alert(
    3,
    replace(BRIEF, at=NOW + timedelta(hours=2)),
    Step.ASSIGN,
    Level.URGE,
    CASE.deadlines.assign,
    NOW,
    role=Part.LEAD,
    may_assign=True,
    may_take=True,
)
QUOTE = "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives."
ON_MONDAY = Silence(NOW + timedelta(days=2), "The call is on Monday.", pause=False)


def look(*found: Alert, outage: timedelta | None = None) -> Look:
    shown = alerts.look(Bulletin(found, outage), currency="USD")
    assert shown is not None
    return shown


def lines(*found: Alert, outage: timedelta | None = None) -> list[str]:
    return read(look(*found, outage=outage).blocks)


def actions(*found: Alert) -> list[str]:
    return [each["action_id"] for each in pressed(look(*found).blocks)]


def test_a_reminder() -> None:
    assert lines(NUDGE) == [
        "Northwind Traders: outreach is due in 9 h 30 min, Mon 23 Nov, 11:58 UTC.",
        "Dana wrote:",
        QUOTE,
        "[*Log outreach] [Snooze…]",
    ]
    assert look(NUDGE).text.startswith("Northwind Traders: outreach is due in 9 h 30 min, ")
    assert look(NUDGE).text.endswith(
        "Dana wrote: 'Onboarding was a disaster. Four months instead of thirty days. We're evaluating…'"
    )


def test_a_reminder_that_comes_too_late_says_so() -> None:
    late = replace(NUDGE, brief=replace(SOON, at=DUE))
    assert lines(late)[0] == "Northwind Traders: outreach was due Mon 23 Nov, 11:58 UTC."


def test_the_question_to_an_owner_who_has_not_been_heard_of() -> None:
    idle = replace(NUDGE, level=Level.IDLE, since=SOON.at - timedelta(hours=30))
    assert lines(idle) == [
        "You took Northwind Traders 30 h ago, and nobody has contacted Dana yet. Are you on it?",
        "Dana wrote:",
        QUOTE,
        "[*I'm on it] [Log outreach] [Give it back]",
    ]
    other = replace(idle, role=Part.STAND_IN, instead_of="U0PRIYA")
    assert lines(other)[:2] == [
        "For @U0PRIYA, who is away.",
        "@U0PRIYA took Northwind Traders 30 h ago, and nobody has contacted Dana yet. Are you on it?",
    ]


def test_an_escalation_to_a_manager() -> None:
    assert lines(BREACH) == [
        "Northwind Traders ($180k): nobody has contacted Dana in 51 h.",
        "Dana wrote:",
        QUOTE,
        "Outreach was due Mon 23 Nov, 11:58 UTC. Owner @U0PRIYA, reminded twice, 4 other open cases.",
        "[*I'm on it] [Reassign…] [Take over] [Snooze…]",
    ]
    assert [each.get("value") for each in pressed(look(BREACH).blocks)] == ["42:2", "42", "42", "42"]


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        (replace(BREACH, heard=("U0TOMAS",)), "@U0TOMAS knows."),
        (replace(BREACH, heard=("U0TOMAS", "U0MARCUS")), "@U0TOMAS, @U0MARCUS know."),
        (
            replace(BREACH, level=Level.EXECUTIVE, heard=("U0TOMAS",)),
            "@U0TOMAS heard of it, and nobody is on it yet.",
        ),
        (
            replace(BREACH, level=Level.AGAIN, heard=("U0TOMAS",), promised_by="U0TOMAS", promised_at=NOW),
            "@U0TOMAS has been on it since Sat 21 Nov, 12:05 UTC, and it is still not done.",
        ),
        (replace(BREACH, others=0, reminded=0), "Owner @U0PRIYA."),
        (replace(BREACH, others=1, reminded=1), "Owner @U0PRIYA, reminded once, 1 other open case."),
        (replace(BREACH, reminded=5), "reminded 5 times"),
        (replace(BREACH, role=Part.OWNER), "Outreach was due Mon 23 Nov, 11:58 UTC."),
    ],
)
def test_what_a_reader_should_know_at_once(alert: Alert, said: str) -> None:
    assert said in lines(alert)[3]


@pytest.mark.parametrize(
    ("step", "brief", "said"),
    [
        (Step.ASSIGN, BRIEF, "nobody has taken Dana's case in 51 h."),
        (Step.CONVERSATION, CLAIMED, "nobody has spoken with Dana in 51 h."),
        (Step.ACTION, CLAIMED, "nothing has been promised to Dana in 51 h."),
        (Step.ACTION, at_step(BROKEN), "the action for Dana broke, and nothing new has been promised."),
        (Step.FOLLOW_UP, at_step(COMMITTED), "nobody has asked Dana whether the action held."),
    ],
)
def test_every_step_has_its_sentence(step: Step, brief: Brief, said: str) -> None:
    late = replace(BREACH, step=step, brief=replace(brief, at=ANSWERED + timedelta(hours=51)))
    assert lines(late)[0] == f"Northwind Traders ($180k): {said}"


@pytest.mark.parametrize(
    ("alert", "offered"),
    [
        (replace(BREACH, role=Part.OWNER), ["case_log_outreach", "case_snooze"]),
        (replace(BREACH, may_assign=False), ["alarm_on_it", "case_take_over", "case_snooze"]),
        (replace(BREACH, may_assign=False, may_take=False), ["alarm_on_it", "case_snooze"]),
        (replace(BREACH, role=Part.STAND_IN, instead_of="U0PRIYA"), ["case_take_over", "case_snooze"]),
        (
            replace(BREACH, role=Part.STAND_IN, instead_of="U0ELENA"),
            ["alarm_on_it", "case_assign", "case_take_over", "case_snooze"],
        ),
        (UNOWNED, ["case_assign", "case_take_over", "case_snooze"]),
        (replace(NUDGE, role=Part.CHANNEL, may_assign=True), ["case_assign", "case_snooze"]),
        (replace(BREACH, role=Part.CHANNEL, may_take=False), ["alarm_on_it", "case_assign", "case_snooze"]),
        (
            replace(NUDGE, level=Level.IDLE, role=Part.STAND_IN, instead_of="U0PRIYA", may_take=True),
            ["alarm_on_it", "case_take_over"],
        ),
        (replace(NUDGE, level=Level.IDLE, role=Part.CHANNEL, may_assign=True), ["alarm_on_it", "case_assign"]),
        (
            replace(UNOWNED, level=Level.BREACH, role=Part.MANAGER, may_assign=False),
            ["alarm_on_it", "case_take_over", "case_snooze"],
        ),
        (replace(NUDGE, card_link=CARD_LINK), ["case_log_outreach", "case_snooze", "open_card"]),
        (replace(NUDGE, card_link="javascript:alert(1)"), ["case_log_outreach", "case_snooze"]),
    ],
)
def test_the_buttons_are_those_that_the_reader_may_press(alert: Alert, offered: list[str]) -> None:
    assert actions(alert) == offered


@pytest.mark.parametrize(
    ("alert", "said", "offered"),
    [
        (
            replace(BREACH, acknowledged_at=NOW, acknowledged_by="U0ELENA"),
            "@U0ELENA is on it since Sat 21 Nov, 12:05 UTC.",
            ["case_assign", "case_take_over"],
        ),
        (
            replace(BREACH, silence=ON_MONDAY),
            "Reminders are off until Mon 23 Nov, 12:05 UTC: The call is on Monday.",
            ["case_assign", "case_take_over"],
        ),
        (replace(NUDGE, silence=ON_MONDAY), "Reminders are off until", ["case_log_outreach"]),
        (
            replace(BREACH, closed_at=NOW, ending=Event(EventKind.OUTREACH_LOGGED, "U0PRIYA", NOW)),
            "@U0PRIYA logged the outreach Sat 21 Nov, 12:05 UTC.",
            [],
        ),
        (
            replace(
                BREACH,
                closed_at=NOW,
                ending=Event(EventKind.ASSIGNED, "U0ELENA", NOW, before="U0PRIYA", after="U0ELENA"),
            ),
            "@U0ELENA took the case over",
            [],
        ),
        (
            replace(BREACH, closed_at=NOW, ending=Event(EventKind.ASSIGNED, "U0ELENA", NOW, after="U0JEN")),
            "@U0ELENA gave the case to @U0JEN",
            [],
        ),
        (
            replace(BREACH, closed_at=NOW, ending=Event(EventKind.RELEASED, "winback", NOW, before="U0PRIYA")),
            "winback gave the case back to the channel",
            [],
        ),
        (replace(BREACH, closed_at=NOW), "This is dealt with since Sat 21 Nov, 12:05 UTC.", []),
        (replace(BREACH, closed_at=NOW, ending=Event(EventKind.JOINED, "winback", NOW)), "This is dealt with", []),
    ],
)
def test_what_became_of_it_stands_in_its_place(alert: Alert, said: str, offered: list[str]) -> None:
    shown = lines(alert)
    assert any(said in line for line in shown)
    assert actions(alert) == offered
    if alert.over:
        assert shown[0] == "Northwind Traders ($180k): outreach, due Mon 23 Nov, 11:58 UTC."
        assert len(shown) == 2


def test_several_at_once_are_one_message_the_most_urgent_first() -> None:
    normal = replace(LATE, case=replace(LATE.case, urgency=Urgency.NORMAL))
    done = replace(
        BREACH,
        alarm_id=9,
        brief=normal,
        closed_at=NOW,
        ending=Event(EventKind.OUTREACH_LOGGED, "U0PRIYA", NOW),
    )
    stands_in = replace(BREACH, alarm_id=8, brief=normal, instead_of="U0ELENA", role=Part.STAND_IN)
    assert lines(done, NUDGE, UNOWNED, stands_in, BREACH, outage=timedelta(hours=5, minutes=10)) == [
        "winback was not running for 5 h 10 min. This is how things stand now.",
        "4 cases need you",
        "🔴 Northwind Traders ($180k): nobody has contacted Dana in 51 h. Owner @U0PRIYA.",
        "[I'm on it]",
        "🔴 Northwind Traders: nobody owns Dana's case yet, and an owner is due in 2 h, Sat 21 Nov, 16:05 UTC.",
        "[Assign…]",
        "🟡 Northwind Traders: outreach is due in 9 h 30 min, Mon 23 Nov, 11:58 UTC.",
        "[Log outreach]",
        "🔴 Northwind Traders ($180k): nobody has contacted Dana in 51 h. Owner @U0PRIYA.",
        "For @U0ELENA, who is away.",
        "[I'm on it]",
        "✔ Northwind Traders ($180k): outreach, due Mon 23 Nov, 11:58 UTC.",
        "@U0PRIYA logged the outreach Sat 21 Nov, 12:05 UTC.",
    ]


def test_when_all_is_dealt_with_the_message_says_that() -> None:
    over = [replace(BREACH, alarm_id=number, closed_at=NOW) for number in (1, 2)]
    assert lines(*over)[0] == "All of these are in hand"
    assert actions(*over) == []
    assert lines(over[0], replace(BREACH, acknowledged_at=NOW, acknowledged_by="U0ELENA"))[0] == lines(*over)[0]
    one_left = [*over, replace(BREACH, alarm_id=3)]
    assert lines(*one_left)[0] == "1 case needs you"


@pytest.mark.parametrize("number", [2, MOST_ROWS, MOST_ROWS + 1, 500])
def test_a_long_one_ends_with_how_many_more_there_are(number: int) -> None:
    shown = lines(*(replace(BREACH, alarm_id=each) for each in range(number)))
    rows = [line for line in shown if line.startswith("🔴")]
    assert len(rows) == min(number, MOST_ROWS)
    assert (shown[-1] == f"and {number - MOST_ROWS} more on your Home") is (number > MOST_ROWS)


def test_those_that_are_not_drawn_are_counted() -> None:
    some = Bulletin((BREACH,), others=40, others_waiting=7)
    shown = alerts.look(some, currency="USD")
    assert shown is not None
    found = read(shown.blocks)
    assert (found[0], found[-1]) == ("8 cases need you", "and 40 more on your Home")


def test_nothing_is_said_about_nothing() -> None:
    assert alerts.look(Bulletin(()), currency="USD") is None


@pytest.mark.parametrize(
    ("minutes", "before", "since"),
    [
        (0, "1 min", "1 min"),
        (40, "40 min", "40 min"),
        (60, "1 h", "1 h"),
        (570, "9 h 30 min", "9 h"),
        (24 * 60 + 30, "24 h", "24 h"),
        (47 * 60, "47 h", "47 h"),
        (51 * 60, "2 days", "51 h"),
        (100 * 60, "4 days", "4 days"),
    ],
)
def test_how_long_in_words(minutes: int, before: str, since: str) -> None:
    assert (precise(timedelta(minutes=minutes)), so_far(timedelta(minutes=minutes))) == (before, since)


everything = st.builds(
    Alert,
    alarm_id=st.integers(1, 2**63 - 1),
    brief=briefs(),
    step=st.sampled_from([step for step in Step if step is not Step.FLAG]),
    level=st.sampled_from([level for level in Level if level is not Level.IDLE_RELEASE]),
    due_at=moments,
    since=moments,
    role=st.sampled_from(Part),
    instead_of=st.sampled_from(["", "U0PRIYA", "U0ELENA"]),
    reminded=st.integers(0, 10_000),
    others=st.integers(0, 10_000),
    heard=st.lists(st.sampled_from(["U0PRIYA", "U0ELENA", "C0CSLEADS"]), max_size=40).map(tuple),
    promised_at=st.none() | moments,
    promised_by=st.sampled_from(["", "U0ELENA"]),
    acknowledged_at=st.none() | moments,
    acknowledged_by=st.sampled_from(["U0ELENA"]),
    closed_at=st.none() | moments,
    ending=st.none() | st.builds(Event, st.sampled_from(EventKind), st.just("U0PRIYA"), moments, texts, texts, texts),
    silence=st.none() | st.builds(Silence, moments, texts, st.booleans()),
    card_link=texts | st.just(CARD_LINK),
    owner=st.sampled_from(["", "U0PRIYA"]),
    may_assign=st.booleans(),
    may_take=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(everything, min_size=1, max_size=3, unique_by=lambda alert: alert.alarm_id), st.booleans())
def test_any_alarm_fits_slack_and_obeys_no_customer(found: list[Alert], after_an_outage: bool) -> None:
    shown = look(*found, outage=timedelta(days=9) if after_an_outage else None)
    assert message_problems(shown) == []
    for block in shown.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    for text in [shown.text, *parsed_texts(shown.blocks)]:
        for part in text.split("<")[1:]:
            ours = ("!date^", "@U0PRIYA>", "@W0KOFI>", "@U0ELENA>")
            assert part.startswith((*ours, f"{CARD_LINK}|Open card>")), text


@pytest.mark.parametrize(
    "worst", ["👩‍👩‍👧‍👦" * 5_000, "&" * 20_000, "<!channel>" * 900, "*`_~<>" * 3_333, *HOSTILE[:3]]
)
def test_fifteen_of_the_worst_fit(worst: str) -> None:
    brief = replace(
        LATE,
        account=replace(ACCOUNT, name=worst),
        answer=replace(ANSWER, verbatim=worst, contact=replace(ANSWER.contact, name=worst)),
    )
    silence = Silence(NOW, worst, pause=True)
    rows = [replace(BREACH, alarm_id=each, brief=brief, silence=silence) for each in range(200)]
    for number in (1, 2, 15, 200):
        shown = look(*rows[:number])
        assert message_problems(shown) == []
        assert "<!channel" not in "".join([shown.text, *parsed_texts(shown.blocks)])


def test_who_is_not_known_by_name_is_the_customer_within_a_sentence_too() -> None:
    nameless = replace(BREACH.brief, answer=replace(BREACH.brief.answer, contact=Contact("k")))
    said = lines(replace(BREACH, brief=nameless))
    assert any("nobody has contacted the customer in" in line for line in said)
    assert "The customer wrote:" in said


def test_in_a_list_each_row_leads_to_its_card_and_two_of_one_account_are_told_apart() -> None:
    other = replace(UNOWNED, alarm_id=9, level=Level.BREACH, card_link=CARD_LINK)
    kim = replace(other.brief, answer=replace(other.brief.answer, contact=Contact("kim", "Kim Ito")))
    texts_shown = parsed_texts(look(other, replace(other, alarm_id=10, brief=kim)).blocks)
    rows = [text for text in texts_shown if f"<{CARD_LINK}|Open card>" in text]
    assert [("Dana's case" in row, "Kim's case" in row) for row in rows] == [(True, False), (False, True)]
