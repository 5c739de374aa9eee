"""The tables of figures and readouts: what is counted as answers come, and what leaders decided on it."""

import sqlalchemy as sa

from store.columns import Id, Json, Utc, metadata
from store.columns import text as _text

# The latest answer of each contact in a programme and quarter (recovery.periods numbers them), with its groups.
standings = sa.Table(
    "standings",
    metadata,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("quarter", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
    sa.Column("response_id", Id, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("responded_at", Utc, nullable=False),
    sa.Column("account_id", Id),
    sa.Column("groups", Json, nullable=False),
    sa.Index(None, "contact_id"),
    sa.Index(None, "account_id"),
)

# How many of them stand where, by group; dimension "" is everybody. Always the sums of the standings.
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("quarter", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("dimension", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("promoters", sa.Integer, nullable=False),
    sa.Column("passives", sa.Integer, nullable=False),
    sa.Column("detractors", sa.Integer, nullable=False),
)

# One page for each programme and quarter. `ask` and `posted` are null until there is one; `posted` is the page as it
# was published, so that it says the same when it is drawn again.
readouts = sa.Table(
    "readouts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("quarter", sa.Integer, nullable=False),
    _text("state", "draft"),
    sa.Column("reasons", Json, nullable=False, server_default="{}"),
    sa.Column("ask", Json),
    sa.Column("posted", Json),
    sa.Column("draft_at", Utc, nullable=False),
    sa.Column("published_at", Utc),
    _text("published_by"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("programme", "quarter"),
)

# What was said to an Ask, in order; the last one counts, and nothing follows a yes or a no.
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("readout_id", Id, sa.ForeignKey("readouts.id"), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Index(None, "readout_id"),
)
