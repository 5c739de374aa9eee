"""Our names for what an answer can tell, and the names other people give to the same things."""

import re
from collections.abc import Iterable, Mapping

# The plainest spelling first: where a file has several, that one is meant. No spelling serves two fields.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "score": ("score", "nps_score", "nps", "nps_rating", "rating", "likelihood_to_recommend", "likelihood"),
    "response_id": ("response_id", "survey_response_id", "answer_id", "submission_id", "token", "id"),
    "comment": ("comment", "comments", "verbatim", "feedback", "nps_comment", "reason", "why", "remarks"),
    "responded_at": (
        "responded_at",
        "survey_responded_at",
        "response_date",
        "date_responded",
        "submitted_at",
        "submit_date_utc",
        "submit_date",
        "submission_date",
        "recorded_date",
        "completed_at",
        "answered_at",
        "created_at",
        "timestamp",
        "date",
        "time",
    ),
    "updated_at": ("updated_at", "last_updated", "last_updated_at", "modified_at"),
    "email": (
        "email",
        "e_mail",
        "email_address",
        "contact_email",
        "respondent_email",
        "recipient_email",
        "customer_email",
        "work_email",
    ),
    "name": ("name", "full_name", "contact_name", "contact", "respondent", "respondent_name", "person_name"),
    "contact_id": ("contact_id", "person_id", "user_id", "respondent_id", "recipient_id"),
    "account_id": ("account_id", "crm_account_id", "crm_id", "company_id", "customer_id", "organization_id"),
    "account_name": (
        "account_name",
        "account",
        "company",
        "company_name",
        "organization",
        "organization_name",
        "organisation",
        "organisation_name",
        "customer",
        "customer_name",
        "client",
    ),
    "acv": ("acv", "annual_contract_value", "contract_value", "arr", "annual_value", "annual_recurring_revenue"),
    "renewal_date": ("renewal_date", "renewal", "renews_on", "renews_at", "contract_end_date", "contract_end"),
    "segment": ("segment", "customer_segment", "account_segment", "tier"),
    "csm_email": ("csm_email", "csm", "account_manager_email", "customer_success_manager", "account_owner_email"),
    "plan": ("plan", "plan_name", "subscription", "package"),
    "region": ("region", "geo", "territory"),
    "customer_since": ("customer_since", "client_since", "start_date", "contract_start", "contract_start_date"),
    "role": ("role", "job_title", "title", "position", "persona"),
    "surface": ("surface", "product_surface", "product", "product_area", "feature", "module"),
    "survey_id": ("survey_id", "form_id", "campaign_id"),
    "survey_name": ("survey_name", "survey", "form_name", "campaign", "campaign_name"),
    "programme": ("programme", "program", "nps_programme", "nps_program"),
    "follow_up_requested": ("follow_up_requested", "follow_up", "contact_me", "may_we_contact_you"),
    "permalink": ("permalink", "link", "url", "response_url", "response_link"),
    "survey_type": ("survey_type", "metric", "metric_type"),
    "test": ("test", "is_test"),
}

FIELDS = tuple(SPELLINGS)
"""Every name that a field map or a column map may use."""

ABOUT_THE_CUSTOMER = (
    *("contact_id", "account_id", "account_name", "acv", "renewal_date", "segment", "csm_email", "plan", "region"),
    *("customer_since", "role", "surface", "survey_name", "programme", "follow_up_requested"),
)
"""What a tool may carry along as properties of the person, beside the answer itself."""

_INSIDE = {
    "score": ("how_likely", "likely_to_recommend", "likely_are_you"),
    "comment": ("main_reason", "reason_for_your_score", "tell_us_more", "why_did_you", "primary_reason"),
}


def tidy(name: str) -> str:
    """Lower case with single underscores: "Account-Name", "accountName" and "ACCOUNT NAME" are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", spaced.casefold()).strip("_")


def guess(names: Iterable[str], fields: Iterable[str] = FIELDS) -> dict[str, str]:
    """Our field to the one of `names` that people usually mean by it; each name serves once."""
    by_tidy: dict[str, str] = {}
    for name in names:
        by_tidy.setdefault(tidy(name), name)
    found: dict[str, str] = {}
    for field in fields:
        spelling = next((one for one in SPELLINGS[field] if one in by_tidy), None)
        if spelling is not None:
            found[field] = by_tidy[spelling]
    for field, parts in _INSIDE.items():
        if field in found or field not in fields:
            continue
        spelling = next((one for one in by_tidy if any(part in one for part in parts)), None)
        if spelling is not None:
            found[field] = by_tidy.pop(spelling)
    return found
