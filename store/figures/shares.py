"""Figures that somebody showed to a channel, kept as they looked then: what is shown twice is the same twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.engine import Tx
from store.tables import bulletins

KIND = "shared"


@dataclass(frozen=True, slots=True)
class Share:
    """One message to a channel: `text` and `blocks` as Slack takes them."""

    id: int
    channel: str
    text: str
    blocks: tuple[Mapping[str, Any], ...]


async def add(tx: Tx, channel: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> Share:
    about = {"text": text, "blocks": list(blocks)}
    values = {"user_id": channel, "kind": KIND, "said_at": tx.now, "about": about}
    got = await tx.conn.execute(_ADD, values)
    return Share(int(got.scalar_one()), channel, text, tuple(blocks))


async def get(tx: Tx, share_id: int) -> Share | None:
    row = (await tx.conn.execute(_GET, {"share_id": share_id})).first()
    return Share(row.id, row.user_id, row.about["text"], tuple(row.about["blocks"])) if row else None


_ADD = sa.insert(bulletins).returning(bulletins.c.id)
_GET = sa.select(bulletins).where(bulletins.c.id == sa.bindparam("share_id"), bulletins.c.kind == KIND)
