"""An answer heard on a call, and a message that is one: both become an answer like any other."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from handlers.shortcut import written
from recovery.cases.case import State
from store.cases import responses
from store.tables import cases, contacts
from store.tables import responses as responses_table
from tests.story.acting import ELENA, ONBOARDING, PRIYA, SAM, Acting, Json, soon, values
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "Four weeks without an answer; we are looking at others."


async def window(it: Acting, user: str = PRIYA) -> Json:
    """The window of the global shortcut, once the bot knows who is in which channel."""
    await soon(lambda: it.story.bot.house.directory.is_member(ONBOARDING, PRIYA))
    before = {view["id"] for view in it.workspace.views(user)}
    await it.workspace.shortcut(user, "log_detractor")
    return await opened(it, user, before)


async def opened(it: Acting, user: str, before: set[str]) -> Json:
    def found() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(found)
    return view


def filled(who: str, **other: Any) -> Json:
    """What stands in the window, as Slack's state."""
    typed = {
        "score": "3", "verbatim": SAID, "contact_name": who.title(), "email": f"{who}@heard.example",
        "programme": "relational", "account": f"{who.title()} Industries", **other,
    }  # fmt: skip
    choices = {"score", "programme"}
    state: Json = {}
    for block, value in typed.items():
        option = {"text": {"type": "plain_text", "text": str(value)}, "value": value}
        chosen = {"type": "static_select", "selected_option": option if value else None}
        state[block] = {"field": chosen if block in choices else {"type": "plain_text_input", "value": value}}
    return state


async def sends(it: Acting, view: Json, state: Json, user: str = PRIYA) -> Json:
    ack = await it.hands_in(user, view, values(state))
    found: Json = ack.payload or {}
    return found


async def stored(it: Acting, email: str) -> list[Any]:
    """(score, verbatim, source, case id) of what the contact answered."""
    async with it.story.bot.db.read() as tx:
        rows = await tx.conn.execute(
            sa.select(
                responses_table.c.score, responses_table.c.verbatim, responses_table.c.source, responses_table.c.case_id
            )
            .join(contacts, contacts.c.id == responses_table.c.contact_id)
            .where(contacts.c.key == email)
            .order_by(responses_table.c.id)
        )
        return list(rows.all())


async def test_an_answer_heard_on_a_call_becomes_a_case(it: Acting) -> None:
    view = await window(it)
    answer = await it.workspace.submit_view(PRIYA, view["id"], plain(view, filled("ada")))
    assert answer == {"response_action": "close", "errors": {}}
    card = await it.story.card(lambda said: "Ada Industries" in said)
    assert SAID in words_of(card)
    ((score, verbatim, source, case_id),) = await stored(it, "ada@heard.example")
    assert (score, verbatim, source) == (3, SAID, "slack")
    assert (await it.case(case_id)).state is State.OPEN


def plain(view: Json, state: Json) -> Json:
    """The same for the workspace's client, which chooses among what is offered."""
    offered = {block["block_id"]: block.get("element", {}).get("options", []) for block in view["blocks"]}
    found: Json = {}
    for block, inputs in state.items():
        element = inputs["field"]
        if element["type"] == "static_select":
            value = element["selected_option"]["value"]
            element = {"selected_option": next(each for each in offered[block] if each["value"] == value)}
            found[block] = {"field": element}
        else:
            found[block] = {"field": element["value"]}
    return found


async def test_sent_twice_and_at_the_same_moment_it_is_one(it: Acting) -> None:
    view = await window(it)
    state = filled("bob")
    await asyncio.gather(*(sends(it, view, state) for _ in range(4)))
    await sends(it, view, state)
    assert len(await stored(it, "bob@heard.example")) == 1
    async with it.story.bot.db.read() as tx:
        opened_cases = await tx.conn.scalar(
            sa.select(sa.func.count())
            .select_from(cases.join(contacts, contacts.c.id == cases.c.contact_id))
            .where(contacts.c.key == "bob@heard.example")
        )
    assert opened_cases == 1


async def test_a_contact_with_a_case_joins_it_and_who_logged_it_is_told(it: Acting) -> None:
    for _ in range(2):
        answer = await sends(it, await window(it), filled("cyd"))
    assert answer["response_action"] == "update"
    assert "has an open case already" in str(answer["view"])
    assert len(await stored(it, "cyd@heard.example")) == 2
    assert len({row.case_id for row in await stored(it, "cyd@heard.example")}) == 1


async def test_a_score_that_is_no_detractors_is_kept_without_a_case(it: Acting) -> None:
    answer = await sends(it, await window(it), filled("dee", score="9"))
    assert "9 is no detractor's score, so there is no case." in str(answer["view"])
    ((score, _, _, case_id),) = await stored(it, "dee@heard.example")
    assert (score, case_id) == (9, None)


async def test_the_account_is_the_one_we_know(it: Acting) -> None:
    await it.story.answers(
        name="Eve", email="eve@heard.example", account_id="acc-77", account_name="Umbrella Corp", acv=90_000, score=9
    )
    await settled(it.story)
    await sends(it, await window(it), filled("fay", account="  umbrella   CORP "))
    # Without an account it is the one of their last answer.
    await sends(it, await window(it), filled("eve", account=""))
    async with it.story.bot.db.read() as tx:
        for who in ("fay", "eve"):
            account = await responses.account_of(tx, f"{who}@heard.example")
            assert account is not None
            assert account.key == "acc-77"


@pytest.mark.parametrize(
    ("other", "field", "says"),
    [
        ({"score": ""}, "score", "Choose the score they gave, from 0 to 10."),
        ({"score": "11"}, "score", "Choose the score"),
        ({"score": "-1"}, "score", "Choose the score"),
        ({"score": "3.0"}, "score", "Choose the score"),
        ({"score": "\u0663"}, "score", "Choose the score"),
        ({"verbatim": ""}, "verbatim", "Say what they said, in their words."),
        ({"verbatim": " \u200b \n"}, "verbatim", "Say what they said"),
        ({"verbatim": "x" * 3001}, "verbatim", "3,001 characters long"),
        ({"verbatim": "a\x00b"}, "verbatim", "can't be shown"),
        ({"verbatim": None}, "verbatim", "Say what they said"),
        ({"verbatim": {"a": 1}}, "verbatim", "Say what they said"),
        ({"contact_name": ""}, "contact_name", "Say who said it."),
        ({"contact_name": "n" * 81}, "contact_name", "81 characters long"),
        ({"email": ""}, "email", "Give an e-mail address"),
        ({"email": "dana"}, "email", "Give an e-mail address"),
        ({"email": "a b@c.example"}, "email", "Give an e-mail address"),
        ({"email": "<a@b.example>"}, "email", "Give an e-mail address"),
        ({"email": "a@b.example\n"}, "", ""),
        ({"email": "a" * 260 + "@b.example"}, "email", "Give an e-mail address"),
        ({"account": "x" * 81}, "account", "81 characters long"),
        ({"programme": ""}, "programme", "Choose one of the list."),
        ({"programme": "nonsense"}, "programme", "Choose one of the list."),
    ],
)
async def test_what_can_not_be_is_refused_at_its_input(it: Acting, other: Json, field: str, says: str) -> None:
    answer = await sends(it, await window(it), filled("gil", **other))
    if not field:
        assert "errors" not in answer
        return
    assert list(answer["errors"]) == [field]
    assert says in answer["errors"][field]
    assert await stored(it, "gil@heard.example") == []


@pytest.mark.parametrize("state", [None, [], {}, {"values": None}, {"values": {"score": None}}])
async def test_a_window_without_state(it: Acting, state: object) -> None:
    view = await window(it)
    ack = await it.hands_in(PRIYA, view, lambda forged: forged.update(state=state))
    assert "programme" in ack.payload["errors"]


async def test_only_programmes_that_one_sees_are_offered_and_taken(it: Acting) -> None:
    view = await window(it, SAM)
    assert "You are in no programme" in str(view)
    # Elena manages both; Sam sends a window that is not his.
    offered = await window(it, ELENA)
    programmes = next(block for block in offered["blocks"] if block["block_id"] == "programme")["element"]["options"]
    assert [option["value"] for option in programmes] == ["relational", "onboarding"]
    answer = await sends(it, offered, filled("hal"), SAM)
    assert answer["errors"] == {
        "programme": "Only people of the programme Relational log answers for it. Choose another."
    }
    assert await stored(it, "hal@heard.example") == []


async def test_a_message_becomes_a_case(it: Acting) -> None:
    message = it.workspace.message(PRIYA, ONBOARDING, f"Ivy says: {SAID} & more")
    before = {view["id"] for view in it.workspace.views(PRIYA)}
    await it.workspace.message_shortcut(PRIYA, "case_from_message", ONBOARDING, message["ts"])
    view = await opened(it, PRIYA, before)
    verbatim = next(block for block in view["blocks"] if block["block_id"] == "verbatim")["element"]
    assert verbatim["initial_value"] == f"Ivy says: {SAID} & more"
    await sends(it, view, filled("ivy", programme="onboarding"))
    ((_, _, _, case_id),) = await stored(it, "ivy@heard.example")
    assert (await it.case(case_id)).programme == "onboarding"


async def test_a_huge_message_is_cut_to_what_an_input_takes(it: Acting) -> None:
    message = it.workspace.message(PRIYA, RELATIONAL, "Slow. " * 5000)
    before = {view["id"] for view in it.workspace.views(PRIYA)}
    await it.workspace.message_shortcut(PRIYA, "case_from_message", RELATIONAL, message["ts"])
    view = await opened(it, PRIYA, before)
    verbatim = next(block for block in view["blocks"] if block["block_id"] == "verbatim")["element"]
    assert 2900 < len(verbatim["initial_value"]) <= 3000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<@U0PRIYA> wrote", "@Priya Raman wrote"),
        ("<@U0NOBODY|nob> and <@U0NOBODY>", "@nob and @U0NOBODY"),
        ("<#C0RELATIONAL|nps> <!channel> <!subteam^S0CSM|@csm>", "#nps @channel @csm"),
        ("<https://a.example/x|the page> <https://b.example>", "the page https://b.example"),
        ("", ""),
        (None, ""),
        (5, ""),
        ([], ""),
    ],
)
async def test_a_message_reads_as_people_see_it(it: Acting, text: object, shown: str) -> None:
    assert written(it.story.bot.house, {"text": text}) == shown
    assert written(it.story.bot.house, text) == ""
