"""The figures of a programme as they are shown: for one person with buttons, for a channel without, empty and huge."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import native
from bot.views.figures import frame, leaders, overdue, segments, status, themes
from bot.views.figures.frame import ROWS, About, Figures
from bot.views.figures.leaders import Leader, Leaders
from bot.views.figures.overdue import Overdue
from bot.views.figures.place import Place, Shown, place_value, read_place
from bot.views.figures.segments import Segments
from bot.views.figures.status import First, Status
from bot.views.figures.themes import ThemeRow, Themes
from bot.views.figures.themes_place import FRESH, Which
from bot.views.home import HomeRow
from bot.views.look import Look
from recovery.cases.case import State, Urgency
from recovery.cases.steps import Step
from recovery.errors import Refusal
from recovery.figures.case_figures import Amount, ContactRate, OpenFigures, SavedFigures, Spread, StepOpen
from recovery.figures.case_row import CaseRow
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import parse_period
from recovery.figures.share import Share
from recovery.policy.figures import FigureRules
from recovery.readouts.readout import Divergence, Standing
from tests.support.briefs import BRIEF, CLAIMED, NOW, texts
from tests.support.reading import pressed, read
from tests.support.slack_limits import message_problems, parsed_texts

HOUR = timedelta(hours=1)
QUARTER = parse_period("2026Q4", NOW)
LINK = "https://slack.com/archives/C0RELATIONAL/p1"
RULES = FigureRules()
LONGEST = ["\U00010000" * 300, "\u05d0" * 300, "&<>*_~`" * 60, "\u2067" * 90 + "x" * 90]


def about(what: Shown = Shown.STATUS, **changes: object) -> About:
    place = Place(what, "relational", "2026Q4")
    found = About(place, "Relational", QUARTER, NOW, "USD", "C0RELATIONAL", may_share=True)
    return replace(found, **changes)  # type: ignore[arg-type] - tests name fields freely


def first(number: int = 1, name: str = "Northwind", **changes: object) -> First:
    row = CaseRow(
        id=number, programme="relational", state=State.CLAIMED, submitted_at=NOW - 5 * HOUR, assign_due=NOW,
        outreach_due=NOW + 43 * HOUR, owner="U0PRIYA", next_step=Step.OUTREACH, next_due=NOW + 43 * HOUR,
        first_due=NOW + 43 * HOUR,
    )  # fmt: skip
    named = {key: changes.pop(key) for key in ("renewal", "card_link") if key in changes}
    return replace(First(replace(row, **changes), name, "Dana"), **named)  # type: ignore[arg-type] - see above


STATUS = Status(
    contacted=ContactRate(Share(34, 41), 6),
    open=OpenFigures(
        29, 6, 0,
        {
            Step.ASSIGN: StepOpen(4), Step.OUTREACH: StepOpen(9, 6, HOUR), Step.CONVERSATION: StepOpen(8),
            Step.ACTION: StepOpen(5), Step.FOLLOW_UP: StepOpen(3),
        },
    ),
    took=Spread(19 * HOUR, 51 * HOUR, 34),
    saved=SavedFigures(saved=5, not_saved=7, pending=3, acv_saved=Decimal(610_000)),
    at_risk=Amount(Decimal(2_400_000), 20, 0),
    first=(
        first(1, "Northwind", first_due=NOW - 3 * HOUR, card_link=LINK),
        first(2, "Fabrikam", renewal=NOW.date() + timedelta(days=21)),
        first(3, "Contoso", owner=""),
    ),
    limit="48 h",
)  # fmt: skip
NOTHING = Status(ContactRate(), OpenFigures(), Spread(), SavedFigures(), Amount(Decimal(0), 0, 0))


def lines(figures: Figures) -> list[str]:
    return read(figures.blocks)


def check(figures: Figures, around: About) -> None:
    """Every form of it fits, and in none of them a customer's words call anybody."""
    looks = [frame.own(figures, around), frame.shared(figures, "U0JEN"), frame.after_sharing(figures, "C0X")]
    for look in [*looks, *(Look(look.text, native.in_words(look.blocks)) for look in looks)]:
        assert message_problems(look) == []
        for text in (look.text, *parsed_texts(look.blocks)):
            assert "<!channel" not in text
            assert "NaN" not in text
            assert "None" not in text


def test_a_status_in_one_glance() -> None:
    look = frame.own(status.status(STATUS, about()), about())
    assert read(look.blocks) == [
        "*Relational · Q4 2026 so far* · contacted in 48 h: 83 % (34 of 41, 6 undecided) — slipping, target 90 %",
        "*Open 29:* 4 unassigned · 9 outreach · 8 conversation · 5 action · 3 follow-up · *6 overdue*",
        ("Median time to outreach 19 h (p90 51 h) · saved 5 ($610k) · 3 not measured yet · at risk $2.4M"),
        "*Look first:* [Northwind] (overdue 3 h), Fabrikam (renews in 21 days), Contoso (unassigned 5 h)",
        "[Share in channel] [Segments] [Overdue] [Leaders] [Themes]",
    ]
    assert look.text == ("Relational, Q4 2026 so far: 83 % contacted in 48 h (34 of 41), slipping. 29 open, 6 overdue.")
    assert message_problems(look) == []


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Share(9, 10), "90 % (9 of 10) — on target"),
        (Share(179, 200), "90 % (179 of 200) — slipping, target 90 %"),  # 89.5 % is shown as 90 and isn't
        (Share(3, 4), "75 % (3 of 4) — slipping, target 90 %"),
        (Share(1, 2), "50 % (1 of 2) — performative, target 90 %"),
        (Share(1, 3), "33 % (1 of 3) — pause the survey, target 90 %"),
        (Share(0, 3), "0 % (0 of 3) — pause the survey, target 90 %"),
    ],
)
def test_the_contact_rate_comes_with_its_band(share: Share, said: str) -> None:
    found = lines(status.status(replace(STATUS, contacted=ContactRate(share)), about()))
    assert found[0].endswith(f"contacted in 48 h: {said}")
    assert ("*Pause the survey until you can staff the response.*" in found) is ("pause" in said)


def test_limits_that_differ_are_no_number_of_hours() -> None:
    figures = status.status(replace(STATUS, limit=""), about())
    assert "contacted in time: 83 %" in lines(figures)[0]
    assert "83 % contacted in time (34 of 41)" in figures.text


def test_nothing_at_all_is_words() -> None:
    figures = status.status(NOTHING, about())
    assert lines(figures) == [
        "*Relational · Q4 2026 so far* · no detractor has answered",
        "*Nothing is open.*",
    ]
    assert figures.text == "Relational, Q4 2026 so far: no detractor has answered. Nothing is open."
    check(figures, about())


def test_what_is_not_decided_has_no_percentage() -> None:
    one = replace(
        NOTHING, contacted=ContactRate(Share(), 1), open=OpenFigures(1, 0, 0, {Step.ASSIGN: StepOpen(1)}),
        saved=SavedFigures(pending=1), at_risk=Amount(None, 0, 1),
    )  # fmt: skip
    assert lines(status.status(one, about())) == [
        "*Relational · Q4 2026 so far* · no first contact has been due yet (1 undecided)",
        "*Open 1:* 1 unassigned",
        (
            "Nobody has been contacted so far · nobody saved so far · 1 not measured yet · "
            "at risk: 1 account of unknown value"
        ),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"took": Spread(40 * timedelta(minutes=1), 40 * timedelta(minutes=1), 1)}, "the only outreach 40 min"),
        ({"took": Spread(120 * HOUR, 240 * HOUR, 3)}, "Median time to outreach 5 days (p90 10 days)"),
        ({"saved": SavedFigures(saved=2, acv_saved=None)}, "saved 2 · at risk"),
        ({"at_risk": Amount(Decimal(80_000), 1, 2)}, "at risk $80k and 2 accounts of unknown value"),
        ({"open": OpenFigures(2, 0, 2)}, "*Open 2:* 2 ready to close"),
    ],
)
def test_a_status_without_some_of_it(changes: Mapping[str, object], said: str) -> None:
    figures = status.status(replace(STATUS, **changes), about())  # type: ignore[arg-type] - see above
    assert said in "\n".join(lines(figures))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (first(urgency=Urgency.CRITICAL), "critical"),
        (first(), "outreach in 43 h"),
        (first(next_step=None, next_due=None), "ready to close"),
        (first(renewal=date(2027, 9, 1)), "outreach in 43 h"),
        (first(renewal=NOW.date() - timedelta(days=1)), "outreach in 43 h"),
        (first(renewal=NOW.date()), "renews today"),
    ],
)
def test_why_a_case_is_looked_at_first(found: First, why: str) -> None:
    assert f"Northwind ({why})" in lines(status.status(replace(STATUS, first=(found,)), about()))[-1]


def test_two_cases_of_one_account_are_told_apart() -> None:
    found = replace(STATUS, first=(first(1), first(2), first(3, "Contoso")))
    assert (
        "Northwind: Dana (outreach in 43 h), Northwind: Dana (outreach in 43 h), Contoso (outreach"
        in (lines(status.status(found, about()))[-1])
    )


def test_a_period_that_is_over_is_not_so_far() -> None:
    names = {"2026Q3": "Q3 2026", "30d": "the last 30 days", "2026-11": "November 2026 so far", "2026": "2026 so far"}
    for key, name in names.items():
        assert about(period=parse_period(key, NOW)).period_name == name


def test_where_it_may_not_be_shared_it_says_where() -> None:
    around = about(may_share=False, others=("onboarding", "support"))
    shown = read(frame.own(status.status(STATUS, around), around).blocks)
    assert "[Segments] [Overdue] [Leaders] [Themes]" in shown
    assert "To share this, type the same in #C0RELATIONAL." in shown[-1]
    assert "`/nps status onboarding`, `/nps status support`" in "\n".join(shown)


def test_what_a_channel_gets_has_no_buttons_and_says_who_shared_it() -> None:
    figures = status.status(STATUS, about())
    look = frame.shared(figures, "U0JEN")
    assert pressed(look.blocks) == []
    assert read(look.blocks) == [*lines(figures), "Shared by @U0JEN."]
    assert look.text.endswith("6 overdue. Shared by <@U0JEN>.")
    after = frame.after_sharing(figures, "C0RELATIONAL")
    assert pressed(after.blocks) == []
    assert read(after.blocks)[:-1] == lines(figures)


# Overdue


def late(number: int, name: str = "Northwind", hours: int = 60, **changes: object) -> HomeRow:
    case = replace(CLAIMED.case, id=number, submitted_at=NOW - hours * HOUR, **changes)  # type: ignore[arg-type]
    due = replace(case.deadlines, assign=NOW, outreach=NOW - (hours - 48) * HOUR)
    return HomeRow(replace(case, deadlines=due), 2, name, "Dana", Decimal(180_000), LINK)


def test_overdue_cases_name_who_what_and_since_when() -> None:
    rows = (late(1), late(2, "Fabrikam", 51, owner="", state=State.OPEN))
    figures = overdue.overdue(Overdue(rows, 2), about(Shown.OVERDUE))
    assert lines(figures) == [
        "*Relational: 2 cases overdue*",
        "🔴 2 · Northwind · $180k | @U0PRIYA · outreach overdue 12 h · [Open card]",
        "🔴 2 · Fabrikam · $180k | no owner · outreach overdue 3 h · [Open card]",
    ]
    assert figures.text == "Relational: 2 cases overdue: Northwind, Fabrikam"
    check(figures, about(Shown.OVERDUE))


def test_nothing_overdue_is_said() -> None:
    assert lines(overdue.overdue(Overdue(), about(Shown.OVERDUE))) == ["*Relational:* nothing is overdue."]


def test_a_thousand_overdue_cases_come_in_pages() -> None:
    around = about(Shown.OVERDUE, place=Place(Shown.OVERDUE, "relational", "2026Q4", page=2))
    figures = overdue.overdue(Overdue(tuple(late(number) for number in range(ROWS)), 1000), around)
    look = frame.own(figures, around)
    shown = read(look.blocks)
    assert figures.pages == 100
    assert "Page 2 of 100" in shown
    assert "[Back] [Next]" in shown
    assert figures.text.endswith("and 997 more")
    turns = [read_place(each["value"]).page for each in pressed(look.blocks) if each["action_id"] in TURNS]
    assert turns == [1, 3]
    assert message_problems(look) == []


TURNS = {"figures_back", "figures_next"}


@pytest.mark.parametrize(
    ("total", "page", "cut"),
    [(0, 1, (0, 0, 1)), (10, 1, (0, 10, 1)), (11, 2, (10, 11, 2)), (11, 99, (10, 11, 2)), (11, -4, (0, 10, 2))],
)
def test_a_page_that_is_not_there_is_the_nearest(total: int, page: int, cut: tuple[int, int, int]) -> None:
    assert frame.shown_page(total, page) == cut


# Segments


def standing(value: str, now: Tally, before: Tally | None = None, target: int | None = 200) -> Standing:
    return Standing(value, now, before or Tally(), target)


OVERALL = standing("", Tally(100, 60, 50), Tally(80, 60, 60), None)
GROUPS = (
    standing("enterprise", Tally(60, 30, 20), Tally(40, 40, 40)),
    standing("mid-market", Tally(38, 28, 29), Tally(40, 20, 20)),
    standing("smb", Tally(1, 0, 0), Tally(1, 0, 0)),
    standing("", Tally(1, 2, 1), target=None),
)
SEGMENTS = Segments(
    OVERALL, GROUPS, RULES, movers=GROUPS[:2], inversions=GROUPS[:1],
    diverging=(Divergence(7, (("executive", Fraction(9)), ("user", Fraction(11, 2)))),),
    names={"enterprise": "Enterprise"}, accounts={7: "Northwind"},
)  # fmt: skip


def test_segments_with_margin_trend_and_target() -> None:
    around = about(Shown.SEGMENTS)
    look = frame.own(segments.segments(SEGMENTS, around), around)
    assert read(look.blocks) == [
        "*Relational · Q4 2026 so far* · NPS +24 ± 11 from 210 people · up 14 points, within the margin",
        "# By segment",
        "Segment | Answers | Target | NPS | Margin | Trend",
        "Enterprise | 110 | 200 | +36 | ± 14 | up 36 points",
        "mid-market | 95 | 200 | +9 | ± 17 | down 16 points, within the margin",
        f"smb | 1 | 200 | +100 | {native.NOTHING} | under-sampled: 1 of 30 answers",
        f"not known | 4 | {native.NOTHING} | 0 | {native.NOTHING} | under-sampled: 4 of 30 answers",
        "*Moved more than 5 points:* Enterprise (+36), mid-market (\u221216)",
        "*Inversion:* Enterprise is claimed as a strength and scores worst (+36).",
        "*Of two minds:* Northwind (executive 9, user 5.5)",
        "[Share in channel] [Status] [Overdue] [Leaders] [Themes]",
        "[▾ Segment✓ · Contract value · Tenure · Role · Product surface · Plan · Region · CSM]",
    ]
    assert look.text.endswith(". Enterprise +36 ± 14, mid-market +9 ± 17, smb +100, not known 0")
    assert message_problems(look) == []


def test_what_the_lead_wrote_of_a_group_that_moved_stands_beside_it() -> None:
    reasons = {"enterprise": "The <price> rose.", "smb": "Never read."}
    told = segments.segments(replace(SEGMENTS, reasons=reasons), about(Shown.SEGMENTS))
    assert read(told.blocks)[7] == (
        "*Moved more than 5 points:* Enterprise (+36: The <price> rose), mid-market (\u221216)"
    )


def test_segments_in_words_for_a_workspace_without_tables() -> None:
    shown = native.in_words(segments.segments(SEGMENTS, about(Shown.SEGMENTS)).blocks)
    assert read(shown)[1:6] == [
        "*By segment*",
        "*Enterprise* · Answers 110 · Target 200 · NPS +36 · Margin ± 14 · Trend up 36 points",
        "*mid-market* · Answers 95 · Target 200 · NPS +9 · Margin ± 17 · Trend down 16 points, within the margin",
        "*smb* · Answers 1 · Target 200 · NPS +100 · Trend under-sampled: 1 of 30 answers",
        "*not known* · Answers 4 · NPS 0 · Trend under-sampled: 4 of 30 answers",
    ]


def test_segments_are_sorted_by_their_figures_and_what_has_none_comes_below_all() -> None:
    silent = replace(SEGMENTS, groups=(*GROUPS, standing("gone", Tally(), Tally(5, 0, 0))))
    columns = values_of(segments.segments(silent, about(Shown.SEGMENTS)).blocks[1])
    assert columns["Answers"] == [110, 95, 1, 4, 0]
    assert columns["NPS"][:4] == [pytest.approx(400 / 11), pytest.approx(900 / 95), 100, 0]
    assert columns["NPS"][-1] == columns["Margin"][-1] == columns["Target"][3] == native.nothing().value < -100
    assert columns["Trend"] == [None] * 5


def test_without_a_target_there_is_no_column_of_targets() -> None:
    found = replace(SEGMENTS, groups=(standing("smb", Tally(1, 0, 0), target=None),), movers=(), inversions=())
    assert "Segment | Answers | NPS | Margin | Trend" in lines(segments.segments(found, about(Shown.SEGMENTS)))


def values_of(table: dict[str, Any]) -> dict[str, list[float | None]]:
    """By what each column is sorted; None for words."""
    head, *rows = table["rows"]
    return {cell["text"]: [row[place].get("value") for row in rows] for place, cell in enumerate(head)}


def test_a_period_without_answers_is_said_and_can_be_left() -> None:
    empty = Segments(standing("", Tally(), Tally(3, 0, 0)), (standing("smb", Tally(), Tally(3, 0, 0)),), RULES)
    around = about(Shown.SEGMENTS, period=parse_period("2026Q3", NOW))
    figures = segments.segments(empty, around)
    assert lines(figures) == ["*Relational · Q3 2026*", "Nobody has answered in Q3 2026."]
    assert "figures_by" in {each.get("action_id") for each in pressed(frame.own(figures, around).blocks)}
    check(figures, around)


def test_a_group_that_fell_silent_is_said() -> None:
    found = replace(
        SEGMENTS, groups=(standing("smb", Tally(), Tally(50, 0, 0)),), movers=(), inversions=(), diverging=()
    )
    said = lines(segments.segments(found, about(Shown.SEGMENTS)))
    assert f"smb | 0 | 200 | {native.NOTHING} | {native.NOTHING} | nobody has answered" in said


@pytest.mark.parametrize(
    ("dimension", "value", "shown"),
    [
        (Dimension.ACV_BAND, "10000-50000", "10k to 50k"),
        (Dimension.ACV_BAND, "250000-", "250k and more"),
        (Dimension.TENURE, "0-6", "0 to 6 months"),
        (Dimension.TENURE, "18+", "18+ months"),
        (Dimension.ROLE, "admin", "admin"),
        (Dimension.CSM, "jen@acme.example", "@U0JEN"),
        (Dimension.CSM, "gone@acme.example", "gone@acme.example"),
    ],
)
def test_groups_have_the_names_that_people_use(dimension: Dimension, value: str, shown: str) -> None:
    alone = (standing(value, Tally(1, 0, 0)),)
    found = replace(SEGMENTS, groups=alone, movers=(), inversions=(), names={"jen@acme.example": "U0JEN"})
    around = about(Shown.SEGMENTS, place=Place(Shown.SEGMENTS, "relational", "2026Q4", dimension))
    assert lines(segments.segments(found, around))[3].startswith(f"{shown} |")


def test_three_hundred_groups_come_in_pages() -> None:
    groups = tuple(standing(f"role {number}", Tally(number, 0, 0)) for number in range(1, 301))
    place = Place(Shown.SEGMENTS, "relational", "2026Q4", Dimension.ROLE, 30)
    around = about(Shown.SEGMENTS, place=place)
    figures = segments.segments(replace(SEGMENTS, groups=groups, movers=groups), around)
    assert figures.pages == 12
    assert lines(figures)[3].startswith("role 276 |")
    assert "and 297 more" in "\n".join(lines(figures))
    check(figures, around)


# Leaders


def test_leaders_have_contact_and_saves_and_no_score() -> None:
    found = Leaders(
        (
            Leader("U0PRIYA", 12, ContactRate(Share(11, 12)), SavedFigures(2, acv_saved=Decimal(240_000))),
            Leader("U0JEN", 1, ContactRate(Share(), 1), SavedFigures(pending=1)),
            Leader("", 4, ContactRate(Share(0, 4)), SavedFigures()),
        ),
        3,
        (Leader("", 13, ContactRate(Share(11, 12), 1), SavedFigures(2, acv_saved=None), team="Customer success"),),
    )
    figures = leaders.leaders(found, about(Shown.LEADERS))
    assert lines(figures) == [
        "*Relational · Q4 2026 so far*",
        "# By owner",
        "Owner | Cases | Contacted in time | Saved | Value saved",
        "@U0PRIYA | 12 | 92 % (11 of 12) | 2 | $240k",
        f"@U0JEN | 1 | none due yet | 0 | {native.NOTHING}",
        f"Nobody (no owner) | 4 | 0 % (0 of 4) | 0 | {native.NOTHING}",
        "# By team",
        "Team | Cases | Contacted in time | Saved | Value saved",
        "Customer success | 13 | 92 % (11 of 12) | 2 | not known",
        "Contact and saves of the cases submitted in this time, by who owns them now. Scores stay out.",
    ]
    assert "NPS" not in "".join(lines(figures))
    assert figures.text == (
        "Relational, Q4 2026 so far: <@U0PRIYA> · contacted in time 92 % (11 of 12) · saved 2 ($240k) · 12 cases; "
        "<@U0JEN> · no first contact due yet · saved 0 · 1 case; "
        "Nobody (no owner) · contacted in time 0 % (0 of 4) · saved 0 · 4 cases"
    )
    owners = values_of(figures.blocks[1])
    assert owners["Contacted in time"] == [pytest.approx(1100 / 12), native.nothing().value, 0]
    assert owners["Value saved"][0] == 240_000
    assert read(native.in_words(figures.blocks))[2:5] == [
        "*@U0PRIYA* · Cases 12 · Contacted in time 92 % (11 of 12) · Saved 2 · Value saved $240k",
        "*@U0JEN* · Cases 1 · Contacted in time none due yet · Saved 0",
        "*Nobody (no owner)* · Cases 4 · Contacted in time 0 % (0 of 4) · Saved 0",
    ]
    check(figures, about(Shown.LEADERS))


def test_no_leaders_without_cases() -> None:
    assert lines(leaders.leaders(Leaders(), about(Shown.LEADERS)))[1] == "No detractor has answered in Q4 2026 so far."


# Whatever customers and policies are called


@given(texts, texts)
def test_any_words_fit_and_stay_words(name: str, other: str) -> None:
    _check_all(name, other)


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_words_fit(name: str) -> None:
    _check_all(name, name)


def _check_all(name: str, other: str) -> None:
    # What a customer calls themselves is theirs; we look for what we would have made of nothing.
    name, other = (re.sub("NaN|None", "n", each) for each in (name, other))
    for what in Shown:
        around = about(what, programme=name or "x", others=("a" * 40,) * 9)
        check(_drawn(what, name, other, around), around)


def _drawn(what: Shown, name: str, other: str, around: About) -> Figures:
    match what:
        case Shown.STATUS:
            firsts = tuple(first(2**53 + number, name, card_link=LINK) for number in range(3))
            return status.status(replace(STATUS, first=firsts), around)
        case Shown.OVERDUE:
            return overdue.overdue(Overdue(tuple(late(2**53 + n, name) for n in range(ROWS)), 10_000), around)
        case Shown.SEGMENTS:
            groups = tuple(standing(f"{number}{name}", Tally(40 + number, 3, 3)) for number in range(60))
            minds = Divergence(7, tuple((f"{n}{other}", Fraction(10 - n)) for n in range(9)))
            found = replace(
                SEGMENTS, groups=groups, movers=groups, inversions=groups, diverging=(minds,) * 9, accounts={7: name}
            )
            return segments.segments(found, around)
        case Shown.LEADERS:
            rows = tuple(Leader("U" + "0" * 30, 9, STATUS.contacted, STATUS.saved) for _ in range(native.ROWS))
            teams = tuple(Leader("", 9, STATUS.contacted, STATUS.saved, team=name or "x") for _ in range(native.ROWS))
            return leaders.leaders(Leaders(rows, 500, teams), around)
        case Shown.THEMES:
            row = ThemeRow(Which(2**53, FRESH), name, other, 10_000, Decimal(10) ** 15, 10_000)
            rows_of = tuple(replace(row, which=Which(2**53 + n, FRESH)) for n in range(themes.ROWS))
            return themes.themes(Themes(rows_of, 500, 9_000, 10_000, 12_000, 20_000, may_change=True), around)


# What buttons carry


@given(
    st.sampled_from(Shown), st.sampled_from(Dimension), st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True),
    st.sampled_from(["2026Q3", "2026-09", "30d", "2026", "2026-06-01..2026-06-30"]), st.integers(1, 9999),
)  # fmt: skip
def test_a_button_brings_back_what_it_carries(
    what: Shown, dimension: Dimension, programme: str, period: str, page: int
) -> None:
    place = Place(what, programme, period, dimension, page)
    assert read_place(place_value(place)) == place
    assert len(place_value(place)) <= 150


@given(
    st.one_of(
        texts,
        st.sampled_from(
            ["status|relational|2026Q3|segment|0", "status||2026Q3|segment|1", "status|x|<!channel>|segment|1"]
        ),
    )
)
@pytest.mark.parametrize("tail", ["", "|", "|relational|2026Q3|segment|1e3", "|relational|2026Q3|nothing|1", "|x" * 99])
def test_a_forged_button_is_refused_in_words(tail: str, text: str) -> None:
    with pytest.raises(Refusal, match="out of date"):
        read_place(text + tail)


def test_a_case_of_the_brief_is_not_late_before_its_time() -> None:
    row = HomeRow(BRIEF.case, 2, "Northwind", "Dana", None)
    said = lines(overdue.overdue(Overdue((row,), 1), about(Shown.OVERDUE)))[1]
    assert said == "🔴 2 · Northwind | no owner"
