"""What answers are grouped by, and the group of one answer in each (playbook, section 6).

What is known of an account counts as it is known now; role and surface count as the answer had them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from recovery.survey import Account

LONGEST = 100  # characters of a group's name; a longer role is somebody's signature
THOUSAND = 1000
FIRST_MONTHS = 6
SETTLED_MONTHS = 18


class Dimension(StrEnum):
    SEGMENT = "segment"
    ACV_BAND = "acv_band"
    TENURE = "tenure"
    ROLE = "role"
    SURFACE = "surface"
    PLAN = "plan"
    REGION = "region"
    CSM = "csm"


NOT_KNOWN = ""  # the group of the answers of which this isn't known


def groups_of(
    account: Account | None,
    role: str,
    surface: str,
    responded_at: datetime,
    *,
    bands: Sequence[int],
    segment_key: Callable[[str], str | None],
) -> Mapping[Dimension, str]:
    """Give the group of an answer in every dimension, NOT_KNOWN ("") where it isn't known.

    `bands` are the policy's acv_bands; `segment_key` gives the key of a segment as an account writes it, None when the
    policy has no such segment (then the account's word is its group). Texts that differ only in case or spaces are one
    group. Raises ValueError for a naive time.
    """
    segment = account.segment if account else ""
    return {
        Dimension.SEGMENT: (segment_key(segment) if folded(segment) else None) or folded(segment),
        Dimension.ACV_BAND: acv_band(account.acv if account else None, bands),
        Dimension.TENURE: tenure(account.customer_since if account else None, responded_at),
        Dimension.ROLE: folded(role),
        Dimension.SURFACE: folded(surface),
        Dimension.PLAN: folded(account.plan if account else ""),
        Dimension.REGION: folded(account.region if account else ""),
        Dimension.CSM: folded(account.csm_email if account else ""),
    }


def folded(text: str) -> str:
    """Write a group's name so that case and spaces make no other group."""
    return " ".join(text.split()).casefold()[:LONGEST].rstrip()


def acv_band(acv: Decimal | None, bands: Sequence[int]) -> str:
    """Give the band of a contract value as "10000-50000": the first is in it, the last isn't; "250000-" has no end."""
    if acv is None:
        return NOT_KNOWN
    starts = (0, *bands)
    place = sum(acv >= amount for amount in bands)
    return f"{starts[place]}-{starts[place + 1] if place < len(bands) else ''}"


def band_words(band: str) -> str:
    """Write a band as people do: "under 10k", "10k to 50k", "250k and more"; amounts in the policy's currency."""
    start, _, end = band.partition("-")
    if not end:
        return f"{_short(int(start))} and more"
    return f"under {_short(int(end))}" if start == "0" else f"{_short(int(start))} to {_short(int(end))}"


def tenure(since: date | None, responded_at: datetime) -> str:
    """Give how long the account had been a customer when it answered, in whole months: "0-6", "6-18" or "18+".

    The sixth month is over on the day with the same number, so "6-18" begins on it. NOT_KNOWN for an account that
    became a customer after the answer: its date has been set anew, and says nothing about then.
    """
    if responded_at.tzinfo is None:
        raise ValueError("An answer's time has a zone.")
    answered = responded_at.astimezone(UTC).date()
    if since is None or since > answered:
        return NOT_KNOWN
    months = (answered.year - since.year) * 12 + answered.month - since.month - (answered.day < since.day)
    if months < FIRST_MONTHS:
        return "0-6"
    return "6-18" if months < SETTLED_MONTHS else "18+"


def _short(amount: int) -> str:
    return f"{amount // THOUSAND:,}k" if amount and amount % THOUSAND == 0 else f"{amount:,}"
