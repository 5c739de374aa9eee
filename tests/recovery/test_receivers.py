"""Who hears an alarm, and who hears it instead. The tables are read by eye; the properties hold for any roster."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import State
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from recovery.clock.receivers import Part, Receiver, receivers
from recovery.policy.file import Policy, load_policy
from recovery.routing import Roster
from tests.recovery.policies import SOUND
from tests.recovery.step_values import CASE

NAMES = ("priya", "jen", "kofi", "marcus", "lena", "elena", "tomas", "sam", "ada", "ingrid", "omar")
IDS = {f"{name}@acme.example": f"U0{name.upper()}" for name in NAMES}
PRIYA, JEN, KOFI, MARCUS, LENA, ELENA, TOMAS, SAM, ADA, INGRID, OMAR = (f"U0{name.upper()}" for name in NAMES)
UNTIL = date(2026, 12, 2)
# Priya, Jen and Kofi take turns; Marcus owns the programme and leads it with Lena; Elena manages; Ada sponsors.
POLICY = load_policy(
    SOUND.replace(
        'managers = ["elena@acme.example"]', 'managers = ["elena@acme.example"]\nsponsor = "ada@acme.example"'
    )
    + '[people."priya@acme.example"]\nbackup = "jen@acme.example"\n[people.U0ELENA]\nbackup = "omar@acme.example"\n'
)
ROSTER = Roster(ids=IDS, names={user: user for user in IDS.values()}, turn=2)
OWNED, FREE = CASE, replace(CASE, state=State.OPEN, owner="", assigned_at=None)


def _hear(
    level: Level,
    step: Step = Step.OUTREACH,
    *,
    owned: bool = True,
    gone: str = "",
    roster: Roster = ROSTER,
    policy: Policy = POLICY,
    segment_manager: str = "",
    unreachable: str = "",
) -> list[tuple[str, str, str]]:
    """Everybody who hears: person, part, whom they stand in for. `gone`: who is away, by first name."""
    away = {f"U0{name.upper()}": UNTIL for name in gone.split()}
    found = receivers(
        policy,
        policy.programmes["relational"],
        OWNED if owned else FREE,
        level,
        step,
        replace(roster, away=away),
        segment_manager=segment_manager,
        unreachable={f"U0{name.upper()}" for name in unreachable.split()},
    )
    return [(receiver.user, receiver.role.value, receiver.instead_of) for receiver in found]


AFTER = {"marcus": "kofi", "lena": "jen"}
Heard = list[tuple[str, str, str]]
OWNER, MANAGER, SPONSOR = (PRIYA, "owner", ""), (ELENA, "manager", ""), (ADA, "sponsor", "")
LEADS = [(MARCUS, "lead", ""), (LENA, "lead", "")]


@pytest.mark.parametrize(
    ("level", "step", "owned", "hears"),
    [
        (Level.NUDGE, Step.ASSIGN, False, LEADS),
        (Level.URGE, Step.ASSIGN, False, LEADS),
        (Level.BREACH, Step.ASSIGN, False, [*LEADS, MANAGER]),
        (Level.EXECUTIVE, Step.ASSIGN, False, [SPONSOR, MANAGER]),
        (Level.AGAIN, Step.ASSIGN, False, [SPONSOR, MANAGER]),
        (Level.NUDGE, Step.OUTREACH, True, [OWNER]),
        (Level.URGE, Step.ACTION, True, [OWNER]),
        (Level.IDLE, Step.OUTREACH, True, [OWNER]),
        (Level.IDLE_RELEASE, Step.OUTREACH, True, [OWNER]),
        (Level.BREACH, Step.OUTREACH, True, [OWNER, MANAGER]),
        (Level.BREACH, Step.FOLLOW_UP, True, [OWNER, MANAGER]),
        (Level.EXECUTIVE, Step.CONVERSATION, True, [SPONSOR, MANAGER]),
        (Level.AGAIN, Step.ACTION, True, [SPONSOR, MANAGER]),
        # Nobody has the case yet: the leads hear of its steps, as it is theirs to give it to somebody.
        (Level.NUDGE, Step.OUTREACH, False, LEADS),
        (Level.BREACH, Step.OUTREACH, False, [*LEADS, MANAGER]),
    ],
)
def test_each_level_has_its_people(level: Level, step: Step, owned: bool, hears: Heard) -> None:
    assert _hear(level, step, owned=owned) == hears


def test_the_manager_of_the_segment_hears_of_a_breach_and_of_no_nudge() -> None:
    tomas = (TOMAS, "manager", "")
    assert _hear(Level.BREACH, segment_manager="tomas@acme.example") == [OWNER, MANAGER, tomas]
    assert _hear(Level.NUDGE, segment_manager="tomas@acme.example") == [OWNER]
    assert _hear(Level.EXECUTIVE, segment_manager="elena@acme.example") == [SPONSOR, MANAGER]


@pytest.mark.parametrize(
    ("gone", "hears"),
    [
        ("priya", (JEN, "stand-in", PRIYA)),  # the backup
        ("priya jen", (KOFI, "stand-in", PRIYA)),  # the rotation
        ("priya jen kofi", (MARCUS, "stand-in", PRIYA)),  # a lead
        ("priya jen kofi marcus", (LENA, "stand-in", PRIYA)),  # the other lead
        ("priya jen kofi marcus lena", ("C0CSLEADS", "channel", "")),
    ],
)
def test_an_owner_who_is_away_is_replaced_by_the_next(gone: str, hears: tuple[str, str, str]) -> None:
    assert _hear(Level.NUDGE, gone=gone) == [hears]
    assert _hear(Level.IDLE, unreachable=gone) == [hears]
    deactivated = replace(ROSTER, deactivated=frozenset(f"U0{name.upper()}" for name in gone.split()))
    assert _hear(Level.URGE, roster=deactivated) == [hears]


def test_the_programmes_owner_is_the_last_who_stands_in_for_an_owner() -> None:
    policy = load_policy(SOUND.replace('owner = "marcus@acme.example"', 'owner = "omar@acme.example"'))
    assert _hear(Level.NUDGE, policy=policy, gone="priya jen kofi marcus lena") == [(OMAR, "stand-in", PRIYA)]


def test_in_the_rotation_it_is_whose_turn_it_is_and_who_has_room() -> None:
    policy = load_policy(SOUND)  # no backups
    assert _hear(Level.NUDGE, policy=policy, gone="priya") == [(KOFI, "stand-in", PRIYA)]
    full = replace(ROSTER, open_cases={KOFI: 8, JEN: 7})
    assert _hear(Level.NUDGE, policy=policy, roster=full, gone="priya") == [(JEN, "stand-in", PRIYA)]
    outside = replace(ROSTER, members=frozenset({PRIYA, JEN, MARCUS, LENA}))
    assert _hear(Level.NUDGE, policy=policy, roster=outside, gone="priya") == [(JEN, "stand-in", PRIYA)]


def test_the_team_that_owns_the_score_never_stands_in_for_an_owner() -> None:
    # The policy is refused if a lead is in that team; by user id she isn't recognised, by the roster she is.
    text = SOUND.replace('leads = ["marcus@acme.example", "lena@acme.example"]', 'leads = ["U0INGRID"]')
    text += '[people."priya@acme.example"]\nbackup = "ingrid@acme.example"\n'
    policy = load_policy(text)
    assert _hear(Level.NUDGE, policy=policy, gone="priya jen kofi") == [(MARCUS, "stand-in", PRIYA)]
    assert _hear(Level.NUDGE, Step.ASSIGN, policy=policy, owned=False) == [(INGRID, "lead", "")]


@pytest.mark.parametrize(
    ("gone", "hears"),
    [
        ("elena", [OWNER, (OMAR, "stand-in", ELENA)]),
        ("elena omar", [OWNER, (MARCUS, "stand-in", ELENA)]),
        ("elena omar marcus", [OWNER, (SAM, "stand-in", ELENA)]),
        ("elena omar marcus sam", [OWNER]),
        ("priya elena omar", [(JEN, "stand-in", PRIYA), (MARCUS, "stand-in", ELENA)]),
    ],
)
def test_a_manager_who_is_away_is_replaced(gone: str, hears: Heard) -> None:
    assert _hear(Level.BREACH, gone=gone) == hears


def test_who_hears_as_the_owner_escalates_to_somebody_else() -> None:
    """Marcus owns both the programme and the case: he doesn't stand in for the manager above himself."""
    case = replace(OWNED, owner=MARCUS)
    roster = replace(ROSTER, away={ELENA: UNTIL, OMAR: UNTIL})
    found = receivers(POLICY, POLICY.programmes["relational"], case, Level.BREACH, Step.OUTREACH, roster)
    assert found == (Receiver(MARCUS, Part.OWNER), Receiver(SAM, Part.STAND_IN, ELENA))


def test_one_stand_in_is_enough_for_the_leads_and_none_while_a_lead_is_here() -> None:
    backups = (f'[people."{lead}@acme.example"]\nbackup = "{to}@acme.example"\n' for lead, to in AFTER.items())
    policy = load_policy(SOUND + "".join(backups))
    for gone, hears in (
        ("marcus", (LENA, "lead", "")),
        ("lena", (MARCUS, "lead", "")),
        ("marcus lena", (KOFI, "stand-in", MARCUS)),
        ("marcus lena kofi", (JEN, "stand-in", LENA)),
    ):
        assert _hear(Level.NUDGE, Step.ASSIGN, owned=False, policy=policy, gone=gone) == [hears]


def test_a_sponsor_who_is_away_is_replaced_and_the_managers_hear_too() -> None:
    assert _hear(Level.EXECUTIVE, gone="ada") == [(MARCUS, "stand-in", ADA), MANAGER]
    assert _hear(Level.EXECUTIVE, gone="ada marcus") == [(SAM, "stand-in", ADA), MANAGER]


def test_one_stands_in_for_two_without_hearing_twice() -> None:
    away = "elena tomas omar"
    hears = [OWNER, (MARCUS, "stand-in", ELENA)]
    assert _hear(Level.BREACH, gone=away, segment_manager="tomas@acme.example") == hears


@pytest.mark.parametrize(
    ("gone", "hears"),
    [
        ("marcus", [(LENA, "lead", "")]),
        ("marcus lena", [("C0CSLEADS", "channel", "")]),
    ],
)
def test_of_the_leads_those_who_are_here_hear(gone: str, hears: Heard) -> None:
    assert _hear(Level.NUDGE, Step.ASSIGN, owned=False, gone=gone) == hears


def test_leads_who_are_all_away_are_replaced_by_a_backup_or_the_programmes_owner() -> None:
    text = SOUND.replace('owner = "marcus@acme.example"', 'owner = "omar@acme.example"')
    away = "marcus lena"
    assert _hear(Level.NUDGE, Step.ASSIGN, policy=load_policy(text), gone=away) == [(OMAR, "stand-in", MARCUS)]
    text += '[people."lena@acme.example"]\nbackup = "ada@acme.example"\n'
    assert _hear(Level.NUDGE, Step.ASSIGN, policy=load_policy(text), gone=away) == [(ADA, "stand-in", LENA)]


def test_nobody_escalates_to_themselves() -> None:
    """Priya manages her own case: the programme's owner hears of its breach, and the admin if that is she too."""
    alone = SOUND.replace('managers = ["elena@acme.example"]', 'managers = ["priya@acme.example"]')
    assert _hear(Level.BREACH, policy=load_policy(alone)) == [OWNER, (MARCUS, "manager", "")]
    hers = alone.replace('owner = "marcus@acme.example"', 'owner = "priya@acme.example"')
    assert _hear(Level.BREACH, policy=load_policy(hers)) == [OWNER, (SAM, "manager", "")]
    assert _hear(Level.EXECUTIVE, policy=load_policy(hers)) == [(PRIYA, "sponsor", ""), (SAM, "manager", "")]


def test_without_managers_the_programmes_owner_hears() -> None:
    policy = load_policy(SOUND.replace('managers = ["elena@acme.example"]', "managers = []"))
    assert _hear(Level.BREACH, policy=policy) == [OWNER, (MARCUS, "manager", "")]
    # No sponsor of its own either: it is the programme's owner, who hears once.
    assert _hear(Level.EXECUTIVE, policy=policy) == [(MARCUS, "sponsor", "")]


def test_managers_whom_nobody_here_knows_are_no_managers() -> None:
    unknown = replace(ROSTER, ids={ref: user for ref, user in IDS.items() if user != ELENA})
    assert _hear(Level.BREACH, roster=unknown) == [OWNER, (MARCUS, "manager", "")]


def test_a_user_group_stands_for_its_people() -> None:
    policy = load_policy(SOUND.replace('managers = ["elena@acme.example"]', 'managers = ["S0MANAGERS"]'))
    roster = replace(ROSTER, groups={"S0MANAGERS": (ELENA, TOMAS)})
    assert _hear(Level.BREACH, policy=policy, roster=roster) == [OWNER, MANAGER, (TOMAS, "manager", "")]


def test_when_there_is_nobody_at_all_the_fallback_channel_hears() -> None:
    everybody = " ".join(NAMES)
    for level in Level:
        assert _hear(level, gone=everybody) == [("C0CSLEADS", "channel", "")]
        assert _hear(level, Step.ASSIGN, owned=False, roster=Roster()) == [("C0CSLEADS", "channel", "")]
    found = receivers(
        POLICY,
        POLICY.programmes["support"],
        FREE,
        Level.NUDGE,
        Step.ASSIGN,
        Roster(deactivated=frozenset({"U0LEAD", "U0OWNER"})),
    )
    assert found == (Receiver("#support-leads", Part.CHANNEL),)


people = st.sets(st.sampled_from(sorted(IDS.values())))
levels, steps = st.sampled_from(Level), st.sampled_from([step for step in Step if step is not Step.FLAG])


@given(
    levels,
    steps,
    st.booleans(),
    people,
    people,
    people,
    st.dictionaries(st.sampled_from(sorted(IDS.values())), st.integers(0, 9)),
)
def test_always_somebody_who_is_there_and_nobody_twice(
    level: Level,
    step: Step,
    owned: bool,
    away: set[str],
    left: set[str],
    unreachable: set[str],
    open_cases: Mapping[str, int],
) -> None:
    roster = replace(ROSTER, away=dict.fromkeys(away, UNTIL), deactivated=frozenset(left), open_cases=open_cases)
    case = OWNED if owned else FREE
    found = receivers(POLICY, POLICY.programmes["relational"], case, level, step, roster, unreachable=unreachable)
    users = [receiver.user for receiver in found]
    assert found
    assert "" not in users
    assert len(set(users)) == len(users)
    assert (Part.CHANNEL in {receiver.role for receiver in found}) <= (len(found) == 1)
    for receiver in found:
        assert (receiver.role is Part.STAND_IN) == bool(receiver.instead_of)
        if receiver.role is not Part.CHANNEL:
            assert receiver.user not in away | left | unreachable
        if receiver.instead_of:
            assert receiver.instead_of in away | left | unreachable
    if found[0].role is Part.STAND_IN and found[0].instead_of == case.owner:
        assert found[0].user != INGRID
