"""How a programme stands, in one glance (playbook, section 6)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from bot.views import blocks, kit, step_words
from bot.views.figures import words
from bot.views.figures.frame import NAME, About, Figures, account, lasting
from recovery.cases.steps import Step
from recovery.figures.bands import ON_TARGET, PAUSE_SURVEY
from recovery.figures.case_figures import Amount, ContactRate, OpenFigures, SavedFigures, Spread
from recovery.figures.case_row import CaseRow

SOON = 90  # days until a renewal that are worth a word


@dataclass(frozen=True, slots=True)
class First:
    """One of the cases to look at first. `card_link` is "" until its card is posted."""

    row: CaseRow
    account_name: str
    contact_name: str
    renewal: date | None = None
    card_link: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """`contacted`, `took`, `saved`: of the cases submitted in the period. `open`, `at_risk`, `first`: of all open ones.

    `limit` is how long a first contact may take, as the policy says it; "" where that differs from case to case.
    """

    contacted: ContactRate
    open: OpenFigures
    took: Spread
    saved: SavedFigures
    at_risk: Amount
    first: tuple[First, ...] = ()
    limit: str = ""


def status(found: Status, about: About) -> Figures:
    rate = _rate(found)
    lines = [f"{about.title} · {rate}"]
    if (band := found.contacted.band) is not None and band.key == PAUSE_SURVEY:
        lines.append(f"*{band.sentence}*")
    lines.append(_open(found.open))
    lines += filter(None, [kit.dotted(_took(found), _saved(found.saved, about), _at_risk(found.at_risk, about))])
    if found.first:
        names = Counter(each.account_name for each in found.first)
        cases = [_first(each, about, alone=names[each.account_name] == 1) for each in found.first]
        lines.append(words.LOOK_FIRST.format(cases=", ".join(cases)))
    text = f"{about.plain_title}: {_plain_rate(found)}. {_plain_open(found.open)}."
    return Figures(text, tuple(blocks.section(f"status:{number}", line) for number, line in enumerate(lines)))


def _rate(found: Status) -> str:
    share, undecided = found.contacted.share, found.contacted.undecided
    band = found.contacted.band
    if band is None:
        waiting = words.UNDECIDED_ALONE.format(count=f"{undecided:,}") if undecided else ""
        return words.NONE_DECIDED.format(undecided=waiting) if undecided else words.NONE_ASKED
    said = words.CONTACTED.format(
        limit=_limit(found),
        percent=share.percent,
        part=f"{share.part:,}",
        whole=f"{share.whole:,}",
        undecided=words.UNDECIDED.format(count=f"{undecided:,}") if undecided else "",
    )
    judged = words.ON_TARGET if band.key == ON_TARGET else words.BAND.format(name=band.name)
    return f"{said} — {judged}"


def _plain_rate(found: Status) -> str:
    share, band = found.contacted.share, found.contacted.band
    if band is None:
        return _rate(found)
    said = words.CONTACTED_PLAIN.format(
        percent=share.percent, limit=_limit(found), part=f"{share.part:,}", whole=f"{share.whole:,}"
    )
    return f"{said}, {band.name}"


def _limit(found: Status) -> str:
    return words.WITHIN.format(limit=found.limit) if found.limit else words.IN_TIME


def _open(held: OpenFigures) -> str:
    if not held.total:
        return words.NOTHING_OPEN
    steps = kit.dotted(
        *(words.OPEN_STEPS[step].format(count=f"{each.open:,}") for step, each in held.steps.items()),
        words.TO_CLOSE.format(count=f"{held.none_left:,}") if held.none_left else "",
        f"*{words.OVERDUE.format(count=f'{held.overdue:,}')}*" if held.overdue else "",
    )
    return words.OPEN.format(total=f"{held.total:,}", steps=steps)


def _plain_open(held: OpenFigures) -> str:
    if not held.total:
        return words.NOTHING_OPEN.strip("*.")
    return f"{held.total:,} open, {words.OVERDUE.format(count=f'{held.overdue:,}')}"


def _took(found: Status) -> str:
    took = found.took
    if took.median is None or took.p90 is None:
        return words.NOBODY_CONTACTED if found.contacted.share.whole or found.contacted.undecided else ""
    template = words.TOOK if took.n > 1 else words.TOOK_ONE
    return template.format(median=lasting(took.median), p90=lasting(took.p90))


def _saved(saved: SavedFigures, about: About) -> str:
    if not saved.saved and not saved.not_saved and not saved.pending:
        return ""
    acv = kit.money(saved.acv_saved, about.currency) if saved.saved else ""
    said = words.SAVED.format(count=f"{saved.saved:,}", acv=f" ({acv})" if acv else "")
    waiting = words.PENDING.format(count=f"{saved.pending:,}") if saved.pending else ""
    return kit.dotted(said if saved.saved else words.NONE_SAVED, waiting)


def _at_risk(amount: Amount, about: About) -> str:
    unknown = kit.count(amount.without, "account")
    if amount.total is None:
        return words.AT_RISK_UNKNOWN.format(count=unknown)
    if not amount.accounts:
        return ""
    template = words.AT_RISK_MORE if amount.without else words.AT_RISK
    return template.format(acv=kit.money(amount.total, about.currency), count=unknown)


def _first(first: First, about: About, *, alone: bool) -> str:
    """The account and why; of an account that stands here twice also the person."""
    name = account(first.account_name, first.contact_name)
    person = "" if alone or not first.account_name else kit.typed(first.contact_name, NAME)
    name = f"{name}: {person}" if person else name
    address = kit.web_address(first.card_link)
    named = kit.link(address, name) if address else name
    return f"{named} ({_why(first, about)})"


def _why(first: First, about: About) -> str:
    """The most telling reason to look: it is late, nobody has it, it renews soon, it is critical; else what is next."""
    row, at = first.row, about.at
    if late := row.late_by(at):
        return words.LATE_BY.format(by=lasting(late))
    if not row.owner:
        return words.UNASSIGNED_FOR.format(span=lasting(at - row.submitted_at))
    if first.renewal and 0 <= (first.renewal - at.date()).days <= SOON:
        return kit.renewal(first.renewal, at.date())
    if row.urgency.value == "critical":
        return words.CRITICAL
    if row.next_step is None or row.next_due is None:
        return words.READY
    return words.STEP_IN.format(step=_step(row.next_step), span=lasting(row.next_due - at))


def _step(step: Step) -> str:
    return step_words.STEPS[step]
