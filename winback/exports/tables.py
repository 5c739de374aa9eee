"""What an export holds: its files, their columns, and what kind of value each column has.

docs/figures-dictionary.md says what each column means; a test holds both together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from recovery.figures.dimensions import Dimension


class Form(StrEnum):
    """How a value is written. MOMENT: UTC, to the microsecond. MONEY: two decimals. SECONDS: six decimals."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes or no"
    MOMENT = "moment"
    DAY = "day"
    MONEY = "money"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the export: its name without ending, and its columns in order."""

    name: str
    columns: Mapping[str, Form]


def _sheet(name: str, *columns: tuple[Form, str]) -> Sheet:
    """Columns are listed by form, several names with spaces between; their order is the order of the file."""
    found = {each: form for form, names in columns for each in names.split()}
    return Sheet(name, MappingProxyType(found))


GROUPS = " ".join(f"group_{dimension.value}" for dimension in Dimension)

ABOUT = _sheet("about", (Form.TEXT, "name value"))
PROGRAMMES = _sheet("programmes", (Form.TEXT, "programme name kind"))
CONTACTS = _sheet("contacts", (Form.NUMBER, "contact_id"), (Form.TEXT, "key name email"))
ACCOUNTS = _sheet(
    "accounts",
    (Form.NUMBER, "account_id"),
    (Form.TEXT, "key name segment plan region csm_email"),
    (Form.MONEY, "acv"),
    (Form.DAY, "renewal_date customer_since"),
)
RESPONSES = _sheet(
    "responses",
    (Form.NUMBER, "response"),
    (Form.TEXT, "source response_id programme"),
    (Form.NUMBER, "contact_id account_id case_id score"),
    (Form.TEXT, "category"),
    (Form.MOMENT, "responded_at version_at received_at"),
    (Form.TEXT, "verbatim role surface survey_id survey_name permalink"),
    (Form.YES_NO, "follow_up_requested"),
    (Form.TEXT, f"quarter {GROUPS}"),
)
CASES = _sheet(
    "cases",
    (Form.NUMBER, "case_id"),
    (Form.TEXT, "programme"),
    (Form.NUMBER, "contact_id account_id response"),
    (Form.TEXT, "state outcome outcome_reason urgency urgency_why owner tier skipped"),
    (Form.MOMENT, "submitted_at opened_at flag_due flagged_at assign_due assigned_at outreach_due contacted_at"),
    (Form.MOMENT, "conversation_due conversation_at action_due first_committed_at action_again_due"),
    (Form.TEXT, "action_kind"),
    (Form.MOMENT, "follow_up_due follow_up_at"),
    (Form.TEXT, "follow_up_result"),
    (Form.NUMBER, "commitments slips breaks"),
    (Form.MOMENT, "closed_at"),
    (Form.TEXT, "root_cause verdict result"),
    (Form.NUMBER, "later_score"),
    (Form.SECONDS, "waiting"),
    (Form.MONEY, "acv"),
    (Form.TEXT, "group_segment next_step"),
    (Form.MOMENT, "next_due first_due"),
)
EVENTS = _sheet(
    "events",
    (Form.NUMBER, "case_id number"),
    (Form.TEXT, "kind actor"),
    (Form.MOMENT, "logged_at"),
    (Form.TEXT, "before after note details"),
)
ACTIONS = _sheet(
    "actions",
    (Form.NUMBER, "case_id number"),
    (Form.TEXT, "logged_by"),
    (Form.MOMENT, "logged_at happened_at"),
    (Form.TEXT, "kind deliverable person partner"),
    (Form.DAY, "due"),
    (Form.YES_NO, "corrected"),
)
ALARMS = _sheet(
    "alarms",
    (Form.NUMBER, "case_id"),
    (Form.TEXT, "programme case_outcome step level"),
    (Form.NUMBER, "occurrence"),
    (Form.MOMENT, "due_at raised_at"),
    (Form.YES_NO, "spoken"),
    (Form.MOMENT, "acknowledged_at"),
    (Form.TEXT, "acknowledged_by"),
    (Form.MOMENT, "closed_at"),
    (Form.TEXT, "closed_why"),
)
READOUTS = _sheet(
    "readouts",
    (Form.NUMBER, "readout"),
    (Form.TEXT, "programme quarter"),
    (Form.MOMENT, "published_at"),
    (Form.TEXT, "published_by ask_kind ask_decision ask_who ask_action"),
    (Form.DAY, "ask_due"),
)
DECISIONS = _sheet(
    "decisions",
    (Form.NUMBER, "readout number"),
    (Form.TEXT, "programme quarter"),
    (Form.MOMENT, "decided_at"),
    (Form.TEXT, "decided_by answer sentence name changed changed_note changed_by"),
    (Form.MOMENT, "changed_at"),
)
REGISTRY = _sheet(
    "registry",
    (Form.NUMBER, "item"),
    (Form.TEXT, "programme theme tag quarter state action owner"),
    (Form.DAY, "due"),
    (Form.MOMENT, "late_from"),
    (Form.TEXT, "criterion"),
    (Form.MOMENT, "opened_at"),
    (Form.TEXT, "opened_by"),
    (Form.MOMENT, "closed_at"),
    (Form.TEXT, "closed_by result"),
)
REGISTRY_CASES = _sheet("registry_cases", (Form.NUMBER, "item case_id"))
SHEETS = (
    ABOUT,
    PROGRAMMES,
    CONTACTS,
    ACCOUNTS,
    RESPONSES,
    CASES,
    EVENTS,
    ACTIONS,
    ALARMS,
    READOUTS,
    DECISIONS,
    REGISTRY,
    REGISTRY_CASES,
)
