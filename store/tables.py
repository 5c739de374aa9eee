"""Every table. Column names are the field's words; the migrations must say the same (`./dev check`)."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps it without a zone, so naive values are refused on the way in."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[datetime]:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON().with_variant(JSONB, "postgresql")


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("delivery_id", sa.Text, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("headers", Json, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _text("state", "waiting"),
    _text("error"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("try_after", Utc),
    sa.Column("understood_at", Utc),
    sa.UniqueConstraint("source", "delivery_id"),
    sa.Index(
        "ix_deliveries_waiting",
        "id",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _text("name"),
    _text("email"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _text("name"),
    sa.Column("acv", sa.Numeric(14, 2)),
    sa.Column("renewal_date", sa.Date),
    _text("segment"),
    _text("csm_email"),
    _text("plan"),
    _text("region"),
    sa.Column("customer_since", sa.Date),
)

responses = sa.Table(
    "responses",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("response_id", sa.Text, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("contact_id", Id, sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("account_id", Id, sa.ForeignKey("accounts.id")),
    # No foreign key: cases point here already, and SQLite can not add one later.
    sa.Column("case_id", Id),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    _text("verbatim"),
    sa.Column("responded_at", Utc, nullable=False),
    sa.Column("version_at", Utc, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    _text("role"),
    _text("surface"),
    _text("survey_id"),
    _text("survey_name"),
    _text("permalink"),
    sa.Column("follow_up_requested", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("source", "response_id"),
    sa.CheckConstraint("score BETWEEN 0 AND 10", name="score_range"),
    sa.Index(None, "contact_id", "programme", "responded_at"),
    sa.Index(None, "account_id", "responded_at"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("contact_id", Id, sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("account_id", Id, sa.ForeignKey("accounts.id")),
    sa.Column("response_id", Id, sa.ForeignKey("responses.id"), nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("urgency", sa.Text, nullable=False),
    _text("urgency_why"),
    _text("routed_to"),
    _text("routed_why"),
    _text("owner"),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("submitted_at", Utc, nullable=False),
    sa.Column("assign_due", Utc, nullable=False),
    _text("assign_why"),
    sa.Column("outreach_due", Utc, nullable=False),
    _text("outreach_why"),
    sa.Column("conversation_due", Utc),
    _text("conversation_why"),
    sa.Column("action_due", Utc),
    _text("action_why"),
    # What the history amounts to (recovery.progress), so that a list of cases needs no history.
    sa.Column("progress", Json, nullable=False, server_default="{}"),
    sa.Column("flagged_at", Utc),
    sa.Column("assigned_at", Utc),
    sa.Column("closed_at", Utc),
    sa.Column("outcome", sa.Text),
    _text("outcome_reason"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    # One open case for a contact in a programme, whatever arrives at the same moment (playbook, section 1).
    sa.Index(
        "uq_cases_one_open",
        "contact_id",
        "programme",
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    ),
    sa.Index(None, "account_id"),
    sa.Index(None, "owner", "state"),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    # The case's version that this event made; two writers of one version collide here too.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    _text("before"),
    _text("after"),
    _text("note"),
    sa.Column("details", Json, nullable=False, server_default="{}"),
    sa.UniqueConstraint("case_id", "version"),
)

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.UniqueConstraint("case_id", "kind"),
    sa.Index(None, "due_at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("surface", sa.Text, nullable=False, unique=True),
    sa.Column("target", sa.Text, nullable=False),
    _text("parent"),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False, server_default="1"),
    sa.Column("wanted_at", Utc, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False, server_default="0"),
    _text("shown_hash"),
    _text("channel"),
    _text("ts"),
    _text("detour"),
    sa.Column("taken", sa.Integer),
    sa.Column("taken_at", Utc),
    sa.Column("lease_until", Utc),
    sa.Column("doubt", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("send_after", Utc),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    _text("error"),
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(
        "ix_outbox_due",
        "rank",
        "id",
        sqlite_where=sa.text("wanted > shown AND NOT stopped"),
        postgresql_where=sa.text("wanted > shown AND NOT stopped"),
    ),
)

lanes = sa.Table(
    "lanes",
    metadata,
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("free_at", Utc, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    _text("email"),
    _text("name"),
    _text("zone"),
    sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("bot", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("checked_at", Utc, nullable=False),
    sa.Index(None, "email"),
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    # Cases handed on when it began, as numbers, to be handed back when it ends.
    sa.Column("handed_on", Json, nullable=False, server_default="[]"),
    _text("state", "coming"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True),
    _text("channel_id"),
    _text("name"),
    _text("problem"),
    sa.Column("checked_at", Utc, nullable=False),
)
