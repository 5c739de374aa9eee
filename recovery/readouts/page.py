"""The one-page readout as values (playbook, section 7): what it says, in its order, before anybody formats it.

A figure that isn't there is None or has nothing in it; whoever shows the page says so in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from recovery.figures.case_figures import ActionFigures, CaseFigures, ContactRate, Money, SavedFigures, Waited
from recovery.figures.dimensions import NOT_KNOWN, Dimension
from recovery.figures.nps import Tally, signed, under_sampled
from recovery.figures.periods import Period, previous
from recovery.figures.share import Share
from recovery.policy.figures import FigureRules
from recovery.policy.tables import Kind
from recovery.readouts.readout import Standing, Trend, inversions, movers, standings, strata, trend, trend_words

MOST_THEMES = 3


class Answer(StrEnum):
    """What became of an Ask. KEEP_MONITORING is a stall, not a decision (playbook, section 6, Engagement)."""

    YES = "yes"
    NO = "no"
    KEEP_MONITORING = "keep_monitoring"


class AskKind(StrEnum):
    """DO: somebody shall do something by a date. DROP: it is formally given up; `due` says from when on."""

    DO = "do"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Ask:
    """The one decision that is asked for: a named person or team, an action, a date, or that it be given up."""

    kind: AskKind
    decision: str
    who: str
    action: str
    due: date


class Changed(StrEnum):
    """What a decision has changed (playbook, section 6, Engagement). NOTHING is an answer, and no change."""

    PRODUCT = "product"
    PROCESS = "process"
    POLICY = "policy"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a decision: `note` as it was written, `by` the Slack user who wrote it last.

    `at`: since when it is said that something has changed, or that nothing has; other words for the same leave it.
    """

    changed: Changed
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to an Ask: `sentence` and `name` as they were written, `by` the Slack user who wrote them.

    `effect`: None until somebody has said what it changed.
    """

    answer: Answer
    sentence: str
    name: str
    by: str
    at: datetime
    effect: Effect | None = None

    @property
    def decides(self) -> bool:
        """Yes and no are decisions; to keep monitoring is a stall."""
        return self.answer is not Answer.KEEP_MONITORING


@dataclass(frozen=True, slots=True)
class LastAsk:
    """The Ask of the readout before, with what was decided; `decision` None when nobody has answered."""

    period: str
    ask: Ask
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Line:
    """A segment, or everybody: `name` as people call it, "" where it isn't known.

    `trend_words`: "up 7 points", "no change". `score`: "+12 \u00b1 8", without the margin where too few answered for it
    to mean anything, "no answers" where nobody did.
    """

    name: str
    standing: Standing
    trend: Trend
    trend_words: str
    score: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A segment that moved more than 5 points, and why; `reason` is "" until a person has written one."""

    line: Line
    reason: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A theme: what one customer wrote, word for word, its tag, and how many said something like it."""

    tag: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """What became of the detractors submitted in the period; `limit` is that of the first contact ("48h").

    `waited`: the time on customers that counted for nobody, shown so that it can't hide a breach (playbook, section 2).
    """

    contacted: ContactRate
    actions: ActionFigures
    saved: SavedFigures
    money: Money
    limit: str
    waited: Waited = field(default_factory=Waited)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the readout of a programme and period shows, in the playbook's order.

    `overall` is the headline, of this programme alone; only a relational one's is the company's NPS. `strata`: each
    segment's share of the answers. `themes`: None when nobody looked for them. `ask`: None until somebody has written
    it. `published_at`: None for a draft. `at`: when it was counted; before `period.end` the period is still running.
    """

    programme: str
    kind: Kind
    period: Period
    before: Period
    at: datetime
    currency: str
    last: LastAsk | None
    overall: Line
    strata: tuple[tuple[str, Share], ...]
    segments: tuple[Line, ...]
    movers: tuple[Moved, ...]
    inversions: tuple[Line, ...]
    themes: tuple[Quote, ...] | None
    loop: ClosedLoop
    ask: Ask | None
    published_at: datetime | None = None

    @property
    def is_company_nps(self) -> bool:
        return self.kind is Kind.RELATIONAL

    @property
    def without_reason(self) -> tuple[Moved, ...]:
        """The movers that nobody has explained yet."""
        return tuple(each for each in self.movers if not each.reason)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a page is made of: tallies by segment in the period and in the one before, and the period's cases."""

    now: Mapping[str, Tally]
    before: Mapping[str, Tally]
    overall_now: Tally
    overall_before: Tally
    cases: CaseFigures = field(default_factory=CaseFigures)
    themes: tuple[Quote, ...] | None = None
    waited: Waited = field(default_factory=Waited)


@dataclass(frozen=True, slots=True)
class Frame:
    """Around the figures: which programme and period, in whose words. `names`: segments' names by their keys."""

    programme: str
    kind: Kind
    period: Period
    at: datetime
    currency: str
    limit: str
    rules: FigureRules
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What only people can say: `reasons` by segment key, the Ask, the Ask before, and when it was published."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None
    last: LastAsk | None = None
    published_at: datetime | None = None


def page_of(frame: Frame, counted: Counted, written: Written) -> Page:
    """Compose the page."""
    rules = frame.rules
    groups = standings(counted.now, counted.before, rules, Dimension.SEGMENT)
    lines = {each.value: _line(frame.names.get(each.value, each.value), each, rules) for each in groups}
    overall = Standing(NOT_KNOWN, counted.overall_now, counted.overall_before)
    return Page(
        programme=frame.programme,
        kind=frame.kind,
        period=frame.period,
        before=previous(frame.period),
        at=frame.at,
        currency=frame.currency,
        last=written.last,
        overall=_line("", overall, rules, overall=True),
        strata=tuple((lines[value].name, share) for value, share in strata(groups)),
        segments=tuple(lines.values()),
        movers=tuple(Moved(lines[each.value], written.reasons.get(each.value, "")) for each in movers(groups, rules)),
        inversions=tuple(lines[each.value] for each in inversions(groups, rules.strengths, rules)),
        themes=counted.themes if counted.themes is None else counted.themes[:MOST_THEMES],
        loop=ClosedLoop(
            contacted=counted.cases.contacted,
            actions=counted.cases.actions,
            saved=counted.cases.saved,
            money=counted.cases.money,
            limit=frame.limit,
            waited=counted.waited,
        ),
        ask=written.ask,
        published_at=written.published_at,
    )


def _line(name: str, standing: Standing, rules: FigureRules, *, overall: bool = False) -> Line:
    tally = standing.now
    few = tally.nps is not None and under_sampled(tally, rules, overall=overall)
    return Line(
        name,
        standing,
        trend(standing, rules, overall=overall),
        trend_words(standing, rules, overall=overall),
        signed(tally.nps or 0) if few else tally.shown,
    )
