"""The gate before an Ask goes out: words that decide nothing, names of nobody, days that have passed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.errors import FieldRefusal
from recovery.policy.steps import VAGUE_WORDS
from recovery.readouts.asking_gate import EXAMPLES, MOST_TYPED, UNDECIDED, check_ask, refusals
from recovery.readouts.page import Ask, AskKind
from tests.readouts.pages import ASK
from tests.support.briefs import texts

TODAY = date(2026, 10, 2)


def refused(ask: Ask, vague: tuple[str, ...] = VAGUE_WORDS) -> dict[str, str]:
    """The sentences by field."""
    return {each.field: each.sentence for each in refusals(ask, TODAY, vague)}


def test_a_good_ask_passes() -> None:
    assert refused(ASK) == {}
    check_ask(ASK, TODAY, VAGUE_WORDS)


@pytest.mark.parametrize("kind", list(AskKind))
def test_what_is_shown_as_an_example_would_pass(kind: AskKind) -> None:
    assert refused(Ask(kind, **EXAMPLES[kind], due=TODAY)) == {}


@pytest.mark.parametrize(
    ("decision", "found"),
    [
        ("Discuss the onboarding budget", ["discuss"]),
        ("Let's CONSIDER hiring", ["consider"]),
        ("We monitor the situation", ["monitor"]),
        ("We are monitoring and discussing it", ["monitoring", "discussing"]),
        ("Look into exports", ["look into"]),
        ("Keep an eye on Northwind", ["keep an eye on"]),
        ("Think\u00a0about pricing", ["think about"]),
        ("Give them two engineers; until then monitor weekly", ["monitor"]),
    ],
)
@pytest.mark.parametrize("field", ["decision", "action"])
def test_words_that_decide_nothing_are_named(field: str, decision: str, found: list[str]) -> None:
    said = refused(replace(ASK, **{field: decision}))
    assert set(said) == {field}
    assert all(f"“{word}”" in said[field] for word in found)
    assert EXAMPLES[AskKind.DO][field] in said[field]


@pytest.mark.parametrize(
    "decision",
    [
        "The heartbeat monitor goes live in May",
        "Hire a discussant for the panel",
        "Fund two engineers for onboarding until June",
        "Sollen wir zwei Leute einstellen? Ja, ab März.",
        "エクスポート機能を三月に出す",
    ],
)
def test_words_that_only_look_alike_pass(decision: str) -> None:
    assert refused(replace(ASK, decision=decision)) == {}


def test_the_policys_words_count_in_any_language() -> None:
    said = refused(replace(ASK, decision="Wir prüfen das Onboarding"), ("prüfen",))
    assert "“prüfen” decides nothing" in said["decision"]


@pytest.mark.parametrize("who", ["", "  ", "Someone", "the team", "TBD", "we", "Our team", "?", "n/a", "\u200b"])
def test_nobody_is_named(who: str) -> None:
    assert "Name the person or the team." in refused(replace(ASK, who=who))["who"]


@pytest.mark.parametrize("who", ["Amara Nwosu", "Platform team", "Engineering", "張偉", "Priya & Kofi"])
def test_a_person_or_a_team_is_named(who: str) -> None:
    assert refused(replace(ASK, who=who)) == {}


@pytest.mark.parametrize(
    ("days", "fits"), [(-1, False), (0, True), (366, True), (367, False), (-40000, False), (3_000, False)]
)
def test_the_day_is_within_a_year_from_today(days: int, *, fits: bool) -> None:
    assert ("due" not in refused(replace(ASK, due=TODAY + timedelta(days=days)))) is fits


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b", "👍 👍", "Yes", "x" * (MOST_TYPED + 1) + " y"])
def test_too_little_and_too_much_are_refused(text: str) -> None:
    assert set(refused(replace(ASK, decision=text))) == {"decision"}


@given(st.sampled_from(UNDECIDED), st.booleans())
def test_each_word_is_found_wherever_it_stands(word: str, shout: bool) -> None:
    said = f"Before March, {word.upper() if shout else word} what onboarding costs"
    assert f"“{word}”" in refused(replace(ASK, action=said))["action"]


@settings(max_examples=30)
@given(texts, texts, texts)
def test_anything_typed_passes_or_is_refused_in_a_sentence(decision: str, who: str, action: str) -> None:
    for refusal in refusals(Ask(AskKind.DROP, decision, who, action, TODAY), TODAY, VAGUE_WORDS):
        assert isinstance(refusal, FieldRefusal)
        assert refusal.sentence.endswith((".", "”", "?"))
