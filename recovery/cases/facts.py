"""What becomes known of an account after its case was opened, as one event that says which facts are new."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from recovery.cases.case import Case, Event, EventKind, Urgency
from recovery.survey import Account

# The fact's name in the event, and what of an account it is.
FACTS = {
    "account": attrgetter("key", "name"),
    "acv": attrgetter("acv"),
    "renewal_date": attrgetter("renewal_date"),
    "segment": attrgetter("segment"),
    "csm": attrgetter("csm_email"),
    "plan": attrgetter("plan"),
    "region": attrgetter("region"),
    "customer_since": attrgetter("customer_since"),
}
_NOBODY = Account("", "")


def facts_between(before: Account | None, after: Account | None) -> tuple[str, ...]:
    """Give the names of the facts that differ, in the order of FACTS."""
    was, now = before or _NOBODY, after or _NOBODY
    return tuple(name for name, fact in FACTS.items() if fact(was) != fact(now))


def facts_changed(before: Case, after: Case, facts: Sequence[str], by: str, at: datetime) -> Event:
    """Tell it: urgencies in `before` and `after`, the reason of a critical one in `note`, facts in `details`."""
    return Event(
        EventKind.FACTS_CHANGED,
        by,
        at,
        before.urgency.value,
        after.urgency.value,
        after.urgency_why if after.urgency is Urgency.CRITICAL is not before.urgency else "",
        {"facts": ",".join(facts)} if facts else {},
    )
