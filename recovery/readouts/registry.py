"""The action registry: what is done about a theme that came up too often, by whom, by when, and how one will know.

An item opens by itself when so many different customers said the same in a quarter. Its plan has an action, an owner,
a date and a criterion that can be checked; there is no tick that lets vague words pass.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from recovery.cases.commitment import vague_as_typed
from recovery.errors import FieldRefusal, Refusal
from recovery.figures.case_figures import Amount
from recovery.moments import long_day
from recovery.phrases import folded_text
from recovery.readouts.asking_gate import FURTHEST, MOST_TYPED, UNDECIDED, says_anything
from recovery.themes import Remembered, Theme

KEPT_IN_VIEW = timedelta(days=90)  # how long a closed item is counted in the review
FEWEST_WORDS = 2
ACTION_EXAMPLE = "Finance checks every invoice against the contract before it goes out."
CRITERION_EXAMPLE = "No invoice of March has to be corrected."
# Words after which nobody can say whether it has come true, in the forms in which people write them.
UNCHECKABLE = (
    *("improve", "improves", "improved", "improving", "improvement", "improvements", "enhance", "enhances", "enhanced"),
    *("enhancing", "enhancement", "optimize", "optimizes", "optimized", "optimizing", "optimise", "optimises"),
    *("optimised", "optimising", "better", "nicer", "happier", "smoother", "easier", "streamline", "streamlines"),
    *("streamlined", "streamlining", "good enough", "as needed", "where possible", "if possible"),
)
# Words that can be checked once a number says by how much.
MEASURED = (
    *("reduce", "reduces", "reduced", "reducing", "reduction", "decrease", "decreases", "decreased", "decreasing"),
    *("increase", "increases", "increased", "increasing", "fewer", "faster", "quicker"),
)
_DIGIT = re.compile(r"\d")


class ItemState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done, by whom (a Slack user id), by when (a day in the programme's calendar), and how one will know."""

    action: str
    owner: str
    due: date
    criterion: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the registry. `theme` is a lasting key, `tag` what people call it.

    `quarter` as recovery.figures.periods numbers them. `plan` is None until somebody made one. `result`: what came of
    it, or why it was dropped. `opened_by` is "" where winback opened it. Moments are aware UTC.
    """

    id: int
    programme: str
    theme: str
    tag: str
    quarter: int
    state: ItemState
    opened_at: datetime
    version: int = 1
    plan: Plan | None = None
    opened_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    result: str = ""

    @property
    def is_open(self) -> bool:
        return self.state is ItemState.OPEN

    @property
    def owner(self) -> str:
        """Who looks after it; "" while nobody does."""
        return self.plan.owner if self.plan else ""


@dataclass(frozen=True, slots=True)
class Weight:
    """What stands behind an item: different customers, their cases, and their money, each account once.

    Withdrawn and duplicate cases are left out, as in all figures.
    """

    customers: int = 0
    cases: int = 0
    money: Amount = field(default_factory=lambda: Amount(None, 0, 0))


# Which items open


@dataclass(frozen=True, slots=True)
class Triggered:
    """A theme of the running quarter and what follows: a new item, or its cases join the one that is open."""

    theme: Theme
    item: Item | None


def systemic(
    themes: Iterable[Theme],
    contact_of: Mapping[int, int],
    after: int,
    items: Sequence[Item],
    quarter: int,
    about: Mapping[int, str] | None = None,
) -> tuple[Triggered, ...]:
    """Give the themes that `after` or more different customers brought up, and those that have an open item.

    `contact_of`: the customer of each verbatim that counts. `after`: 0 opens nothing. `items`: those of the programme,
    closed ones among them; `about`: the key of the theme that each is about by now, where it isn't its own. A theme
    whose item of this quarter is closed stays closed; one with an open item of an earlier quarter opens no second.
    """
    keys = {item.id: (about or {}).get(item.id, item.theme) for item in items}
    # The oldest one where several go on in one theme.
    opened = {keys[item.id]: item for item in sorted(items, key=lambda item: -item.id) if item.is_open}
    settled = {keys[item.id] for item in items if item.quarter == quarter and not item.is_open}
    found = []
    for theme in themes:
        item = opened.get(theme.key)
        customers = {contact_of[number] for number in theme.member_ids if number in contact_of}
        if item is not None and customers:
            found.append(Triggered(theme, item))
        elif item is None and theme.key not in settled and 0 < after <= len(customers):
            found.append(Triggered(theme, None))
    return tuple(found)


def goes_on_in(item: Item, answers: Collection[int], remembered: Iterable[Remembered]) -> str:
    """Give the key of the theme that the item is about by now: its own, or the one that people merged it into.

    `answers`: the numbers of those that its cases gave. Once its own theme is no longer remembered, it is the one that
    holds most of those answers that any theme holds; where none does, the item's own key stays.
    """
    held = {theme.key: {number for part in theme.parts for number in part.ids} for theme in remembered}
    if item.theme in held:
        return item.theme
    shares = {key: len(numbers.intersection(answers)) for key, numbers in held.items()}
    key = max(sorted(shares), key=lambda name: shares[name], default=item.theme)
    return key if 2 * shares.get(key, 0) > sum(shares.values()) else item.theme


# What a plan needs


def check_plan(plan: Plan, today: date, vague_words: Sequence[str], before: Plan | None = None) -> None:
    """Raise the first FieldRefusal of a plan that nobody could hold anybody to.

    Fields: `deliverable`, `owner`, `due`, `criterion`. `today` and `plan.due` are days in the programme's calendar;
    `vague_words` are the policy's, in any language. A day that stands already (`before`) may have passed.
    """
    for refusal in refusals(plan, today, vague_words, before):
        raise refusal


def refusals(
    plan: Plan, today: date, vague_words: Sequence[str], before: Plan | None = None
) -> tuple[FieldRefusal, ...]:
    """List everything that is missing, in the order of the fields; empty for a good plan."""
    stands = before is not None and before.due == plan.due
    return (
        *_action(plan.action, vague_words),
        *_owner(plan.owner),
        *(() if stands else _due(plan.due, today)),
        *_criterion(plan.criterion, vague_words),
    )


def check_said(field: str, text: str, question: str) -> str:
    """Give what was typed, without blanks around it. Raises FieldRefusal where it says nothing, or too much."""
    said = text.strip()
    if not says_anything(said):
        raise FieldRefusal(field, question)
    if len(said) > MOST_TYPED:
        raise FieldRefusal(field, f"Shorten it to {MOST_TYPED} characters.")
    return said


def _action(text: str, vague_words: Sequence[str]) -> Iterator[FieldRefusal]:
    question = f"What will be done? For example: “{ACTION_EXAMPLE}”"
    yield from _text("deliverable", text, question, "changes nothing", (*UNDECIDED, *vague_words))


def _owner(owner: str) -> Iterator[FieldRefusal]:
    if not owner:
        yield FieldRefusal("owner", "Choose the one person who looks after it.")


def _due(due: date, today: date) -> Iterator[FieldRefusal]:
    if due < today:
        yield FieldRefusal("due", f"{long_day(due)} has passed. Choose a day to come.")
    elif due - today > FURTHEST:
        yield FieldRefusal("due", f"{long_day(due)} is more than a year away. What can be there by then?")


def _criterion(text: str, vague_words: Sequence[str]) -> Iterator[FieldRefusal]:
    question = f"How will one know that it worked? For example: “{CRITERION_EXAMPLE}”"
    measured = () if _DIGIT.search(text) else MEASURED
    words = (*UNDECIDED, *UNCHECKABLE, *measured, *vague_words)
    yield from _text("criterion", text, question, "can't be checked", words)


def _text(field: str, text: str, question: str, fault: str, vague: Sequence[str]) -> Iterator[FieldRefusal]:
    found = dict.fromkeys(folded_text(words) for words in vague_as_typed(text, vague))
    if found:
        shown = " and ".join(f"“{words}”" for words in found)
        verb = fault if len(found) == 1 else fault.replace("changes", "change")
        yield FieldRefusal(field, f"{shown} {verb}. {question}")
    elif not says_anything(text) or (len(text.split()) < FEWEST_WORDS and text.isascii()):
        # Scripts without spaces say a sentence in one "word".
        yield FieldRefusal(field, question)
    elif len(text) > MOST_TYPED:
        yield FieldRefusal(field, f"Shorten it to {MOST_TYPED} characters.")


def check_open(item: Item) -> None:
    """Raise Refusal for an item that is closed: it is a record by then."""
    if not item.is_open:
        how = "done" if item.state is ItemState.DONE else "dropped"
        raise Refusal(f"This action is closed: <@{item.closed_by}> has marked it as {how}.")


# The review


def late_from(plan: Plan, zone: ZoneInfo) -> datetime:
    """Give the moment (aware UTC) at which the plan's day is over in the programme's zone."""
    return datetime.combine(plan.due + timedelta(days=1), time(), zone).astimezone(UTC)


def is_late(item: Item, at: datetime, zone: ZoneInfo) -> bool:
    """Whether it is open and its day has passed; on the day itself it is in time."""
    return item.is_open and item.plan is not None and at >= late_from(item.plan, zone)


def in_review_order(items: Iterable[tuple[Item, Weight]], at: datetime, zone: ZoneInfo) -> list[tuple[Item, Weight]]:
    """Put what nobody has planned first, then what is late, then the rest; within each the most money first."""

    def place(pair: tuple[Item, Weight]) -> tuple[bool, bool, bool, object, int, int]:
        item, weight = pair
        known = weight.money.total is not None
        return (
            item.plan is not None,
            not is_late(item, at, zone),
            not known,
            -(weight.money.total or 0),
            -weight.customers,
            item.id,
        )

    return sorted(items, key=place)
