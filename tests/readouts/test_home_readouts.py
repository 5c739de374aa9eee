"""How the last quarter's readout stands, in the App Home of a lead: from the draft to the decision."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.views import home
from bot.views.home import (
    MOST_READOUTS,
    ROWS,
    Board,
    Escalated,
    Escalations,
    HomeRow,
    Listed,
    OwnerLoad,
    Quarter,
    Queue,
)
from bot.views.home import ReadoutState as State
from bot.views.look import Block
from recovery.cases.steps import Step
from recovery.readouts.page import Answer
from tests.readouts.test_in_slack import says
from tests.readouts.test_readout_in_slack import EXEC, decides, good, moves_to, published
from tests.story.acting import ELENA, MARCUS, PRIYA, Acting
from tests.story.conftest import acting
from tests.story.steps.working import later
from tests.support.briefs import CASE, NOW, texts
from tests.support.quarters import after_quarter, in_one_quarter
from tests.support.reading import read
from tests.support.shown import settled
from tests.support.slack_limits import parsed_texts, view_problems
from tests.support.story import words_of

DRAFT = State(7, 3, "Relational", "Q3 2026")
ASKED = replace(DRAFT, ask="Give onboarding two engineers")
PUBLISHED = replace(ASKED, is_published=True)


def tab(*found: State, queue: Queue | None = None, board: Board | None = None) -> list[Block]:
    view = home.tab(queue or Queue(), replace(board or Board(), readouts=found), currency="USD", at=NOW)
    assert view_problems(view) == []
    return list(view["blocks"])


@pytest.mark.parametrize(
    ("state", "said", "opens"),
    [
        (DRAFT, "the Ask is missing", True),
        (ASKED, "ready to publish; `/nps readout` shows it", True),
        (PUBLISHED, "published, nobody has decided: Give onboarding two engineers", False),
        (replace(PUBLISHED, is_lost=True), "published, and Slack would not take it; `/nps readout` says why", False),
        (replace(PUBLISHED, answer=Answer.YES), "Yes: Give onboarding two engineers", False),
        (replace(PUBLISHED, answer=Answer.NO), "No: Give onboarding two engineers", False),
        (replace(PUBLISHED, answer=Answer.KEEP_MONITORING), "We'll keep monitoring: Give onboarding", False),
    ],
)
def test_each_state_is_one_line(state: State, said: str, *, opens: bool) -> None:
    (block,) = [each for each in tab(state) if each["block_id"] == "home:readout:7"]
    assert block["text"]["text"].startswith(f"*Readout of Q3 2026 of Relational:* {said}")
    assert ("accessory" in block) is opens
    if opens:
        assert (block["accessory"]["action_id"], block["accessory"]["value"]) == ("readout_edit", "7:3")


def test_the_longest_tab_with_all_programmes_is_within_slacks_limits() -> None:
    row = HomeRow(CASE, 2, "Northwind", "Dana", None)
    full = Listed(tuple(replace(row, case=replace(CASE, id=number)) for number in range(1, ROWS + 1)), 99)
    told = tuple(Escalated(each, Step.OUTREACH, NOW, each.case.id) for each in full.rows)
    queue = Queue(full, full, full, full, Quarter(1, 2, 3), full, Escalations(told, 99))
    board = Board(full, full, tuple(OwnerLoad("U0PRIYA", 9, 9, date(2026, 12, 2)) for _ in range(ROWS)), 99)
    blocks = tab(*(replace(DRAFT, readout_id=number) for number in range(9)), queue=queue, board=board)
    assert len(blocks) <= 100
    assert f"and the readouts of {9 - MOST_READOUTS} more programmes" in "\n".join(read(blocks))


@settings(max_examples=30)
@given(texts, texts)
def test_hostile_words_are_shown_as_typed(programme: str, ask: str) -> None:
    for state in (DRAFT, ASKED, PUBLISHED, replace(PUBLISHED, answer=Answer.NO)):
        blocks = tab(replace(state, programme=programme, ask=ask if state.ask else ""))
        assert not [text for text in parsed_texts(blocks) if "<!channel>" in text or "<!here>" in text]


async def home_says(it: Acting, words: str) -> None:
    await it.workspace.until(lambda: words in words_of(it.workspace.home(MARCUS) or {}).replace("\u2060", ""))


async def test_the_tab_follows_the_readout(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        today = await in_one_quarter(it, days=1)
        await it.opens()
        for user in (MARCUS, PRIYA):
            it.workspace.life.open_home(user)
        await home_says(it, "By owner")
        await moves_to(it, after_quarter(today))
        await it.story.bot.chores.beat()
        await settled(it.story)
        it.workspace.life.open_home(MARCUS)
        await home_says(it, "the Ask is missing")

        before = {view["id"] for view in it.workspace.views(MARCUS)}
        await it.workspace.click_view(MARCUS, it.workspace.home(MARCUS)["id"], "readout_edit")
        view = await it.workspace.until(
            lambda: next((each for each in it.workspace.views(MARCUS) if each["id"] not in before), None)
        )
        assert await it.submits(MARCUS, view, **good(it)) == {}
        await home_says(it, "ready to publish")
        await says(it, "/nps readout", MARCUS, EXEC)
        message = it.workspace.ephemerals(MARCUS, EXEC)[-1]
        await it.workspace.click(MARCUS, EXEC, message["ts"], "readout_publish")
        await home_says(it, "published, nobody has decided: Give onboarding two engineers")
        await it.workspace.until(lambda: published(it))
        assert await decides(it, ELENA, "readout_no", sentence={"field": "The budget is gone."}) == {}
        await home_says(it, "No: Give onboarding two engineers")
        await settled(it.story)
        # Only leads have a readout to write on; and next quarter this one is history.
        assert "Readout of" not in words_of(it.workspace.home(PRIYA))
        await later(it, days=90)
        it.workspace.life.open_home(MARCUS)
        await it.workspace.until(lambda: "Readout of" not in words_of(it.workspace.home(MARCUS)))
