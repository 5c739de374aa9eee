"""`winback figures rebuild`: every answer counted anew."""

import argparse
import asyncio
import os
import sys

from winback import settings as environment

FIGURES = """\
Answers are counted for the figures while they come in. A running winback counts all of them anew by itself when the
policy groups them in another way.
"""
REBUILD = """\
Counts every answer anew, beside a running winback or without one. Meanwhile figures are counted from the answers
themselves: they are the same, and come more slowly.
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command among the others."""
    raw = argparse.RawDescriptionHelpFormatter
    figures = commands.add_parser("figures", description=FIGURES, formatter_class=raw).add_subparsers(
        required=True, prog="winback figures", metavar="COMMAND"
    )
    rebuild = figures.add_parser("rebuild", description=REBUILD, formatter_class=raw, help="count every answer anew")
    rebuild.set_defaults(command=_rebuild, log="ERROR")


def _rebuild(_words: argparse.Namespace) -> int:
    return asyncio.run(show(environment.from_environment(os.environ)))


async def show(settings: environment.Settings) -> int:
    """Counts, and says of how many contacts."""
    from scheduler.counting import count_anew  # noqa: PLC0415 - a start of the command line has to be quick
    from winback.policy_file import read_policy  # noqa: PLC0415
    from winback.standalone import database, require_tables  # noqa: PLC0415

    policy = read_policy(settings.policy)
    async with database(settings) as db:
        await require_tables(db)
        count = await count_anew(db, policy)
    contacts = "1 contact" if count == 1 else f"{count:,} contacts"
    sys.stdout.write(f"The answers of {contacts} are counted.\n")
    return 0
