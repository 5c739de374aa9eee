"""Who may do what: the whole table of playbook, section 4."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recovery.cases.case import Case, Deadlines, Routing, State, Urgency
from recovery.errors import NotAllowed
from recovery.roles import (
    Standing,
    check_assign,
    check_claim,
    check_own,
    check_release,
    check_see,
    check_withdraw,
    standing,
)
from recovery.routing import Roster
from tests.recovery.policies import sound

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
OPEN = Case(
    id=1,
    programme="relational",
    contact_id=1,
    account_id=None,
    response_id=1,
    state=State.OPEN,
    urgency=Urgency.NORMAL,
    urgency_why="",
    routing=Routing("", ""),
    opened_at=AT,
    submitted_at=AT,
    deadlines=Deadlines(AT, AT, "", ""),
)
OWNED = replace(OPEN, state=State.CLAIMED, owner="U0PRIYA")
NOBODY = Standing(
    "U0X", member=False, lead=False, manager=False, owns_score=False, active=True, known=True, leads=("U0MARCUS",)
)
PEOPLE: dict[str, Standing] = {
    "member": replace(NOBODY, user="U0JEN", member=True),
    "owner": replace(NOBODY, user="U0PRIYA", member=True),
    "owner who left the channel": replace(NOBODY, user="U0PRIYA"),
    "lead": replace(NOBODY, user="U0MARCUS", member=True, lead=True),
    "lead elsewhere": replace(NOBODY, user="U0MARCUS", lead=True),
    "manager": replace(NOBODY, user="U0ELENA", manager=True),
    "score owner": replace(NOBODY, user="U0INGRID", member=True, owns_score=True),
    "lead who owns the score": replace(NOBODY, user="U0INGRID", member=True, lead=True, owns_score=True),
    "outsider": NOBODY,
    "deactivated lead": replace(NOBODY, user="U0LEO", member=True, lead=True, active=False),
    "unknown": replace(NOBODY, user="U0GHOST", known=False),
}
DOINGS: dict[str, Callable[[Standing], None]] = {
    "see": check_see,
    "claim": lambda who: check_claim(who, OPEN),
    "assign": check_assign,
    "reassign": lambda who: check_assign(who, OWNED),
    "assign in a lead's place": lambda who: check_assign(who, OPEN, told=True),
    "own": check_own,
    "release": lambda who: check_release(who, OWNED),
    "withdraw": check_withdraw,
}
MAY: dict[str, set[str]] = {
    "member": {"see", "claim", "own", "assign in a lead's place"},
    "owner": {"see", "claim", "own", "release", "assign in a lead's place"},
    "owner who left the channel": {"release", "assign in a lead's place"},
    "lead": set(DOINGS),
    "lead elsewhere": set(DOINGS),
    "manager": {"see", "reassign", "assign in a lead's place"},
    "score owner": {"see", "assign in a lead's place"},
    "lead who owns the score": {"see", "assign", "reassign", "release", "assign in a lead's place"},
    "outsider": {"assign in a lead's place"},
    "deactivated lead": set(),
    "unknown": set(),
}


@pytest.mark.parametrize("doing", DOINGS)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_do_what(who: str, doing: str) -> None:
    if doing in MAY[who]:
        DOINGS[doing](PEOPLE[who])
        return
    with pytest.raises(NotAllowed) as refused:
        DOINGS[doing](PEOPLE[who])
    assert refused.value.sentence.endswith(".")
    assert "!" not in refused.value.sentence


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (
            lambda: check_claim(PEOPLE["score owner"], OPEN),
            (
                "Your team owns this programme's score, so it can't own its cases. "
                "<@U0MARCUS> can give it to someone else."
            ),
        ),
        (
            lambda: check_claim(PEOPLE["outsider"], OPEN),
            "Only members of this programme's channel claim its cases. Join the channel first, or ask <@U0MARCUS>.",
        ),
        (
            lambda: check_claim(replace(NOBODY, leads=()), OPEN),
            (
                "Only members of this programme's channel claim its cases. "
                "Join the channel first, or ask a lead of the programme."
            ),
        ),
        (lambda: check_assign(PEOPLE["member"]), "Only a lead of this programme assigns cases. <@U0MARCUS> can do it."),
        (
            lambda: check_assign(replace(PEOPLE["member"], leads=("U0MARCUS", "U0LENA"))),
            "Only a lead of this programme assigns cases. <@U0MARCUS> or <@U0LENA> can do it.",
        ),
        (
            lambda: check_assign(replace(PEOPLE["member"], leads=())),
            (
                "Only a lead of this programme assigns cases. "
                "The policy file names the programme's leads; none of them is here at the moment."
            ),
        ),
        (
            lambda: check_release(PEOPLE["member"], OWNED),
            "<@U0PRIYA> owns this case; only they or a lead can release it. <@U0MARCUS> can do it.",
        ),
        (
            lambda: check_withdraw(PEOPLE["member"]),
            "Only a lead of this programme withdraws cases. <@U0MARCUS> can do it.",
        ),
        (
            lambda: check_own(PEOPLE["score owner"]),
            (
                "The team of <@U0INGRID> owns this programme's score, so it can't own its cases. "
                "Choose somebody from another team."
            ),
        ),
        (
            lambda: check_own(PEOPLE["outsider"]),
            (
                "<@U0X> isn't in this programme's channel and wouldn't see the case. "
                "Invite them there first, or choose somebody else."
            ),
        ),
        (lambda: check_own(PEOPLE["deactivated lead"]), "<@U0LEO> has left, and a case needs somebody who is here."),
        (lambda: check_own(PEOPLE["unknown"]), "This person isn't in this workspace. Choose somebody who is."),
    ],
)
def test_a_refusal_says_why_and_who_can(check: Callable[[], None], sentence: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        check()
    assert refused.value.sentence == sentence


def test_a_case_without_owner_is_left_to_the_case_to_explain() -> None:
    check_release(PEOPLE["member"], OPEN)


def test_who_owns_the_case_already_hears_that_and_nothing_else() -> None:
    check_claim(PEOPLE["owner who left the channel"], OWNED)


IDS = {
    "marcus@acme.example": "U0MARCUS",
    "lena@acme.example": "U0LENA",
    "elena@acme.example": "U0ELENA",
    "tomas@acme.example": "U0TOMAS",
    "ingrid@acme.example": "U0INGRID",
    "ghost@acme.example": "",
}
ROSTER = Roster(ids=IDS, names={"U0PRIYA": "Priya"}, deactivated=frozenset({"U0LENA"}))


@pytest.mark.parametrize(
    ("user", "member", "expected"),
    [
        ("U0PRIYA", True, {"known", "active"}),
        ("U0PRIYA", False, {"known", "active"}),
        # The owner of the programme is its sponsor where the policy names no other.
        ("U0MARCUS", True, {"known", "active", "lead", "manager"}),
        ("U0LENA", True, {"known", "lead"}),
        ("U0ELENA", False, {"known", "active", "manager"}),
        ("U0TOMAS", False, {"known", "active", "manager"}),
        ("U0INGRID", True, {"known", "active", "owns_score"}),
        ("U0STRANGER", False, {"active"}),
        ("U0NEWHERE", True, {"active", "known"}),
        ("", False, {"active"}),
    ],
)
def test_standing_in_a_programme(user: str, member: bool, expected: set[str]) -> None:
    policy = sound()
    found = standing(policy, policy.programmes["relational"], user, ROSTER, member)
    flags = ("lead", "manager", "owns_score", "active", "known")
    assert {flag for flag in flags if getattr(found, flag)} == expected
    assert (found.user, found.member, found.leads) == (user, member, ("U0MARCUS",))


def test_a_lead_of_one_programme_is_nobody_in_another() -> None:
    policy = sound()
    assert not standing(policy, policy.programmes["support"], "U0MARCUS", ROSTER, member=True).lead
    assert not standing(policy, policy.programmes["support"], "U0INGRID", ROSTER, member=True).owns_score
