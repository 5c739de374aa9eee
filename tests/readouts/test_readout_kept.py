"""Readouts as rows of either database: begun once, changed by one at a time, announced once in each lead's morning."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.flows.cases.casework import Asker
from bot.flows.figures import decisions, pages, readout_page, readouts
from bot.flows.figures.readouts import Due
from bot.house import House
from bot.looks import draw
from bot.paper.sheet import sheet
from bot.surfaces import DraftSurface, ReadoutSurface, parse
from bot.theme_search import ThemeSearch
from bot.views.look import Look
from bot.views.readouts.draft import Carried
from recovery.cases.case import State
from recovery.cases.progress import Pause
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.figures.periods import quarter
from recovery.policy.file import Policy, load_policy
from recovery.readouts.asking_gate import check_ask
from recovery.readouts.page import Answer, Ask, AskKind
from scheduler.chores import Chores
from store.engine import Database
from store.errors import Contended
from store.figures import readouts as rows
from store.figures.readouts import ReadoutState
from store.slack.people import Directory, Person, Place
from store.tables import cases, outbox, responses
from tests.people.stocked import stock
from tests.readouts.pages import ASK
from tests.store.conftest import StillClock
from tests.support.briefs import CASE
from tests.support.reading import read
from tests.support.slack_limits import message_problems
from tests.support.story import POLICY as FILE

POLICY = load_policy(FILE.read_text("utf-8"))
MARCUS, ELENA, PRIYA, RUTH = "U0MARCUS", "U0ELENA", "U0PRIYA", "U0RUTH"
EXEC = "G0EXEC"
Q4 = 2026 * 4 + 3
PERIOD = quarter(Q4)
AFTER = datetime(2027, 1, 5, 16, 0, tzinfo=UTC)  # a Tuesday; eleven in New York
LEAD, EXECUTIVE = Asker(MARCUS), Asker(ELENA)


@pytest.fixture(autouse=True)
def _now(clock: StillClock) -> None:
    clock.at = AFTER


def house(policy: Policy = POLICY) -> House:
    people = {
        MARCUS: Person(MARCUS, "marcus@acme.example", "Marcus Webb", "America/New_York"),
        ELENA: Person(ELENA, "elena@acme.example", "Elena Rossi", "Europe/Rome"),
        PRIYA: Person(PRIYA, "priya@acme.example", "Priya Raman", "Europe/London"),
        RUTH: Person(RUTH, "ruth@acme.example", "Ruth Stein", "Europe/London"),
    }
    places = {ref: Place(ref, ref) for ref in ("C0RELATIONAL", "C0ONBOARDING", EXEC)}
    members = {"C0RELATIONAL": frozenset({PRIYA, MARCUS}), EXEC: frozenset({RUTH, MARCUS})}
    return House(policy, Directory(people, {each.email: key for key, each in people.items()}, places, members))


async def detractors(db: Database, many: int = 3, at: datetime = datetime(2026, 11, 20, tzinfo=UTC)) -> None:
    await stock(db, [replace(CASE, state=State.OPEN, submitted_at=at + timedelta(hours=n)) for n in range(many)])
    async with db.write() as tx:
        await tx.conn.execute(sa.update(responses).values(verbatim="Onboarding took four months."))


async def begun(db: Database, it: House, ask: Ask | None = ASK) -> Carried:
    """A draft with this Ask."""
    async with db.write() as tx:
        readout = await readouts.begin(tx, it, it.policy.programmes["relational"], PERIOD, LEAD)
    ask = replace(ask, due=date(2027, 3, 1)) if ask else None
    async with db.write() as tx:
        await readouts.write(tx, it, Carried(readout.id, readout.version), {}, ask, LEAD)
    async with db.read() as tx:
        found, _ = await readouts.load(tx, it, readout.id)
    return Carried(found.id, found.version)


async def publish(db: Database, it: House, carried: Carried, asker: Asker = LEAD) -> Look:
    async with db.write() as tx:
        return await readouts.publish(tx, it, carried, asker, None)


async def posted(db: Database) -> list[str]:
    async with db.read() as tx:
        return [row.surface for row in await tx.conn.execute(sa.select(outbox.c.surface).order_by(outbox.c.id))]


async def test_a_draft_is_begun_once_however_many_begin_it(db: Database) -> None:
    async def begin() -> int:
        async with db.write() as tx:
            return (await rows.draft(tx, "relational", Q4)).id

    assert len(set(await asyncio.gather(*(begin() for _ in range(5))))) == 1
    async with db.write() as tx:
        assert (await rows.draft(tx, "onboarding", Q4)).id != (await rows.draft(tx, "relational", Q4)).id


async def test_what_is_written_comes_back_and_one_of_two_gives_in(db: Database) -> None:
    async with db.write() as tx:
        first = await rows.draft(tx, "relational", Q4)
    ask = Ask(AskKind.DROP, "Hosting is given up. \U0001f642", "Priya", "Tells nine accounts", date(2027, 2, 1))
    async with db.write() as tx:
        await rows.write(tx, first, {"enterprise": "The price “rose”."}, ask)
    async with db.read() as tx:
        found = await rows.get(tx, first.id)
    assert found is not None
    assert (found.ask, found.reasons, found.version) == (ask, {"enterprise": "The price “rose”."}, 2)
    with pytest.raises(Contended):
        async with db.write() as tx:
            await rows.write(tx, first, {}, None)
    async with db.write() as tx:
        await rows.write(tx, found, {}, None)
    async with db.read() as tx:
        emptied = await rows.get(tx, first.id)
    assert emptied is not None
    assert (emptied.ask, emptied.posted, emptied.state) == (None, None, ReadoutState.DRAFT)


async def test_the_same_sent_twice_is_kept_once_and_what_others_wrote_is_not_lost(db: Database) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it)
    ask = replace(ASK, due=date(2027, 3, 1))
    async with db.write() as tx:
        await readouts.write(tx, it, replace(carried, version=1), {}, ask, LEAD)
    with pytest.raises(Refusal, match="This draft was changed after you opened it"):
        async with db.write() as tx:
            await readouts.write(tx, it, replace(carried, version=1), {"enterprise": "Mine."}, ask, LEAD)
    with pytest.raises(FieldRefusal, match="“discuss” decides nothing") as refused:
        async with db.write() as tx:
            await readouts.write(tx, it, carried, {}, replace(ask, decision="Discuss the budget"), LEAD)
    assert refused.value.field == "ask_decision"


async def test_two_publish_and_it_is_posted_once(db: Database) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it)

    async def press() -> str:
        try:
            return (await publish(db, it, carried)).text
        except Contended:
            return "again"

    said = await asyncio.gather(*(press() for _ in range(4)))
    assert [each for each in said if each != "again"]
    assert "Published in <#G0EXEC>" in (await publish(db, it, carried)).text
    assert await posted(db) == [str(ReadoutSurface(carried.readout_id))]
    async with db.read() as tx:
        drawn = await draw(tx, it, str(ReadoutSurface(carried.readout_id)))
    assert drawn is not None
    assert message_problems(drawn.look) == []
    assert "Give onboarding two engineers until June." in "\n".join(read(drawn.look.blocks))


async def test_what_was_published_is_printed_as_it_was(db: Database, clock: StillClock) -> None:
    """What happens later changes the page that is counted next, not the one that was read."""
    await detractors(db)
    it = house()
    programme = it.policy.programmes["relational"]
    clock.at = AFTER
    carried = await begun(db, it)
    assert await readout_page.published(db, programme, PERIOD) == ""
    await publish(db, it, carried)

    async def papers() -> list[str]:
        """By a link in Slack, and by hand."""
        async with db.read() as tx:
            by_link = (await pages.readout_page(tx, it, carried.readout_id, Asker(RUTH))).paper
        return [by_link, await readout_page.published(db, programme, PERIOD)]

    before = await papers()
    assert "Published on 5 Jan 2027" in before[0]
    assert before[0] == before[1]

    async def counted() -> str:
        async with db.read() as tx:
            return sheet(await readout_page.page(tx, it.policy, programme, PERIOD), it.policy.figures)

    then = await counted()
    async with db.write() as tx:
        await tx.conn.execute(sa.update(cases).values(contacted_at=cases.c.submitted_at))
    assert await counted() != then
    assert await papers() == before


async def test_what_keeps_a_readout_from_being_published(db: Database, clock: StillClock) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it, ask=None)
    with pytest.raises(Refusal, match="without an Ask can't be published"):
        await publish(db, it, carried)
    carried = await begun(db, it)
    with pytest.raises(NotAllowed, match="Only a lead"):
        await publish(db, it, carried, Asker(PRIYA))
    with pytest.raises(Refusal, match="This draft was changed after you opened it"):
        await publish(db, it, replace(carried, version=1))
    clock.at = PERIOD.end - timedelta(seconds=1)
    with pytest.raises(Refusal, match="runs until Thu 31 Dec 2026"):
        await publish(db, it, carried)
    clock.at = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    with pytest.raises(Refusal, match="Mon 1 Mar 2027 has passed"):
        await publish(db, it, carried)
    clock.at = AFTER
    programme = POLICY.programmes["relational"].model_copy(update={"executives": None})
    nowhere = house(POLICY.model_copy(update={"programmes": {**POLICY.programmes, "relational": programme}}))
    with pytest.raises(Refusal, match=r"Set executives in \[programmes.relational\]"):
        await publish(db, nowhere, carried)
    nowhere.policy = POLICY
    nowhere.directory = replace(nowhere.directory, places={})
    unknown = programme.model_copy(update={"executives": "#exec"})
    nowhere.policy = POLICY.model_copy(update={"programmes": {"relational": unknown}})
    with pytest.raises(Refusal, match="I don't know the channel “#exec” yet"):
        await publish(db, nowhere, carried)
    assert await posted(db) == []


async def test_who_decides_and_only_once(db: Database) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it)
    with pytest.raises(Refusal):
        await decide(db, it, carried, EXECUTIVE)
    await publish(db, it, carried)
    carried = replace(carried, version=carried.version + 1)
    with pytest.raises(NotAllowed, match="Only members of the executives' channel"):
        await decide(db, it, carried, Asker(PRIYA))
    for sentence, name, field in (("", "Ruth", "sentence"), ("Why not.", " \u200b", "decided_by")):
        with pytest.raises(FieldRefusal) as refused:
            await decide(db, it, carried, Asker(RUTH), Answer.YES, sentence, name)
        assert refused.value.field == field
    await decide(db, it, carried, Asker(RUTH), Answer.KEEP_MONITORING)
    with pytest.raises(Refusal, match="has written down an answer meanwhile: We'll keep monitoring"):
        await decide(db, it, carried, EXECUTIVE)

    async def press(answer: Answer) -> bool:
        try:
            await decide(db, it, replace(carried, version=carried.version + 1), EXECUTIVE, answer)
        except (Contended, Refusal):
            return False
        return True

    assert sum(await asyncio.gather(press(Answer.YES), press(Answer.NO), press(Answer.KEEP_MONITORING))) == 1
    async with db.read() as tx:
        found = await rows.get(tx, carried.readout_id)
    assert found is not None
    assert len(found.decisions) == 2


async def decide(
    db: Database,
    it: House,
    carried: Carried,
    asker: Asker,
    answer: Answer = Answer.YES,
    sentence: str = "It costs us the most.",
    name: str = "Elena",
) -> None:
    async with db.write() as tx:
        await decisions.decide(tx, it, carried, answer, sentence, name, asker)


async def test_the_next_quarters_page_opens_with_the_ask_and_its_decision(db: Database, search: ThemeSearch) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it)
    await publish(db, it, carried)
    await decide(db, it, replace(carried, version=carried.version + 1), EXECUTIVE, Answer.NO)
    programme = POLICY.programmes["relational"]
    page = await readout_page.count(db, POLICY, programme, quarter(Q4 + 1), search)
    assert page.last is not None
    assert (page.last.period, page.last.ask.decision) == ("Q4 2026", ASK.decision)
    assert page.last.decision is not None
    assert page.last.decision.answer is Answer.NO
    assert (await readout_page.count(db, POLICY, programme, PERIOD, search)).last is None
    assert (await readout_page.count(db, POLICY, POLICY.programmes["onboarding"], quarter(Q4 + 1), search)).last is None


async def test_time_on_customers_is_shown(db: Database) -> None:
    """It counts for nobody, so the page says how much of it there was (playbook, section 2, Pause)."""
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    pauses = [(Pause(at, at + timedelta(days=days), "They asked."),) for days in (2, 5)]
    contacted = [replace(CASE.progress, pauses=spans) for spans in pauses]
    await stock(db, [replace(CASE, state=State.OPEN, submitted_at=at, progress=each) for each in contacted])
    it = house()
    async with db.write() as tx:
        readout = await readouts.begin(tx, it, POLICY.programmes["relational"], PERIOD, LEAD)
        said = read((await readouts.shown(tx, it, readout.id, LEAD, ())).blocks)
    (loop,) = [line for line in said if line.startswith("*Closed loop:*")]
    assert loop.endswith(" · 2 cases waited on their customers, 7 days in all, 5 days at most")


async def test_an_empty_programme_has_a_page_of_words(db: Database) -> None:
    it = house()
    async with db.write() as tx:
        readout = await readouts.begin(tx, it, POLICY.programmes["relational"], PERIOD, LEAD)
        said = read((await readouts.shown(tx, it, readout.id, LEAD, ())).blocks)
    assert said[1] == "*Nobody answered in this quarter*, so there is no score."
    assert "*Closed loop:* no detractor answered in this quarter." in said


async def test_themes_are_of_the_quarters_detractors_alone(db: Database, search: ThemeSearch) -> None:
    await detractors(db, 12)
    programme = POLICY.programmes["relational"]
    page = await readout_page.count(db, POLICY, programme, PERIOD, search)
    assert page.themes is not None
    assert [(theme.text, theme.count) for theme in page.themes] == [("Onboarding took four months.", 12)]
    assert (await readout_page.count(db, POLICY, programme, quarter(Q4 - 1), search)).themes == ()
    with pytest.raises(ValueError, match="no quarter"):
        async with db.read() as tx:
            await readout_page.page(tx, POLICY, programme, replace(PERIOD, quarter=None))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), None),  # Q3 has long been over
        (datetime(2027, 1, 1, 16, 0, tzinfo=UTC), None),  # a day off
        (datetime(2027, 1, 2, 16, 0, tzinfo=UTC), None),  # a Saturday
        (datetime(2027, 1, 4, 13, 59, tzinfo=UTC), None),  # a minute to nine in New York
        (datetime(2027, 1, 4, 14, 0, tzinfo=UTC), MARCUS),
        (datetime(2027, 1, 14, 22, 0, tzinfo=UTC), MARCUS),
        (datetime(2027, 1, 15, 16, 0, tzinfo=UTC), None),  # too late
    ],
)
def test_leads_hear_in_their_own_morning_of_the_first_working_days(at: datetime, told: str | None) -> None:
    found = readouts.due(house(), at)
    assert [(each.programme, each.user) for each in found] == (
        [("relational", told), ("onboarding", told)] if told else []
    )
    assert {each.period.key for each in found} <= {"2026Q4"}


async def test_a_lead_hears_once_of_each_programme_with_answers(db: Database) -> None:
    await detractors(db)
    it = house()
    await asyncio.gather(*(Chores(db, it).beat() for _ in range(3)))
    surfaces = [parse(each) for each in await posted(db)]
    drafts = [each for each in surfaces if isinstance(each, DraftSurface)]
    assert [each.user for each in drafts] == [MARCUS]
    async with db.read() as tx:
        drawn = await draw(tx, it, str(drafts[0]))
        assert drawn is not None
        assert message_problems(drawn.look) == []
        assert "Q4 2026 of Relational is over" in drawn.look.text
        assert await rows.find(tx, "onboarding", Q4) is None
    async with db.write() as tx:
        assert not await readouts.announce(tx, it, Due("gone", MARCUS, PERIOD))


async def test_what_was_published_before_it_could_be_announced_is_not_announced(db: Database) -> None:
    await detractors(db)
    it = house()
    carried = await begun(db, it)
    await publish(db, it, carried)
    async with db.write() as tx:
        assert not await readouts.announce(tx, it, Due("relational", MARCUS, PERIOD))
        assert await draw(tx, it, str(DraftSurface(MARCUS, carried.readout_id))) is None
        assert await draw(tx, it, str(ReadoutSurface(99))) is None


def test_the_ask_of_these_tests_passes_the_gate() -> None:
    check_ask(replace(ASK, due=date(2027, 3, 1)), AFTER.date(), POLICY.commitment.vague_words)
