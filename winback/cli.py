"""The command line. Each command imports what it needs itself: a start has to be quick."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence

from recovery.errors import WinbackError
from winback import settings as environment


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is well, 1 when something needs a person, 2 for words we don't know."""
    words = _parser().parse_args(arguments)
    logging.basicConfig(
        level=os.environ.get("WINBACK_LOG", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(words.command(words))
    except WinbackError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="winback", description="Every detractor hears back from one named person.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="start the bot")
    run.set_defaults(command=_run)
    return parser


def _run(_words: argparse.Namespace) -> int:
    from winback.run import run  # noqa: PLC0415 - see above

    settings = environment.from_environment(os.environ)
    environment.require_slack(settings)
    return asyncio.run(run(settings))
