"""The kept counts are those of the stored answers, whatever happened to the answers and in whatever order."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.flows.cases.intake import take_in
from bot.house import House
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import quarter, quarter_of
from recovery.survey import Account, Contact, SurveyResponse
from store.cases import responses
from store.engine import Database
from store.errors import Contended
from store.figures import figures, tallies
from tests.figures.answers import POLICY, Answering
from tests.figures.recount import check_kept, kept, of_quarter, quarters

ACTS = 120
AT = datetime(2026, 8, 12, 10, tzinfo=UTC)
Q3 = quarter_of(AT)
DANA = Contact("dana@northwind.example", "Dana Okafor", "dana@northwind.example")
NORTHWIND = Account("northwind", "Northwind", segment="Enterprise", acv=Decimal(60000))


def answered(score: int, at: datetime = AT, **more: object) -> SurveyResponse:
    told = SurveyResponse("csv", "r1", score, at, at, DANA, account=NORTHWIND, role="CFO", programme="relational")
    return replace(told, **more)


async def take(db: Database, *answers: SurveyResponse) -> None:
    for answer in answers:
        async with db.write() as tx:
            await take_in(tx, House(POLICY), answer, tx.now)


async def of_everybody(db: Database) -> dict[int, Tally]:
    counts = await check_kept(db, POLICY)
    return {key[1]: each for key, each in counts.items() if key[2] == ""}


@pytest.mark.parametrize("seed", range(5))
async def test_any_story_is_counted_right(db: Database, seed: int) -> None:
    story = Answering(seed)
    for number in range(ACTS):
        async with db.write() as tx:
            for _ in range(story.random.choice((1, 1, 1, 6))):
                await story.act(tx, POLICY)
        if number % 20 == 0:
            await check_kept(db, POLICY)
    counts = await check_kept(db, POLICY)
    await _spans_agree(db, counts)


async def _spans_agree(db: Database, counts: dict[tuple[str, int, str, str], Tally]) -> None:
    """The other way to count, from the answers of a span, gives the same of every quarter."""
    assert len(quarters(counts)) > 8
    for programme, number in quarters(counts):
        period = quarter(number)
        for dimension in (None, *Dimension):
            right = of_quarter(counts, programme, number, dimension or "")
            async with db.read() as tx:
                assert await figures.tally_between(tx, POLICY, programme, period.start, period.end, dimension) == right
                assert await figures.tallies_in(tx, POLICY, programme, period, dimension) == right


async def test_only_the_latest_answer_of_a_quarter_counts(db: Database) -> None:
    later = replace(answered(9), response_id="r2", responded_at=AT.replace(day=20))
    before = replace(answered(7), response_id="r3", responded_at=AT.replace(month=6))
    await take(db, later, answered(2), before)
    assert await of_everybody(db) == {Q3: Tally(promoters=1), Q3 - 1: Tally(passives=1)}


async def test_of_two_answers_at_one_moment_the_later_row_counts(db: Database) -> None:
    await take(db, answered(9), replace(answered(2), response_id="r2"))
    assert await of_everybody(db) == {Q3: Tally(detractors=1)}


async def test_a_corrected_score_moves_a_count_and_an_older_version_moves_none(db: Database) -> None:
    await take(db, answered(2))
    await take(db, answered(9, version_at=AT.replace(hour=12)))
    assert await of_everybody(db) == {Q3: Tally(promoters=1)}
    await take(db, answered(3, version_at=AT.replace(hour=11)), answered(9, version_at=AT.replace(hour=12)))
    assert await of_everybody(db) == {Q3: Tally(promoters=1)}


async def test_an_answer_that_turns_out_to_be_older_changes_its_quarter(db: Database) -> None:
    await take(db, answered(2), answered(2, at=AT.replace(month=6), version_at=AT.replace(hour=12)))
    assert await of_everybody(db) == {Q3 - 1: Tally(detractors=1)}


async def test_an_answer_that_turns_out_to_be_somebody_elses_leaves_the_first_one_with_what_is_left(
    db: Database,
) -> None:
    kofi = Contact("kofi@northwind.example", "Kofi", "kofi@northwind.example")
    first = replace(answered(9), response_id="r0", responded_at=AT.replace(day=1))
    await take(db, first, answered(2), answered(2, contact=kofi, version_at=AT.replace(hour=12)))
    assert await of_everybody(db) == {Q3: Tally(promoters=1, detractors=1)}


async def test_what_becomes_known_of_an_account_regroups_its_people_in_all_quarters(db: Database) -> None:
    await take(db, answered(2), answered(9, at=AT.replace(year=2025), response_id="r2"))
    async with db.write() as tx:
        await tallies.keep_account(tx, POLICY, replace(NORTHWIND, segment="", acv=Decimal(9000), region="APAC"))
    counts = await check_kept(db, POLICY)
    for number in (Q3, Q3 - 4):
        assert list(of_quarter(counts, "relational", number, "acv_band")) == ["0-10000"]
        assert list(of_quarter(counts, "relational", number, "region")) == ["apac"]
        assert list(of_quarter(counts, "relational", number, "segment")) == ["enterprise"]


async def test_a_rolled_back_answer_and_one_behind_a_savepoint_are_not_counted(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as tx:
            await take_in(tx, House(POLICY), answered(9), tx.now)
            raise LookupError("the database is gone")

    with pytest.raises(LookupError):
        await fail()
    async with db.write() as tx:
        savepoint = await tx.conn.begin_nested()
        await take_in(tx, House(POLICY), answered(9), tx.now)
        await savepoint.rollback()
    assert await of_everybody(db) == {}


async def test_many_answers_of_the_same_people_at_the_same_moment(db: Database) -> None:
    """Contacts and accounts that are shared, from several writers; who gave in tries again, as the bot does."""
    story = Answering(7, people=4, companies=2)
    said = [replace(story.answer(), response_id=f"r{number}") for number in range(60)]

    async def write(answers: Sequence[SurveyResponse]) -> None:
        for answer in answers:
            for _ in range(50):
                try:
                    await take(db, answer)
                except Contended:
                    continue
                break
            else:
                pytest.fail("an answer never got through")

    await asyncio.gather(*(write(said[start::6]) for start in range(6)))
    await check_kept(db, POLICY)
    async with db.read() as tx:
        assert sum(each.n for key, each in (await kept(tx)).items() if key[2] == "") > 10


async def test_an_account_that_another_transaction_regroups_is_never_half_seen(db: Database) -> None:
    """One writer changes what is known of an account while others answer for it, over and over."""
    people = [Contact(f"p{number}@northwind.example") for number in range(4)]

    async def changes() -> None:
        for number in range(25):
            async with db.write() as tx:
                segment = ("Enterprise", "SMB")[number % 2]
                await tallies.keep_account(tx, POLICY, replace(NORTHWIND, segment=segment))

    async def answers(person: Contact) -> None:
        for number in range(12):
            told = answered(number % 11, contact=person, response_id=f"{person.key}{number}", account=NORTHWIND)
            for _ in range(50):
                try:
                    await take(db, told)
                except Contended:
                    continue
                break

    async def changes_again() -> None:
        for _ in range(50):
            try:
                await changes()
            except Contended:
                continue
            break

    await asyncio.gather(changes_again(), *map(answers, people))
    assert sum(each.n for each in (await of_everybody(db)).values()) == len(people)


async def test_a_count_that_is_wrong_would_be_seen(db: Database) -> None:
    """Whoever writes an answer past the flow leaves the tallies behind: the check above finds that."""
    await take(db, answered(2))
    async with db.write() as tx:
        contact = await responses.contact(tx, DANA)
        await responses.save(tx, answered(9, response_id="r9"), "relational", contact, None, AT)
    with pytest.raises(AssertionError):
        await check_kept(db, POLICY)
    async with db.write() as tx:
        tallies.follow(tx, POLICY, [contact])
    await check_kept(db, POLICY)
    async with db.read() as tx:
        assert await tx.conn.scalar(sa.text("SELECT count(*) FROM standings")) == 1
