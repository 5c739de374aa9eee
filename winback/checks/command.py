"""`winback check`: looks at everything an installation needs; each finding is one line with its remedy."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

from handlers.hooks import secrets_of
from recovery.errors import PolicyError
from recovery.policy.file import Policy
from scheduler import smtp
from store import receipts
from store.engine import Database
from store.migrate import HEAD, version
from store.tables import metadata
from winback import trouble
from winback.checks import slack as slack_checks
from winback.checks.findings import Finding
from winback.policy_file import read_policy
from winback.settings import Settings, SettingsError, from_environment
from winback.standalone import database, missing_file

log = logging.getLogger(__name__)

LONGEST = 300.0  # seconds for one part: many people are looked up at Slack's pace


async def show(environment: Mapping[str, str]) -> int:
    """Prints each finding as soon as it is known; 1 if one of them needs a person."""
    problems = checked = 0
    async for finding in check(environment):
        sys.stdout.write(f"{finding}\n")
        sys.stdout.flush()
        checked += 1
        problems += not finding.fine
    told = f"{problems} of {checked} need you; start with the first." if problems else f"All {checked} are fine."
    sys.stdout.write(f"{told}\n")
    return 1 if problems else 0


async def check(environment: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Every finding, in the order in which they should be mended. Never raises for what it finds."""
    try:
        settings = from_environment(environment)
    except SettingsError as error:
        yield Finding("The environment can't be used.", error.sentence)
        return
    for finding in await _surely("The database", lambda: _database(settings)):
        yield finding
    policy, findings = _policy(settings)
    for finding in findings:
        yield finding
    for what, part in slack_checks.parts(settings, policy):
        for finding in await _surely(what, part):
            yield finding
    if policy:
        for finding in _secrets(policy, environment):
            yield finding
        for finding in await _surely("The mail server", lambda: _mail(policy, settings)):
            yield finding


async def _surely(what: str, part: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """A part that breaks or takes too long is a finding as well: the others are still worth knowing."""
    remedy = "Run it again; WINBACK_LOG=DEBUG shows the details."
    try:
        async with asyncio.timeout(LONGEST):
            return await part()
    except TimeoutError:
        return [Finding(f"{what} could not be checked within {LONGEST:.0f} seconds.", remedy)]
    except Exception as error:
        log.debug("%s could not be checked", what, exc_info=error)
        return [Finding(f"{what} could not be checked ({type(error).__name__}: {trouble.words(error)}).", remedy)]


async def _database(settings: Settings) -> list[Finding]:
    missing = missing_file(settings)
    if missing:
        return [_no_file(missing)]
    try:
        async with database(settings) as db:
            return await _tables(db)
    except Exception as error:
        if not trouble.is_database(error):
            raise
        return [Finding(trouble.database(error), "Check DATABASE_URL, and whether the server runs.")]


def _no_file(missing: Path) -> Finding:
    what = f"There is no database {missing} yet."
    folder = missing.absolute().parent
    if folder.is_dir() and not os.access(folder, os.W_OK):
        return Finding(what, f"Make the folder {folder} writable for this user.")
    return Finding(what, "`winback run` makes it.")


async def _tables(db: Database) -> list[Finding]:
    name = "Postgres" if db.postgres else f"SQLite ({db.url.database})"
    found = await version(db, strict=True)
    if not found:
        return [Finding(f"The database, {name}, has no tables yet.", "`winback run` makes them.")]
    if found != HEAD:
        remedy = "Install the newer winback." if found > HEAD else "`winback run` brings it there."
        return [Finding(f"The database, {name}, is at version {found}, not {HEAD}.", remedy)]
    async with db.read() as tx:
        there = await tx.conn.run_sync(lambda conn: set(sa.inspect(conn).get_table_names()))
        missing = sorted(set(metadata.tables) - there)
        if missing:
            return [
                Finding(
                    f"The database, {name}, lacks the table{'s' * (len(missing) > 1)} {', '.join(missing)}.",
                    "Somebody removed them; restore the database from a backup.",
                )
            ]
        failed = (await receipts.counts(tx)).get("failed", 0)
    findings = [Finding(f"The database, {name}, answers and is at version {HEAD}.")]
    if failed:
        some = "1 delivery" if failed == 1 else f"{failed:,} deliveries"
        findings.append(Finding(f"{some} could not be understood.", "`winback replay --list` shows why."))
    return findings


def _policy(settings: Settings) -> tuple[Policy | None, list[Finding]]:
    try:
        policy = read_policy(settings.policy)
    except PolicyError as error:
        first, *each = error.sentence.splitlines()
        if not each:
            return None, [Finding("There is no policy to work with.", first)]
        return None, [Finding(f"The policy {settings.policy}.", problem) for problem in each]
    return policy, [Finding(f"The policy {settings.policy} is sound.")]


def _secrets(policy: Policy, environment: Mapping[str, str]) -> list[Finding]:
    known = secrets_of(policy, environment)
    return [
        Finding(f"The source {source.key} has its secret ({source.secret_env}).")
        if source.secret_env in known
        else Finding(
            f"The source {source.key} has no secret, so its answers are refused.",
            f"Set {source.secret_env}, or remove the source from the policy.",
        )
        for source in policy.sources.values()
    ]


async def _mail(policy: Policy, settings: Settings) -> list[Finding]:
    """Nothing to say where mail is off on both sides."""
    sender, server = policy.mail.sender, settings.mail
    if server is None:
        return [_half(f"The policy wants mail from {sender}", "Set WINBACK_SMTP_HOST")] if sender else []
    if not sender:
        return [_half(f"The mail server {server.host} is set", 'Give [mail] of the policy its "from"')]
    why = await smtp.trouble_with(server)
    if why:
        what = f"The mail server {server.host} at port {server.port} can't be used ({why})."
        return [Finding(what, "Check the variables that start with WINBACK_SMTP.")]
    return [Finding(f"What Slack does not take goes out by mail through {server.host}, from {sender}.")]


def _half(what: str, remedy: str) -> Finding:
    return Finding(
        f"{what}, but the other half is missing, so nothing is mailed.", f"{remedy}, or take this half away."
    )
