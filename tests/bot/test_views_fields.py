"""What was typed: read from what Slack sends, and put back into the inputs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import fields
from bot.views.fields import NOTHING, typed_of
from bot.views.ids import BlockId
from tests.support.briefs import HOSTILE, texts
from tests.support.slack_limits import view_problems

AT = datetime(2026, 11, 25, 12, 5, tzinfo=UTC)


def sent(**values: dict[str, Any]) -> dict[str, Any]:
    return {"values": {name: {"field": value} for name, value in values.items()}}


@pytest.mark.parametrize(
    ("state", "typed"),
    [
        (sent(note={"type": "plain_text_input", "value": "Two\nlines"}), {"note": "Two\nlines"}),
        (sent(note={"type": "plain_text_input", "value": None}), {}),
        (sent(channel={"type": "static_select", "selected_option": {"value": "call"}}), {"channel": "call"}),
        (sent(channel={"type": "static_select", "selected_option": None}), {}),
        (sent(person={"type": "users_select", "selected_user": "U0KOFI"}), {"person": "U0KOFI"}),
        (sent(person={"type": "users_select", "selected_user": None}), {}),
        (sent(due={"type": "datepicker", "selected_date": "2026-12-02"}), {"due": "2026-12-02"}),
        (sent(due={"type": "datepicker", "selected_date": "soon"}), {}),
        (
            sent(happened_at={"type": "datetimepicker", "selected_date_time": int(AT.timestamp())}),
            {"happened_at": "2026-11-25T12:05:00+00:00"},
        ),
        (sent(happened_at={"type": "datetimepicker", "selected_date_time": 10**15}), {}),
        (sent(happened_at={"type": "datetimepicker", "selected_date_time": True}), {}),
        (sent(resurvey={"type": "checkboxes", "selected_options": [{"value": "yes"}]}), {"resurvey": "yes"}),
        (sent(resurvey={"type": "checkboxes", "selected_options": []}), {}),
        (sent(unknown={"type": "plain_text_input", "value": "x"}), {}),
        (sent(owner={"type": "plain_text_input", "value": ["x"]}), {}),
    ],
)
def test_each_input_is_read(state: dict[str, Any], typed: dict[str, str]) -> None:
    assert typed_of(state) == typed


@pytest.mark.parametrize(
    "state", [None, [], {}, {"values": None}, {"values": {"note": None}}, {"values": {"note": {}}}, 3]
)
def test_what_no_modal_sends_is_nothing_typed(state: object) -> None:
    assert typed_of(state) == {}


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_anything_can_be_read(forged: object) -> None:
    shaped = {"values": {each.value: {"field": forged} for each in BlockId}}
    assert all(isinstance(value, str) for value in typed_of(shaped).values())


@pytest.mark.parametrize("most", [80, 500, 2000])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_was_typed_is_put_back_within_the_length_of_the_input(hostile: str, most: int) -> None:
    block = fields.text(BlockId.NOTE, "Note", {"note": hostile * 200}, most=most, lines=True)
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "submit": {"type": "plain_text", "text": "S"},
    }
    assert view_problems({**view, "blocks": [block]}) == []


@given(texts)
def test_short_text_comes_back_as_it_was_typed(typed: str) -> None:
    block = fields.text(BlockId.NOTE, "Note", {"note": typed[:40]}, most=3000, lines=True)
    again = fields.text(
        BlockId.NOTE, "Note", {"note": block["element"].get("initial_value", "")}, most=3000, lines=True
    )
    assert again == block


def test_an_emptied_input_is_not_filled_in_again() -> None:
    known = fields.text(BlockId.WITH_WHOM, "Who", NOTHING, most=80, initial="Dana")
    emptied = fields.text(BlockId.WITH_WHOM, "Who", {"with_whom": ""}, most=80, initial="Dana")
    assert known["element"]["initial_value"] == "Dana"
    assert "initial_value" not in emptied["element"]


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-12-02T10:00:00", "1990-01-01T00:00:00+00:00", "9999-12-31T00:00:00Z"]
)
def test_a_time_that_slack_would_refuse_is_left_out(typed: str) -> None:
    element = fields.moment(BlockId.HAPPENED_AT, "When", {"happened_at": typed}, initial=AT)["element"]
    assert "initial_date_time" not in element


@pytest.mark.parametrize("typed", ["gone", "", "<!channel>"])
def test_a_choice_that_is_no_longer_offered_is_left_open(typed: str) -> None:
    element = fields.choice(BlockId.CHANNEL, "How", {"channel": typed}, [("call", "Call")])["element"]
    assert "initial_option" not in element
