"""Whether a customer was saved (playbook, section 6). Only a later answer says so; a friendly call doesn't.

Saved: the contact's next answer in a programme of the same kind is 7 or more, and an action was committed between
the two. Not saved: the next answer is there, and one of both is missing. Pending: no later answer yet. Unmeasured:
no later answer, and none that could count, because the case closed as churned, unreachable, withdrawn or duplicate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.cases.case import Case, Change, Event, EventKind, Outcome
from recovery.cases.folding import after_event
from recovery.cases.progress import Verdict
from recovery.policy.file import Kind
from recovery.survey import Category, category_of

NEVER_MEASURED = frozenset({Outcome.CHURNED, Outcome.UNREACHABLE, Outcome.WITHDRAWN, Outcome.DUPLICATE})
LEFT_OUT = frozenset({Outcome.WITHDRAWN, Outcome.DUPLICATE})


@dataclass(frozen=True, slots=True)
class LaterAnswer:
    """An answer of the case's contact in its newest version, from any programme; test answers stay away."""

    response_id: int
    kind: Kind
    score: int
    responded_at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """The verdict, and the answer that gave it (None while there is none)."""

    verdict: Verdict
    answer: LaterAnswer | None = None


def verdict(case: Case, kind: Kind, answers: Iterable[LaterAnswer]) -> Ledger:
    """Decide for one case. `kind` is that of its programme; answers may come in any order and may be earlier ones."""
    if case.outcome in LEFT_OUT:
        return Ledger(Verdict.UNMEASURED)
    later = (
        answer
        for answer in answers
        if answer.kind is kind and answer.responded_at > case.submitted_at and answer.response_id != case.response_id
    )
    following = min(later, key=lambda answer: (answer.responded_at, answer.response_id), default=None)
    if following is None:
        return Ledger(Verdict.UNMEASURED if case.outcome in NEVER_MEASURED else Verdict.PENDING)
    committed_at = case.progress.first_committed_at
    acted = committed_at is not None and committed_at < following.responded_at
    happy = category_of(following.score) is not Category.DETRACTOR
    return Ledger(Verdict.SAVED if acted and happy else Verdict.NOT_SAVED, following)


def measure(case: Case, first_score: int, ledger: Ledger, by: str, at: datetime) -> Change | None:
    """Put the verdict on the case, open or closed; None when it stands there already.

    Before a later answer there is nothing to put: pending and unmeasured follow from the case itself. A score
    that the customer corrects, or a case that is withdrawn after all, gives a new verdict.
    """
    answer, stands = ledger.answer, case.progress.verdict
    score = answer.score if answer else None
    if (answer is None and stands is None) or (stands, case.progress.later_score) == (ledger.verdict, score):
        return None
    details = {"score": str(answer.score), "response_id": str(answer.response_id)} if answer else {}
    event = Event(EventKind.MEASURED, by, at, before=str(first_score), after=ledger.verdict.value, details=details)
    return Change(replace(case, progress=after_event(case.progress, event)), event)
