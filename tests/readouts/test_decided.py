"""The answer to an Ask, and what it changed, as rows of either database: once, by one at a time, and put right."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows.cases.casework import Asker
from bot.flows.figures import decisions, readout_page
from bot.house import House
from bot.theme_search import ThemeSearch
from bot.views.readouts.changed import Noting
from bot.views.readouts.draft import Carried
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.figures.periods import quarter
from recovery.readouts.asking_gate import MOST_TYPED
from recovery.readouts.page import Answer, Changed, Effect
from store.engine import Database
from store.errors import Contended
from store.figures import readouts as rows
from store.figures.readouts import Readout
from store.slack.people import Directory
from tests.readouts.test_readout_kept import (
    AFTER,
    EXECUTIVE,
    LEAD,
    MARCUS,
    POLICY,
    PRIYA,
    Q4,
    RUTH,
    begun,
    decide,
    detractors,
    house,
    publish,
)
from tests.store.conftest import StillClock
from tests.support.reading import read

SAM = "U0SAM"


@pytest.fixture(autouse=True)
def _now(clock: StillClock) -> None:
    clock.at = AFTER


async def asked(db: Database, it: House) -> Carried:
    """A published readout whose Ask nobody has answered."""
    await detractors(db)
    carried = await begun(db, it)
    await publish(db, it, carried)
    return replace(carried, version=carried.version + 1)


async def decided(db: Database, it: House, answer: Answer = Answer.YES) -> Noting:
    carried = await asked(db, it)
    await decide(db, it, carried, EXECUTIVE, answer)
    return Noting(carried.readout_id, carried.version + 1)


async def found(db: Database, readout_id: int) -> Readout:
    async with db.read() as tx:
        readout = await rows.get(tx, readout_id)
    assert readout is not None
    return readout


async def note(
    db: Database,
    it: House,
    noting: Noting,
    changed: Changed = Changed.PRODUCT,
    sentence: str = "Exports are in.",
    asker: Asker = LEAD,
) -> None:
    async with db.write() as tx:
        await decisions.note_effect(tx, it, noting, changed, sentence, asker)


async def effect(db: Database, noting: Noting) -> Effect | None:
    decision = (await found(db, noting.readout_id)).decision
    assert decision is not None
    return decision.effect


async def listed(db: Database, it: House, asker: Asker = LEAD) -> list[str]:
    async with db.read() as tx:
        return read((await decisions.listed(tx, it, asker)).blocks)


@pytest.mark.parametrize("answer", list(Answer))
async def test_a_window_that_is_sent_twice_is_one_answer(db: Database, answer: Answer) -> None:
    """Slack sends it again when our answer was late."""
    it = house()
    carried = await asked(db, it)
    for name in ("Elena", "Elena", " Elena "):
        await decide(db, it, carried, EXECUTIVE, answer, "It costs us the most.", name)
    assert len((await found(db, carried.readout_id)).decisions) == 1
    for told in (
        {"answer": Answer.NO if answer is Answer.YES else Answer.YES},
        {"answer": answer, "sentence": "Another reason."},
        {"answer": answer, "name": "Ruth"},
    ):
        with pytest.raises(Refusal, match="You have written down an answer already"):
            await decide(db, it, carried, EXECUTIVE, **told)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=f"<@{EXECUTIVE.user}> has written down an answer meanwhile"):
        await decide(db, it, carried, Asker(RUTH), answer)


async def test_a_window_sent_twice_at_once_is_one_answer(db: Database) -> None:
    it = house()
    carried = await asked(db, it)

    async def send() -> str:
        try:
            await decide(db, it, carried, EXECUTIVE)
        except Contended:
            return "again"  # handlers run the flow once more
        return "kept"

    said = await asyncio.gather(*(send() for _ in range(4)))
    assert "kept" in said
    await decide(db, it, carried, EXECUTIVE)
    assert len((await found(db, carried.readout_id)).decisions) == 1


async def test_the_same_stall_in_another_week_is_another_stall(db: Database) -> None:
    it = house()
    carried = await asked(db, it)
    await decide(db, it, carried, EXECUTIVE, Answer.KEEP_MONITORING)
    await decide(db, it, replace(carried, version=carried.version + 1), EXECUTIVE, Answer.KEEP_MONITORING)
    assert len((await found(db, carried.readout_id)).decisions) == 2


async def test_what_a_decision_changed_is_kept_with_who_and_when(db: Database, clock: StillClock) -> None:
    it = house()
    noting = await decided(db, it)
    assert "no decision changed product" in (await listed(db, it))[0]
    clock.at = AFTER + timedelta(days=3)
    await note(db, it, noting, Changed.PRODUCT, "  Exports\n are in.  ")
    assert await effect(db, noting) == Effect(Changed.PRODUCT, "Exports are in.", MARCUS, clock.at)
    said = "\n".join(await listed(db, it))
    assert "1 of 1 Ask decided (100 %) · 1 decision changed product, process or policy" in said
    assert "It changed the product: Exports are in." in said
    assert "Correct what it changed…" in said
    clock.at += timedelta(days=91)
    assert "no decision changed product" in (await listed(db, it))[0]


async def test_it_can_be_put_right_and_other_words_make_it_no_newer(db: Database, clock: StillClock) -> None:
    it = house()
    noting = await decided(db, it, Answer.NO)
    first = clock.at
    for days, changed, sentence, since in (
        (0, Changed.NOTHING, "Nobody was hired.", 0),
        (5, Changed.NOTHING, "Nobody has been hired.", 0),
        (10, Changed.PROCESS, "One person for each account.", 10),
        (20, Changed.POLICY, "One person for each account.", 10),
        (30, Changed.NOTHING, "It was given up.", 30),
    ):
        clock.at = first + timedelta(days=days)
        noting = replace(noting, version=(await found(db, noting.readout_id)).version)
        await note(db, it, noting, changed, sentence)
        assert await effect(db, noting) == Effect(changed, sentence, MARCUS, first + timedelta(days=since))


async def test_sent_twice_it_is_kept_once_and_what_another_lead_wrote_is_not_lost(db: Database) -> None:
    it = house()
    noting = await decided(db, it)
    await note(db, it, noting)
    await note(db, it, noting)
    assert (await found(db, noting.readout_id)).version == noting.version + 1
    with pytest.raises(Refusal, match="You wrote down after this window was opened that it changed the product"):
        await note(db, it, noting, Changed.POLICY)
    programme = POLICY.programmes["relational"].model_copy(
        update={"leads": ("marcus@acme.example", "priya@acme.example")}
    )
    it.policy = POLICY.model_copy(update={"programmes": {**POLICY.programmes, "relational": programme}})
    with pytest.raises(Refusal, match=f"<@{MARCUS}> wrote down after this window"):
        await note(db, it, noting, Changed.POLICY, asker=Asker(PRIYA))


async def test_of_two_at_once_one_is_kept(db: Database) -> None:
    it = house()
    noting = await decided(db, it)

    async def press(changed: Changed) -> Changed | None:
        try:
            await note(db, it, noting, changed, f"It is {changed}.")
        except (Contended, Refusal):
            return None
        return changed

    kept = [each for each in await asyncio.gather(*(press(each) for each in Changed)) if each]
    assert len(kept) == 1
    told = await effect(db, noting)
    assert told is not None
    assert told.changed is kept[0]


async def test_who_may_and_what_is_refused(db: Database) -> None:
    it = house()
    open_ask = await asked(db, it)
    with pytest.raises(Refusal, match="Nobody has decided this Ask"):
        await note(db, it, Noting(open_ask.readout_id, open_ask.version))
    await decide(db, it, open_ask, EXECUTIVE, Answer.KEEP_MONITORING)
    with pytest.raises(Refusal, match="Nobody has decided this Ask"):
        await note(db, it, Noting(open_ask.readout_id, open_ask.version + 1))
    assert "What it changed…" not in "\n".join(await listed(db, it))
    await decide(db, it, replace(open_ask, version=open_ask.version + 1), EXECUTIVE)
    noting = Noting(open_ask.readout_id, open_ask.version + 2)
    for stranger in (PRIYA, RUTH, EXECUTIVE.user, SAM):
        with pytest.raises(NotAllowed):
            await note(db, it, noting, asker=Asker(stranger))
    with pytest.raises(Refusal, match="This readout is gone"):
        await note(db, it, Noting(999, 1))
    for sentence in ("", "  ", "\u200b\u200b", "👍", "x" * (MOST_TYPED + 1)):
        with pytest.raises(FieldRefusal) as refused:
            await note(db, it, noting, Changed.NOTHING, sentence)
        assert refused.value.field == "sentence"
    assert await effect(db, noting) is None
    assert "What it changed…" in "\n".join(await listed(db, it))
    assert "What it changed…" not in "\n".join(await listed(db, it, Asker(PRIYA)))
    async with db.read() as tx:
        with pytest.raises(NotAllowed):
            await decisions.effect_window(tx, it, noting, Asker(PRIYA))


async def test_a_list_of_an_hour_ago_opens_what_is_there_now(db: Database) -> None:
    it = house()
    noting = await decided(db, it)
    await note(db, it, noting)
    async with db.read() as tx:
        view = await decisions.effect_window(tx, it, replace(noting, version=1), LEAD)
    assert "Exports are in." in "\n".join(read(view["blocks"]))
    assert f"[{noting.readout_id}, {noting.version + 1}, 1" in view["private_metadata"]


async def test_the_next_quarters_page_says_what_it_changed(db: Database, search: ThemeSearch) -> None:
    it = house()
    noting = await decided(db, it)
    await note(db, it, noting)
    page = await readout_page.count(db, POLICY, POLICY.programmes["relational"], quarter(Q4 + 1), search)
    assert page.last is not None
    assert page.last.decision is not None
    assert page.last.decision.effect == Effect(Changed.PRODUCT, "Exports are in.", MARCUS, AFTER)


async def test_who_sees_no_programme_is_told_so_and_pages_too_far_are_the_last(db: Database) -> None:
    it = house()
    await decided(db, it)
    async with db.read() as tx:
        assert (await decisions.listed(tx, it, LEAD, 99_999)).blocks == (await decisions.listed(tx, it, LEAD, 0)).blocks
        with pytest.raises(NotAllowed, match="You see no programme's readouts"):
            await decisions.listed(tx, House(POLICY, Directory()), Asker(SAM))
