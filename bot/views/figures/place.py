"""Which figures are looked at: what a button of theirs carries, and what it brings back."""

import re
from dataclasses import dataclass
from enum import StrEnum

from recovery.errors import Refusal
from recovery.figures.dimensions import Dimension

_SEPARATOR = "|"  # in no programme's key and no period's
_LONGEST = 150  # what Slack takes as the value of an option
_PROGRAMME = re.compile(r"[a-z0-9_-]{1,40}")
_PERIOD = re.compile(r"[0-9A-Za-z.-]{1,24}")
_PAGE = re.compile(r"[1-9][0-9]{0,4}")
_OLD_BUTTON = "This button is out of date. Type the command once more."


class Shown(StrEnum):
    """What of a programme is shown; the word behind `/nps` that asks for it."""

    STATUS = "status"
    OVERDUE = "overdue"
    SEGMENTS = "segments"
    LEADERS = "leaders"
    THEMES = "themes"


@dataclass(frozen=True, slots=True)
class Place:
    """What is shown, of which programme and period (their keys), by what it is grouped, and which page from 1 on."""

    what: Shown
    programme: str
    period: str
    dimension: Dimension = Dimension.SEGMENT
    page: int = 1


def place_value(place: Place) -> str:
    """What a button carries, such as `segments|relational|2026Q3|segment|1`."""
    return _SEPARATOR.join(
        (place.what.value, place.programme, place.period, place.dimension.value, str(place.page)),
    )


def read_place(value: str) -> Place:
    """Give what a button brought back. Raises Refusal for anything that is not ours."""
    parts = value.split(_SEPARATOR) if len(value) <= _LONGEST else []
    match parts:
        case [what, programme, period, dimension, page] if (
            what in set(Shown)
            and dimension in set(Dimension)
            and _PROGRAMME.fullmatch(programme)
            and _PERIOD.fullmatch(period)
            and _PAGE.fullmatch(page)
        ):
            return Place(Shown(what), programme, period, Dimension(dimension), int(page))
    raise Refusal(_OLD_BUTTON)
