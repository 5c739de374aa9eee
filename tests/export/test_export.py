"""`winback export`: files that belong together, that no spreadsheet runs, and that lose nothing."""

import asyncio
import csv
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from recovery.figures.periods import quarter, quarter_of
from recovery.readouts.page import Answer, Ask, AskKind, Decision
from recovery.readouts.registry import Plan
from store.engine import Database, Tx
from store.figures import readouts, registry
from store.figures.readouts import Posted, Readout
from store.migrate import migrate
from store.tables import cases, responses
from tests.cli.command import alone, here, winback, write_rows
from tests.export.datasets import HOSTILE, NOW, Data, policy_of
from tests.export.dictionary import columns_of_page
from tests.export.exported import AtNow, export
from tests.export.recount import Recount
from tests.support.story import ROOT
from winback.exports import files
from winback.exports.files import FORMULA, Format, guarded, written_moment
from winback.exports.tables import SHEETS

SEED = 48  # a data set with all there is
STARTS = policy_of(SEED).figures.fiscal_year_starts
THIS = quarter_of(NOW, STARTS)
ASK = Ask(AskKind.DO, "Staff onboarding", "Onboarding", "Hire two people", date(2026, 12, 15))


def test_the_dictionary_has_the_columns_and_their_kinds() -> None:
    ours = {sheet.name: {name: form.value for name, form in sheet.columns.items()} for sheet in SHEETS}
    page = columns_of_page()
    assert page == ours
    assert [list(columns) for columns in page.values()] == [list(columns) for columns in ours.values()]


class TestGuard:
    @given(st.text() | st.sampled_from(HOSTILE))
    def test_no_text_is_a_formula_and_none_is_lost(self, text: str) -> None:
        cell = guarded(text)
        assert not cell.lstrip().startswith(FORMULA)
        assert cell.removeprefix("'") == text

    @pytest.mark.parametrize(
        ("text", "cell"),
        [("=1+1", "'=1+1"), ("-5", "'-5"), ("  @x", "'  @x"), ("\t1", "'\t1"), ("'x", "''x"), ("a=b", "a=b"), ("", "")],
    )
    def test_only_what_is_risky_changes(self, text: str, cell: str) -> None:
        assert guarded(text) == cell

    @given(st.datetimes(timezones=st.just(UTC)))
    def test_a_moment_reads_back(self, at: datetime) -> None:
        assert datetime.fromisoformat(written_moment(at)) == at


@pytest.fixture
async def full(database_url: str) -> Database:
    db = Database(database_url, AtNow())
    await migrate(db)
    async with db.write() as tx:
        await Data(SEED, policy_of(SEED)).fill(tx)
    async with db.write() as tx:
        await decided(tx, "relational", THIS - 1)
        await readouts.draft(tx, "relational", THIS)
        await decided(tx, "support", THIS - 1)
        await weighed(tx)
    return db


async def decided(tx: Tx, programme: str, number: int) -> None:
    """A readout that was published, whose Ask was put off and then answered."""
    await readouts.draft(tx, programme, number)
    steps: list[Callable[[Readout], Awaitable[None]]] = [
        lambda page: readouts.write(tx, page, {}, ASK),
        lambda page: readouts.publish(tx, page, Posted("text", ()), "U0PRIYA"),
        lambda page: readouts.decide(tx, page, Decision(Answer.KEEP_MONITORING, "=later", "Elena", "U0ELENA", NOW)),
        lambda page: readouts.decide(tx, page, Decision(Answer.YES, "Now.", "Elena", "U0ELENA", NOW)),
    ]
    for step in steps:
        page = await readouts.find(tx, programme, number)
        assert page is not None
        await step(page)


async def weighed(tx: Tx) -> None:
    """Two actions of the registry, one without a plan, and every case behind the other."""
    for programme, tag in (("relational", "=wrong invoices"), ("support", "slow answers")):
        item = await registry.open_item(tx, programme, ("t-1", tag), THIS)
        assert item is not None
        if programme == "relational":
            await registry.link(tx, item.id, await tx.conn.scalars(sa.select(cases.c.id)))
            await registry.plan(tx, item, Plan("Check them", "U0PRIYA", date(2026, 11, 22), "None is wrong in March"))


async def test_the_registry_and_its_cases_are_there(full: Database, tmp_path: Path) -> None:
    try:
        await export(full, policy_of(SEED), tmp_path)
        async with full.read() as tx:
            numbers = set(await tx.conn.scalars(sa.select(cases.c.id)))
    finally:
        await full.close()
    found = read(tmp_path)
    planned, waiting = found["registry"]
    assert (planned["tag"], planned["owner"], planned["due"]) == ("'=wrong invoices", "U0PRIYA", "2026-11-22")
    assert planned["late_from"] == "2026-11-23T00:00:00Z"
    assert (planned["quarter"], planned["state"]) == (quarter(THIS, STARTS).key, "open")
    assert [waiting[name] for name in ("action", "owner", "due", "late_from", "closed_at")] == [""] * 5
    assert {int(each["case_id"]) for each in found["registry_cases"]} == numbers
    assert {each["item"] for each in found["registry_cases"]} == {planned["item"]}


async def test_what_was_asked_and_decided_is_there(full: Database, tmp_path: Path) -> None:
    try:
        await export(full, policy_of(SEED), tmp_path, programme="relational")
    finally:
        await full.close()
    found = read(tmp_path)
    (page,) = found["readouts"]
    assert (page["ask_kind"], page["ask_who"], page["ask_due"]) == ("do", "Onboarding", "2026-12-15")
    assert (page["quarter"], page["published_by"]) == (quarter(THIS - 1, STARTS).key, "U0PRIYA")
    assert [(each["number"], each["answer"], each["sentence"]) for each in found["decisions"]] == [
        ("1", "keep_monitoring", "'=later"),
        ("2", "yes", "Now."),
    ]


@pytest.mark.parametrize("format_", list(Format))
async def test_no_word_is_lost(format_: Format, full: Database, tmp_path: Path) -> None:
    try:
        counts = await export(full, policy_of(SEED), tmp_path, format_)
        async with full.read() as tx:
            rows = (await tx.conn.execute(responses.select().order_by(responses.c.id))).mappings().all()
    finally:
        await full.close()
    recount = Recount(tmp_path, format_.value)
    names = "response, source, response_id, score, verbatim, role, survey_name, follow_up_requested"
    found = recount.all(f"SELECT {names} FROM responses ORDER BY response")  # noqa: S608 - our own names
    recount.close()
    assert found == [tuple(row["id" if name == "response" else name] for name in names.split(", ")) for row in rows]
    assert counts["responses"] == len(rows) > 100
    assert min(counts.values()) > 0


async def test_a_cut_holds_what_belongs_to_it(full: Database, tmp_path: Path) -> None:
    policy = policy_of(SEED)
    period = quarter(quarter_of(NOW, policy.figures.fiscal_year_starts) - 1, policy.figures.fiscal_year_starts)
    try:
        await export(full, policy, tmp_path / "all")
        await export(full, policy, tmp_path / "cut", programme="relational", period=period)
    finally:
        await full.close()
    every, cut = (read(tmp_path / name) for name in ("all", "cut"))

    def inside(row: dict[str, str], moment: str) -> bool:
        at = datetime.fromisoformat(row[moment])
        return row["programme"] == "relational" and period.start <= at < period.end

    answers = [row for row in every["responses"] if inside(row, "responded_at")]
    cases = [row for row in every["cases"] if inside(row, "submitted_at")]
    numbers = {row["case_id"] for row in cases}
    assert (cut["responses"], cut["cases"]) == (answers, cases)
    assert answers
    assert cases
    for name in ("events", "actions"):
        assert cut[name] == [row for row in every[name] if row["case_id"] in numbers]
    alarms = [row for row in every["alarms"] if row["case_id"] in numbers or inside(row, "raised_at")]
    assert cut["alarms"] == alarms
    for name, column in (("contacts", "contact_id"), ("accounts", "account_id")):
        named = {row[column] for row in (*answers, *cases)}
        assert cut[name] == [row for row in every[name] if row[column] in named]
    assert [row["programme"] for row in cut["programmes"]] == ["relational"]
    about = {row["name"]: row["value"] for row in cut["about"]}
    assert (about["period"], about["programme"]) == (period.key, "relational")
    assert about["exported_at"] == written_moment(NOW)


async def test_a_programme_that_the_policy_lost_is_exported(full: Database, tmp_path: Path) -> None:
    try:
        await export(full, policy_of(SEED), tmp_path, programme="retired")
    finally:
        await full.close()
    found = read(tmp_path)
    assert {row["programme"] for row in found["responses"]} == {"retired"}
    assert found["programmes"] == [{"programme": "retired", "name": "", "kind": ""}]


def read(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The files as any CSV reader has them."""
    found = {}
    for sheet in SHEETS:
        with (folder / f"{sheet.name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            found[sheet.name] = list(csv.DictReader(stream))
    return found


class TestCommand:
    async def test_what_came_in_comes_out(self, database_url: str, tmp_path: Path) -> None:
        row = {
            "response_id": "r1", "score": 2, "comment": "=cmd()", "email": "dana@x.example",
            "responded_at": "2026-09-01T12:00:00Z",
        }  # fmt: skip
        await here(alone(database_url), "import", write_rows(tmp_path / "a.csv", [row]), "--programme", "relational")
        done = await winback(alone(database_url), "export", "--to", tmp_path / "out", "--period", "2026Q3")
        assert (done.code, done.err) == (0, "")
        assert "Exported, Q3 2026 to" in done.out
        assert done.line("responses.csv").split() == ["1", "row", "responses.csv"]
        (answer,) = read(tmp_path / "out")["responses"]
        assert (answer["verbatim"], answer["quarter"]) == ("'=cmd()", "2026Q3")
        assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700

    async def test_an_earlier_export_is_replaced_only_when_asked(self, sqlite_db: str, tmp_path: Path) -> None:
        await self.imported(sqlite_db, tmp_path)
        folder = tmp_path / "out"
        assert (await here(alone(sqlite_db), "export", "--to", folder)).code == 0
        (folder / "notes.txt").write_text("mine")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        refused = await here(alone(sqlite_db), "export", "--to", folder, "--format", "parquet")
        assert (refused.code, "--replace" in refused.err) == (1, True)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        done = await here(alone(sqlite_db), "export", "--to", folder, "--format", "parquet", "--replace")
        assert done.code == 0
        assert {path.name for path in folder.iterdir()} == {"notes.txt", *(f"{sheet.name}.parquet" for sheet in SHEETS)}

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--programme", "nobody"], "There is no programme 'nobody'; the policy has relational"),
            (["--period", "2026Q9"], "2026Q9"),
            (["--period", "lst quarter"], "last quarter"),
        ],
    )
    async def test_what_can_not_be_is_one_sentence(
        self, words: list[str], said: str, sqlite_db: str, tmp_path: Path
    ) -> None:
        await self.imported(sqlite_db, tmp_path)
        done = await here(alone(sqlite_db), "export", "--to", tmp_path / "out", *words)
        assert (done.code, done.out) == (1, "")
        assert said in done.err
        assert not (tmp_path / "out").exists()

    async def test_a_file_is_no_folder(self, sqlite_db: str, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("mine")
        done = await here(alone(sqlite_db), "export", "--to", tmp_path / "out")
        assert (done.code, done.err) == (1, f"{tmp_path / 'out'} is a file; name a folder.\n")

    async def test_without_a_database_nothing_is_made(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'none.sqlite3'}"
        done = await here(alone(url), "export", "--to", tmp_path / "out")
        assert (done.code, done.out) == (1, "")
        assert not (tmp_path / "out").exists()

    async def test_without_the_package_for_parquet_it_is_named(
        self, sqlite_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.imported(sqlite_db, tmp_path)
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        done = await here(alone(sqlite_db), "export", "--to", tmp_path / "out", "--format", "parquet")
        assert (done.code, done.out, done.err) == (1, "", f"{files.NO_PARQUET}\n")
        assert list((tmp_path / "out").iterdir()) == []

    @pytest.mark.parametrize("format_", list(Format))
    async def test_a_full_disk_is_one_sentence_and_leaves_nothing(
        self, format_: Format, sqlite_db: str, tmp_path: Path
    ) -> None:
        chance = random.Random(1)
        rows = [
            {
                "response_id": f"r{number}",
                "score": 9,
                "comment": chance.randbytes(9000).hex(),
                "email": f"d{number}@x.example",
                "responded_at": "2026-09-01T12:00:00Z",
            }
            for number in range(10)
        ]
        await here(alone(sqlite_db), "import", write_rows(tmp_path / "a.csv", rows), "--programme", "relational")
        # Large enough for what SQLite writes beside its file while it reads.
        words = ["export", "--to", tmp_path / "out", "--format", format_.value]
        command = ["bash", "-c", 'ulimit -f 40; exec "$@"', "-", sys.executable, "-m", "winback", *map(str, words)]
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=ROOT, env=alone(sqlite_db), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"The export can't be written to {tmp_path / 'out'}: File too large.\n"
        assert list((tmp_path / "out").iterdir()) == []

    async def imported(self, url: str, place: Path) -> None:
        row = {"response_id": "r1", "score": 9, "email": "d@x.example", "responded_at": "2026-09-01T12:00:00Z"}
        await here(alone(url), "import", write_rows(place / "a.csv", [row]), "--programme", "relational")
