"""Which theme a button or window is about: what it carries to Slack, and what it brings back.

A theme that nobody has touched has no lasting name, so it is known by its quote: the number of the answer that the
list quoted. The mark tells whether a person has changed the theme since.
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.views.figures import themes_words as words
from recovery.errors import Refusal

FRESH = "new"  # the mark of a theme that nobody has touched
_SEPARATOR = "|"
_LONGEST = 150  # what Slack takes as the value of an option
_LONGEST_CARRIED = 3000  # and as the metadata of a window
_PROGRAMME = re.compile(r"[a-z0-9_-]{1,40}")
_PERIOD = re.compile(r"[0-9A-Za-z.-]{1,24}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_MARK = re.compile(r"new|[0-9a-f]{8}\.[1-9][0-9]{0,8}")
_PAGE = re.compile(r"[1-9][0-9]{0,4}")


class Act(StrEnum):
    """What can be done with a theme of the list."""

    READ = "read"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Which:
    """One theme as it was shown: the number of the answer that was quoted, and its mark."""

    quote: int
    mark: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """What to do with which theme of which list (keys of its programme and period).

    `page` of the list, or of the comments that are read. `channel` is the one in which the list was read, `respond` the
    address at which it can be replaced; "" where there is none.
    """

    act: Act
    programme: str
    period: str
    which: Which
    page: int = 1
    channel: str = ""
    respond: str = ""


def mark(key: str, version: int) -> str:
    """What tells this version of a remembered theme from any other."""
    return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}.{version}"


def value(pressed: Pressed) -> str:
    """What a button or the line of a menu carries, such as `rename|relational|2026Q3|42|new|1`."""
    which = pressed.which
    parts = (pressed.act.value, pressed.programme, pressed.period, str(which.quote), which.mark, str(pressed.page))
    return _SEPARATOR.join(parts)


def read_value(text: str) -> Pressed:
    """Raises Refusal for anything that is not ours."""
    return _read(text, words.OLD)


def metadata(pressed: Pressed) -> str:
    """What a window carries."""
    found = json.dumps([value(pressed), pressed.channel, pressed.respond])
    return found if len(found) <= _LONGEST_CARRIED else json.dumps([value(pressed), "", ""])


def read_metadata(text: object) -> Pressed:
    """Raises Refusal for anything that is no window's of ours."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case [str(carried), str(channel), str(respond)]:
            return replace(_read(carried, words.OLD_WINDOW), channel=channel, respond=respond)
    raise Refusal(words.OLD_WINDOW)


def which_value(which: Which) -> str:
    """What an option carries that stands for a theme."""
    return f"{which.quote}{_SEPARATOR}{which.mark}"


def read_which(text: str) -> Which:
    """Raises Refusal for anything that is not ours."""
    quote, _, found = text.partition(_SEPARATOR)
    if not (_NUMBER.fullmatch(quote) and _MARK.fullmatch(found)):
        raise Refusal(words.OLD_WINDOW)
    return Which(int(quote), found)


def read_number(text: str) -> int:
    """The number of an answer. Raises Refusal for anything that is not ours."""
    if not _NUMBER.fullmatch(text):
        raise Refusal(words.OLD_WINDOW)
    return int(text)


def _read(text: str, sentence: str) -> Pressed:
    parts = text.split(_SEPARATOR) if len(text) <= _LONGEST else []
    match parts:
        case [act, programme, period, quote, found, page] if (
            act in set(Act)
            and _PROGRAMME.fullmatch(programme)
            and _PERIOD.fullmatch(period)
            and _NUMBER.fullmatch(quote)
            and _MARK.fullmatch(found)
            and _PAGE.fullmatch(page)
        ):
            return Pressed(Act(act), programme, period, Which(int(quote), found), int(page))
    raise Refusal(sentence)
