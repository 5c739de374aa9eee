"""What every bench shares: servers as processes, a load of prepared requests, percentiles, and the printed result.

Both sides of a ratio are measured in one run, in turns, by the same load generator, because the machines are noisy.
"""

import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp

from demo import constants

ROOT = Path(__file__).parent.parent
POLICY = ROOT / "demo" / "policy.toml"


@dataclass(frozen=True, slots=True)
class Check:
    """One figure held against its goal."""

    name: str
    value: float
    goal: str
    ok: bool


@dataclass(slots=True)
class Result:
    """What a bench prints: figures as seen, checks as ratios or bounds."""

    name: str
    figures: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def at_least(self, name: str, value: float, goal: float) -> None:
        self.checks.append(Check(name, round(value, 4), f">= {goal}", value >= goal))

    def at_most(self, name: str, value: float, goal: float) -> None:
        self.checks.append(Check(name, round(value, 4), f"<= {goal}", value <= goal))

    def show(self, *, as_json: bool) -> int:
        """Prints the result; 0 if every check is met."""
        if as_json:
            print(json.dumps(asdict(self)))
        else:
            for name, value in self.figures.items():
                print(f"{name:<40} {value:>12,.2f}")
            for check in self.checks:
                print(f"{'ok  ' if check.ok else 'MISS'} {check.name}: {check.value} (goal {check.goal})")
        return 0 if all(check.ok for check in self.checks) else 1


@dataclass(frozen=True, slots=True)
class Round:
    """One run of a load: answers a second, and each request's time in milliseconds."""

    rate: float
    milliseconds: Sequence[float]

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(slots=True)
class Server:
    """A process that answers on a port of this machine."""

    process: asyncio.subprocess.Process
    port: int

    def peak_megabytes(self) -> float:
        """The most memory the process ever held (VmHWM)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("this system does not tell a process's peak memory")


@contextlib.asynccontextmanager
async def serving(port: int, ready: str, *command: str, **environment: str) -> AsyncIterator[Server]:
    """A server process that is ready; stopped at the end of the block."""
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            await _until_ready(f"http://127.0.0.1:{port}{ready}", process)
            yield Server(process, port)
        except BaseException:
            log.seek(0)
            sys.stderr.buffer.write(log.read()[-5000:])
            raise
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), 15)
                except TimeoutError:
                    process.kill()
                    await process.wait()


async def _until_ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(400):
            if process.returncode is not None:
                raise RuntimeError(f"the server for {url} ended with {process.returncode}")
            try:
                async with session.get(url) as answer:
                    if answer.status < 500:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError(f"{url} did not become ready in 20 s")


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A whole HTTP request as bytes, made before the clock runs."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def load(port: int, requests: Iterable[bytes], connections: int) -> Round:
    """Sends every request over `connections` kept-alive connections; each waits for its answer. All must be 200."""
    pending = iter(requests)
    milliseconds: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for raw in pending:
                start = time.perf_counter()
                writer.write(raw)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
                milliseconds.append((time.perf_counter() - start) * 1000)
                if b" 200 " not in head[:20]:
                    raise RuntimeError(head.decode("latin-1").splitlines()[0])
        finally:
            writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return Round(len(milliseconds) / (time.perf_counter() - start), milliseconds)


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    if at < 0:
        raise RuntimeError("an answer without a length")
    return int(head[at + 15 : head.index(b"\r", at)])


def median(rounds: Sequence[Round]) -> float:
    """The middle rate of several rounds."""
    return statistics.median(each.rate for each in rounds)


def worst(rounds: Sequence[Round], share: float) -> float:
    """The percentile over all rounds together, in milliseconds."""
    return Round(0, [ms for each in rounds for ms in each.milliseconds]).percentile(share)


def bot_environment(api_url: str, database_url: str, port: int, policy: Path = POLICY) -> dict[str, str]:
    """The bot's environment: HTTP mode against a local workspace."""
    return {
        "SLACK_BOT_TOKEN": constants.BOT_TOKEN,
        "SLACK_SIGNING_SECRET": constants.SIGNING_SECRET,
        "SLACK_APP_TOKEN": "",
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "WINBACK_POLICY": str(policy),
        "WINBACK_HOST": "127.0.0.1",
        "WINBACK_PORT": str(port),
        "WINBACK_GENERIC_SECRET": constants.GENERIC_SECRET,
        "WINBACK_LOG": "WARNING",
    }


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
