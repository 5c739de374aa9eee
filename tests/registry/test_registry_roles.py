"""Who may plan, finish and look after an action: the whole table."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from recovery.errors import NotAllowed
from recovery.roles import Standing, check_finish, check_look_after, check_plan
from tests.recovery.test_role_rules import PEOPLE

OWNER = "U0PRIYA"
EVERYBODY: dict[str, Standing] = {
    **PEOPLE,
    "stranger": replace(PEOPLE["member"], user="U0STRANGER", member=False, known=False),
    "gone": replace(PEOPLE["lead"], active=False),
    "app": replace(PEOPLE["member"], bot=True),
}
LEADS = {"lead", "lead elsewhere", "lead who owns the score"}  # an action is no case, and hides nothing
OWNERS = {"owner", "owner who left the channel"}


def allowed(check: Callable[[Standing], None]) -> set[str]:
    found = set()
    for name, standing in EVERYBODY.items():
        try:
            check(standing)
        except NotAllowed as refused:
            assert refused.sentence[-1] == "."  # noqa: PT017 - whoever may not reads a whole sentence
        else:
            found.add(name)
    return found


def test_leads_plan_and_drop() -> None:
    assert allowed(check_plan) == LEADS


@pytest.mark.parametrize(("owner", "others"), [(OWNER, OWNERS), ("", set())])
def test_leads_and_the_owner_say_that_it_is_done(owner: str, others: set[str]) -> None:
    assert allowed(lambda by: check_finish(by, owner)) == LEADS | others


def test_whoever_is_here_looks_after_an_action_without_a_seat_in_the_channel() -> None:
    assert allowed(check_look_after) == set(EVERYBODY) - {"stranger", "gone", "app"} - {
        name for name, each in PEOPLE.items() if not each.known or not each.active
    }


def test_who_may_not_is_told_whom_to_ask() -> None:
    with pytest.raises(NotAllowed, match="<@U0PRIYA> looks after this action; only they or a lead say that it is done"):
        check_finish(PEOPLE["member"], OWNER)
    with pytest.raises(NotAllowed, match="<@U0MARCUS> can do it"):
        check_plan(PEOPLE["member"])
