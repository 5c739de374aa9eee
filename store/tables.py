"""Every table but those of figures. Column names are the field's words; the migrations must say the same."""

import sqlalchemy as sa

import store.figures.figure_tables  # noqa: F401 - puts its tables into the one collection, whoever asks for it
from store.columns import Id, Json, Utc, metadata
from store.columns import text as _text

__all__ = [
    "Utc",
    "absences",
    "accounts",
    "alarms",
    "beats",
    "bulletins",
    "cases",
    "channels",
    "contacts",
    "deliveries",
    "events",
    "groups",
    "jobs",
    "lanes",
    "members",
    "metadata",
    "notices",
    "outbox",
    "people",
    "responses",
    "timers",
]

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
    # Figures of a period that is no quarter, from the index alone.
    sa.Index("ix_responses_figures", "programme", "responded_at", "contact_id", "score", "account_id"),
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
    # What the history amounts to (recovery.cases.progress), so that a list of cases needs no history.
    sa.Column("progress", Json, nullable=False, server_default="{}"),
    # The limits the case was opened with (recovery.cases.case.Sla), as words; {} for cases from before they were kept.
    sa.Column("sla", Json, nullable=False, server_default="{}"),
    # Two words of the progress once more, for figures of many thousand cases.
    sa.Column("contacted_at", Utc),
    _text("verdict"),
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
    # Figures of a period, from the index alone. SQLite has one more, ix_cases_promises of migration 0007, for what is
    # in the progress; it stands only there, since the databases can't be asked what is in such an index.
    sa.Index(
        "ix_cases_figures",
        "programme",
        "submitted_at",
        "contacted_at",
        "outreach_due",
        "outcome",
        "verdict",
        "account_id",
    ),
    # The lists of open cases; most cases are closed. A query has to say `state <> 'closed'` to be served by it.
    sa.Index(
        "ix_cases_programme_state",
        "programme",
        "state",
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    ),
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

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("raised_at", Utc, nullable=False),
    # False for what a more severe alarm of the same moment covered.
    sa.Column("spoken", sa.Boolean, nullable=False),
    # Seconds of real time in which nobody had looked, for what the first sweep after an outage raised.
    sa.Column("outage", sa.Integer, nullable=False, server_default="0"),
    sa.Column("acknowledged_at", Utc),
    _text("acknowledged_by"),
    sa.Column("closed_at", Utc),
    _text("closed_why"),
    sa.UniqueConstraint("case_id", "step", "level", "occurrence"),
    # A month's escalations, which are few among all alarms (store.figures.monthly says the same words).
    sa.Index(
        "ix_alarms_escalated",
        "raised_at",
        sqlite_where=sa.text("level IN ('breach', 'executive')"),
        postgresql_where=sa.text("level IN ('breach', 'executive')"),
    ),
)

bulletins = sa.Table(
    "bulletins",
    metadata,
    sa.Column("id", Id, primary_key=True),
    # A Slack user id, or the id of a channel where the message is for a channel.
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("said_at", Utc, nullable=False),
    sa.Column("about", Json, nullable=False, server_default="{}"),
    sa.Index(None, "user_id"),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("alarm_id", Id, sa.ForeignKey("alarms.id"), nullable=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    _text("role"),
    _text("instead_of"),
    sa.Column("speak_at", Utc, nullable=False),
    sa.Column("bulletin_id", Id, sa.ForeignKey("bulletins.id")),
    sa.UniqueConstraint("alarm_id", "user_id"),
    sa.Index(None, "case_id"),
    sa.Index(None, "user_id"),
    sa.Index(None, "bulletin_id"),
    sa.Index(
        "ix_notices_unsaid",
        "speak_at",
        sqlite_where=sa.text("bulletin_id IS NULL"),
        postgresql_where=sa.text("bulletin_id IS NULL"),
    ),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("done_at", Utc, nullable=False),
)

beats = sa.Table(
    "beats",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # Real time, unlike every other moment of a case.
    sa.Column("at", Utc, nullable=False),
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
    # When it went out as a mail, because Slack took nothing for too long; kept before it is sent, so never twice.
    sa.Column("mailed_at", Utc),
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

groups = sa.Table(
    "groups",
    metadata,
    sa.Column("group_id", sa.Text, primary_key=True),
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
