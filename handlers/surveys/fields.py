"""Single values as survey tools and people write them, read strictly.

Each reader takes the value and the label under which its sender knows it, and raises UnusableAnswer
with a sentence that names the label, shows the value and says what is expected. No other error.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from urllib.parse import urlsplit

from recovery.errors import UnusableAnswer

LONGEST_VERBATIM = 20_000
LONGEST_LINE = 255
LONGEST_LINK = 2_000
LONGEST_EMAIL = 254
LARGEST_MONEY = Decimal(10) ** 12
_SHOWN = 40
_LONG_NUMBER = 10**20
_LONGEST_ID = 10**100

# Postgres refuses NUL, and no reader of a card wants the others; tab and newline stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SCORE = re.compile(r"\+?0*([0-9]{1,3})(?:\.0+)?")
_EMAIL = re.compile(r"[^@\s<>()\[\]{},;:\\\"]+@[^@\s<>()\[\]{},;:\\\"]+\.[^@\s<>()\[\]{},;:\\\".]{2,}")
_AMOUNT = re.compile(r"([0-9]{1,15}|[0-9]{1,3}(?:[, '][0-9]{3}){1,4})(\.[0-9]{1,2})?")
_CURRENCY = r"(?:[$€£¥]|US\$|USD|EUR|GBP|CHF|CAD|AUD|JPY)"
_CURRENCY_AROUND = re.compile(rf"^{_CURRENCY}\s*|\s*{_CURRENCY}$", re.IGNORECASE)
_SPACES = re.compile(r"[\u00a0\u2009\u202f]")
_NOTHING = frozenset({"", "-", "n/a", "na", "none", "null", "undefined", "unknown"})
_YES = frozenset({"true", "yes", "y", "1", "on"})
_NO = frozenset({"false", "no", "n", "0", "off"})


def unusable(label: str, value: object, expected: str) -> UnusableAnswer:
    return UnusableAnswer(f"{label} is {shown(value)}; expected {expected}.")


def shown(value: object) -> str:
    """The value in a sentence: short, safe to print, never a whole object."""
    if isinstance(value, str):
        words = " ".join(clean(value[: _SHOWN * 4]).split())
        safe = "".join(letter if letter.isprintable() else "\ufffd" for letter in words)
        return f'"{_cut(safe, _SHOWN)}"' if safe else "empty"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) >= _LONG_NUMBER:
        return "a very long number"
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "an object"


def blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def nothing(value: object) -> bool:
    """True for blanks and for the words people put where there is no value ("n/a", "-", "unknown")."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in _NOTHING)


def score(value: object, label: str) -> int:
    """A whole number from 0 to 10, as a number or as text ("7", " 7 ", "7.0")."""
    number = -1
    if isinstance(value, str):
        match = _SCORE.fullmatch(value.strip()) if len(value) <= LONGEST_LINE else None
        number = int(match[1]) if match else -1
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10:  # noqa: PLR2004 -- the scale of the playbook's section 1
        number = int(value) if value == int(value) else -1
    if not 0 <= number <= 10:  # noqa: PLR2004 -- the same scale
        raise unusable(label, value, "a whole number from 0 to 10")
    return number


def clean(text: str) -> str:
    """Without control characters and halves of surrogate pairs, with newlines as the only line ends."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def verbatim(value: object, label: str) -> str:
    """The customer's words as they stand, up to 20,000 characters; what is cut off ends in "…"."""
    return _cut(clean(_as_text(value, label)).strip(), LONGEST_VERBATIM)


def line(value: object, label: str) -> str:
    """One line of text, spaces and line ends folded, up to 255 characters."""
    return _cut(" ".join(clean(_as_text(value, label)).split()), LONGEST_LINE)


def identifier(value: object, label: str) -> str:
    """An id as its tool writes it; one that no database column would take is replaced by its hash."""
    if isinstance(value, float):
        # A spreadsheet or a script made 1234.0 of the id 1234; the two are the same answer.
        value = int(value) if math.isfinite(value) and value == int(value) else str(value)
    text = _as_text(value, label).strip()
    if not text:
        raise unusable(label, value, "an id that is the same each time this answer is sent")
    return bounded(text)


def bounded(text: str) -> str:
    """`text` when it is short and printable, else a hash of it: bounded, and still unique."""
    if len(text) <= LONGEST_LINE and text.isprintable():
        return text
    return "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def email(value: object, label: str) -> str:
    """An address in lower case; whether it exists is not our question."""
    if not isinstance(value, str) or not is_email(value):
        raise unusable(label, value, "an e-mail address such as ana@example.com")
    return value.strip().lower()


def is_email(value: object) -> bool:
    text = value.strip() if isinstance(value, str) else ""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and _EMAIL.fullmatch(text) is not None


def money(value: object, label: str) -> Decimal:
    """A yearly amount: 180000, "180,000", "$180 000.50"; never negative, below a trillion, in whole cents."""
    expected = "an amount such as 180000 or 180,000.50, not negative"
    amount = _written_amount(value) if isinstance(value, str) else _number(value)
    if amount is None or not 0 <= amount < LARGEST_MONEY:
        raise unusable(label, value, expected)
    rounded = amount.quantize(Decimal("0.01"))
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded


def _written_amount(value: str) -> Decimal | None:
    if len(value) > LONGEST_LINE:
        return None
    text = _CURRENCY_AROUND.sub("", _SPACES.sub(" ", value).strip()).strip()
    match = _AMOUNT.fullmatch(text)
    return Decimal(re.sub(r"[, ']", "", match[1]) + (match[2] or "")) if match else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) >= _LONG_NUMBER:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def link(value: object, label: str) -> str:
    """An http or https address; anything else would be a trap behind a button."""
    text = _as_text(value, label).strip()
    if len(text) <= LONGEST_LINK and text.isprintable() and " " not in text:
        try:
            parts = urlsplit(text)
            if parts.scheme in {"http", "https"} and parts.hostname:
                return text
        except ValueError:
            pass
    raise unusable(label, value, "an address that starts with https://")


def yes_no(value: object, label: str) -> bool:
    if isinstance(value, bool):
        return value
    number = isinstance(value, int) and abs(value) <= 1
    word = str(value).strip().casefold() if number or isinstance(value, str) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise unusable(label, value, "true or false")


def _as_text(value: object, label: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unusable(label, value, "text")
    if isinstance(value, int) and abs(value) >= _LONGEST_ID:
        raise unusable(label, value, "text")
    return str(value)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
