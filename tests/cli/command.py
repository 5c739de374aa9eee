"""The commands as people run them: a process of its own, with an environment of its own."""

import asyncio
import contextlib
import csv
import io
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.support.story import POLICY, ROOT
from winback.cli import main

SECONDS = 60.0
# An address where nobody answers: a test that needs no Slack must not find one by chance.
NO_SLACK = "http://127.0.0.1:9/api/"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def line(self, part: str) -> str:
        """The one line of the output that holds `part`."""
        found = [line for line in self.out.splitlines() if part in line]
        assert len(found) == 1, f"{part!r} stands in {len(found)} lines:\n{self.out}{self.err}"
        return found[0]


async def winback(variables: Mapping[str, str], *words: str | Path) -> Done:
    """`python -m winback WORDS` to its end; a traceback fails the test whatever it looks for."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "winback", *map(str, words),
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONWARNINGS": "error::ResourceWarning", **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    done = Done(process.returncode, out.decode("utf-8"), err.decode("utf-8"))
    assert "Traceback" not in done.out + done.err, done.err
    return done


async def here(variables: Mapping[str, str], *words: str | Path) -> Done:
    """The same in this process, for tables of many cases: most of a short command's time is its imports."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with (
        mock.patch.dict(os.environ, variables, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        # A thread of its own: the command runs an event loop of its own.
        code = await asyncio.wait_for(asyncio.to_thread(_main, [*map(str, words)]), SECONDS)
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.detach().getvalue().decode("utf-8"))
    return Done(code, *told)


def _main(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as ended:  # how argparse ends
        return int(ended.code or 0)


def alone(database_url: str, **changed: str) -> dict[str, str]:
    """Variables of a command without any Slack."""
    return {"DATABASE_URL": database_url, "WINBACK_POLICY": str(POLICY), "SLACK_API_URL": NO_SLACK, **changed}


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """A CSV file with these rows; the first one has all columns."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    return path
