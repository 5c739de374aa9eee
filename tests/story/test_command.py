"""/nps: help for everybody, and a kind answer to whatever is typed."""

from typing import Any

import pytest

from tests.story.acting import PRIYA, Acting
from tests.support.story import RELATIONAL

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def answered(it: Acting, line: str) -> str:
    """The text that the person who typed it reads, and nobody else."""
    posted = len(it.workspace.messages(RELATIONAL))
    await it.told(PRIYA, RELATIONAL, it.workspace.command(PRIYA, RELATIONAL, line))
    assert len(it.workspace.messages(RELATIONAL)) == posted
    text: Any = it.workspace.ephemerals(PRIYA, RELATIONAL)[-1]["text"]
    return str(text)


@pytest.mark.parametrize("line", ["/nps", "/nps help", "/nps   ", "/nps HELP", "/nps help me please", "/nps \t help"])
async def test_help_names_everything_that_works(it: Acting, line: str) -> None:
    said = await answered(it, line)
    assert said.startswith("*winback* makes sure that every unhappy customer hears back")
    for words in ("`/nps help`", "`/nps case 42`", "`/nps back`", "*Claim*", "*Assign…*", "Release", "*Home* tab"):
        assert words in said


@pytest.mark.parametrize("line", ["/nps hlep", "/nps Hepl", "/nps hello", "/nps helpp me"])
async def test_a_slip_gets_the_nearest_word(it: Acting, line: str) -> None:
    said = await answered(it, line)
    assert said.startswith(f"I don't know “{line.split()[1].lower()}”. Did you mean `/nps help`?")
    assert "*winback* makes sure" in said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("zebra", "zebra"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0PRIYA>", "&lt;@u0priya&gt;"),
        ("*bold*", "*\u2060bold*\u2060"),
        ("`/nps`", "`\u2060/nps`\u2060"),
        ("&lt;", "&amp;lt;"),
        ("\u202emoc", "moc"),
        ("🔴🔴", "🔴🔴"),
        ("%s{0}{word}", "%s{0}{word}"),
    ],
)
async def test_a_word_that_is_none_of_ours_is_shown_as_typed(it: Acting, typed: str, shown: str) -> None:
    said = await answered(it, f"/nps {typed}")
    first = said.splitlines()[0]
    assert first.startswith("I don't know “")
    assert shown in first
    assert "Did you mean" not in first


@pytest.mark.parametrize("typed", ["x" * 3000, "<!channel> " * 300, "help" * 750, "\u0301" * 3000])
async def test_three_thousand_characters_get_a_short_answer(it: Acting, typed: str) -> None:
    said = await answered(it, f"/nps {typed}")
    assert len(said.splitlines()[0]) < 150
    assert "<!channel>" not in said
