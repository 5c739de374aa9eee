"""Whose answer counts, and how, in plain words: what the database's counts are held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recovery.figures.nps import Tally
from recovery.survey import Category, category_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What NPS needs of an answer: whose it is, when, what. `id` decides between two of the same moment."""

    contact_id: int
    id: int
    responded_at: datetime
    score: int


def latest(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Keep the latest answer of each contact (by time, then id), in the order of the contacts' ids."""
    found: dict[int, Answer] = {}
    for answer in answers:
        known = found.get(answer.contact_id)
        if known is None or (known.responded_at, known.id) < (answer.responded_at, answer.id):
            found[answer.contact_id] = answer
    return tuple(found[contact] for contact in sorted(found))


def tally(answers: Iterable[Answer]) -> Tally:
    """Count the latest answer of each contact. `answers`: those of one programme and period, in any order."""
    counts = dict.fromkeys(Category, 0)
    for answer in latest(answers):
        counts[category_of(answer.score)] += 1
    return Tally(counts[Category.PROMOTER], counts[Category.PASSIVE], counts[Category.DETRACTOR])
