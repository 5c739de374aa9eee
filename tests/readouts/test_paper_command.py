"""`winback readout`: the file, from either database, and the words for what can't be printed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recovery.errors import WinbackError
from recovery.policy.file import load_policy
from recovery.policy.tables import Kind
from store.engine import Database
from store.figures import readouts
from store.figures.readouts import Posted
from tests.cli.command import Done, alone, here, winback
from tests.people.stocked import stock
from tests.readouts.papers import ASK
from tests.readouts.test_paper import Read
from tests.support.briefs import CASE
from tests.support.story import POLICY
from winback.printing import programme_of, quarter_of

SUMMER = datetime(2025, 8, 1, 9, 0, tzinfo=UTC)
Q3 = 2025 * 4 + 2
RULES = load_policy(POLICY.read_text("utf-8"))


@pytest.fixture
async def answered(db: Database, database_url: str) -> str:
    """The URL of a database with three detractors of summer 2025, whose readout is published."""
    cases = [replace(CASE, programme="relational", submitted_at=SUMMER + timedelta(days=day)) for day in range(3)]
    await stock(db, cases)
    async with db.write() as tx:
        await readouts.draft(tx, "relational", Q3)
        for step in range(2):
            page = await readouts.find(tx, "relational", Q3)
            assert page is not None
            if step:
                await readouts.publish(tx, page, Posted("text", ()), "U0PRIYA")
            else:
                await readouts.write(tx, page, {}, ASK)
    return database_url


def left_behind(folder: Path) -> list[str]:
    """Files that were begun and are not the page."""
    return [path.name for path in folder.glob(".readout*")]


async def printed(url: str, file: Path, *words: str) -> Done:
    return await here(alone(url), "readout", "--html", file, *words)


async def test_the_page_is_in_the_file(answered: str, tmp_path: Path) -> None:
    file = tmp_path / "q3.html"
    done = await winback(alone(answered), "readout", "--programme", "relational", "--period", "2025Q3", "--html", file)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The readout of Relational for Q3 2025 (published) is in {file}.\n"
    text = Read(file.read_text("utf-8")).text
    assert "Readout of Q3 2025: Relational" in text
    assert "3 people answered: 0 promoters, 0 passives, 3 detractors." in text
    assert ASK.decision in text
    assert left_behind(tmp_path) == []
    assert file.stat().st_mode & 0o077 == 0


async def test_the_file_of_before_is_replaced_whole(answered: str, tmp_path: Path) -> None:
    file = tmp_path / "readout.html"
    file.write_text("old " * 100_000, "utf-8")
    assert (await printed(answered, file, "--period", "2025Q2")).code == 0
    first = file.read_text("utf-8")
    assert "old old" not in first
    assert "Nobody has answered in Q2 2025." in Read(first).text
    assert (await printed(answered, file)).code == 0
    assert "Draft, counted on" in Read(file.read_text("utf-8")).text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--programme", "relatonal"), "There is no programme 'relatonal'; did you mean \"relational\"?"),
        (("--period", "2025-08"), "A readout is of a quarter, and August 2025 is none. Write one as"),
        (("--period", "2025Q5"), "A year has four quarters"),
        (("--period", "soonish"), "is no period"),
        (("--period", "2999Q1"), "There are no answers from 2999"),
    ],
)
async def test_what_cannot_be_printed_is_said_and_no_file_is_touched(
    words: tuple[str, ...], said: str, database_url: str, db: Database, tmp_path: Path
) -> None:
    del db
    file = tmp_path / "readout.html"
    done = await printed(database_url, file, *words)
    assert done.code == 1
    assert said in done.err
    assert not file.exists()


async def test_a_place_where_no_file_can_be(answered: str, tmp_path: Path) -> None:
    assert "is a folder; name a file in it" in (await printed(answered, tmp_path)).err
    missing = tmp_path / "none" / "readout.html"
    assert f"There is no folder {missing.parent}." in (await printed(answered, missing)).err


async def test_a_database_without_tables_says_what_to_do(sqlite_db: str, tmp_path: Path) -> None:
    done = await printed(sqlite_db, tmp_path / "readout.html")
    assert done.code == 1
    assert "winback run" in done.err


def test_the_only_relational_programme_is_meant_and_of_several_one_is_named() -> None:
    assert programme_of(RULES, "").key == "relational"
    twice = {key: each.model_copy(update={"kind": Kind.RELATIONAL}) for key, each in RULES.programmes.items()}
    with pytest.raises(WinbackError, match="Name the programme with --programme: relational, onboarding"):
        programme_of(RULES.model_copy(update={"programmes": twice}), "")


@pytest.mark.parametrize(("starts", "key"), [(1, "2026Q3"), (2, "2027Q2"), (4, "2027Q2")])
def test_the_quarter_that_is_over_last_is_meant(starts: int, key: str) -> None:
    assert quarter_of("", datetime(2026, 10, 1, tzinfo=UTC), starts).key == key
