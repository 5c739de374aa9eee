"""What a row tells beside what is there: the rules that make a second run change nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from winback.imports.comparing import PARTS, Said, Standing, speaks_anew, standing, together
from winback.imports.foreseeing import _hashed, _packed, _unpacked

START = datetime(2026, 9, 3, 14, 5, 0, 123457, tzinfo=UTC)
# Few values, so that equal ones are common; the empty one says nothing.
PART = st.sampled_from(["", "a", "b"])
SAID = st.builds(
    lambda minutes, parts: Said(START + timedelta(minutes=minutes), tuple(parts)),
    st.integers(0, 2),
    st.lists(PART, min_size=PARTS, max_size=PARTS),
)


def taken(rows: list[Said]) -> tuple[list[Standing], Said]:
    """One run over rows of one answer: how each stood, and what is there in the end."""
    there: Said | None = None
    found = []
    for row in rows:
        how = standing(row, there)
        found.append(how)
        if how in {Standing.NEW, Standing.CHANGED}:
            there = together(row, there) if there else row
    assert there is not None
    return found, there


@given(st.lists(SAID, min_size=1, max_size=6))
def test_a_second_run_over_the_same_rows_changes_nothing(rows: list[Said]) -> None:
    _, there = taken(rows)
    for row in rows:
        assert standing(row, there) in {Standing.KNOWN, Standing.CONTRADICTS}


@given(SAID, SAID)
def test_an_older_version_never_overwrites_and_a_newer_one_always_may(one: Said, other: Said) -> None:
    how = standing(one, other)
    differs = any(now and now != was for now, was in zip(one.parts, other.parts, strict=True))
    if one.at < other.at:
        assert how is Standing.KNOWN
    elif one.at > other.at:
        assert how is Standing.CHANGED
    elif not differs:
        assert how is Standing.KNOWN
    else:
        assert how in {Standing.CHANGED, Standing.CONTRADICTS}


@given(st.lists(SAID, min_size=1, max_size=6))
def test_what_a_dry_run_remembers_tells_the_same(rows: list[Said]) -> None:
    remembered = [_unpacked(_packed(_hashed(row))) for row in rows]
    assert taken(remembered)[0] == taken(rows)[0]
    for one, short in zip(rows, remembered, strict=True):
        assert short.at == one.at
        assert speaks_anew(short, remembered[0]) == speaks_anew(one, rows[0])


def test_only_another_score_or_comment_is_news() -> None:
    old = Said(START, ("2", "Slow.", *[""] * (PARTS - 2)))
    assert speaks_anew(old, None)
    assert not speaks_anew(old, old)
    assert speaks_anew(Said(START, ("3", "Slow.", *[""] * (PARTS - 2))), old)
    assert speaks_anew(Said(START, ("2", "Late.", *[""] * (PARTS - 2))), old)
    assert not speaks_anew(Said(START, ("2", "", *["x"] * (PARTS - 2))), old)
