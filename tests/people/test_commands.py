"""`/nps case`, `mine` and `account`: what a person may see, and a kind answer to everything else."""

import pytest

from tests.story.acting import JEN, KOFI, MARCUS, ONBOARDING, PRIYA, SAM, Acting, soon
from tests.story.steps.working import logs, owned
from tests.support.story import RELATIONAL

pytestmark = pytest.mark.asyncio(loop_scope="module")
GENERAL = "C0GENERAL"


async def says(it: Acting, line: str, user: str = PRIYA, channel: str = RELATIONAL) -> str:
    """The whole answer, which only who typed it reads; without the escapes of mrkdwn."""
    posted = len(it.workspace.messages(channel))
    said = await it.told(user, channel, it.workspace.command(user, channel, line))
    assert len(it.workspace.messages(channel)) == posted
    return said.replace("\u2060", "")


async def test_the_whole_history_of_a_case(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    said = await says(it, f"/nps case {case.id}")
    happened = ["winback opened the case.", "The card was posted.", "claimed the case.", "reached"]
    assert [said.index(each) for each in happened] == sorted(said.index(each) for each in happened)
    assert case.customer in said
    assert "Four months instead of thirty days." in said
    for line in (f"/nps CASE {case.id}", f"/nps case #{case.id}", f"/nps  case   {case.id} ", f"/nps case 0{case.id}"):
        assert case.customer in await says(it, line)
    view = it.workspace.ephemerals(PRIYA, RELATIONAL)[-1]
    before = {each["id"] for each in it.workspace.views(PRIYA)}
    await it.workspace.click(PRIYA, RELATIONAL, view["ts"], "case_history", value=str(case.id))
    await it.workspace.until(lambda: {each["id"] for each in it.workspace.views(PRIYA)} - before)


async def test_only_who_may_see_a_case_reads_it(it: Acting) -> None:
    case = await owned(it)
    assert case.customer in await says(it, f"/nps case {case.id}", MARCUS)
    said = await says(it, f"/nps case {case.id}", SAM, GENERAL)
    assert "Only members of this programme's channel see its cases." in said
    assert case.customer not in said
    it.workspace.life.join(SAM, RELATIONAL, inviter=PRIYA)
    assert case.customer in await says(it, f"/nps case {case.id}", SAM)
    it.workspace.life.leave(SAM, RELATIONAL)
    await it.workspace.delivery.settled()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("case", "Which case? Type its number"),
        ("case northwind", "Which case? Type its number"),
        ("case 1 2", "Which case? Type its number"),
        ("case -1", "Which case? Type its number"),
        ("case \u0661", "Which case? Type its number"),
        ("case 999999", "There is no case 999999."),
        ("case " + "9" * 400, "out of date"),
        ("case 9223372036854775807", "There is no case"),
        ("account", "Which account? Type"),
        ("account zzzzqqqq", "I know no account “zzzzqqqq”, or none whose cases you may see."),
        ("account <!channel> *x*", "I know no account “&lt;!channel&gt; *x*”"),
        ("account " + "y" * 2900, "I know no account"),
        ("account \u0301\u0301", "I know no account"),
        ("account %s{0}{name}", "%s{0}{name}"),
    ],
)
async def test_what_finds_nothing_is_told_in_words(it: Acting, typed: str, answer: str) -> None:
    said = await says(it, f"/nps {typed}", KOFI)
    assert answer in said
    assert "<!channel>" not in said
    assert len(said) < 1000


async def test_mine_lists_the_most_pressing_first(it: Acting) -> None:
    assert await says(it, "/nps mine", KOFI) == "You own no open case.\nYou own no open case."
    calm = await owned(it, KOFI, comment="Slow.", acv=100)
    urgent = await owned(it, KOFI, comment="We are evaluating alternatives.", acv=100)
    said = await says(it, "/nps mine", KOFI)
    assert "You own 2 open cases." in said
    assert said.index(urgent.customer) < said.index(calm.customer)
    message = it.workspace.ephemerals(KOFI, RELATIONAL)[-1]
    buttons = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    assert [button["value"] for button in buttons] == [str(urgent.id), str(calm.id)]
    # The button is the next step itself.
    await it.workspace.click(KOFI, RELATIONAL, message["ts"], "case_log_outreach", value=str(urgent.id))
    await it.workspace.until(lambda: it.workspace.views(KOFI))


async def test_an_account_is_found_by_nearly_its_name(it: Acting) -> None:
    both = {"account_id": "acc-globex", "account_name": "Globex Corporation"}
    await it.story.answers(**both, name="Ana One", email="ana@globex.example", comment="Too slow for us.")
    await it.story.answers(**both, name="Cleo Three", email="cleo@globex.example", score=9, comment="Fine!")
    ben = {"name": "Ben Two", "email": "ben@globex.example", "programme": "onboarding"}
    await it.story.answers(**both, **ben)
    await it.story.card(lambda said: "Ben Two" in said, ONBOARDING)
    for typed in ("Globex Corporation", "globex corporation", "  GLOBEX   corporation ", "globex", "Globex Corporaton"):
        said = await says(it, f"/nps account {typed}")
        assert said.startswith("*Globex Corporation*: 2 cases, 3 answers."), typed
    assert "Ana One" in said
    assert "Cleo Three" in said
    assert "Too slow for us." in said

    it.workspace.life.leave(JEN, ONBOARDING)
    await soon(lambda: not it.story.bot.house.directory.is_member(ONBOARDING, JEN))
    said = await says(it, "/nps account globex", JEN)
    assert said.startswith("*Globex Corporation*: 1 case, 2 answers.")
    assert "Ben Two" not in said
    said = await says(it, "/nps account globex", SAM, GENERAL)
    assert said.startswith("I know no account “globex”")
    it.workspace.life.join(JEN, ONBOARDING)
    await it.workspace.delivery.settled()


async def test_near_names_are_offered_where_several_come_close(it: Acting) -> None:
    for name in ("Initech East", "Initech West"):
        key = name.lower().replace(" ", "-")
        await it.story.answers(account_id=key, account_name=name, name="Q", email=f"q@{key}.example")
    await it.story.card(lambda said: "Initech West" in said)
    said = await says(it, "/nps account Initech")
    assert "Did you mean" in said
    assert "Initech East" in said
    assert "Initech West" in said


@pytest.mark.parametrize(
    ("slip", "meant"), [("cse", "case"), ("mien", "mine"), ("acount", "account"), ("awya", "away"), ("bakc", "back")]
)
async def test_a_slip_of_any_word_gets_the_nearest(it: Acting, slip: str, meant: str) -> None:
    said = await says(it, f"/nps {slip} 42")
    assert said.startswith(f"I don't know “{slip}”. Did you mean `/nps {meant}`?")
