"""What the words of `/nps` answer: one case, my cases, an account, being away."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import answers
from bot.views.answers import PastAnswer
from bot.views.home import HomeRow
from bot.views.ids import ActionId
from bot.views.look import Look
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind
from tests.support.briefs import (
    ANSWER,
    COMMITTED,
    CONTACTED,
    HOSTILE,
    NOW,
    WITHDRAWN,
    at_step,
    briefs,
    moments,
    texts,
)
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

LINK = "https://acme.slack.example/archives/C0RELATIONAL/p1"
CLAIM = Event(EventKind.CLAIMED, "U0PRIYA", NOW, after="U0PRIYA")
QUOTE = "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives."
FIRST, LAST = date(2026, 12, 24), date(2027, 1, 2)


def row(case_id: int = 42, account: str = "Northwind Traders", brief: Brief | None = None) -> HomeRow:
    case = replace((brief or at_step(CONTACTED)).case, id=case_id)
    return HomeRow(case, 2, account, "Dana Okafor", Decimal(180_000), LINK)


def test_a_case_with_its_whole_history() -> None:
    events = [Event(EventKind.OPENED, "winback", NOW, after="2"), replace(CLAIM, at=NOW + timedelta(minutes=3))]
    look = answers.case_answer(at_step(CONTACTED), events, currency="USD", card_link=LINK)
    assert read(look.blocks) == [
        "🟡 2 · Northwind Traders · $180k · renews in 83 days",
        "Dana Okafor",
        QUOTE,
        "@U0PRIYA · ✔ flagged ✔ assigned ✔ outreach ● conversation due Sat 28 Nov, 11:58 UTC ○ action ○ follow-up",
        "---",
        "Sat 21 Nov, 12:05 UTC · Dana answered 2; winback opened the case.",
        "Sat 21 Nov, 12:08 UTC · @U0PRIYA claimed the case.",
        "[History] [Open card]",
    ]
    assert look.text == "Case 42, Northwind Traders: what happened so far."
    assert pressed(look.blocks)[0]["action_id"] == ActionId.HISTORY


def test_a_closed_case_says_how_it_ended() -> None:
    look = answers.case_answer(WITHDRAWN, [CLAIM], currency="USD", closed_by="U0MARCUS")
    assert "⚫ 2 · Northwind Traders · Withdrawn by @U0MARCUS: Test answer: our own set-up." in read(look.blocks)


@pytest.mark.parametrize("number", [0, 1, 41, 42, 43, 2_000])
def test_a_long_history_keeps_the_newest_and_says_where_the_rest_is(number: int) -> None:
    events = [replace(CLAIM, at=NOW + timedelta(minutes=minute)) for minute in range(number)]
    look = answers.case_answer(at_step(CONTACTED), events, currency="USD")
    assert message_problems(look) == []
    shown = sum("claimed" in line for line in read(look.blocks))
    assert shown > 0 or not number
    left_out = [line for line in read(look.blocks) if "left out" in line]
    expected = f"{number - shown:,} older events left out here: History has them."
    assert left_out == ([expected] if number > shown else [])


def test_my_cases_each_with_its_next_step() -> None:
    look = answers.mine_answer([row(), row(43, brief=at_step(COMMITTED))], 30, currency="USD", at=NOW)
    assert read(look.blocks) == [
        "*You own 30 open cases.* The most pressing first:",
        "🟡 2 · Northwind Traders · $180k | Conversation due Sat 28 Nov, 11:58 UTC · [Open card]",
        "[Log conversation]",
        "🟢 2 · Northwind Traders · $180k | Follow-up due Thu 24 Dec, 12:05 UTC · [Open card]",
        "[Follow up]",
        "28 more cases are in the *Home* tab of this app.",
    ]


@pytest.mark.parametrize(
    ("rows", "total", "lines"),
    [([], 0, ["You own no open case."]), ([row()], 1, ["*You own 1 open case.* The most pressing first:"])],
)
def test_no_case_and_one_case(rows: list[HomeRow], total: int, lines: list[str]) -> None:
    shown = read(answers.mine_answer(rows, total, currency="USD", at=NOW).blocks)
    assert shown[:1] == lines
    assert not any("more" in line and "Home" in line for line in shown)


def test_an_account_with_its_cases_and_what_its_people_answered() -> None:
    past = [
        PastAnswer(9, "Ada Lin", "Relational", NOW, "Great team."),
        PastAnswer(5, "", "Onboarding", NOW - timedelta(days=80)),
    ]
    look = answers.account_answer(
        "Northwind Traders", [row(), row(40, brief=WITHDRAWN)], past, currency="USD", at=NOW, answers_total=12
    )
    assert read(look.blocks) == [
        "*Northwind Traders*: 2 cases, 12 answers.",
        "🟡 2 · Northwind Traders · $180k | Conversation due Sat 28 Nov, 11:58 UTC · [Open card]",
        "⚫ 2 · Northwind Traders · $180k | Withdrawn · [Open card]",
        "9 · Ada Lin · Relational · Sat 21 Nov, 12:05 UTC",
        "❝ Great team.",
        "5 · No name given · Onboarding · Wed 2 Sep, 12:05 UTC",
        "10 more answers left out here.",
    ]
    assert pressed(look.blocks) == []


@pytest.mark.parametrize(
    ("near", "said"),
    [
        ([], "I know no account “Nortwind”, or none whose cases you may see."),
        (
            ["Northwind Traders", "Norwich"],
            (
                "I know no account “Nortwind”, or none whose cases you may see. "
                "Did you mean “Northwind Traders”, “Norwich”?"
            ),
        ),
    ],
)
def test_an_unknown_account_gets_those_that_come_near(near: list[str], said: str) -> None:
    assert read(answers.account_unknown("Nortwind", near).blocks) == [said]


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (
            answers.away_answer(FIRST, LAST, open_cases=3),
            (
                "*You are away from Thu 24 Dec 2026 to Sat 2 Jan 2027.* Your 3 open cases will be handed on when that "
                "begins, and come back to you on Sun 3 Jan 2027."
            ),
        ),
        (
            answers.away_answer(FIRST, FIRST, handed={"U0JEN": 1, "": 2, "U0KOFI": 3}),
            (
                "*You are away on Thu 24 Dec 2026.* Until Fri 25 Dec 2026, when you are back, others look after your "
                "cases: 3 with @U0KOFI, 1 with @U0JEN, 2 back in the channel."
            ),
        ),
        (
            answers.away_answer(FIRST, LAST),
            (
                "*You are away from Thu 24 Dec 2026 to Sat 2 Jan 2027.* You own no open case, and none comes to you "
                "until you are back."
            ),
        ),
        (answers.away_over(2), "*You are here again.* 2 cases came back to you."),
        (answers.away_over(0), "*You are here again.*"),
        (answers.away_over(0, was_away=False), "You were not away."),
        (
            answers.away_usage(away=(FIRST, LAST)),
            (
                "You are away from Thu 24 Dec 2026 to Sat 2 Jan 2027. From when to when? Type both days, for example "
                "`/nps away 2026-12-24..2027-01-02`. `/nps back` takes it back, also before it begins."
            ),
        ),
        (answers.case_usage(), "Which case? Type its number, for example `/nps case 42`."),
        (answers.account_usage(), "Which account? Type `/nps account Northwind`."),
    ],
)
def test_each_answer_in_words(look: Look, said: str) -> None:
    assert read(look.blocks) == [said]
    assert message_problems(look) == []


def test_away_to_the_end_of_time() -> None:
    assert message_problems(answers.away_answer(FIRST, date.max, open_cases=1)) == []


@settings(max_examples=40)
@given(
    briefs(),
    st.lists(
        st.builds(Event, st.sampled_from(EventKind), st.just("U0PRIYA"), moments, texts, texts, texts), max_size=20
    ),
    st.lists(st.tuples(texts, texts, texts), max_size=10),
    texts,
)
def test_any_answer_fits_slack_and_obeys_no_customer(
    brief: Brief, events: list[Event], names: list[tuple[str, str, str]], link: str
) -> None:
    rows = [HomeRow(replace(brief.case, id=n), 0, name, who, None, link) for n, (name, who, _) in enumerate(names)] * 3
    rows = [replace(each, case=replace(each.case, id=number)) for number, each in enumerate(rows)]
    past = [PastAnswer(0, name, who, NOW, said) for name, who, said in names] * 3
    for look in (
        answers.case_answer(brief, events * 5, currency="USD", closed_by="U0PRIYA", card_link=link),
        answers.mine_answer(rows, len(rows) + 5, currency="USD", at=NOW),
        answers.account_answer(link, rows, past, currency="USD", at=NOW),
        answers.account_unknown(link, [name for name, _, _ in names]),
    ):
        assert message_problems(look) == []
        for text in [look.text, *parsed_texts(look.blocks)]:
            assert all(part.startswith(("!date^", "@U0PRIYA>", "@W0KOFI>", "http")) for part in text.split("<")[1:])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_twenty_hostile_rows_fit_one_message(hostile: str) -> None:
    rows = [row(number, hostile * 90) for number in range(20)]
    look = answers.mine_answer(rows, 5_000, currency="USD", at=NOW)
    assert message_problems(look) == []
    assert read(look.blocks)[-1].endswith("more cases are in the *Home* tab of this app.")


@pytest.mark.parametrize("comment", ["👍" * 20_000, "<!channel> " * 2_000, "\n" * 20_000 + "deep"])
def test_a_case_with_a_huge_comment_still_tells_its_history(comment: str) -> None:
    brief = at_step(COMMITTED)
    look = answers.case_answer(
        replace(brief, answer=replace(ANSWER, verbatim=comment)), [CLAIM] * 60, currency="USD", card_link=LINK
    )
    assert message_problems(look) == []
    assert any("claimed" in line for line in read(look.blocks))
