"""A dry run plays the same rules as in earnest, and counts what came of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.cases.case import Urgency
from recovery.cases.steps import Step
from recovery.clock import simulation
from recovery.clock.alarms import Level
from recovery.clock.receivers import Part
from recovery.clock.simulation import Acting, Message, Played, play
from recovery.clock.simulation_figures import figures_of
from recovery.policy.file import Policy, load_policy
from recovery.policy.values import parse_limit
from recovery.survey import Account, Contact, SurveyResponse
from tests.recovery.policies import SOUND, account, answer

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOBODY = Acting()
CLOCK = """
[quiet]
hours = "20:00-08:00"

[escalation]
digest_minutes = 10

[calendars.bangalore]
zone = "Asia/Kolkata"
mon = ["10:00-19:00"]
tue = ["10:00-19:00"]
wed = ["10:00-19:00"]
thu = ["10:00-19:00"]
fri = ["10:00-19:00"]

[people."priya@acme.example"]
calendar = "bangalore"

[tiers.large]
name = "Large"
acv_from = 100000
outreach = "24h"
skip = ["conversation", "action"]
"""
PRIYA, JEN, KOFI = "priya@acme.example", "jen@acme.example", "kofi@acme.example"
MARCUS, LENA, ELENA, TOMAS = "marcus@acme.example", "lena@acme.example", "elena@acme.example", "tomas@acme.example"


def policy(more: str = "") -> Policy:
    return load_policy(SOUND + CLOCK + more)


def says(name: str, at: datetime = MONDAY, **changes: object) -> SurveyResponse:
    """A detractor's answer of a contact of their own."""
    who = Contact(f"{name}@x.example", name, f"{name}@x.example")
    return replace(answer(), response_id=name, contact=who, responded_at=at, version_at=at, **changes)  # type: ignore[arg-type] - tests name fields freely


def acting(claimed: str = "", contacted: str = "") -> Acting:
    return Acting(parse_limit(claimed) if claimed else None, parse_limit(contacted) if contacted else None)


def heard(played: Played, user: str) -> list[tuple[str, str, str]]:
    """What one person hears, with the local time of it."""
    return [
        (f"{message.local:%a %H:%M}", notice.step.value, notice.level.value)
        for message in played.messages
        if message.user == user
        for notice in message.notices
    ]


def test_a_case_with_which_nobody_does_anything_is_told_to_everybody_in_turn() -> None:
    played = play(policy(), [says("dana")], NOBODY)
    (case,) = played.cases
    assert (case.number, case.programme, case.tier, case.urgency, case.asked) == (
        1, "relational", "", Urgency.NORMAL, PRIYA,
    )  # fmt: skip
    # Four business hours for an owner: half of them are over at noon, and lunch doesn't count.
    assert heard(played, LENA)[:3] == [
        ("Mon 12:00", "assign", "nudge"),
        ("Mon 14:12", "assign", "urge"),
        ("Mon 15:00", "assign", "breach"),
    ]
    assert heard(played, ELENA)[0] == ("Mon 15:00", "assign", "breach")
    assert heard(played, MARCUS)[3] == ("Tue 15:00", "assign", "executive")
    assert case.raised(Step.OUTREACH, Level.BREACH)
    assert not case.spoken(Step.OUTREACH, Level.NUDGE)  # while nobody has the case, that is what is late
    assert not heard(played, PRIYA)


def test_who_claims_hears_of_the_next_step_on_their_own_clock() -> None:
    """48 hours of Monday 10:00 in London: 80 % are over at 00:24 in London, which is 05:54 in Bangalore."""
    played = play(policy(), [says("dana")], acting("1h"))
    assert heard(played, PRIYA)[:2] == [("Tue 15:30", "outreach", "nudge"), ("Wed 08:00", "outreach", "idle")]
    assert {notice.role for message in played.messages if message.user == PRIYA for notice in message.notices} == {
        Part.OWNER
    }
    assert not any(notice.step is Step.ASSIGN for message in played.messages for notice in message.notices)


def test_a_case_ends_with_its_contact_and_what_was_kept_until_then_is_not_said() -> None:
    assert play(policy(), [says("dana")], acting("30 minutes", "10h")).messages == ()
    # Half of the limit is over on Saturday at 10; nothing is said on Saturdays, and on Sunday the customer is called.
    friday = datetime(2026, 11, 20, 10, tzinfo=UTC)
    played = play(policy(), [says("dana", friday)], acting("30 minutes", "47h"))
    assert played.messages == ()
    assert played.cases[0].spoken(Step.OUTREACH, Level.NUDGE)
    late = play(policy(), [says("dana")], acting("30 minutes", "49h"))
    assert late.cases[0].raised(Step.OUTREACH, Level.BREACH)
    assert not late.cases[0].raised(Step.CONVERSATION, Level.NUDGE)


def test_what_nobody_does_goes_back_and_to_somebody_else() -> None:
    played = play(policy(), [says("dana")], acting("1h"))
    # Jen is not asked first, but has it for the last four hours; it goes back once more before the deadline.
    assert played.cases[0].released == 2
    owners = [notice.user for message in played.messages for notice in message.notices if notice.role is Part.OWNER]
    assert [user for user, before in zip(owners, ["", *owners], strict=False) if user != before] == [PRIYA, JEN, PRIYA]
    assert play(policy(), [says("dana")], acting("1h", "30h")).cases[0].released == 0


def test_the_turn_goes_round_and_the_csm_comes_first() -> None:
    csm = account(csm_email="Noor@Acme.example")
    played = play(policy(), [says("a"), says("b", MONDAY + HOUR), says("c", MONDAY + 2 * HOUR, account=csm)], NOBODY)
    assert [case.asked for case in played.cases] == [PRIYA, JEN, "noor@acme.example"]
    onboarding = play(policy(), [says("a", verbatim="The onboarding took months.")], NOBODY)
    assert onboarding.cases[0].asked == "amara@acme.example"


def test_tiers_and_what_an_earlier_answer_told_of_the_account() -> None:
    large = Account("northwind", "Northwind", acv=Decimal(250_000), segment="enterprise")
    bare = Account("northwind", "Northwind")
    promoter = says("boss", MONDAY - HOUR, account=large, score=10)
    played = play(policy(), [says("dana", account=bare), promoter], acting("1h", "30h"))
    (case,) = played.cases
    assert (case.tier, case.urgency, case.asked) == ("large", Urgency.CRITICAL, TOMAS)
    assert case.raised(Step.OUTREACH, Level.BREACH)  # 24 hours, not 48
    assert {alarm.step for alarm in case.alarms} == {Step.OUTREACH}
    assert heard(played, ELENA)[0][1:] == ("outreach", "breach")


@pytest.mark.parametrize(
    ("does", "hours", "opened"),
    [(NOBODY, 24 * 300, 1), (acting("1h", "30h"), 24 * 13, 1), (acting("1h", "30h"), 24 * 15, 2)],
)
def test_another_answer_joins_the_open_case(does: Acting, hours: int, opened: int) -> None:
    again = replace(says("dana", MONDAY + hours * HOUR), response_id="again")
    played = play(policy(), [again, says("dana")], does)
    assert (played.answers, played.detractors, played.joined) == (2, 2, 2 - opened)
    assert len(played.cases) == opened


def test_a_contact_has_a_case_in_each_programme() -> None:
    support = replace(says("dana"), response_id="other", survey_name="Support NPS")
    played = play(policy(), [says("dana"), support], NOBODY)
    assert [case.programme for case in played.cases] == ["relational", "support"]
    assert "U0LEAD" in {message.user for message in played.messages}


def test_without_people_the_fallback_channel_hears() -> None:
    """A group stands for itself, and a lead is somebody in any case: only the policy's own words count here."""
    groups = load_policy(SOUND.replace('leads = ["U0LEAD"]', 'leads = ["S0LEADS"]'))
    played = play(groups, [replace(says("dana"), survey_name="Support NPS")], NOBODY)
    assert "S0LEADS" in {message.user for message in played.messages}


def test_answers_that_no_programme_takes_and_no_answers_at_all() -> None:
    without = load_policy(SOUND.replace("default = true", ""))
    stray = says("dana", source="elsewhere")
    assert play(without, [stray], NOBODY) == Played(0, None, None, 0, 0, (), ())
    empty = figures_of(play(policy(), [], NOBODY))
    assert (empty.flagged, empty.people, empty.busiest, empty.first) == (0, (), None, None)
    happy = play(policy(), [says("a", score=9), says("b", score=7)], NOBODY)
    assert (happy.answers, happy.detractors, happy.messages) == (2, 0, ())


@pytest.mark.parametrize(("crosses", "nights"), [("false", False), ("true", True)])
def test_critical_cases_cross_the_night_only_if_the_policy_says_so(crosses: str, nights: bool) -> None:
    lax = load_policy(SOUND + CLOCK.replace('"20:00-08:00"', f'"20:00-08:00"\ncritical_crosses = {crosses}'))
    evening = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
    played = play(lax, [says("dana", evening, verbatim="We will cancel.")], acting("1 business hour"))
    hours = {message.local.hour for message in played.messages}
    assert any(hour < 8 or hour >= 20 for hour in hours) is nights


def test_figures_count_cases_people_and_hours() -> None:
    answers = [says(f"c{number}", MONDAY + number * HOUR) for number in range(6)]
    figures = figures_of(played := play(policy(), answers, acting("", "40h")))
    assert (figures.answers, figures.flagged, figures.joined, figures.asked_the_channel) == (6, 6, 0, 0)
    by_step = {step.step: step for step in figures.steps}
    assert (by_step[Step.ASSIGN].nudged, by_step[Step.ASSIGN].breached) == (6, 6)
    assert by_step[Step.OUTREACH].breached == 0
    people = {person.user: person for person in figures.people}
    assert {user: person.asked_first for user, person in people.items() if person.asked_first} == {
        PRIYA: 2, JEN: 2, KOFI: 2,
    }  # fmt: skip
    assert people[PRIYA].messages == 0
    elena = people[ELENA]
    assert (elena.parts, elena.zone, sum(elena.by_hour)) == ((Part.MANAGER,), "Europe/London", elena.messages)
    assert elena.nudges == 0
    assert elena.escalations >= 6
    assert elena.busiest_day in {date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)}
    assert sum(person.messages for person in figures.people) == figures.messages == len(played.messages)
    assert figures.busiest
    assert figures.busiest.messages <= figures.messages


POLICIES = (
    policy(),
    policy('[tiers.all]\nname = "All"\noutreach = "4 business hours"\nconversation = "2d"\naction = "3d"\n'),
    load_policy(SOUND + CLOCK.replace("digest_minutes = 10", "digest_minutes = 120\nmost_repeats = 9\nnudge_at = []")),
)
answers = st.builds(
    lambda number, minutes, score, words, acv: says(
        f"c{number}",
        MONDAY + timedelta(minutes=minutes),
        score=score,
        verbatim=words,
        account=account(key=f"a{number}", acv=acv),
    ),
    st.integers(0, 30),
    st.integers(0, 60 * 24 * 20),
    st.integers(0, 10),
    st.sampled_from(["", "We will cancel.", "The go-live is late."]),
    st.sampled_from([None, Decimal(0), Decimal(70_000), Decimal(200_000)]),
)
files = st.lists(answers, max_size=12).map(
    lambda drawn: [replace(each, response_id=f"r{place:02}") for place, each in enumerate(drawn)]
)
deeds = st.sampled_from(["", "1h", "3 business hours", "30h", "4d", "30d"])


@settings(max_examples=60)
@given(files, st.sampled_from(POLICIES), deeds, deeds)
def test_nothing_is_said_at_night_twice_or_to_nobody(
    given_answers: list[SurveyResponse], rules: Policy, claimed: str, contacted: str
) -> None:
    played = play(rules, given_answers, acting(claimed, contacted))
    apart = timedelta(minutes=rules.escalation.digest_minutes)
    said = [
        (notice.user, notice.case, notice.step, notice.level, notice.occurrence)
        for message in played.messages
        for notice in message.notices
    ]
    assert len(said) == len(set(said))
    assert all(user for user, *_ in said)
    assert [message.at for message in played.messages] == sorted(message.at for message in played.messages)
    for user in {message.user for message in played.messages}:
        theirs = [message for message in played.messages if message.user == user]
        assert all(later.at - earlier.at >= apart for earlier, later in pairwise(theirs))
        assert all(_is_day(message) for message in theirs)
    assert {case.number for case in played.cases} == set(range(1, len(played.cases) + 1))
    assert played.detractors == len(played.cases) + played.joined
    # The order of the file is no reason for anything.
    assert play(rules, list(reversed(given_answers)), acting(claimed, contacted)) == played


@settings(max_examples=40)
@given(files, st.sampled_from(POLICIES), deeds, deeds)
def test_the_short_cut_for_a_single_alarm_says_what_the_rules_say(
    given_answers: list[SurveyResponse], rules: Policy, claimed: str, contacted: str
) -> None:
    quick = play(rules, given_answers, acting(claimed, contacted))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "SAID_BY_ITSELF", frozenset())
        assert play(rules, given_answers, acting(claimed, contacted)) == quick


def _is_day(message: Message) -> bool:
    """Each notice is for the day; only what waits for the end of a digest's minutes goes out a little later."""
    zone: ZoneInfo = message.notices[0].zone
    local = [notice.at.astimezone(zone) for notice in message.notices]
    return all(time(8) <= at.time() < time(20) and at.weekday() < 5 for at in local) and all(
        notice.at <= message.at for notice in message.notices
    )
