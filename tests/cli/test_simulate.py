"""`winback simulate`: files in, figures out, and nothing else touched."""

import csv
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Done, here, winback, write_rows
from tests.support.story import POLICY

MONDAY = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


def row(name: str, score: object = 2, hours: float = 0, **more: object) -> dict[str, object]:
    return {
        "Answer ID": f"id-{name}",
        "Score": score,
        "Reason": "Too many clicks.",
        "E-mail": f"{name}@northwind.example",
        "Company": f"Company {name}",
        "Date": (MONDAY + timedelta(hours=hours)).isoformat(),
        "Last updated": "",
        **more,
    }


def file(tmp_path: Path, *rows: dict[str, object]) -> Path:
    return write_rows(tmp_path / "answers.csv", rows)


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def simulated(path: Path, *words: str | Path) -> Done:
    return await here({}, "simulate", "--from", path, "--policy", POLICY, *words)


async def figures(path: Path, *words: str | Path) -> dict[str, Any]:
    done = await simulated(path, "--json", *words)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


async def test_it_says_what_would_have_been_said_to_whom_and_when(tmp_path: Path) -> None:
    path = file(tmp_path, row("dana"), row("mei", 9, 1), row("jo", 5, 2), row("text", "eleven"))
    done = await winback({}, "simulate", "--from", path, "--policy", POLICY)
    assert done.code == 0, done.err
    assert done.err == ""
    assert done.line("against").startswith("answers.csv against policy.toml.")
    assert "Score (guessed)" in done.out
    assert "Nobody contacts a customer" in done.out
    assert done.line("3 answers").strip() == "3 answers, from Mon 6 Jul 2026 to Mon 6 Jul 2026"
    assert done.line("2 cases flagged")
    assert done.line("1 row refused")
    assert done.line("line 5:")
    assert done.line("assign").split()[1:] == ["2", "2", "2", "6"]
    assert "manager" in done.line("elena@acme.example")
    assert done.line("priya@acme.example").split()[1:3] == ["1", "0"]
    assert done.line("Busiest hour").startswith("Busiest hour: ")


async def test_people_who_act_are_paged_less(tmp_path: Path) -> None:
    path = file(tmp_path, *(row(f"c{number}", hours=number) for number in range(4)))
    nobody, somebody = await figures(path), await figures(path, "--claimed-after", "1h", "--contacted-after", "20h")
    assert nobody["messages"] > 20
    assert (somebody["messages"], somebody["released"]) == (0, 0)
    assert somebody["claimed_after"] == "1 hour"
    late = await figures(path, "--claimed-after", "1 business hour", "--contacted-after", "74h")
    outreach = next(step for step in late["steps"] if step["step"] == "outreach")
    assert (outreach["breached"], outreach["executive"]) == (4, 4)
    elena = next(person for person in late["people"] if person["user"] == "elena@acme.example")
    assert sum(elena["by_hour"]) == elena["messages"] > 0
    assert set(elena["parts"]) <= {"manager", "sponsor"}


async def test_no_database_no_slack_and_no_file_are_needed_or_made(tmp_path: Path) -> None:
    path = file(tmp_path, row("dana"))
    before = there(tmp_path)
    variables = {"DATABASE_URL": f"sqlite:///{tmp_path / 'never.sqlite3'}", "WINBACK_POLICY": str(POLICY)}
    done = await here(variables, "simulate", "--from", path)
    assert done.code == 0, done.err
    assert there(tmp_path) == before


async def test_rows_that_stand_twice_or_contradict_each_other(tmp_path: Path) -> None:
    later = (MONDAY + timedelta(days=1)).isoformat()
    path = file(
        tmp_path,
        row("dana"),
        row("dana"),
        row("dana", 1),  # as old as the first, and something else
        row("jo", 8),
        row("jo", 3, **{"Last updated": later}),
        row("kim", 3),
        row("kim", 9, **{"Last updated": later}),
    )
    told = await figures(path)
    assert (told["rows"], told["answers"], told["repeated"], told["refused"]) == (7, 3, 3, 1)
    assert told["flagged"] == 2
    assert "something else" in told["reasons"][0]


async def test_the_columns_the_programme_and_the_zone_are_told_as_for_an_import(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", [{"Wie": 3, "Wann": "06/07/2026 09:00", "Wer": "dana@x.example"}])
    words = ["--map", "score=Wie", "--map", "responded_at=Wann", "--map", "email=Wer"]
    options = ["--zone", "Europe/London", "--date-format", "dmy", "--programme", "onboarding"]
    told = await figures(path, *words, *options)
    assert (told["answers"], told["flagged"], told["first"]) == (1, 1, "2026-07-06T08:00:00+00:00")
    assert "score         Wie (--map)" in told["columns"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--contacted-after", "soon"], '--contacted-after: "soon" is not a limit'),
        (["--claimed-after", "0h"], "--claimed-after: A limit of nothing"),
        (["--contacted-after", "2 business days"], "--contacted-after: A business day"),
        (["--programme", "support"], "The policy has no programme 'support'"),
        (["--zone", "Mars/Olympus"], "There is no time zone 'Mars/Olympus'"),
        (["--map", "score=Nowhere"], "The file has no column"),
        (["--policy", "nowhere.toml"], "There is no policy file nowhere.toml"),
        (["--from", "nowhere.csv"], "There is no file nowhere.csv"),
    ],
)
async def test_what_can_not_be_used_is_said_in_a_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    done = await simulated(file(tmp_path, row("dana")), *words)
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith(said), done.err
    assert done.err.count("\n") == 1


async def test_a_wrong_policy_is_told_line_by_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(POLICY.read_text("utf-8").replace('outreach = "48h"', 'outreach = "soon"'), "utf-8")
    done = await here({}, "simulate", "--from", file(tmp_path, row("dana")), "--policy", wrong)
    assert done.code == 1
    assert "ladder.outreach" in done.err


async def test_files_with_nothing_to_play(tmp_path: Path) -> None:
    happy = await simulated(file(tmp_path, row("mei", 9)))
    assert happy.code == 0
    assert "Nobody would have heard anything." in happy.out
    only_refused = await simulated(file(tmp_path, row("mei", "x")))
    assert only_refused.code == 1
    headers = tmp_path / "headers.csv"
    headers.write_text("score,date\n", "utf-8")
    assert (await figures(headers))["answers"] == 0


async def test_hostile_words_of_a_file_stay_words(tmp_path: Path) -> None:
    hostile = "\x1b[31m<!channel>\u202e"
    path = file(tmp_path, row("dana", Company=hostile, Reason=hostile * 500), row("jo", **{"E-mail": "not an address"}))
    done = await simulated(path)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out


async def test_a_quarter_takes_seconds(tmp_path: Path) -> None:
    """5,000 answers, of which the policy calls more than 1,000 detractors; the bound is of the processor's time."""
    path = tmp_path / "quarter.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["score", "date", "email"])
        for number in range(5000):
            at = MONDAY + timedelta(minutes=25 * number)
            writer.writerow([number % 5 * 2 + 2 if number % 5 else 3, at.isoformat(), f"c{number}@x.example"])
    began = time.process_time()
    told = await figures(path, "--claimed-after", "2 business hours", "--contacted-after", "30h")
    assert (told["answers"], told["flagged"] >= 1000) == (5000, True)
    assert time.process_time() - began < 20
