"""The calendar file: whose it is, and what stands beside it."""

from dataclasses import replace

import pytest
from icalendar import Calendar

from bot.invites import invite
from bot.views.look import Attachment
from recovery.cases.brief import Brief
from recovery.survey import Account
from store.slack.people import Person
from tests.support.briefs import COMMITTED, NOW, at_step

BRIEF = at_step(COMMITTED)
OWNER = Person(BRIEF.case.owner, "owner@acme.example", "Priya Raman", "Europe/London")
FORMER = Person("U0GONE", "gone@acme.example", "Kofi Mensah", "Africa/Accra")


def file_of(brief: Brief, person: Person, sequence: int = 7) -> tuple[Attachment, Calendar]:
    file = invite(brief, person, NOW, sequence)
    assert file is not None
    return file, Calendar.from_ical(file.content)


def test_the_owners_file_asks_and_anybody_elses_calls_off() -> None:
    asked, off = file_of(BRIEF, OWNER), file_of(BRIEF, FORMER)
    assert asked[1]["METHOD"] == "REQUEST"
    assert asked[0].words.endswith(": the follow-up, for your calendar.")
    assert (off[1]["METHOD"], off[1].events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert off[1].events[0]["UID"] == asked[1].events[0]["UID"]
    assert off[1].events[0]["ATTENDEE"] == "mailto:gone@acme.example"
    assert off[0].words.endswith(f": <@{OWNER.user_id}> has the follow-up now; this takes it out of your calendar.")


def test_a_case_that_waits_for_an_owner_names_none() -> None:
    waiting = replace(BRIEF, case=replace(BRIEF.case, owner=""))
    file, calendar = file_of(waiting, FORMER)
    assert calendar["METHOD"] == "CANCEL"
    assert file.words.endswith(": the follow-up waits for a new owner; this takes it out of your calendar.")


@pytest.mark.parametrize("name", ["<!channel>", "<@U0JEN> & *Sons*", "x" * 5000, "a\r\nMETHOD:CANCEL"])
@pytest.mark.parametrize("person", [OWNER, FORMER], ids=["owner", "former"])
def test_a_name_from_a_survey_stays_a_name(name: str, person: Person) -> None:
    file, calendar = file_of(replace(BRIEF, account=Account("a", name)), person)
    said = file.words.replace(f"<@{OWNER.user_id}>", "")
    assert "<" not in said
    assert "\n" not in said
    assert len(file.words) < 1000
    assert len(file.title) < 1000
    assert calendar["METHOD"] == ("REQUEST" if person is OWNER else "CANCEL")
    assert len(calendar.events) == 1
