"""Whether a delivery really comes from the survey tool. Over the raw bytes, in constant time, closed on doubt."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from handlers.surveys.options import SourceOptions
from recovery.errors import WinbackError

TOLERANCE_SECONDS = 5 * 60
_LONGEST_HEADER = 4096
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_HEX_DIGEST = re.compile(r"[0-9a-fA-F]{64}")

Headers = Mapping[str, str]


class WrongSignature(WinbackError):
    """The delivery is not proven to come from its source; the endpoint answers 401."""


def verify(options: SourceOptions, body: bytes, headers: Headers, secret: str, now: datetime) -> None:
    """Return when the delivery is genuine, raise WrongSignature (and nothing else) when not.

    `headers` has lower-case keys. `secret` may be several, separated by commas, while a secret is
    being changed; so a secret itself has no comma. `now` (aware) is compared with the timestamp of
    Standard Webhooks, five minutes either way.
    """
    check = _SIGNED_BY_TOOL.get(options.adapter) or AUTHS.get(options.auth)
    if check is None:
        raise WrongSignature(f"This source can't be trusted: set its auth to one of {', '.join(AUTHS)}.")
    secrets = [one for one in (part.strip() for part in secret.split(",")) if one]
    if not secrets:
        raise WrongSignature("This source has no secret yet, so its deliveries can't be checked.")
    check(body, headers, secrets, now)


def _delighted(body: bytes, headers: Headers, secrets: Sequence[str], _now: datetime) -> None:
    name = "X-Delighted-Webhook-Signature"
    given = _after_prefix(_header(headers, name), "sha256=", name)
    if not _HEX_DIGEST.fullmatch(given):
        raise WrongSignature(f"The header {name} holds no SHA-256 in hex.")
    expected = [hmac.digest(_key(one), body, "sha256").hex() for one in secrets]
    _demand_match([given.lower()], expected, name)


def _typeform(body: bytes, headers: Headers, secrets: Sequence[str], _now: datetime) -> None:
    name = "Typeform-Signature"
    given = _after_prefix(_header(headers, name), "sha256=", name)
    expected = [_base64_digest(_key(one), body) for one in secrets]
    _demand_match([given], expected, name)


def _standard(body: bytes, headers: Headers, secrets: Sequence[str], now: datetime) -> None:
    message = _header(headers, "webhook-id")
    timestamp = _header(headers, "webhook-timestamp")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise WrongSignature("The header webhook-timestamp is no time in whole seconds.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise WrongSignature("The header webhook-timestamp is more than five minutes from our clock.")
    versions = (one.partition(",") for one in _header(headers, "webhook-signature").split(" "))
    given = [signature for version, _, signature in versions if version == "v1" and signature]
    if not given:
        raise WrongSignature('The header webhook-signature holds no "v1," signature.')
    signed = f"{message}.{timestamp}.".encode("ascii") + body
    expected = [_base64_digest(_standard_key(one), signed) for one in secrets]
    _demand_match(given, expected, "webhook-signature")


def _bearer(_body: bytes, headers: Headers, secrets: Sequence[str], _now: datetime) -> None:
    scheme, _, token = _header(headers, "Authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise WrongSignature('The header Authorization should read "Bearer" and the secret.')
    given, expected = token.strip().encode("ascii"), [_key(one) for one in secrets]
    if not any([hmac.compare_digest(given, one) for one in expected]):  # noqa: C419 -- every secret is compared, so that time tells nothing
        raise WrongSignature("The token in the header Authorization is not the one of this source.")


_Check = Callable[[bytes, Headers, Sequence[str], datetime], None]

_SIGNED_BY_TOOL: Mapping[str, _Check] = {"delighted": _delighted, "typeform": _typeform}

AUTHS: Mapping[str, _Check] = {"standard-webhooks": _standard, "bearer": _bearer}
"""The ways a delivery can prove itself where the tool has none of its own, by the policy's word."""


def _header(headers: Headers, name: str) -> str:
    value = headers.get(name.lower(), "").strip(" \t")
    if not value:
        raise WrongSignature(f"The header {name} is missing or empty.")
    if not value.isascii() or len(value) > _LONGEST_HEADER:
        raise WrongSignature(f"The header {name} is not in the form its tool sends.")
    return value


def _after_prefix(value: str, prefix: str, name: str) -> str:
    if not value.startswith(prefix):
        raise WrongSignature(f'The header {name} should start with "{prefix}".')
    return value[len(prefix) :]


def _demand_match(given: Sequence[str], expected: Sequence[str], name: str) -> None:
    # A list, not a generator: every pair is compared, so that time tells nothing.
    matches = [hmac.compare_digest(one.encode("ascii"), other.encode()) for one in given for other in expected]
    if not any(matches):
        raise WrongSignature(f"The signature in {name} doesn't fit this body and the secret of this source.")


def _base64_digest(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode("ascii")


def _key(secret: str) -> bytes:
    return secret.encode("utf-8", "backslashreplace")


def _standard_key(secret: str) -> bytes:
    """`whsec_` and base64, as the standard writes it; anything else is the key as it stands."""
    if not secret.startswith("whsec_"):
        return _key(secret)
    encoded = secret.removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise WrongSignature('A secret of this source starts with "whsec_" and goes on with no base64.')
    return key
