"""Delighted: survey_response.created brings the score, .updated the comment and changed scores."""

from collections.abc import Mapping
from datetime import datetime

from handlers.surveys.answer import ABSENT, Told, compose
from handlers.surveys.fields import blank, shown
from handlers.surveys.generic import as_object, value_at
from handlers.surveys.names import ABOUT_THE_CUSTOMER, guess, tidy
from handlers.surveys.options import Ignored, SourceOptions
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

_ANSWERS = frozenset({"survey_response.created", "survey_response.updated"})
# The event in Delighted's documentation, which people post to try their hook: its id and its permalink.
_SAMPLE_EVENT = "b8d057c59327541d7ec2104c0a9a255ad1997fb00831b9c6bbf09561e6d5cbd0"
_SAMPLE_LINK = "5pFDpmlyC8GUc5oxU6USto5VonSKAqOa"


def understand(options: SourceOptions, source: str, parsed: object, received_at: datetime) -> SurveyResponse | Ignored:
    body = as_object(parsed, "The body")
    event = body.get("event_type")
    if not isinstance(event, str) or not event:
        raise UnusableAnswer(f"event_type is {shown(event)}; expected survey_response.created or .updated.")
    if event not in _ANSWERS:
        return Ignored("a test delivery" if "test" in event else f"no survey answer: {shown(event)}")
    data = as_object(body.get("event_data"), "event_data")
    if _is_sample(body, data):
        return Ignored("a test delivery")
    properties = _properties(data)
    told = _usual(properties) | _answer(data) | _configured(options, body, properties)
    return compose(options, source, told, received_at)


def _is_sample(body: Mapping[str, object], data: Mapping[str, object]) -> bool:
    link = data.get("permalink")
    return (
        body.get("event_id") == _SAMPLE_EVENT
        or (isinstance(link, str) and link.endswith(_SAMPLE_LINK))
        or data.get("test") is True
    )


def _answer(data: Mapping[str, object]) -> dict[str, Told]:
    def at(key: str) -> Told:
        return Told(data.get(key, ABSENT), f"event_data.{key}")

    told = {
        "score": at("score"),
        "response_id": at("id"),
        "comment": at("comment"),
        "survey_type": at("survey_type"),
        "responded_at": at("created_at"),
        "updated_at": at("updated_at"),
        "permalink": at("permalink"),
    }
    return told | _person(data.get("person"))


def _person(person: object) -> dict[str, Told]:
    """An object, a bare id when the tool didn't expand it, or null."""
    if isinstance(person, dict):
        keys = {"contact_id": "id", "email": "email", "name": "name"}
        return {ours: Told(person.get(key), f"event_data.person.{key}") for ours, key in keys.items()}
    return {} if blank(person) else {"contact_id": Told(person, "event_data.person")}


def _properties(data: Mapping[str, object]) -> Mapping[str, object]:
    """What the customer's CRM knows about the person; often null."""
    raw = data.get("person_properties")
    return raw if isinstance(raw, dict) else {}


def _usual(properties: Mapping[str, object]) -> dict[str, Told]:
    return {
        ours: Told(properties[name], f"the property {shown(name)}", guessed=True)
        for ours, name in guess(properties, ABOUT_THE_CUSTOMER).items()
    }


def _configured(options: SourceOptions, body: object, properties: Mapping[str, object]) -> dict[str, Told]:
    by_tidy = {tidy(name): value for name, value in properties.items()}
    told = {}
    for ours, name in options.fields.items():
        value = properties.get(name, by_tidy.get(tidy(name), ABSENT))
        value = value_at(body, name) if value is ABSENT else value
        if value is not ABSENT:
            told[ours] = Told(value, f'{ours} (the property "{name}")')
    return told
