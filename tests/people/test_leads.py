"""Who answers for a programme: its leads who are here, else the admin; never somebody whose account is switched off."""

import pytest

from bot.flows.cases.casework import leads_of
from bot.house import House
from recovery.policy.file import load_policy
from store.slack.people import Directory, Person
from tests.support.story import POLICY

NAMES = {"marcus": "U0MARCUS", "tomas": "U0TOMAS", "sam": "U0SAM"}
TWO_LEADS = POLICY.read_text("utf-8").replace(
    'leads = ["marcus@acme.example"]', 'leads = ["marcus@acme.example", "tomas@acme.example"]'
)


def house_without(*gone: str) -> House:
    house = House(load_policy(TWO_LEADS))
    house.directory = Directory(
        people={user: Person(user, f"{name}@acme.example", name, deleted=name in gone) for name, user in NAMES.items()},
        by_email={f"{name}@acme.example": user for name, user in NAMES.items()},
    )
    return house


@pytest.mark.parametrize(
    ("gone", "hear"),
    [
        ((), ["U0MARCUS", "U0TOMAS"]),
        (("marcus",), ["U0TOMAS"]),
        (("marcus", "tomas"), ["U0SAM"]),
        (("marcus", "tomas", "sam"), []),
    ],
)
def test_slack_would_take_a_message_to_who_has_left_and_show_it_to_nobody(
    gone: tuple[str, ...], hear: list[str]
) -> None:
    house = house_without(*gone)
    assert leads_of(house, house.policy.programmes["relational"]) == hear


def test_a_programme_that_the_policy_forgot_is_the_admins() -> None:
    assert leads_of(house_without(), None) == ["U0SAM"]
    assert leads_of(house_without("sam"), None) == []
