"""`winback readout`: the one-page readout as a file that any browser shows and prints."""

import argparse
import asyncio
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from recovery.errors import WinbackError
from recovery.figures.periods import Period, parse_period, previous
from recovery.policy.file import Policy, Programme
from recovery.policy.tables import Kind
from recovery.policy.values import nearest_or_all
from winback import settings as environment

READOUT = """\
Writes the one-page readout of a programme and quarter as one HTML file, which prints on one sheet, A4 or Letter. It
holds what people have written on it in Slack so far, and is marked as a draft until it is published there; from then
on it stays as it was published. The file needs no connection and runs nothing. It holds words of customers.
"""
EXAMPLES = """\
examples:
  winback readout --html readout.html
  winback readout --programme relational --period 2026Q3 --html q3.html
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command among the others."""
    raw = argparse.RawDescriptionHelpFormatter
    readout = commands.add_parser("readout", description=READOUT, epilog=EXAMPLES, formatter_class=raw)
    readout.add_argument("--html", type=Path, metavar="FILE", required=True, help="the file; one that is there goes")
    readout.add_argument("--programme", default="", metavar="KEY", help="needed where the policy has several")
    readout.add_argument("--period", default="", metavar="QUARTER", help="such as 2026Q3; the last that is over")
    readout.set_defaults(command=_readout, log="ERROR")


def _readout(words: argparse.Namespace) -> int:
    settings = environment.from_environment(os.environ)
    return asyncio.run(show(settings, words.programme, words.period, words.html))


async def show(settings: environment.Settings, programme: str, period: str, file: Path) -> int:
    """Writes the page and says so. Raises WinbackError; then no file has been touched."""
    from bot.flows.figures import readout_page  # noqa: PLC0415 - a start of the command line has to be quick
    from bot.paper.sheet import sheet  # noqa: PLC0415
    from bot.theme_search import ThemeSearch  # noqa: PLC0415
    from winback.policy_file import read_policy  # noqa: PLC0415
    from winback.standalone import database, require_tables  # noqa: PLC0415

    policy = read_policy(settings.policy)
    wanted = programme_of(policy, programme)
    async with database(settings) as db:
        await require_tables(db)
        quarter = quarter_of(period, db.clock.now(), policy.figures.fiscal_year_starts)
        html = await readout_page.published(db, wanted, quarter)
        state = "published" if html else "a draft"
        if not html:
            search = ThemeSearch()
            try:
                page = await readout_page.count(db, policy, wanted, quarter, search)
            finally:
                await search.close()
            state = "published" if page.published_at else "a draft"
            html = sheet(page, policy.figures)
    _write(file, html)
    sys.stdout.write(f"The readout of {wanted.name} for {quarter.name} ({state}) is in {file}.\n")
    return 0


def programme_of(policy: Policy, key: str) -> Programme:
    """Give the programme that is meant; without a key the only relational one. Raises WinbackError."""
    if key:
        if key not in policy.programmes:
            raise WinbackError(f"There is no programme {key!r}{nearest_or_all(key, policy.programmes)}")
        return policy.programmes[key]
    programmes = list(policy.programmes.values())
    relational = [each for each in programmes if each.kind is Kind.RELATIONAL]
    for alone in (relational, programmes):
        if len(alone) == 1:
            return alone[0]
    raise WinbackError(f"Name the programme with --programme: {', '.join(policy.programmes)}.")


def quarter_of(text: str, at: datetime, fiscal_year_starts: int) -> Period:
    """Give the quarter that is meant; without a text the last that is over. Raises WinbackError."""
    if not text:
        return previous(parse_period("", at, fiscal_year_starts))
    found = parse_period(text, at, fiscal_year_starts)
    if found.quarter is None:
        example = previous(parse_period("", at, fiscal_year_starts)).key
        raise WinbackError(f"A readout is of a quarter, and {found.name} is none. Write one as {example}.")
    return found


def _write(file: Path, html: str) -> None:
    """Puts the whole file in its place at once; only its owner can read it, for it holds words of customers."""
    if file.is_dir():
        raise WinbackError(f"{file} is a folder; name a file in it, such as {file / 'readout.html'}.")
    if not file.parent.is_dir():
        raise WinbackError(f"There is no folder {file.parent}.")
    handle, name = tempfile.mkstemp(prefix=".readout-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(html)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
