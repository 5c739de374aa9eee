"""Slack's tables and charts as we make them, and the same in words: limits, hostile texts, nothing left out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import native
from bot.views.look import Look
from bot.views.native import Cell, Number, Person, Series
from demo.limits.payloads import check_message_blocks
from tests.support.briefs import texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems, parsed_texts

SECTION = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "*Title*"}}
ROWS: list[list[Cell]] = [["Enterprise", Number(110, "110"), "up"], [Person("U0JEN"), native.nothing(), "down"]]
TABLE = native.table("t", "By segment", ["Segment", "Answers", "Trend"], ROWS)
CHART = native.bars("c", "NPS", ["Enterprise", "smb"], [Series("Q3", (10, -38)), Series("Q2", (50, 0))], "NPS")


def fits(*blocks: Any) -> None:
    """By our own arithmetic, and by the workspace's."""
    for found in (blocks, native.in_words(blocks)):
        assert message_problems(Look("x", tuple(found))) == []
        check_message_blocks([dict(block) for block in found])
        assert not any("<!channel" in text for text in parsed_texts(found))


def test_a_table_has_numbers_people_and_words() -> None:
    assert TABLE["rows"][1:] == [
        [
            {"type": "raw_text", "text": "Enterprise"},
            {"type": "raw_number", "value": 110, "text": "110"},
            {"type": "raw_text", "text": "up"},
        ],
        [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0JEN"}]}],
            },
            {"type": "raw_number", "value": native.nothing().value, "text": native.NOTHING},
            {"type": "raw_text", "text": "down"},
        ],
    ]
    assert (TABLE["row_header_column_index"], TABLE["page_size"]) == (0, native.PAGE)
    fits(TABLE)


def test_who_is_no_slack_user_is_a_word() -> None:
    table = native.table("t", "c", ["Owner"], [[Person("winback")], [Person("")]])
    assert read([table])[2:] == ["winback", "\u2026"]


@pytest.mark.parametrize(
    ("rows", "columns"), [(0, 1), (101, 1), (1, 0), (1, 21)], ids=["no row", "101 rows", "no column", "21 columns"]
)
def test_a_table_that_slack_has_not_is_an_error(rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match="no table"):
        native.table("t", "c", ["x"] * columns, [["x"] * columns] * rows)


def test_the_largest_table_fits() -> None:
    row: list[Cell] = ["\u05d0" * 300, *[Number(1, "1")] * 19]
    table = native.table("t", "c" * 300, ["h"] * 20, [row] * 100)
    assert message_problems(Look("x", (table,))) == []
    check_message_blocks([table])


def test_a_ragged_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="as long as"):
        native.table("t", "c", ["a", "b"], [["x"]])


@pytest.mark.parametrize(
    ("names", "series"),
    [
        ([], [Series("a", ())]),
        ([str(number) for number in range(21)], [Series("a", (1,) * 21)]),
        (["a"], []),
        (["a"], [Series(str(number), (1,)) for number in range(7)]),
        (["a"], [Series("a", (1, 2))]),
    ],
    ids=["no category", "21 categories", "no series", "7 series", "too many values"],
)
def test_a_chart_that_slack_has_not_is_an_error(names: list[str], series: list[Series]) -> None:
    with pytest.raises(ValueError, match="chart"):
        native.bars("c", "t", names, series, "y")


def test_labels_that_become_the_same_are_told_apart() -> None:
    names = ["Enterprise customers in Europe", "Enterprise customers in Asia", "Enterprise customers", "", "  "]
    chart = native.bars("c", "t", names, [Series("x" * 30, (1,) * 5), Series("x" * 40, (2,) * 5)], "")["chart"]
    labels = chart["axis_config"]["categories"]
    assert len(set(labels)) == 5
    assert labels[2:] == ["Enterprise customers", "\u2026", "\u2026 (2)"]
    assert [series["name"] for series in chart["series"]] == [f"{'x' * 19}\u2026", f"{'x' * 14}\u2026 (2)"]


def test_in_words_nothing_is_left_out() -> None:
    shown = native.in_words((SECTION, TABLE, CHART))
    assert read(shown) == [
        "*Title*",
        "*By segment*",
        "*Enterprise* · Answers 110 · Trend up",
        "*@U0JEN* · Trend down",
        "*NPS*",
        "Enterprise · Q3 10 · Q2 50",
        "smb · Q3 \u221238 · Q2 0",
    ]
    assert {block["type"] for block in shown} == {"section"}
    assert not native.is_in(shown)
    fits(SECTION, TABLE, CHART)


def test_blocks_without_tables_stay_as_they_are() -> None:
    assert not native.is_in([SECTION])
    assert native.in_words([SECTION]) == (SECTION,)
    assert native.in_words([]) == ()


def test_many_long_rows_are_several_sections() -> None:
    rows: list[list[Cell]] = [[f"{number} {'n' * 60}", "w" * 70] for number in range(60)]
    shown = native.in_words([native.table("t", "c", ["a", "b"], rows)])
    assert [block["block_id"] for block in shown] == ["t:0", "t:1", "t:2"]
    assert len([line for line in read(shown) if "w" * 70 in line]) == 60


@settings(max_examples=40)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=native.ROWS), texts)
def test_any_words_fit_and_stay_words(found: list[tuple[str, str]], other: str) -> None:
    rows: list[list[Cell]] = [[name, Number(1, said), said] for name, said in found]
    names = [name for name, _ in found][: native.MOST_POINTS]
    values = tuple(range(len(names)))
    table = native.table("t", other, [other, "n", other], rows)
    chart = native.bars("c", other, names, [Series(other, values), Series(other, values)], other)
    fits(table, chart)
    assert json.loads(json.dumps([table, chart])) == [table, chart]
