"""Where people stand, counted by quarter and group while answers come in: standings, and tallies as their sums.

A transaction only notes whose answers or which accounts it changed. Right before it commits, the standings of those
are made anew from what is stored, and the difference goes into the tallies. So a count can't be applied twice, and
what was noted of a change that was rolled back does no harm. On Postgres the rows are locked last of all, in one order:
contacts, accounts, standings, tallies.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.figures.dimensions import Dimension, groups_of
from recovery.figures.periods import quarter_of
from recovery.policy.file import Policy
from recovery.survey import Account, Category, category_of
from store.cases import responses as answers
from store.engine import Tx
from store.figures.figure_tables import standings, tallies
from store.tables import accounts, contacts, jobs, responses

EVERYBODY = ""  # the dimension, and its only group, of all answers
JOB = "figures"
TOGETHER = 500  # rows of one list in a statement
_NAME = "tallies"


class Grouping:
    """What of a policy the counts depend on."""

    def __init__(self, policy: Policy) -> None:
        self.starts = policy.figures.fiscal_year_starts
        self.bands = policy.figures.acv_bands
        self._policy = policy
        self._segments: dict[str, str | None] = {}
        self._groups: dict[str, str] = {}

    def segment_key(self, segment: str) -> str | None:
        """The key of a segment as an account writes it; None when the policy has no such segment."""
        if segment not in self._segments:
            found = self._policy.segment_named(segment)
            self._segments[segment] = found.key if found else None
        return self._segments[segment]

    def segment(self, segment: str) -> str:
        """The group of a segment as an account writes it."""
        if segment not in self._groups:
            some_time = datetime(2000, 1, 1, tzinfo=UTC)
            self._groups[segment] = self.groups(Account("", "", segment=segment), "", "", some_time)[Dimension.SEGMENT]
        return self._groups[segment]

    def groups(self, account: Account | None, role: str, surface: str, responded_at: datetime) -> dict[str, str]:
        """The groups of an answer by dimension."""
        found = groups_of(account, role, surface, responded_at, bands=self.bands, segment_key=self.segment_key)
        return {dimension.value: value for dimension, value in found.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Another one whenever answers would be counted differently."""
        segments = [[key, segment.name] for key, segment in self._policy.segments.items()]
        said = json.dumps([self.starts, list(self.bands), segments], ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()


async def keep_account(tx: Tx, policy: Policy, value: Account) -> int:
    """Writes what is known of an account, and lets its people's groups follow; its id."""
    before = (await tx.conn.execute(_KNOWN[tx.postgres], {"key": value.key})).first()
    id_ = await answers.account(tx, value)
    # One that wasn't there can have been written by another transaction meanwhile, and have people already.
    if before is None or before != (await tx.conn.execute(_KNOWN[False], {"key": value.key})).first():
        regroup(tx, policy, [id_])
    return id_


def follow(tx: Tx, policy: Policy, contact_ids: Iterable[int]) -> None:
    """Answers of these contacts were written in this transaction."""
    _noted(tx, policy).contacts.update(contact_ids)


def regroup(tx: Tx, policy: Policy, account_ids: Iterable[int]) -> None:
    """What is known of these accounts was changed in this transaction."""
    _noted(tx, policy).accounts.update(account_ids)


async def are_kept(tx: Tx, grouping: Grouping) -> bool:
    """Whether all answers are counted, and by today's rules; else figures are counted from the answers."""
    return await tx.conn.scalar(_KEPT, {"job": JOB, "period": grouping.fingerprint}) is not None


@dataclass(slots=True)
class _Noted:
    """What a transaction changed so far."""

    policy: Policy
    contacts: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)

    async def __call__(self, tx: Tx) -> None:
        await _settle(tx, Grouping(self.policy), self.contacts, self.accounts)


def _noted(tx: Tx, policy: Policy) -> _Noted:
    noted = tx.finishing.get(_NAME)
    if not isinstance(noted, _Noted):
        noted = tx.finishing[_NAME] = _Noted(policy)
    noted.policy = policy
    return noted


Key = tuple[int, str, int]  # contact, programme, quarter: the order in which standings are locked


@dataclass(frozen=True, slots=True)
class _Stand:
    """A row of the standings."""

    response_id: int
    score: int
    responded_at: datetime
    account_id: int | None
    groups: Mapping[str, str]


@dataclass(slots=True)
class _Difference:
    """What changes: standings by key (None: gone), and by how much each count of a tally."""

    stands: dict[Key, _Stand | None] = field(default_factory=dict)
    counts: Counter[tuple[str, int, str, str, Category]] = field(default_factory=Counter)

    def add(self, key: Key, before: _Stand | None, now: _Stand | None) -> None:
        if before == now:
            return
        self.stands[key] = now
        for stand, amount in ((before, -1), (now, 1)):
            if stand is not None:
                category = category_of(stand.score)
                for dimension, value in (*stand.groups.items(), (EVERYBODY, EVERYBODY)):
                    self.counts[key[1], key[2], dimension, value, category] += amount


async def _settle(tx: Tx, grouping: Grouping, contact_ids: set[int], account_ids: set[int]) -> None:
    difference = _Difference()
    colleagues = await _people_of(tx, account_ids) - contact_ids
    for chunk in _chunks(sorted(contact_ids | colleagues)):
        own = [each for each in chunk if each in contact_ids]
        if tx.postgres and own:
            await tx.conn.execute(_LOCK_CONTACTS, {"ids": own})
        await _compare(tx, grouping, chunk, own, account_ids, difference)
    await _write(tx, difference)


async def _compare(
    tx: Tx,
    grouping: Grouping,
    chunk: Sequence[int],
    own: Sequence[int],
    account_ids: Collection[int],
    difference: _Difference,
) -> None:
    """`own` are made anew from their answers; of the others only what hangs on these accounts is grouped anew."""
    latest = await _latest(tx, grouping, own)
    wanted = {row.account_id for row in latest.values()} | set(account_ids)
    known = await _accounts(tx, {each for each in wanted if each is not None})
    before = await _standings(tx, chunk)
    for key, row in latest.items():
        groups = grouping.groups(known.get(row.account_id), row.role, row.surface, row.responded_at)
        now = _Stand(row.id, row.score, row.responded_at, row.account_id, groups)
        difference.add(key, before.get(key), now)
    anew = set(own)
    for key, stand in before.items():
        if key[0] in anew:
            if key not in latest:
                difference.add(key, stand, None)
        elif stand.account_id in account_ids:
            said = stand.groups
            groups = grouping.groups(known.get(stand.account_id), said["role"], said["surface"], stand.responded_at)
            difference.add(
                key, stand, _Stand(stand.response_id, stand.score, stand.responded_at, stand.account_id, groups)
            )


async def _latest(tx: Tx, grouping: Grouping, contact_ids: Sequence[int]) -> dict[Key, Any]:
    """The latest answer of each contact in each programme and quarter."""
    if not contact_ids:
        return {}
    rows = await tx.conn.execute(_ANSWERS, {"ids": list(contact_ids)})
    # In order of time, so that the last one stays.
    return {(row.contact_id, row.programme, quarter_of(row.responded_at, grouping.starts)): row for row in rows}


async def _accounts(tx: Tx, ids: Collection[int]) -> dict[int | None, Account]:
    found: dict[int | None, Account] = {}
    for chunk in _chunks(sorted(ids)):
        for id_, *known in await tx.conn.execute(_ACCOUNTS[tx.postgres], {"ids": chunk}):
            found[id_] = Account(*known)
    return found


async def _people_of(tx: Tx, account_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for chunk in _chunks(sorted(account_ids)):
        found.update((await tx.conn.execute(_PEOPLE, {"ids": chunk})).scalars())
    return found


async def _standings(tx: Tx, contact_ids: Sequence[int]) -> dict[Key, _Stand]:
    rows = await tx.conn.execute(_STANDINGS[tx.postgres], {"ids": list(contact_ids)})
    return {
        (row.contact_id, row.programme, row.quarter): _Stand(
            row.response_id, row.score, row.responded_at, row.account_id, row.groups
        )
        for row in rows
    }


async def _write(tx: Tx, difference: _Difference) -> None:
    gone, there = [], []
    for key in sorted(difference.stands):
        stand = difference.stands[key]
        place = {"contact_id": key[0], "programme": key[1], "quarter": key[2]}
        if stand is None:
            gone.append({f"the_{name}": value for name, value in place.items()})
        else:
            there.append(
                {
                    **place,
                    "response_id": stand.response_id,
                    "score": stand.score,
                    "responded_at": stand.responded_at,
                    "account_id": stand.account_id,
                    "groups": dict(stand.groups),
                }
            )
    if gone:
        await tx.conn.execute(_GONE, gone)
    if there:
        await tx.conn.execute(_STAND[tx.postgres], there)
    if rows := list(_rows_of(difference.counts)):
        await tx.conn.execute(_COUNT[tx.postgres], rows)


def _rows_of(counts: Mapping[tuple[str, int, str, str, Category], int]) -> Iterator[dict[str, object]]:
    """By key in one order: two that count the same groups wait for each other, never both."""
    for place in sorted({key[:4] for key, amount in counts.items() if amount}):
        programme, quarter, dimension, value = place
        yield {
            "programme": programme,
            "quarter": quarter,
            "dimension": dimension,
            "value": value,
            "promoters": counts.get((*place, Category.PROMOTER), 0),
            "passives": counts.get((*place, Category.PASSIVE), 0),
            "detractors": counts.get((*place, Category.DETRACTOR), 0),
        }


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, TOGETHER)):
        yield chunk


Insert = postgresql.Insert | sqlite.Insert


def _stand(insert: Insert) -> Insert:
    columns = {name: insert.excluded[name] for name in ("response_id", "score", "responded_at", "account_id", "groups")}
    return insert.on_conflict_do_update(index_elements=["programme", "quarter", "contact_id"], set_=columns)


def _count(insert: Insert) -> Insert:
    columns = {name: tallies.c[name] + insert.excluded[name] for name in ("promoters", "passives", "detractors")}
    return insert.on_conflict_do_update(index_elements=["programme", "quarter", "dimension", "value"], set_=columns)


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_ACCOUNT = sa.select(accounts.c.id, *(accounts.c[each.name] for each in fields(Account)))
_LOOK = sa.select(
    accounts.c.acv, accounts.c.segment, accounts.c.csm_email, accounts.c.plan, accounts.c.region,
    accounts.c.customer_since,
).where(accounts.c.key == sa.bindparam("key"))  # fmt: skip
_KNOWN = {False: _LOOK, True: _LOOK.with_for_update(key_share=True)}
_KEPT = sa.select(jobs.c.job).where(jobs.c.job == sa.bindparam("job"), jobs.c.period == sa.bindparam("period"))
_LOCK_CONTACTS = (
    sa.select(contacts.c.id).where(contacts.c.id.in_(_IDS)).order_by(contacts.c.id).with_for_update(key_share=True)
)
_ANSWERS = (
    sa.select(
        responses.c.id,
        responses.c.programme,
        responses.c.contact_id,
        responses.c.account_id,
        responses.c.score,
        responses.c.responded_at,
        responses.c.role,
        responses.c.surface,
    )
    .where(responses.c.contact_id.in_(_IDS))
    .order_by(responses.c.responded_at, responses.c.id)
)
_NAMED = _ACCOUNT.where(accounts.c.id.in_(_IDS)).order_by(accounts.c.id)
_ACCOUNTS = {False: _NAMED, True: _NAMED.with_for_update(read=True)}
_PEOPLE = sa.select(standings.c.contact_id).where(standings.c.account_id.in_(_IDS)).distinct()
_ALL = (
    sa.select(standings)
    .where(standings.c.contact_id.in_(_IDS))
    .order_by(standings.c.contact_id, standings.c.programme, standings.c.quarter)
)
_STANDINGS = {False: _ALL, True: _ALL.with_for_update()}
_GONE = sa.delete(standings).where(
    standings.c.contact_id == sa.bindparam("the_contact_id"),
    standings.c.programme == sa.bindparam("the_programme"),
    standings.c.quarter == sa.bindparam("the_quarter"),
)
_STAND = {False: _stand(sqlite.insert(standings)), True: _stand(postgresql.insert(standings))}
_COUNT = {False: _count(sqlite.insert(tallies)), True: _count(postgresql.insert(tallies))}
