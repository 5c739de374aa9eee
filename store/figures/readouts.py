"""Readouts: what people wrote on the page of a programme and quarter, when it was published, what was decided on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.readouts.page import Answer, Ask, AskKind, Changed, Decision, Effect
from store.engine import Tx
from store.errors import Contended
from store.figures.figure_tables import decisions, readouts


class ReadoutState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Posted:
    """The page as it was published, as Slack takes it; `paper` is its printable sheet, HTML, "" in old rows."""

    text: str
    blocks: tuple[Mapping[str, Any], ...]
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Readout:
    """`quarter` as recovery.figures.periods numbers them; `reasons` by segment key; `version` counts the changes."""

    id: int
    programme: str
    quarter: int
    state: ReadoutState
    draft_at: datetime
    version: int
    reasons: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None
    posted: Posted | None = None
    published_at: datetime | None = None
    published_by: str = ""
    decisions: tuple[Decision, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """What counts: the last that was said."""
        return self.decisions[-1] if self.decisions else None

    @property
    def is_decided(self) -> bool:
        return self.decision is not None and self.decision.decides


async def draft(tx: Tx, programme: str, quarter: int) -> Readout:
    """The readout of this programme and quarter; a draft is begun where there is none."""
    values = {"programme": programme, "quarter": quarter, "draft_at": tx.now, "reasons": {}}
    await tx.conn.execute(_BEGIN[tx.postgres], values)
    found = await find(tx, programme, quarter)
    if found is None:
        raise Contended("The draft was begun by somebody else at the same moment. Please try again.")
    return found


async def find(tx: Tx, programme: str, quarter: int) -> Readout | None:
    found = await _read(tx, sa.and_(readouts.c.programme == programme, readouts.c.quarter == quarter))
    return found[0] if found else None


async def get(tx: Tx, readout_id: int) -> Readout | None:
    found = await _read(tx, readouts.c.id == readout_id)
    return found[0] if found else None


async def last_published(tx: Tx, programme: str, before: int) -> Readout | None:
    """The programme's latest published readout of a quarter before this one."""
    is_before = sa.and_(
        readouts.c.programme == programme, readouts.c.quarter < before, readouts.c.published_at.is_not(None)
    )
    found = await _read(tx, is_before, most=1)
    return found[0] if found else None


async def published(tx: Tx, programmes: Iterable[str]) -> list[Readout]:
    """Every published readout of these programmes, the latest quarter first."""
    wanted = sorted(set(programmes))
    return await _read(tx, sa.and_(readouts.c.programme.in_(wanted), readouts.c.published_at.is_not(None)))


async def write(tx: Tx, readout: Readout, reasons: Mapping[str, str], ask: Ask | None) -> None:
    """Keep what was written on a draft. Raises Contended if somebody else has changed it."""
    await _change(tx, readout, reasons=dict(reasons), ask=_told(ask))


async def publish(tx: Tx, readout: Readout, posted: Posted, by: str) -> None:
    """Raises Contended if somebody else has changed it."""
    page = {"text": posted.text, "blocks": list(posted.blocks), "paper": posted.paper}
    state = ReadoutState.PUBLISHED.value
    await _change(tx, readout, state=state, posted=page, published_at=tx.now, published_by=by)


async def decide(tx: Tx, readout: Readout, decision: Decision) -> None:
    """Keep what was said to the Ask. Raises Contended if somebody else has just said something."""
    await _change(tx, readout)
    await tx.conn.execute(
        sa.insert(decisions).values(
            readout_id=readout.id,
            answer=decision.answer.value,
            by=decision.by,
            sentence=decision.sentence,
            name=decision.name,
            at=decision.at,
        )
    )


async def note_effect(tx: Tx, readout: Readout, effect: Effect) -> None:
    """Keep what its decision has changed, in place of what was kept. Raises Contended if somebody was faster."""
    await _change(tx, readout)
    said = sa.and_(decisions.c.readout_id == readout.id, decisions.c.answer != Answer.KEEP_MONITORING.value)
    kept = {
        "changed": effect.changed.value,
        "changed_note": effect.note,
        "changed_by": effect.by,
        "changed_at": effect.at,
    }
    await tx.conn.execute(sa.update(decisions).where(said).values(kept))


async def _change(tx: Tx, readout: Readout, **values: object) -> None:
    same = sa.and_(readouts.c.id == readout.id, readouts.c.version == readout.version)
    got = await tx.conn.execute(sa.update(readouts).where(same).values(version=readout.version + 1, **values))
    if got.rowcount != 1:
        raise Contended("This readout was changed at the same moment. Please try again.")


async def _read(tx: Tx, where: sa.ColumnElement[bool], most: int | None = None) -> list[Readout]:
    query = sa.select(readouts).where(where).order_by(readouts.c.quarter.desc(), readouts.c.programme).limit(most)
    rows = (await tx.conn.execute(query)).all()
    said = await _decisions(tx, [row.id for row in rows])
    return [_readout(row, said.get(row.id, ())) for row in rows]


async def _decisions(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[Decision, ...]]:
    rows = await tx.conn.execute(
        sa.select(decisions).where(decisions.c.readout_id.in_(ids)).order_by(decisions.c.at, decisions.c.id)
    )
    found: dict[int, tuple[Decision, ...]] = {}
    for row in rows:
        decision = Decision(Answer(row.answer), row.sentence, row.name, row.by, row.at, _effect(row))
        found[row.readout_id] = (*found.get(row.readout_id, ()), decision)
    return found


def _effect(row: Any) -> Effect | None:
    if not row.changed:
        return None
    return Effect(Changed(row.changed), row.changed_note, row.changed_by, row.changed_at)


def _readout(row: Any, said: tuple[Decision, ...]) -> Readout:
    return Readout(
        id=row.id,
        programme=row.programme,
        quarter=row.quarter,
        state=ReadoutState(row.state),
        draft_at=row.draft_at,
        version=row.version,
        reasons=dict(row.reasons),
        ask=_ask(row.ask),
        posted=_posted(row.posted),
        published_at=row.published_at,
        published_by=row.published_by,
        decisions=said,
    )


def _posted(told: Mapping[str, Any] | None) -> Posted | None:
    return Posted(told["text"], tuple(told["blocks"]), told.get("paper", "")) if told else None


def _told(ask: Ask | None) -> dict[str, str] | None:
    if ask is None:
        return None
    return {
        "kind": ask.kind.value,
        "decision": ask.decision,
        "who": ask.who,
        "action": ask.action,
        "due": ask.due.isoformat(),
    }


def _ask(told: Mapping[str, str] | None) -> Ask | None:
    if not told:
        return None
    due = date.fromisoformat(told["due"])
    return Ask(AskKind(told["kind"]), told["decision"], told["who"], told["action"], due)


def _begin(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_nothing(index_elements=["programme", "quarter"])


_BEGIN = {False: _begin(sqlite.insert(readouts)), True: _begin(postgresql.insert(readouts))}
