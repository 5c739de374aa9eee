"""Themes as people left them, the registry of actions, what decisions have changed, and escalations by time."""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0007"
down_revision = "0006"

# Actions of a period from the index alone; Postgres would read the cases all the same.
PROMISES = """
CREATE INDEX ix_cases_promises ON cases (
    programme, submitted_at, outcome,
    json_extract(progress, '$.commitments'), json_extract(progress, '$.slips'), json_extract(progress, '$.breaks'),
    json_extract(progress, '$.follow_up_result'), json_extract(progress, '$.action.kind')
) WHERE json_extract(progress, '$.commitments') IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "themes",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("changed_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("programme", "key", name="pk_themes"),
    )
    op.create_table(
        "registry_items",
        sa.Column("id", Id, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("criterion", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("opened_by", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("closed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry_items"),
        sa.UniqueConstraint("programme", "theme", "quarter", name="uq_registry_items_programme_theme_quarter"),
    )
    op.create_table(
        "registry_cases",
        sa.Column("item_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["registry_items.id"], name="fk_registry_cases_item_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_registry_cases_case_id"),
        sa.PrimaryKeyConstraint("item_id", "case_id", name="pk_registry_cases"),
    )
    op.create_index("ix_registry_cases_case_id", "registry_cases", ["case_id"])
    op.add_column("decisions", sa.Column("changed", sa.Text(), server_default="", nullable=False))
    op.add_column("decisions", sa.Column("changed_note", sa.Text(), server_default="", nullable=False))
    op.add_column("decisions", sa.Column("changed_by", sa.Text(), server_default="", nullable=False))
    op.add_column("decisions", sa.Column("changed_at", Utc(), nullable=True))
    op.create_index(
        "ix_alarms_escalated",
        "alarms",
        ["raised_at"],
        sqlite_where=sa.text("level IN ('breach', 'executive')"),
        postgresql_where=sa.text("level IN ('breach', 'executive')"),
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(PROMISES)
