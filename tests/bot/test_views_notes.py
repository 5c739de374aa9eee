"""The thread: one line a step, and what of a customer's words stands in it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.views import step_words
from bot.views.notes import note, sentence
from recovery.cases.case import Event, EventKind, Outcome
from recovery.cases.closing import LEAD_ONLY
from recovery.cases.evidence import to_details
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    Entry,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
)
from recovery.survey import Contact
from tests.support.briefs import ANSWER, HOSTILE, NOW, moments, scores, texts
from tests.support.reading import quoted, read
from tests.support.slack_limits import message_problems

DANA = ANSWER.contact
SENTENCES = [
    (Event(EventKind.CLAIMED, "U0PRIYA", NOW, after="U0PRIYA"), ["@U0PRIYA claimed the case."]),
    (
        Event(EventKind.CLAIMED, "U0PRIYA", NOW, before="U0KOFI", after="U0PRIYA"),
        ["@U0PRIYA claimed the case from @U0KOFI."],
    ),
    (Event(EventKind.ASSIGNED, "U0MARCUS", NOW, after="U0PRIYA"), ["@U0MARCUS gave the case to @U0PRIYA."]),
    (
        Event(EventKind.ASSIGNED, "U0MARCUS", NOW, before="U0KOFI", after="U0PRIYA", note="Please call today."),
        ["@U0MARCUS gave the case to @U0PRIYA; @U0KOFI had it until now.", "❝ Please call today."],
    ),
    (Event(EventKind.ASSIGNED, "U0MARCUS", NOW, after="U0MARCUS"), ["@U0MARCUS took the case."]),
    (
        Event(EventKind.ASSIGNED, "U0MARCUS", NOW, before="U0KOFI", after="U0MARCUS"),
        ["@U0MARCUS took the case over from @U0KOFI."],
    ),
    (
        Event(EventKind.RELEASED, "U0PRIYA", NOW, before="U0PRIYA"),
        ["@U0PRIYA released the case. It needs an owner again."],
    ),
    (
        Event(EventKind.RELEASED, "U0MARCUS", NOW, before="U0PRIYA"),
        ["@U0MARCUS took the case from @U0PRIYA. It needs an owner again."],
    ),
    (
        Event(EventKind.WITHDRAWN, "U0MARCUS", NOW, before="open", after="withdrawn", note="Test answer: ours."),
        ["@U0MARCUS withdrew the case.", "❝ Test answer: ours."],
    ),
    (
        Event(EventKind.WITHDRAWN, "U0MARCUS", NOW, before="open", after="duplicate", note="Same as case 40."),
        ["@U0MARCUS closed the case as a duplicate.", "❝ Same as case 40."],
    ),
    (Event(EventKind.JOINED, "winback", NOW, after="9"), ["Dana answered again: 9."]),
    (
        Event(EventKind.JOINED, "winback", NOW, after="3", note="Still waiting."),
        ["Dana answered again: 3.", "❝ Still waiting."],
    ),
    (
        Event(EventKind.SCORE_CHANGED, "winback", NOW, before="2", after="8"),
        ["Dana changed the score from 2 to 8."],
    ),
    (
        Event(EventKind.VERBATIM_CHANGED, "winback", NOW, after="It got worse."),
        ["Dana added a comment.", "❝ It got worse."],
    ),
    (
        Event(EventKind.VERBATIM_CHANGED, "winback", NOW, before="Bad.", after="It got worse."),
        ["Dana changed the comment.", "❝ It got worse."],
    ),
    (Event(EventKind.VERBATIM_CHANGED, "winback", NOW, before="Bad."), ["Dana removed the comment."]),
    (
        Event(EventKind.ROUTED, "winback", NOW, before="U0JEN", after="U0PRIYA", note="Jen gave it back"),
        ["@U0PRIYA is asked first, because Jen gave it back."],
    ),
    (
        Event(
            EventKind.FACTS_CHANGED,
            "winback",
            NOW,
            before="normal",
            after="normal",
            details={"facts": "segment,acv,made_up"},
        ),
        ["More became known of the account: segment and ACV."],
    ),
    (
        Event(
            EventKind.FACTS_CHANGED,
            "winback",
            NOW,
            before="normal",
            after="critical",
            note="renewal near",
            details={"facts": "renewal_date"},
        ),
        ["More became known of the account: renewal date. The case is critical now: renewal near."],
    ),
    (
        Event(EventKind.FACTS_CHANGED, "winback", NOW, before="critical", after="normal"),
        ["More became known of the customer. The case is no longer critical."],
    ),
    (
        Event(EventKind.ROUTED, "winback", NOW, before="U0JEN", note="nobody is free"),
        ["The whole channel is asked, because nobody is free."],
    ),
]


LATER = NOW + timedelta(days=4)


def step(kind: EventKind, entry: Entry, **more: str) -> Event:
    """The event that recovery.cases.ladder writes for an entry logged four days later."""
    said = {"outreach": "note", "conversation": "sentence", "action": "deliverable", "follow_up": "evidence"}
    details = to_details(entry)
    return Event(kind, "U0PRIYA", LATER, note=details.get(said[details["step"]], ""), details={**details, **more})


OUTREACH = Outreach(Channel.CALL, LATER, OutreachResult.REACHED, "She has ten minutes.")
TALK = Conversation(
    LATER, "Dana and Lee", "Long.", "Onboarding", "We need someone technical on our side.", "An engineer."
)
PROMISE = Action(ActionKind.FIX, "CSV export ships.", "U0PRIYA", "Amara Obi", date(2026, 12, 2), (), LATER)
HELD = FollowUp(FollowUpResult.HELD, LATER, "Dana uses it each Monday.")
STEPS = [
    (
        step(EventKind.OUTREACH_LOGGED, OUTREACH),
        ["@U0PRIYA reached Dana (call).", "❝ She has ten minutes."],
    ),
    (
        step(EventKind.OUTREACH_LOGGED, replace(OUTREACH, happened_at=NOW)),
        ["@U0PRIYA reached Dana (call). That was Sat 21 Nov, 12:05 UTC.", "❝ She has ten minutes."],
    ),
    (
        step(EventKind.OUTREACH_LOGGED, replace(OUTREACH, result=OutreachResult.LEFT_MESSAGE, channel=Channel.EMAIL)),
        ["@U0PRIYA left Dana a message (e-mail).", "❝ She has ten minutes."],
    ),
    (
        step(
            EventKind.OUTREACH_LOGGED,
            replace(OUTREACH, result=OutreachResult.MEETING_BOOKED, meeting_at=LATER + timedelta(days=1), note=""),
        ),
        ["@U0PRIYA booked a meeting with Dana for Thu 26 Nov, 12:05 UTC (call)."],
    ),
    (
        step(EventKind.OUTREACH_LOGGED, replace(OUTREACH, result=OutreachResult.BOUNCED, note="")),
        ["@U0PRIYA did not get through to Dana: it bounced (call)."],
    ),
    (
        step(EventKind.OUTREACH_LOGGED, replace(OUTREACH, result=OutreachResult.NO_LONGER_THERE, note="")),
        ["@U0PRIYA found that Dana is no longer there (call)."],
    ),
    (
        step(EventKind.CONVERSATION_LOGGED, TALK),
        ["@U0PRIYA spoke with Dana and Lee. Root cause: Onboarding.", "❝ We need someone technical on our side."],
    ),
    (
        step(EventKind.ACTION_COMMITTED, PROMISE),
        ["@U0PRIYA committed a fix by Wed 2 Dec 2026: @U0PRIYA with Amara Obi.", "❝ CSV export ships."],
    ),
    (
        step(EventKind.ACTION_COMMITTED, replace(PROMISE, kind=ActionKind.HONEST_NO, partner="U0AMARA")),
        ["@U0PRIYA gave an honest no until Wed 2 Dec 2026: @U0PRIYA with @U0AMARA.", "❝ CSV export ships."],
    ),
    (
        step(EventKind.ACTION_COMMITTED, replace(PROMISE, challenged=("soon", "look into"))),
        [
            (
                "@U0PRIYA committed a fix by Wed 2 Dec 2026: @U0PRIYA with Amara Obi. "
                "Kept as worded, with a tick: “soon”, “look into”."
            ),
            "❝ CSV export ships.",
        ],
    ),
    (
        Event(EventKind.ACTION_DONE, "U0AMARA", NOW, before="2026-12-02"),
        ["@U0AMARA says that the action is done."],
    ),
    (
        Event(EventKind.ACTION_SLIPPING, "U0AMARA", NOW, before="2026-12-02", note="The build is red."),
        ["@U0AMARA says that the action slips.", "❝ The build is red."],
    ),
    (
        step(EventKind.FOLLOW_UP_LOGGED, HELD),
        ["@U0PRIYA followed up: the action held.", "❝ Dana uses it each Monday."],
    ),
    (
        step(
            EventKind.FOLLOW_UP_LOGGED,
            replace(HELD, result=FollowUpResult.SLIPPED, new_due=date(2026, 12, 9), resurvey=True),
        ),
        [
            (
                "@U0PRIYA followed up: the action slipped to Wed 9 Dec 2026. "
                "The customer is asked again in the next survey."
            ),
            "❝ Dana uses it each Monday.",
        ],
    ),
    (
        step(EventKind.FOLLOW_UP_LOGGED, replace(HELD, result=FollowUpResult.BROKEN)),
        ["@U0PRIYA followed up: the action broke, so a new one is needed.", "❝ Dana uses it each Monday."],
    ),
    (
        Event(
            EventKind.CORRECTED,
            "U0PRIYA",
            LATER,
            note="wrong button",
            details={**to_details(replace(OUTREACH, channel=Channel.VIDEO)), "corrects": "4"},
        ),
        [
            "@U0PRIYA corrected an entry, which now reads: reached Dana (video call). Reason: wrong button.",
            "❝ She has ten minutes.",
        ],
    ),
    (
        Event(EventKind.CORRECTED, "U0PRIYA", LATER, details={**to_details(TALK), "corrects": "4"}),
        [
            "@U0PRIYA corrected an entry, which now reads: spoke with Dana and Lee. Root cause: Onboarding.",
            "❝ We need someone technical on our side.",
        ],
    ),
    (
        Event(
            EventKind.CORRECTED,
            "U0PRIYA",
            LATER,
            before="reached",
            note="wrong case",
            details={"step": "outreach", "corrects": "4", "struck": "yes"},
        ),
        ["@U0PRIYA took out an outreach that was logged by mistake.", "❝ wrong case"],
    ),
    (
        Event(EventKind.CLOSED, "U0PRIYA", LATER, before="claimed", after="recovered"),
        ["@U0PRIYA closed the case: recovered."],
    ),
    (
        Event(EventKind.CLOSED, "U0PRIYA", LATER, before="claimed", after="unreachable"),
        ["@U0PRIYA closed the case: Dana can't be reached."],
    ),
    (
        Event(EventKind.CLOSED, "U0PRIYA", LATER, after="not_recovered", note="They chose another tool."),
        ["@U0PRIYA closed the case: not recovered.", "❝ They chose another tool."],
    ),
    (
        Event(EventKind.CLOSED, "U0PRIYA", LATER, after="honest_no_accepted", note="Fine."),
        ["@U0PRIYA closed the case: the honest no was accepted.", "❝ Fine."],
    ),
    (
        Event(EventKind.CLOSED, "U0PRIYA", LATER, after="churned", note="Not renewed."),
        ["@U0PRIYA closed the case: the customer has left.", "❝ Not renewed."],
    ),
    (
        Event(EventKind.REOPENED, "U0MARCUS", LATER, before="churned", after="claimed", note="They came back."),
        ["@U0MARCUS reopened the case.", "❝ They came back."],
    ),
    (
        Event(EventKind.MEASURED, "winback", LATER, before="2", after="saved", details={"score": "9"}),
        ["Dana answered again, from 2 to 9: saved."],
    ),
    (
        Event(EventKind.MEASURED, "winback", LATER, before="2", after="not_saved", details={"score": "4"}),
        ["Dana answered again, from 2 to 4: not saved."],
    ),
]


def test_every_result_kind_and_outcome_has_its_words() -> None:
    """A new value of the rules without words here would be told in the vaguest ones."""
    assert {each.value for each in OutreachResult} == set(step_words.REACHED) == set(step_words.OUTREACH_RESULTS)
    assert {each.value for each in ActionKind} == set(step_words.COMMITTED) == set(step_words.KINDS)
    assert {each.value for each in FollowUpResult} == set(step_words.FOLLOWED_UP) == set(step_words.FOLLOW_UP_RESULTS)
    assert {each.value for each in Channel} == set(step_words.CHANNELS)
    assert {each.value for each in Outcome} == set(step_words.OUTCOMES)
    assert {each.value for each in set(Outcome) - LEAD_ONLY} == set(step_words.CLOSED_AS)


@pytest.mark.parametrize(("event", "shown"), SENTENCES + STEPS)
def test_each_step_in_words(event: Event, shown: list[str]) -> None:
    look = note(event, DANA)
    assert look is not None
    assert read(look.blocks) == shown
    assert message_problems(look) == []


def test_every_kind_of_event_has_words() -> None:
    for kind in EventKind:
        parts, text = sentence(Event(kind, "winback", NOW, before="2", after="8"), DANA)
        assert parts
        assert text.endswith(".")


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.FLAGGED, EventKind.ROUTED])
def test_what_the_card_itself_says_is_not_repeated(kind: EventKind) -> None:
    assert note(Event(kind, "winback", NOW, after="U0PRIYA"), DANA) is None


def test_the_notification_of_a_note() -> None:
    look = note(Event(EventKind.ASSIGNED, "U0MARCUS", NOW, after="U0PRIYA", note="Call <today>."), DANA)
    assert look is not None
    assert look.text == "<@U0MARCUS> gave the case to <@U0PRIYA>. 'Call &lt;today&gt;.'"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Dana Okafor", "Dana"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("Dr. Smith", "Dr. Smith"),
        ("Okafor, Dana", "Okafor, Dana"),
        ("J Smith", "J Smith"),
        ("  Tomás\n Fuchs ", "Tomás"),
        ("dana@northwind.example", "dana@northwind.example"),
        ("", "The customer"),
        ("\u200b", "The customer"),
        ("a" * 200, "a" * 59 + "…"),
    ],
)
def test_people_are_called_by_their_first_name_where_it_is_clear(name: str, called: str) -> None:
    look = note(Event(EventKind.JOINED, "winback", NOW, after="9"), Contact("k", name))
    assert look is not None
    assert read(look.blocks) == [f"{called} answered again: 9."]


@pytest.mark.parametrize("hostile", HOSTILE[:2])
def test_a_hostile_comment_in_a_note_is_quoted_as_typed_and_pings_nobody(hostile: str) -> None:
    look = note(Event(EventKind.VERBATIM_CHANGED, "winback", NOW, after=hostile), Contact("k", hostile))
    assert look is not None
    assert quoted(look.blocks) == hostile
    assert "<" not in look.text


DETAILS = sorted({name for event, _ in STEPS for name in event.details})
VALUES = sorted({value for event, _ in STEPS for value in event.details.values()})


@given(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        actor=st.sampled_from(["winback", "U0PRIYA"]),
        at=moments,
        before=st.sampled_from(["", "U0PRIYA"]) | scores.map(str) | texts,
        after=st.sampled_from(["", "U0PRIYA"]) | scores.map(str) | texts,
        note=texts,
        details=st.dictionaries(st.sampled_from(DETAILS), texts | st.sampled_from(VALUES)),
    ),
    texts,
)
def test_any_note_fits_slack(event: Event, name: str) -> None:
    look = note(replace(event, actor=event.actor), Contact("k", name))
    if look is None:
        return
    assert message_problems(look) == []
    for block in look.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    for sequence in look.text.split("<")[1:]:
        assert sequence.startswith(("@U0PRIYA>", "@U0AMARA>", "!date^"))
