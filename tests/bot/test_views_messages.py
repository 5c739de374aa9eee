"""Help, trouble, and direct messages about who owns a case."""

import pytest
from hypothesis import given, settings

from bot.views import alert_words, card, dm, step_words, words
from bot.views.help import help_list
from bot.views.trouble import channel_trouble, unreached
from recovery.cases.brief import Brief
from tests.support.briefs import BRIEF, CLAIMED, NOW, briefs, texts
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1795262700000100"


def test_help_is_short_and_names_only_what_works() -> None:
    look = help_list()
    assert read(look.blocks) == [
        "*winback* makes sure that every unhappy customer hears back from one named person, in time.",
        "`/nps help`: this list",
        "`/nps case`: everything that happened to one case, for example `/nps case 42`",
        "`/nps explain`: why the steps of a case are due when they are, for example `/nps explain 42`",
        "`/nps mine`: your open cases, the most pressing first",
        "`/nps account`: cases and answers of one account, for example `/nps account Northwind`",
        "`/nps away`: your cases go to others and come back, for example `/nps away 2026-12-24..2027-01-02`",
        "`/nps back`: you are here again, and your cases come back to you",
        "`/nps status`: how a programme stands, for example `/nps status last quarter`",
        "`/nps overdue`: the cases that missed a deadline, the most pressing first",
        "`/nps segments`: what groups of customers answer, for example `/nps segments 2026Q3 by role`",
        "`/nps leaders`: who contacts in time and saves, by owner and team",
        "`/nps themes`: what detractors write about, in their own words, for example `/nps themes last quarter`",
        "`/nps readout`: the one page of a quarter and its Ask, for leads, for example `/nps readout 2026Q3`",
        "`/nps decisions`: what was asked for in readouts, what was decided, and what that changed",
        "`/nps actions`: what is done about what many customers say: who, by when, and how one will know",
        "`/nps export`: answers and cases as files, for leads, for example `/nps export 2026Q3`",
        "On a card:",
        "• *Claim*: the case is yours, and everybody sees that",
        "• *Assign…*: a CS lead names the owner",
        "• *Log outreach, Log conversation, Commit action, Follow up*: the steps of the owner; the green one is next",
        (
            "• *⋯*: the customer in the CRM, the history, and with an owner Reassign…, Release, Pause or snooze… "
            "and Close…"
        ),
        "Your cases are in the *Home* tab of this app.",
    ]
    named = " ".join(f"{name} {does}" for name, does in words.HELP_BUTTONS)
    steps = {
        words.CLAIM,
        words.ASSIGN,
        words.REASSIGN,
        words.RELEASE,
        *step_words.LOG.values(),
        step_words.CLOSE_CASE,
        alert_words.PAUSE,
    }
    assert {each for each in steps if each not in named} == set()
    assert message_problems(look) == []


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("hlep", "I don't know “hlep”. Did you mean `/nps help`?"),
        ("HELLP", "I don't know “HELLP”. Did you mean `/nps help`?"),
        ("staus", "I don't know “staus”. Did you mean `/nps status`?"),
        ("<!channel>", "I don't know “<!channel>”."),
    ],
)
def test_an_unknown_word_gets_the_nearest_that_works(word: str, first: str) -> None:
    look = help_list(word)
    assert read(look.blocks)[0] == first
    assert "<!" not in look.text


@given(texts)
def test_any_word_gets_help_that_fits(word: str) -> None:
    look = help_list(word)
    assert message_problems(look) == []
    assert not any("<" in text for text in [look.text, *parsed_texts(look.blocks)])


def test_trouble_says_what_since_when_and_what_helps() -> None:
    look = channel_trouble("nps-relational", "not_in_channel", NOW, waiting=3)
    assert read(look.blocks) == [
        "*I can't post in #nps-relational (not invited).*",
        "Since Sat 21 Nov, 12:05 UTC. The clocks of its cases run on. 3 cards could not be posted there so far.",
        "What helps: type `/invite @winback` in that channel.",
    ]
    assert look.text == (
        "I can't post in #nps-relational (not invited). What helps: type `/invite @winback` in that channel."
    )


@pytest.mark.parametrize(
    ("place", "error", "said"),
    [
        ("C0RELATIONAL", "is_archived", "I can't post in <#C0RELATIONAL> (archived)."),
        ("#nps", "channel_not_found", "I can't post in #nps (not found)."),
        ("nps", "restricted_action_thread_locked", "I can't post in #nps (posting is restricted)."),
        ("nps", "a_new_error", "I can't post in #nps (Slack refuses)."),
        ("U0PRIYA", "user_disabled", "I can't write to <@U0PRIYA> (deactivated)."),
    ],
)
def test_each_trouble_in_words(place: str, error: str, said: str) -> None:
    look = channel_trouble(place, error, NOW)
    assert look.text.startswith(said + " What helps: ")
    assert message_problems(look) == []


def test_a_card_that_is_elsewhere_says_why() -> None:
    look = unreached(card.card(BRIEF, currency="USD"), "nps-relational", "not_in_channel")
    assert read(look.blocks)[:2] == [
        "#nps-relational could not be reached (not invited), so this is here.",
        "🔴 2 · Northwind Traders · $180k · renews in 87 days",
    ]
    assert look.text.startswith("2 from Northwind Traders (")
    assert look.text.endswith(" · #nps-relational could not be reached (not invited), so this is here.")
    assert message_problems(look) == []


def test_a_new_owner_hears_who_gave_what_and_what_is_due() -> None:
    look = dm.given(CLAIMED, "U0MARCUS", currency="USD", note="Please call today.", card_link=LINK)
    assert read(look.blocks) == [
        "@U0MARCUS gave you Northwind Traders: “Please call today.”",
        "🟡 2 · Northwind Traders · $180k · renews in 87 days · Dana Okafor",
        "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
        "Outreach due Mon 23 Nov, 11:58 UTC",
        "[Open card]",
    ]
    assert look.text == "<@U0MARCUS> gave you Northwind Traders: “Please call today.”"
    assert pressed(look.blocks)[0]["url"] == LINK


def test_without_a_note_or_a_link() -> None:
    look = dm.given(CLAIMED, "U0MARCUS", currency="USD")
    assert read(look.blocks)[0] == "@U0MARCUS gave you Northwind Traders."
    assert pressed(look.blocks) == []


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("U0KOFI", "@U0MARCUS gave Northwind Traders to @U0KOFI. You need do nothing more."),
        ("", "@U0MARCUS gave Northwind Traders back to the channel. You need do nothing more."),
    ],
)
def test_the_owner_until_now_hears_who_has_it(to: str, said: str) -> None:
    assert read(dm.moved(BRIEF, "U0MARCUS", to).blocks) == [said]


@settings(max_examples=60)
@given(briefs(), texts, texts)
def test_any_direct_message_fits_slack(brief: Brief, note: str, link: str) -> None:
    for look in (
        dm.given(brief, "U0MARCUS", currency="USD", note=note, card_link=link),
        dm.moved(brief, "U0MARCUS", "U0KOFI", card_link=link),
        unreached(card.card(brief, currency="USD"), link, "not_in_channel"),
    ):
        assert message_problems(look) == []
        for text in [look.text, *parsed_texts(look.blocks)]:
            assert "<!channel" not in text
            assert "<http" not in text.replace(f"<{brief.crm_url}|Open in CRM>", "")
