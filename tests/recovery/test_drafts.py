"""The first message to a customer, as it is copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.drafts import outreach_draft
from recovery.errors import PolicyError
from recovery.policy.file import load_policy
from recovery.policy.steps import DRAFT
from tests.recovery.policies import SOUND, bent, sound


def _policy(table: str) -> str:
    return bent("[capacity]", f"{table}\n\n[capacity]")


def test_the_default_says_what_the_playbook_asks_for() -> None:
    text = outreach_draft(sound().drafts.outreach, first_name="Dana", score=2, quote="A disaster.", sender="Priya")
    assert text == (
        "Hi Dana,\n\n"
        "Thank you for your honest answer: you gave us 2 out of 10.\n"
        "You wrote: “A disaster.”\n\n"
        "I'd like to understand what happened. Could we talk for 25 minutes this week? No slides, no deck.\n"
        "In that call I'll tell you what I can commit to myself, "
        "and what I have to escalate, to whom and until when.\n\n"
        "Priya"
    )


def test_without_a_comment_or_a_name_it_still_reads_well() -> None:
    text = outreach_draft(DRAFT, first_name=" ", score=0, quote=" \n ", sender="Priya")
    assert text.startswith("Hi there,\n\nThank you for your honest answer: you gave us 0 out of 10.\n\nI'd like")
    assert "“" not in text


@given(st.text(), st.text(max_size=200), st.text())
def test_what_people_wrote_is_never_a_placeholder(name: str, quote: str, sender: str) -> None:
    template = "{first_name}|{score}|{quote}|{sender}"
    filled = outreach_draft(template, first_name=name, score=3, quote=quote, sender=sender)
    if quote.split():
        expected = f"{name.strip() or 'there'}|3|{' '.join(quote.split())}|{sender.strip()}"
        assert filled in {expected, expected.strip()} or "\n\n\n" in expected
    else:
        assert filled == ""


def test_braces_of_a_customer_stay() -> None:
    assert outreach_draft("{quote}", first_name="", score=1, quote="{sender} {score} {x}", sender="P") == (
        "{sender} {score} {x}"
    )


@pytest.mark.parametrize(
    ("template", "finding"),
    [
        ("Hi {first_name}, {score}", "{quote} is missing; the customer should see that we read the answer."),
        ("{score} {quote}", "{first_name} is missing"),
        ("{first_name} {quote}", "{score} is missing"),
        ("{first_name} {score} {quote} {account}", '"{account}" is no placeholder; known here: {first_name}, {score}'),
        ("{first_name} {score} {quote} {", '"{" is no placeholder'),
        ("{first_name} {score} {quote} }", '"}" is no placeholder'),
        ("{first_name!r} {first_name} {score} {quote}", '"{first_name!r}" is no placeholder'),
        ("", "It is empty."),
        ("{first_name} {score} {quote}" + "x" * 1500, "1528 characters long; 1500 fit"),
    ],
)
def test_a_draft_is_checked_when_the_policy_is_loaded(template: str, finding: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(_policy(f'[drafts]\noutreach = "{template}"'))
    assert "drafts.outreach: " in refused.value.sentence
    assert finding in refused.value.sentence


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        ("[recovery]\nroot_causes = []", "recovery.root_causes: It needs at least one entry."),
        ('[recovery]\nroot_causes = ["A", "A"]', '"A" stands in the list twice.'),
        ('[recovery]\nroot_causes = ["?"]', "has no letter in it"),
        (
            f'[recovery]\nroot_causes = ["A", "{"x" * 76}"]',
            "is 76 characters long; Slack shows 75 of a choice, so make it shorter.",
        ),
        (f'[recovery]\nroot_causes = ["{"é " * 40}"]', "recovery.root_causes: "),
        ("[recovery]\nunreachable_attempts = 0", "0 is too small; the least is 1."),
        ("[recovery]\nunreachable_channels = 7", "7 is too large; the most is 6."),
        ('[recovery]\nunreachable_attempts = "3"', "is not a whole number"),
        ("[recovery]\nroot_cause = []", 'no such key; did you mean "root_causes"?'),
        ("[commitment]\nfurthest_days = 0", "0 is too small; the least is 1."),
        ('[commitment]\nvague_words = ["..."]', "has no letter in it"),
        ("[commitment]\nvague_words = 3", "is not a list"),
        ("[drafts]\noutreach = 3", "is not a text"),
    ],
)
def test_the_tables_of_the_steps_are_checked(table: str, finding: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(_policy(table))
    assert finding in refused.value.sentence


def test_a_root_cause_that_just_fits_is_taken_and_an_example_is_given_for_others() -> None:
    longest = "x" * 74 + "é"
    assert load_policy(_policy(f'[recovery]\nroot_causes = ["  {longest} "]')).recovery.root_causes == (longest,)
    with pytest.raises(PolicyError) as refused:
        load_policy(_policy(f'[recovery]\nroot_causes = ["{longest}x"]'))
    assert 'For example: root_causes = ["Onboarding", "Product gap"]' in refused.value.sentence


def test_a_policy_needs_none_of_these_tables() -> None:
    policy = load_policy(SOUND)
    assert policy.recovery.unreachable_attempts == 3
    assert policy.recovery.unreachable_channels == 2
    assert policy.commitment.furthest_days == 180
    assert "pass it on" in policy.commitment.vague_words
