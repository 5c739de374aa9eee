"""The SLA clock: alarms, what is said to whom, jobs that are done once, and a timer for every open case."""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("cases", sa.Column("sla", Json, server_default="{}", nullable=False))
    op.add_column("outbox", sa.Column("mailed_at", Utc()))
    _alarms()
    _what_is_said()
    op.create_table(
        "jobs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("done_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period", "target", name="pk_jobs"),
    )
    op.create_table(
        "beats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_beats"),
    )
    # Due at once: every open case is looked at by the clock once, and gets the timer that it should have.
    op.execute(
        "INSERT INTO timers (case_id, kind, due_at) SELECT id, 'clock', opened_at FROM cases WHERE state <> 'closed'"
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("raised_at", Utc(), nullable=False),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        sa.Column("outage", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acknowledged_at", Utc()),
        sa.Column("acknowledged_by", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", Utc()),
        sa.Column("closed_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_alarms_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
        sa.UniqueConstraint("case_id", "step", "level", "occurrence", name="uq_alarms_case_id_step_level_occurrence"),
    )


def _what_is_said() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said_at", Utc(), nullable=False),
        sa.Column("about", Json, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
    )
    op.create_index("ix_bulletins_user_id", "bulletins", ["user_id"])
    op.create_table(
        "notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("alarm_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("instead_of", sa.Text(), server_default="", nullable=False),
        sa.Column("speak_at", Utc(), nullable=False),
        sa.Column("bulletin_id", Id),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_notices_alarm_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_notices_case_id"),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name="fk_notices_bulletin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("alarm_id", "user_id", name="uq_notices_alarm_id_user_id"),
    )
    op.create_index("ix_notices_case_id", "notices", ["case_id"])
    op.create_index("ix_notices_user_id", "notices", ["user_id"])
    op.create_index("ix_notices_bulletin_id", "notices", ["bulletin_id"])
    op.create_index(
        "ix_notices_unsaid",
        "notices",
        ["speak_at"],
        sqlite_where=sa.text("bulletin_id IS NULL"),
        postgresql_where=sa.text("bulletin_id IS NULL"),
    )
