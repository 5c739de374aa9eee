"""A look as plain text: the same words, no markup, no address."""

from typing import Any

import pytest

from bot.views import blocks, kit
from bot.views.look import Look
from bot.views.plain_words import line_of, words_of

NAMES = {"U0PRIYA": "Priya Shah"}


def name_of(user: str) -> str:
    return NAMES.get(user, user)


@pytest.mark.parametrize(
    ("mrkdwn", "line"),
    [
        ("", ""),
        ("<@U0PRIYA> has it", "Priya Shah has it"),
        ("<@U0PRIYA|priya> has it", "Priya Shah has it"),
        ("<@U0NOBODY> has it", "U0NOBODY has it"),
        ("in <#C0REL|relational>", "in #relational"),
        ("in <#C0REL>", "in a channel"),
        ("due <!date^1764028800^{date_short_pretty} at {time}|Mon 24 Nov, 14:05 UTC>", "due Mon 24 Nov, 14:05 UTC"),
        ("<https://crm.example/x?a=1&amp;b=2|Open in CRM> now", "Open in CRM now"),
        ("see <https://crm.example/x>", "see"),
        ("Fish &amp; Chips &lt;3 &amp;amp;", "Fish & Chips <3 &amp;"),
        ("two\nlines", "two lines"),
        ("&lt;!channel&gt; and &lt;@U0PRIYA&gt; as typed", "<!channel> and <@U0PRIYA> as typed"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
    ],
)
def test_lines(mrkdwn: str, line: str) -> None:
    assert line_of(mrkdwn, name_of) == line


def test_customers_words_come_back_as_they_were_typed() -> None:
    said = "*Never* again: <https://x.example|click> & `bye`"
    assert line_of(kit.typed(said, 200), name_of) == said


def test_every_block_is_a_paragraph() -> None:
    look = Look(
        "short",
        (
            blocks.header("h", "Northwind"),
            blocks.section("s", "Owner <@U0PRIYA>"),
            blocks.pair("p", blocks.plain("left"), blocks.mrkdwn("*right*")),
            blocks.divider("d"),
            blocks.rich(
                "r", blocks.line("Due ", blocks.bold("now"), " ", blocks.person("U0PRIYA")), blocks.quote("a\nb")
            ),
            blocks.rich("l", {"type": "rich_text_list", "elements": [blocks.line("one"), blocks.line("two")]}),
            blocks.context("c", blocks.mrkdwn("small")),
            {"type": "actions", "block_id": "a", "elements": [{"type": "button", "text": blocks.plain("Press")}]},
        ),
    )
    assert words_of(look, name_of) == (
        "Northwind\n\nOwner Priya Shah\n\nleft\n*right*\n\nDue now Priya Shah\n> a\n> b\n\n- one\n- two\n\nsmall"
    )


def test_a_look_without_blocks_is_its_text() -> None:
    assert words_of(Look("just <@U0PRIYA>", ()), name_of) == "just Priya Shah"


@pytest.mark.parametrize("part", [{"type": "emoji", "name": "x"}, {"type": "link", "url": "https://x.example"}, {}])
def test_parts_without_words_add_none(part: dict[str, Any]) -> None:
    assert words_of(Look("", (blocks.rich("r", blocks.line("a", part, "b")),)), name_of) == "ab"
