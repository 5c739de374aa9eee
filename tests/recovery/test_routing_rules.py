"""Whom a case asks first, and the words that say why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Routing
from recovery.policy.file import load_policy
from recovery.routing import Roster, route
from tests.recovery.policies import SOUND, account, answer, bent, sound

TODAY = date(2026, 11, 21)
PEOPLE = ("Marcus", "Lena", "Elena", "Priya", "Jen", "Kofi", "Amara", "Ben", "Ingrid", "Tomas")
IDS = {f"{name.lower()}@acme.example": f"U0{name.upper()}" for name in PEOPLE}
NAMES = {f"U0{name.upper()}": name for name in PEOPLE} | {"U0TOMAS": "Tomás"}
EVERYBODY = frozenset(NAMES)


def roster(**changes: object) -> Roster:
    return Roster(**{"ids": IDS, "names": NAMES, "members": EVERYBODY} | changes)  # type: ignore[arg-type] - tests name fields freely


def routed(verbatim: str = "", *, csm: str = "", segment: str = "", **changes: object) -> Routing:
    policy = sound()
    about = account(csm_email=csm, segment=segment)
    return route(policy, policy.programmes["relational"], answer(verbatim), about, roster(**changes), TODAY)


JEN = "jen@acme.example"
AWAY = {"U0JEN": date(2026, 12, 2)}
BUSY = {"U0JEN": 8, "U0PRIYA": 9}

# what is known, who is asked, why
ROUTES: list[tuple[dict[str, object], str, str]] = [
    # the first match wins
    ({"csm": JEN}, "U0JEN", "Jen is the account's CSM"),
    ({"csm": JEN, "verbatim": "onboarding", "segment": "enterprise"}, "U0JEN", "Jen is the account's CSM"),
    ({"csm": " JEN@Acme.Example "}, "U0JEN", "Jen is the account's CSM"),
    ({"csm": "U0JEN"}, "U0JEN", "Jen is the account's CSM"),
    (
        {"verbatim": "Onboarding was a disaster", "segment": "Enterprise"},
        "U0AMARA",
        'Amara is in the team Onboarding, which takes "onboarding"',
    ),
    ({"verbatim": "never made it to go live"}, "U0AMARA", 'Amara is in the team Onboarding, which takes "go-live"'),
    (
        {"verbatim": "onboarding", "open_cases": {"U0AMARA": 3, "U0BEN": 2}},
        "U0BEN",
        'Ben is in the team Onboarding, which takes "onboarding"',
    ),
    ({"segment": "enterprise"}, "U0TOMAS", "Tomás manages the segment Enterprise"),
    ({"segment": "unheard of"}, "U0PRIYA", "Priya is next in rotation"),
    # the rotation turns
    ({}, "U0PRIYA", "Priya is next in rotation"),
    ({"turn": 1}, "U0JEN", "Jen is next in rotation"),
    ({"turn": 2}, "U0KOFI", "Kofi is next in rotation"),
    ({"turn": 3_000_000}, "U0PRIYA", "Priya is next in rotation"),
    # who can't take it is passed over
    ({"csm": JEN, "away": AWAY}, "U0PRIYA", "Jen (CSM) is away until 2 Dec, so Priya is next in rotation"),
    ({"csm": JEN, "away": {"U0JEN": TODAY}}, "U0PRIYA", "Jen (CSM) is away until 21 Nov, so Priya is next in rotation"),
    ({"csm": JEN, "away": {"U0JEN": date(2026, 11, 20)}}, "U0JEN", "Jen is the account's CSM"),
    (
        {"csm": JEN, "away": {"U0JEN": date(2027, 1, 4)}},
        "U0PRIYA",
        "Jen (CSM) is away until 4 Jan 2027, so Priya is next in rotation",
    ),
    ({"csm": JEN, "open_cases": {"U0JEN": 8}}, "U0PRIYA", "Jen (CSM) has 8 open cases, so Priya is next in rotation"),
    ({"csm": JEN, "open_cases": {"U0JEN": 7}}, "U0JEN", "Jen is the account's CSM"),
    ({"csm": JEN, "deactivated": frozenset({"U0JEN"})}, "U0PRIYA", "Jen (CSM) has left, so Priya is next in rotation"),
    (
        {"csm": JEN, "members": EVERYBODY - {"U0JEN"}},
        "U0PRIYA",
        "Jen (CSM) isn't in the channel, so Priya is next in rotation",
    ),
    ({"csm": JEN, "members": None}, "U0JEN", "Jen is the account's CSM"),
    ({"csm": JEN, "released": "U0JEN"}, "U0PRIYA", "Jen (CSM) gave it back, so Priya is next in rotation"),
    (
        {"csm": "ingrid@acme.example"},
        "U0PRIYA",
        "Ingrid (CSM) is in the team that owns the score, so Priya is next in rotation",
    ),
    (
        {"csm": "<!channel>@evil.example"},
        "U0PRIYA",
        "the account's CSM isn't in this workspace, so Priya is next in rotation",
    ),
    (
        {"ids": IDS | {"priya@acme.example": ""}},
        "U0JEN",
        "priya@acme.example (rotation) isn't in this workspace, so Jen is next in rotation",
    ),
    (
        {"verbatim": "onboarding", "deactivated": frozenset({"U0AMARA", "U0BEN"}), "segment": "enterprise"},
        "U0TOMAS",
        "Amara (Onboarding) has left and Ben (Onboarding) has left, so Tomás manages the segment Enterprise",
    ),
    # once is enough
    ({"csm": JEN, "away": AWAY, "turn": 1}, "U0KOFI", "Jen (CSM) is away until 2 Dec, so Kofi is next in rotation"),
    (
        {"csm": JEN, "open_cases": BUSY},
        "U0KOFI",
        "Jen (CSM) has 8 open cases and Priya (rotation) has 9 open cases, so Kofi is next in rotation",
    ),
    # the end of the line
    (
        {"open_cases": dict.fromkeys(NAMES, 50)},
        "U0MARCUS",
        (
            "Priya (rotation) has 50 open cases, Jen (rotation) has 50 open cases "
            "and Kofi (rotation) has 50 open cases, so Marcus, the lead, is asked"
        ),
    ),
    (
        {"csm": "marcus@acme.example", "open_cases": dict.fromkeys(NAMES, 50)},
        "U0MARCUS",
        (
            "Marcus (CSM) has 50 open cases, Priya (rotation) has 50 open cases, Jen (rotation) has 50 open cases "
            "and 1 more can't take it, so Marcus, the lead, is asked"
        ),
    ),
    (
        {"deactivated": EVERYBODY - {"U0LENA"}, "members": frozenset()},
        "U0LENA",
        (
            "Priya (rotation) has left, Jen (rotation) has left, Kofi (rotation) has left and 1 more can't take it, "
            "so Lena, the lead, is asked"
        ),
    ),
    (
        {"deactivated": EVERYBODY},
        "",
        (
            "Priya (rotation) has left, Jen (rotation) has left, Kofi (rotation) has left and 2 more can't take it, "
            "so nobody is free: the whole channel is asked"
        ),
    ),
    # before Slack has told who is who
    ({"ids": {}, "names": {}, "members": None, "csm": "U0JEN"}, "U0JEN", "U0JEN is the account's CSM"),
]


@pytest.mark.parametrize(("known", "user", "why"), ROUTES, ids=[row[2][:60] for row in ROUTES])
def test_the_route_and_its_reason(known: dict[str, object], user: str, why: str) -> None:
    assert routed(**known) == Routing(user, why)  # type: ignore[arg-type] - the table names fields freely


def test_a_programme_without_rotation_asks_its_lead() -> None:
    policy = sound()
    programme = policy.programmes["support"]
    assert route(policy, programme, answer(), None, Roster(names={"U0LEAD": "Lee"}), TODAY) == Routing(
        "U0LEAD", "Lee, the lead, is asked"
    )


def test_the_answers_own_account_serves_when_none_is_stored() -> None:
    policy = sound()
    told = answer(account=account(csm_email=JEN))
    assert route(policy, policy.programmes["relational"], told, None, roster(), TODAY).user == "U0JEN"


def test_the_first_keywords_that_fit_decide() -> None:
    second = '[[programmes.relational.keywords]]\nwords = ["disaster"]\nteam = "second"\n'
    text = SOUND + second + '[teams.second]\nname = "Second"\nmembers = ["kofi@acme.example"]\n'
    policy = load_policy(text)
    programme = policy.programmes["relational"]
    both = route(policy, programme, answer("A disaster of an onboarding"), None, roster(), TODAY)
    assert both == Routing("U0AMARA", 'Amara is in the team Onboarding, which takes "onboarding"')
    assert route(policy, programme, answer("A disaster"), None, roster(), TODAY).user == "U0KOFI"


def test_the_limit_of_open_cases_is_the_policys() -> None:
    policy = load_policy(bent("open_cases = 8", "open_cases = 1"))
    found = route(policy, policy.programmes["relational"], answer(), None, roster(open_cases={"U0PRIYA": 1}), TODAY)
    assert found == Routing("U0JEN", "Priya (rotation) has 1 open case, so Jen is next in rotation")


users = st.frozensets(st.sampled_from(sorted(NAMES)))


@given(
    verbatim=st.sampled_from(["", "onboarding", "<!channel> go-live \u202e", "cancel"]),
    csm=st.sampled_from(["", *IDS, "nobody@else.example", "<!here>"]),
    segment=st.sampled_from(["", "enterprise", "<!everyone>"]),
    away=st.dictionaries(st.sampled_from(sorted(NAMES)), st.dates(date(2026, 11, 1), date(2026, 12, 31))),
    deactivated=users,
    open_cases=st.dictionaries(st.sampled_from(sorted(NAMES)), st.integers(0, 20)),
    members=st.none() | users,
    turn=st.integers(0, 10_000),
    released=st.sampled_from(["", *NAMES]),
)
def test_nobody_is_asked_who_can_not_take_it(**known: object) -> None:
    found = routed(**known)  # type: ignore[arg-type] - hypothesis fills the fields by name
    there = roster(**{key: known[key] for key in ("away", "deactivated", "open_cases", "members", "turn", "released")})
    assert "<" not in found.why
    assert len(found.why) < 400
    leads = {"U0MARCUS", "U0LENA"}
    if not found.user:
        assert all(
            lead in there.deactivated or lead == there.released or there.away.get(lead, date.min) >= TODAY
            for lead in leads
        )
        return
    assert found.user not in there.deactivated
    assert found.user != there.released
    assert found.user != "U0INGRID"
    assert there.away.get(found.user, date.min) < TODAY
    if found.user not in leads:
        assert there.open_cases.get(found.user, 0) < 8
        assert there.members is None or found.user in there.members


@given(st.integers(0, 1000))
def test_the_rotation_asks_everybody_equally(turn: int) -> None:
    asked = {routed(turn=turn + step).user for step in range(3)}
    assert asked == {"U0PRIYA", "U0JEN", "U0KOFI"}
