"""Survey tools: the bytes they send, checked and turned into a SurveyResponse.

Pure functions: no rules of the playbook, no network, no database, no clock. An endpoint calls
`parse`, `verify` and `delivery_id` before it stores the bytes; a worker calls `understand` later.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from handlers.surveys import delighted, generic, typeform
from handlers.surveys.body import NotJson, parse
from handlers.surveys.fields import bounded, shown
from handlers.surveys.options import Ignored, SourceOptions
from handlers.surveys.signatures import AUTHS, WrongSignature, verify
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

__all__ = [
    "ADAPTERS",
    "AUTHS",
    "Ignored",
    "NotJson",
    "SourceOptions",
    "WrongSignature",
    "delivery_id",
    "parse",
    "understand",
    "verify",
]

ADAPTERS: Mapping[str, Callable[[SourceOptions, str, object, datetime], SurveyResponse | Ignored]] = {
    "delighted": delighted.understand,
    "typeform": typeform.understand,
    "generic": generic.understand,
}
"""The tools we understand, by the word the policy uses."""

_WITH_EVENT_ID = frozenset({"delighted", "typeform"})


def delivery_id(options: SourceOptions, parsed: object, headers: Mapping[str, str], body: bytes) -> str:
    """What makes this delivery the same when it is sent again: 1 to 255 printable characters.

    Delighted's and Typeform's `event_id`, else the header `webhook-id`, else a hash of the raw body.
    A tool that sends neither should put a time into its body, or a score that changes back to an
    earlier one looks like a repeat.
    """
    told: object = None
    if options.adapter in _WITH_EVENT_ID and isinstance(parsed, dict):
        told = parsed.get("event_id")
    if not isinstance(told, str) or not told.strip():
        told = headers.get("webhook-id", "")
    told = told.strip()
    return bounded(told) if told else "sha256:" + sha256(body).hexdigest()


def understand(
    options: SourceOptions,
    source: str,
    parsed: object,
    headers: Mapping[str, str],  # noqa: ARG001 -- tools that name the event in a header need it; ours so far do not
    received_at: datetime,
) -> SurveyResponse | Ignored:
    """One delivery as an answer, or why it is none. `received_at` is aware; times come back in UTC.

    Raises UnusableAnswer, and nothing else whatever the JSON value, with a sentence that names the
    field, what stands there and what is expected.
    """
    adapter = ADAPTERS.get(options.adapter)
    if adapter is None:
        raise UnusableAnswer(f"The adapter {shown(options.adapter)} is unknown; use one of {', '.join(ADAPTERS)}.")
    return adapter(options, source, parsed, received_at)
