"""The main job: an answer becomes a card, a person claims it with one click, everybody sees that."""

from pathlib import Path

import pytest

from tests.support.story import RELATIONAL, story, words_of


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_an_answer_becomes_a_card_and_is_claimed(database_url: str, tmp_path: Path, socket: bool) -> None:
    async with story(database_url, tmp_path, socket=socket) as it:
        await it.answers()
        card = await it.card()
        assert "Northwind Traders" in words_of(card)
        assert "Four months instead of thirty days." in words_of(card)

        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")

        claimed = await it.card(lambda words: "U0PRIYA" in words and "Release" in words)
        assert claimed["ts"] == card["ts"]
        line = await it.workspace.until(lambda: it.workspace.thread(RELATIONAL, card["ts"])[1:])
        assert "claimed" in words_of(line[0])
