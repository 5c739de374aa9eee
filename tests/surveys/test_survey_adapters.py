"""Every fixture of a survey tool beside the answer, the refusal or the silence it must bring."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from handlers.surveys import Ignored, SourceOptions, delivery_id, parse, understand
from recovery.errors import UnusableAnswer
from recovery.survey import Account, Category, Contact, SurveyResponse

FIXTURES = Path(__file__).parent / "fixtures"
RECEIVED = datetime(2026, 9, 3, 14, 10, tzinfo=UTC)
ASKED = datetime(2026, 9, 3, 14, 0, tzinfo=UTC)

DELIGHTED = SourceOptions("delighted")
TYPEFORM = SourceOptions("typeform")
GENERIC = SourceOptions("generic", auth="bearer")
ASKNICELY = dataclasses.replace(
    GENERIC,
    fields={
        "score": "question.score",
        "response_id": "question.id",
        "comment": "question.comment",
        "responded_at": "question.responded",
        "email": "person.email",
        "name": "person.name",
        "contact_id": "person.id",
        "segment": "person.segment",
    },
)
SATISMETER = dataclasses.replace(
    GENERIC,
    fields={
        "score": "response.rating",
        "response_id": "response.id",
        "comment": "response.answers.1.value",
        "responded_at": "response.created",
        "contact_id": "response.user.id",
        "account_name": r"response.user.traits.company\.name",
    },
)
INES = Contact("ines.okafor@northwind.example", "Ines Okafor", "ines.okafor@northwind.example")
NORTHWIND = Account(
    key="A-1042",
    name="Northwind Traders",
    acv=Decimal(180000),
    renewal_date=date(2026, 11, 30),
    segment="Enterprise",
    csm_email="priya.raman@example.com",
    plan="Scale",
    region="EMEA",
    customer_since=date(2023, 4, 1),
)
DELIGHTED_CREATED = SurveyResponse(
    source="shop",
    response_id="88120",
    score=3,
    responded_at=ASKED,
    version_at=ASKED,
    contact=INES,
    permalink="https://delighted.example/r/k2Jr9aQ",
)
TYPEFORM_ANSWER = SurveyResponse(
    source="shop",
    response_id="f0c2a1d7b3",
    score=4,
    responded_at=ASKED,
    version_at=ASKED,
    contact=Contact("sam.adeyemi@fabrikam.example", "", "sam.adeyemi@fabrikam.example"),
    verbatim="The new dashboard hides what we need.",
    account=Account(
        key="A-2201",
        name="Fabrikam Logistics",
        acv=Decimal(64000),
        renewal_date=date(2027, 1, 15),
        segment="Mid-market",
    ),
    survey_id="q7LmZt",
    survey_name="Lumen relationship NPS",
    programme="relational",
    permalink="https://forms.example/form/q7LmZt/results/f0c2a1d7b3",
)
TYPEFORM_BARE = dataclasses.replace(TYPEFORM_ANSWER, account=None, programme="", permalink="", verbatim="")
LI = Contact("li.wei@tailspin.example", "", "li.wei@tailspin.example")

ANSWERS: list[tuple[str, SourceOptions, SurveyResponse]] = [
    ("delighted/created_score_only", DELIGHTED, DELIGHTED_CREATED),
    (
        "delighted/updated_with_comment",
        DELIGHTED,
        dataclasses.replace(
            DELIGHTED_CREATED,
            version_at=datetime(2026, 9, 3, 14, 4, 30, tzinfo=UTC),
            verbatim="Exports time out every Monday.\nWe are evaluating alternatives.",
            account=NORTHWIND,
            role="Head of Operations",
            surface="Reporting",
        ),
    ),
    (
        "delighted/updated_score_changed",
        DELIGHTED,
        dataclasses.replace(
            DELIGHTED_CREATED,
            score=7,
            version_at=datetime(2026, 9, 3, 14, 7, 10, tzinfo=UTC),
            verbatim="Support fixed it within the hour.",
            account=NORTHWIND,
            role="Head of Operations",
            surface="Reporting",
        ),
    ),
    (
        # What we only guessed ("ARR": "Tier 2") never costs the customer's answer.
        "delighted/score_as_text_no_type",
        DELIGHTED,
        dataclasses.replace(
            DELIGHTED_CREATED, response_id="88121", score=6, account=Account("contoso retail", "Contoso Retail")
        ),
    ),
    (
        "delighted/person_as_id",
        DELIGHTED,
        dataclasses.replace(DELIGHTED_CREATED, response_id="88122", score=0, contact=Contact("shop:20999")),
    ),
    (
        "delighted/anonymous",
        DELIGHTED,
        dataclasses.replace(
            DELIGHTED_CREATED,
            response_id="88123",
            score=10,
            contact=Contact("shop:response:88123"),
            verbatim="נהדר, תודה 🙏",
        ),
    ),
    ("typeform/nps_with_hidden", TYPEFORM, TYPEFORM_ANSWER),
    (
        "typeform/nps_without_hidden",
        TYPEFORM,
        dataclasses.replace(
            TYPEFORM_BARE, response_id="a9b8c7d6e5", score=0, contact=LI, verbatim="Three outages in a month."
        ),
    ),
    (
        "typeform/nps_without_hidden",
        SourceOptions("typeform", comment_ref="full_name", email_ref="work_email", name_ref="full_name"),
        dataclasses.replace(
            TYPEFORM_BARE,
            response_id="a9b8c7d6e5",
            score=0,
            contact=dataclasses.replace(LI, name="Li Wei"),
            verbatim="Li Wei",
        ),
    ),
    (
        "typeform/nps_with_hidden",
        SourceOptions("typeform", fields={"role": "segment", "name": "work_email", "surface": "landed_at"}),
        dataclasses.replace(
            TYPEFORM_ANSWER,
            role="Mid-market",
            surface="2026-09-03T13:58:11Z",
            contact=dataclasses.replace(TYPEFORM_ANSWER.contact, name="sam@personal.example"),
        ),
    ),
    (
        "typeform/two_nps_questions",
        SourceOptions("typeform", score_ref="nps_support"),
        dataclasses.replace(
            TYPEFORM_BARE, response_id="b1b2b3b4b5", score=2, contact=Contact("shop:response:b1b2b3b4b5")
        ),
    ),
    (
        "typeform/opinion_scale",
        SourceOptions("typeform", score_ref="likelihood"),
        dataclasses.replace(
            TYPEFORM_BARE,
            response_id="c1c2c3c4c5",
            score=6,
            contact=Contact("shop:response:c1c2c3c4c5"),
            verbatim="It is fine.",
        ),
    ),
    (
        "generic/flat",
        GENERIC,
        SurveyResponse(
            source="shop",
            response_id="r-7001",
            score=2,
            responded_at=ASKED,
            version_at=datetime(2026, 9, 3, 14, 3, tzinfo=UTC),
            contact=Contact("noor.haddad@adventure.example", "Noor Haddad", "noor.haddad@adventure.example"),
            verbatim="Billing is wrong again.",
            account=Account(
                key="A-3310",
                name="Adventure Works",
                acv=Decimal(250000),
                renewal_date=date(2026, 10, 12),
                segment="Enterprise",
                csm_email="tomas@example.com",
                plan="Enterprise",
                region="Americas",
                customer_since=date(2021, 6, 1),
            ),
            role="CFO",
            surface="Billing",
            survey_id="s-9",
            survey_name="Renewal pulse",
            programme="transactional",
            permalink="https://surveys.example/r/7001",
            follow_up_requested=True,
        ),
    ),
    (
        "generic/smallest",
        GENERIC,
        SurveyResponse("shop", "7002", 7, RECEIVED, RECEIVED, Contact("shop:response:7002")),
    ),
    (
        "generic/mapped_texts",
        ASKNICELY,
        SurveyResponse(
            source="shop",
            response_id="5512",
            score=9,
            responded_at=ASKED,
            version_at=ASKED,
            contact=Contact("ada@wingtip.example", "Ada Brandt", "ada@wingtip.example"),
            verbatim="Quick answers",
            account=Account("contact:ada@wingtip.example", "", segment="SMB"),
        ),
    ),
    (
        # The tool's own category and its -100/0/100 score stand beside the rating and are not read.
        "generic/mapped_list",
        SATISMETER,
        SurveyResponse(
            source="shop",
            response_id="sm-77",
            score=5,
            responded_at=datetime(2026, 9, 3, 14, 0, 0, 120_000, tzinfo=UTC),
            version_at=datetime(2026, 9, 3, 14, 0, 0, 120_000, tzinfo=UTC),
            contact=Contact("shop:u-1"),
            verbatim="Too slow on large files",
            account=Account("litware", "Litware"),
        ),
    ),
]

IGNORED = [
    ("delighted/csat", DELIGHTED, "another metric than NPS: csat"),
    ("delighted/no_score_yet", DELIGHTED, "no score yet"),
    ("delighted/unsubscribed", DELIGHTED, 'no survey answer: "unsubscribe.created"'),
    ("delighted/sample_event", DELIGHTED, "a test delivery"),
    ("typeform/unfinished", TYPEFORM, "an unfinished form"),
    ("typeform/test_request", TYPEFORM, "a test delivery"),
    ("typeform/question_skipped", TYPEFORM, "no score yet"),
    ("typeform/question_skipped", SourceOptions("typeform", score_ref="nps_score"), "no score yet"),
    ("typeform/nothing_answered", TYPEFORM, "no score yet"),
    ("generic/test_delivery", GENERIC, "a test delivery"),
    ("generic/other_metric", GENERIC, "another metric than NPS: CES"),
    ("generic/no_score_yet", GENERIC, "no score yet"),
]

REFUSED = [
    (
        "delighted/score_out_of_range",
        DELIGHTED,
        "event_data.score is 11; expected a whole number from 0 to 10.",
    ),
    (
        "typeform/two_nps_questions",
        TYPEFORM,
        'The form has 2 NPS questions; set score_ref to one of "nps_score", "nps_support".',
    ),
    (
        "typeform/opinion_scale",
        TYPEFORM,
        'The form has no NPS question; set score_ref to the ref of a scale from 0 to 10, for example "likelihood".',
    ),
    (
        "typeform/opinion_scale_of_five",
        SourceOptions("typeform", score_ref="likelihood"),
        'the answer to "likelihood" is on another scale; expected one from 0 to 10 (11 steps).',
    ),
    (
        "typeform/quiz_without_nps",
        TYPEFORM,
        "The form has no NPS question; set score_ref to the ref of a scale from 0 to 10.",
    ),
    (
        "typeform/opinion_scale",
        SourceOptions("typeform", score_ref="gone"),
        'The form has no question with the ref "gone"; check score_ref.',
    ),
    (
        "generic/time_without_zone",
        GENERIC,
        'responded_at is "2026-09-03T16:00:00"; expected a time with its zone, such as 2026-09-03T14:05:00+02:00.',
    ),
    (
        "generic/score_in_words",
        GENERIC,
        'score is "eleven"; expected a whole number from 0 to 10.',
    ),
    ("generic/without_id", GENERIC, "response_id is missing; expected the id of the answer."),
    (
        "generic/flat",
        ASKNICELY,
        "score (question.score) is missing; expected a whole number from 0 to 10.",
    ),
    (
        "delighted/updated_with_comment",
        SourceOptions("delighted", fields={"renewal_date": "Plan"}),
        'renewal_date (the property "Plan") is "Scale"; expected a day such as 2026-12-31.',
    ),
    ("generic/flat", SourceOptions("satismeter"), 'The adapter "satismeter" is unknown; use one of '),
]


def read(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def told(name: str, options: SourceOptions) -> SurveyResponse | Ignored:
    return understand(options, "shop", parse(read(name)), {}, RECEIVED)


@pytest.mark.parametrize(("name", "options", "expected"), ANSWERS)
def test_answer(name: str, options: SourceOptions, expected: SurveyResponse) -> None:
    assert told(name, options) == expected


@pytest.mark.parametrize(("name", "options", "reason"), IGNORED)
def test_ignored(name: str, options: SourceOptions, reason: str) -> None:
    assert told(name, options) == Ignored(reason)


@pytest.mark.parametrize(("name", "options", "sentence"), REFUSED)
def test_refused(name: str, options: SourceOptions, sentence: str) -> None:
    with pytest.raises(UnusableAnswer) as refusal:
        told(name, options)
    assert refusal.value.sentence.startswith(sentence)


def test_every_fixture_is_used() -> None:
    there = {str(path.relative_to(FIXTURES).with_suffix("")) for path in FIXTURES.rglob("*.json")}
    assert there == {name for name, *_ in [*ANSWERS, *IGNORED, *REFUSED]}


def test_category_comes_from_the_number() -> None:
    answer = told("generic/mapped_list", SATISMETER)
    assert isinstance(answer, SurveyResponse)
    assert answer.category is Category.DETRACTOR


def test_configured_property_wins_over_the_usual_one_and_over_a_null_person() -> None:
    body = parse(read("delighted/updated_with_comment"))
    assert isinstance(body, dict)
    body["event_data"]["person"] = None
    body["event_data"]["person_properties"] |= {"Work mail": "Ines@Work.example", "Team": "Strategic"}
    options = SourceOptions(
        "delighted", fields={"email": "work_mail", "segment": "Team", "survey_id": "event_data.id", "role": "Absent"}
    )
    answer = understand(options, "shop", body, {}, RECEIVED)
    assert isinstance(answer, SurveyResponse)
    assert answer.account is not None
    assert (answer.contact.key, answer.account.segment) == ("ines@work.example", "Strategic")
    # A configured property that a delivery lacks leaves the usual one in place.
    assert (answer.survey_id, answer.role) == ("88120", "Head of Operations")


@pytest.mark.parametrize(
    ("ahead", "start", "version"),
    [
        # A clock ahead of ours: the case starts when we got it, the version keeps the tool's own order.
        ("2026-09-03T14:13:00Z", RECEIVED, datetime(2026, 9, 3, 14, 13, tzinfo=UTC)),
        ("2026-09-03T14:10:00Z", RECEIVED, RECEIVED),
        ("2026-09-03T13:00:00Z", datetime(2026, 9, 3, 13, 0, tzinfo=UTC), datetime(2026, 9, 3, 13, 0, tzinfo=UTC)),
    ],
)
def test_a_clock_slightly_ahead(ahead: str, start: datetime, version: datetime) -> None:
    body = {"response_id": "r", "score": 1, "responded_at": ahead}
    answer = understand(GENERIC, "shop", body, {}, RECEIVED)
    assert isinstance(answer, SurveyResponse)
    assert (answer.responded_at, answer.version_at) == (start, version)


def test_a_long_comment_is_kept_up_to_its_limit() -> None:
    def verbatim(comment: str) -> str:
        answer = understand(GENERIC, "shop", {"response_id": "r", "score": 1, "comment": comment}, {}, RECEIVED)
        assert isinstance(answer, SurveyResponse)
        return answer.verbatim

    whole = "<!channel> *_~`" + "😡" * 19_985
    assert verbatim(whole) == whole
    assert verbatim(whole + "more") == whole[:19_999] + "…"


@pytest.mark.parametrize(
    "spoil",
    [{"permalink": "https://app.delighted.com/r/5pFDpmlyC8GUc5oxU6USto5VonSKAqOa"}, {"test": True}],
)
def test_each_sign_of_a_sample_counts_alone(spoil: Mapping[str, object]) -> None:
    body = parse(read("delighted/updated_with_comment"))
    assert isinstance(body, dict)
    body["event_data"] |= spoil
    assert understand(DELIGHTED, "shop", body, {}, RECEIVED) == Ignored("a test delivery")


@pytest.mark.parametrize(
    ("kind", "properties", "words"),
    [
        ("opinion_scale", {"steps": 10}, "another scale"),
        ("opinion_scale", {"start_at_one": True}, "another scale"),
        ("rating", {}, "a rating, which starts at 1"),
        ("opinion_scale", {"steps": 11, "start_at_one": False}, ""),
        ("opinion_scale", {}, ""),
    ],
)
def test_only_a_scale_from_zero_to_ten_is_a_score(kind: str, properties: Mapping[str, object], words: str) -> None:
    body = parse(read("typeform/opinion_scale"))
    assert isinstance(body, dict)
    form = body["form_response"]
    form["answers"][0]["field"]["type"] = kind
    form["definition"]["fields"][0] |= {"type": kind, "properties": properties}
    options = SourceOptions("typeform", score_ref="likelihood")
    if not words:
        assert isinstance(understand(options, "shop", body, {}, RECEIVED), SurveyResponse)
        return
    with pytest.raises(UnusableAnswer, match=words):
        understand(options, "shop", body, {}, RECEIVED)


def test_a_typed_address_serves_where_the_hidden_one_is_none() -> None:
    body = parse(read("typeform/nps_with_hidden"))
    assert isinstance(body, dict)
    body["form_response"]["hidden"]["email"] = "{{contact.email}}"
    answer = understand(TYPEFORM, "shop", body, {}, RECEIVED)
    assert isinstance(answer, SurveyResponse)
    assert answer.contact.key == "sam@personal.example"


@pytest.mark.parametrize("told_id", ["null", "undefined", " None ", "", None, "n/a"])
def test_an_empty_template_is_no_id(told_id: object) -> None:
    with pytest.raises(UnusableAnswer, match="response_id is "):
        understand(GENERIC, "shop", {"response_id": told_id, "score": 3}, {}, RECEIVED)


def test_words_for_nothing_make_no_account() -> None:
    body = {"response_id": "r", "score": 3, "account_name": "N/A", "account_id": "unknown", "acv": "-"}
    answer = understand(GENERIC, "shop", body, {}, RECEIVED)
    assert isinstance(answer, SurveyResponse)
    assert answer.account is None


def test_two_comments_of_one_form_are_both_kept() -> None:
    body = parse(read("typeform/nps_with_hidden"))
    assert isinstance(body, dict)
    answers = body["form_response"]["answers"]
    answers.append({**answers[1], "text": "And the price."})
    answer = understand(TYPEFORM, "shop", body, {}, RECEIVED)
    assert isinstance(answer, SurveyResponse)
    assert answer.verbatim == "The new dashboard hides what we need.\n\nAnd the price."


@pytest.mark.parametrize(
    ("options", "parsed", "headers", "expected"),
    [
        (DELIGHTED, {"event_id": "evt-5d1c01"}, {"webhook-id": "other"}, "evt-5d1c01"),
        (TYPEFORM, {"event_id": "01J7TF0006"}, {}, "01J7TF0006"),
        (TYPEFORM, {"event_id": 6}, {"webhook-id": "msg_1"}, "msg_1"),
        (GENERIC, {"event_id": "ignored"}, {"webhook-id": " msg_1 "}, "msg_1"),
        (GENERIC, [], {"webhook-id": "msg_1"}, "msg_1"),
        (GENERIC, {}, {}, "sha256:" + sha256(b"body").hexdigest()),
        (GENERIC, {}, {"webhook-id": " "}, "sha256:" + sha256(b"body").hexdigest()),
        (DELIGHTED, "text", {}, "sha256:" + sha256(b"body").hexdigest()),
        (DELIGHTED, {"event_id": None}, {}, "sha256:" + sha256(b"body").hexdigest()),
        (DELIGHTED, {"event_id": "x" * 255}, {}, "x" * 255),
        (DELIGHTED, {"event_id": "x" * 256}, {}, "sha256:" + sha256(b"x" * 256).hexdigest()),
        (DELIGHTED, {"event_id": "a\x00b"}, {}, "sha256:" + sha256(b"a\x00b").hexdigest()),
    ],
)
def test_delivery_id(options: SourceOptions, parsed: object, headers: Mapping[str, str], expected: str) -> None:
    assert delivery_id(options, parsed, headers, b"body") == expected
