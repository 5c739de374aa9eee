"""The thread: one line a step, and what of a customer's words stands in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.views.notes import note, sentence
from recovery.case import Event, EventKind
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
        Event(EventKind.ROUTED, "winback", NOW, before="U0JEN", note="nobody is free"),
        ["The whole channel is asked, because nobody is free."],
    ),
]


@pytest.mark.parametrize(("event", "shown"), SENTENCES)
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


@given(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        actor=st.sampled_from(["winback", "U0PRIYA"]),
        at=moments,
        before=st.sampled_from(["", "U0PRIYA"]) | scores.map(str) | texts,
        after=st.sampled_from(["", "U0PRIYA"]) | scores.map(str) | texts,
        note=texts,
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
        assert sequence.startswith("@U0PRIYA>")
