"""Typeform: one finished form is one delivery; the score is the answer to its NPS question."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.surveys import fields
from handlers.surveys.answer import ABSENT, Told, compose
from handlers.surveys.fields import blank, shown
from handlers.surveys.generic import as_object, value_at
from handlers.surveys.names import ABOUT_THE_CUSTOMER, guess
from handlers.surveys.options import Ignored, SourceOptions
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

# What Typeform fills into every e-mail and text question when somebody presses "Send test request".
_TEST_EMAIL = "an_account@example.com"
_TEST_TEXT = "Lorem ipsum dolor"
# What a shared link carries in a hidden field that nobody filled.
_UNFILLED = "xxxxx"
_STEPS_FROM_ZERO_TO_TEN = 11
_FROM_HIDDEN = ("email", "name", *ABOUT_THE_CUSTOMER)

Json = Mapping[str, object]


def understand(options: SourceOptions, source: str, parsed: object, received_at: datetime) -> SurveyResponse | Ignored:
    body = as_object(parsed, "The body")
    event = body.get("event_type")
    if event == "form_response_partial":
        return Ignored("an unfinished form")
    if event != "form_response":
        if isinstance(event, str) and event:
            return Ignored(f"no survey answer: {shown(event)}")
        raise UnusableAnswer(f"event_type is {shown(event)}; expected form_response.")
    form = as_object(body.get("form_response"), "form_response")
    answers = _answers(form)
    if _is_test(answers):
        return Ignored("a test delivery")
    told = _hidden(form) | _from_answers(options, answers) | _about_the_form(form)
    told |= _configured(options, form, answers)
    told["score"] = _score(options, form, answers)
    return compose(options, source, told, received_at)


def _answers(form: Json) -> list[Json]:
    raw = form.get("answers")
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise UnusableAnswer(f"form_response.answers is {shown(raw)}; expected a list.")
    return [answer for answer in raw if isinstance(answer, dict)]


def _is_test(answers: Sequence[Json]) -> bool:
    texts = [answer.get("text") for answer in answers if answer.get("type") == "text"]
    emails = [answer.get("email") for answer in answers if answer.get("type") == "email"]
    return _TEST_EMAIL in emails or (bool(texts) and all(text == _TEST_TEXT for text in texts))


def _field(answer: Json) -> Json:
    field = answer.get("field")
    return field if isinstance(field, dict) else {}


def _value(answer: Json) -> object:
    """The answer's value, which stands under a key named like its type; a choice counts by its label."""
    kind = answer.get("type")
    value = answer.get(kind, ABSENT) if isinstance(kind, str) else ABSENT
    if isinstance(value, dict):
        value = value.get("label", ABSENT)
    return value


def _by_ref(answers: Sequence[Json], ref: str) -> Json | None:
    return next((one for one in answers if ref in (_field(one).get("ref"), _field(one).get("id"))), None)


def _score(options: SourceOptions, form: Json, answers: Sequence[Json]) -> Told:
    """The answer of the one NPS question, or of the question the policy names; never calculated.score."""
    if options.score_ref:
        return _configured_score(options.score_ref, form, answers)
    scored = [answer for answer in answers if _field(answer).get("type") == "nps"]
    if len(scored) > 1:
        refs = ", ".join(shown(_field(answer).get("ref")) for answer in scored[:5])
        raise UnusableAnswer(f"The form has {len(scored)} NPS questions; set score_ref to one of {refs}.")
    if scored:
        return Told(_value(scored[0]), "the answer to the NPS question")
    if any(question.get("type") == "nps" for question in _questions(form)):
        return Told(None, "the answer to the NPS question")
    scales = [_field(answer) for answer in answers if _field(answer).get("type") == "opinion_scale"]
    hint = f", for example {shown(scales[0].get('ref'))}" if scales else ""
    raise UnusableAnswer(f"The form has no NPS question; set score_ref to the ref of a scale from 0 to 10{hint}.")


def _configured_score(ref: str, form: Json, answers: Sequence[Json]) -> Told:
    question = next((one for one in _questions(form) if ref in (one.get("ref"), one.get("id"))), None)
    answer = _by_ref(answers, ref)
    label = f"the answer to {shown(ref)}"
    if answer is None:
        if question is not None:
            return Told(None, label)
        raise UnusableAnswer(f"The form has no question with the ref {shown(ref)}; check score_ref.")
    if _field(answer).get("type") == "rating":
        raise UnusableAnswer(f"{label} is a rating, which starts at 1; expected a scale from 0 to 10.")
    properties = (question or {}).get("properties")
    if isinstance(properties, dict):
        steps = properties.get("steps", _STEPS_FROM_ZERO_TO_TEN)
        if steps != _STEPS_FROM_ZERO_TO_TEN or properties.get("start_at_one") is True:
            raise UnusableAnswer(f"{label} is on another scale; expected one from 0 to 10 (11 steps).")
    return Told(_value(answer), label)


def _questions(form: Json) -> list[Json]:
    definition = form.get("definition")
    raw = definition.get("fields") if isinstance(definition, dict) else None
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _from_answers(options: SourceOptions, answers: Sequence[Json]) -> dict[str, Told]:
    told: dict[str, Told] = {}
    if options.comment_ref:
        commented = [one for one in [_by_ref(answers, options.comment_ref)] if one is not None]
    else:
        commented = [one for one in answers if _field(one).get("type") == "long_text"]
    # A form may ask twice for words; none of the customer's are dropped.
    words = [value for value in map(_value, commented) if isinstance(value, str) and not blank(value)]
    if words:
        told["comment"] = Told("\n\n".join(words), "the comment")
    for ours, ref in (("email", options.email_ref), ("name", options.name_ref)):
        answer = _by_ref(answers, ref) if ref else None
        if answer is not None:
            told[ours] = Told(_value(answer), f"the answer to {shown(ref)}")
    return told


def _hidden(form: Json) -> dict[str, Told]:
    """Hidden fields by their usual names; a typed address serves where no hidden one stands."""
    hidden = _filled(form)
    told = {
        ours: Told(hidden[name], f"the hidden field {shown(name)}", guessed=True)
        for ours, name in guess(hidden, _FROM_HIDDEN).items()
    }
    if "email" not in told or not fields.is_email(told["email"].value):
        typed = next((one for one in _answers(form) if one.get("type") == "email"), None)
        if typed is not None:
            told["email"] = Told(_value(typed), "the answer to the e-mail question", guessed=True)
    return told


def _filled(form: Json) -> dict[str, object]:
    raw = form.get("hidden")
    hidden = raw if isinstance(raw, dict) else {}
    return {name: value for name, value in hidden.items() if value != _UNFILLED and not blank(value)}


def _configured(options: SourceOptions, form: Json, answers: Sequence[Json]) -> dict[str, Told]:
    hidden, told = _filled(form), {}
    for ours, name in options.fields.items():
        answer = _by_ref(answers, name)
        value = hidden.get(name, ABSENT if answer is None else _value(answer))
        value = value_at(form, name) if value is ABSENT else value
        if value is not ABSENT and value != _UNFILLED:
            told[ours] = Told(value, f'{ours} ("{name}")')
    return told


def _about_the_form(form: Json) -> dict[str, Told]:
    definition = form.get("definition")
    title = definition.get("title") if isinstance(definition, dict) else None
    return {
        "response_id": Told(form.get("token", ABSENT), "form_response.token"),
        "responded_at": Told(form.get("submitted_at", ABSENT), "form_response.submitted_at"),
        "survey_id": Told(form.get("form_id"), "form_response.form_id"),
        "survey_name": Told(title, "form_response.definition.title", guessed=True),
        "permalink": Told(form.get("response_url"), "form_response.response_url", guessed=True),
    }
