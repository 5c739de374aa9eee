"""The tables of figures and readouts: what is counted as answers come, and what leaders decided on it."""

import sqlalchemy as sa

from store.columns import Id, Json, Utc, metadata
from store.columns import text as _text

# The latest answer of each contact in a programme and quarter (recovery.figures.periods numbers them), with its groups.
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
    # Product, process or policy, once the decision has changed one (playbook, section 6, Engagement).
    _text("changed"),
    _text("changed_note"),
    _text("changed_by"),
    sa.Column("changed_at", Utc),
    sa.Index(None, "readout_id"),
)

# Themes that a person has named, merged or split, as recovery.themes.memory keeps them.
themes = sa.Table(
    "themes",
    metadata,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("parts", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("changed_at", Utc, nullable=False),
    _text("changed_by"),
)

# The action registry: what is to be done about a theme that came up too often. `opened_by` is "" where we opened it.
registry_items = sa.Table(
    "registry_items",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("quarter", sa.Integer, nullable=False),
    _text("state", "open"),
    _text("action"),
    _text("owner"),
    sa.Column("due", sa.Date),
    _text("criterion"),
    sa.Column("opened_at", Utc, nullable=False),
    _text("opened_by"),
    sa.Column("closed_at", Utc),
    _text("closed_by"),
    _text("result"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("programme", "theme", "quarter"),
)

registry_cases = sa.Table(
    "registry_cases",
    metadata,
    sa.Column("item_id", Id, sa.ForeignKey("registry_items.id"), primary_key=True, autoincrement=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Index(None, "case_id"),
)
