"""What holds for every row of an import: its programme, and whether it may open a case. No I/O."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from handlers.surveys.csv_file import RowRead
from recovery.errors import WinbackError
from recovery.policy.file import Policy
from recovery.policy.tables import Adapter, Source
from recovery.survey import Category, SurveyResponse

NO_PROGRAMME = "No programme takes this answer. Name one with --programme KEY, or mark one as default in the policy."
CONTRADICTION = (
    "{which} is there already and says something else. To change it, add a column with the time of the change "
    "(--map updated_at=…)."
)
_SOURCE = re.compile(r"[a-z0-9_-]{1,40}")


class Cases(StrEnum):
    """Which detractors of the file open a case."""

    RECENT = "recent"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked on the command line; what is empty is left to the policy."""

    file: Path
    source: str
    columns: Mapping[str, str]
    programme: str
    zone: str
    date_format: str
    cases: Cases
    dry_run: bool
    refused: Path | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as read, with its cells where the refused ones are written to a file."""

    read: RowRead
    cells: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        return self.read.line


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy as this import sees it."""

    policy: Policy
    order: Order

    def placed(self, row: SourceRow) -> tuple[SurveyResponse | None, str, str]:
        """(the answer, its programme's key, ""), or (None, "", why the row is refused)."""
        answer = row.read.answer
        if answer is None:
            return None, "", row.read.refused
        if self.order.programme and not answer.programme:
            answer = replace(answer, programme=self.order.programme)
        programme = self.policy.programme_for(answer)
        return (answer, programme.key, "") if programme else (None, "", NO_PROGRAMME)

    def opens(self, answer: SurveyResponse, now: datetime) -> bool:
        """Whether an answer of this age may open a case, if it is a detractor's."""
        if self.order.cases is Cases.RECENT:
            return now - answer.responded_at <= timedelta(days=self.policy.imports.open_cases_within_days)
        return self.order.cases is Cases.ALL

    def wants_case(self, answer: SurveyResponse, now: datetime) -> bool:
        return answer.category is Category.DETRACTOR and self.opens(answer, now)


def rules_of(policy: Policy, order: Order) -> Rules:
    """Raises WinbackError for a programme that the policy doesn't have, and for a source no policy could have."""
    if not _SOURCE.fullmatch(order.source):
        raise WinbackError(
            f"--source is a name of lower-case letters, digits, - and _, at most 40, not {order.source!r}."
        )
    if order.programme and order.programme not in policy.programmes:
        keys = ", ".join(policy.programmes)
        raise WinbackError(f"The policy has no programme {order.programme!r}; it has {keys}.")
    return Rules(_with_default_programme(policy, order.source), order)


def contradiction(answer: SurveyResponse) -> str:
    """Why a row is refused that would overwrite an answer of the same age."""
    named = "The answer of this person, time and score"
    # csv_file makes ids that start so for rows without one; nobody could find them in the file.
    if not answer.response_id.startswith("row:"):
        named = f"The answer {answer.response_id}"
    return CONTRADICTION.format(which=named)


def _with_default_programme(policy: Policy, source: str) -> Policy:
    """[import] programme stands where a source's own programme stands: after the surveys that programmes list."""
    known = policy.sources.get(source)
    default = policy.imports.programme
    if default is None or (known and known.programme):
        return policy
    new = known or Source(adapter=Adapter.GENERIC, secret_env="UNUSED").keyed(source)  # noqa: S106 - the name of a variable
    return policy.model_copy(
        update={"sources": {**policy.sources, source: new.model_copy(update={"programme": default})}}
    )


def ids_of(rows: Sequence[SourceRow]) -> set[str]:
    """The response ids of the rows that could be read."""
    return {row.read.answer.response_id for row in rows if row.read.answer}
