"""A small sound policy, and answers, that the tests of the rules bend to their needs."""

from dataclasses import replace
from datetime import UTC, datetime

from recovery.policy.file import Calendar, Policy, load_policy
from recovery.survey import Account, Contact, SurveyResponse

SOUND = """\
[workspace]
admin = "sam@acme.example"
fallback_channel = "C0CSLEADS"
crm_link = "https://crm.example/accounts/{account}"

[ladder]
flag = "1h"
outreach = "48h"

[calendars.office]
zone = "Europe/London"
mon = ["09:00-12:30", "13:30-17:30"]
tue = ["09:00-17:30"]
wed = ["09:00-17:30"]
thu = ["09:00-17:30"]
fri = ["09:00-17:30"]
days_off = [2026-12-25]

[urgency]
large_acv = 50000
renewal_within_days = 90

[capacity]
open_cases = 8

[teams.onboarding]
name = "Onboarding"
members = ["amara@acme.example", "ben@acme.example"]

[teams.research]
name = "Research"
members = ["ingrid@acme.example"]

[segments.enterprise]
name = "Enterprise"
manager = "tomas@acme.example"

[programmes.relational]
name = "Relational"
kind = "relational"
channel = "C0RELATIONAL"
calendar = "office"
owner = "marcus@acme.example"
leads = ["marcus@acme.example", "lena@acme.example"]
managers = ["elena@acme.example"]
rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]
score_owner = "research"
surveys = ["srv_1", "Relationship NPS"]
default = true

[[programmes.relational.keywords]]
words = ["onboarding", "go-live"]
team = "onboarding"

[programmes.support]
name = "After support"
kind = "transactional"
channel = "#nps-support"
fallback_channel = "#support-leads"
calendar = "office"
owner = "U0OWNER"
leads = ["U0LEAD"]
surveys = ["Support NPS"]

[sources.delighted]
adapter = "delighted"
secret_env = "WINBACK_DELIGHTED_SECRET"
programme = "relational"

[sources.typeform]
adapter = "typeform"
secret_env = "WINBACK_TYPEFORM_SECRET"
score_ref = "nps_score"

[sources.helpdesk]
adapter = "generic"
secret_env = "WINBACK_HELPDESK_SECRET"
auth = "bearer"
programme = "support"
fields = { score = "answer.rating", response_id = "answer.id" }

[import]
open_cases_within_days = 14
columns = { score = "NPS" }
"""

ANSWER = SurveyResponse(
    source="delighted",
    response_id="r1",
    score=2,
    responded_at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    version_at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    contact=Contact("dana@northwind.example", "Dana Okafor", "dana@northwind.example"),
)
ACCOUNT = Account(key="northwind", name="Northwind Traders")


def sound() -> Policy:
    return load_policy(SOUND)


def bent(old: str, new: str) -> str:
    """The sound policy with one place changed; the place must be there, and only once."""
    assert SOUND.count(old) == 1, f"{old!r} stands {SOUND.count(old)} times in the sound policy"
    return SOUND.replace(old, new)


def answer(verbatim: str = "", **changes: object) -> SurveyResponse:
    return replace(ANSWER, verbatim=verbatim, **changes)  # type: ignore[arg-type] - tests name fields freely


def account(**changes: object) -> Account:
    return replace(ACCOUNT, **changes)  # type: ignore[arg-type] - tests name fields freely


def calendar(zone: str = "Europe/London", **days: list[str]) -> Calendar:
    return Calendar.model_validate({"zone": zone, **days})
