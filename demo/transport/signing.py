"""Signatures: Slack's v0 over requests to the bot, Standard Webhooks over survey answers."""

import base64
import hashlib
import hmac

from demo.constants import SIGNING_SECRET


def slack_signature(body: bytes, timestamp: int, secret: str = SIGNING_SECRET) -> str:
    """X-Slack-Signature of a raw body: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:%d:%s" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def standard_webhook_signature(body: bytes, message_id: str, timestamp: int, secret: str) -> str:
    """webhook-signature of a raw body; `secret` starts with whsec_: https://www.standardwebhooks.com."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def delighted_signature(body: bytes, secret: str) -> str:
    """X-Delighted-Webhook-Signature of a raw body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def typeform_signature(body: bytes, secret: str) -> str:
    """Typeform-Signature of a raw body."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
