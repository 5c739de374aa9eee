"""Everything a person needs before the call, in one value (playbook, section 5, last paragraph)."""

from dataclasses import dataclass
from datetime import datetime

from recovery.cases.case import Case
from recovery.survey import Account, SurveyResponse


@dataclass(frozen=True, slots=True)
class PastScore:
    """One earlier or later answer of the same contact in the same programme."""

    score: int
    responded_at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """The latest answer of another respondent of the account; `case_id` where that one has an open case."""

    name: str
    role: str
    score: int
    responded_at: datetime
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A case with its surroundings, as they stand at `at` (aware UTC).

    `answer` is the response that opened the case, in its newest version. `joined` are later answers
    of the contact that joined the case, oldest first. `before` are answers from before it, oldest first.
    """

    case: Case
    answer: SurveyResponse
    account: Account | None
    before: tuple[PastScore, ...]
    joined: tuple[PastScore, ...]
    colleagues: tuple[Colleague, ...]
    programme_name: str
    crm_url: str
    at: datetime
