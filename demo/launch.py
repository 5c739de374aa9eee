"""Starts the local workspace and the bot in it, feeds the first answers, and ends both together."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
import webbrowser
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from demo import constants
from demo.played import play
from demo.running import RunningWorkspace
from demo.stories import Story, read_stories
from demo.workspace import run_workspace

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
READY_SECONDS: Final = 30.0
STOP_SECONDS: Final = 8.0
AT_ONCE: Final = 8
# Older answers are the trend on a card, so they go first.
EARLIER: Final = timedelta(days=45)
DATABASE: Final = "winback.sqlite3"
CLOCK: Final = "clock"
LOG: Final = "winback.log"
LAST_LINES: Final = 15
AT_WORK: Final = "Colleagues take on some of the cases in the next 40 seconds; watch, or go first."
_OWN_FILES: Final = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", CLOCK, LOG)


class CannotStartError(Exception):
    """The demo can't start; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said. `data` holds the bot's database and the clock; the bot listens on `port` + 1."""

    port: int
    data: Path
    browser: bool
    empty: bool
    http: bool
    keep: bool

    @property
    def bot_port(self) -> int:
        return self.port + 1

    @property
    def page_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def bot_url(self) -> str:
        return f"http://{HOST}:{self.bot_port}"


def default_data() -> Path:
    return Path(tempfile.gettempdir()) / "winback-demo"


async def demo(options: Options) -> int:
    """Run until a signal or until the bot ends; gives the exit code.

    Errors: CannotStartError.
    """
    began = time.monotonic()
    stop = _stop_on_signals()
    _ports_free(options)
    _prepare(options)
    async with run_workspace(
        ROOT / "manifest.yml", host=HOST, port=options.port, bot_url=options.bot_url, clock_file=options.data / CLOCK
    ) as workspace:
        bot = await _start_bot(options)
        try:
            return await _together(options, workspace, bot, stop, began)
        finally:
            await _end(bot)


async def _together(
    options: Options, workspace: RunningWorkspace, bot: Process, stop: asyncio.Event, began: float
) -> int:
    ended = asyncio.create_task(bot.wait())
    stopped = asyncio.create_task(stop.wait())
    opening = asyncio.create_task(_open(options, workspace, began))
    try:
        await asyncio.wait({ended, stopped, opening}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done() and not stopped.done():
            say(_last_words(options))
            say(f"The bot ended by itself with exit code {ended.result()}; what it said last stands above.")
            return ended.result() or 1
        say("Stopping.")
        return 0
    finally:
        for task in (ended, stopped, opening):
            task.cancel()
        await asyncio.gather(ended, stopped, opening, return_exceptions=True)


async def _open(options: Options, workspace: RunningWorkspace, began: float) -> None:
    await _ready(options)
    stories = () if options.empty else read_stories()
    await feed(workspace, stories)
    for line in banner(options, len(stories), time.monotonic() - began):
        say(line)
    if options.browser:
        await asyncio.to_thread(webbrowser.open, options.page_url)
    if stories:
        await play(workspace, lambda line: _note(options, line))


def _note(options: Options, line: str) -> None:
    # A line less in the log is no reason to end the demo.
    with contextlib.suppress(OSError), (options.data / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{line}\n")


async def _ready(options: Options) -> None:
    """Wait for the bot's own word that it can work."""
    deadline = time.monotonic() + READY_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while time.monotonic() < deadline:
            try:
                async with session.get(f"{options.bot_url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)
    say(_last_words(options))
    raise CannotStartError(f"The bot did not get ready within {READY_SECONDS:.0f} s; what it said last stands above.")


async def feed(workspace: RunningWorkspace, stories: Sequence[Story]) -> None:
    """Send the answers through the signed hook, several at once. Ids are fixed: feeding twice doubles nothing.

    Errors: CannotStartError when the bot refuses one.
    """
    now = datetime.fromtimestamp(workspace.clock.now(), UTC)
    turn = asyncio.Semaphore(AT_ONCE)

    async def send(story: Story) -> None:
        async with turn:
            posted = await workspace.answers.generic(story.body(now), delivery_id=f"msg_demo-{story.id}")
        if posted.status != 200:
            raise CannotStartError(f"The bot refused the answer {story.id!r}: {posted.status} {posted.body}")

    for wave in ([s for s in stories if s.ago > EARLIER], [s for s in stories if s.ago <= EARLIER]):
        await asyncio.gather(*(send(story) for story in wave))


def banner(options: Options, answers: int, seconds: float) -> list[str]:
    """What the terminal shows once everything runs."""
    mode = "HTTP" if options.http else "Socket Mode"
    fed = f"{answers} answers fed" if answers else "no answers fed (--empty)"
    return [
        f"Ready after {seconds:.1f} s, {fed}. The bot is connected over {mode}.",
        "",
        f"  Page and Web API   {options.page_url}   (SLACK_API_URL={options.page_url}/api/)",
        f"  Bot and its hooks  {options.bot_url}   (POST /hooks/generic, /hooks/delighted, /hooks/typeform)",
        f"  Data and bot's log {options.data}",
        "",
        *(f"  {name}={value}" for name, value in secrets(options).items()),
        "",
        *([AT_WORK] if answers else []),
        f"Open {options.page_url}",
        "Ctrl-C ends the demo.",
    ]


def secrets(options: Options) -> Mapping[str, str]:
    """Tokens and hook secrets, as the bot gets them; the same at every start."""
    return {
        "SLACK_BOT_TOKEN": constants.BOT_TOKEN,
        **({} if options.http else {"SLACK_APP_TOKEN": constants.APP_TOKEN}),
        "SLACK_SIGNING_SECRET": constants.SIGNING_SECRET,
        "WINBACK_GENERIC_SECRET": constants.GENERIC_SECRET,
        "WINBACK_DELIGHTED_SECRET": constants.DELIGHTED_SECRET,
        "WINBACK_TYPEFORM_SECRET": constants.TYPEFORM_SECRET,
    }


def environment(options: Options, outer: Mapping[str, str]) -> dict[str, str]:
    """The bot's environment: ours, with nothing of a real workspace left in it."""
    ours = {name: value for name, value in outer.items() if not name.startswith(("SLACK_", "WINBACK_"))}
    return {
        **ours,
        **secrets(options),
        "SLACK_API_URL": f"{options.page_url}/api/",
        "DATABASE_URL": f"sqlite+aiosqlite:///{options.data / DATABASE}",
        "WINBACK_POLICY": str(ROOT / "demo" / "policy.toml"),
        "WINBACK_HOST": HOST,
        "WINBACK_PORT": str(options.bot_port),
        "WINBACK_URL": options.bot_url,
        "WINBACK_CLOCK_FILE": str(options.data / CLOCK),
        "PYTHONUNBUFFERED": "1",
    }


async def _start_bot(options: Options) -> Process:
    (options.data / LOG).write_bytes(b"")
    # Both of us write into it, so each line goes to its end.
    with (options.data / LOG).open("ab") as log:
        # Its own session, so that Ctrl-C reaches only the launcher, which then ends the bot in order.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "winback",
            "run",
            cwd=ROOT,
            env=environment(options, os.environ),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _last_words(options: Options) -> str:
    lines = (options.data / LOG).read_text("utf-8", errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])


async def _end(bot: Process) -> None:
    if bot.returncode is not None:
        return
    bot.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await bot.wait()
    except TimeoutError:
        say(f"The bot did not end within {STOP_SECONDS:.0f} s; it is killed now.")
        bot.kill()
        await bot.wait()


def _ports_free(options: Options) -> None:
    for port, whose in ((options.port, "the page"), (options.bot_port, "the bot")):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port whose last connections are still winding down is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CannotStartError(
                    f"Port {port}, which {whose} needs, can't be used ({error.strerror}); "
                    "choose another one with --port."
                ) from error


def _prepare(options: Options) -> None:
    try:
        options.data.mkdir(parents=True, exist_ok=True)
        if options.keep:
            return
        removed = (options.data / DATABASE).exists()
        for name in _OWN_FILES:
            (options.data / name).unlink(missing_ok=True)
    except OSError as error:
        raise CannotStartError(
            f"The folder {options.data} can't be used ({error.strerror or error}); choose another one with --data."
        ) from error
    if removed:
        say(
            f"The workspace lives in memory, so the bot starts anew as well: "
            f"the last demo's database in {options.data} was removed (--keep keeps it)."
        )


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def say(line: str) -> None:
    print(line, flush=True)
