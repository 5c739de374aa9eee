"""The table [figures]: what it says, and what is refused with its line, its reason and what would do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.errors import PolicyError
from recovery.figures.dimensions import Dimension
from recovery.policy.file import FigureRules, load_policy
from tests.recovery.policies import SOUND

FULL = """
[figures]
fiscal_year_starts = 4
acv_bands = [5000, 20000]
enough_in_group = 20
enough_overall = 60
targets = { segment = 150, role = 0, plan = 40 }
strengths = ["enterprise"]
programme_cost = 120000
"""


def test_without_the_table_the_playbook_holds() -> None:
    rules = load_policy(SOUND).figures
    assert (rules.fiscal_year_starts, rules.acv_bands) == (1, (10000, 50000, 250000))
    assert (rules.enough(overall=False), rules.enough(overall=True)) == (30, 100)
    assert {each.value: rules.target(each) for each in Dimension} == {
        "segment": 200,
        "acv_band": 100,
        "tenure": 100,
        "role": 50,
        "surface": 75,
        "plan": None,
        "region": None,
        "csm": None,
    }
    assert (rules.strengths, rules.programme_cost) == ((), Decimal(0))


def test_everything_said_is_read_and_the_other_targets_stay() -> None:
    rules = load_policy(SOUND + FULL).figures
    assert (rules.fiscal_year_starts, rules.acv_bands) == (4, (5000, 20000))
    assert (rules.enough(overall=False), rules.enough(overall=True)) == (20, 60)
    assert {each.value: rules.target(each) for each in Dimension} == {
        "segment": 150,
        "acv_band": 100,
        "tenure": 100,
        "role": None,
        "surface": 75,
        "plan": 40,
        "region": None,
        "csm": None,
    }
    assert (rules.strengths, rules.programme_cost) == (("enterprise",), Decimal(120000))


BENT = [
    ("fiscal_year_starts = 4", "fiscal_year_starts = 0", "fiscal_year_starts", "the least is 1"),
    ("fiscal_year_starts = 4", "fiscal_year_starts = 13", "fiscal_year_starts", "the most is 12"),
    ("fiscal_year_starts = 4", 'fiscal_year_starts = "April"', "fiscal_year_starts", "not a whole number"),
    ("fiscal_year_starts = 4", "fiscal_year_start = 4", "fiscal_year_start", 'did you mean "fiscal_year_starts"?'),
    ("acv_bands = [5000, 20000]", "acv_bands = [20000, 5000]", "acv_bands", "5000 stands after 20000"),
    ("acv_bands = [5000, 20000]", "acv_bands = [5000, 5000]", "acv_bands", "rising order"),
    ("acv_bands = [5000, 20000]", "acv_bands = [0, 5000]", "acv_bands", "begins at 0 by itself"),
    ("acv_bands = [5000, 20000]", "acv_bands = []", "acv_bands", "at least one entry"),
    ("acv_bands = [5000, 20000]", "acv_bands = [5000.5]", "acv_bands", "not a whole number"),
    ("acv_bands = [5000, 20000]", "acv_bands = 5000", "acv_bands", "square brackets"),
    ("acv_bands = [5000, 20000]", f"acv_bands = {list(range(1, 22))}", "acv_bands", "20 are the most"),
    ("enough_in_group = 20", "enough_in_group = 0", "enough_in_group", "the least is 1"),
    ("enough_in_group = 20", "enough_in_group = 61", "enough_overall", "of one group it takes 61"),
    ("enough_overall = 60", "enough_overall = 100001", "enough_overall", "the most is 100000"),
    ("segment = 150", "segmnt = 150", "targets.segmnt", 'did you mean "segment"?'),
    ("segment = 150", "country = 150", "targets.country", "known here: segment, acv_band"),
    ("segment = 150", "segment = -1", "targets.segment", "the least is 0"),
    ("segment = 150", 'segment = "many"', "targets.segment", "not a whole number"),
    ("targets = { segment = 150, role = 0, plan = 40 }", "targets = 200", "targets", "table"),
    ('strengths = ["enterprise"]', 'strengths = ["enterprize"]', "strengths", 'did you mean "enterprise"?'),
    ('strengths = ["enterprise"]', 'strengths = ["Enterprise"]', "strengths", "can't be a key"),
    ('strengths = ["enterprise"]', 'strengths = ["enterprise", "enterprise"]', "strengths", "twice"),
    ("programme_cost = 120000", "programme_cost = -1", "programme_cost", "below zero"),
    ("programme_cost = 120000", 'programme_cost = "much"', "programme_cost", "not an amount"),
    ("programme_cost = 120000", "programme_cost = nan", "programme_cost", "not an amount"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), BENT, ids=[row[1] for row in BENT])
def test_a_wrong_line_is_named_and_explained(old: str, new: str, key: str, words: str) -> None:
    assert FULL.count(old) == 1
    with pytest.raises(PolicyError) as refused:
        load_policy(SOUND + FULL.replace(old, new))
    [line] = [told for told in refused.value.sentence.split("\n") if f", figures.{key}: " in told]
    assert words in line
    near = (SOUND + FULL[: FULL.index(old)]).count("\n") + 1
    number = int(line.removeprefix("Line ").split(",")[0])
    assert number == near + (key == "enough_overall" and "in_group" in new)


@given(st.lists(st.integers(-5, 100), max_size=6))
def test_bands_are_read_exactly_when_they_rise_from_above_zero(amounts: list[int]) -> None:
    sound = bool(amounts) and amounts[0] > 0 and sorted({*amounts}) == amounts
    try:
        rules = FigureRules.model_validate({"acv_bands": amounts})
    except ValueError:
        assert not sound
    else:
        assert sound
        assert rules.acv_bands == tuple(amounts)
