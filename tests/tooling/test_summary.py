"""The last line of `./dev test` and the report: seen on real runs of pytest over made-up tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPS = "no Chromium found; Debian: apt install chromium"
CASES: dict[str, tuple[str, list[str], str]] = {
    "nothing": ("def test_a(): pass", [], "skipped: nothing"),
    "one": (
        f"import pytest\n@pytest.mark.browser\ndef test_a(): pytest.skip('{SKIPS}')",
        [],
        f"skipped: 1 browser test ({SKIPS})",
    ),
    "fixture": (
        (
            "import pytest\n@pytest.fixture\ndef db(): pytest.skip('no Postgres found')\n"
            "@pytest.mark.postgres\n@pytest.mark.parametrize('n', range(3))\ndef test_a(db, n): pass\n"
            "@pytest.mark.skip(reason='two\\nlines')\ndef test_b(): pass"
        ),
        [],
        "skipped: 1 test (two lines), 3 postgres tests (no Postgres found)",
    ),
    "not selected": ("def test_a(): pass\ndef test_b(): pass", ["-k", "test_a"], "skipped: 1 test not selected"),
    "expected failure": ("import pytest\n@pytest.mark.xfail\ndef test_a(): assert 0", [], "skipped: nothing"),
    "failure": ("def test_a(): assert 0", [], "skipped: nothing"),
    "module": (
        "import pytest\npytest.skip('not here', allow_module_level=True)",
        [],
        "skipped: 1 module test (test_it.py: not here)",
    ),
}


def run(folder: Path, source: str, args: list[str]) -> tuple[list[str], dict[str, object]]:
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    (folder / "conftest.py").write_text(
        "from tests.support.summary import Summary\n"
        "def pytest_configure(config): config.pluginmanager.register(Summary())\n",
        encoding="utf-8",
    )
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  postgres\n  browser\n  crash\n", encoding="utf-8")
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args],
        check=False,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WINBACK_TEST_REPORT": str(report)},
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines(), json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_the_last_line_says_what_was_skipped_and_why(tmp_path: Path, name: str) -> None:
    source, args, expected = CASES[name]
    lines, _ = run(tmp_path, source, args)
    assert lines[-1] == expected
    assert " in " in lines[-2], "pytest's own closing line stands right above it"


def test_the_report_counts_by_kind(tmp_path: Path) -> None:
    source = (
        "import pytest\n@pytest.mark.postgres\ndef test_a(): pass\n@pytest.mark.postgres\ndef test_b(): assert 0\n"
        "@pytest.mark.browser\ndef test_c(): pytest.skip('why not')\ndef test_d(): pass"
    )
    _, report = run(tmp_path, source, [])
    assert report == {
        "ran": {"postgres": 2, "other": 1},
        "skipped": [{"kind": "browser", "reason": "why not", "tests": 1}],
        "deselected": 0,
    }
