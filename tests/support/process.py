"""The bot as a process of its own: started, killed at any moment, started again."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent.parent
READY = re.compile(r"winback is ready on (http://\S+)")
START_SECONDS = 30.0


class BotProcess:
    """`python -m winback run` with these variables; everything it logs goes to the end of `log`."""

    def __init__(self, variables: dict[str, str], log: Path) -> None:
        self.variables = variables
        self.log = log
        self.address = ""
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._said_ready = asyncio.Event()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def spawn(self, **changed: str) -> None:
        """Starts the process and returns at once; `changed` variables are for this run only."""
        self.address = ""
        self._said_ready = asyncio.Event()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "winback", "run",
            cwd=ROOT,
            env={**os.environ, **self.variables, **changed},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self) -> str:
        """The address, once GET /readyz says 200. Errors: AssertionError with the log's end if the process ended."""
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            await self._said_ready.wait()
            assert self.address, f"the bot ended before it was ready:\n{self.log_end()}"
            async with session.get(f"{self.address}/readyz") as answer:
                assert answer.status == 200, await answer.text()
        return self.address

    def kill_now(self) -> None:
        """SIGKILL, without waiting: callable from inside a callback of the workspace."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def kill(self) -> None:
        """SIGKILL; returns when the process is gone."""
        self.kill_now()
        await self.gone()

    async def stop(self) -> int:
        """SIGTERM, as an operator stops it; the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        await self.gone()
        assert self._process.returncode is not None
        return self._process.returncode

    async def gone(self) -> None:
        """Returns when the process has ended and its last words are in the log."""
        if self._process is not None:
            await self._process.wait()
        if self._reader is not None:
            await self._reader

    def log_end(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:]) if self.log.exists() else ""

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        with self.log.open("ab", buffering=0) as log:
            while line := await process.stderr.readline():
                log.write(line)
                if found := READY.search(line.decode("utf-8", "replace")):
                    self.address = found[1]
                    self._said_ready.set()
        self._said_ready.set()
