"""The names of everything we show in Slack, built and read in one place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


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
class WatchSurface:
    """The admin's message about winback's own trouble, by the number of what was told (store.watching.reports)."""

    report: int

    def __str__(self) -> str:
        return f"watch:{self.report}"


@dataclass(frozen=True, slots=True)
class SharedSurface:
    """Figures that somebody showed to a channel, by the number under which they are kept (store.figures.shares)."""

    channel: str
    number: int

    def __str__(self) -> str:
        return f"shared:{self.channel}:{self.number}"


@dataclass(frozen=True, slots=True)
class ReadoutSurface:
    """A published readout in the executives' channel, by its number (store.figures.readouts)."""

    number: int

    def __str__(self) -> str:
        return f"readout:{self.number}"


@dataclass(frozen=True, slots=True)
class DraftSurface:
    """A lead's message that a quarter is over and the draft of its readout is there."""

    user: str
    number: int

    def __str__(self) -> str:
        return f"draft:{self.user}:{self.number}"


class ItemPart(StrEnum):
    """Why somebody is told of an item of the action registry."""

    LEAD = "lead"  # it has opened
    OWNER = "owner"  # it was given to them
    DUE = "due"  # its day has come


@dataclass(frozen=True, slots=True)
class ItemSurface:
    """A message about an item of the action registry (store.figures.registry).

    `mark` tells one message from another of the same kind: the item's version when it was given, or its day.
    """

    user: str
    number: int
    part: ItemPart
    mark: str = "0"

    def __str__(self) -> str:
        return f"item:{self.number}:{self.part.value}:{self.user}:{self.mark}"


@dataclass(frozen=True, slots=True)
class HomeSurface:
    """A person's App Home; it exists from the first time they open it."""

    user: str

    def __str__(self) -> str:
        return f"home:{self.user}"


@dataclass(frozen=True, slots=True)
class PartnerSurface:
    """The functional partner's message about the n-th action committed on a case."""

    user: str
    case_id: int
    commitment: int

    def __str__(self) -> str:
        return f"partner:{self.user}:case:{self.case_id}:{self.commitment}"


@dataclass(frozen=True, slots=True)
class PromptSurface:
    """The question on the follow-up's day; one for each action and each time that it slipped."""

    user: str
    case_id: int
    commitment: int
    slip: int

    def __str__(self) -> str:
        return f"prompt:{self.user}:case:{self.case_id}:{self.commitment}:{self.slip}"


@dataclass(frozen=True, slots=True)
class InviteSurface:
    """The follow-up's calendar file, as this version of the case made, moved or cancelled it."""

    user: str
    case_id: int
    version: int

    def __str__(self) -> str:
        return f"invite:{self.user}:case:{self.case_id}:{self.version}"


@dataclass(frozen=True, slots=True)
class HandedOnSurface:
    """A lead's message about one absence: of whom, from which day on (YYYY-MM-DD). One for each lead and absence."""

    user: str
    owner: str
    first: str

    def __str__(self) -> str:
        return f"handed:{self.user}:{self.owner}:{self.first}"


@dataclass(frozen=True, slots=True)
class BulletinSurface:
    """One message to a person, or to a channel, that gathers what there is to say about several cases."""

    user: str
    bulletin_id: int

    def __str__(self) -> str:
        return f"bulletin:{self.user}:{self.bulletin_id}"


AboutCase = CardSurface | NoteSurface | MessageSurface | PartnerSurface | PromptSurface | InviteSurface
OfReadout = DraftSurface | ReadoutSurface
OfOthers = BulletinSurface | HandedOnSurface | HomeSurface | ItemSurface | SharedSurface | TroubleSurface | WatchSurface
Surface = AboutCase | OfReadout | OfOthers

_HOME = re.compile(r"home:([^:]+)")
_PARTNER = re.compile(r"partner:([^:]+):case:(\d+):(\d+)")
_PROMPT = re.compile(r"prompt:([^:]+):case:(\d+):(\d+):(\d+)")
_INVITE = re.compile(r"invite:([^:]+):case:(\d+):(\d+)")
_HANDED_ON = re.compile(r"handed:([^:]+):([^:]+):([\d-]+)")
_BULLETIN = re.compile(r"bulletin:([^:]+):(\d+)")
_CARD = re.compile(r"case:(\d+)")
_NOTE = re.compile(r"case:(\d+):note:(\d+)")
_MESSAGE = re.compile(r"dm:([^:]+):case:(\d+):(\d+)")
_WATCH = re.compile(r"watch:(\d+)")
_SHARED = re.compile(r"shared:([^:]+):(\d+)")
_READOUT = re.compile(r"readout:(\d+)")
_DRAFT = re.compile(r"draft:([^:]+):(\d+)")
_ITEM = re.compile(r"item:(\d+):(lead|owner|due):([^:]+):([\d-]+)")
_TROUBLE = re.compile(r"trouble:([^:]+):([\d-]+)")


def parse(name: str) -> Surface | None:
    """The surface of this name; None for a name of an older or newer version of the program."""
    for pattern, read in _READERS:
        if found := pattern.fullmatch(name):
            return read(found)
    return None


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Surface]], ...] = (
    (_CARD, lambda found: CardSurface(int(found[1]))),
    (_NOTE, lambda found: NoteSurface(int(found[1]), int(found[2]))),
    (_MESSAGE, lambda found: MessageSurface(found[1], int(found[2]), int(found[3]))),
    (_PARTNER, lambda found: PartnerSurface(found[1], int(found[2]), int(found[3]))),
    (_PROMPT, lambda found: PromptSurface(found[1], int(found[2]), int(found[3]), int(found[4]))),
    (_INVITE, lambda found: InviteSurface(found[1], int(found[2]), int(found[3]))),
    (_HANDED_ON, lambda found: HandedOnSurface(found[1], found[2], found[3])),
    (_BULLETIN, lambda found: BulletinSurface(found[1], int(found[2]))),
    (_HOME, lambda found: HomeSurface(found[1])),
    (_WATCH, lambda found: WatchSurface(int(found[1]))),
    (_SHARED, lambda found: SharedSurface(found[1], int(found[2]))),
    (_READOUT, lambda found: ReadoutSurface(int(found[1]))),
    (_DRAFT, lambda found: DraftSurface(found[1], int(found[2]))),
    (_ITEM, lambda found: ItemSurface(found[3], int(found[1]), ItemPart(found[2]), found[4])),
    (_TROUBLE, lambda found: TroubleSurface(found[1], found[2])),
)
