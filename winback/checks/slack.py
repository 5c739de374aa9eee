"""The part of `winback check` that asks Slack: tokens, scopes, channels, people. Only reads.

Sources: Slack's pages of auth.test, apps.connections.open, conversations.info, users.conversations,
users.lookupByEmail, users.info and usergroups.users.list.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.directory import GONE_GROUP, NETWORK_ERRORS, code_of, person_of
from bot.views import words
from recovery.policy.file import Policy
from scheduler.slack import LOCKED_OUT
from winback import trouble
from winback.app import SLACK_TIMEOUT, web_client
from winback.checks.findings import Finding
from winback.settings import Settings

log = logging.getLogger(__name__)

Part = Callable[[], Awaitable[list[Finding]]]

AT_SLACK = "see OAuth & Permissions of the app"
REINSTALL = "Update the app with manifest.yml, then install it again."
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
WRONG_KIND = frozenset({"not_allowed_token_type"})
NOBODY = frozenset({"users_not_found", "user_not_found"})
MOST_PAGES = 50


def parts(settings: Settings, policy: Policy | None) -> Iterator[tuple[str, Part]]:
    """Each part with its name; channels and people only where Slack takes the token."""
    slack = SlackChecks(settings, policy)
    yield "SLACK_BOT_TOKEN", slack.token
    yield "The connection with Slack", slack.transport
    if slack.accepted and policy:
        yield "The channels", slack.channels
        yield "The people", slack.people


def manifest() -> dict[str, Any]:
    """Slack's app manifest as it ships with the program; from the checkout where it is run from there."""
    packaged = resources.files("winback") / "manifest.yml"
    found = packaged if packaged.is_file() else Path(__file__).parents[2] / "manifest.yml"
    content: dict[str, Any] = yaml.safe_load(found.read_text("utf-8"))
    return content


class SlackChecks:
    """`accepted` once Slack has taken the bot's token."""

    def __init__(self, settings: Settings, policy: Policy | None) -> None:
        self._settings = settings
        self._policy = policy
        self._client = web_client(settings)
        # Reading twice harms nothing, so here the client may wait as long as Slack asks it to.
        self._client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        self.accepted = False

    async def token(self) -> list[Finding]:
        token = self._settings.bot_token
        if not token:
            return [Finding("SLACK_BOT_TOKEN is not set.", f"Set it (xoxb-…; {AT_SLACK}).")]
        if not _looks_like_a_token(token):
            return [Finding("SLACK_BOT_TOKEN holds characters that no token has.", f"Copy it again ({AT_SLACK}).")]
        try:
            answer = await self._client.auth_test()
        except NETWORK_ERRORS as error:
            return [_refused("SLACK_BOT_TOKEN", error, f"Set the bot's token (xoxb-…; {AT_SLACK}).")]
        self.accepted = True
        fine = Finding(f"SLACK_BOT_TOKEN is the one of {answer.get('user')} in {answer.get('team')}.")
        return [fine, _scopes(answer.headers)]

    async def transport(self) -> list[Finding]:
        """Socket Mode's token is tried; in HTTP mode only Slack can tell whether it reaches us."""
        settings = self._settings
        if settings.socket_mode:
            return [await self._socket_mode()]
        if settings.signing_secret:
            return [Finding("SLACK_SIGNING_SECRET is set; Slack has to reach POST /slack/events of this server.")]
        remedy = (
            "Set SLACK_APP_TOKEN (xapp-…, for Socket Mode) or SLACK_SIGNING_SECRET; see the app's Basic Information."
        )
        return [Finding("Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.", remedy)]

    async def _socket_mode(self) -> Finding:
        token = self._settings.app_token
        remedy = "Set an app-level token with the scope connections:write (xapp-…; see the app's Basic Information)."
        if not _looks_like_a_token(token):
            return Finding("SLACK_APP_TOKEN holds characters that no token has.", remedy)
        client = AsyncWebClient(base_url=self._settings.api_url, timeout=SLACK_TIMEOUT, retry_handlers=[])
        try:
            await client.apps_connections_open(app_token=token)
        except NETWORK_ERRORS as error:
            if code_of(error) == "socket_mode_not_enabled":
                remedy = "Switch Socket Mode on in the app's settings."
            return _refused("SLACK_APP_TOKEN", error, remedy)
        return Finding("SLACK_APP_TOKEN opens Socket Mode.")

    async def channels(self) -> list[Finding]:
        """Every channel of the policy, by id or by #name."""
        assert self._policy is not None  # noqa: S101 - parts() asks only then
        refs = self._policy.channels()
        names = {ref[1:] for ref in refs if ref.startswith("#")}
        ids, problem = await self._ids_of(names) if names else ({}, None)
        findings = []
        for ref, keys in refs.items():
            known = ids.get(ref[1:]) if ref.startswith("#") else ref
            where = _listed(keys)
            if known:
                findings.append(await self._channel(ref, known, where))
            elif problem:
                findings.append(_not_found_out(f"The channel {ref} ({where})", problem))
            else:
                findings.append(
                    Finding(
                        f"winback is in no channel called {ref} ({where}).",
                        f"Type `/invite @winback` in {ref}; if it has another name or is archived, change the policy.",
                    )
                )
        return findings

    async def _channel(self, ref: str, channel: str, where: str) -> Finding:
        try:
            found = (await self._client.conversations_info(channel=channel))["channel"]
        except NETWORK_ERRORS as error:
            if code_of(error) in words.REFUSED_BY_SLACK:
                return _closed(f"{ref} ({where})", code_of(error))
            return _not_found_out(f"The channel {ref} ({where})", error)
        name = f"#{found.get('name')}" if found.get("name") else ref
        named = f"{name} ({where})" if name == ref else f"{name} ({ref}, {where})"
        if found.get("is_archived"):
            return _closed(named, "is_archived")
        if not found.get("is_member"):
            return _closed(named, "not_in_channel")
        return Finding(f"winback is in the channel {named}.")

    async def _ids_of(self, names: set[str]) -> tuple[dict[str, str], Exception | None]:
        """Ids by name among the channels winback is in, and what kept us from reading on."""
        found: dict[str, str] = {}
        cursor = ""
        try:
            for _ in range(MOST_PAGES):
                page = await self._client.users_conversations(
                    types="public_channel,private_channel", limit=200, cursor=cursor
                )
                found.update({c["name"]: c["id"] for c in page["channels"] if c.get("name") in names})
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor or len(found) == len(names):
                    break
        except NETWORK_ERRORS as error:
            return found, error
        return found, None

    async def people(self) -> list[Finding]:
        """Every person of the policy, by address or by id, and every user group."""
        assert self._policy is not None  # noqa: S101 - parts() asks only then
        people = [await self._person(ref, _listed(keys)) for ref, keys in self._policy.people().items()]
        return people + [await self._group(ref, _listed(keys)) for ref, keys in self._policy.groups().items()]

    async def _group(self, ref: str, where: str) -> Finding:
        named = f"The user group {ref} ({where})"
        try:
            users = (await self._client.usergroups_users_list(usergroup=ref))["users"]
        except NETWORK_ERRORS as error:
            if code_of(error) == GONE_GROUP:
                return Finding(
                    f"Slack has no active user group {ref} ({where}).",
                    "Correct it in the policy, or enable the group again in Slack.",
                )
            if code_of(error) == "plan_upgrade_required":
                return Finding(
                    f"{named} can't be read: this workspace has no user groups.",
                    "Name its people one by one in the policy.",
                )
            return _not_found_out(named, error)
        if not users:
            return Finding(f"{named} has nobody in it.", "Add people to it in Slack, or name people in the policy.")
        return Finding(f"{named} has {len(users)} {'person' if len(users) == 1 else 'people'}.")

    async def _person(self, ref: str, where: str) -> Finding:
        try:
            person = person_of((await self._look_up(ref))["user"])
        except NETWORK_ERRORS as error:
            if code_of(error) in NOBODY:
                return Finding(
                    f"Slack knows nobody active as {ref} ({where}).",
                    "Correct it in the policy, or name somebody else if they have left.",
                )
            return _not_found_out(f"{ref} ({where})", error)
        if person.deleted:
            return Finding(f"{ref} ({where}) is deactivated in Slack.", "Name somebody else in the policy.")
        if person.bot:
            return Finding(f"{ref} ({where}) is a bot.", "Name a person in the policy.")
        return Finding(f"{ref} ({where}) is {person.name}.")

    async def _look_up(self, ref: str) -> AsyncSlackResponse:
        if "@" in ref:
            return await self._client.users_lookupByEmail(email=ref)
        return await self._client.users_info(user=ref)


def _scopes(headers: Mapping[str, Any]) -> Finding:
    """What the token may do stands in a header of every answer."""
    told = next((str(value) for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    wanted = set(manifest()["oauth_config"]["scopes"]["bot"])
    if told is None:
        return Finding("Slack did not say which scopes are granted.", "Check that no proxy removes x-oauth-scopes.")
    missing = sorted(wanted - {name.strip() for name in told.split(",")})
    if missing:
        return Finding(f"The token lacks the scope{'s' * (len(missing) > 1)} {', '.join(missing)}.", REINSTALL)
    return Finding(f"The token has all {len(wanted)} scopes of manifest.yml.")


def _refused(variable: str, error: Exception, remedy: str) -> Finding:
    """A token that Slack does not take, or a Slack that can't be asked."""
    code = code_of(error)
    if code in WRONG_KIND:
        return Finding(f"{variable} is the token of another kind.", remedy)
    if code in LOCKED_OUT or code == "socket_mode_not_enabled":
        return Finding(f"Slack does not accept {variable} ({code}).", remedy)
    return _not_found_out(variable, error)


def _not_found_out(what: str, error: Exception) -> Finding:
    """Slack refused to say, or could not be reached; `what` may be fine."""
    log.debug("%s could not be looked up", what, exc_info=error)
    code = code_of(error)
    if code == "missing_scope":
        return Finding(f"{what} can't be looked up: a scope is missing.", REINSTALL)
    if code in RATE_LIMITED:
        return Finding(f"{what} was not looked up: Slack asks to slow down.", "Run this again in a minute.")
    if code in LOCKED_OUT:
        return Finding(f"{what} can't be looked up ({code}).", "Install the app again and copy its new token.")
    told = trouble.words(error)
    if isinstance(error, SlackApiError):
        if isinstance(error.response.data, dict) and error.response.get("error"):
            return Finding(f"{what} can't be looked up: Slack says {code}.", "Run this again in a minute.")
        told = f"HTTP {error.response.status_code}"
    return Finding(
        f"{what} could not be looked up: no answer from Slack ({told}).",
        "Check the network and SLACK_API_URL, then run this again.",
    )


def _closed(channel: str, code: str) -> Finding:
    why, remedy = words.REFUSED_BY_SLACK[code]
    return Finding(f"The channel {channel} can't be used: {why}.", remedy[0].upper() + remedy[1:])


def _looks_like_a_token(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(keys)
