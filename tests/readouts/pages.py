"""Readout pages for tests: with everything on them, with nothing, and what lies between."""

from datetime import UTC, date, datetime

from recovery.figures.nps import Tally
from recovery.figures.periods import quarter
from recovery.policy.figures import FigureRules
from recovery.policy.tables import Kind
from recovery.readouts.page import (
    Answer,
    Ask,
    AskKind,
    Counted,
    Decision,
    Frame,
    LastAsk,
    Page,
    Quote,
    Written,
    page_of,
)

Q3 = quarter(2026 * 4 + 2)
AT = datetime(2026, 10, 2, 9, 0, tzinfo=UTC)
ASK = Ask(
    AskKind.DO,
    "Give onboarding two engineers until June",
    "Amara Nwosu",
    "Hires them and starts on 1 March.",
    date(2026, 12, 1),
)
DECISION = Decision(Answer.NO, "The budget goes to support.", "Elena Rossi", "U0ELENA", AT)
NOW = {"enterprise": Tally(40, 30, 30), "mid-market": Tally(10, 5, 25), "": Tally(2, 1, 0)}
BEFORE = {"enterprise": Tally(60, 30, 10), "mid-market": Tally(15, 10, 15)}
NAMES = {"enterprise": "Enterprise", "mid-market": "Mid-market"}
QUOTES = (
    Quote("onboarding took months", "Onboarding was a disaster. *Four* months <!channel>.", 12),
    Quote("no export", "No export.", 1),
)


def page_with(
    now: dict[str, Tally] | None = None,
    before: dict[str, Tally] | None = None,
    *,
    written: bool = True,
    kind: Kind = Kind.RELATIONAL,
    at: datetime = AT,
    themes: tuple[Quote, ...] | None = QUOTES,
) -> Page:
    """A page of Q3 2026; `written` says whether people have written what only they know."""
    now, before = NOW if now is None else now, BEFORE if before is None else before
    rules = FigureRules(strengths=("enterprise", "mid-market"))
    frame = Frame("Relational", kind, Q3, at, "USD", "48 hours", rules, NAMES)
    counted = Counted(now, before, sum(now.values(), Tally()), sum(before.values(), Tally()), themes=themes)
    if not written:
        return page_of(frame, counted, Written())
    last = LastAsk("Q2 2026", ASK, DECISION)
    return page_of(frame, counted, Written({"enterprise": "The price rose."}, ASK, last))
