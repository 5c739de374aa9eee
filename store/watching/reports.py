"""What the admin is told of winback's own trouble, as bulletins of their own kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.engine import Tx
from store.tables import bulletins

KIND = "watch"


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that was told: `topic` says what it is about, `mended_at` since when it is over."""

    id: int
    user: str
    topic: str
    text: str
    mended_at: datetime | None = None


async def add(tx: Tx, user: str, topic: str, text: str) -> Report:
    values = {"user_id": user, "kind": KIND, "said_at": tx.now, "about": {"topic": topic, "text": text}}
    got = await tx.conn.execute(sa.insert(bulletins).values(**values).returning(bulletins.c.id))
    return Report(int(got.scalar_one()), user, topic, text)


async def get(tx: Tx, report_id: int) -> Report | None:
    rows = await tx.conn.execute(sa.select(bulletins).where(bulletins.c.id == report_id, bulletins.c.kind == KIND))
    row = rows.mappings().first()
    return _report(row) if row else None


async def standing(tx: Tx, topic: str) -> list[Report]:
    """What was told about the topic and is not over."""
    rows = await tx.conn.execute(
        sa.select(bulletins)
        .where(
            bulletins.c.kind == KIND,
            bulletins.c.about["topic"].as_string() == topic,
            bulletins.c.about["mended_at"].as_string().is_(None),
        )
        .order_by(bulletins.c.id)
    )
    return [_report(row) for row in rows.mappings()]


async def told(tx: Tx, topic: str) -> int:
    """How often the topic was ever told about."""
    found = await tx.conn.scalar(
        sa.select(sa.func.count()).where(bulletins.c.kind == KIND, bulletins.c.about["topic"].as_string() == topic)
    )
    return int(found or 0)


async def mend(tx: Tx, report: Report) -> None:
    about = {"topic": report.topic, "text": report.text, "mended_at": tx.now.isoformat()}
    await tx.conn.execute(sa.update(bulletins).where(bulletins.c.id == report.id).values(about=about))


def _report(row: sa.RowMapping) -> Report:
    about: dict[str, Any] = row["about"]
    mended = about.get("mended_at")
    return Report(
        row["id"], row["user_id"], about["topic"], about["text"], datetime.fromisoformat(mended) if mended else None
    )
