"""What must hold between the tables that drive the clock: limits in order, tiers that can match, backups that end."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from recovery.policy.clock import Tier
from recovery.policy.errors import Problem, unless_known
from recovery.policy.values import Clock, Limit, shown

if TYPE_CHECKING:
    from recovery.policy.file import Calendar, Policy

IN_ORDER = ("assign", "outreach", "conversation", "action")
STEPS = (*IN_ORDER, "follow_up")
FOREVER = Decimal("Infinity")


def problems_of_the_clock(policy: "Policy") -> Iterator[Problem]:
    """Yield what one table of the clock alone can't know."""
    for calendar in policy.calendars.values():
        yield from _working_on(calendar)
    yield from _people(policy)
    yield from _limits(policy)
    tiers = tuple(policy.tiers.values())
    for place, tier in enumerate(tiers):
        yield from _tier(policy, tier)
        yield from _reached(policy, tier, tiers[:place])
    rules = policy.escalation
    if rules.idle_ask_at and rules.idle_release_at <= rules.idle_ask_at:
        yield Problem(
            ("escalation", "idle_release_at"),
            f"{rules.idle_release_at} is not above idle_ask_at ({rules.idle_ask_at}); "
            "an owner is asked first, and has time to answer.",
            f"idle_release_at = {min(rules.idle_ask_at + 20, 100)}",
        )
    if policy.pause.longest.amount > policy.pause.most:
        yield Problem(
            ("pause", "longest"),
            f"{policy.pause.longest.words} is more than the {policy.pause.most_days} days (most_days) of waiting "
            "that count; no pause could run to its end.",
            f'longest = "{policy.pause.most_days}d"',
        )


def _working_on(calendar: "Calendar") -> Iterator[Problem]:
    at = ("calendars", calendar.key, "working_on")
    if calendar.working_on and not calendar.holidays:
        yield Problem(at, "It takes days off the holiday list, and this calendar has none.", 'holidays = "GB-ENG"')
        return
    for place, day in enumerate(calendar.working_on):
        if day in calendar.days_off:
            yield Problem((*at, place), f"{day} stands in days_off too; keep it in one of them, say days_off = [].")
        elif not calendar.week[day.weekday()]:
            yield Problem((*at, place), f"{day} is a {day:%A}, and those have no working hours; name another one.")


def _people(policy: "Policy") -> Iterator[Problem]:
    settled: set[str] = set()
    for person, rules in policy.people_rules.items():
        yield from unless_known(("people", rules.key, "calendar"), rules.calendar, policy.calendars, "calendar")
        line: dict[str, None] = {}
        following = person
        while following and following not in settled and following not in line:
            line[following] = None
            following = policy.backup_of((following,))
        if following in line:
            circle = list(line)[list(line).index(following) :]
            yield Problem(("people", policy.people_rules[following].key, "backup"), _circular(circle))
        settled.update(line)


def _circular(circle: Sequence[str]) -> str:
    if len(circle) == 1:
        return "Nobody can stand in for themselves; name another one."
    return (
        f"{' → '.join((*circle, circle[0]))} goes in a circle, so nobody is left when all of them are away; "
        "name another one, or leave a backup out."
    )


def _limits(policy: "Policy") -> Iterator[Problem]:
    ladder = {step: getattr(policy.ladder, step) for step in IN_ORDER}
    for earlier, later in _contradictions(ladder):
        yield Problem(("ladder", later), _too_short(ladder, earlier, later), f'{later} = "{ladder[earlier].words}"')
    for tier in policy.tiers.values():
        limits = {step: tier.limit(step) or ladder[step] for step in IN_ORDER if step not in tier.skip}
        for earlier, later in _contradictions(limits):
            own, other = (later, earlier) if tier.limit(later) else (earlier, later)
            if tier.limit(own):  # else the ladder contradicts itself, which has been told
                yield Problem(
                    ("tiers", tier.key, own),
                    _too_short(limits, earlier, later) + ("" if tier.limit(other) else f" [ladder] has the {other}."),
                    f'{own} = "{limits[other].words}"',
                )


def _contradictions(limits: dict[str, Limit]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of steps of which the later one is surely due before the earlier one, one for each later step.

    An hour of work takes an hour or more, so business hours can be too long for a wall limit, but never surely the
    other way round.
    """
    told = set()
    for earlier, later in combinations(limits, 2):
        first, second = limits[earlier], limits[later]
        surely = first.clock is second.clock or first.clock is Clock.BUSINESS
        if surely and first.amount > second.amount and later not in told:
            told.add(later)
            yield earlier, later


def _too_short(limits: dict[str, Limit], earlier: str, later: str) -> str:
    start = (
        "the steps come one after the other"
        if earlier == "assign"
        else ("both run from the submission, and the steps come one after the other")
    )
    return f"{limits[later].words} for the {later} is less than {limits[earlier].words} for the {earlier}; {start}."


def _tier(policy: "Policy", tier: Tier) -> Iterator[Problem]:
    at = ("tiers", tier.key)
    for name, tables, what in (
        ("programmes", policy.programmes, "programme"),
        ("segments", policy.segments, "segment"),
    ):
        for place, key in enumerate(getattr(tier, name)):
            yield from unless_known((*at, name, place), key, tables, what)
    if tier.acv_from is not None and tier.acv_below is not None and tier.acv_from >= tier.acv_below:
        yield Problem(
            (*at, "acv_below"),
            f"No account is worth {tier.acv_from} or more and less than {tier.acv_below}.",
            f"acv_below = {tier.acv_from + 1}",
        )
    for step in STEPS:
        if step in tier.skip and tier.limit(step):
            yield Problem(
                (*at, step),
                f"This tier leaves the {step} out (skip), so it needs no limit; leave one of the two out, "
                "say skip = [].",
            )


def _reached(policy: "Policy", tier: Tier, earlier: Sequence[Tier]) -> Iterator[Problem]:
    at = ("tiers", tier.key)
    for other in earlier:
        if other.name.casefold() == tier.name.casefold():
            yield Problem((*at, "name"), f'"{other.key}" is called {shown(tier.name)} too; name another one.')
        mine, theirs = _asked(policy, tier), _asked(policy, other)
        if mine == theirs:
            yield Problem(at, f'It asks for the same cases as "{other.key}", which stands before it; keep one of them.')
            return
        if all(_within(mine.get(key), theirs[key]) for key in theirs):
            yield Problem(
                at,
                f'No case would reach it: "{other.key}" stands before it and takes all of them. '
                "Move it up, or ask for less there.",
            )
            return


Asked = frozenset[str] | tuple[Decimal, Decimal]


def _asked(policy: "Policy", tier: Tier) -> dict[str, Asked]:
    """Give what a tier asks, by key; a key that asks nothing is left out."""
    asked: dict[str, Asked] = {
        name: frozenset(value.casefold() for value in getattr(tier, name))
        for name in ("programmes", "segments", "plans")
        if getattr(tier, name)
    }
    # Every case has a programme and an urgency: a tier that takes all of them doesn't ask.
    if asked.get("programmes") == frozenset(policy.programmes):
        del asked["programmes"]
    if tier.urgency is not None:
        asked["urgency"] = frozenset({tier.urgency.value})
    if tier.acv_from is not None or tier.acv_below is not None:
        asked["acv"] = (tier.acv_from or Decimal(0), FOREVER if tier.acv_below is None else tier.acv_below)
    return asked


def _within(mine: Asked | None, theirs: Asked) -> bool:
    """Whether what one tier takes by this key is taken by the other one as well."""
    if isinstance(theirs, tuple):
        return isinstance(mine, tuple) and theirs[0] <= mine[0] and mine[1] <= theirs[1]
    return isinstance(mine, frozenset) and mine <= theirs
