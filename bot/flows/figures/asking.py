"""What is asked for behind `/nps status` and its like: a programme, a period, a grouping, in any order of words."""

import re
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, utils

from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.homepage import visible
from bot.house import House
from bot.views import kit
from bot.views.figures import words
from bot.views.figures.frame import About
from bot.views.figures.place import Place, Shown
from recovery import roles
from recovery.errors import NotAllowed, Refusal
from recovery.figures.dimensions import Dimension
from recovery.figures.periods import Period, parse_period
from recovery.policy.file import Programme
from recovery.policy.values import nearest, nearest_or_all, shown

_LONGEST_WORD = 60
_NEAR = 75  # of 100: what is so near to a programme's name was meant to be one
_BY = re.compile(r"(?:^|(?<=\s))by (.+)$")
# What people call the groupings beside the names they are kept by.
_GROUPINGS = {
    "segment": Dimension.SEGMENT,
    "icp": Dimension.SEGMENT,
    "acv": Dimension.ACV_BAND,
    "acv band": Dimension.ACV_BAND,
    "contract value": Dimension.ACV_BAND,
    "tenure": Dimension.TENURE,
    "role": Dimension.ROLE,
    "surface": Dimension.SURFACE,
    "product surface": Dimension.SURFACE,
    "plan": Dimension.PLAN,
    "region": Dimension.REGION,
    "csm": Dimension.CSM,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown of which programme; `period` is the one that the place's key means at the moment."""

    place: Place
    programme: Programme
    period: Period


def read(house: House, what: Shown, text: str, asker: Asker, at: datetime) -> Asked:
    """Read what was typed. Without a programme it is the one of the channel, else the first that the asker sees.

    Raises Refusal, with the nearest word, for what is no programme, period or grouping of ours; NotAllowed where
    the asker sees no programme at all.
    """
    rest = " ".join(text.split())
    dimension = Dimension.SEGMENT
    if what is Shown.SEGMENTS and (by := _BY.search(rest.casefold())):
        dimension, rest = _grouping(by[1]), rest[: by.start()].strip()
    programme, rest = _programme(house, rest)
    period = _period(house, rest, at, asker, named=programme is not None)
    programme = programme or _usual(house, asker)
    return Asked(Place(what, programme.key, period.key, dimension), programme, period)


def of_place(house: House, place: Place, at: datetime) -> Asked:
    """Give what a button asks for. Raises Refusal where the policy no longer has it."""
    programme = house.policy.programmes.get(place.programme)
    if programme is None:
        raise Refusal(words.GONE)
    return Asked(place, programme, parse_period(place.period, at, house.policy.figures.fiscal_year_starts))


def may_see(house: House, asked: Asked, asker: Asker) -> None:
    """Raise NotAllowed for who has no part in the programme (playbook, section 4)."""
    roles.check_see(standing_of(house, asked.programme, asker))


def may_share(house: House, programme: Programme, channel: str) -> bool:
    """Whether a channel may see the programme's figures: its own one, or the one that stands in for it."""
    places = (programme.channel, house.policy.fallback_channel(programme))
    return bool(channel) and channel in {house.directory.channel_id(place) for place in places}


def about(house: House, asked: Asked, asker: Asker, at: datetime) -> About:
    """Whose figures these are, and what their reader can do with them."""
    programme = asked.programme
    others = [each.key for each in visible(house, asker.user) if each.key != programme.key]
    return About(
        place=asked.place,
        programme=programme.name,
        period=asked.period,
        at=at,
        currency=house.policy.workspace.currency,
        channel=house.channel_of(programme),
        may_share=may_share(house, programme, asker.channel),
        others=tuple(others),
    )


def _grouping(word: str) -> Dimension:
    found = _GROUPINGS.get(word) or _GROUPINGS.get(word.removesuffix("s"))
    if found is None:
        near = nearest_or_all(word, list(_GROUPINGS))
        raise Refusal(words.NO_DIMENSION.format(word=kit.cut(word, _LONGEST_WORD), near=near))
    return found


def _programme(house: House, text: str) -> tuple[Programme | None, str]:
    """The programme whose key or name begins or ends the text, the longest first; and the other words."""
    folded = text.casefold()
    text = text if len(text) == len(folded) else folded  # a letter that is two in lower case
    names = sorted(
        ((" ".join(name.casefold().split()), each) for each in _all(house) for name in (each.key, each.name)),
        key=lambda pair: -len(pair[0]),
    )
    for name, programme in names:
        if folded == name:
            return programme, ""
        if folded.startswith(f"{name} "):
            return programme, text[len(name) :].strip()
        if folded.endswith(f" {name}"):
            return programme, text[: -len(name)].strip()
    return None, text


def _period(house: House, text: str, at: datetime, asker: Asker, *, named: bool) -> Period:
    try:
        return parse_period(text, at, house.policy.figures.fiscal_year_starts)
    except Refusal:
        if named:
            raise
        first = text.split(" ", maxsplit=1)[0]
        word = kit.cut(text, _LONGEST_WORD)
        seen = visible(house, asker.user)
        meant = [
            each.key
            for typed in (text[:_LONGEST_WORD], first[:_LONGEST_WORD])
            for each in seen
            if _alike(typed, each.key) or _alike(typed, each.name)
        ]
        if meant:
            near = f"; did you mean {shown(meant[0])}?"
            raise Refusal(words.NO_SUCH_PROGRAMME.format(word=word, near=near)) from None
        if any(digit.isdigit() for digit in text) or nearest(text[:_LONGEST_WORD], _PERIOD_WORDS) != ".":
            raise  # it says which period would do
        keys = ", ".join(each.key for each in seen)
        near = f"; programmes here: {keys}." if seen else "."
        raise Refusal(words.NO_SUCH.format(word=word, near=near)) from None


_PERIOD_WORDS = ("this quarter", "last quarter", "this month", "last month", "this year", "last year", "today")


def _alike(typed: str, name: str) -> bool:
    return fuzz.ratio(typed, name, processor=utils.default_process) >= _NEAR


def _usual(house: House, asker: Asker) -> Programme:
    """The programme of the channel that was typed in, else the first one that the asker sees."""
    here = [each for each in _all(house) if asker.channel and house.channel_of(each) == asker.channel]
    seen = visible(house, asker.user)
    found = here[:1] or seen[:1]
    if not found:
        raise NotAllowed(words.NO_PROGRAMME)
    return found[0]


def _all(house: House) -> list[Programme]:
    return list(house.policy.programmes.values())
