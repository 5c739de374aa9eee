"""Help, trouble, direct messages and the App Home."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.views import card, dm, words
from bot.views.help import help_list
from bot.views.home import HomeRow, home
from bot.views.trouble import channel_trouble, unreached
from recovery.brief import Brief
from recovery.case import Urgency
from tests.support.briefs import BRIEF, CASE, CLAIMED, HOSTILE, NOW, briefs, texts
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts, view_problems

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1795262700000100"
ROW = HomeRow(CLAIMED.case, 2, "Northwind Traders", "Dana Okafor", Decimal(180_000), LINK)


def test_help_is_short_and_names_only_what_works() -> None:
    look = help_list()
    assert read(look.blocks) == [
        "*winback* makes sure that every unhappy customer hears back from one named person, in time.",
        "`/nps help`: this list",
        "On a card:",
        "• *Claim*: the case is yours, and everybody sees that",
        "• *Assign…*: a CS lead names the owner",
        "• *Release*: the owner or a lead gives it back to the channel",
        "• *⋯*: the customer in the CRM, the history with the whole comment, and Withdraw… for leads",
        "Your cases are in the *Home* tab of this app.",
    ]
    buttons = {words.CLAIM, words.ASSIGN, words.RELEASE}
    assert buttons <= {name for name, _ in words.HELP_BUTTONS}
    assert message_problems(look) == []


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("hlep", "I don't know “hlep”. Did you mean `/nps help`?"),
        ("HELLP", "I don't know “HELLP”. Did you mean `/nps help`?"),
        ("status", "I don't know “status”."),
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
            assert "<http" not in text


def test_home_shows_mine_and_those_that_wait() -> None:
    waiting = replace(ROW, case=replace(CASE, id=43), account_name="Fabrikam", acv=None, card_link="")
    view = home([ROW], [waiting], currency="USD", at=NOW)
    assert read(view["blocks"]) == [
        "Your cases (1)",
        "🟡 2 · Northwind Traders · $180k | Outreach due Mon 23 Nov, 11:58 UTC",
        "[Open card]",
        "Waiting for an owner (1)",
        "🔴 2 · Fabrikam | Owner due Sat 21 Nov, 16:05 UTC",
    ]


def test_an_empty_home_says_so_kindly() -> None:
    view = home([], [], currency="USD", at=NOW)
    assert read(view["blocks"]) == [
        "Your cases",
        "Nothing waits for you.",
        "Waiting for an owner",
        "Every case has an owner.",
    ]
    assert view_problems(view) == []


def test_the_most_pressing_case_is_first() -> None:
    def row(case_id: int, urgency: Urgency, hours: int) -> HomeRow:
        deadlines = replace(CASE.deadlines, outreach=NOW + timedelta(hours=hours))
        case = replace(CLAIMED.case, id=case_id, urgency=urgency, deadlines=deadlines)
        return HomeRow(case, 2, f"account {case_id}", "", None)

    rows = [
        row(1, Urgency.NORMAL, 5),
        row(2, Urgency.NORMAL, -5),
        row(3, Urgency.CRITICAL, 9),
        row(4, Urgency.NORMAL, 1),
        row(5, Urgency.CRITICAL, -1),
    ]
    view = home(rows, [], currency="USD", at=NOW)
    assert [block["block_id"] for block in view["blocks"][1:6]] == [f"home:mine:{n}" for n in (5, 3, 2, 4, 1)]


@pytest.mark.parametrize(
    ("page", "shown", "pager"),
    [
        (1, 40, ["Page 1 of 3", "[Next]"]),
        (2, 25, ["Page 2 of 3", "[Back] [Next]"]),
        (3, 5, ["Page 3 of 3", "[Back]"]),
        (99, 5, ["Page 3 of 3", "[Back]"]),
        (-7, 40, ["Page 1 of 3", "[Next]"]),
    ],
)
def test_home_goes_by_pages(page: int, shown: int, pager: list[str]) -> None:
    mine = [replace(ROW, case=replace(ROW.case, id=n)) for n in range(45)]
    waiting = [replace(ROW, case=replace(CASE, id=n)) for n in range(100, 125)]
    view = home(mine, waiting, currency="USD", at=NOW, page=page)
    assert view_problems(view) == []
    lines = read(view["blocks"])
    assert lines[-2:] == pager
    assert sum("Northwind" in line for line in lines) == shown
    if page == 2:
        assert [button["value"] for button in pressed(view["blocks"])[-2:]] == ["1", "3"]


def test_a_list_that_ends_before_the_page_is_left_out() -> None:
    mine = [replace(ROW, case=replace(ROW.case, id=n)) for n in range(45)]
    lines = read(home(mine, [], currency="USD", at=NOW, page=2)["blocks"])
    assert "Every case has an owner." in lines
    waiting = [replace(ROW, case=replace(CASE, id=99))]
    lines = read(home(mine, waiting, currency="USD", at=NOW, page=2)["blocks"])
    assert not any(line.startswith("Waiting") for line in lines)


@settings(max_examples=50)
@given(st.lists(st.tuples(texts, texts), max_size=30), st.integers(-5, 50), texts)
def test_any_home_fits_slack(names: list[tuple[str, str]], page: int, link: str) -> None:
    rows = [HomeRow(replace(CASE, id=n), 0, account, contact, None, link) for n, (account, contact) in enumerate(names)]
    view = home(rows, rows, currency="USD", at=NOW, page=page)
    assert view_problems(view) == []
    View(**view).validate_json()
    assert not any("<!channel" in text for text in parsed_texts(view["blocks"]))


def test_hostile_names_stay_names() -> None:
    row = replace(ROW, account_name=HOSTILE[0])
    left = read(home([row], [], currency="USD", at=NOW)["blocks"])[1]
    assert left.startswith("🟡 2 · <!channel> <@U0PRIYA> <#C0RELATIONAL>")
