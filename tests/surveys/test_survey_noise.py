"""Whatever JSON arrives, the outcome is an answer, a reason to ignore it, or a sentence. Never a crash."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.surveys import Ignored, SourceOptions, delivery_id, parse, understand
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

FIXTURES = sorted((Path(__file__).parent / "fixtures").rglob("*.json"))
RECEIVED = datetime(2026, 9, 3, 14, 10, tzinfo=UTC)
OPTIONS = [
    SourceOptions("delighted"),
    SourceOptions("delighted", fields={"acv": "ACV", "role": "event_data.tags.0", "email": "Plan"}),
    SourceOptions("typeform"),
    SourceOptions("typeform", score_ref="nps_score", comment_ref="nps_reason", email_ref="work_email", name_ref="x"),
    SourceOptions("typeform", score_ref="likelihood", fields={"acv": "acv", "name": "definition.fields.0"}),
    SourceOptions("generic"),
    SourceOptions("generic", fields={"score": "question.score", "response_id": "response.answers.1.value"}),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(codec=None)),
    st.sampled_from([10**4000, -(10**400), "\ud800", "a\x00b", "NaN", "7", "xxxxx", "x" * 30_000, 1e308, -0.0, ""]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)


def check(options: SourceOptions, parsed: object) -> None:
    found = outcome(options, parsed)
    if isinstance(found, str):
        assert found.endswith(".")
        assert found.isprintable()
        assert len(found) < 900
    elif isinstance(found, Ignored):
        assert found.reason
    else:
        check_answer(found)


def check_answer(answer: SurveyResponse) -> None:
    assert 0 <= answer.score <= 10
    assert answer.response_id
    assert answer.contact.key
    assert RECEIVED - timedelta(days=3653) <= answer.responded_at <= RECEIVED
    assert answer.version_at.utcoffset() == timedelta(0)
    assert len(answer.verbatim) <= 20_000
    for text in texts(answer):
        text.encode()
        assert "\x00" not in text


def texts(answer: SurveyResponse) -> list[str]:
    account = answer.account
    return [
        *(answer.response_id, answer.verbatim, answer.role, answer.surface, answer.survey_id, answer.survey_name),
        *(answer.programme, answer.permalink, answer.contact.key, answer.contact.name, answer.contact.email),
        *(
            (account.key, account.name, account.segment, account.csm_email, account.plan, account.region)
            if account
            else ()
        ),
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in inner for deeper in places(child, (*path, key)))]


@given(st.sampled_from(OPTIONS), JSON)
def test_any_json(options: SourceOptions, parsed: object) -> None:
    check(options, parsed)


@settings(max_examples=500)
@given(st.sampled_from(FIXTURES), st.data())
def test_a_real_delivery_with_one_place_spoiled(fixture: Path, data: st.DataObject) -> None:
    body: Any = json.loads(fixture.read_text())
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(body)))
        value = data.draw(JSON)
        if not path:
            body = copy.deepcopy(value)
            continue
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()):
            holder[path[-1]] = copy.deepcopy(value)
        else:
            del holder[path[-1]]
    for options in OPTIONS:
        check(options, body)


@given(
    st.sampled_from(OPTIONS),
    JSON,
    st.dictionaries(st.just("webhook-id"), st.text(st.characters(codec=None))),
    st.binary(),
)
def test_a_delivery_always_has_a_bounded_id(
    options: SourceOptions, parsed: object, headers: dict[str, str], body: bytes
) -> None:
    found = delivery_id(options, parsed, headers, body)
    assert 1 <= len(found) <= 255
    assert found.isprintable()
    assert found == delivery_id(options, parsed, headers, body)


@given(st.sampled_from(FIXTURES), st.data())
def test_what_is_parsed_again_from_the_stored_bytes_is_understood_alike(fixture: Path, data: st.DataObject) -> None:
    options = data.draw(st.sampled_from(OPTIONS))
    once, again = parse(fixture.read_bytes()), parse(fixture.read_bytes())
    assert outcome(options, once) == outcome(options, again)


def outcome(options: SourceOptions, parsed: object) -> SurveyResponse | Ignored | str:
    try:
        return understand(options, "shop", parsed, {}, RECEIVED)
    except UnusableAnswer as refusal:
        return refusal.sentence
