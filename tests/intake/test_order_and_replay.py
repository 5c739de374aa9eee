"""In order of arrival; what can't be understood waits with its sentence, stops nobody, and is understood later."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from recovery.policy.file import load_policy
from scheduler import receipts as worker
from store import receipts
from store.engine import Database
from store.tables import deliveries
from tests.support.intake import (
    all_cases,
    answer,
    delighted,
    delivered,
    errors,
    inbox,
    intake,
    kept,
    more_sources,
    states,
    understood,
)
from tests.support.shown import surfaces
from tests.support.story import Story, words_of

OPENED = "Opened a case."
UNPLACED = "No programme takes survey 'Renewal pulse'. Add it to a programme's `surveys` in the policy, or"


@pytest.fixture(autouse=True)
def two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery that broke something of ours is tried again once, after a second, and then kept."""
    monkeypatch.setattr(worker, "MOST_ATTEMPTS", 2)


def without_default() -> str:
    return more_sources().replace("default = true\n", "")


def govern(it: Story, policy: str) -> None:
    """The policy in force from now on, as after a restart."""
    it.bot.house.policy = load_policy(policy)


async def replay(db: Database, source: str = "") -> int:
    async with db.write() as tx:
        return await receipts.replay(tx, source)


async def test_an_unknown_survey_is_kept_until_a_programme_takes_it(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path, policy=without_default()) as it:
        await delivered(it, "generic", answer(programme="", survey_name="Renewal pulse"))
        await understood(it)
        assert await states(it.bot.db) == ["failed"]
        assert (await errors(it.bot.db))[0].startswith(UNPLACED)
        assert await kept(it.bot.db) == []

        assert await replay(it.bot.db) == 1
        await understood(it)
        assert await states(it.bot.db) == ["failed"]

        govern(it, without_default().replace('["Onboarding NPS"]', '["Onboarding NPS", "renewal  PULSE"]'))
        assert await replay(it.bot.db) == 1
        await understood(it)
        assert await errors(it.bot.db) == [OPENED]
        assert [case["programme"] for case in await all_cases(it.bot.db)] == ["onboarding"]
        assert surfaces(it.workspace) == {"case:1": 1}
        assert await replay(it.bot.db) == 0


@pytest.mark.parametrize(
    ("source", "fields", "programme"),
    [
        ("generic", {"programme": "nonsense", "survey_name": "Nobody's"}, "relational"),
        ("generic", {"programme": "ONBOARDING"}, "onboarding"),
        ("generic", {"programme": "", "survey_id": "onboarding nps"}, "onboarding"),
        ("generic", {"programme": None}, "relational"),
    ],
)
async def test_the_default_programme_takes_what_nothing_else_places(
    sqlite_db: str, tmp_path: Path, source: str, fields: dict[str, str], programme: str
) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, source, answer(**fields))
        await understood(it)
        assert [row["programme"] for row in await kept(it.bot.db)] == [programme]


async def test_a_wrong_field_map_is_mended_and_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    """Known, but unusable: the tool hears 200, we keep every byte, and a better policy makes the case of it."""
    wrong = more_sources().replace('renewal_date = "renewal_date"', 'renewal_date = "plan"')
    event = delighted(3, "Slow.", person_properties={"plan": "Scale", "company": "Northwind Traders"})
    async with intake(database_url, tmp_path, policy=wrong) as it:
        await delivered(it, "delighted", event)
        await delivered(it, "generic", answer(email="other@customer.example"))
        await understood(it)
        assert await states(it.bot.db) == ["failed", "understood"]
        assert "expected a day such as 2026-12-31" in (await errors(it.bot.db))[0]
        govern(it, more_sources())
        assert (await replay(it.bot.db, "generic"), await replay(it.bot.db, "delighted")) == (0, 1)
        card = await it.card(lambda words: "Northwind Traders" in words)
        await understood(it)
        assert "Slow." in words_of(card)
        assert await states(it.bot.db) == ["understood", "understood"]


async def test_a_source_that_left_the_policy_keeps_what_it_sent(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        without = load_policy(more_sources())
        await break_rows(it.bot.db, "r1")
        await delivered(it, "generic", answer())
        it.bot.house.policy = without.model_copy(update={"sources": {}})
        await understood(it)
        assert await states(it.bot.db) == ["failed"]
        await mend_rows(it.bot.db)
        await replay(it.bot.db)
        await understood(it)
        assert await errors(it.bot.db) == ["The policy no longer has the source 'generic'."]
        govern(it, more_sources())
        await replay(it.bot.db)
        await understood(it)
        assert await errors(it.bot.db) == [OPENED]


async def test_deliveries_are_understood_in_the_order_of_their_arrival(database_url: str, tmp_path: Path) -> None:
    """Without any time in them only the order tells which score is the last."""
    async with intake(database_url, tmp_path) as it:
        for number in range(40):
            body = {"response_id": f"r{number % 4}", "score": number % 11, "email": f"c{number % 4}@customer.example"}
            await delivered(it, "generic", body, f"msg_{number}")
        await understood(it)
        rows = {row["response_id"]: row["score"] for row in await kept(it.bot.db)}
        assert rows == {f"r{n % 4}": n % 11 for n in range(36, 40)}
        moments = [row["understood_at"] for row in await inbox(it.bot.db)]
        assert moments == sorted(moments)


async def test_one_that_breaks_something_of_ours_stops_nobody(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with intake(database_url, tmp_path) as it:
        await break_rows(it.bot.db, "r3")
        for number in range(8):
            await delivered(it, "generic", answer(response_id=f"r{number}", email=f"c{number}@customer.example"))
        await understood(it)
        found = await inbox(it.bot.db)
        assert [row["state"] for row in found] == ["understood"] * 3 + ["failed"] + ["understood"] * 4
        assert found[3]["attempts"] == worker.MOST_ATTEMPTS
        reference = found[3]["error"].removeprefix("An error of ours (reference ").removesuffix("); see the log.")
        assert len(reference) == 8
        assert reference in caplog.text
        assert len(it.cards()) == 7

        await mend_rows(it.bot.db)
        assert await replay(it.bot.db) == 1
        await understood(it)
        assert set(await states(it.bot.db)) == {"understood"}
        assert [row["response_id"] for row in await kept(it.bot.db)] == [f"r{n}" for n in range(8)]
        assert len(it.cards()) == 8


async def test_a_whole_line_of_broken_ones_lets_the_next_through(database_url: str, tmp_path: Path) -> None:
    """More broken ones than one transaction takes, in front of one that is sound."""
    async with intake(database_url, tmp_path) as it:
        await break_rows(it.bot.db, "bad")
        for number in range(2 * worker.BATCH + 1):
            await delivered(it, "generic", answer(response_id="bad", comment=f"{number}"), f"bad_{number}")
        await delivered(it, "generic", answer(response_id="good", email="good@customer.example"))
        await understood(it, 20)
        assert await states(it.bot.db) == ["failed"] * (2 * worker.BATCH + 1) + ["understood"]
        assert len(it.cards()) == 1


async def test_a_row_that_breaks_once_is_tried_again(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        await break_rows(it.bot.db, "r1")
        await delivered(it, "generic", answer())
        async with it.bot.db.read() as tx:
            assert (await tx.conn.execute(sa.select(deliveries.c.state))).scalar_one() in {"waiting", "failed"}
        await mend_rows(it.bot.db)
        await replay(it.bot.db)
        await understood(it)
        assert await errors(it.bot.db) == [OPENED]
        assert len(it.cards()) == 1


async def break_rows(db: Database, response_id: str) -> None:
    """From now on the database itself refuses this one answer."""
    refused = f"NEW.response_id = '{response_id}'"
    statements = (
        [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$",
            f"CREATE TRIGGER broken BEFORE INSERT ON responses FOR EACH ROW WHEN ({refused}) EXECUTE FUNCTION refuse()",
        ]
        if db.postgres
        else [
            f"CREATE TRIGGER broken BEFORE INSERT ON responses WHEN {refused} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ]
    )
    async with db.write() as tx:
        for statement in statements:
            await tx.conn.execute(sa.text(statement))


async def mend_rows(db: Database) -> None:
    async with db.write() as tx:
        await tx.conn.execute(sa.text("DROP TRIGGER broken" + (" ON responses" if db.postgres else "")))
