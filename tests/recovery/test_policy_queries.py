"""What a sound policy answers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from recovery.policy.file import Auth, Clock, Kind, Limit, Shift, load_policy
from recovery.policy.values import parse_limit
from tests.recovery.policies import SOUND, answer, bent, sound


def test_values_are_read_into_our_own_types() -> None:
    policy = sound()
    assert policy.workspace.currency == "USD"
    assert policy.ladder.assign == Limit(timedelta(hours=4), Clock.BUSINESS, "4 business hours")
    assert policy.ladder.outreach == Limit(timedelta(hours=48), Clock.WALL, "48 hours")
    assert policy.calendars["office"].mon == (Shift(540, 750), Shift(810, 1050))
    assert policy.calendars["office"].days_off == (date(2026, 12, 25),)
    assert policy.urgency.large_acv == Decimal(50000)
    assert policy.programmes["support"].kind is Kind.TRANSACTIONAL
    assert policy.sources["helpdesk"].auth is Auth.BEARER
    assert policy.sources["helpdesk"].fields == {"score": "answer.rating", "response_id": "answer.id"}
    assert policy.imports.columns == {"score": "NPS"}


def test_every_table_knows_its_key() -> None:
    policy = sound()
    for tables in (policy.calendars, policy.teams, policy.segments, policy.programmes, policy.sources):
        assert {key: table.key for key, table in tables.items()} == {key: key for key in tables}


def test_values_can_not_be_changed() -> None:
    programme = sound().programmes["support"]
    with pytest.raises(ValueError, match="frozen"):
        programme.channel = "#elsewhere"


def test_two_readings_of_one_text_are_equal_and_another_key_is_another_calendar() -> None:
    assert sound() == sound()
    twins = load_policy(SOUND + SOUND[SOUND.index("[calendars") : SOUND.index("[urgency")].replace("office", "twin"))
    assert twins.calendars["office"] != twins.calendars["twin"]


@pytest.mark.parametrize(
    ("text", "amount", "clock", "words"),
    [
        ("30m", timedelta(minutes=30), Clock.WALL, "30 minutes"),
        ("30 min", timedelta(minutes=30), Clock.WALL, "30 minutes"),
        ("1h", timedelta(hours=1), Clock.WALL, "1 hour"),
        (" 1 HOUR ", timedelta(hours=1), Clock.WALL, "1 hour"),
        ("48 hrs", timedelta(hours=48), Clock.WALL, "48 hours"),
        ("7d", timedelta(days=7), Clock.WALL, "7 days"),
        ("2 weeks", timedelta(days=14), Clock.WALL, "2 weeks"),
        ("4 business hours", timedelta(hours=4), Clock.BUSINESS, "4 business hours"),
        ("1 business hour", timedelta(hours=1), Clock.BUSINESS, "1 business hour"),
        ("90 Business Minutes", timedelta(minutes=90), Clock.BUSINESS, "90 business minutes"),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, amount: timedelta, clock: Clock, words: str) -> None:
    assert parse_limit(text) == Limit(amount, clock, words)
    assert parse_limit(words) == Limit(amount, clock, words)


@pytest.mark.parametrize(
    ("changes", "programme"),
    [
        ({}, "relational"),
        ({"programme": "support"}, "support"),
        ({"programme": " After  SUPPORT "}, "support"),
        ({"programme": "no such programme", "survey_name": "Support NPS"}, "support"),
        ({"survey_name": "support nps"}, "support"),
        ({"survey_id": "srv_1", "source": "helpdesk"}, "relational"),
        ({"survey_id": "srv_1", "programme": "support"}, "support"),
        ({"survey_id": "unheard of", "source": "helpdesk"}, "support"),
        ({"source": "helpdesk"}, "support"),
        ({"source": "typeform"}, "relational"),
        ({"source": "nobody knows"}, "relational"),
    ],
)
def test_an_answer_finds_its_programme(changes: dict[str, str], programme: str) -> None:
    found = sound().programme_for(answer(**changes))
    assert found is not None
    assert found.key == programme


def test_an_answer_without_any_hint_belongs_nowhere_when_there_is_no_default() -> None:
    policy = load_policy(bent("default = true\n", ""))
    assert policy.programme_for(answer(source="typeform")) is None
    assert policy.programme_for(answer(source="typeform", programme=" ", survey_name="")) is None


def test_people_and_channels_say_where_they_are_named() -> None:
    policy = sound()
    people = policy.people()
    assert people["sam@acme.example"] == ("workspace.admin",)
    assert people["marcus@acme.example"] == ("programmes.relational.owner", "programmes.relational.leads")
    assert people["amara@acme.example"] == ("teams.onboarding.members",)
    assert people["tomas@acme.example"] == ("segments.enterprise.manager",)
    assert people["U0LEAD"] == ("programmes.support.leads",)
    assert len(people) == 13
    assert policy.channels() == {
        "C0CSLEADS": ("workspace.fallback_channel",),
        "C0RELATIONAL": ("programmes.relational.channel",),
        "#nps-support": ("programmes.support.channel",),
        "#support-leads": ("programmes.support.fallback_channel",),
    }


def test_addresses_are_kept_in_lower_case() -> None:
    policy = load_policy(bent('admin = "sam@acme.example"', 'admin = "Sam@Acme.Example"'))
    assert policy.workspace.admin == "sam@acme.example"


def test_a_programme_without_fallback_uses_the_workspaces() -> None:
    policy = sound()
    assert policy.fallback_channel(policy.programmes["relational"]) == "C0CSLEADS"
    assert policy.fallback_channel(policy.programmes["support"]) == "#support-leads"


@pytest.mark.parametrize("name", ["enterprise", "Enterprise", " ENTERPRISE "])
def test_a_segment_is_found_by_key_or_name(name: str) -> None:
    segment = sound().segment_named(name)
    assert segment is not None
    assert segment.key == "enterprise"


def test_an_unknown_segment_is_none() -> None:
    assert sound().segment_named("") is None
    assert sound().segment_named("smb") is None


def test_a_crm_link_carries_any_key_safely() -> None:
    workspace = sound().workspace
    assert workspace.crm_url("001 A/b?<x>|&") == "https://crm.example/accounts/001%20A%2Fb%3F%3Cx%3E%7C%26"
    assert workspace.crm_url("") == ""
    assert load_policy(bent('crm_link = "https://crm.example/accounts/{account}"', "")).workspace.crm_url("1") == ""
