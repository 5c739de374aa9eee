"""Links to pages of ours that a browser opens: signed, for one thing, for one person's asking, until a moment.

Whoever has a link can open it, so it says little and ends soon (docs/adr/0017).
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

READOUT_LASTS = timedelta(hours=24)
EXPORT_LASTS = timedelta(hours=1)
PATH = "/pages/"
ALL_TIME = ""
_PURPOSE = b"winback: links to pages, 1"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,300})\.([A-Za-z0-9_-]{43})", re.ASCII)
_READOUT = re.compile(r"readout\|([0-9]{1,18})\|([A-Z0-9]{1,30})\|([0-9]{1,11})", re.ASCII)
_EXPORT = re.compile(r"export\|([a-z0-9_-]{1,40})\|([0-9A-Za-z.-]{0,24})\|([A-Z0-9]{1,30})\|([0-9]{1,11})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReadoutPage:
    """The printable page of one readout, by its number (store.figures.readouts)."""

    readout_id: int


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The CSV files of a programme, both by key; the period is `ALL_TIME` where none was named."""

    programme: str
    period: str = ALL_TIME


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link is for, the Slack user id of who asked for it, and when it ends (aware UTC, whole seconds)."""

    what: ReadoutPage | ExportFile
    user: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links and reads them. Without `url`, the public address of winback, none can be made.

    Without a key none is believed either. Replicas with the same key read each other's.
    """

    url: str = ""
    key: bytes = field(default=b"", repr=False)

    @property
    def can_be_made(self) -> bool:
        return bool(self.url and self.key)

    def address(self, claim: Claim) -> str:
        """Raises ValueError where none can be made."""
        if not self.can_be_made:
            raise ValueError("There is no public address, or no key.")
        written = _encoded(_written(claim).encode())
        return f"{self.url}{PATH}{written}.{self._seal(written)}"

    def read(self, token: str) -> Claim | None:
        """What a link of ours is for, whether it has ended or not; None for anything that we have not made."""
        found = _TOKEN.fullmatch(token)
        # Compared in constant time, before anything of it is read.
        if found is None or not self.key or not hmac.compare_digest(self._seal(found[1]), found[2]):
            return None
        return _read(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode())

    def _seal(self, written: str) -> str:
        return _encoded(hmac.digest(self.key, written.encode(), "sha256"))


def key_of(*secrets: str) -> bytes:
    """A key for links and nothing else, made of what every replica knows; b"" where one of the secrets is missing.

    The extract step of HKDF (RFC 5869), with the purpose as its salt: from the key nobody gets back to the secrets.
    """
    if not secrets or not all(secrets):
        return b""
    # Each by its hash, so that no two lists of secrets make the same text.
    material = b"".join(hashlib.sha256(secret.encode()).digest() for secret in secrets)
    return hmac.digest(_PURPOSE, material, "sha256")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _written(claim: Claim) -> str:
    ending = f"{claim.user}|{int(claim.ends.timestamp())}"
    match claim.what:
        case ReadoutPage(readout_id):
            return f"readout|{readout_id}|{ending}"
        case ExportFile(programme, period):
            return f"export|{programme}|{period}|{ending}"


def _read(text: str) -> Claim | None:
    """None for what another version of the program has signed."""
    if found := _READOUT.fullmatch(text):
        return Claim(ReadoutPage(int(found[1])), found[2], _moment(found[3]))
    if found := _EXPORT.fullmatch(text):
        return Claim(ExportFile(found[1], found[2]), found[3], _moment(found[4]))
    return None


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
