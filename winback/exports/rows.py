"""What is kept, as the rows of an export. Values are Python's own; how they are written is the files' matter."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import sqlalchemy as sa

from recovery.cases.case import Case
from recovery.cases.folding import Logged, logged
from recovery.cases.steps import Action
from recovery.clock.sla import due
from recovery.figures.case_row import row_of
from recovery.figures.periods import Period, quarter, quarter_of
from recovery.policy.file import Policy
from recovery.readouts.registry import late_from
from recovery.survey import Account
from store.engine import Tx
from store.figures import exports, readouts
from store.figures.exports import Cut, KeptCase
from store.figures.readouts import Readout
from store.figures.tallies import Grouping
from winback.exports.files import written_moment
from winback.exports.tables import (
    ABOUT,
    ACCOUNTS,
    ACTIONS,
    ALARMS,
    CASES,
    CONTACTS,
    DECISIONS,
    EVENTS,
    PROGRAMMES,
    READOUTS,
    REGISTRY,
    REGISTRY_CASES,
    RESPONSES,
)

Values = tuple[object, ...]
A_MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 10**6


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported, and as things stand at `tx.now`. `period` is None for all time."""

    policy: Policy
    tx: Tx
    cut: Cut
    period: Period | None


async def about(wanted: Export) -> AsyncIterator[Values]:
    """What the figures depend on besides the rows: the moment, the cut, and the policy's table [figures]."""
    figures, period = wanted.policy.figures, wanted.period
    said = {
        "exported_at": written_moment(wanted.tx.now),
        "programme": wanted.cut.programme,
        "period": period.key if period else "",
        "period_name": period.name if period else "",
        "period_start": written_moment(period.start) if period else "",
        "period_end": written_moment(period.end) if period else "",
        "currency": wanted.policy.workspace.currency,
        "fiscal_year_starts": str(figures.fiscal_year_starts),
        "acv_bands": _listed(figures.acv_bands),
        "enough_in_group": str(figures.enough_in_group),
        "enough_overall": str(figures.enough_overall),
        **{f"target_{name}": str(target) for name, target in sorted(figures.targets.items())},
        "strengths": _listed(figures.strengths),
        "programme_cost": f"{figures.programme_cost}",
        "most_waiting_seconds": str(int(wanted.policy.pause.most.total_seconds())),
    }
    for name, value in said.items():
        yield name, value


async def programmes(wanted: Export) -> AsyncIterator[Values]:
    """Those of the policy, then those that only have answers: their name and kind aren't known any more."""
    known = wanted.policy.programmes
    for key, programme in known.items():
        if wanted.cut.programme in {"", key}:
            yield key, programme.name, programme.kind.value
    for key in await exports.programmes(wanted.tx, wanted.cut):
        if key not in known:
            yield key, "", ""


async def contacts(wanted: Export) -> AsyncIterator[Values]:
    async for row in exports.all_contacts(wanted.tx, wanted.cut):
        yield row["id"], row["key"], row["name"], row["email"]


async def accounts(wanted: Export) -> AsyncIterator[Values]:
    async for row in exports.all_accounts(wanted.tx, wanted.cut):
        names = ("key", "name", "segment", "plan", "region", "csm_email", "acv", "renewal_date", "customer_since")
        yield row["id"], *(row[name] for name in names)


async def responses(wanted: Export) -> AsyncIterator[Values]:
    grouping = Grouping(wanted.policy)
    async for row in exports.all_answers(wanted.tx, wanted.cut):
        groups = grouping.groups(_account(row), row["role"], row["surface"], row["responded_at"])
        given: dict[str, object] = {
            **row,
            "response": row["id"],
            "quarter": quarter(quarter_of(row["responded_at"], grouping.starts), grouping.starts).key,
            **{f"group_{dimension}": value for dimension, value in groups.items()},
        }
        yield tuple(given[name] for name in RESPONSES.columns)


async def cases(wanted: Export) -> AsyncIterator[Values]:
    grouping = Grouping(wanted.policy)
    async for kept in exports.all_cases(wanted.tx, wanted.cut):
        given = _case(wanted, grouping, kept)
        yield tuple(given[name] for name in CASES.columns)


async def events(wanted: Export) -> AsyncIterator[Values]:
    async for case_id, history in exports.all_histories(wanted.tx, wanted.cut):
        for number, event in enumerate(history, start=1):
            details = json.dumps(dict(event.details), ensure_ascii=False, sort_keys=True) if event.details else ""
            yield (
                *(case_id, number, event.kind.value, event.actor, event.at),
                *(event.before, event.after, event.note, details),
            )


async def actions(wanted: Export) -> AsyncIterator[Values]:
    async for case_id, history in exports.all_histories(wanted.tx, wanted.cut):
        for each in logged(history):
            if isinstance(each.entry, Action):
                yield _action(case_id, each, each.entry)


async def alarms(wanted: Export) -> AsyncIterator[Values]:
    async for row in exports.all_alarms(wanted.tx, wanted.cut):
        yield tuple(row[name] for name in ALARMS.columns)


async def published(wanted: Export) -> AsyncIterator[Values]:
    for period, page in await _published(wanted):
        ask = page.ask
        asked = (ask.kind.value, ask.decision, ask.who, ask.action, ask.due) if ask else ("", "", "", "", None)
        yield page.id, page.programme, period.key, page.published_at, page.published_by, *asked


async def decisions(wanted: Export) -> AsyncIterator[Values]:
    for period, page in await _published(wanted):
        for number, each in enumerate(page.decisions, start=1):
            place = (page.id, number, page.programme, period.key)
            said = (each.at, each.by, each.answer.value, each.sentence, each.name)
            effect = each.effect
            changed = (effect.changed.value, effect.note, effect.by, effect.at) if effect else ("", "", "", None)
            yield *place, *said, *changed


async def registry(wanted: Export) -> AsyncIterator[Values]:
    starts = wanted.policy.figures.fiscal_year_starts
    async for item in exports.all_items(wanted.tx, wanted.cut):
        programme = wanted.policy.programmes.get(item.programme)
        plan = item.plan
        # Of a programme that the policy no longer has, nobody knows where its days end.
        late = late_from(plan, wanted.policy.calendar_of(programme).zone_info) if plan and programme else None
        yield (
            *(item.id, item.programme, item.theme, item.tag, quarter(item.quarter, starts).key, item.state.value),
            *((plan.action, plan.owner, plan.due, late, plan.criterion) if plan else ("", "", None, None, "")),
            *(item.opened_at, item.opened_by, item.closed_at, item.closed_by, item.result),
        )


async def registry_cases(wanted: Export) -> AsyncIterator[Values]:
    async for item_id, case_id in exports.all_links(wanted.tx, wanted.cut):
        yield item_id, case_id


async def _published(wanted: Export) -> list[tuple[Period, Readout]]:
    """The published readouts of the quarters that begin in the cut, each with its quarter; by number."""
    keys = {*wanted.policy.programmes, *await exports.programmes(wanted.tx, wanted.cut)}
    keys &= {wanted.cut.programme or key for key in keys}
    pages = await readouts.published(wanted.tx, keys)
    starts = wanted.policy.figures.fiscal_year_starts
    found = [(quarter(page.quarter, starts), page) for page in sorted(pages, key=lambda page: page.id)]
    whole = wanted.period
    return [(period, page) for period, page in found if whole is None or whole.covers(period.start)]


Rows = Callable[[Export], AsyncIterator[Values]]
ROWS: Mapping[str, Rows] = MappingProxyType(
    {
        ABOUT.name: about,
        PROGRAMMES.name: programmes,
        CONTACTS.name: contacts,
        ACCOUNTS.name: accounts,
        RESPONSES.name: responses,
        CASES.name: cases,
        EVENTS.name: events,
        ACTIONS.name: actions,
        ALARMS.name: alarms,
        READOUTS.name: published,
        DECISIONS.name: decisions,
        REGISTRY.name: registry,
        REGISTRY_CASES.name: registry_cases,
    }
)


def _action(case_id: int, each: Logged, entry: Action) -> Values:
    return (
        *(case_id, each.number, each.by, each.at, entry.happened_at or each.at, entry.kind.value),
        *(entry.deliverable, entry.person, entry.partner, entry.due, bool(each.corrections)),
    )


def _case(wanted: Export, grouping: Grouping, kept: KeptCase) -> dict[str, object]:
    case, progress, policy = kept.case, kept.case.progress, wanted.policy
    segment = grouping.segment(kept.segment)
    row = row_of(
        case,
        wanted.tx.now,
        acv=kept.acv,
        segment=segment,
        most_waiting=policy.pause.most,
        flag_due=_flag_due(policy, case),
    )
    same = {name: getattr(row, name) for name in CASES.columns if hasattr(row, name)}
    return {
        **same,
        "case_id": case.id,
        "contact_id": case.contact_id,
        "response": case.response_id,
        "outcome_reason": case.outcome_reason,
        "urgency_why": case.urgency_why,
        "skipped": _listed(case.sla.skipped),
        "opened_at": case.opened_at,
        "action_again_due": progress.action_again_due,
        "action_kind": progress.action.kind.value if progress.action else "",
        "follow_up_result": progress.follow_up_result.value if progress.follow_up_result else "",
        "verdict": progress.verdict.value if progress.verdict else "",
        "later_score": progress.later_score,
        "waiting": Decimal(row.waiting // A_MICROSECOND) / MICROSECONDS,
        "group_segment": segment,
        "outcome": row.outcome.value if row.outcome else "",
        "next_step": row.next_step.value if row.next_step else "",
    }


def _flag_due(policy: Policy, case: Case) -> datetime | None:
    """When the card should have been posted; None for a programme that the policy no longer has."""
    programme = policy.programmes.get(case.programme)
    return due(policy.calendar_of(programme), case.submitted_at, policy.ladder.flag) if programme else None


def _account(row: sa.RowMapping) -> Account | None:
    if row["account_id"] is None:
        return None
    return Account(
        key=row["account_key"],
        name=row["account_name"],
        acv=row["account_acv"],
        renewal_date=row["account_renewal_date"],
        segment=row["account_segment"],
        csm_email=row["account_csm_email"],
        plan=row["account_plan"],
        region=row["account_region"],
        customer_since=row["account_customer_since"],
    )


def _listed(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
