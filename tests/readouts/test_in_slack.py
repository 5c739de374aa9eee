"""`/nps status` and its like in Slack: who reads it, what its buttons do, what the channel gets."""

import asyncio
from typing import Any

import pytest

from handlers import command
from tests.story.acting import MARCUS, ONBOARDING, PRIYA, SAM, Acting, Shown
from tests.story.steps.working import logs, now, owned
from tests.support.quarters import in_one_quarter, quarter_key, quarter_name
from tests.support.shown import settled
from tests.support.story import RELATIONAL, surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
GENERAL, LEADS = "C0GENERAL", "C0CSLEADS"
Json = dict[str, Any]


async def says(it: Acting, line: str, user: str = PRIYA, channel: str = RELATIONAL) -> str:
    """What only who typed it reads; without the escapes of mrkdwn."""
    said = await it.told(user, channel, it.workspace.command(user, channel, line))
    return said.replace("\u2060", "")


def read_last(it: Acting, user: str = PRIYA, channel: str = RELATIONAL) -> Json:
    found: Json = it.workspace.ephemerals(user, channel)[-1]
    return found


async def presses(
    it: Acting, action: str, words: str, user: str = PRIYA, channel: str = RELATIONAL, **more: Any
) -> str:
    """Presses a button of the last answer, which then reads otherwise, and has these words."""
    message = read_last(it, user, channel)
    await it.workspace.click(user, channel, message["ts"], action, **more)

    def changed() -> str:
        said = words_of(read_last(it, user, channel)).replace("\u2060", "")
        return said if words in said and read_last(it, user, channel)["ts"] == message["ts"] else ""

    return str(await it.workspace.until(changed))


def shares(it: Acting, channel: str = RELATIONAL) -> list[str]:
    """What was shared in the channel."""
    return [words_of(each) for each in it.workspace.messages(channel) if surface_of(each).startswith("shared:")]


async def test_a_status_and_its_buttons(it: Acting) -> None:
    today = await in_one_quarter(it, days=1)
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    waiting = await it.opens(comment="We are evaluating alternatives.")
    said = await says(it, "/nps status")
    assert f"*Relational · {quarter_name(today)} so far*" in said
    assert "contacted in 48 hours: 100 %" in said
    assert waiting.customer in said
    posted = len(it.workspace.messages(RELATIONAL))
    assert "NPS" in await presses(it, "figures_segments", "NPS")
    option = {
        "text": {"type": "plain_text", "text": "Role"},
        "value": f"segments|relational|{quarter_key(today)}|role|1",
    }
    assert "not known" in await presses(it, "figures_by", "not known", selected_option=option)
    assert "Scores stay out." in await presses(it, "figures_leaders", "Scores stay out.")
    assert "nothing is overdue" in await presses(it, "figures_overdue", "nothing is overdue")
    assert "contacted in 48 hours" in await presses(it, "figures_status", "contacted in 48 hours")
    assert len(it.workspace.messages(RELATIONAL)) == posted


@pytest.mark.parametrize(
    "word", ["status", "overdue", "segments", "leaders", "STATUS relational", "status last quarter"]
)
async def test_every_word_answers_only_who_typed_it(it: Acting, word: str) -> None:
    posted = len(it.workspace.messages(RELATIONAL))
    assert "Relational" in await says(it, f"/nps {word}")
    assert len(it.workspace.messages(RELATIONAL)) == posted


async def test_the_channel_gets_it_once_and_reads_who_shared_it(it: Acting) -> None:
    await it.opens()
    await says(it, "/nps status")
    before = len(shares(it))
    ts = read_last(it)["ts"]
    await asyncio.gather(*(it.workspace.click(PRIYA, RELATIONAL, ts, "figures_share") for _ in range(2)))
    await it.workspace.until(lambda: len(shares(it)) > before)
    await it.workspace.until(lambda: f"Shared in <#{RELATIONAL}>" in words_of(read_last(it)))
    await settled(it.story)
    (shared,) = shares(it)[before:]
    assert f"Shared by <@{PRIYA}>" in shared
    assert "contacted in 48 hours" in shared
    assert not [block for block in read_last(it)["blocks"] if block["type"] == "actions"]


async def test_where_others_would_read_it_there_is_no_button_and_a_forged_one_is_refused(it: Acting) -> None:
    await it.opens()
    said = await says(it, "/nps status relational", MARCUS, ONBOARDING)
    assert "figures_share" not in str(read_last(it, MARCUS, ONBOARDING)["blocks"])
    assert f"To share this, type the same in <#{RELATIONAL}>." in said
    assert "Other programmes: `/nps status onboarding`" in said
    message = read_last(it, MARCUS, ONBOARDING)
    before = len(it.workspace.ephemerals(MARCUS, ONBOARDING))
    forged = Shown(0, ONBOARDING, message["ts"], "")
    value = f"status|relational|{quarter_key(now(it))}|segment|1"
    await it.presses(MARCUS, forged, {"action_id": "figures_share", "value": value})
    await it.workspace.until(lambda: len(it.workspace.ephemerals(MARCUS, ONBOARDING)) > before)
    assert f"Type the command in <#{RELATIONAL}>." in words_of(read_last(it, MARCUS, ONBOARDING))
    await settled(it.story)
    assert shares(it, ONBOARDING) == []


async def test_strangers_are_refused_and_who_has_just_joined_is_not(it: Acting) -> None:
    assert "You see no programme's cases yet." in await says(it, "/nps status", SAM, GENERAL)
    assert "Only members of this programme's channel" in await says(it, "/nps leaders relational", SAM, GENERAL)
    it.workspace.life.join(SAM, RELATIONAL, inviter=PRIYA)
    assert "Relational" in await says(it, "/nps status", SAM, RELATIONAL)
    it.workspace.life.leave(SAM, RELATIONAL)
    await it.workspace.delivery.settled()


@pytest.mark.parametrize("action", ["figures_share", "figures_next", "figures_by"])
@pytest.mark.parametrize(
    "value", ["", "x" * 1999, "status|gone|2026Q4|segment|1", "status|relational|2026Q9|segment|1"]
)
async def test_a_forged_button_is_refused_in_words(it: Acting, action: str, value: str) -> None:
    await says(it, "/nps overdue")
    before = len(it.workspace.ephemerals(PRIYA, RELATIONAL))
    forged = Shown(0, RELATIONAL, read_last(it)["ts"], "")
    await it.presses(PRIYA, forged, {"action_id": action, "value": value})
    await it.workspace.until(lambda: len(it.workspace.ephemerals(PRIYA, RELATIONAL)) > before)
    assert words_of(read_last(it)).count("\n") == 0
    assert "reference" not in words_of(read_last(it))


@pytest.mark.parametrize(
    ("slip", "meant"), [("staus", "status"), ("segmets", "segments"), ("overdu", "overdue"), ("leader", "leaders")]
)
async def test_a_slip_gets_the_nearest_word(it: Acting, slip: str, meant: str) -> None:
    assert f"Did you mean `/nps {meant}`?" in await says(it, f"/nps {slip}")


async def test_other_words_are_refused_in_words(it: Acting) -> None:
    said = await says(it, "/nps status <!channel> *x*")
    assert "is neither a programme nor a period; programmes here: relational" in said
    assert "<!channel>" not in said
    assert 'did you mean "last quarter"?' in await says(it, "/nps status lst quarter")


async def test_what_takes_long_is_announced_and_follows(it: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "HASTE", 0.0)
    before = len(it.workspace.ephemerals(PRIYA, RELATIONAL))
    await it.workspace.command(PRIYA, RELATIONAL, "/nps status")
    await it.workspace.until(lambda: len(it.workspace.ephemerals(PRIYA, RELATIONAL)) == before + 2)
    said = [words_of(each) for each in it.workspace.ephemerals(PRIYA, RELATIONAL)[before:]]
    assert "One moment, the answer follows." in said
    assert any("*Relational" in each for each in said)
