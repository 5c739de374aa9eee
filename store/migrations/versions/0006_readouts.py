"""Readouts, and what was decided on their Asks."""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "readouts",
        sa.Column("id", Id, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reasons", Json, server_default="{}", nullable=False),
        sa.Column("ask", Json, nullable=True),
        sa.Column("posted", Json, nullable=True),
        sa.Column("draft_at", Utc(), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("published_by", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_readouts"),
        sa.UniqueConstraint("programme", "quarter", name="uq_readouts_programme_quarter"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("readout_id", Id, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["readout_id"], ["readouts.id"], name="fk_decisions_readout_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_readout_id", "decisions", ["readout_id"])
