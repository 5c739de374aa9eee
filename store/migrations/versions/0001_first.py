"""The first tables: inbox, answers, cases with their history, outbox, people."""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("acv", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("renewal_date", sa.Date(), nullable=True),
        sa.Column("segment", sa.Text(), server_default="", nullable=False),
        sa.Column("csm_email", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("key", name=op.f("uq_accounts_key")),
    )
    op.create_table(
        "channels",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_channels")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("key", name=op.f("uq_contacts_key")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("try_after", Utc, nullable=True),
        sa.Column("understood_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("source", "delivery_id", name=op.f("uq_deliveries_source_delivery_id")),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "lanes",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("free_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
    )
    op.create_table(
        "members",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "user_id", name=op.f("pk_members")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), server_default="1", nullable=False),
        sa.Column("wanted_at", Utc, nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shown_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("ts", sa.Text(), server_default="", nullable=False),
        sa.Column("detour", sa.Text(), server_default="", nullable=False),
        sa.Column("taken", sa.Integer(), nullable=True),
        sa.Column("taken_at", Utc, nullable=True),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("doubt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("send_after", Utc, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("surface", name=op.f("uq_outbox_surface")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["rank", "id"],
        unique=False,
        sqlite_where=sa.text("wanted > shown AND NOT stopped"),
        postgresql_where=sa.text("wanted > shown AND NOT stopped"),
    )
    op.create_table(
        "people",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("checked_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_email"), "people", ["email"], unique=False)
    op.create_table(
        "responses",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("verbatim", sa.Text(), server_default="", nullable=False),
        sa.Column("responded_at", Utc, nullable=False),
        sa.Column("version_at", Utc, nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("surface", sa.Text(), server_default="", nullable=False),
        sa.Column("survey_id", sa.Text(), server_default="", nullable=False),
        sa.Column("survey_name", sa.Text(), server_default="", nullable=False),
        sa.Column("permalink", sa.Text(), server_default="", nullable=False),
        sa.Column("follow_up_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name="score_range"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_responses_account_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_responses_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("source", "response_id", name=op.f("uq_responses_source_response_id")),
    )
    op.create_index(
        op.f("ix_responses_account_id_responded_at"),
        "responses",
        ["account_id", "responded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_responses_contact_id_programme_responded_at"),
        "responses",
        ["contact_id", "programme", "responded_at"],
        unique=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", Id, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("response_id", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("urgency_why", sa.Text(), server_default="", nullable=False),
        sa.Column("routed_to", sa.Text(), server_default="", nullable=False),
        sa.Column("routed_why", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("submitted_at", Utc, nullable=False),
        sa.Column("assign_due", Utc, nullable=False),
        sa.Column("assign_why", sa.Text(), server_default="", nullable=False),
        sa.Column("outreach_due", Utc, nullable=False),
        sa.Column("outreach_why", sa.Text(), server_default="", nullable=False),
        sa.Column("flagged_at", Utc, nullable=True),
        sa.Column("assigned_at", Utc, nullable=True),
        sa.Column("closed_at", Utc, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cases_account_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_cases_contact_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_cases_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("response_id", name=op.f("uq_cases_response_id")),
    )
    op.create_index(op.f("ix_cases_account_id"), "cases", ["account_id"], unique=False)
    op.create_index(op.f("ix_cases_owner_state"), "cases", ["owner", "state"], unique=False)
    op.create_index(
        "uq_cases_one_open",
        "cases",
        ["contact_id", "programme"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "events",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_events_case_id_version")),
    )
