"""How urgent a case is (playbook, section 5): large account, renewal near, words of leaving."""

from datetime import date

from recovery.cases.case import Urgency
from recovery.phrases import found
from recovery.policy.file import Policy
from recovery.survey import Account, SurveyResponse

MOST_WORDS = 2  # quoted on the card; the rest stands in the verbatim beside it


def urgency_of(policy: Policy, response: SurveyResponse, account: Account | None, today: date) -> tuple[Urgency, str]:
    """Give the urgency and why: `large account, renewal near, "evaluating alternatives"`, "" when normal.

    `account` is what is known of it now; without one, what the answer itself says counts. The quotes are the
    policy's words, never the customer's text.
    """
    rules = policy.urgency
    account = account or response.account
    reasons: list[str] = []
    if account and account.acv is not None and account.acv >= rules.large_acv:
        reasons.append("large account")
    if account and account.renewal_date and 0 <= (account.renewal_date - today).days <= rules.renewal_within_days:
        reasons.append("renewal near")
    reasons += [f'"{words}"' for words in found(rules.leaving_words, response.verbatim)[:MOST_WORDS]]
    return (Urgency.CRITICAL, ", ".join(reasons)) if reasons else (Urgency.NORMAL, "")
