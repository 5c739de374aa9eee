"""`winback simulate`: a past quarter against a policy, before anyone is paged. Reads two files and writes nothing."""

import json
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from handlers.surveys import csv_file
from recovery.clock.simulation import Acting, play
from recovery.clock.simulation_figures import figures_of
from recovery.errors import WinbackError
from recovery.policy.file import Limit
from recovery.policy.values import UnfitError, parse_limit
from recovery.survey import SurveyResponse
from winback.imports.columns import Columns, choose
from winback.imports.comparing import Standing, said, standing
from winback.imports.files import opened, options_of
from winback.imports.rows import Order, Rules, SourceRow, contradiction, rules_of
from winback.policy_file import read_policy
from winback.simulation_report import Told, as_json, lines

MOST_SHOWN = 5  # refused rows; `winback import --dry-run --refused FILE` writes all of them


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked on the command line. `claimed_after` and `contacted_after` are limits in words, "" for never."""

    order: Order
    policy: Path
    claimed_after: str
    contacted_after: str
    as_json: bool


@dataclass(slots=True)
class Read:
    """The answers of the file by response id, and what became of its rows."""

    answers: dict[str, SurveyResponse] = field(default_factory=dict)
    rows: int = 0
    repeated: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.reasons) < MOST_SHOWN:
            self.reasons.append(f"line {line}: {why}")


def show(wanted: Wanted, now: datetime) -> int:
    """Plays the file and prints what would have been said; 1 if no row could be used.

    `now` (aware UTC) bounds the times of the answers. Raises WinbackError for files and limits that can't be used.
    """
    acting = Acting(
        _limit("--claimed-after", wanted.claimed_after), _limit("--contacted-after", wanted.contacted_after)
    )
    rules = rules_of(read_policy(wanted.policy), wanted.order)
    read, columns = read_answers(rules, now)
    figures = figures_of(play(rules.policy, read.answers.values(), acting))
    told = Told(
        file=wanted.order.file.name,
        policy=wanted.policy.name,
        rows=read.rows,
        repeated=read.repeated,
        refused=read.refused,
        reasons=tuple(read.reasons),
        columns=tuple(columns.lines()),
        claimed_after=acting.claimed_after.words if acting.claimed_after else "",
        contacted_after=acting.contacted_after.words if acting.contacted_after else "",
    )
    if wanted.as_json:
        sys.stdout.write(json.dumps(as_json(figures, told), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(lines(figures, told, rules.policy)) + "\n")
    return 1 if read.rows and read.rows == read.refused else 0


def read_answers(rules: Rules, now: datetime) -> tuple[Read, Columns]:
    """The file as `winback import` reads it; of two versions of an answer the newer one counts."""
    order, read = rules.order, Read()
    options = options_of(rules.policy, order)
    with opened(order.file) as stream:
        headers = csv_file.read_headers(stream)
        columns = choose(headers, order.columns, rules.policy.imports.columns)
        stream.seek(0)
        for row in csv_file.read_answers(stream, options, columns.names, order.source, received_at=now):
            read.rows += 1
            answer, _, why = rules.placed(SourceRow(row))
            if answer is None:
                read.refuse(row.line, why)
            else:
                _take(read, row.line, answer)
    return read, columns


def _take(read: Read, line: int, answer: SurveyResponse) -> None:
    before = read.answers.get(answer.response_id)
    old = said(before, has_account=before.account is not None) if before else None
    match standing(said(answer, has_account=answer.account is not None), old):
        case Standing.KNOWN:
            read.repeated += 1
        case Standing.CONTRADICTS:
            read.refuse(line, contradiction(answer))
        case Standing.CHANGED if before:
            read.repeated += 1
            read.answers[answer.response_id] = _completed(answer, before)
        case _:
            read.answers[answer.response_id] = answer


def _completed(newer: SurveyResponse, older: SurveyResponse) -> SurveyResponse:
    """The newer version; what it leaves out stays, and the clock starts with the first submission."""
    return replace(
        newer,
        verbatim=newer.verbatim or older.verbatim,
        account=newer.account or older.account,
        responded_at=min(newer.responded_at, older.responded_at),
    )


def _limit(option: str, words: str) -> Limit | None:
    if not words:
        return None
    try:
        return parse_limit(words)
    except UnfitError as unfit:
        raise WinbackError(f"{option}: {unfit}") from unfit
