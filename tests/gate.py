"""Everything that must hold before a change lands: `./dev check`."""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("winback", "handlers", "scheduler", "bot", "store", "recovery", "demo")
CODE = {".py", ".js", ".css", ".html"}
LONGEST = 400
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")

Step = list[str] | Callable[[], str]  # arguments for Python, or a function that returns its findings


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev check", description="everything that must hold before a change lands")
    parser.add_argument("--no-tests", action="store_true", help="all but the tests, which take minutes")
    tests = not parser.parse_args().no_tests
    failed = [name for name, step in steps(tests=tests).items() if not holds(name, step)]
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    sys.exit(bool(failed))


def holds(name: str, step: Step) -> bool:
    """Take one step, print its line, and under it what it found."""
    if sys.stdout.isatty():
        print(f"...   {name}", end="\r", flush=True)
    began = time.monotonic()
    findings = step() if callable(step) else findings_of(step)
    print(f"{'FAIL' if findings else 'ok  '}  {name:<14}{time.monotonic() - began:6.1f} s", flush=True)
    if findings:
        print(findings.rstrip(), flush=True)
    return not findings


def steps(*, tests: bool) -> dict[str, Step]:
    gate: dict[str, Step] = {
        "format": ["-m", "ruff", "format", "--check", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy"],
        "types of ./dev": ["-m", "mypy", "dev", "tests/gate.py"],
        "floors": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
        "dependencies": ["-m", "deptry", "--no-ansi", "."],
        "locks": ["dev", "lock", "--check"],
        "file length": too_long,
        "unfinished": unfinished,
    }
    if (ROOT / "store/migrations/check.py").is_file():
        gate["migrations"] = ["-m", "store.migrations.check"]
    if tests:
        gate["tests"] = ["-m", "pytest"]
    return gate


def findings_of(words: list[str]) -> str:
    """Run Python with these arguments and return what it said, or nothing if it found nothing."""
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode == 0:
        return ""
    return done.stdout.decode(errors="replace").strip() or f"ended with {done.returncode} and said nothing"


def too_long(root: Path = ROOT) -> str:
    """Find shipped files that have outgrown one reason to exist."""
    lengths = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in files(root, *SHIPPED))
    return "\n".join(
        f"{path.relative_to(root)}: {length} lines, {LONGEST} is the most"
        for path, length in lengths
        if length > LONGEST
    )


def unfinished(root: Path = ROOT) -> str:
    """Find marks of work left for later; such work belongs in an issue."""
    mark = re.compile(rf"\b({'|'.join(UNFINISHED)})\b")
    lines = (
        (path, number, line)
        for path in files(root, *SHIPPED, "tests", "bench")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    )
    return "\n".join(
        f"{path.relative_to(root)}:{number}: {line.strip()}" for path, number, line in lines if mark.search(line)
    )


def files(root: Path, *folders: str) -> Iterator[Path]:
    """Yield the code we wrote: ./dev, and all of it in the folders."""
    yield root / "dev"
    for folder in folders:
        yield from (path for path in sorted((root / folder).rglob("*")) if path.suffix in CODE and path.is_file())


if __name__ == "__main__":
    main()
