"""What Slack shows of pages: within its limits, whatever a programme is called, and never with an address in a text."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import pages_plain
from bot.pages import Links
from bot.views import page_words, pages
from bot.views.look import Look
from bot.views.readouts import decisions, draft
from bot.views.readouts.draft import Carried
from bot.views.readouts.page import page_blocks, summary
from recovery.figures.nps import Tally
from recovery.readouts.page import Answer, Decision, Quote
from tests.readouts.pages import AT, page_with
from tests.support.briefs import texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems, parsed_texts

LINKS = Links("https://winback.example/" + "p" * 400, b"key")
CARRIED = Carried(10**17, 10**8)
URL = "https://winback.example/pages/" + "a" * 400
VALUE = draft.value(CARRIED.readout_id, CARRIED.version)


def buttons(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for block in blocks for each in block.get("elements", []) if "action_id" in each]


@settings(max_examples=40)
@given(texts, st.sampled_from(["", "Q3 2026", "the last 30 days"]))
def test_whatever_a_programme_is_called(programme: str, period: str) -> None:
    for look in (
        pages.readout_link(programme, period, URL, AT),
        pages.export_link(programme, period, URL, AT),
        pages.export_by_hand(programme, period, "winback export --to export"),
    ):
        assert message_problems(look) == []
        assert URL not in look.text
        assert URL not in str([block for block in look.blocks if block["type"] != "actions"])
        assert not [text for text in parsed_texts(list(look.blocks)) if "<!channel>" in text or "<!here>" in text]


def test_the_fullest_published_page_has_room_for_the_button() -> None:
    names = [f"{number:02}" + "&<*>" * 24 for number in range(40)]
    now = {name: Tally(40, 0, 60 + place) for place, name in enumerate(names)}
    page = page_with(now, {name: Tally(100, 0, 0) for name in names}, themes=(Quote("&" * 200, "<" * 5000, 9),) * 5)
    said = [Decision(Answer.KEEP_MONITORING, "&" * 300, "<" * 80, "U0ELENA", AT)] * 3
    shown = decisions.readout(summary(page), page_blocks(page), said, CARRIED)
    look = pages.offered(shown, LINKS, VALUE)
    assert message_problems(look) == []
    assert [each["action_id"] for each in buttons(look.blocks)][-1] == "readout_print"
    assert len(buttons(look.blocks)) == 4
    look = pages.offered(draft.draft(page, CARRIED), LINKS, VALUE)
    assert message_problems(look) == []
    assert [each["action_id"] for each in buttons(look.blocks)] == ["readout_edit", "readout_publish", "readout_print"]


def test_the_button_stands_alone_where_there_is_no_other() -> None:
    decided = decisions.readout("-", page_blocks(page_with()), [Decision(Answer.YES, "x", "y", "U1", AT)], CARRIED)
    look = pages.offered(decided, LINKS, VALUE)
    assert [each["value"] for each in buttons(look.blocks)] == [VALUE]
    assert message_problems(look) == []


@pytest.mark.parametrize("links", [Links(), Links("https://winback.example"), Links("", b"key")])
def test_without_links_there_is_a_command_for_leads_and_nothing_for_others(links: Links) -> None:
    look = Look("-", (*page_blocks(page_with()),))
    assert pages.offered(look, links, VALUE) == look
    told = pages.offered(look, links, VALUE, pages.print_by_hand("relational", "2026Q3"))
    assert read(told.blocks)[-1].count("WINBACK_URL") == 1
    assert "`winback readout --programme relational --period 2026Q3 --html readout.html`" in read(told.blocks)[-1]
    assert buttons(told.blocks) == []


@pytest.mark.parametrize("made", [pages_plain.forged, pages_plain.ended, pages_plain.busy, pages_plain.trouble])
def test_the_plain_pages_say_one_thing(made: Any) -> None:
    html = made()
    assert html.count("<h1>") == html.count("<p>") == 1
    assert "<script" not in html
    assert "http" not in html


def test_words_shout_at_nobody() -> None:
    assert not [text for name, text in vars(page_words).items() if name.isupper() and "!" in text]
