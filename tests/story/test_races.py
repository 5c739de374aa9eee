"""Two people in the same instant, again and again, on both databases: one owner, and the other is told who."""

import asyncio
from collections import Counter
from pathlib import Path

from tests.story.acting import JEN, KOFI, MARCUS, PRIYA, Acting, Shown, claim_button, owner_and_note, values
from tests.story.conftest import acting
from tests.support.shown import settled
from tests.support.story import words_of

ROUNDS = 20
PEOPLE = (PRIYA, JEN)
TWO_LEADS = 'leads = ["marcus@acme.example", "tomas@acme.example"]'


async def test_two_people_who_claim_in_the_same_instant(database_url: str, tmp_path: Path) -> None:
    async with acting(database_url, tmp_path) as it:
        card = await it.opens()
        numbers = [card.id, *[(await it.opens()).id for _ in range(ROUNDS - 1)]]
        for number in numbers:
            await _two_claim(it, card, number)


async def _two_claim(it: Acting, card: Shown, number: int) -> None:
    told_before = {user: len(it.workspace.ephemerals(user, card.channel)) for user in PEOPLE}
    acks = await asyncio.gather(*(it.presses(user, card, claim_button(str(number))) for user in PEOPLE))
    assert [ack.outcome for ack in acks] == ["acked", "acked"]

    owner = (await it.case(number)).owner
    other = PEOPLE[1 - PEOPLE.index(owner)]
    await it.workspace.until(lambda: len(it.workspace.ephemerals(other, card.channel)) > told_before[other])
    assert f"<@{owner}> owns this case already." in words_of(it.workspace.ephemerals(other, card.channel)[-1])
    assert len(it.workspace.ephemerals(owner, card.channel)) == told_before[owner]
    kinds = Counter(event.kind.value for event in await it.history(number))
    assert kinds["claimed"] == 1


async def test_five_people_and_a_release_at_once(database_url: str, tmp_path: Path) -> None:
    async with acting(database_url, tmp_path) as it:
        case = await it.opens()
        await it.click(PRIYA, case, "case_claim")
        release = {"action_id": "case_release", "value": str(case.id)}
        await asyncio.gather(
            it.presses(PRIYA, case, release),
            *(it.presses(user, case, claim_button(str(case.id))) for user in (JEN, KOFI, MARCUS)),
        )
        await settled(it.story)
        now, events = await it.case(case.id), await it.history(case.id)
        # Each version has one event, and what happened last is what is so.
        assert now.version == len(events)
        hands = [event for event in events if event.kind.value in {"claimed", "released"}]
        owner = ""
        for event in hands:
            assert event.before == owner
            owner = event.after
        assert now.owner == owner
        assert (f"<@{owner}>" in it.card(case)) is bool(owner)


async def test_two_leads_who_assign_at_once(database_url: str, tmp_path: Path) -> None:
    policy = (Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8")
    policy = policy.replace('leads = ["marcus@acme.example"]', TWO_LEADS)
    async with acting(database_url, tmp_path, policy=policy) as it:
        for _ in range(5):
            case = await it.opens()
            views = {user: await it.opens_modal(user, case, "case_assign") for user in (MARCUS, "U0TOMAS")}
            choices = {MARCUS: PRIYA, "U0TOMAS": JEN}
            acks = await asyncio.gather(
                *(it.hands_in(user, view, values(owner_and_note(choices[user]))) for user, view in views.items())
            )
            owner = await it.owner(case)
            assert owner in choices.values()
            errors = [ack.payload["errors"]["owner"] for ack in acks if ack.payload]
            name = {PRIYA: "Priya Raman", JEN: "Jen Alvarez"}[owner]
            assert [error.split(".")[0] for error in errors] == [f"{name} became the owner while this window was open"]
            await settled(it.story)
            told = {user: len(it.messages_to(user, case)) for user in (PRIYA, JEN)}
            assert told == {user: int(user == owner) for user in told}


async def test_a_claim_and_the_withdrawal_of_the_case_at_once(database_url: str, tmp_path: Path) -> None:
    async with acting(database_url, tmp_path) as it:
        for _ in range(5):
            case = await it.opens()
            await asyncio.gather(
                it.presses(PRIYA, case, claim_button(str(case.id))),
                it.withdraws(MARCUS, case, "test", "Our own test."),
            )
            now = await it.case(case.id)
            assert now.state.value == "closed"
            assert now.version == len(await it.history(case.id))
            await it.shows(case, "Withdrawn")


async def test_people_at_work_while_slack_renews_the_connection(sqlite_db: str, tmp_path: Path) -> None:
    """Socket Mode ends a connection about every hour, whoever clicks then."""
    async with acting(sqlite_db, tmp_path) as it:
        for case in [await it.opens() for _ in range(6)]:
            clicks = [asyncio.create_task(_clicks_until_taken(it, user, case)) for user in PEOPLE]
            await it.workspace.sockets.disconnect("refresh_requested")
            await asyncio.gather(*clicks)
            assert await it.owner(case) in PEOPLE
            kinds = Counter(event.kind.value for event in await it.history(case.id))
            assert kinds["claimed"] == 1
            await it.shows(case, f"<@{await it.owner(case)}>")


async def _clicks_until_taken(it: Acting, user: str, case: Shown) -> None:
    """As people do: who reads that Slack had trouble connecting presses once more."""
    for _ in range(10):
        ack = await it.presses(user, case, claim_button(str(case.id)))
        if ack.ok:
            return
        assert ack.outcome == "unreachable"
        await it.workspace.until(lambda: any(not c.ws.closed for c in it.workspace.sockets.connections), timeout=20)
    raise AssertionError("the connection did not come back")
