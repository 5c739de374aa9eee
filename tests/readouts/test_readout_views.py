"""The readout in Slack's blocks: the playbook's order, words for nothing, hostile texts, and what comes back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.look import Look
from bot.views.readouts import changed, decisions, draft
from bot.views.readouts.changed import Noting
from bot.views.readouts.decisions import Asked
from bot.views.readouts.draft import Carried
from bot.views.readouts.page import page_blocks, summary
from recovery.errors import Refusal
from recovery.figures.nps import Tally
from recovery.policy.tables import Kind
from recovery.readouts.engagement import Engagement, engagement
from recovery.readouts.page import Answer, Ask, AskKind, Changed, Decision, Effect, Page, Quote
from tests.readouts.pages import ASK, AT, DECISION, Q3, page_with
from tests.support.briefs import texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems, parsed_texts, strings, view_problems

NOTING = Noting(7, 3, 2, "https://hooks.slack.example/respond/1")
CARRIED = Carried(7, 3, "https://hooks.slack.example/respond/1")


def lines(page: Page) -> list[str]:
    look = Look(summary(page), tuple(page_blocks(page)))
    assert message_problems(look) == []
    return read(look.blocks)


def test_the_order_is_the_playbooks() -> None:
    ids = [block["block_id"] for block in page_blocks(page_with())]
    assert ids == [
        "readout:title", "readout:last", "readout:headline", "readout:strata", "readout:segments", "readout:chart",
        "readout:not_drawn", "readout:moved", "readout:inversion:0", "readout:themes", "readout:loop", "readout:line",
        "readout:ask",
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
    effect = Effect(Changed.POLICY, two, "U0ELENA", AT)
    told = (said[0], replace(said[1], effect=effect))
    asked = Asked(one, "Q3 2026", ask, "Fri 2 Oct 2026", told, CARRIED)
    listed = decisions.listed([asked] * 12, engagement([said] * 99, AT), 2)
    shown = decisions.readout(posted.text, posted.blocks, said[:1], CARRIED)
    for look in (posted, listed, shown, draft.draft(page, CARRIED), draft.ready(page, CARRIED)):
        assert message_problems(look) == []
        assert not [text for text in parsed_texts(list(look.blocks)) if "<!channel>" in text or "<!here>" in text]
    for view in (
        draft.window(page, CARRIED),
        decisions.window(ask, Answer.NO, CARRIED, two),
        changed.window(ask, told[1], NOTING),
    ):
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
    said = read(decisions.listed(rows, engagement((each.decisions for each in rows), AT)).blocks)
    assert said[0] == (
        "*Asks and decisions* · 1 of 3 Asks decided (33 %), 1 stalled · 3 stalls in all · "
        "no decision changed product, process or policy in the last 90 days"
    )
    assert "No readout has been published yet" in read(decisions.listed([], Engagement()).blocks)[0]


def test_what_a_decision_changed_stands_beside_it() -> None:
    effect = Effect(Changed.PROCESS, "Every account has one person for onboarding", "U0MARCUS", AT)
    decided = replace(DECISION, effect=effect)
    rows = [
        Asked("Relational", "Q3 2026", ASK, "Fri 2 Oct 2026", (DECISION,), CARRIED),
        Asked("Relational", "Q2 2026", ASK, "Thu 2 Jul 2026", (decided,), Carried(9, 4)),
        Asked("Onboarding", "Q2 2026", ASK, "Thu 2 Jul 2026", (decided,)),
    ]
    look = decisions.listed(rows, engagement((each.decisions for each in rows), AT))
    assert message_problems(look) == []
    said = read(look.blocks)
    assert said[0].endswith(
        "3 of 3 Asks decided (100 %) · 2 decisions changed product, process or policy in the last 90 days"
    )
    noted = "It changed how we work: Every account has one person for onboarding. (written down by @U0MARCUS"
    assert len([each for each in said if each.startswith(noted)]) == 2
    buttons = [each for block in look.blocks for each in block.get("elements", []) if "action_id" in each]
    assert [(each["text"]["text"], each["value"]) for each in buttons] == [
        ("What it changed…", "7:3:1"),
        ("Correct what it changed…", "9:4:1"),
    ]


def test_the_list_is_paged() -> None:
    row = Asked("Relational", "Q3 2026", ASK, "Fri 2 Oct 2026", (DECISION,), CARRIED)
    counted = engagement([[DECISION]] * 13, AT)
    for page, turns in ((1, ["2"]), (2, ["1", "3"]), (3, ["2"])):
        look = decisions.listed([row] * (3 if page == 3 else 5), counted, page)
        pager = [block for block in look.blocks if block["block_id"] == "decisions:pager"]
        assert [each["value"] for each in pager[0]["elements"]] == turns
        assert f"Page {page} of 3" in read(look.blocks)
    assert decisions.pages(0) == decisions.pages(5) == 1
    one = decisions.listed([row], engagement([[DECISION]], AT))
    assert "decisions:pager" not in [block["block_id"] for block in one.blocks]


def test_the_window_asks_what_it_changed_and_holds_what_was_written() -> None:
    empty = changed.window(ASK, DECISION, NOTING)
    assert view_problems(empty) == []
    initial = {block["block_id"]: block["element"] for block in empty["blocks"] if block["type"] == "input"}
    assert [option["value"] for option in initial["kind"]["options"]] == ["product", "process", "policy", "nothing"]
    assert "initial_option" not in initial["kind"]
    assert not any(block.get("optional") for block in empty["blocks"])
    effect = Effect(Changed.NOTHING, "The hiring froze.", "U0MARCUS", AT)
    view = changed.window(ASK, replace(DECISION, effect=effect), NOTING)
    initial = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert initial["kind"]["initial_option"]["value"] == "nothing"
    assert initial["sentence"]["initial_value"] == "The hiring froze."
    assert "Written down by @U0MARCUS" in "\n".join(read(view["blocks"]))
    assert changed.read_metadata(view["private_metadata"]) == NOTING


def test_the_page_after_it_says_what_the_decision_changed() -> None:
    page = page_with()
    assert page.last is not None
    effect = Effect(Changed.PRODUCT, "Exports are in", "U0MARCUS", AT)
    last = replace(page.last, decision=replace(DECISION, effect=effect))
    said = "\n".join(lines(replace(page, last=last)))
    assert "No, says Elena Rossi: The budget goes to support. \nIt changed the product: Exports are in." in said


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


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**9 - 1), st.integers(1, 99_999), st.text(max_size=100))
def test_what_a_note_carries_comes_back(number: int, version: int, page: int, respond: str) -> None:
    noting = Noting(number, version, page, respond)
    pressed = changed.button(noting, "Relational", is_noted=False)
    assert changed.read_value(pressed["value"]) == replace(noting, respond="")
    assert changed.read_metadata(changed.metadata(noting)) == noting


@pytest.mark.parametrize("value", ["", "7:3", "7:3:", "-7:3:1", "7:3:1:1", "٣:٣:٣", "1" * 19 + ":1:1", "x", "7:3:1\n"])
def test_a_forged_note_is_refused(value: str) -> None:
    with pytest.raises(Refusal):
        changed.read_value(value)
    with pytest.raises(Refusal):
        changed.read_metadata(value)


@pytest.mark.parametrize("value", ["", "0", "-1", "1" * 6, "1.5", "٣", "x", "2\n"])
def test_a_forged_page_is_refused(value: str) -> None:
    with pytest.raises(Refusal):
        changed.read_page(value)


@pytest.mark.parametrize("state", [None, 7, {}, {"values": 7}, {"values": {"moved:x": 7}}])
def test_a_forged_state_has_no_reasons(state: object) -> None:
    assert set(draft.reasons_in({"state": state}).values()) <= {""}


def test_an_emptied_reason_is_an_answer() -> None:
    filled = {"moved:smb": {"field": {"value": None}}, "moved:ent": {"field": {"value": "x" * 900}}, "other": {}}
    found = draft.reasons_in(json.loads(json.dumps({"state": {"values": filled}})))
    assert found["smb"] == ""
    assert len(found["ent"]) == draft.LONGEST_REASON
    assert set(found) == {"smb", "ent"}
