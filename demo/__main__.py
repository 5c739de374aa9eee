"""`python -m demo`, as `./dev demo` calls it."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.launch import CannotStartError, Options, default_data, demo

HIGHEST_PORT = 65534


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: the bot's own when it ended by itself, 2 when the demo can't start."""
    options = parse(arguments)
    try:
        return asyncio.run(demo(options))
    except CannotStartError as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 2


def parse(arguments: Sequence[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="./dev demo", description="A local Slack workspace with the bot in it, for this machine only."
    )
    parser.add_argument("--port", type=_port, default=8765, help="page and Web API; the bot takes the next one")
    parser.add_argument("--data", type=Path, default=default_data(), help="folder of the bot's database and the clock")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    parser.add_argument("--empty", action="store_true", help="start without answers")
    parser.add_argument("--http", action="store_true", help="HTTP mode instead of Socket Mode")
    parser.add_argument("--keep", action="store_true", help="keep the last demo's database and clock")
    given = parser.parse_args(arguments)
    return Options(
        port=given.port,
        data=given.data.resolve(),
        browser=not given.no_browser,
        empty=given.empty,
        http=given.http,
        keep=given.keep,
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"a number from 1 to {HIGHEST_PORT}, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
