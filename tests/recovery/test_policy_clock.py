"""The tables that drive the clock: what they say, and what is refused with its key, its reason and what would do."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.steps import Step
from recovery.errors import PolicyError
from recovery.policy.clock_values import Weekly
from recovery.policy.file import EscalationRules, Policy, QuietRules, load_policy
from tests.recovery.policies import SOUND

FULL = """
[calendars.bangalore]
zone = "Asia/Kolkata"
mon = ["10:00-18:30"]
tue = ["10:00-18:30"]
holidays = "IN-KA"
working_on = [2026-01-26]

[people."Priya@acme.example"]
calendar = "bangalore"
backup = "jen@acme.example"

[people.U0KOFI]
backup = "priya@acme.example"

[people."jen@acme.example"]

[tiers.executive]
name = "Executive"
programmes = ["relational"]
segments = ["enterprise"]
plans = ["Scale", "Growth"]
acv_from = 50000
acv_below = 500000
urgency = "critical"
assign = "2h"
outreach = "24h"
conversation = "5d"
action = "10d"
follow_up = "20d"

[tiers.light]
name = "Light"
acv_below = 5000
outreach = "72h"
skip = ["action", "conversation"]

[escalation]
nudge_at = [25, 75]
executive_after = "12h"
repeat_every = "2d"
most_repeats = 2
digest_minutes = 0
idle_ask_at = 60
idle_release_at = 85

[quiet]
hours = "19:00-07:30"
critical_crosses = true

[pause]
longest = "7d"
most_days = 10
snooze_longest = "1d"

[digests]
morning = "07:45"
weekly = "Fri 16:00"
monthly = "10:15"

[mail]
after = "15 minutes"
from = "Winback@acme.example"
"""
BOTH = SOUND + FULL


def full() -> Policy:
    return load_policy(BOTH)


def bent(old: str, new: str) -> str:
    assert FULL.count(old) == 1, f"{old!r} stands {FULL.count(old)} times in the clock's tables"
    return SOUND + FULL.replace(old, new)


def test_without_the_tables_the_defaults_hold() -> None:
    policy = load_policy(SOUND)
    rules = policy.escalation
    assert (dict(policy.tiers), dict(policy.people_rules)) == ({}, {})
    assert (rules.nudge_at, rules.most_repeats, rules.digest_minutes) == ((50, 80), 3, 10)
    assert (rules.executive_after.amount, rules.repeat_every.amount) == (timedelta(hours=24), timedelta(hours=24))
    assert (rules.idle_ask_at, rules.idle_release_at) == (70, 90)
    assert (policy.quiet.start, policy.quiet.end, policy.quiet.critical_crosses) == (20 * 60, 8 * 60, False)
    assert (policy.pause.longest.words, policy.pause.most, policy.pause.snooze_longest.words) == (
        "14 days",
        timedelta(days=21),
        "3 days",
    )
    assert (policy.digests.morning_at, policy.digests.weekly_at) == (time(8, 30), Weekly(0, time(9)))
    assert policy.digests.monthly_at == time(9)
    assert (policy.mail.after.amount, policy.mail.sender) == (timedelta(minutes=30), "")
    programme = policy.programmes["relational"]
    assert (programme.sponsor, policy.sponsor_of(programme)) == (None, "marcus@acme.example")


def test_everything_said_is_read() -> None:
    policy = full()
    tier = policy.tiers["executive"]
    assert (tier.key, tier.name, tier.programmes, tier.segments) == (
        "executive",
        "Executive",
        ("relational",),
        ("enterprise",),
    )
    assert (tier.plans, tier.acv_from, tier.acv_below) == (("Scale", "Growth"), Decimal(50000), Decimal(500000))
    assert tier.urgency == "critical"
    assert [limit and limit.words for limit in map(tier.limit, Step)] == [
        None,
        "2 hours",
        "24 hours",
        "5 days",
        "10 days",
        "20 days",
    ]
    assert policy.tiers["light"].limit("action") is None
    assert policy.tiers["light"].skip == ("conversation", "action", "follow_up")
    assert policy.escalation.nudge_at == (25, 75)
    assert (policy.quiet.start, policy.quiet.end) == (19 * 60, 7 * 60 + 30)
    assert (policy.digests.morning_at, policy.digests.weekly_at) == (time(7, 45), Weekly(4, time(16)))
    assert policy.digests.monthly_at == time(10, 15)
    assert policy.mail.sender == "winback@acme.example"
    assert list(policy.tiers) == ["executive", "light"]


def test_a_person_has_their_own_calendar_and_backup_whatever_they_are_called() -> None:
    policy = full()
    programme = policy.programmes["relational"]
    assert policy.calendar_for(("U0PRIYA", "PRIYA@acme.example"), programme).key == "bangalore"
    assert policy.calendar_for(("U0PRIYA", ""), programme).key == "office"
    assert policy.calendar_for((), programme).key == "office"
    assert policy.calendar_for(("jen@acme.example",), programme).key == "office"
    assert policy.backup_of(("priya@acme.example",)) == "jen@acme.example"
    assert policy.backup_of(("U0KOFI", "kofi@acme.example")) == "priya@acme.example"
    assert policy.backup_of(("jen@acme.example", "")) == ""


def test_people_named_by_the_clock_are_among_the_policys_people() -> None:
    policy = load_policy(BOTH.replace("rotation = [", 'sponsor = "ruth@acme.example"\nrotation = ['))
    people = policy.people()
    assert people["ruth@acme.example"] == ("programmes.relational.sponsor",)
    assert 'people."Priya@acme.example".backup' in people["jen@acme.example"]
    assert 'people."U0KOFI"' in people["U0KOFI"]
    assert policy.sponsor_of(policy.programmes["relational"]) == "ruth@acme.example"


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        ("20:00-08:00", 1200, 480),
        ("12:00 - 13:30", 720, 810),
        ("22:00-24:00", 1320, 1440),
        ("24:00-08:00", 0, 480),
        ("00:00-23:59", 0, 1439),
        ("", None, None),
        ("  ", None, None),
    ],
)
def test_quiet_hours(hours: str, start: int | None, end: int | None) -> None:
    rules = QuietRules.model_validate({"hours": hours})
    assert (rules.start, rules.end) == (start, end)


def test_never_and_nobody_can_be_said() -> None:
    text = BOTH.replace('"07:45"', '""').replace('"Fri 16:00"', '""').replace('"10:15"', '""').replace("[25, 75]", "[]")
    policy = load_policy(text.replace("idle_ask_at = 60", "idle_ask_at = 0").replace('= "19:00-07:30"', '= ""'))
    assert (policy.digests.morning_at, policy.digests.weekly_at, policy.digests.monthly_at) == (None, None, None)
    assert (policy.escalation.nudge_at, policy.escalation.idle_ask_at) == ((), 0)
    assert (policy.quiet.start, policy.quiet.end) == (None, None)


# what was changed, what it became, the key that is named, words of the sentence
BENT: list[tuple[str, str, str, str]] = [
    # calendars
    ('holidays = "IN-KA"', 'holidays = "XX"', "calendars.bangalore.holidays", "not a country of the holiday list"),
    ('holidays = "IN-KA"', 'holidays = "India"', "calendars.bangalore.holidays", "two letters"),
    ('holidays = "IN-KA"', 'holidays = "IN-"', "calendars.bangalore.holidays", "no region of IN"),
    ('holidays = "IN-KA"', 'holidays = "GB-ENGL"', "calendars.bangalore.holidays", 'did you mean "ENG"?'),
    ('holidays = "IN-KA"', 'holidays = "XK-1"', "calendars.bangalore.holidays", "has none for XK"),
    ('holidays = "IN-KA"', "holidays = true", "calendars.bangalore.holidays", "is not a text"),
    ('holidays = "IN-KA"\n', "", "calendars.bangalore.working_on", "this calendar has none"),
    ("[2026-01-26]", "[2026-01-28]", "calendars.bangalore.working_on", "is a Wednesday"),
    ("[2026-01-26]", "[2026-01-26]\ndays_off = [2026-01-26]", "calendars.bangalore.working_on", "days_off too"),
    ("[2026-01-26]", '["Republic Day"]', "calendars.bangalore.working_on", "is not a date"),
    # people
    ("[people.U0KOFI]", "[people.Kofi]", "people.Kofi", "neither an e-mail address"),
    ("[people.U0KOFI]", "[people.S0GROUP]", "people.S0GROUP", "is a user group"),
    ("[people.U0KOFI]", '[people."priya@ACME.example"]', "people", "are one person"),
    ('calendar = "bangalore"', 'calendar = "bangalor"', 'people."Priya@acme.example".calendar', '"bangalore"?'),
    ('backup = "jen@acme.example"', 'backup = "jen"', 'people."Priya@acme.example".backup', "neither an e-mail"),
    (
        'backup = "jen@acme.example"',
        'backup = "priya@acme.example"',
        'people."Priya@acme.example".backup',
        "Nobody can stand in for themselves",
    ),
    (
        'backup = "jen@acme.example"',
        'backup = "U0KOFI"',
        'people."Priya@acme.example".backup',
        "priya@acme.example → U0KOFI → priya@acme.example goes in a circle",
    ),
    # tiers
    ('programmes = ["relational"]', 'programmes = ["relationl"]', "tiers.executive.programmes", '"relational"?'),
    ('segments = ["enterprise"]', 'segments = ["mid"]', "tiers.executive.segments", "known here: enterprise"),
    ('plans = ["Scale", "Growth"]', 'plans = [""]', "tiers.executive.plans", "empty"),
    ("acv_from = 50000", 'acv_from = "much"', "tiers.executive.acv_from", "is not an amount"),
    ("acv_below = 500000", "acv_below = 50000", "tiers.executive.acv_below", "worth 50000 or more and less than 50000"),
    ("acv_below = 500000", "acv_below = 40000", "tiers.executive.acv_below", "acv_below = 50001"),
    ('urgency = "critical"', 'urgency = "critcal"', "tiers.executive.urgency", 'did you mean "critical"?'),
    ('assign = "2h"', 'assign = "2 business days"', "tiers.executive.assign", '"16 business hours"'),
    ('assign = "2h"', 'assign = "30h"', "tiers.executive.outreach", "24 hours for the outreach is less than 30 hours"),
    ('outreach = "24h"', 'outreach = "6d"', "tiers.executive.conversation", "is less than 6 days for the outreach"),
    ('conversation = "5d"', 'conversation = "11d"', "tiers.executive.action", "10 days for the action is less"),
    ('conversation = "5d"\naction = "10d"', 'action = "3d"', "tiers.executive.action", "[ladder] has the conversation"),
    ('outreach = "72h"', 'outreach = "400h"\nassign = "401h"', "tiers.light.outreach", "one after the other"),
    ('outreach = "72h"', 'outreach = "2h"', "tiers.light.outreach", "[ladder] has the assign"),
    ('skip = ["action", "conversation"]', 'skip = ["outreach"]', "tiers.light.skip", "can't be left out"),
    ('skip = ["action", "conversation"]', 'skip = ["acton"]', "tiers.light.skip", 'did you mean "action"?'),
    ('skip = ["action", "conversation"]', 'skip = ["action"]\nfollow_up = "9d"', "tiers.light.follow_up", "no limit"),
    ('name = "Light"', 'name = "EXECUTIVE"', "tiers.light.name", '"executive" is called'),
    ('name = "Light"\n', "", "tiers.light.name", "missing"),
    ("[tiers.light]", "[tiers.Light]", "tiers.Light", "can't be a key"),
    ("acv_below = 5000\n", "acv_bellow = 5000\n", "tiers.light.acv_bellow", 'did you mean "acv_below"?'),
    # escalation
    ("nudge_at = [25, 75]", "nudge_at = [75, 25]", "escalation.nudge_at", "rising order"),
    ("nudge_at = [25, 75]", "nudge_at = [50, 50]", "escalation.nudge_at", "rising order"),
    ("nudge_at = [25, 75]", "nudge_at = [0, 50]", "escalation.nudge_at", "from 1 to 99"),
    ("nudge_at = [25, 75]", "nudge_at = [50, 100]", "escalation.nudge_at", "from 1 to 99"),
    ("nudge_at = [25, 75]", "nudge_at = [20, 50, 80]", "escalation.nudge_at", "two are the most"),
    ("nudge_at = [25, 75]", "nudge_at = 50", "escalation.nudge_at", "square brackets"),
    ("nudge_at = [25, 75]", 'nudge_at = ["50%"]', "escalation.nudge_at", "not a whole number"),
    ('executive_after = "12h"', 'executive_after = "12 business hours"', "escalation.executive_after", "every hour"),
    ('executive_after = "12h"', 'executive_after = ""', "escalation.executive_after", "is not a limit"),
    ("most_repeats = 2", "most_repeats = 10", "escalation.most_repeats", "the most is 9"),
    ("digest_minutes = 0", "digest_minutes = 121", "escalation.digest_minutes", "the most is 120"),
    ("idle_ask_at = 60", "idle_ask_at = 85", "escalation.idle_release_at", "not above idle_ask_at (85)"),
    ("idle_release_at = 85", "idle_release_at = 101", "escalation.idle_release_at", "the most is 100"),
    # quiet hours, pauses, digests, mail
    ('hours = "19:00-07:30"', 'hours = "08:00-08:00"', "quiet.hours", "no minute of the day"),
    ('hours = "19:00-07:30"', 'hours = "00:00-24:00"', "quiet.hours", "no minute of the day"),
    ('hours = "19:00-07:30"', 'hours = "at night"', "quiet.hours", "not a time span"),
    ('hours = "19:00-07:30"', 'hours = "19:00-25:00"', "quiet.hours", "not a time of day"),
    ('hours = "19:00-07:30"', 'hours = "19:60-24:00"', "quiet.hours", "not a time of day"),
    ("critical_crosses = true", 'critical_crosses = "yes"', "quiet.critical_crosses", "neither true nor false"),
    ('longest = "7d"', 'longest = "11d"', "pause.longest", "more than the 10 days"),
    ("most_days = 10", "most_days = 0", "pause.most_days", "the least is 1"),
    ('snooze_longest = "1d"', 'snooze_longest = "8 business hours"', "pause.snooze_longest", "every hour counts"),
    ('morning = "07:45"', 'morning = "7.45"', "digests.morning", "not a time of day"),
    ('morning = "07:45"', 'morning = "24:01"', "digests.morning", "not a time of day"),
    ('weekly = "Fri 16:00"', 'weekly = "Friday"', "digests.weekly", "not a time of the week"),
    ('weekly = "Fri 16:00"', 'weekly = "frei 16:00"', "digests.weekly", 'did you mean "fri"?'),
    ('weekly = "Fri 16:00"', 'weekly = "fri 16:99"', "digests.weekly", "not a time of day"),
    ('monthly = "10:15"', 'monthly = "1st 09:00"', "digests.monthly", "not a time of day"),
    ('after = "15 minutes"', 'after = "soon"', "mail.after", "is not a limit"),
    ('from = "Winback@acme.example"', 'from = "U0KOFI"', "mail.from", "not an e-mail address"),
    ('from = "Winback@acme.example"', 'from = "a@b.example\\nBcc: c@d.example"', "mail.from", "not an e-mail address"),
    ('from = "Winback@acme.example"', 'sender = "w@acme.example"', "mail.sender", "known here: after, from"),
]


def told(text: str, key: str) -> list[str]:
    """The lines of the refusal that name the key."""
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    lines = refused.value.sentence.split("\n")
    return [line for line in lines if line.startswith("Line ") and line.split(", ", 1)[1].startswith(f"{key}: ")]


@pytest.mark.parametrize(("old", "new", "key", "words"), BENT, ids=[f"{row[2]}: {row[1]}" for row in BENT])
def test_a_wrong_line_is_named_explained_and_answered(old: str, new: str, key: str, words: str) -> None:
    [line, *_] = told(bent(old, new), key)
    assert words in line
    helps = (
        "For example: ",
        "did you mean ",
        "known here: ",
        "name another",
        "keep ",
        "leave ",
        "can't be a key",
        "say ",
    )
    assert any(help_ in line for help_ in helps), line


# Those where the named key stands on the changed line itself.
ON_THE_LINE = [row[:3] for row in BENT if "." in row[2] and row[2].rpartition(".")[2] in row[1]]


@pytest.mark.parametrize(("old", "new", "key"), ON_THE_LINE, ids=[f"{row[2]}: {row[1]}" for row in ON_THE_LINE])
def test_the_line_is_the_changed_one_or_one_it_brought(old: str, new: str, key: str) -> None:
    changed = (SOUND + FULL[: FULL.index(old)]).count("\n") + 1
    [line, *_] = told(bent(old, new), key)
    assert changed <= int(line.removeprefix("Line ").split(",")[0]) <= changed + new.count("\n")


TIERS = """
[tiers.{first}]
name = "First"
{one}
[tiers.{second}]
name = "Second"
{two}
"""


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("acv_from = 50000", "acv_from = 50000", "asks for the same cases"),
        ('plans = ["Scale"]', 'plans = ["SCALE"]', "asks for the same cases"),
        ('programmes = ["relational", "support"]', "", "asks for the same cases"),
        ("", 'urgency = "critical"', "No case would reach it"),
        ("acv_from = 100", "acv_from = 200", "No case would reach it"),
        ("acv_from = 100", "acv_from = 100\nacv_below = 200", "No case would reach it"),
        ("acv_below = 500", "acv_from = 100\nacv_below = 200", "No case would reach it"),
        ('plans = ["A", "B"]', 'plans = ["b"]\nacv_from = 1', "No case would reach it"),
        ('programmes = ["relational", "support"]', 'programmes = ["support"]', "No case would reach it"),
        ('urgency = "critical"', 'urgency = "critical"\nsegments = ["enterprise"]', "No case would reach it"),
        # these can be reached
        ("acv_from = 200", "acv_from = 100", ""),
        ("acv_from = 0", "", ""),  # an account about which nothing is known
        ("acv_from = 100\nacv_below = 300", "acv_from = 200", ""),
        ('plans = ["A"]', 'plans = ["A", "B"]', ""),
        ('urgency = "critical"', 'urgency = "normal"', ""),
        ('segments = ["enterprise"]', "acv_from = 1", ""),
        ('segments = ["enterprise"]', "", ""),
        ('programmes = ["support"]', 'programmes = ["relational", "support"]', ""),
    ],
)
def test_a_tier_that_no_case_could_reach_is_refused(one: str, two: str, words: str) -> None:
    text = SOUND + TIERS.format(first="first", one=one, second="second", two=two)
    if not words:
        assert list(load_policy(text).tiers) == ["first", "second"]
        return
    [line] = told(text, "tiers.second")
    assert words in line
    assert '"first"' in line


def test_longer_circles_are_told_once_and_a_line_into_one_is_no_circle() -> None:
    names = ("a", "b", "c", "d")
    backups = dict(zip(names, ("b", "c", "d", "b"), strict=True))
    text = SOUND + "".join(
        f'[people."{name}@acme.example"]\nbackup = "{backup}@acme.example"\n' for name, backup in backups.items()
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    assert refused.value.sentence.count("goes in a circle") == 1
    assert (
        "b@acme.example → c@acme.example → d@acme.example → b@acme.example"
        in told(text, 'people."b@acme.example".backup')[0]
    )


def test_a_long_line_of_backups_is_read_in_time() -> None:
    many = 3000
    text = SOUND + "".join(
        f'[people."p{place}@acme.example"]\nbackup = "p{place + 1}@acme.example"\n' for place in range(many)
    )
    assert load_policy(text).backup_of((f"p{many - 1}@acme.example",)) == f"p{many}@acme.example"


def test_more_tiers_than_anybody_can_read_are_refused() -> None:
    text = SOUND + "".join(f'[tiers.t{n}]\nname = "T{n}"\nplans = ["P{n}"]\n' for n in range(101))
    [line] = told(text, "tiers")
    assert "100 are the most" in line


def test_several_shifts_that_overlap_or_are_empty_stay_refused() -> None:
    for wrong in ('["10:00-12:00", "11:59-18:00"]', '["10:00-10:00"]'):
        assert told(SOUND + FULL.replace('mon = ["10:00-18:30"]', f"mon = {wrong}"), "calendars.bangalore.mon")


@given(st.lists(st.integers(-5, 105), max_size=4))
def test_reminders_are_read_exactly_when_they_rise_within_the_limit(shares: list[int]) -> None:
    sound = len(shares) <= 2 and all(1 <= share <= 99 for share in shares) and sorted({*shares}) == shares
    try:
        assert EscalationRules.model_validate({"nudge_at": shares}).nudge_at == tuple(shares)
    except ValueError:
        assert not sound
    else:
        assert sound


def test_a_working_day_takes_the_holiday_off_the_list() -> None:
    office = full().calendars["bangalore"]
    assert date(2026, 1, 26) not in office.closed
    assert date(2027, 1, 26) in office.closed
