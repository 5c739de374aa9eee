"""The readout in Slack's blocks: the playbook's order, words for nothing, hostile texts, and what comes back."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.look import Look
from bot.views.readouts import decisions, draft
from bot.views.readouts.decisions import Asked
from bot.views.readouts.draft import Carried
from bot.views.readouts.page import page_blocks, summary
from recovery.errors import Refusal
from recovery.nps import Tally
from recovery.page import Answer, Ask, AskKind, Decision, Page, Quote
from recovery.policy_tables import Kind
from tests.readouts.pages import ASK, AT, DECISION, Q3, page_with
from tests.support.briefs import texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems, parsed_texts, strings, view_problems

CARRIED = Carried(7, 3, "https://hooks.slack.example/respond/1")


def lines(page: Page) -> list[str]:
    look = Look(summary(page), tuple(page_blocks(page)))
    assert message_problems(look) == []
    return read(look.blocks)


def test_the_order_is_the_playbooks() -> None:
    ids = [block["block_id"] for block in page_blocks(page_with())]
    assert ids == [
        "readout:title", "readout:last", "readout:headline", "readout:strata", "readout:segments", "readout:moved",
        "readout:inversion:0", "readout:themes", "readout:loop", "readout:line", "readout:ask",
    ]  # fmt: skip


def test_what_stands_on_the_page() -> None:
    said = "\n".join(lines(page_with())).replace("\u2212", "-")
    for words in (
        "Last Ask (Q2 2026): Give onboarding two engineers until June.",
        "No, says Elena Rossi: The budget goes to support.",
        "Company NPS -2 ± 14",
        "Enterprise 70 %",
        "• Enterprise: +10 ± 16, 100 answers, down 40 points",
        "• Enterprise (-40): The price rose.",
        "• Mid-market (-38): no reason written yet",
        "*Inversion:* Mid-market is claimed as a strength and scores worst (-38).",
        "onboarding took months (12 like it)",
        "no export (one answer)",
        "no detractor answered",
        "Amara Nwosu: Hires them and starts on 1 March. By Tue 1 Dec 2026.",
    ):
        assert words in said, (words, said)


NOBODY: dict[str, Tally] = {}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOBODY, "*Nobody answered in this quarter*"),
        ({"enterprise": Tally(1, 0, 0)}, "*Company NPS +100* from 1 person · under-sampled: 1 of 100 answers"),
        ({"enterprise": Tally(400, 0, 0)}, "*Company NPS +100 ± 0* from 400 people"),
        ({"": Tally(0, 5, 0)}, "*Company NPS 0* from 5 people"),
    ],
    ids=["nobody", "one", "all promoters", "no detractor"],
)
def test_nothing_is_words_and_never_a_number(now: dict[str, Tally], words: str) -> None:
    for before in (NOBODY, {"enterprise": Tally(50, 50, 50)}):
        page = page_with(now, before, themes=(), written=False)
        said = "\n".join(lines(page))
        assert words in said
        assert not [bad for bad in ("nan", "None", " 0 %", "inf") if bad in said]
        assert "no detractor answered in this quarter" in said
        assert view_problems(draft.window(page, CARRIED)) == []


def test_a_transactional_programme_is_not_the_company() -> None:
    assert "Company" not in "".join(lines(page_with(kind=Kind.TRANSACTIONAL)))


def test_a_draft_says_what_it_needs() -> None:
    look = draft.draft(page_with(written=False), CARRIED)
    said = "\n".join(read(look.blocks))
    assert message_problems(look) == []
    assert "The Ask is missing" in said
    assert "2 moves without a reason." in said
    assert "runs until" not in said
    running = draft.draft(page_with(at=Q3.end - timedelta(seconds=1)), CARRIED)
    assert "The quarter runs until Wed 30 Sep 2026" in "\n".join(read(running.blocks))


def test_the_window_holds_what_was_written() -> None:
    view = draft.window(page_with(), CARRIED)
    assert view_problems(view) == []
    initial = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert initial["moved:enterprise"]["initial_value"] == "The price rose."
    assert initial["ask_decision"]["initial_value"] == ASK.decision
    assert initial["ask_due"]["initial_date"] == "2026-12-01"
    assert draft.read_metadata(view["private_metadata"]) == CARRIED


@settings(max_examples=40)
@given(texts, texts, texts)
def test_hostile_texts_stay_within_slacks_limits_and_are_never_parsed(one: str, two: str, three: str) -> None:
    ask = Ask(AskKind.DROP, one, two, three, ASK.due)
    said = [Decision(Answer.KEEP_MONITORING, one, two, "U0ELENA", AT), Decision(Answer.NO, three, one, "U0ELENA", AT)]
    page = page_with({one[:100]: Tally(40, 0, 60)}, {one[:100]: Tally(60, 0, 40)}, themes=(Quote(two, three, 4),))
    posted = Look(summary(page), tuple(page_blocks(page)))
    listed = decisions.listed([Asked(one, "Q3 2026", ask, "Fri 2 Oct 2026", tuple(said))] * 12)
    shown = decisions.readout(posted.text, posted.blocks, said[:1], CARRIED)
    for look in (posted, listed, shown, draft.draft(page, CARRIED), draft.ready(page, CARRIED)):
        assert message_problems(look) == []
        assert not [text for text in parsed_texts(list(look.blocks)) if "<!channel>" in text or "<!here>" in text]
    for view in (draft.window(page, CARRIED), decisions.window(ask, Answer.NO, CARRIED, two)):
        assert view_problems(view) == []


def test_the_most_segments_with_the_longest_names_fit() -> None:
    names = [f"{number:02}" + "&<*>" * 24 for number in range(40)]
    now = {name: Tally(40, 0, 60 + place) for place, name in enumerate(names)}
    before = {name: Tally(100, 0, 0) for name in names}
    page = page_with(now, before, themes=tuple(Quote("&" * 200, "<" * 5000, 9) for _ in range(5)))
    assert message_problems(draft.draft(page, CARRIED)) == []
    assert view_problems(draft.window(page, CARRIED)) == []
    assert " more" in "\n".join(lines(page))
    assert len([text for text in strings(page_blocks(page)) if text.startswith("<<")]) == 3


def test_after_a_decision_there_is_nothing_to_press_and_after_a_stall_there_is() -> None:
    stall = Decision(Answer.KEEP_MONITORING, "Later.", "Elena Rossi", "U0ELENA", AT)
    for said, buttons in (([], 3), ([stall], 3), ([stall, DECISION], 0), ([DECISION], 0)):
        look = decisions.readout("-", page_blocks(page_with()), said, CARRIED)
        found = [element for block in look.blocks for element in block.get("elements", []) if "action_id" in element]
        assert len(found) == buttons
        assert [each["value"] for each in found] == ["7:3"] * buttons


def test_a_stall_is_no_decision_in_the_list() -> None:
    stall = Decision(Answer.KEEP_MONITORING, "Later.", "Elena Rossi", "U0ELENA", AT)
    rows = [
        Asked("Relational", "Q3 2026", ASK, "Fri 2 Oct 2026", ()),
        Asked("Relational", "Q2 2026", ASK, "Thu 2 Jul 2026", (stall, stall)),
        Asked("Relational", "Q1 2026", ASK, "Thu 2 Apr 2026", (stall, DECISION)),
    ]
    said = read(decisions.listed(rows).blocks)
    assert said[0] == "*Asks and decisions* · decided 1 of 3 (33 %), stalled 3 times"
    assert "No readout has been published yet" in read(decisions.listed([]).blocks)[0]


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**9 - 1), st.text(max_size=100))
def test_what_is_carried_comes_back(number: int, version: int, respond: str) -> None:
    assert draft.read_value(draft.value(number, version)) == Carried(number, version)
    assert draft.read_metadata(draft.metadata(Carried(number, version, respond))) == Carried(number, version, respond)


@pytest.mark.parametrize("value", ["", "7", "7:", ":3", "-7:3", "7:3:1", "٣:٣", "1" * 19 + ":1", "x", "7:3\n"])
def test_a_forged_value_is_refused(value: str) -> None:
    with pytest.raises(Refusal):
        draft.read_value(value)


@pytest.mark.parametrize(
    "carried", [None, 7, "", "[", "{}", "[1]", "[1, 2]", '["1", 2, ""]', '[-1, 2, ""]', "[" * 9999]
)
def test_forged_metadata_is_refused(carried: object) -> None:
    with pytest.raises(Refusal):
        draft.read_metadata(carried)


@pytest.mark.parametrize("state", [None, 7, {}, {"values": 7}, {"values": {"moved:x": 7}}])
def test_a_forged_state_has_no_reasons(state: object) -> None:
    assert set(draft.reasons_in({"state": state}).values()) <= {""}


def test_an_emptied_reason_is_an_answer() -> None:
    filled = {"moved:smb": {"field": {"value": None}}, "moved:ent": {"field": {"value": "x" * 900}}, "other": {}}
    found = draft.reasons_in(json.loads(json.dumps({"state": {"values": filled}})))
    assert found["smb"] == ""
    assert len(found["ent"]) == draft.LONGEST_REASON
    assert set(found) == {"smb", "ent"}
