"""The group of an answer in each dimension, and how groups are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.figures.dimensions import Dimension, acv_band, band_words, folded, groups_of, tenure
from recovery.survey import Account

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
BANDS = (10000, 50000, 250000)


def key_of(segment: str) -> str | None:
    return "enterprise" if segment.strip().casefold() in {"enterprise", "large accounts"} else None


def test_every_dimension_of_a_well_known_account() -> None:
    account = Account(
        key="n",
        name="Northwind",
        acv=Decimal(180000),
        segment=" Large Accounts",
        csm_email="Priya@acme.example",
        plan=" Scale ",
        region="EMEA",
        customer_since=date(2026, 1, 15),
    )
    assert groups_of(account, "VP  Sales", "Mobile App", NOON, bands=BANDS, segment_key=key_of) == {
        Dimension.SEGMENT: "enterprise",
        Dimension.ACV_BAND: "50000-250000",
        Dimension.TENURE: "6-18",
        Dimension.ROLE: "vp sales",
        Dimension.SURFACE: "mobile app",
        Dimension.PLAN: "scale",
        Dimension.REGION: "emea",
        Dimension.CSM: "priya@acme.example",
    }


@pytest.mark.parametrize("account", [None, Account(key="n", name="N"), Account(key="n", name="N", segment="  ")])
def test_what_is_not_known_is_said_to_be_so(account: Account | None) -> None:
    found = groups_of(account, "", " ", NOON, bands=BANDS, segment_key=key_of)
    assert found == dict.fromkeys(Dimension, "")


def test_a_segment_the_policy_does_not_have_keeps_its_word() -> None:
    found = groups_of(Account(key="n", name="N", segment="Mid  Market"), "", "", NOON, bands=BANDS, segment_key=key_of)
    assert found[Dimension.SEGMENT] == "mid market"


@pytest.mark.parametrize(
    ("acv", "band", "words"),
    [
        (Decimal(0), "0-10000", "under 10k"),
        (Decimal("9999.99"), "0-10000", "under 10k"),
        (Decimal(10000), "10000-50000", "10k to 50k"),
        (Decimal("49999.99"), "10000-50000", "10k to 50k"),
        (Decimal(50000), "50000-250000", "50k to 250k"),
        (Decimal(250000), "250000-", "250k and more"),
        (Decimal(10) ** 12, "250000-", "250k and more"),
    ],
)
def test_bands_begin_where_they_say(acv: Decimal, band: str, words: str) -> None:
    assert acv_band(acv, BANDS) == band
    assert band_words(band) == words


def test_an_unknown_value_has_no_band() -> None:
    assert acv_band(None, BANDS) == ""


@pytest.mark.parametrize(("band", "words"), [("0-7500", "under 7,500"), ("7500-1000000", "7,500 to 1,000k")])
def test_amounts_are_short_only_when_nothing_is_lost(band: str, words: str) -> None:
    assert band_words(band) == words


@given(
    st.lists(st.integers(1, 10**7), min_size=1, max_size=20, unique=True).map(sorted),
    st.decimals(0, 10**7, places=2, allow_nan=False),
)
def test_a_value_lies_in_its_own_band(bands: list[int], acv: Decimal) -> None:
    start, _, end = acv_band(acv, bands).partition("-")
    assert int(start) <= acv
    assert not end or acv < int(end)
    assert {int(start), *([int(end)] if end else [])} <= {0, *bands}


@pytest.mark.parametrize(
    ("since", "answered", "group"),
    [
        (date(2026, 9, 15), date(2026, 9, 15), "0-6"),
        (date(2026, 3, 16), date(2026, 9, 15), "0-6"),
        (date(2026, 3, 15), date(2026, 9, 15), "6-18"),
        (date(2025, 3, 16), date(2026, 9, 15), "6-18"),
        (date(2025, 3, 15), date(2026, 9, 15), "18+"),
        (date(2025, 8, 31), date(2026, 2, 28), "0-6"),  # the day with that number hasn't come
        (date(2025, 8, 31), date(2026, 3, 1), "6-18"),
        (date(2024, 2, 29), date(2025, 8, 28), "6-18"),
        (date(2024, 2, 29), date(2025, 8, 29), "18+"),
        (date(1, 1, 1), date(2026, 9, 15), "18+"),
        (date(2026, 9, 16), date(2026, 9, 15), ""),
        (date(9999, 12, 31), date(2026, 9, 15), ""),
    ],
)
def test_tenure_counts_whole_months(since: date, answered: date, group: str) -> None:
    moment = datetime(answered.year, answered.month, answered.day, 23, 59, tzinfo=UTC)
    assert tenure(since, moment) == group


def test_the_day_of_an_answer_is_the_one_in_utc() -> None:
    in_tokyo = datetime(2026, 9, 16, 8, tzinfo=timezone(timedelta(hours=9)))
    assert tenure(date(2026, 9, 16), in_tokyo) == ""
    assert tenure(date(2026, 3, 16), in_tokyo) == "0-6"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        tenure(None, datetime(2026, 9, 15))  # noqa: DTZ001 - that is the point


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 5000), st.integers(0, 5000))
def test_nobody_gets_younger(since: date, days: int, more: int) -> None:
    order = ["0-6", "6-18", "18+"]
    early = datetime(since.year, since.month, since.day, tzinfo=UTC) + timedelta(days=days)
    assert order.index(tenure(since, early)) <= order.index(tenure(since, early + timedelta(days=more)))


@given(st.text(max_size=400))
def test_a_groups_name_is_short_and_settled(text: str) -> None:
    name = folded(text)
    assert len(name) <= 100
    assert name == name.strip()
    assert folded(f"  {text} ") == name
    assert "\n" not in name


def test_case_and_spaces_make_no_other_group() -> None:
    assert {folded(text) for text in ("VP Sales", "vp  sales", "\tVP\nSALES ", "Vp\u00a0Sales")} == {"vp sales"}
