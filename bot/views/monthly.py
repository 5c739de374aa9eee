"""The monthly summary to leadership: one message that fits a phone, each figure beside that of the month before."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.views import blocks, kit
from bot.views import monthly_words as words
from bot.views.figures import words as figure_words
from bot.views.figures.frame import NAME, lasting
from bot.views.look import Look
from recovery.cases.steps import Step
from recovery.figures.bands import ON_TARGET, PAUSE_SURVEY, Band, band_of, recovery_band_of
from recovery.figures.case_figures import Amount, Cost, EscalationFigures, OnTime, OpenFigures, SavedFigures
from recovery.figures.month import ENOUGH, Actions, Group, MonthFigures, Recovered, Summary
from recovery.figures.periods import MONTHS, Period
from recovery.figures.share import Share, rounded

PROGRAMME: Final = 100  # characters of its name
WHOLE: Final = 100  # percent
TWICE: Final = 200


def monthly(programme: str, found: Summary, segments: Mapping[str, str], *, currency: str) -> Look:
    """The month in plain words. `programme` is its name; `segments` gives the names of segments by key."""
    title = words.TITLE.format(programme=kit.named(programme, PROGRAMME), month=found.month.name)
    parts = {
        "contact": _contact(found),
        "now": [_open(found.open, found.at_risk, currency), _actions(found.actions)],
        "steps": _steps(found),
        "cases": [_beside(found, words.ESCALATIONS, _escalations), _beside(found, words.SAVED, _saved_in(currency))],
        "recovered": _recovered(found.recovered, found.month, segments, currency),
    }
    text = words.TEXT.format(title=kit.escaped(title), rate=_plain_rate(found), open=_plain_open(found.open))
    said = words.COUNTED.format(at=kit.when(found.at))
    return Look(
        text,
        (
            blocks.header("monthly", title),
            *(blocks.section(f"monthly:{name}", "\n".join(lines)) for name, lines in parts.items()),
            blocks.context("monthly:counted", blocks.mrkdwn(said)),
        ),
    )


def _before(period: Period) -> str:
    """The month before by its name alone: it is at most a year ago."""
    return MONTHS[period.start.month - 1]


def _compared(found: Summary, now: str, then: str) -> str:
    """A line of both months: "Detractors: 41 · October: 22"."""
    return kit.dotted(now, words.BESIDE.format(before=_before(found.before), said=then))


def _beside(found: Summary, template: str, say: Callable[[MonthFigures], str]) -> str:
    return _compared(found, template.format(said=say(found.now)), say(found.then))


def _contact(found: Summary) -> list[str]:
    now, then = found.now, found.then
    lines = [_compared(found, _rate(found), _rate_before(then))]
    band = now.contacted.band
    if band is not None and band.key == PAUSE_SURVEY:
        lines.append(f"*{band.sentence}*")
    if now.detractors or then.detractors:
        counted = [f"{each.detractors:,}" if each.detractors else words.NONE for each in (now, then)]
        lines.append(_compared(found, words.DETRACTORS.format(count=counted[0]), counted[1]))
        lines.append(_compared(found, words.TOOK.format(length=_took(now)), _took(then)))
    return lines


def _rate(found: Summary) -> str:
    share, undecided, band = found.now.contacted.share, found.now.contacted.undecided, found.now.contacted.band
    if not found.now.detractors:
        return words.NONE_ANSWERED
    if band is None:
        return words.NONE_DUE.format(limit=_limit(found))
    return words.CONTACTED.format(
        limit=_limit(found),
        **_counts(share),
        undecided=figure_words.UNDECIDED.format(count=f"{undecided:,}") if undecided else "",
        judged=_judged(band),
    )


def _plain_rate(found: Summary) -> str:
    share, band = found.now.contacted.share, found.now.contacted.band
    if band is None:
        return _rate(found).replace("*", "").rstrip(".")
    return f"{figure_words.CONTACTED_PLAIN.format(limit=_limit(found), **_counts(share))}, {band.name}"


def _rate_before(figures: MonthFigures) -> str:
    if not figures.detractors:
        return words.BEFORE_NONE_ANSWERED
    share = figures.contacted.share
    return words.BEFORE_RATE.format(**_counts(share)) if band_of(share.exact) else words.BEFORE_NONE_DUE


def _limit(found: Summary) -> str:
    return figure_words.WITHIN.format(limit=found.limit) if found.limit else figure_words.IN_TIME


def _judged(band: Band) -> str:
    return figure_words.ON_TARGET if band.key == ON_TARGET else figure_words.BAND.format(name=band.name)


def _counts(share: Share) -> dict[str, str]:
    return {"percent": str(share.percent), "part": f"{share.part:,}", "whole": f"{share.whole:,}"}


def _took(figures: MonthFigures) -> str:
    if figures.took.median is None:
        return words.NOBODY_CONTACTED if figures.detractors else words.BEFORE_NONE_ANSWERED
    return lasting(figures.took.median)


def _steps(found: Summary) -> list[str]:
    lines = [words.STEPS_TITLE]
    both = {step: [each.steps.get(step, OnTime()).share for each in (found.now, found.then)] for step in Step}
    if not any(share.whole for shares in both.values() for share in shares):
        return [*lines, words.NO_STEPS]
    for step, (now, then) in both.items():
        said = words.STEP_SHARE.format(**_counts(now)) if now.whole else words.STEP_NONE
        before = words.STEP_BEFORE.format(percent=then.percent) if then.whole else words.STEP_BEFORE_NONE
        lines.append(_compared(found, words.STEP.format(step=words.STEPS[step], said=said), before))
    return lines


def _escalations(figures: MonthFigures) -> str:
    found: EscalationFigures = figures.escalations
    answered, raised = found.acknowledged.part, found.acknowledged.whole
    if not raised:
        return words.NONE
    took = ""
    if found.took.median is not None:
        template = words.ACKNOWLEDGED_IN if answered > 1 else words.ACKNOWLEDGED_ONE_IN
        took = template.format(length=lasting(found.took.median))
    template = words.RAISED
    if answered == raised:
        template = words.RAISED_ALL if raised > 1 else words.RAISED_ONE
    elif not answered:
        template = words.RAISED_NONE
    return template.format(raised=f"{raised:,}", acknowledged=f"{answered:,}", took=took)


def _saved_in(currency: str) -> Callable[[MonthFigures], str]:
    def said(figures: MonthFigures) -> str:
        saved = figures.saved
        if not saved.saved and not saved.not_saved and not saved.pending:
            return words.NOTHING_MEASURED
        return ", ".join(
            filter(
                None,
                [
                    _saved(saved, currency),
                    words.NOT_SAVED.format(count=f"{saved.not_saved:,}") if saved.not_saved else "",
                    words.PENDING.format(count=f"{saved.pending:,}") if saved.pending else "",
                ],
            )
        )

    return said


def _saved(saved: SavedFigures, currency: str) -> str:
    if not saved.saved:
        return words.NONE
    acv = kit.money(saved.acv_saved, currency)
    return words.SAVED_SOME.format(count=f"{saved.saved:,}", acv=f" ({acv})" if acv else "")


def _recovered(found: Recovered, of: Period, segments: Mapping[str, str], currency: str) -> list[str]:
    months = words.SPAN.format(months=found.months) if found.months > 1 else of.name
    share = found.saved.recovery
    if not share.whole:
        lines = [words.NONE_MEASURED.format(span=months)]
    else:
        band = recovery_band_of(share.exact) if share.whole >= ENOUGH else None
        judged = words.JUDGED.format(name=band.name) if band else ""
        lines = [
            words.RECOVERY.format(span=months, **_counts(share), judged=judged),
            *_groups(found, segments),
        ]
    return [*lines, *_cost(found.cost, currency)]


def _groups(found: Recovered, segments: Mapping[str, str]) -> list[str]:
    if not found.segments and not found.root_causes:
        return [words.NEITHER.format(enough=ENOUGH)]
    return [
        words.BY_SEGMENT.format(said=_extremes(found.segments, segments)),
        words.BY_ROOT_CAUSE.format(said=_extremes(found.root_causes, {})),
    ]


def _extremes(groups: Sequence[Group], names: Mapping[str, str]) -> str:
    if not groups:
        return words.TOO_FEW.format(enough=ENOUGH)
    best, worst = groups[0], groups[-1]
    if len(groups) == 1:
        return words.ONLY.format(group=_group(best, names))
    if best.recovery.exact == worst.recovery.exact:
        return words.ALIKE.format(percent=best.recovery.percent, groups=f"{len(groups):,}")
    return words.EXTREMES.format(best=_group(best, names), worst=_group(worst, names))


def _group(group: Group, names: Mapping[str, str]) -> str:
    return words.GROUP.format(name=kit.typed(names.get(group.key, group.key), NAME), **_counts(group.recovery))


def _cost(found: Cost, currency: str) -> list[str]:
    if not found.cost:
        return []
    spent = kit.money(Decimal(rounded(found.cost)), currency)
    if found.prevented is None:
        return [words.COST_UNKNOWN.format(cost=spent)]
    if found.ratio is None:
        return [words.COST_NONE_SAVED.format(cost=spent)]
    return [words.COST.format(cost=spent, saved=kit.money(found.prevented, currency), part=_part(found.ratio))]


def _part(ratio: Fraction) -> str:
    """The cost as a part of what was saved, or how many times that it is."""
    percent = rounded(ratio * WHOLE)
    if percent >= TWICE:
        tenths = rounded(ratio * 10)
        return words.TIMES.format(times=f"{tenths // 10:,}" + (f".{tenths % 10}" if tenths % 10 else ""))
    return words.PERCENT.format(percent=percent) if percent else words.LESS_THAN_ONE


def _open(held: OpenFigures, at_risk: Amount, currency: str) -> str:
    if not held.total:
        return words.NOTHING_OPEN
    late = words.OVERDUE.format(count=f"{held.overdue:,}") if held.overdue else words.NONE_OVERDUE
    return kit.dotted(words.OPEN.format(total=f"{held.total:,}"), late, _at_risk(at_risk, currency))


def _plain_open(held: OpenFigures) -> str:
    if not held.total:
        return words.PLAIN_NOTHING_OPEN
    return words.PLAIN_OPEN.format(total=f"{held.total:,}", overdue=f"{held.overdue:,}" if held.overdue else words.NONE)


def _at_risk(amount: Amount, currency: str) -> str:
    unknown = kit.count(amount.without, "account")
    if amount.total is None:
        return figure_words.AT_RISK_UNKNOWN.format(count=unknown)
    template = figure_words.AT_RISK_MORE if amount.without else figure_words.AT_RISK
    return template.format(acv=kit.money(amount.total, currency), count=unknown)


def _actions(found: Actions) -> str:
    if not found.open:
        return words.NO_ACTIONS
    return kit.dotted(
        words.ACTIONS.format(count=f"{found.open:,}"),
        words.LATE.format(count=f"{found.late:,}") if found.late else words.NONE_LATE,
        words.UNPLANNED.format(count=f"{found.unplanned:,}") if found.unplanned else "",
    )
