"""`winback import-accounts`: what a file tells of accounts is known once, and open cases follow."""

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flows.cases.accounts import together
from recovery.cases.case import EventKind
from recovery.figures.dimensions import Dimension
from recovery.figures.periods import last_days, quarter, quarter_of
from recovery.policy.file import load_policy
from recovery.survey import Account
from store.cases import account_rows, cases
from store.clock import SystemClock
from store.engine import Database
from store.figures import figures
from store.tables import outbox
from tests.cli.command import Done, alone, here, winback, write_rows
from tests.support.story import POLICY

NOW = datetime.now(UTC)
NORTHWIND = {
    "Account ID": "acc-1",
    "Account": "Northwind Traders",
    "ARR": "180,000",
    "Segment": "enterprise",
    "Renewal": "2027-02-17",
    "Tenure start": "2024-05-31",
    "CSM": "jen@acme.example",
    "Notes": "ours",
}


def counts(done: Done) -> dict[str, int]:
    """The report as numbers, by their last word that tells them apart."""
    found: dict[str, int] = {}
    names = {"read": "read", "added": "added", "changed": "changed", "so": "known", "refused": "refused", "it": "cases"}
    for line in done.out.splitlines():
        number, _, what = line.strip().partition(" ")
        if number.isdigit() and what.split()[-1] in names:
            found[names[what.split()[-1]]] = int(number)
    return found


async def known(url: str, *keys: str) -> dict[str, Account]:
    db = Database(url, SystemClock())
    try:
        async with db.read() as tx:
            return await account_rows.by_keys(tx, keys)
    finally:
        await db.close()


def file_of(place: Path, *rows: Mapping[str, object]) -> Path:
    return write_rows(place / "accounts.csv", rows)


async def answered(url: str, place: Path, **more: object) -> None:
    """A detractor of yesterday, whose case is open."""
    row = {
        "response_id": "r1",
        "score": 2,
        "comment": "Slow.",
        "email": "dana@northwind.example",
        "responded_at": (NOW - timedelta(days=1)).isoformat(),
        **more,
    }
    done = await here(alone(url), "import", write_rows(place / "answers.csv", [row]), "--programme", "relational")
    assert "1 case opened" in done.out


async def test_a_file_is_taken_in_once(database_url: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, NORTHWIND, {**NORTHWIND, "Account ID": "acc-2", "Account": "Contoso", "ARR": ""})
    foreseen = await here(alone(database_url), "import-accounts", file, "--dry-run")
    done = await winback(alone(database_url), "import-accounts", file)
    first = await known(database_url, "acc-1", "acc-2", "contoso")
    again = await here(alone(database_url), "import-accounts", file)
    assert counts(foreseen) == counts(done) == {
        "read": 2, "added": 2, "changed": 0, "known": 0, "refused": 0, "cases": 0,
    }  # fmt: skip
    assert "Nothing was written" in foreseen.out
    assert counts(again) == {"read": 2, "added": 0, "changed": 0, "known": 2, "refused": 0, "cases": 0}
    assert first == await known(database_url, "acc-1", "acc-2", "contoso")
    assert first == {
        "acc-1": Account(
            "acc-1", "Northwind Traders", Decimal(180_000), date(2027, 2, 17), "enterprise", "jen@acme.example",
            customer_since=date(2024, 5, 31),
        ),
        "acc-2": Account(
            "acc-2", "Contoso", None, date(2027, 2, 17), "enterprise", "jen@acme.example",
            customer_since=date(2024, 5, 31),
        ),
    }  # fmt: skip
    assert done.line("customer_since").split() == ["customer_since", "Tenure", "start", "(guessed)"]
    assert "not read: Notes" in done.out


async def test_an_open_case_hears_of_money_and_renewal(database_url: str, tmp_path: Path) -> None:
    await answered(database_url, tmp_path, account_id="acc-1", account_name="Northwind Traders")
    assert (await kept_case(database_url))["urgency"] == "normal"
    soon = (NOW + timedelta(days=20)).date().isoformat()
    file = file_of(tmp_path, {**NORTHWIND, "Renewal": soon})
    assert counts(await here(alone(database_url), "import-accounts", file, "--dry-run"))["cases"] == 1
    before = await kept_case(database_url)
    done = await here(alone(database_url), "import-accounts", file)
    after = await kept_case(database_url)
    assert counts(done) == {"read": 1, "added": 0, "changed": 1, "known": 0, "refused": 0, "cases": 1}
    assert (after["urgency"], after["kinds"][-1]) == ("critical", EventKind.FACTS_CHANGED)
    assert after["wanted"] > before["wanted"], "its card is drawn anew"
    await here(alone(database_url), "import-accounts", file)
    assert await kept_case(database_url) == after, "a second run changes nothing"


async def test_figures_follow(database_url: str, tmp_path: Path) -> None:
    await answered(database_url, tmp_path, account_id="acc-1", account_name="Northwind Traders")
    policy = load_policy(POLICY.read_text("utf-8"))
    await here(alone(database_url), "import-accounts", file_of(tmp_path, NORTHWIND))
    db = Database(database_url, SystemClock())
    answered_at = NOW - timedelta(days=1)
    try:
        async with db.read() as tx:
            for period in (quarter(quarter_of(answered_at)), last_days(5, NOW)):
                found = await figures.tallies_in(tx, policy, "relational", period, Dimension.SEGMENT)
                assert {value: tally.n for value, tally in found.items()} == {"enterprise": 1}
    finally:
        await db.close()


async def kept_case(url: str) -> dict[str, Any]:
    """The only case as it stands."""
    db = Database(url, SystemClock())
    try:
        async with db.read() as tx:
            case = await cases.get(tx, 1)
            history = await cases.history(tx, 1)
            wanted = await tx.conn.scalar(sa.select(outbox.c.wanted).where(outbox.c.surface == "case:1"))
    finally:
        await db.close()
    return {
        "urgency": case.urgency.value,
        "version": case.version,
        "kinds": [event.kind for event in history],
        "wanted": wanted,
    }


async def test_answers_that_knew_only_the_name_are_reached(sqlite_db: str, tmp_path: Path) -> None:
    await answered(sqlite_db, tmp_path, account_name="Northwind  TRADERS")
    file = file_of(tmp_path, NORTHWIND)
    assert counts(await here(alone(sqlite_db), "import-accounts", file, "--dry-run"))["cases"] == 1
    done = await here(alone(sqlite_db), "import-accounts", file)
    assert counts(done) == {"read": 1, "added": 1, "changed": 0, "known": 0, "refused": 0, "cases": 1}
    found = await known(sqlite_db, "acc-1", "northwind traders")
    assert {account.acv for account in found.values()} == {Decimal(180_000)}
    assert len(found) == 2
    assert counts(await here(alone(sqlite_db), "import-accounts", file))["known"] == 1


async def test_a_name_that_two_accounts_share_ties_none(sqlite_db: str, tmp_path: Path) -> None:
    await answered(sqlite_db, tmp_path, account_name="Northwind Traders")
    file = file_of(tmp_path, NORTHWIND, {**NORTHWIND, "Account ID": "acc-2", "ARR": "1"})
    assert counts(await here(alone(sqlite_db), "import-accounts", file))["cases"] == 0
    assert (await known(sqlite_db, "northwind traders"))["northwind traders"].acv is None


async def test_an_empty_cell_and_words_for_nothing_leave_what_is_known(sqlite_db: str, tmp_path: Path) -> None:
    await here(alone(sqlite_db), "import-accounts", file_of(tmp_path, NORTHWIND))
    before = await known(sqlite_db, "acc-1")
    empty = {**dict.fromkeys(NORTHWIND, ""), "Account ID": "acc-1", "ARR": "n/a", "CSM": "-"}
    done = await here(alone(sqlite_db), "import-accounts", file_of(tmp_path, empty))
    assert (counts(done)["known"], counts(done)["changed"]) == (1, 0)
    assert await known(sqlite_db, "acc-1") == before


async def test_refused_rows_say_why_and_are_written_out(sqlite_db: str, tmp_path: Path) -> None:
    file = file_of(
        tmp_path,
        NORTHWIND,
        {**NORTHWIND, "ARR": "-5"},
        {**NORTHWIND, "Account ID": "", "Account": "n/a"},
        {**NORTHWIND, "Account ID": "acc-3", "Renewal": "03/09/2026"},
        {**NORTHWIND, "Segment": "smb"},
        NORTHWIND,
        {**NORTHWIND, "Account ID": "acc-4", "CSM": "jen"},
    )
    refused = tmp_path / "refused.csv"
    done = await here(alone(sqlite_db), "import-accounts", file, "--refused", refused)
    assert counts(done) == {"read": 7, "added": 1, "changed": 0, "known": 1, "refused": 5, "cases": 0}
    for line, why in (
        (3, 'acv is "-5"'),
        (4, "neither an id nor a name"),
        (5, 'renewal_date is "03/09/2026"'),
        (6, "stands on line 2 already and says something else"),
        (8, 'csm_email is "jen"'),
    ):
        assert why in done.line(f"line {line}: ")
    with refused.open(encoding="utf-8-sig", newline="") as stream:
        assert [each["refused line"] for each in csv.DictReader(stream)] == ["3", "4", "5", "6", "8"]
    mended = await here(alone(sqlite_db), "import-accounts", file, "--date-format", "dmy")
    assert counts(mended)["added"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "acv=Turnover"], 'The file has no column "Turnover".'),
        (["--map", "score=ARR"], '"score" is no field of an account'),
    ],
)
async def test_what_was_told_has_to_be_there(words: list[str], said: str, sqlite_db: str, tmp_path: Path) -> None:
    done = await here(alone(sqlite_db), "import-accounts", file_of(tmp_path, NORTHWIND), *words)
    assert (done.code, counts(done)) == (1, {})
    assert said in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty"),
        ("ARR,Segment\n1,x\n", "No column names the account"),
        ("PK\x03\x04", "spreadsheet or an archive"),
    ],
)
async def test_a_file_that_is_none_is_one_sentence(content: str, said: str, sqlite_db: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(content, "utf-8")
    done = await here(alone(sqlite_db), "import-accounts", file)
    assert done.code == 1
    assert said in done.err


async def test_only_refused_rows_is_a_failure(sqlite_db: str, tmp_path: Path) -> None:
    done = await here(alone(sqlite_db), "import-accounts", file_of(tmp_path, {**NORTHWIND, "ARR": "x"}))
    assert done.code == 1


async def test_a_dry_run_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = await here(
        alone(f"sqlite:///{folder / 'w.sqlite3'}"), "import-accounts", file_of(tmp_path, NORTHWIND), "--dry-run"
    )
    assert counts(done)["added"] == 1
    assert not folder.exists()


def test_what_is_known_stays_where_nothing_is_told() -> None:
    old = Account("a", "Acme", Decimal(5), date(2027, 1, 1), "smb", "x@acme.example", "pro", "emea", date(2020, 1, 1))
    assert together(old, Account("a", "")) == old
    assert together(None, Account("a", "Acme")) == Account("a", "Acme")
    assert together(old, Account("a", "", acv=Decimal(0))).acv == 0, "nothing a year is something"
