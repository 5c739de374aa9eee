"""The gate's own looks, each seen to find something; and `.ci/run`, played with a made-up checkout."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import gate

ROOT = Path(__file__).resolve().parents[2]
MARK = gate.UNFINISHED[0]


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in ({"dev": ""} | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("name", "lines", "found"),
    [
        ("bot/flows/cases/intake.py", 400, False),
        ("bot/flows/cases/intake.py", 401, True),
        ("demo/page/app.js", 401, True),
        ("tests/test_long.py", 401, False),
        ("demo/answers.json", 401, False),
    ],
)
def test_a_shipped_file_over_400_lines_is_found(tmp_path: Path, name: str, lines: int, found: bool) -> None:
    assert bool(gate.too_long(tree(tmp_path, {name: "x = 1\n" * lines}))) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("store/tx.py", f"# {MARK}: later\n", "store/tx.py:1"),
        ("demo/page/app.js", f"\n// {MARK}(me) later\n", "demo/page/app.js:2"),
        ("tests/store/test_tx.py", f"'''{MARK}'''", "tests/store/test_tx.py:1"),
        ("store/tx.py", f"{MARK}S = 1; A{MARK} = 2; {MARK.lower()} = 3\n", ""),
    ],
)
def test_an_unfinished_mark_is_found(tmp_path: Path, name: str, text: str, found: str) -> None:
    assert gate.unfinished(tree(tmp_path, {name: text})).startswith(found)
    assert bool(gate.unfinished(tmp_path)) == bool(found)


def test_tests_are_the_last_step_and_can_be_left_out() -> None:
    assert list(gate.steps(tests=True))[-1] == "tests"
    assert list(gate.steps(tests=True))[:-1] == list(gate.steps(tests=False))


def test_a_step_shows_its_output_only_if_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.holds("good", ["-c", "print('noise')"])
    assert not gate.holds("bad", ["-c", "print('the reason'); exit(3)"])
    assert not gate.holds("mute", ["-c", "exit(3)"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "FAIL", "the", "FAIL", "ended"]
    assert lines[-1] == "ended with 3 and said nothing"


FINE = {"ran": {"postgres": 3, "browser": 2, "other": 9}, "skipped": [], "deselected": 0}
CLOSING = "============== 14 passed in 3.21s =============="
SKIPPED = {"kind": "browser", "reason": "no Chromium found", "tests": 2}
DEV = """#!/bin/sh
[ "$CI" = true ] || exit 9
case $1 in
    test) cp report.json "$WINBACK_TEST_REPORT"; cat said; exit "$(cat code)" ;;
    check) [ "$2" = --no-tests ] || exit 8; echo all passed; exit "$(cat check)" ;;
esac
"""


@pytest.mark.parametrize(
    ("change", "code", "last", "said"),
    [
        ({}, 0, CLOSING, "all passed"),
        (
            {"code": "1", "said": "FAILED a\n1 failed, 2 passed in 9.00s\n"},
            1,
            "1 failed, 2 passed in 9.00s",
            "./dev test",
        ),
        ({"check": "1"}, 1, CLOSING, "failed: ./dev check"),
        ({"report.json": json.dumps(FINE | {"ran": {"postgres": 1}})}, 1, CLOSING, "did not run: browser"),
        ({"report.json": json.dumps(FINE | {"ran": {"browser": 1}})}, 1, CLOSING, "did not run: postgres"),
        ({"report.json": json.dumps(FINE | {"skipped": [SKIPPED]})}, 1, CLOSING, "2 browser: no Chromium found"),
        ({"report.json": ""}, 1, CLOSING, "the tests left no report"),
        ({"code": "5", "said": "no tests ran in 0.01s\n"}, 1, "failed: ./dev test", "failed"),
        ({"README.md": "Run `./dev test`.\n"}, 1, "failed: tests that must run", "the README names no test command"),
    ],
)
def test_ci_fails_unless_everything_ran_and_ends_with_the_closing_line(
    tmp_path: Path, change: dict[str, str], code: int, last: str, said: str
) -> None:
    files = {
        "README.md": "# winback\n\n```sh\n./dev demo\n./dev test\n```\n",
        "dev": DEV,
        "said": f"....\n{CLOSING}\nskipped: nothing\n",
        "code": "0",
        "check": "0",
        "report.json": json.dumps(FINE),
    }
    tree(tmp_path, files | change)
    (tmp_path / "dev").chmod(0o755)
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    done = subprocess.run(
        ["/usr/bin/env", "bash", tmp_path / ".ci/run"],
        check=False,
        cwd="/",
        env=os.environ | {"CHROMIUM": "/bin/true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == last
    assert said in done.stdout + done.stderr
