"""The check of everything sent finds what it is there for."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from demo.rates import Pace
from demo.recorded import Call
from tests.support.sent import sent_problems
from tests.support.story import RELATIONAL, story

Json = dict[str, Any]


def too_long(args: Json) -> None:
    args["text"] = "a" * 4001


def no_metadata(args: Json) -> None:
    del args["metadata"]


def many_blocks(args: Json) -> None:
    args["blocks"] = [{"type": "divider", "block_id": f"d{n}"} for n in range(51)]


def same_ids(args: Json) -> None:
    args["blocks"] = args["blocks"] + args["blocks"][:1]


def long_button(args: Json) -> None:
    button = {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "x" * 76}, "value": "1"}
    args["blocks"] = [{"type": "actions", "block_id": "a", "elements": [button]}]


def unknown_block(args: Json) -> None:
    args["blocks"] = [{"type": "hologram", "block_id": "h"}]


def empty(args: Json) -> None:
    args["text"], args["blocks"] = "", []


@pytest.mark.parametrize("spoil", [too_long, no_metadata, many_blocks, same_ids, long_button, unknown_block, empty])
async def test_what_slack_would_not_take_is_found(
    sqlite_db: str, tmp_path: Path, spoil: Callable[[Json], None]
) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        await it.card()
        (call,) = it.workspace.recorded.of("chat.postMessage")
        assert sent_problems([call]) == []
        spoiled = deepcopy(call.args)
        spoil(spoiled)
        assert sent_problems([Call(1, call.method, spoiled, ok=True, error=None, status=200, at=call.at)])


async def test_views_and_words_to_one_person_are_looked_at_too(sqlite_db: str, tmp_path: Path) -> None:
    async with story(sqlite_db, tmp_path, pace=Pace.unlimited()) as it:
        await it.answers()
        card = await it.card()
        await it.workspace.click("U0MARCUS", RELATIONAL, card["ts"], "case_assign")
        await it.workspace.until(lambda: it.workspace.recorded.of("views.open"))
        await it.workspace.click("U0INGRID", RELATIONAL, card["ts"], "case_claim")
        await it.workspace.until(lambda: it.workspace.recorded.of("response_url"))
        opened, told = it.workspace.recorded.of("views.open")[0], it.workspace.recorded.of("response_url")[0]
        assert sent_problems([opened, told]) == []
        view = {**opened.args["view"], "title": {"type": "plain_text", "text": "A title of more than twenty-four"}}
        for method, args in (("views.open", {"view": view}), ("response_url", {"text": ""})):
            assert sent_problems([Call(1, method, args, ok=True, error=None, status=200, at=0.0)])
