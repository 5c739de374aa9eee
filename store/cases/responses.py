"""Answers, contacts and accounts: rows in, values out. Upserts by (source, response id) and by key."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.cases.brief import Colleague, PastScore
from recovery.survey import Account, Contact, SurveyResponse
from store.engine import Tx
from store.tables import accounts, cases, contacts, responses


@dataclass(frozen=True, slots=True)
class Stored:
    """A response as it is kept; ids of the rows it hangs on."""

    id: int
    response: SurveyResponse
    programme: str
    contact_id: int
    account_id: int | None
    case_id: int | None


async def find(tx: Tx, source: str, response_id: str) -> Stored | None:
    return await _one(tx, _FIND, {"source": source, "response_id": response_id})


async def get(tx: Tx, id_: int) -> Stored:
    stored = await _one(tx, _GET, {"row_id": id_})
    if stored is None:
        raise LookupError(f"response {id_} is gone")
    return stored


async def joined(tx: Tx, case_id: int, but: int, most: int = 50) -> list[Stored]:
    """The newest detractors' answers that hang on the case beside the one that opened it, newest first."""
    rows = await tx.conn.execute(_JOINED, {"case_id": case_id, "but": but, "most": most})
    return [_stored(row) for row in rows.mappings()]


async def save(
    tx: Tx,
    response: SurveyResponse,
    programme: str,
    contact_id: int,
    account_id: int | None,
    received_at: datetime,
) -> int:
    """Writes the newest version of an answer; its id. Which version is newer is decided by the caller."""
    values = {
        "source": response.source,
        "response_id": response.response_id,
        "programme": programme,
        "contact_id": contact_id,
        "account_id": account_id,
        "score": response.score,
        "category": response.category.value,
        "verbatim": response.verbatim,
        "responded_at": response.responded_at,
        "version_at": response.version_at,
        "received_at": received_at,
        "role": response.role,
        "surface": response.surface,
        "survey_id": response.survey_id,
        "survey_name": response.survey_name,
        "permalink": response.permalink,
        "follow_up_requested": response.follow_up_requested,
    }
    return int((await tx.conn.execute(_SAVE[tx.postgres], values)).scalar_one())


async def hang_on(tx: Tx, response_id: int, case_id: int) -> None:
    """The answer belongs to this case from now on."""
    await tx.conn.execute(sa.update(responses).where(responses.c.id == response_id).values(case_id=case_id))


async def contact(tx: Tx, value: Contact) -> int:
    """The contact's row; a newer name or e-mail replaces, an empty one does not."""
    values = {"key": value.key, "name": value.name, "email": value.email}
    return int((await tx.conn.execute(_CONTACT[tx.postgres], values)).scalar_one())


async def account(tx: Tx, value: Account) -> int:
    """The account's row; what the answer knows replaces, what it doesn't know stays."""
    values = {
        "key": value.key,
        "name": value.name,
        "acv": value.acv,
        "renewal_date": value.renewal_date,
        "segment": value.segment,
        "csm_email": value.csm_email,
        "plan": value.plan,
        "region": value.region,
        "customer_since": value.customer_since,
    }
    return int((await tx.conn.execute(_ACCOUNT[tx.postgres], values)).scalar_one())


async def get_account(tx: Tx, id_: int | None) -> Account | None:
    if id_ is None:
        return None
    rows = await tx.conn.execute(_ACCOUNT_OF, {"row_id": id_})
    row = rows.mappings().one()
    return Account(
        key=row["key"],
        name=row["name"],
        acv=row["acv"],
        renewal_date=row["renewal_date"],
        segment=row["segment"],
        csm_email=row["csm_email"],
        plan=row["plan"],
        region=row["region"],
        customer_since=row["customer_since"],
    )


async def segments(tx: Tx, account_ids: Collection[int]) -> dict[int, str]:
    """The segments of these accounts, by number, as the survey tool named them."""
    if not account_ids:
        return {}
    rows = await tx.conn.execute(_SEGMENTS, {"ids": list(account_ids)})
    return dict(rows.all())


async def account_of(tx: Tx, contact_key: str) -> Account | None:
    """The account of the contact's latest answer that named one."""
    rows = await tx.conn.execute(_LATEST_ACCOUNT, {"contact_key": contact_key})
    return await get_account(tx, rows.scalar_one_or_none())


@dataclass(frozen=True, slots=True)
class Answered:
    """What the ledger needs of an answer."""

    id: int
    programme: str
    score: int
    responded_at: datetime


async def of_contact(tx: Tx, contact_id: int) -> list[Answered]:
    """Every answer of the contact, in any programme, oldest first."""
    rows = await tx.conn.execute(_OF_CONTACT, {"contact_id": contact_id})
    return [Answered(*row) for row in rows]


async def past_scores(tx: Tx, contact_id: int, programme: str, but: int) -> list[tuple[int | None, PastScore]]:
    """(case id, score) of the contact's other answers in the programme, oldest first."""
    rows = await tx.conn.execute(
        sa.select(responses.c.case_id, responses.c.score, responses.c.responded_at)
        .where(
            responses.c.contact_id == contact_id,
            responses.c.programme == programme,
            responses.c.id != but,
        )
        .order_by(responses.c.responded_at, responses.c.id)
    )
    return [(case_id, PastScore(score, at)) for case_id, score, at in rows.all()]


async def colleagues(tx: Tx, account_id: int | None, but: int, most: int = 20) -> list[Colleague]:
    """The latest answer of each other respondent of the account, newest first."""
    if account_id is None:
        return []
    newest = (
        sa.select(
            responses.c.contact_id,
            responses.c.role,
            responses.c.score,
            responses.c.responded_at,
            sa.func.row_number()
            .over(
                partition_by=responses.c.contact_id,
                order_by=(responses.c.responded_at.desc(), responses.c.id.desc()),
            )
            .label("place"),
        )
        .where(responses.c.account_id == account_id, responses.c.contact_id != but)
        .subquery()
    )
    open_case = (
        sa.select(sa.func.max(cases.c.id))
        .where(cases.c.contact_id == newest.c.contact_id, cases.c.state != sa.literal_column("'closed'"))
        .scalar_subquery()
    )
    rows = await tx.conn.execute(
        sa.select(contacts.c.name, contacts.c.email, newest.c.role, newest.c.score, newest.c.responded_at, open_case)
        .join(contacts, contacts.c.id == newest.c.contact_id)
        .where(newest.c.place == 1)
        .order_by(newest.c.responded_at.desc())
        .limit(most)
    )
    return [Colleague(name or email, role, score, at, case_id) for name, email, role, score, at, case_id in rows.all()]


async def known_ids(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    """Those of these response ids that are stored already."""
    found = await tx.conn.execute(_KNOWN_IDS, {"source": source, "ids": sorted(ids)})
    return set(found.scalars())


async def _one(tx: Tx, query: sa.Select[Any], values: dict[str, object]) -> Stored | None:
    row = (await tx.conn.execute(query, values)).mappings().first()
    return None if row is None else _stored(row)


def _stored(row: sa.RowMapping) -> Stored:
    return Stored(
        id=row["id"],
        response=SurveyResponse(
            source=row["source"],
            response_id=row["response_id"],
            score=row["score"],
            responded_at=row["responded_at"],
            version_at=row["version_at"],
            contact=Contact(row["contact_key"], row["contact_name"], row["contact_email"]),
            verbatim=row["verbatim"],
            role=row["role"],
            surface=row["surface"],
            survey_id=row["survey_id"],
            survey_name=row["survey_name"],
            programme=row["programme"],
            permalink=row["permalink"],
            follow_up_requested=row["follow_up_requested"],
        ),
        programme=row["programme"],
        contact_id=row["contact_id"],
        account_id=row["account_id"],
        case_id=row["case_id"],
    )


Insert = postgresql.Insert | sqlite.Insert
_BOTH: dict[bool, Callable[[sa.Table], Insert]] = {False: sqlite.insert, True: postgresql.insert}


def _newest(insert: Insert) -> Insert:
    """An answer's row by (source, response id): everything is replaced but when it first came and its case."""
    kept = {"id", "source", "response_id", "received_at", "case_id"}
    columns = {c.name: insert.excluded[c.name] for c in responses.c if c.name not in kept}
    return insert.on_conflict_do_update(index_elements=["source", "response_id"], set_=columns)


def _what_is_known(insert: Insert, table: sa.Table) -> Insert:
    """A row by key: what the newer one knows replaces, what it leaves empty stays."""
    columns = {}
    for column in table.c:
        if column.name in {"id", "key"}:
            continue
        new = insert.excluded[column.name]
        known = sa.func.nullif(new, "") if isinstance(column.type, sa.Text) else new
        columns[column.name] = sa.func.coalesce(known, column)
    return insert.on_conflict_do_update(index_elements=["key"], set_=columns)


# Built once: putting a statement together costs more than SQLite needs to run it.
_SAVE = {pg: _newest(insert(responses)).returning(responses.c.id) for pg, insert in _BOTH.items()}
_CONTACT = {pg: _what_is_known(insert(contacts), contacts).returning(contacts.c.id) for pg, insert in _BOTH.items()}
_ACCOUNT = {pg: _what_is_known(insert(accounts), accounts).returning(accounts.c.id) for pg, insert in _BOTH.items()}
_WHOLE = sa.select(
    responses,
    contacts.c.key.label("contact_key"),
    contacts.c.name.label("contact_name"),
    contacts.c.email.label("contact_email"),
).join(contacts, contacts.c.id == responses.c.contact_id)
_FIND = _WHOLE.where(
    responses.c.source == sa.bindparam("source"), responses.c.response_id == sa.bindparam("response_id")
)
_KNOWN_IDS = sa.select(responses.c.response_id).where(
    responses.c.source == sa.bindparam("source"), responses.c.response_id.in_(sa.bindparam("ids", expanding=True))
)
_GET = _WHOLE.where(responses.c.id == sa.bindparam("row_id"))
_JOINED = (
    _WHOLE.where(
        responses.c.case_id == sa.bindparam("case_id"),
        responses.c.id != sa.bindparam("but"),
        responses.c.category == sa.literal_column("'detractor'"),
    )
    .order_by(responses.c.id.desc())
    .limit(sa.bindparam("most"))
)
_OF_CONTACT = (
    sa.select(responses.c.id, responses.c.programme, responses.c.score, responses.c.responded_at)
    .where(responses.c.contact_id == sa.bindparam("contact_id"))
    .order_by(responses.c.responded_at, responses.c.id)
)
_LATEST_ACCOUNT = (
    sa.select(responses.c.account_id)
    .join(contacts, contacts.c.id == responses.c.contact_id)
    .where(contacts.c.key == sa.bindparam("contact_key"), responses.c.account_id.is_not(None))
    .order_by(responses.c.responded_at.desc(), responses.c.id.desc())
    .limit(1)
)
_SEGMENTS = sa.select(accounts.c.id, accounts.c.segment).where(
    accounts.c.id.in_(sa.bindparam("ids", expanding=True)), accounts.c.segment != ""
)
_ACCOUNT_OF = sa.select(accounts).where(accounts.c.id == sa.bindparam("row_id"))
