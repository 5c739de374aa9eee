"""From what was told, under our names, to a SurveyResponse. The same for every tool and for files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from handlers.surveys import fields, times
from handlers.surveys.options import Ignored, SourceOptions
from recovery.errors import UnusableAnswer
from recovery.survey import Account, Contact, SurveyResponse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Absent:
    """A place in the body that isn't there at all, as opposed to one that holds null."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Told:
    """One value as it came, and the label under which its sender knows it.

    `guessed`: nobody said that this value is meant; when it can't be read it is left out instead of
    refusing the customer's answer because of our guess.
    """

    value: object
    label: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    told: Mapping[str, Told]
    options: SourceOptions
    received_at: datetime

    def optional(self, name: str, read: Callable[[object, str], T]) -> T | None:
        told = self.told.get(name)
        if told is None or told.value is ABSENT or fields.nothing(told.value):
            return None
        try:
            return read(told.value, told.label)
        except UnusableAnswer:
            if told.guessed:
                return None
            raise

    def line(self, name: str) -> str:
        return self.optional(name, fields.line) or ""

    def moment(self, name: str) -> datetime | None:
        read = partial(
            times.moment,
            received_at=self.received_at,
            zone=self.options.zone,
            date_format=self.options.date_format,
        )
        return self.optional(name, read)


def compose(
    options: SourceOptions, source: str, told: Mapping[str, Told], received_at: datetime
) -> SurveyResponse | Ignored:
    """The answer that `told` (by the names of `names.FIELDS`) makes, or why it is none.

    Raises UnusableAnswer. `received_at` stands in for a time the tool didn't tell.
    """
    reading = _Reading(told, options, received_at)
    aside = _not_an_answer(reading)
    if aside:
        return aside
    score = fields.score(told["score"].value, told["score"].label)
    response_id = required_id(told)
    email = reading.optional("email", fields.email) or ""
    told_at = reading.moment("responded_at") or received_at
    contact = Contact(
        key=email or _key_without_email(source, reading.optional("contact_id", fields.identifier), response_id),
        name=reading.line("name"),
        email=email,
    )
    return SurveyResponse(
        source=source,
        response_id=response_id,
        score=score,
        # A clock that runs ahead of ours must not put the start of the case into our future.
        responded_at=min(told_at, received_at),
        version_at=reading.moment("updated_at") or told_at,
        contact=contact,
        verbatim=_verbatim(reading),
        account=_account(reading, contact),
        role=reading.line("role"),
        surface=reading.line("surface"),
        survey_id=reading.line("survey_id"),
        survey_name=reading.line("survey_name"),
        programme=reading.line("programme"),
        permalink=reading.optional("permalink", fields.link) or "",
        follow_up_requested=reading.optional("follow_up_requested", fields.yes_no) or False,
    )


def required_id(told: Mapping[str, Told]) -> str:
    """The response's own id; two deliveries with one id are one answer."""
    told_id = told.get("response_id", Told(ABSENT, "response_id"))
    if told_id.value is ABSENT:
        raise UnusableAnswer(f"{told_id.label} is missing; expected the id of the answer.")
    if fields.nothing(told_id.value):
        # "null" or "undefined" from a template would make one answer of all answers.
        raise fields.unusable(told_id.label, told_id.value, "the id of the answer")
    return fields.identifier(told_id.value, told_id.label)


def _not_an_answer(reading: _Reading) -> Ignored | None:
    if reading.optional("test", fields.yes_no):
        return Ignored("a test delivery")
    metric = reading.line("survey_type")
    if metric and metric.casefold() not in {"nps", "net promoter score"}:
        return Ignored(f"another metric than NPS: {metric}")
    score = reading.told.get("score", Told(ABSENT, "score"))
    if score.value is ABSENT:
        raise UnusableAnswer(f"{score.label} is missing; expected a whole number from 0 to 10.")
    return Ignored("no score yet") if fields.blank(score.value) else None


def _verbatim(reading: _Reading) -> str:
    told = reading.told.get("comment")
    if told is None or told.value is ABSENT or fields.blank(told.value):
        return ""
    return fields.verbatim(told.value, told.label)


def _key_without_email(source: str, person: str | None, response_id: str) -> str:
    return fields.bounded(f"{source}:{person}" if person else f"{source}:response:{response_id}")


def _account(reading: _Reading, contact: Contact) -> Account | None:
    account_id = reading.optional("account_id", fields.identifier) or ""
    name = reading.line("account_name")
    facts = {
        "acv": reading.optional("acv", fields.money),
        "renewal_date": reading.optional("renewal_date", partial(times.day, date_format=reading.options.date_format)),
        "segment": reading.line("segment"),
        "csm_email": reading.optional("csm_email", fields.email) or "",
        "plan": reading.line("plan"),
        "region": reading.line("region"),
        "customer_since": reading.optional(
            "customer_since", partial(times.day, date_format=reading.options.date_format)
        ),
    }
    if not account_id and not name and not any(fact is not None and fact != "" for fact in facts.values()):
        return None
    # Facts without a company still count (money makes a case urgent): they hang on the contact.
    key = account_id or name.casefold() or fields.bounded(f"contact:{contact.key}")
    return Account(key=key, name=name, **facts)  # type: ignore[arg-type]
