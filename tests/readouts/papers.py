"""Pages to be printed: with nothing on them, with little, as they usually are, and with the most of everything."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from recovery.cases.case import Outcome, State
from recovery.cases.progress import Verdict
from recovery.figures.case_figures import case_figures, waited
from recovery.figures.case_row import CaseRow
from recovery.figures.nps import Tally
from recovery.figures.periods import quarter
from recovery.policy.figures import FigureRules
from recovery.policy.tables import Kind
from recovery.readouts.page import (
    Answer,
    Ask,
    AskKind,
    Changed,
    Counted,
    Decision,
    Effect,
    Frame,
    LastAsk,
    Page,
    Quote,
    Written,
    page_of,
)

RULES = FigureRules(strengths=("enterprise",))
Q3 = quarter(2026 * 4 + 2)
AT = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
NAMES = {"enterprise": "Enterprise", "mid-market": "Mid-market", "small": "Small business", "public": "Public sector"}
ASK = Ask(
    AskKind.DO,
    "Fund a second onboarding engineer for mid-market, so that go-live takes 30 days and not four months.",
    "Amara Osei, Onboarding",
    "Hires by the end of November and halves the queue of 41 waiting customers by the end of the quarter.",
    date(2026, 11, 30),
)
ANSWERED = Decision(Answer.YES, "Export comes first; reporting waits until May.", "Elena Petrova", "U0ELENA", AT)
LAST = LastAsk(
    "Q2 2026", replace(ASK, decision="Ship CSV export in the May release, before any new dashboard."), ANSWERED
)
QUOTES = (
    Quote(
        "onboarding four months", "Onboarding was a disaster. Four months instead of thirty days, three managers.", 17
    ),
    Quote("CSV export", "I still copy numbers by hand every Friday because the export stops at 10,000 rows.", 11),
    Quote("support answers", "Support is kind, but nobody ever calls back when they say they will.", 1),
)


def frame(**changes: object) -> Frame:
    usual = Frame("Relational", Kind.RELATIONAL, Q3, AT, "USD", "48 hours", RULES, NAMES)
    return replace(usual, **changes)  # type: ignore[arg-type] - tests name fields freely


def cases(many: int, money: Decimal | None = Decimal(60_000)) -> list[CaseRow]:
    """Detractors of the quarter: most were contacted in time, some are open, some were saved, one left."""
    return [_case(number, money) for number in range(many)]


def _case(number: int, money: Decimal | None) -> CaseRow:
    at = Q3.start + timedelta(days=number % 80)
    closed = number % 3 == 0
    return CaseRow(
        id=number + 1,
        programme="relational",
        state=State.CLOSED if closed else State.CLAIMED,
        submitted_at=at,
        assign_due=at + timedelta(hours=4),
        outreach_due=at + timedelta(hours=48),
        outcome=(Outcome.CHURNED if number == 0 else Outcome.RECOVERED) if closed else None,
        closed_at=at + timedelta(days=40) if closed else None,
        contacted_at=at + timedelta(hours=20 if number % 5 else 70),
        verdict=Verdict.SAVED if number % 6 == 3 else Verdict.NOT_SAVED if number % 6 == 0 else None,
        commitments=number % 2,
        honest_no=number % 14 == 1,
        slips=number % 7 // 6,
        breaks=number % 11 // 10,
        held=number % 4 == 1,
        waiting=timedelta(days=3 if number % 50 == 40 else 0),
        account_id=number,
        acv=money,
    )


def total(groups: Mapping[str, Tally]) -> Tally:
    return sum(groups.values(), Tally())


def page(
    now: Mapping[str, Tally],
    before: Mapping[str, Tally],
    rows: int,
    written: Written,
    themes: tuple[Quote, ...] | None,
    **changes: object,
) -> Page:
    found = cases(rows)
    counted = Counted(now, before, total(now), total(before), case_figures(found, AT), themes, waited(found))
    return page_of(frame(**changes), counted, written)


NOW = {
    "enterprise": Tally(60, 70, 80),
    "mid-market": Tally(110, 60, 40),
    "small": Tally(40, 30, 22),
    "public": Tally(6, 3, 3),
    "": Tally(9, 6, 5),
}
BEFORE = {
    "enterprise": Tally(80, 60, 60),
    "mid-market": Tally(70, 60, 60),
    "small": Tally(33, 25, 20),
    "public": Tally(30, 10, 4),
}


def nothing() -> Page:
    """A programme that nobody has answered, still a draft."""
    return page({}, {}, 0, Written(), ())


def one_answer() -> Page:
    """One promoter, and so no detractor."""
    return page({"enterprise": Tally(1, 0, 0)}, {}, 0, Written(), (), kind=Kind.TRANSACTIONAL, programme="Onboarding")


def usual() -> Page:
    """A published page as leadership reads it."""
    reasons = {"mid-market": "The new onboarding plan began in July.", "enterprise": "Export limits hit quarter-end."}
    return page(NOW, BEFORE, 41, Written(reasons, ASK, LAST, AT), QUOTES)


def fullest(letter: str = "W", ask: AskKind = AskKind.DO) -> Page:
    """The longest of everything that people can type, and more segments than fit; `letter` fills all texts."""
    keys = [f"{number:03} {letter * 90}" for number in range(60)]
    now = {key: Tally(40_000 + number, 20, 30) for number, key in enumerate(keys)} | {"enterprise": Tally(20, 10, 500)}
    before = {key: Tally(30, 20, 40 + number) for number, key in enumerate(keys)} | {"enterprise": Tally(400, 10, 20)}
    words = f"{letter * 11} " * 100
    longest = Ask(ask, words[:300], words[:300], words[:300], date(2026, 12, 31))
    changed = Effect(Changed.NOTHING, words[:300], "U0X", AT)
    said = Decision(Answer.NO, words[:300], words[:120], "U0X", AT, changed)
    reasons = dict.fromkeys([*keys, "enterprise"], words[:200])
    themes = (Quote(words, words * 20, 123_456),) * 5
    return page(
        now, before, 900, Written(reasons, longest, LastAsk("Q2 FY2026", longest, said), AT), themes,
        programme=words, names={},
    )  # fmt: skip
