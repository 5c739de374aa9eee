"""The command line. Each command imports what it needs itself: a start has to be quick."""

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from recovery.errors import WinbackError
from winback import file_commands, printing, rebuilding
from winback import settings as environment

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

ABOUT = """\
winback makes sure that every detractor hears back from one named person, in time.

  winback check                 is everything in place? each line that is not says what to do
  winback run                   start the bot
  winback import answers.csv    take in answers from a file
  winback import-accounts accounts.csv   what is known of accounts: segment, money, renewal, CSM
  winback export --to FOLDER    answers, cases and their history as files
  winback readout --html FILE   the one-page readout of a quarter, to print
  winback figures rebuild       every answer counted anew
  winback replay                try the deliveries again that could not be understood
  winback simulate              what a policy would have made of answers from a file
  winback policy check          can the policy file be used?
  winback policy apply          a changed policy, for the cases that are open already

`winback COMMAND --help` says more about each.
"""
VARIABLES = """\
what it reads from the environment:
  SLACK_BOT_TOKEN       the bot's token (xoxb-…)
  SLACK_APP_TOKEN       the app's token (xapp-…) for Socket Mode; without it Slack calls POST /slack/events
  SLACK_SIGNING_SECRET  for POST /slack/events
  DATABASE_URL          sqlite:///winback.sqlite3 when not set, or postgresql://user:secret@host/name
  WINBACK_POLICY        the policy file; policy.toml when not set
  WINBACK_HOST, WINBACK_PORT   where the bot listens; 127.0.0.1 and 8080 when not set
  WINBACK_LOG           DEBUG, INFO, WARNING or ERROR
  WINBACK_SMTP_HOST     the mail server for what Slack does not take; with WINBACK_SMTP_PORT, WINBACK_SMTP_TLS
                        (starttls, tls or none), WINBACK_SMTP_USER and WINBACK_SMTP_PASSWORD
  WINBACK_HEARTBEAT_URL is called once a minute while all is well
  WINBACK_URL           the public address, for links to pages in Slack
  SLACK_API_URL         another address of Slack's Web API, for a workspace of your own
and one secret for each source, under the name that the policy gives it.
"""
RUN = """\
Starts the bot and runs until it is stopped (Ctrl-C or SIGTERM). It makes and updates its tables itself.
Survey tools post to /hooks/SOURCE; GET /readyz says whether it is at work.
"""
CHECK = """\
Looks at the database, the policy, the tokens and scopes, every channel and person of the policy, and the secrets
of the sources. One line for each; a line that starts with ✗ ends with what to do. Nothing is changed, nothing posted.
The exit code is 1 when there is such a line, so that a deployment can stop there.
"""
IMPORT = """\
Takes in the answers of a CSV file (comma, semicolon, tab or |; with a row of column names). Running it again with
the same file adds nothing. A bot that is running at the same time posts the cards of the cases that are opened.
Columns are told by --map, else by [import.columns] of the policy, else guessed from their names; the report says which.
The exit code is 1 when the file can't be read or no row of it could be used.
"""
IMPORT_EXAMPLES = """\
examples:
  winback import answers.csv --dry-run
  winback import q3.csv --map score="How likely are you to recommend us?" --map comment=Why --zone Europe/London
  winback import history.csv --cases none --refused refused.csv

fields for --map:
  score and responded_at are needed. Others: response_id, comment, updated_at, contact_id, email, name, account_id,
  account_name, acv, renewal_date, segment, csm_email, plan, region, customer_since, role, surface, survey_id,
  survey_name, programme, follow_up_requested, permalink, survey_type, test.
"""
SIMULATE = """\
Plays the answers of a file, such as those of the past quarter, against a policy: what would have been flagged, who
would have been reminded, what would have been escalated to whom, and at what hours. Nothing is sent and nothing is
stored; it needs neither Slack nor a database. Columns are found as `winback import` finds them.
Durations are written as in the policy: 30h, 2 days, "4 business hours".
"""
SIMULATE_EXAMPLES = """\
examples:
  winback simulate --from answers.csv --policy policy.toml
  winback simulate --from answers.csv --claimed-after "2 business hours" --contacted-after 30h
  winback simulate --from answers.csv --policy stricter.toml --json
"""
POLICY = """\
A running winback takes a changed policy file for what comes; open cases keep the limits they were opened with.
"""
POLICY_CHECK = """\
Reads a policy file, WINBACK_POLICY or policy.toml when none is named, and lists every problem in it: line, key, what
is wrong, an example. It looks at the file only; `winback check` also asks Slack. The exit code is 1 for a problem.
"""
POLICY_APPLY = """\
Gives the open cases the limits of the policy as it is now. First it shows which steps would move, from when to when;
then it asks, or does it at once with --yes. What is done keeps its deadline. Each case that changes says so in its
history; a running winback updates the cards.
"""
REPLAY = """\
Puts deliveries that could not be understood back into the line: all, those of one source, or one. A running bot
understands them within a second or two; with --now this command does it itself (also beside a running bot) and
exits with 1 when some fail again.
"""
REPLAY_EXAMPLES = """\
examples:
  winback replay --list
  winback replay --source helpdesk
  winback replay --id 118 --now
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is well, 1 when something needs a person, 2 for words we don't know."""
    _print_anything()
    words = _parser().parse_args(arguments)
    try:
        _log(words.log)
        return int(words.command(words))
    except WinbackError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our lines has seen enough (`winback check | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from winback.trouble import sentence_of  # noqa: PLC0415 - only where something went wrong

        sentence = sentence_of(error)
        if not sentence:
            raise
        logging.getLogger(__name__).debug("what happened", exc_info=error)
        sys.stderr.write(f"{sentence}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="winback", usage="winback COMMAND …", description=ABOUT, epilog=VARIABLES, formatter_class=raw
    )
    commands = parser.add_subparsers(required=True, prog="winback", metavar="COMMAND", help=argparse.SUPPRESS)

    run = commands.add_parser("run", description=RUN, epilog=VARIABLES, formatter_class=raw)
    run.set_defaults(command=_run, log="INFO")

    check = commands.add_parser("check", description=CHECK, epilog="example:\n  winback check\n", formatter_class=raw)
    check.set_defaults(command=_check, log="CRITICAL")

    taking = commands.add_parser("import", description=IMPORT, epilog=IMPORT_EXAMPLES, formatter_class=raw)
    _import_options(taking)
    taking.set_defaults(command=_import, log="ERROR")

    file_commands.add(commands, _mapping)
    printing.add(commands)
    rebuilding.add(commands)

    simulate = commands.add_parser("simulate", description=SIMULATE, epilog=SIMULATE_EXAMPLES, formatter_class=raw)
    _simulate_options(simulate)
    simulate.set_defaults(command=_simulate, log="ERROR")

    _policy_commands(
        commands.add_parser("policy", description=POLICY, formatter_class=raw).add_subparsers(
            required=True, prog="winback policy", metavar="COMMAND"
        )
    )

    replay = commands.add_parser("replay", description=REPLAY, epilog=REPLAY_EXAMPLES, formatter_class=raw)
    replay.add_argument("--source", default="", help="only deliveries of this source")
    replay.add_argument("--id", type=int, metavar="N", help="only the delivery with this number (see --list)")
    act = replay.add_mutually_exclusive_group()
    act.add_argument("--list", action="store_true", help="show the failed ones, newest first, and change nothing")
    act.add_argument("--now", action="store_true", help="understand them here, now")
    replay.set_defaults(command=_replay, log="ERROR")
    return parser


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    parser.add_argument(
        "--map", type=_mapping, action="append", default=[], metavar="FIELD=COLUMN", help="this column has that field"
    )
    parser.add_argument(
        "--source",
        default="csv",
        help="the name these answers are kept under (default: csv); the name of a hook's source where the file "
        "comes from the same tool, so that its answers are known when they arrive again",
    )
    parser.add_argument(
        "--programme", default="", metavar="KEY", help="the programme of every row that names none itself"
    )
    parser.add_argument("--zone", default="", help="the time zone of times without one, such as Europe/London")
    parser.add_argument("--date-format", choices=("dmy", "mdy"), default="", help="what comes first in 03/09/2026")
    parser.add_argument(
        "--cases",
        choices=("recent", "all", "none"),
        default="recent",
        help="which detractors open a case (default: recent, within [import] open_cases_within_days of the policy); "
        "answers that are there already open none",
    )
    parser.add_argument("--dry-run", action="store_true", help="the same report, and nothing is written")
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="write the refused rows here, each with its reason"
    )


def _policy_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    raw = argparse.RawDescriptionHelpFormatter
    check = commands.add_parser("check", description=POLICY_CHECK, formatter_class=raw, help="can the file be used?")
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the policy file")
    check.set_defaults(command=_policy_check, log="CRITICAL")
    apply = commands.add_parser("apply", description=POLICY_APPLY, formatter_class=raw, help="change the open cases")
    apply.add_argument("--yes", action="store_true", help="change them without asking")
    apply.set_defaults(command=_policy_apply, log="ERROR")


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", required=True, help="the CSV file")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy to try; WINBACK_POLICY or policy.toml when not set"
    )
    parser.add_argument(
        "--claimed-after", default="", metavar="TIME", help="who is asked first claims that long after; else nobody"
    )
    parser.add_argument(
        "--contacted-after",
        default="",
        metavar="TIME",
        help="each customer is contacted that long after the answer, where the play of the case ends; else nobody is",
    )
    parser.add_argument(
        "--map", type=_mapping, action="append", default=[], metavar="FIELD=COLUMN", help="this column has that field"
    )
    parser.add_argument("--programme", default="", metavar="KEY", help="of every row that names none itself")
    parser.add_argument("--zone", default="", help="the time zone of times without one, such as Europe/London")
    parser.add_argument("--date-format", choices=("dmy", "mdy"), default="", help="what comes first in 03/09/2026")
    parser.add_argument("--json", action="store_true", help="the figures as JSON, with every hour of every person")


def _mapping(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (equals and field.strip() and column.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=COLUMN, for example score=Rating")
    return field.strip(), column.strip()


def _print_anything() -> None:
    """A terminal that lacks a letter shows a question mark; it never ends the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _log(usual: str) -> None:
    level = os.environ.get("WINBACK_LOG", "").strip().upper() or usual
    if level not in LEVELS:
        raise environment.SettingsError(f"WINBACK_LOG is one of {', '.join(LEVELS)}, not {level!r}.")
    if level == "INFO":
        for chatty in ("alembic", "apscheduler"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def _run(_words: argparse.Namespace) -> int:
    from winback.run import run  # noqa: PLC0415 - see above

    settings = environment.from_environment(os.environ)
    environment.require_slack(settings)
    return asyncio.run(run(settings))


def _check(_words: argparse.Namespace) -> int:
    from winback.checks.command import show  # noqa: PLC0415 - see above

    return asyncio.run(show(os.environ))


def _import(words: argparse.Namespace) -> int:
    from winback.imports.command import show  # noqa: PLC0415 - see above
    from winback.imports.rows import Cases, Order  # noqa: PLC0415

    order = Order(
        file=words.file,
        source=words.source,
        columns=dict(words.map),
        programme=words.programme,
        zone=words.zone,
        date_format=words.date_format,
        cases=Cases(words.cases),
        dry_run=words.dry_run,
        refused=words.refused,
    )
    return asyncio.run(show(environment.from_environment(os.environ), order))


def _simulate(words: argparse.Namespace) -> int:
    from winback.app import clock_of  # noqa: PLC0415 - see above
    from winback.imports.rows import Cases, Order  # noqa: PLC0415
    from winback.simulating import Wanted, show  # noqa: PLC0415

    settings = environment.from_environment(os.environ)
    order = Order(
        file=words.file,
        source="csv",
        columns=dict(words.map),
        programme=words.programme,
        zone=words.zone,
        date_format=words.date_format,
        cases=Cases.ALL,
        dry_run=True,
        refused=None,
    )
    wanted = Wanted(order, words.policy or settings.policy, words.claimed_after, words.contacted_after, words.json)
    return show(wanted, clock_of(settings).now())


def _policy_check(words: argparse.Namespace) -> int:
    from winback.applying import check  # noqa: PLC0415 - see above

    return check(words.file or environment.from_environment(os.environ).policy)


def _policy_apply(words: argparse.Namespace) -> int:
    from winback.applying import show  # noqa: PLC0415 - see above

    return asyncio.run(show(environment.from_environment(os.environ), yes=words.yes, ask=_agreed))


def _agreed(question: str) -> bool:
    """Whether somebody at the terminal says yes; nobody there is a no."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().casefold() in {"y", "yes"}


def _replay(words: argparse.Namespace) -> int:
    from winback.replaying import Which, show, show_list  # noqa: PLC0415 - see above

    settings = environment.from_environment(os.environ)
    which = Which(words.source, words.id)
    if words.list:
        return asyncio.run(show_list(settings, which))
    return asyncio.run(show(settings, which, now=words.now))
