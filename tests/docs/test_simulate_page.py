"""The dry run of the operations page runs on the file of the README, as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.reading import PAGES, ROOT, blocks, commands

README, OPERATIONS = ROOT / "README.md", ROOT / "docs" / "operations.md"


def ran(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "winback", *words],
        check=False,
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands_of_the_page_run_on_the_file_of_the_readme(tmp_path: Path) -> None:
    assert OPERATIONS in PAGES
    (answers,) = (block.text for block in blocks("csv") if block.page == README)
    told = [words for page, words in commands() if page == OPERATIONS and words[:2] == ["winback", "simulate"]]
    assert len(told) == 3
    (tmp_path / "answers.csv").write_text(answers + "\n", "utf-8")
    for name in ("policy.toml", "stricter.toml"):
        (tmp_path / name).write_text((ROOT / "policy.example.toml").read_text("utf-8"), "utf-8")
    whole = told[0][1:]
    reading = whole[whole.index("--map") : whole.index("--policy")]
    said = ran(tmp_path, *whole)
    assert re.search(r"^ *2 answers, from Wed 3 Sep 2025 to Thu 4 Sep 2025$", said, re.MULTILINE), said
    assert re.search(r"^ *1 case flagged", said, re.MULTILINE), said
    assert re.search(r"^ *1 row refused$", said, re.MULTILINE), said
    assert "30 hours after the answer" in ran(tmp_path, *told[1][1:], *reading)
    assert json.loads(ran(tmp_path, *told[2][1:], *reading))["contacted_after"] == "30 hours"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "policy.toml", "stricter.toml"]
