"""The lock files: hashed, complete, made from this pyproject.toml, and without a trace of where they were made."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = "requirements.lock"
DEV = "requirements-dev.lock"
# One requirement: name, version, perhaps a marker; then hashes. Nothing else fits, so no address, path or option does.
PIN = re.compile(r"([a-z0-9][a-z0-9.-]*)==([0-9][A-Za-z0-9.!+]*)( ; [a-z0-9_'<>=!. ()A-Z-]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
HEADING = re.compile(r"# Made by \./dev lock from the dependencies in pyproject\.toml \([0-9a-f]{32}\)")


def pins(text: str) -> dict[str, tuple[str, int]]:
    """Read a lock strictly: name → (version, number of hashes). A line that is neither pin nor hash is an error."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        pin = PIN.fullmatch(line)
        if number == 1:
            assert HEADING.fullmatch(line), line
        elif pin:
            name = pin[1]
            assert name not in found, f"{name} twice"
            found[name] = (pin[2], 0)
        else:
            assert HASH.fullmatch(line), f"line {number}: {line}"
            found[name] = (found[name][0], found[name][1] + 1)
    return found


@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_line_is_a_pin_or_its_hash(name: str) -> None:
    found = pins((ROOT / name).read_text(encoding="utf-8"))
    assert len(found) > 20
    assert [package for package, (_, hashes) in found.items() if hashes == 0] == []


@pytest.mark.parametrize("package", ["aiohttp", "asyncpg", "greenlet", "pydantic-core", "sqlalchemy"])
def test_compiled_packages_have_hashes_for_many_machines(package: str) -> None:
    assert pins((ROOT / RUN).read_text(encoding="utf-8"))[package][1] > 15


def test_developers_run_the_versions_that_ship() -> None:
    run, dev = (pins((ROOT / name).read_text(encoding="utf-8")) for name in (RUN, DEV))
    assert run.items() <= dev.items()


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.com/simple",
        "--find-links /srv/wheels",
        "tiny @ https://example.com/tiny.whl \\",
        "tiny @ file:///srv/tiny.whl \\",
        "-e .",
        "    # from example.com",
        "tiny>=1 \\",
    ],
)
def test_an_address_a_path_or_an_open_version_is_refused(line: str) -> None:
    lock = (ROOT / RUN).read_text(encoding="utf-8")
    pins(lock)
    with pytest.raises(AssertionError):
        pins(lock + line + "\n")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "dev", "lock", "--check"], check=False, cwd="/", capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("before", "after", "stale"),
    [
        ("", "", False),
        ("line-length = ", "line-length = 1", False),
        ('"aiohttp>=', '"aiohttp>3,>=', True),
        ('"mypy",', '"mypy>1",', True),
        ('requires-python = ">=3.11"', 'requires-python = ">=3.12"', True),
    ],
)
def test_check_tells_a_lock_of_other_dependencies(tmp_path: Path, before: str, after: str, stale: bool) -> None:
    for name in ("dev", RUN, DEV, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert before in project
    (tmp_path / "pyproject.toml").write_text(project.replace(before, after, 1), encoding="utf-8")
    done = check(tmp_path)
    assert done.returncode == int(stale)
    assert ("run ./dev lock" in done.stderr) == stale


@pytest.mark.parametrize("lost", [RUN, DEV])
def test_check_tells_a_lock_that_is_lost(tmp_path: Path, lost: str) -> None:
    for name in {"dev", RUN, DEV, "pyproject.toml"} - {lost}:
        shutil.copy(ROOT / name, tmp_path)
    done = check(tmp_path)
    assert done.returncode == 1
    assert lost in done.stderr
