"""`winback policy`: can a file be used, and a changed one for the cases that are open already."""

from pathlib import Path

import pytest

from store.cases import cases
from tests.cli.command import NO_SLACK, alone, here, winback, write_rows
from tests.cli.test_replay import opened
from tests.support.story import POLICY

ROWS = [
    {"score": 2, "responded_at": "2026-11-20 14:05", "response_id": f"r{number}", "email": f"dana{number}@x.example",
     "account_id": f"a{number}", "account_name": f"Northwind {number}", "programme": "relational"}
    for number in range(3)
]  # fmt: skip


async def with_cases(url: str, tmp_path: Path) -> None:
    """A database with three open cases of the demo's policy."""
    answers = write_rows(tmp_path / "answers.csv", ROWS)
    done = await here(alone(url), "import", answers, "--cases", "all", "--zone", "UTC")
    assert done.code == 0, done.err


def changed(tmp_path: Path, old: str, new: str) -> str:
    text = POLICY.read_text("utf-8")
    assert text.count(old) == 1
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return str(path)


async def outreach_limits(url: str) -> list[str]:
    async with opened(url) as db, db.read() as tx:
        return [case.sla.outreach for case in (await cases.many(tx, [1, 2, 3])).values()]


async def test_what_would_move_is_shown_and_nothing_changes(database_url: str, tmp_path: Path) -> None:
    await with_cases(database_url, tmp_path)
    variables = alone(database_url, WINBACK_POLICY=changed(tmp_path, 'outreach = "48h"', 'outreach = "24h"'))
    done = await winback(variables, "policy", "apply")
    assert done.code == 0
    assert done.line("case 2").split("  ") == [
        "case 2", "Northwind 1", "outreach", "Sun 22 Nov 2026 14:05 (48 hours)", "→ Sat 21 Nov 2026 14:05 (24 hours)",
    ]  # fmt: skip
    assert "3 cases of 3 open cases would change." in done.out
    assert "Nothing was changed." in done.out
    assert await outreach_limits(database_url) == ["48 hours"] * 3


async def test_yes_changes_them_and_a_second_time_finds_nothing(database_url: str, tmp_path: Path) -> None:
    await with_cases(database_url, tmp_path)
    variables = alone(database_url, WINBACK_POLICY=changed(tmp_path, 'outreach = "48h"', 'outreach = "24h"'))
    done = await here(variables, "policy", "apply", "--yes")
    assert done.code == 0
    assert "3 cases changed; a running winback updates their cards." in done.out
    assert await outreach_limits(database_url) == ["24 hours"] * 3
    async with opened(database_url) as db, db.read() as tx:
        event = (await cases.history(tx, 1))[-1]
    assert (event.kind, event.after) == ("retimed", "outreach Sat 21 Nov 2026 14:05")
    again = await here(variables, "policy", "apply", "--yes")
    assert again.out == "Nothing would move: 3 open cases looked at, each as this policy has it.\n"


async def test_without_tables_or_with_a_wrong_policy_nothing_is_touched(sqlite_db: str, tmp_path: Path) -> None:
    none = await here(alone(sqlite_db), "policy", "apply", "--yes")
    assert none.code == 1
    assert "`winback run` brings it there" in none.err
    wrong = changed(tmp_path, 'outreach = "48h"', 'outreach = "soon"')
    done = await here(alone(sqlite_db, WINBACK_POLICY=wrong), "policy", "apply", "--yes")
    assert done.code == 1
    assert "ladder.outreach" in done.err


@pytest.mark.parametrize("named", [True, False])
async def test_a_sound_file_is_told_so(tmp_path: Path, named: bool) -> None:
    variables = {"WINBACK_POLICY": str(tmp_path / "none.toml") if named else str(POLICY), "SLACK_API_URL": NO_SLACK}
    done = await here(variables, "policy", "check", *([POLICY] if named else []))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{POLICY} is sound: 2 programmes, 1 tier, ")


async def test_a_wrong_file_lists_every_problem(tmp_path: Path) -> None:
    path = Path(changed(tmp_path, 'outreach = "48h"', 'outreach = "soon"\nfollow_up_ = 3'))
    done = await here({}, "policy", "check", path)
    assert (done.code, done.out) == (1, "")
    assert "ladder.outreach" in done.err
    assert "ladder.follow_up_" in done.err
    missing = await here({}, "policy", "check", tmp_path / "none.toml")
    assert missing.code == 1
    assert "There is no policy file" in missing.err


@pytest.mark.parametrize("words", [["policy"], ["policy", "aply"], ["policy", "apply", "--no"]])
async def test_words_that_are_none_of_the_commands(words: list[str]) -> None:
    done = await here({}, *words)
    assert done.code == 2
    assert "usage:" in done.err
