"""Text on its way to Slack. Customer text is cleaned, cut and escaped here and nowhere else.

Lengths count UTF-16 units, the strictest reading of "characters" in Slack's limits.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from urllib.parse import urlsplit

ELLIPSIS = "…"
_WORD_JOINER = "\u2060"
_ZWJ = "\u200d"
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# What Slack's mrkdwn reads as bold, italic, strike, code, emoji; and a quote at the start of a line.
_MARKS = re.compile("[*_~`]|:(?=\\S)|^(?=>)", re.MULTILINE)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_USER = re.compile("[UW][A-Z0-9]{1,30}")
_MENTION = re.compile("(<@[UW][A-Z0-9]{1,30}>)")
_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)
_MAX_URL = 800

_FSI, _PDF, _PDI = "\u2068", "\u202c", "\u2069"
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_ISOLATES = "\u2066\u2067\u2068"
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAX_DEPTH = 8  # no honest text nests deeper, and each level costs a closing character
_RIGHT_TO_LEFT = {"R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}

_VIRAMA = 9  # the combining class of the sign that joins two Indic letters
_THOUSAND = 1000
_SHOWN_WHOLE = Decimal(10) ** 12
_HOUR = 60  # minutes
_DAY = 24 * _HOUR
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "BRL": "R$", "AUD": "A$", "CAD": "C$"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE_FORMAT = "{date_short_pretty} at {time}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The start of a customer's text, as typed, and how many characters of it are not shown."""

    text: str
    left_out: int


def size(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def clean(text: str) -> str:
    """The text as typed, without what no screen can show: control characters and halves of characters.

    Line breaks become newlines, blank ends go. Text of blanks and invisible characters alone is "".
    """
    text = _BREAKS.sub("\n", text)
    text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text)).strip()
    if all(unicodedata.category(char)[0] in "ZC" for char in text):
        return ""
    return text


def excerpt(text: str, limit: int, lines: int = 1000) -> Excerpt:
    """The customer's text up to `limit` characters and `lines` lines, never inside a character.

    What was left out is counted, not marked: the caller says where the rest is.
    """
    whole = clean(text)
    shown = _first_lines(whole, lines)
    if size(shown) > limit:
        shown = shown[: _end_within(shown, limit)]
    shown = shown.rstrip()
    return Excerpt(_balanced(shown, limit), len(whole) - len(shown))


def chunks(text: str, limit: int) -> list[str]:
    """The whole text in pieces of at most `limit` characters, none of which ends inside a character."""
    found: list[str] = []
    while size(text) > limit:
        end = _end_within(text, limit)
        found.append(_balanced(text[:end], limit))
        text = text[end:]
    return [*found, _balanced(text, limit)]


def cut(text: str, limit: int) -> str:
    """The customer's text in at most `limit` characters, with an ellipsis where something is left out."""
    whole = clean(text)
    if size(whole) <= limit:
        return whole
    return whole[: _end_within(whole, limit - 1)].rstrip() + ELLIPSIS


def named(text: str, limit: int) -> str:
    """A customer's words for use inside a line of ours: one line, cut, and unable to turn its direction.

    For plain_text and rich_text, where Slack parses nothing; `typed` is for mrkdwn.
    """
    line = " ".join(clean(text).split())
    if not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line):
        return cut(line, limit)
    return _FSI + _balanced(cut(line, limit - 2), limit - 2) + _PDI


def typed(text: str, limit: int) -> str:
    """A customer's words for mrkdwn and for the `text` of a message: shown as typed, on one line.

    Entities keep `<!channel>`, `<@U…>` and links from working. Slack has no escape for `*_~` and
    backticks: an invisible word joiner behind each keeps it from starting a format.
    Source: docs.slack.dev, "Formatting message text", Escaping text.
    """
    return escaped(named(text, limit))


def escaped(line: str) -> str:
    """What `named` returned, for mrkdwn."""
    return _MARKS.sub(lambda mark: mark.group() + _WORD_JOINER, line).translate(_ENTITIES)


def quoted(text: str, limit: int) -> str:
    """The start of a customer's words in single quotes, for a notification; "" where there are none."""
    words = typed(text, limit)
    return f"'{words}'" if words else ""


def mention(user: str) -> str:
    """A person in mrkdwn: `<@U…>` for a Slack user id, the bare word for "winback" and the like."""
    return f"<@{user}>" if is_user(user) else typed(user, 40)


def with_mentions(sentence: str, limit: int) -> str:
    """A sentence of ours in mrkdwn whose mentions of people work; anything else in it is shown as it stands."""
    parts = _MENTION.split(cut(sentence, limit))
    return "".join(part if number % 2 else escaped(part) for number, part in enumerate(parts))


def is_user(user: str) -> bool:
    return _USER.fullmatch(user) is not None


def web_address(url: str) -> str:
    """The address where Slack takes it for a button or link, else ""."""
    if len(url) > _MAX_URL or not _URL.fullmatch(url):
        return ""
    try:
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""


def when(at: datetime) -> str:
    """A moment in mrkdwn, in each reader's own zone (docs.slack.dev, "Date formatting")."""
    return f"<!date^{minute(at)}^{DATE_FORMAT}|{spelled(at)}>"


def minute(at: datetime) -> int:
    """What a reader sees of a moment, in Unix seconds: two within the same minute look the same."""
    return int(at.timestamp()) // 60 * 60


def spelled(at: datetime) -> str:
    """A moment in words, for clients that can't draw dates: "Mon 23 Nov, 14:05 UTC"."""
    at = at.astimezone(UTC)
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}, {at:%H:%M} UTC"


def span(length: timedelta) -> str:
    """How long something took or takes, in its largest unit: "40 min", "3 h", "2 days"."""
    minutes = max(int(length.total_seconds()) // 60, 1)
    if minutes < _HOUR:
        return f"{minutes} min"
    return f"{minutes // _HOUR} h" if minutes < 2 * _DAY else f"{minutes // _DAY:,} days"


def in_full(amount: Decimal | None, currency: str) -> str:
    """An amount to the last whole unit: "$180,000"; "" where it is unknown. Rounded half away from zero."""
    if amount is None or not amount.is_finite():
        return ""
    if abs(amount) >= _SHOWN_WHOLE:
        return money(amount, currency)
    whole = abs(amount).quantize(Decimal(1), ROUND_HALF_UP)
    return ("-" if amount < 0 else "") + _sign(currency) + f"{whole:,f}"


def link(address: str, words: str) -> str:
    """Words of ours in mrkdwn that lead to an address which `web_address` has let through."""
    return f"<{address.replace('&', '&amp;')}|{words}>"


def quarter(at: datetime, now: datetime) -> str:
    """The calendar quarter of an answer: "Q2", with its year where that is not the year of `now`."""
    label = f"Q{(at.month + 2) // 3}"
    return label if at.year == now.year else f"{label} {at.year}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 case", "2 cases", "1,240 characters"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def dotted(*facts: str) -> str:
    """The facts that are known, with dots between them."""
    return " · ".join(fact for fact in facts if fact)


def listed(items: list[str], limit: int) -> str:
    """A few items by name and the others by number: "9, 5 and 7 more"."""
    shown = ", ".join(items[:limit])
    return f"{shown} and {len(items) - limit:,} more" if len(items) > limit else shown


def money(amount: Decimal | None, currency: str) -> str:
    """An amount as people say it: "$950", "$1.5k", "$180k", "$2.4M". "" where it is unknown.

    `currency` is the policy's: an ISO code or a sign. Rounded half away from zero.
    """
    if amount is None or not amount.is_finite():
        return ""
    return ("-" if amount < 0 else "") + _sign(currency) + _rounded(abs(amount))


def renewal(on: date | None, today: date) -> str:
    """How soon the contract renews, in words; "" where the date is unknown."""
    if on is None:
        return ""
    days = (on - today).days
    if days < 0:
        return "renewal was yesterday" if days == -1 else f"renewal was {-days:,} days ago"
    return {0: "renews today", 1: "renews tomorrow"}.get(days, f"renews in {days:,} days")


def tenure(since: date | None, today: date) -> str:
    """The running year of the customer: "year 3" from the second anniversary on."""
    if since is None or since > today:
        return ""
    full = today.year - since.year - ((today.month, today.day) < (since.month, since.day))
    return f"year {full + 1}"


def _sign(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency} " if currency.isalpha() else currency)


def _rounded(amount: Decimal) -> str:
    if amount >= Decimal("999.5E12"):
        return "999T+"
    for exponent, unit in ((0, ""), (3, "k"), (6, "M"), (9, "B"), (12, "T")):
        scaled = amount.scaleb(-exponent)
        tenths = unit and scaled < Decimal("9.95")
        figure = scaled.quantize(Decimal("0.1") if tenths else Decimal(1), ROUND_HALF_UP)
        if figure < _THOUSAND:
            return f"{figure:f}".removesuffix(".0") + unit
    raise AssertionError(amount)


def _first_lines(text: str, lines: int) -> str:
    return "\n".join(text.split("\n", lines)[:lines])


def _end_within(text: str, limit: int) -> int:
    """Where to end so that at most `limit` UTF-16 units stay: at a blank nearby, else between characters."""
    end = used = 0
    while end < len(text) and used + 1 + (text[end] > "\uffff") <= limit:
        used += 1 + (text[end] > "\uffff")
        end += 1
    for nearby in range(end, max(end - 16, 0), -1):
        if nearby < len(text) and text[nearby].isspace():
            return nearby
    for back in range(end, max(end - 64, 0), -1):
        if not _one_character(text, back):
            return back
    # A single "character" of more than 64 code points: nobody reads it, any end will do.
    return end


def _one_character(text: str, at: int) -> bool:
    """Whether an end before `text[at]` would split what a reader sees as one character.

    The part of Unicode's UAX 29 that the standard library's tables can tell.
    """
    before, after = text[at - 1], text[at : at + 1]
    if not after:
        return False
    return (
        _ZWJ in {before, after}
        or unicodedata.category(after) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or after in "\u0e33\u0eb3"
        or "\u1160" <= after <= "\u11ff"
        or ("\u1100" <= before <= "\u115f" and ("\uac00" <= after <= "\ud7a3" or "\u1100" <= after <= "\u115f"))
        or (unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo")
        or (_is_flag_half(after) and _flag_halves_before(text, at) % 2 == 1)
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, at: int) -> int:
    return sum(1 for _ in takewhile(_is_flag_half, reversed(text[max(at - 600, 0) : at])))


def _balanced(text: str, limit: int) -> str:
    """The text with each direction control closed and no closing one that would reach into our words.

    Without any of them where closing them would take more than `limit` characters.
    """
    closed = _closed(text)
    return closed if size(closed) <= limit else _DIRECTIONS.sub("", text)


def _closed(text: str) -> str:
    kept: list[str] = []
    waiting: list[str] = []
    for char in text:
        if char in _EMBEDDINGS or char in _ISOLATES:
            if len(waiting) == _MAX_DEPTH:
                continue
            waiting.append(_PDF if char in _EMBEDDINGS else _PDI)
        elif char == _PDF:
            if not waiting or waiting[-1] != _PDF:
                continue
            waiting.pop()
        elif char == _PDI:
            if _PDI not in waiting:
                continue
            while waiting.pop() != _PDI:
                pass
        kept.append(char)
    return "".join(kept) + "".join(reversed(waiting))
