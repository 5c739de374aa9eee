"""User groups stand where the policy takes several people, and are their people wherever it counts."""

import pytest

from recovery.errors import PolicyError
from recovery.policy.file import Policy, load_policy
from recovery.roles import standing
from recovery.routing import Roster, route
from tests.recovery.policies import account, answer, bent
from tests.recovery.test_routing_rules import IDS, NAMES, TODAY, roster

GROUPS = {"S0CSM": ("U0JEN", "U0KOFI", "U0PRIYA"), "S0BOSSES": ("U0ELENA", "U0MARCUS"), "S0LAB": ("U0INGRID",)}
ROTATION = 'rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]'
LEADS = 'leads = ["marcus@acme.example", "lena@acme.example"]'


def grouped(**changes: object) -> Roster:
    return roster(**{"groups": GROUPS} | changes)


def asked(policy: Policy, verbatim: str = "", **changes: object) -> tuple[str, str]:
    found = route(policy, policy.programmes["relational"], answer(verbatim), account(), grouped(**changes), TODAY)
    return found.user, found.why


@pytest.mark.parametrize(
    ("old", "key"),
    [
        (ROTATION, "programmes.relational.rotation"),
        (LEADS, "programmes.relational.leads"),
        ('managers = ["elena@acme.example"]', "programmes.relational.managers"),
        ('members = ["ingrid@acme.example"]', "teams.research.members"),
    ],
)
def test_every_list_of_people_takes_a_group_and_says_where(old: str, key: str) -> None:
    name = old.split(" ", maxsplit=1)[0]
    policy = load_policy(bent(old, f'{name} = ["S0CSM", "sam@acme.example", " S0BOSSES "]'))
    assert policy.groups() == {"S0CSM": (key,), "S0BOSSES": (key,)}
    assert "S0CSM" not in policy.people()
    assert key in policy.people()["sam@acme.example"]


def test_a_policy_without_groups_names_none() -> None:
    assert load_policy(bent(ROTATION, "rotation = []")).groups() == {}


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ('admin = "sam@acme.example"', "workspace.admin"),
        ('owner = "marcus@acme.example"', "programmes.relational.owner"),
        ('manager = "tomas@acme.example"', "segments.enterprise.manager"),
    ],
)
def test_where_one_person_stands_a_group_is_refused(old: str, key: str) -> None:
    name = old.split(" ", maxsplit=1)[0]
    with pytest.raises(PolicyError) as refused:
        load_policy(bent(old, f'{name} = "S0CSM"'))
    (line,) = [line for line in refused.value.sentence.split("\n") if key in line]
    assert '"S0CSM" is a user group' in line
    assert "one person" in line
    assert f'For example: {name} = "' in line


def test_the_team_that_owns_the_score_is_a_group_too() -> None:
    owners = bent('members = ["ingrid@acme.example"]', 'members = ["S0CSM"]')
    with pytest.raises(PolicyError, match='"S0CSM" can\'t stand here'):
        load_policy(owners.replace(ROTATION, 'rotation = ["S0CSM"]'))
    # Somebody of the group who is in the rotation by their own name is found out when a case is routed.
    user, why = asked(load_policy(owners))
    assert user == "U0MARCUS"
    assert why.startswith(
        "Priya (rotation) is in the team that owns the score, Jen (rotation) is in the team that owns"
    )
    assert why.endswith("and Kofi (rotation) is in the team that owns the score, so Marcus, the lead, is asked")


@pytest.mark.parametrize(("turn", "user"), [(0, "U0JEN"), (1, "U0KOFI"), (2, "U0PRIYA"), (3, "U0JEN")])
def test_the_rotation_turns_through_a_group(turn: int, user: str) -> None:
    assert asked(load_policy(bent(ROTATION, 'rotation = ["S0CSM"]')), turn=turn)[0] == user


@pytest.mark.parametrize(("turn", "user"), [(0, "U0PRIYA"), (1, "U0JEN"), (2, "U0KOFI"), (3, "U0PRIYA")])
def test_who_is_named_twice_has_one_turn(turn: int, user: str) -> None:
    policy = load_policy(bent(ROTATION, 'rotation = ["priya@acme.example", "S0CSM", "U0KOFI"]'))
    assert asked(policy, turn=turn)[0] == user


def test_a_team_of_a_group_is_asked_by_load() -> None:
    policy = load_policy(bent('members = ["amara@acme.example", "ben@acme.example"]', 'members = ["S0CSM"]'))
    load = {"U0JEN": 3, "U0KOFI": 1, "U0PRIYA": 2}
    assert asked(policy, "onboarding", open_cases=load) == (
        "U0KOFI",
        'Kofi is in the team Onboarding, which takes "onboarding"',
    )


def test_a_group_with_nobody_in_it_is_said_and_the_lead_is_asked() -> None:
    policy = load_policy(bent(ROTATION, 'rotation = ["S0GHOST"]'))
    assert asked(policy) == (
        "U0MARCUS",
        "the user group S0GHOST (rotation) has nobody in it, so Marcus, the lead, is asked",
    )
    ghosts = load_policy(bent(LEADS, 'leads = ["S0GHOST"]').replace(ROTATION, ""))
    assert asked(ghosts)[0] == ""


def test_an_account_whose_csm_is_a_group_has_none_here() -> None:
    policy = load_policy(bent(ROTATION, "rotation = []"))
    about = account(csm_email="S0CSM")
    found = route(policy, policy.programmes["relational"], answer(), about, grouped(), TODAY)
    assert found.why == "the account's CSM isn't in this workspace, so Marcus, the lead, is asked"


def test_a_group_of_leads_and_managers_has_their_rights() -> None:
    text = bent(LEADS, 'leads = ["S0BOSSES"]').replace('managers = ["elena@acme.example"]', 'managers = ["S0LAB"]')
    text = text.replace('owner = "marcus@acme.example"', 'owner = "sam@acme.example"')
    policy = load_policy(text.replace('members = ["ingrid@acme.example"]', 'members = ["S0CSM"]').replace(ROTATION, ""))
    programme = policy.programmes["relational"]

    def of(user: str, groups: dict[str, tuple[str, ...]] | None = None) -> tuple[bool, bool, bool]:
        found = standing(policy, programme, user, grouped(**({} if groups is None else {"groups": groups})), False)
        return found.lead, found.manager, found.owns_score

    assert of("U0MARCUS") == of("U0ELENA") == (True, False, False)
    assert of("U0INGRID") == (False, True, False)
    assert of("U0KOFI") == (False, False, True)
    assert of("U0MARCUS", {}) == (False, False, False)
    assert standing(policy, programme, "U0MARCUS", grouped(), False).leads == ("U0ELENA", "U0MARCUS")
    # The group's id is nobody's name.
    assert of("S0BOSSES") == (False, False, False)


def test_the_same_person_by_address_and_by_group_is_one() -> None:
    found = Roster(ids=IDS, names=NAMES, groups=GROUPS).users(["jen@acme.example", "S0CSM", "S0CSM", "S0NONE", "U0JEN"])
    assert found == ("U0JEN", "U0KOFI", "U0PRIYA")
