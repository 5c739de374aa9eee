"""What people type behind `/nps status` and its like, in any order, with slips, and what no one should type."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking
from bot.flows.figures.asking import Asked
from bot.house import House
from bot.views.figures.place import Place, Shown, place_value, read_place
from recovery.errors import NotAllowed, Refusal
from recovery.figures.dimensions import Dimension
from recovery.policy.file import load_policy
from store.slack.people import Directory, Person
from store.slack.people import Place as Channel
from tests.support.briefs import texts

POLICY = load_policy((Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8"))
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RELATIONAL, ONBOARDING, LEADS = "C0RELATIONAL", "C0ONBOARDING", "C0CSLEADS"
PRIYA, SAM, MARCUS = "U0PRIYA", "U0STRANGER", "U0MARCUS"


def house(**changes: object) -> House:
    people = {
        PRIYA: Person(PRIYA, "priya@acme.example"),
        MARCUS: Person(MARCUS, "marcus@acme.example"),
        SAM: Person(SAM, "s@x.example"),
    }
    places = {ref: Channel(ref, ref) for ref in (RELATIONAL, ONBOARDING, LEADS)}
    directory = Directory(
        people, {each.email: each.user_id for each in people.values()}, places,
        {RELATIONAL: frozenset({PRIYA}), ONBOARDING: frozenset()},
    )  # fmt: skip
    return House(POLICY.model_copy(update=changes), directory)


def read(text: str, user: str = PRIYA, channel: str = "", what: Shown = Shown.STATUS) -> Asked:
    return asking.read(house(), what, text, Asker(user, channel), AT)


@pytest.mark.parametrize(
    ("typed", "programme", "period"),
    [
        ("", "relational", "2026Q4"),
        ("relational", "relational", "2026Q4"),
        ("Onboarding", "onboarding", "2026Q4"),
        ("onboarding last quarter", "onboarding", "2026Q3"),
        ("last quarter onboarding", "onboarding", "2026Q3"),
        ("2026Q3 RELATIONAL", "relational", "2026Q3"),
        ("relational  2026-09", "relational", "2026-09"),
        ("30d", "relational", "30d"),
        ("september", "relational", "2026-09"),
        ("onboarding 2026-06-01..2026-06-30", "onboarding", "2026-06-01..2026-06-30"),
        ("relational this quarter", "relational", "2026Q4"),
    ],
)
def test_programme_and_period_in_any_order(typed: str, programme: str, period: str) -> None:
    found = read(typed)
    assert (found.programme.key, found.period.key) == (programme, period)
    assert found.place == Place(Shown.STATUS, programme, period)
    assert asking.of_place(house(), read_place(place_value(found.place)), AT) == found


def test_a_name_of_several_words_is_found_at_both_ends() -> None:
    named = POLICY.programmes["onboarding"].model_copy(update={"name": "Straße nach Go-live"}).keyed("onboarding")
    it = house(programmes={"relational": POLICY.programmes["relational"], "onboarding": named})
    for typed in ("straße nach go-live 2026Q3", "2026Q3 Straße nach Go-live", "STRASSE NACH GO-LIVE 2026Q3"):
        found = asking.read(it, Shown.STATUS, typed, Asker(PRIYA), AT)
        assert (found.programme.key, found.period.key) == ("onboarding", "2026Q3")


def test_without_a_programme_the_channel_decides_then_what_one_may_see() -> None:
    assert read("", PRIYA, ONBOARDING).programme.key == "onboarding"
    assert read("", PRIYA, "D0DIRECT").programme.key == "relational"
    assert read("", MARCUS).programme.key == "relational"
    with pytest.raises(NotAllowed, match="You see no programme's cases yet"):
        read("", SAM)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("relatonal", 'I know no programme “relatonal”; did you mean "relational"?'),
        ("onbording 2026Q3", 'I know no programme “onbording 2026Q3”; did you mean "onboarding"?'),
        ("2026Q7", "2026Q7"),
        ("last quarte", 'did you mean "last quarter"?'),
        ("relational yesterdayish", "is no period"),
        ("zebra", "“zebra” is neither a programme nor a period; programmes here: relational, onboarding."),
        ("2027Q1", "hasn't begun yet"),
        ("<!channel>", "“<!channel>” is neither"),
        ("x" * 900, "is neither a programme nor a period"),
    ],
)
def test_other_words_are_refused_with_what_would_do(typed: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(typed, MARCUS)
    assert said in refused.value.sentence
    assert len(refused.value.sentence) < 250


@pytest.mark.parametrize(
    ("typed", "dimension", "period"),
    [
        ("by role", Dimension.ROLE, "2026Q4"),
        ("2026Q3 by ACV", Dimension.ACV_BAND, "2026Q3"),
        ("relational last quarter by regions", Dimension.REGION, "2026Q3"),
        ("", Dimension.SEGMENT, "2026Q4"),
    ],
)
def test_segments_are_grouped_by_what_is_asked(typed: str, dimension: Dimension, period: str) -> None:
    found = read(typed, what=Shown.SEGMENTS)
    assert (found.place.dimension, found.period.key) == (dimension, period)


def test_a_grouping_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(Refusal, match='Answers aren\'t grouped by “rolle”; did you mean "role"'):
        read("by rolle", what=Shown.SEGMENTS)
    with pytest.raises(Refusal, match="known here: segment"):
        read("by zzzz", what=Shown.SEGMENTS)


def test_only_the_programmes_own_channels_are_shown_figures() -> None:
    it, relational = house(), POLICY.programmes["relational"]
    allowed = {
        channel
        for channel in (RELATIONAL, ONBOARDING, LEADS, "C0GENERAL", "")
        if asking.may_share(it, relational, channel)
    }
    assert allowed == {RELATIONAL, LEADS}


def test_a_button_of_a_programme_that_is_gone_says_so() -> None:
    with pytest.raises(Refusal, match="no longer has this programme"):
        asking.of_place(house(), Place(Shown.STATUS, "gone", "2026Q3"), AT)


@given(texts)
def test_whatever_is_typed_is_understood_or_refused(typed: str) -> None:
    for what in Shown:
        refusal = ""
        try:
            found = read(typed, what=what)
        except Refusal as refused:
            refusal = refused.sentence
        else:
            assert read_place(place_value(found.place)) == found.place
        assert len(refusal) < 400
