"""The chart of the readout: which segments it draws, what it says of the others, and the same in words."""

import pytest

from bot.views import native
from bot.views.look import Look
from bot.views.readouts import draft
from bot.views.readouts.draft import Carried
from bot.views.readouts.page import page_blocks, summary
from recovery.figures.nps import Tally
from recovery.readouts.page import Page
from tests.readouts.pages import Q3, page_with
from tests.support.reading import read
from tests.support.slack_limits import message_problems

ENOUGH = Tally(20, 10, 10)


def chart_of(page: Page) -> list[str]:
    """The chart and the line below it, as they are read."""
    found = [block for block in page_blocks(page) if block["block_id"] in {"readout:chart", "readout:not_drawn"}]
    return read(found)


def test_each_segment_now_and_before() -> None:
    assert chart_of(page_with()) == [
        "# NPS by segment",
        "Enterprise | Q3 2026 10 | Q2 2026 50",
        "Mid-market | Q3 2026 -38 | Q2 2026 0",
        "Too few answers to be drawn: not known.",
    ]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({}, {}),
        ({"enterprise": ENOUGH}, {}),
        ({}, {"enterprise": ENOUGH}),
        ({"enterprise": ENOUGH}, {"enterprise": Tally(29, 0, 0)}),
        ({"enterprise": Tally(0, 0, 29)}, {"enterprise": ENOUGH}),
    ],
    ids=["nobody", "nobody before", "nobody now", "too few before", "too few now"],
)
def test_without_enough_answers_in_both_quarters_nothing_is_drawn(
    now: dict[str, Tally], before: dict[str, Tally]
) -> None:
    assert chart_of(page_with(now, before)) == []


def test_a_quarter_that_runs_is_so_far() -> None:
    running = page_with(at=Q3.start)
    assert chart_of(running)[1] == "Enterprise | Q3 2026 so far 10 | Q2 2026 50"


def test_segments_with_one_long_name_are_told_apart_and_hostile_ones_are_only_names() -> None:
    names = ("<!channel> " * 9 + "1", "<!channel> " * 9 + "2", "\u2067" * 90, "*_~`" * 30)
    tallies = dict.fromkeys(names, ENOUGH)
    page = page_with(tallies, tallies)
    assert len(set(chart_of(page))) == 5
    look = Look(summary(page), tuple(page_blocks(page)))
    for shown in (look.blocks, native.in_words(look.blocks)):
        assert message_problems(Look(look.text, shown)) == []


def test_a_hundred_segments_are_a_page_still() -> None:
    tallies = {f"segment {number:03}": ENOUGH for number in range(100)}
    page = page_with(tallies, tallies)
    (chart,) = [block for block in page_blocks(page) if block["type"] == "data_visualization"]
    assert len(chart["chart"]["axis_config"]["categories"]) <= native.MOST_POINTS
    assert message_problems(Look(summary(page), tuple(page_blocks(page)))) == []


def test_a_draft_in_words_says_both_figures() -> None:
    look = draft.draft(page_with(), Carried(7, 3))
    assert native.is_in(look.blocks)
    said = read(native.in_words(look.blocks))
    assert "Enterprise · Q3 2026 10 · Q2 2026 50" in said
    assert "[Edit…] [*Publish]" in said
