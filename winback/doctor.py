"""`winback check`: looks at everything an installation needs; each finding is one line with its remedy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.directory import NETWORK_ERRORS, DirectoryService, code_of
from bot.house import House
from bot.views import words
from handlers.hooks import secrets_of
from recovery.errors import PolicyError
from recovery.policy import Policy
from scheduler.slack import LOCKED_OUT
from store import receipts
from store.clock import SystemClock
from store.engine import Database
from store.migrate import HEAD, version
from winback.app import web_client
from winback.run import read_policy
from winback.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `what` is fine, or it is not and `remedy` says what to do."""

    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"✗ {self.what} {self.remedy}" if self.remedy else f"✓ {self.what}"


async def check(settings: Settings, environment: dict[str, str]) -> list[Finding]:
    """Every finding, in the order in which they should be mended."""
    findings = [finding async for finding in _database(settings)]
    try:
        policy: Policy | None = read_policy(settings.policy)
        findings.append(Finding(f"The policy {settings.policy} is sound."))
    except PolicyError as error:
        policy = None
        findings.append(Finding("The policy can't be used.", error.sentence))
    findings += [finding async for finding in _slack(settings, policy)]
    if policy:
        findings += _secrets(policy, environment)
    return findings


def manifest() -> dict[str, Any]:
    """Slack's app manifest as it ships with the program; from the checkout where it is run from there."""
    packaged = resources.files("winback") / "manifest.yml"
    found = packaged if packaged.is_file() else Path(__file__).parent.parent / "manifest.yml"
    content: dict[str, Any] = yaml.safe_load(found.read_text("utf-8"))
    return content


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    db = Database(settings.database_url, SystemClock())
    kind = "Postgres" if db.postgres else f"SQLite ({db.url.database})"
    try:
        found = await version(db, strict=True)
        if found == HEAD:
            yield Finding(f"The database, {kind}, is at version {HEAD}.")
            async with db.read() as tx:
                failed = (await receipts.counts(tx)).get("failed", 0)
            if failed:
                yield Finding(f"{failed} deliveries could not be understood.", "See them with `winback replay --list`.")
        else:
            yield Finding(
                f"The database, {kind}, is at version {found or 'none'}, not {HEAD}.", "`winback run` brings it there."
            )
    except (SQLAlchemyError, OSError) as error:
        yield Finding(f"The database, {kind}, does not answer ({type(error).__name__}).", "Check DATABASE_URL.")
    finally:
        await db.close()


async def _slack(settings: Settings, policy: Policy | None) -> AsyncIterator[Finding]:
    if not settings.bot_token:
        yield Finding("SLACK_BOT_TOKEN is not set.", "It starts with xoxb-; see OAuth & Permissions of the app.")
        return
    client = web_client(settings)
    try:
        answer = await client.auth_test()
    except NETWORK_ERRORS as error:
        code = code_of(error)
        remedy = "Install the app again and copy its new token." if code in LOCKED_OUT else "Try again in a minute."
        yield Finding(f"Slack does not accept SLACK_BOT_TOKEN ({code}).", remedy)
        return
    yield Finding(f"SLACK_BOT_TOKEN is the one of {answer.get('user')} in {answer.get('team')}.")
    yield _scopes(dict(answer.headers))
    yield await _transport(settings)
    if policy:
        service = DirectoryService(Database("sqlite+aiosqlite://", SystemClock()), House(policy), client)
        async for finding in _channels(service, policy):
            yield finding
        async for finding in _people(service, policy):
            yield finding


def _scopes(headers: dict[str, Any]) -> Finding:
    granted = {name.strip() for name in str(headers.get("x-oauth-scopes", "")).split(",") if name.strip()}
    wanted = set(manifest()["oauth_config"]["scopes"]["bot"])
    missing = sorted(wanted - granted)
    if missing:
        return Finding(
            f"These scopes are missing: {', '.join(missing)}.",
            "Update the app with manifest.yml, then install it again.",
        )
    return Finding(f"All {len(wanted)} scopes of manifest.yml are granted.")


async def _transport(settings: Settings) -> Finding:
    if not settings.socket_mode:
        if settings.signing_secret:
            return Finding("HTTP mode: Slack has to reach POST /slack/events of this server.")
        return Finding(
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.", "Set one; see Basic Information of the app."
        )
    client = AsyncWebClient(base_url=settings.api_url, timeout=10, retry_handlers=[])
    try:
        await client.apps_connections_open(app_token=settings.app_token)
    except NETWORK_ERRORS as error:
        return Finding(
            f"Slack does not accept SLACK_APP_TOKEN ({code_of(error)}).",
            "Make one with the scope connections:write under Basic Information, App-Level Tokens.",
        )
    return Finding("Socket Mode works.")


async def _channels(service: DirectoryService, policy: Policy) -> AsyncIterator[Finding]:
    for place in [place async for place in service.places(policy)]:
        keys = ", ".join(policy.channels()[place.ref])
        name = f"#{place.name}" if place.name else place.ref
        if place.problem:
            why, remedy = words.REFUSED_BY_SLACK.get(place.problem, words.REFUSED_OTHERWISE)
            yield Finding(f"The channel {name} ({keys}) can't be used: {why}.", f"What helps: {remedy}")
        else:
            yield Finding(f"The channel {name} ({keys}) is reachable and winback is in it.")


async def _people(service: DirectoryService, policy: Policy) -> AsyncIterator[Finding]:
    for ref, keys in policy.people().items():
        person = await service.person(ref)
        where = ", ".join(keys)
        if person is None:
            yield Finding(f"Slack does not know {ref} ({where}).", "Correct the address in the policy.")
        elif person.deleted:
            yield Finding(f"{ref} ({where}) is deactivated in Slack.", "Name somebody else in the policy.")
        else:
            yield Finding(f"{ref} ({where}) is {person.name}.")


def _secrets(policy: Policy, environment: dict[str, str]) -> list[Finding]:
    known = secrets_of(policy, environment)
    return [
        Finding(f"The source {source.key} has its secret ({source.secret_env}).")
        if source.secret_env in known
        else Finding(f"The source {source.key} has no secret.", f"Set {source.secret_env}, or remove the source.")
        for source in policy.sources.values()
    ]
