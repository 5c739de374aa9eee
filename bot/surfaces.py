"""The names of everything we show in Slack, built and read in one place."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardSurface:
    """The card of a case in its programme's channel."""

    case_id: int

    def __str__(self) -> str:
        return f"case:{self.case_id}"


@dataclass(frozen=True, slots=True)
class NoteSurface:
    """The line in the card's thread that tells of one version of the case."""

    case_id: int
    version: int

    def __str__(self) -> str:
        return f"case:{self.case_id}:note:{self.version}"


@dataclass(frozen=True, slots=True)
class MessageSurface:
    """A direct message to a person about one version of a case."""

    user: str
    case_id: int
    version: int

    def __str__(self) -> str:
        return f"dm:{self.user}:case:{self.case_id}:{self.version}"


@dataclass(frozen=True, slots=True)
class TroubleSurface:
    """The admin's message about a place that can't be reached; one for each day, as YYYY-MM-DD."""

    place: str
    day: str

    def __str__(self) -> str:
        return f"trouble:{self.place}:{self.day}"


@dataclass(frozen=True, slots=True)
class HomeSurface:
    """A person's App Home; it exists from the first time they open it."""

    user: str

    def __str__(self) -> str:
        return f"home:{self.user}"


Surface = HomeSurface | CardSurface | NoteSurface | MessageSurface | TroubleSurface

_HOME = re.compile(r"home:([^:]+)")
_CARD = re.compile(r"case:(\d+)")
_NOTE = re.compile(r"case:(\d+):note:(\d+)")
_MESSAGE = re.compile(r"dm:([^:]+):case:(\d+):(\d+)")
_TROUBLE = re.compile(r"trouble:([^:]+):([\d-]+)")


def parse(name: str) -> Surface | None:
    """The surface of this name; None for a name of an older or newer version of the program."""
    if found := _HOME.fullmatch(name):
        return HomeSurface(found[1])
    if found := _CARD.fullmatch(name):
        return CardSurface(int(found[1]))
    if found := _NOTE.fullmatch(name):
        return NoteSurface(int(found[1]), int(found[2]))
    if found := _MESSAGE.fullmatch(name):
        return MessageSurface(found[1], int(found[2]), int(found[3]))
    if found := _TROUBLE.fullmatch(name):
        return TroubleSurface(found[1], found[2])
    return None
