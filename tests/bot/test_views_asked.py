"""Direct messages about an action: did it hold, the functional partner's word, what the next answer said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import dm
from bot.views.ids import ActionId
from bot.views.look import Look
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind, State
from recovery.cases.progress import PartnerWord
from recovery.cases.steps import ActionKind
from tests.support.briefs import (
    ANSWER,
    BRIEF,
    BROKEN,
    COMMITTED,
    HELD,
    NOW,
    PROMISE,
    SLIPPED,
    TALKED,
    at_step,
    briefs,
    moments,
    texts,
)
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1795262700000100"
QUOTE = "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives."
DELIVERABLE = "Engineering ships CSV export; Priya demos it to Dana on 2 December."
ASKED = [
    "@U0PRIYA counts on you: Northwind Traders was promised this by Wed 2 Dec 2026.",
    f"❝ {DELIVERABLE}",
    "Dana wrote:",
    QUOTE,
]


def measured(before: str, after: str, score: str) -> Event:
    return Event(EventKind.MEASURED, "winback", NOW, before=before, after=after, details={"score": score})


def test_on_the_day_the_owner_is_asked_whether_it_held() -> None:
    look = dm.follow_up_prompt(at_step(COMMITTED), card_link=LINK)
    assert read(look.blocks) == [
        "Northwind Traders: did the action hold?",
        "Fix, due Wed 2 Dec 2026: @U0PRIYA with @U0AMARA",
        DELIVERABLE,
        "Follow-up due 30 days after the action was committed.",
        "Dana wrote:",
        QUOTE,
        "[Held…] [Slipped…] [Broken…]",
        "[Open card]",
    ]
    assert look.text == f"Northwind Traders: did the action hold? '{DELIVERABLE}'"
    assert [(each["action_id"], each["value"]) for each in pressed(look.blocks)[:3]] == [
        (ActionId.FOLLOW_UP_HELD, "42"),
        (ActionId.FOLLOW_UP_SLIPPED, "42"),
        (ActionId.FOLLOW_UP_BROKEN, "42"),
    ]


@pytest.mark.parametrize(("result", "said"), [("held", "it held"), ("slipped", "it slipped"), ("broken", "it broke")])
def test_once_answered_the_prompt_says_who_chose_what_and_when(result: str, said: str) -> None:
    answer = Event(EventKind.FOLLOW_UP_LOGGED, "U0MARCUS", NOW, after=result, details={"result": result})
    look = dm.follow_up_prompt(at_step(HELD), answered=answer)
    assert read(look.blocks)[-1] == f"@U0MARCUS answered Sat 21 Nov, 12:05 UTC: {said}."
    assert pressed(look.blocks) == []


def closed(brief: Brief) -> Brief:
    return replace(brief, case=replace(brief.case, state=State.CLOSED))


@pytest.mark.parametrize("brief", [at_step(BROKEN), at_step(TALKED), closed(at_step(COMMITTED))])
def test_a_prompt_that_nobody_needs_to_answer_has_no_buttons(brief: Brief) -> None:
    look = dm.follow_up_prompt(brief)
    assert read(look.blocks)[-1] == "Nobody needs to answer this any more."
    assert pressed(look.blocks) == []


def test_the_partner_is_asked_without_money_or_scores() -> None:
    look = dm.partner_asked(at_step(COMMITTED), "U0AMARA", commitment=1)
    assert read(look.blocks) == [*ASKED, "[*It is done] [It slips…]"]
    assert look.text == (
        f"<@U0PRIYA> counts on you: Northwind Traders was promised this by Wed 2 Dec 2026. '{DELIVERABLE}'"
    )
    assert "$180k" not in str(look)


def test_the_partner_of_an_honest_no() -> None:
    brief = at_step(replace(COMMITTED, action=replace(PROMISE, kind=ActionKind.HONEST_NO)))
    assert read(dm.partner_asked(brief, "U0AMARA").blocks)[0] == (
        "@U0PRIYA counts on you: Northwind Traders was told this, until Wed 2 Dec 2026."
    )


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        (PartnerWord.DONE, ["You said that it is done, Sun 22 Nov, 12:05 UTC. The owner knows."]),
        (
            PartnerWord.SLIPS,
            ["You said that it slips, Sun 22 Nov, 12:05 UTC. The owner gives the customer a new date.", "[It is done]"],
        ),
    ],
)
def test_what_the_partner_said_stands_in_words(word: PartnerWord, ending: list[str]) -> None:
    said = replace(COMMITTED, partner_word=word, partner_said_at=NOW + timedelta(days=1))
    assert read(dm.partner_asked(at_step(said), "U0AMARA").blocks) == [*ASKED, *ending]


def test_after_a_slip_the_partner_is_asked_for_the_new_date() -> None:
    shown = read(dm.partner_asked(at_step(SLIPPED), "U0AMARA").blocks)
    assert shown[0].endswith("was promised this by Mon 4 Jan 2027.")
    assert shown[-1] == "[*It is done] [It slips…]"


@pytest.mark.parametrize(
    ("brief", "to", "commitment", "said"),
    [
        (at_step(COMMITTED), "U0KOFI", 1, "This is no longer asked of you. You need do nothing more."),
        (at_step(COMMITTED), "U0AMARA", 2, "This is no longer asked of you. You need do nothing more."),
        (at_step(BROKEN), "U0AMARA", 1, "This is no longer asked of you. You need do nothing more."),
        (at_step(TALKED), "U0AMARA", 1, "This is no longer asked of you. You need do nothing more."),
        (closed(at_step(COMMITTED)), "U0AMARA", 1, "This is no longer asked of you. You need do nothing more."),
        (closed(at_step(HELD)), "U0AMARA", 1, "The customer says that it holds. Thank you."),
    ],
)
def test_what_is_over_asks_nothing_of_the_partner(brief: Brief, to: str, commitment: int, said: str) -> None:
    look = dm.partner_asked(brief, to, commitment=commitment)
    assert read(look.blocks) == [f"Northwind Traders: {said}"]
    assert look.text == f"Northwind Traders: {said}"


def test_a_partner_whose_action_held_is_thanked() -> None:
    assert read(dm.partner_asked(at_step(HELD), "U0AMARA").blocks) == [
        *ASKED,
        "The customer says that it holds. Thank you.",
    ]


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (
            Event(EventKind.ACTION_DONE, "U0AMARA", NOW),
            ["@U0AMARA says that the action for Northwind Traders is done. Ask Dana whether it holds."],
        ),
        (
            Event(EventKind.ACTION_SLIPPING, "U0AMARA", NOW, note="The build is red until Friday."),
            [
                "@U0AMARA says that the action for Northwind Traders slips. Give Dana a new date.",
                "❝ The build is red until Friday.",
            ],
        ),
    ],
)
def test_the_owner_hears_what_the_partner_said(event: Event, shown: list[str]) -> None:
    look = dm.partner_answered(at_step(COMMITTED), event, card_link=LINK)
    assert read(look.blocks) == [*shown, "[*Follow up]", "[Open card]"]
    assert read(dm.partner_answered(at_step(BROKEN), event).blocks) == shown


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (measured("2", "saved", "9"), "Northwind Traders went from 2 to 9: saved, $180,000."),
        (measured("2", "not_saved", "4"), "Northwind Traders went from 2 to 4: not saved."),
        (measured("2", "not_saved", "6"), "Northwind Traders went from 2 to 6: not saved."),
        (
            measured("2", "not_saved", "7"),
            "Northwind Traders went from 2 to 7. No action was committed before that, so it doesn't count as saved.",
        ),
        (
            measured("2", "not_saved", "10"),
            "Northwind Traders went from 2 to 10. No action was committed before that, so it doesn't count as saved.",
        ),
    ],
)
def test_the_owner_hears_what_the_next_answer_said(event: Event, said: str) -> None:
    look = dm.saved_line(at_step(HELD), event, currency="USD")
    assert (read(look.blocks), look.text) == ([said], said)


def test_saved_without_a_known_value() -> None:
    look = dm.saved_line(replace(BRIEF, account=None), measured("2", "saved", "9"), currency="USD")
    assert look.text == "Dana Okafor went from 2 to 9: saved."


def test_a_lead_hears_that_an_owner_has_left() -> None:
    look = dm.owner_gone(BRIEF, "U0JEN", card_link=LINK)
    assert read(look.blocks) == [
        "@U0JEN has left, so Northwind Traders needs an owner. @U0PRIYA is asked first.",
        "Owner due Sat 21 Nov, 16:05 UTC",
        "[Open card]",
    ]


def test_without_words_of_the_customer_none_are_quoted() -> None:
    brief = at_step(COMMITTED)
    bare = replace(brief, answer=replace(ANSWER, verbatim=""))
    assert "Dana wrote:" not in read(dm.follow_up_prompt(bare).blocks)
    assert "Dana wrote:" not in read(dm.partner_asked(bare, "U0AMARA").blocks)


any_event = st.builds(
    Event,
    st.sampled_from(EventKind),
    st.sampled_from(["U0PRIYA", "winback"]),
    moments,
    texts,
    texts,
    texts,
    st.dictionaries(st.sampled_from(["score", "result"]), texts),
)


@settings(max_examples=60)
@given(briefs(), any_event, texts)
def test_any_message_about_an_action_fits_slack(brief: Brief, event: Event, link: str) -> None:
    messages: tuple[Callable[[], Look], ...] = (
        lambda: dm.follow_up_prompt(brief, card_link=link),
        lambda: dm.follow_up_prompt(brief, answered=event, card_link=link),
        lambda: dm.partner_asked(brief, "U0PRIYA"),
        lambda: dm.partner_asked(brief, brief.case.progress.action.partner if brief.case.progress.action else ""),
        lambda: dm.partner_answered(brief, event, card_link=link),
        lambda: dm.saved_line(brief, event, currency="USD", card_link=link),
        lambda: dm.owner_gone(brief, "U0PRIYA", card_link=link),
    )
    for message in messages:
        look = message()
        assert message_problems(look) == []
        for text in [look.text, *parsed_texts(look.blocks)]:
            assert all(part.startswith(("!date^", "@U0PRIYA>", "@W0KOFI>")) for part in text.split("<")[1:])
