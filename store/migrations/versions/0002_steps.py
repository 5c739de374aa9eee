"""The whole ladder: progress and evidence of the steps, timers, absences."""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("cases", sa.Column("conversation_due", Utc()))
    op.add_column("cases", sa.Column("conversation_why", sa.Text(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("action_due", Utc()))
    op.add_column("cases", sa.Column("action_why", sa.Text(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("progress", Json, server_default="{}", nullable=False))
    op.add_column("events", sa.Column("details", Json, server_default="{}", nullable=False))
    op.create_table(
        "timers",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_timers_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
        sa.UniqueConstraint("case_id", "kind", name="uq_timers_case_id_kind"),
    )
    op.create_index("ix_timers_due_at", "timers", ["due_at"])
    op.create_table(
        "absences",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("handed_on", Json, server_default="[]", nullable=False),
        sa.Column("state", sa.Text(), server_default="coming", nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_absences"),
    )
