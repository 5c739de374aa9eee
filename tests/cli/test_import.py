"""`winback import`: every row once, whatever the file, the database and the bot beside it do."""

import asyncio
import csv
import os
import pty
import re
import sqlite3
import sys
import termios
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from demo.workspace import run_workspace
from store.clock import SystemClock
from store.engine import Database
from store.tables import cases, events, responses
from tests.cli.command import Done, alone, here, winback, write_rows
from tests.support.process import BotProcess
from tests.support.story import MANIFEST, POLICY, RELATIONAL, ROOT, environment, surface_of, words_of

NOW = datetime.now(UTC)


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def row(name: str, score: object = 2, days: float = 1, **more: object) -> dict[str, object]:
    """One row of an export of a tool that gives ids."""
    return {
        "Answer ID": f"id-{name}",
        "How likely are you to recommend us?": score,
        "Reason": "Onboarding was a disaster.",
        "E-mail": f"{name}@northwind.example",
        "Company": "Northwind",
        "Date": days_ago(days),
        "Last updated": "",
        **more,
    }


def counts(done: Done) -> dict[str, int]:
    """The report as numbers: the first word after each."""
    found: dict[str, int] = {}
    for line in done.out.splitlines():
        number, _, what = line.strip().replace("would be ", "").partition(" ")
        if number.replace(",", "").isdigit():
            found[what.split()[-1].rstrip(":") if "changed" not in what else "changed"] = int(number.replace(",", ""))
    return found


async def kept(url: str) -> dict[str, Any]:
    """Everything an import can change, as it stands."""
    db = Database(url, SystemClock())
    try:
        async with db.read() as tx:
            query = sa.select(responses.c.response_id, responses.c.score, responses.c.verbatim, responses.c.programme)
            answers = (await tx.conn.execute(query.order_by(responses.c.response_id))).all()
            opened = (await tx.conn.execute(sa.select(sa.func.count()).select_from(cases))).scalar_one()
            happened = (await tx.conn.execute(sa.select(sa.func.count()).select_from(events))).scalar_one()
    finally:
        await db.close()
    return {"answers": [tuple(answer) for answer in answers], "cases": opened, "events": happened}


NEWS = {"Reason": "And we are leaving.", "Last updated": NOW.isoformat()}
MIXED = [
    row("dana"),
    row("jo", 9),
    row("old", 3, days=200),
    row("text", "eleven"),
    row("blank", ""),
    row("dana2", 4, **{"E-mail": "dana@northwind.example"}),
    row("jo", 9),
    row("jo", 9, Reason="Something else entirely."),
    row("late", 9, Reason=""),
    row("late", 9, Reason="The comment came later."),
    row("turned", 9, days=3),
    row("turned", 1, days=3, **{"Last updated": days_ago(2)}),
    row("when", 5, Date="03/09/2026"),
]
REPORT = {"read": 13, "imported": 6, "there": 1, "changed": 2, "refused": 4, "opened": 2}


async def test_a_file_is_taken_in_once(database_url: str, tmp_path: Path) -> None:
    file, refused = write_rows(tmp_path / "answers.csv", MIXED), tmp_path / "refused.csv"
    foreseen = await winback(alone(database_url), "import", file, "--dry-run")
    done = await winback(alone(database_url), "import", file, "--refused", refused)
    after = await kept(database_url)
    again = await winback(alone(database_url), "import", file)

    assert (foreseen.code, done.code, again.code) == (0, 0, 0)
    assert counts(done) == REPORT
    assert counts(foreseen) == REPORT, "a dry run tells what will be"
    assert "Nothing was written" in foreseen.out
    assert {answer[:2] for answer in after["answers"]} == {
        ("id-dana", 2), ("id-dana2", 4), ("id-jo", 9), ("id-late", 9), ("id-old", 3), ("id-turned", 1),
    }  # fmt: skip
    assert ("id-late", 9, "The comment came later.", "relational") in after["answers"]
    assert after["cases"] == 2

    assert await kept(database_url) == after, "a second run adds nothing and changes nothing"
    second = counts(again)
    assert (second["imported"], second.get("changed", 0), second["opened"]) == (0, 0, 0)
    assert second["there"] + second["refused"] == second["read"]

    for line, why in (
        (5, 'score (How likely are you to recommend us?) is "eleven"'),
        (6, "no score yet"),
        (9, "The answer id-jo is there already and says something else."),
        (14, "date_format"),
    ):
        assert why in done.line(f"line {line}: ")
    with refused.open(encoding="utf-8-sig", newline="") as stream:
        written = list(csv.DictReader(stream))
    assert [each["refused line"] for each in written] == ["5", "6", "9", "14"]
    assert written[0]["How likely are you to recommend us?"] == "eleven"
    assert "eleven" in written[0]["refused because"]
    assert done.line("Answer ID").split() == ["response_id", "Answer", "ID", "(guessed)"]


async def test_refused_rows_are_mended_and_imported_again(sqlite_db: str, tmp_path: Path) -> None:
    file, refused = write_rows(tmp_path / "answers.csv", MIXED[:5]), tmp_path / "refused.csv"
    await here(alone(sqlite_db), "import", file, "--refused", refused)
    refused.write_text(refused.read_text("utf-8-sig").replace(",eleven,", ",1,"), "utf-8")
    done = await here(alone(sqlite_db), "import", refused)
    assert (counts(done)["imported"], counts(done)["refused"]) == (1, 1)


async def test_a_dry_run_touches_nothing(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "answers.csv", MIXED)
    folder = tmp_path / "data"
    done = await here(alone(f"sqlite:///{folder / 'w.sqlite3'}"), "import", file, "--dry-run")
    assert counts(done) == REPORT
    assert not folder.exists()


@pytest.mark.parametrize(
    ("asked", "opened"), [((), 1), (("--cases", "none"), 0), (("--cases", "all"), 2)], ids=["recent", "none", "all"]
)
async def test_which_cases_are_opened(sqlite_db: str, tmp_path: Path, asked: tuple[str, ...], opened: int) -> None:
    file = write_rows(tmp_path / "a.csv", [row("new", 2, days=13.9), row("old", 2, days=14.1), row("fine", 9)])
    done = await here(alone(sqlite_db), "import", file, *asked)
    assert counts(done)["opened"] == opened
    assert (await kept(sqlite_db))["cases"] == opened
    # Who changes their mind later finds the answers there; a new comment is news, and opens what was left aside.
    again = await here(alone(sqlite_db), "import", file, "--cases", "all")
    assert (counts(again)["there"], counts(again)["opened"]) == (3, 0)
    more = write_rows(tmp_path / "b.csv", [row("new", 2, days=13.9, **NEWS), row("old", 2, days=14.1, **NEWS)])
    foreseen = await here(alone(sqlite_db), "import", more, "--cases", "all", "--dry-run")
    news = await here(alone(sqlite_db), "import", more, "--cases", "all")
    assert counts(foreseen) == counts(news)
    assert (counts(news)["changed"], counts(news)["opened"]) == (2, 2 - opened)


async def test_columns_zone_programme_and_source_are_told(sqlite_db: str, tmp_path: Path) -> None:
    rows = [
        {"Rating": 1, "Score": 10, "Wer": "a@x.example", "Am": "03/09/2026 10:00", "Prog": ""},
        {"Rating": 2, "Score": 10, "Wer": "b@x.example", "Am": "13/09/2026 10:00", "Prog": "relational"},
    ]
    file = write_rows(tmp_path / "a.csv", rows)
    told = ["--map", "score=rating", "--map", "email=Wer", "--map", "responded_at=Am", "--map", "programme=Prog"]
    more = ["--zone", "Europe/London", "--date-format", "dmy", "--programme", "onboarding", "--source", "helpdesk"]
    done = await here(alone(sqlite_db), "import", file, *told, *more)
    assert counts(done)["imported"] == 2, done.out
    assert "rating (--map)" in done.line("  score ")
    assert done.line("not read").endswith("Score")
    assert "as helpdesk" in done.out
    assert sorted((answer[1], answer[3]) for answer in (await kept(sqlite_db))["answers"]) == [
        (1, "onboarding"), (2, "relational"),
    ]  # fmt: skip


async def test_the_policy_tells_what_the_command_does_not(sqlite_db: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(
        POLICY.read_text("utf-8")
        + '\n[import]\nzone = "Europe/London"\ndate_format = "mdy"\nprogramme = "onboarding"\n'
        + '[import.columns]\nscore = "Nota"\ncomment = "Not in this file"\n',
        "utf-8",
    )
    file = write_rows(
        tmp_path / "a.csv",
        [
            {"Nota": 1, "Comment": "x", "Date": "09/13/2026", "Survey": ""},
            {"Nota": 2, "Comment": "y", "Date": "09/13/2026", "Survey": "Relationship NPS"},
        ],
    )
    done = await here(alone(sqlite_db, WINBACK_POLICY=str(policy)), "import", file)
    assert "Nota (policy)" in done.line("  score ")
    assert "Comment (guessed)" in done.line("  comment ")
    programmes = {answer[1]: answer[3] for answer in (await kept(sqlite_db))["answers"]}
    assert programmes == {1: "onboarding", 2: "relational"}


def broken_files(folder: Path) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "blank.csv").write_bytes(b"\n\n \n")
    (folder / "random.csv").write_bytes(bytes(range(256)) * 40)
    (folder / "sheet.xlsx").write_bytes(b"PK\x03\x04" + bytes(300))
    (folder / "words.csv").write_text("Name;Town\nDana;Oslo\n", "utf-8")
    (folder / "twice.csv").write_text("score,date,Score\n1,2026-09-03T10:00:00Z,2\n", "utf-8")
    (folder / "good.csv").write_text("score,date\n1,2026-09-03T10:00:00Z\n", "utf-8")
    (folder / "folder").mkdir()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.csv"], "There is no file"),
        (["folder"], "is a folder; name the CSV file in it."),
        (["empty.csv"], "The file is empty"),
        (["blank.csv"], "The file is empty"),
        (["random.csv"], "is not a text file; expected CSV."),
        (["sheet.xlsx"], "is a spreadsheet or an archive; save the sheet as CSV first."),
        (["words.csv"], 'No column tells the score; say which is score. The file has: "Name", "Town".'),
        (["twice.csv"], "stands in the file twice; rename one of them."),
        (["good.csv", "--map", "score=Rating"], 'The file has no column "Rating". It has: "score", "date".'),
        (["good.csv", "--map", "rating=score"], '"rating" is no field of an answer; use one of score, '),
        (["good.csv", "--programme", "renewal"], "The policy has no programme 'renewal'; it has relational, onboard"),
        (["good.csv", "--zone", "Europe"], "There is no time zone 'Europe'. For example: Europe/London."),
        (["good.csv", "--source", "Our Tool"], "--source is a name of lower-case letters"),
        (["good.csv", "--refused", "folder"], "can't be written to"),
        (["good.csv", "--refused", "good.csv"], "--refused names the file that is imported; name another one."),
    ],
)
async def test_a_file_that_can_not_be_used_is_one_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    broken_files(tmp_path)
    url = f"sqlite:///{tmp_path / 'w.sqlite3'}"
    paths = (tmp_path / word if word.endswith((".csv", ".xlsx")) or word == "folder" else word for word in words)
    done = await here(alone(url), "import", *paths)
    assert done.code == 1
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "w.sqlite3").exists()


async def test_no_row_of_use_is_an_exit_code_of_its_own(sqlite_db: str, tmp_path: Path) -> None:
    many = [row(f"n{n}", "x") for n in range(30)]
    done = await here(alone(sqlite_db), "import", write_rows(tmp_path / "a.csv", many))
    assert done.code == 1
    assert counts(done)["refused"] == 30
    assert done.out.count("\nline ") == 20
    assert "… and 10 more. --refused FILE.csv writes all of them." in done.out


async def test_a_broken_row_never_takes_others_with_it(sqlite_db: str, tmp_path: Path) -> None:
    rows = [row(f"n{n}", 9) for n in range(60)]
    rows[30]["Reason"] = "the database refuses this"
    first = await winback(alone(sqlite_db), "import", write_rows(tmp_path / "one.csv", rows[:1]))
    with sqlite3.connect(tmp_path / "winback.sqlite3") as db:
        db.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON responses WHEN NEW.verbatim = 'the database refuses this' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "winback", "import", write_rows(tmp_path / "a.csv", rows),
        cwd=ROOT, env=alone(sqlite_db), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    done = Done(process.returncode or 0, out.decode(), err.decode())
    assert counts(first)["imported"] == 1
    assert counts(done) == {"read": 60, "imported": 58, "there": 1, "refused": 1, "opened": 0}
    line = done.line("line 32: An error of ours (reference ")
    reference = line.partition("(reference ")[2].partition(")")[0]
    assert f"line 32 failed (reference {reference})" in done.err
    assert len((await kept(sqlite_db))["answers"]) == 59


async def test_it_works_beside_a_running_bot_that_posts_the_cards(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}"
    many = [row(f"p{n}", 9, Company=f"Company {n % 50}") for n in range(1500)]
    file = write_rows(tmp_path / "a.csv", [row("dana", 2), *many, row("last", 3)])
    async with run_workspace(MANIFEST, clock_file=tmp_path / "clock") as workspace:
        variables = environment(workspace, url, socket=True, clock_file=tmp_path / "clock")
        bot = BotProcess(variables, tmp_path / "log")
        await bot.spawn()
        try:
            workspace.hooks_url = await bot.ready()
            importing = asyncio.create_task(winback(variables, "import", file))
            accepted = 0
            while not importing.done():
                posted = await workspace.answer(score=9, email=f"hook{accepted}@x.example", programme="relational")
                assert posted.status == 200, posted.body
                accepted += 1
            done = await importing

            def cards() -> bool:
                shown = [m for m in workspace.messages(RELATIONAL) if surface_of(m).startswith("case:")]
                words = "\n".join(map(words_of, shown))
                return len(shown) == 2 and words.count("Northwind") >= len(shown)

            await workspace.until(cards, timeout=15)
        finally:
            await bot.stop()
    assert (counts(done)["imported"], counts(done)["opened"]) == (1502, 2)
    assert done.err == ""
    assert accepted > 5
    assert len((await kept(url))["answers"]) >= 1502
    assert "locked" not in bot.log_end(1000)


async def test_who_takes_the_case_is_looked_up_first(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}"
    file = write_rows(tmp_path / "a.csv", [row("dana", 2, CSM="kofi@acme.example")])
    async with run_workspace(MANIFEST, clock_file=tmp_path / "clock") as workspace:
        variables = environment(workspace, url, socket=True, clock_file=tmp_path / "clock")
        known = await winback(variables, "import", file)
        workspace.state.revoked = True
        later = await winback(variables, "import", file)
    with sqlite3.connect(tmp_path / "winback.sqlite3") as db:
        assert db.execute("SELECT routed_to FROM cases").fetchall() == [("U0KOFI",)]
    assert known.err == ""
    assert "Slack does not answer (token_revoked): new cases go to the people winback knew last." in later.err


async def test_a_terminal_sees_how_far_it_is(sqlite_db: str, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "a.csv", [row(f"n{n}", 9) for n in range(400)])
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "winback", "import", file,
        cwd=ROOT, env=alone(sqlite_db), stdout=asyncio.subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = bytearray()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def read() -> None:
        try:
            seen.extend(os.read(ours, 65_536))
        except OSError:  # the terminal's other end is closed
            loop.remove_reader(ours)
            ended.set()

    loop.add_reader(ours, read)
    out, _ = await process.communicate()
    await asyncio.wait_for(ended.wait(), 10)
    os.close(ours)
    assert re.search(rb"[0-9]%\|", seen)
    assert re.search(rb"[0-9]+ rows\]", seen)
    assert b"%|" not in out
