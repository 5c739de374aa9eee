"""Figures: answers counted by quarter as they come, and what figures need of a case as columns.

The counts are made by the first start afterwards (store.figures.tallies); until then figures are counted from the
answers.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, Utc

revision = "0005"
down_revision = "0004"

CASES = ["programme", "submitted_at", "contacted_at", "outreach_due", "outcome", "verdict", "account_id"]
RESPONSES = ["programme", "responded_at", "contact_id", "score", "account_id"]


def upgrade() -> None:
    op.add_column("cases", sa.Column("contacted_at", Utc()))
    op.add_column("cases", sa.Column("verdict", sa.Text(), server_default="", nullable=False))
    _fill()
    op.create_index("ix_cases_figures", "cases", CASES)
    op.create_index("ix_responses_figures", "responses", RESPONSES)
    op.create_table(
        "standings",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("response_id", Id, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("responded_at", Utc(), nullable=False),
        sa.Column("account_id", Id),
        sa.Column("groups", Json, nullable=False),
        sa.PrimaryKeyConstraint("programme", "quarter", "contact_id", name="pk_standings"),
    )
    op.create_index("ix_standings_contact_id", "standings", ["contact_id"])
    op.create_index("ix_standings_account_id", "standings", ["account_id"])
    op.create_table(
        "tallies",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("promoters", sa.Integer(), nullable=False),
        sa.Column("passives", sa.Integer(), nullable=False),
        sa.Column("detractors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("programme", "quarter", "dimension", "value", name="pk_tallies"),
    )


def _fill() -> None:
    """The progress keeps moments as ISO texts with a zone; a column of SQLite keeps them as Utc does, without one."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "UPDATE cases SET contacted_at = (progress ->> 'contacted_at')::timestamptz, "
            "verdict = coalesce(progress ->> 'verdict', '')"
        )
        return
    said = "json_extract(progress, '$.contacted_at')"
    # Of the seconds' fraction there are six digits or none; strftime rounds to three, so it never sees them.
    has_fraction = f"substr({said}, 20, 1) = '.'"
    whole = f"substr({said}, 1, 19) || CASE WHEN {has_fraction} THEN substr({said}, 27) ELSE substr({said}, 20) END"
    fraction = f"CASE WHEN {has_fraction} THEN substr({said}, 20, 7) ELSE '.000000' END"
    op.execute(
        f"UPDATE cases SET contacted_at = strftime('%Y-%m-%d %H:%M:%S', {whole}) || {fraction}, "  # noqa: S608 - our own words
        "verdict = coalesce(json_extract(progress, '$.verdict'), '')"
    )
