"""One call to Slack becomes one typed outcome. Every error code that Slack documents for our calls has its place here.

Source: Slack's pages of chat.postMessage, chat.update and conversations.history, and the rate limit page.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse


@dataclass(frozen=True, slots=True)
class Done:
    """Slack accepted; `data` is its answer."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """Refused for now and surely not shown: again after `after`; so do all others of its lane if `everybody`.

    `answered` is False where Slack itself said nothing.
    """

    after: timedelta
    why: str
    everybody: bool = False
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Doubt:
    """The answer was lost or says "it may have happened": look it up before trying again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A channel or person can't be reached: the look has to go somewhere else."""

    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The message to be changed is not there (any more), or may not be changed."""

    why: str


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Slack does not take these blocks or this text: send the plain words."""

    why: str


@dataclass(frozen=True, slots=True)
class LockedOut:
    """The installation is broken (token, scope): nobody can be told through Slack until a person mends it."""

    why: str


Outcome = Done | Wait | Doubt | Unreachable | Gone | TooMuch | LockedOut

UNREACHABLE = frozenset(
    {
        "channel_not_found", "not_in_channel", "is_archived", "cannot_dm_bot", "user_not_found", "user_disabled",
        "user_not_visible", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked", "no_permission", "access_denied", "posting_to_channel_denied",
        "channel_type_not_supported", "messages_tab_disabled", "team_access_not_granted",
        "as_user_not_supported", "external_channel_migrating", "slack_connect_canvas_sharing_blocked",
    }
)  # fmt: skip
GONE = frozenset(
    {
        "message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "cannot_reply_to_message",
        "is_inactive", "invalid_ts",
    }
)  # fmt: skip
TOO_MUCH = frozenset(
    {
        "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "block_mismatch",
        "too_many_attachments", "attachment_payload_limit_exceeded", "metadata_too_large",
        "markdown_text_conflict", "invalid_metadata_format", "invalid_metadata_schema", "invalid_arguments",
        "invalid_arg_name", "invalid_array_arg",
    }
)  # fmt: skip
LOCKED_OUT = frozenset(
    {
        "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
        "not_allowed_token_type", "org_login_required", "no_permission_to_use_app", "ekm_access_denied",
        "app_access_restricted", "two_factor_setup_required", "accesslimited",
    }
)  # fmt: skip
MAYBE_HAPPENED = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
PAUSE = timedelta(seconds=30)
_BY_CODE = (
    (UNREACHABLE, Unreachable),
    (GONE, Gone),
    (TOO_MUCH, TooMuch),
    (LOCKED_OUT, LockedOut),
    (MAYBE_HAPPENED, Doubt),
)


async def call(client: AsyncWebClient, method: str, args: dict[str, Any]) -> Outcome:
    """Calls a Web API method once; never raises for what Slack or the network does."""
    try:
        response = await client.api_call(method, json=args)
    except SlackApiError as error:
        return refused(error)
    except SlackClientError as error:
        return Doubt(f"{method}: {error}")
    except aiohttp.ClientConnectorError as error:
        why = f"{method}: Slack can't be reached ({error})"
        return Wait(timedelta(seconds=2), why, everybody=True, answered=False)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError, AttributeError, TypeError) as error:
        # The last two: slack_sdk takes for granted that an answer is a JSON object.
        return Doubt(f"{method}: the answer was lost ({type(error).__name__})")
    data = response.data
    return Done(data) if isinstance(data, dict) else Doubt(f"{method}: the answer was not understood")


async def put(url: str, content: bytes) -> Outcome:
    """Sends a file's bytes to the address that Slack gave for them."""
    timeout = aiohttp.ClientTimeout(total=30)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.post(url, data=content) as answer:
            if answer.status == HTTPStatus.OK:
                return Done({})
            return Doubt(f"the upload was answered {answer.status}")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Doubt(f"the upload was cut ({type(error).__name__})")


def refused(error: SlackApiError) -> Outcome:
    """What a refusal of Slack means for the look that was to be shown."""
    response = error.response
    if not isinstance(response, AsyncSlackResponse):
        # Half an answer, or one that was no JSON: slack_sdk hands on what it got from the network.
        return Doubt("the answer was not understood")
    code = str(response.get("error") or "") if isinstance(response.data, dict) else ""
    if code in {"ratelimited", "rate_limited", "message_limit_exceeded"} or (
        response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    ):
        return Wait(retry_after(response.headers), "Slack asked us to slow down", everybody=True)
    for codes, outcome in _BY_CODE:
        if code in codes:
            return outcome(code)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or not code:
        return Doubt(code or f"HTTP {response.status_code}")
    return Wait(PAUSE, code)


def retry_after(headers: dict[str, Any]) -> timedelta:
    """Slack's Retry-After in seconds; half a minute where it is missing or not a number."""
    value = {str(name).lower(): content for name, content in headers.items()}.get("retry-after", "")
    value = value[0] if isinstance(value, list) and value else value
    try:
        seconds = float(str(value))
    except ValueError:
        return PAUSE
    if math.isnan(seconds):
        return PAUSE
    return timedelta(seconds=min(max(seconds, 1.0), 3600.0))
