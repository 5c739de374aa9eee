"""The commands that take figures out as files, and what is known of accounts in: their words and options."""

import argparse
import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from winback import settings as environment

EXPORT = """\
Writes answers, cases, history, actions, alarms and decisions into a folder, as CSV or Parquet files that belong
together: all of them show one moment. Every figure that winback shows can be counted again from them;
docs/figures-dictionary.md says what each column means. The files hold names and words of customers.
"""
EXPORT_EXAMPLES = """\
examples:
  winback export --to q3 --period 2026Q3
  winback export --to everything --format parquet
"""
ACCOUNTS = """\
Takes in what is known of accounts from a CSV file: segment, yearly value, renewal, plan, region, CSM, customer since.
An account is known by its id, else by its name, as answers name it. An empty cell leaves what is known as it is.
Running it again with the same file changes nothing. Open cases follow: their urgency, their tier, their cards.
The exit code is 1 when the file can't be read or no row of it could be used.
"""
ACCOUNTS_EXAMPLES = """\
examples:
  winback import-accounts accounts.csv --dry-run
  winback import-accounts crm.csv --map account_id="Account ID" --map acv=ARR --date-format dmy

fields for --map:
  account_id or account_name is needed. Others: segment, acv, renewal_date, plan, region, csm_email, customer_since.
"""
FORMATS = ("csv", "parquet")


def add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", mapping: Callable[[str], tuple[str, str]]
) -> None:
    """Put both commands among the others; `mapping` reads FIELD=COLUMN."""
    raw = argparse.RawDescriptionHelpFormatter
    export = commands.add_parser("export", description=EXPORT, epilog=EXPORT_EXAMPLES, formatter_class=raw)
    export.add_argument("--to", type=Path, metavar="FOLDER", required=True, help="the folder; made if it isn't there")
    export.add_argument("--format", choices=FORMATS, default="csv", help="default: csv")
    export.add_argument("--programme", default="", metavar="KEY", help="only this programme")
    export.add_argument(
        "--period", default="", metavar="PERIOD", help='only this time: 2026Q3, 2026-09, "last quarter", 30d'
    )
    export.add_argument("--replace", action="store_true", help="put the new files in the place of an earlier export")
    export.set_defaults(command=_export, log="ERROR")
    accounts = commands.add_parser(
        "import-accounts", description=ACCOUNTS, epilog=ACCOUNTS_EXAMPLES, formatter_class=raw
    )
    accounts.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    accounts.add_argument(
        "--map", type=mapping, action="append", default=[], metavar="FIELD=COLUMN", help="this column has that field"
    )
    accounts.add_argument("--date-format", choices=("dmy", "mdy"), default="", help="what comes first in 03/09/2026")
    accounts.add_argument("--dry-run", action="store_true", help="the same report, and nothing is written")
    accounts.add_argument(
        "--refused", type=Path, metavar="FILE", help="write the refused rows here, each with its reason"
    )
    accounts.set_defaults(command=_accounts, log="ERROR")


def _export(words: argparse.Namespace) -> int:
    from winback.exports.command import Order, show  # noqa: PLC0415 - a start has to be quick
    from winback.exports.files import Format  # noqa: PLC0415

    order = Order(words.to, Format(words.format), words.programme, words.period, words.replace)
    return asyncio.run(show(environment.from_environment(os.environ), order))


def _accounts(words: argparse.Namespace) -> int:
    from winback.accounts.command import show  # noqa: PLC0415 - see above
    from winback.accounts.rows import Order  # noqa: PLC0415

    order = Order(words.file, dict(words.map), words.date_format, words.dry_run, words.refused)
    return asyncio.run(show(environment.from_environment(os.environ), order))
