"""One answer told several times: comment later, score changed, repeated, out of order (architecture, decision 3)."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from store.tables import contacts
from tests.support.intake import (
    Json,
    all_cases,
    answer,
    delighted,
    delivered,
    errors,
    history,
    intake,
    kept,
    more_sources,
    states,
    understood,
)
from tests.support.shown import surfaces, thread_of
from tests.support.story import RELATIONAL, words_of

AT = int(time.time()) - 7200
RAVI = "ravi@northwind.example"
SLOW = "The export takes an hour."
FIXED = "Support fixed it within the hour."
NEWER, REPEAT, OLDER = (
    "A newer version of an answer we had.",
    "A repeat of an answer we have; nothing changed.",
    "An older version of an answer we have; nothing changed.",
)
OPENED, FIGURES = "Opened a case.", "Kept for the figures."


def told(score: Any, comment: Any = None, updated: int | None = None, **fields: Any) -> Json:
    """One event of Delighted about the same answer; `updated` in seconds after the submission."""
    return delighted(score, comment, updated=updated, submitted=AT, **fields)


VERSIONS: list[tuple[str, Sequence[Json], list[str], tuple[int, str], list[tuple[str, str, str]] | None]] = [
    # what happens, the events, what the inbox says, (score, comment) in the end, the case's history (None: no case)
    ("only a score", [told(3)], [OPENED], (3, ""), []),
    (
        "the comment comes later",
        [told(3), told(3, SLOW, 60)],
        [OPENED, NEWER],
        (3, SLOW),
        [("verbatim_changed", "", SLOW)],
    ),
    (
        "the comment is changed",
        [told(3, SLOW), told(3, FIXED, 60)],
        [OPENED, NEWER],
        (3, FIXED),
        [("verbatim_changed", SLOW, FIXED)],
    ),
    (
        "a later event without the comment keeps it",
        [told(3, SLOW), told(2, None, 60)],
        [OPENED, NEWER],
        (2, SLOW),
        [("score_changed", "3", "2")],
    ),
    (
        "score and comment change at once",
        [told(3, SLOW), told(8, FIXED, 60)],
        [OPENED, NEWER],
        (8, FIXED),
        [("score_changed", "3", "8"), ("verbatim_changed", SLOW, FIXED)],
    ),
    (
        "a detractor no more, and again",
        [told(3), told(8, None, 60), told(1, None, 120)],
        [OPENED, NEWER, NEWER],
        (1, ""),
        [("score_changed", "3", "8"), ("score_changed", "8", "1")],
    ),
    ("a passive", [told(8, SLOW)], [FIGURES], (8, SLOW), None),
    ("a passive becomes a detractor", [told(8), told(3, SLOW, 60)], [FIGURES, OPENED], (3, SLOW), []),
    ("a promoter changes the score", [told(9), told(10, None, 60)], [FIGURES, FIGURES], (10, ""), None),
    (
        "the same delivery twice",
        [told(3, SLOW, event="e1"), told(3, SLOW, event="e1")],
        [OPENED],
        (3, SLOW),
        [],
    ),
    (
        "one delivery id with another body: it is the same delivery",
        [told(3, SLOW, event="e1"), told(9, FIXED, 60, event="e1")],
        [OPENED],
        (3, SLOW),
        [],
    ),
    (
        "the same answer under three delivery ids",
        [told(3, SLOW, event="e1"), told(3, SLOW, event="e2"), told(3, SLOW, event="e3")],
        [OPENED, REPEAT, REPEAT],
        (3, SLOW),
        [],
    ),
    (
        "the newer one first",
        [told(2, FIXED, 60), told(3, SLOW)],
        [OPENED, OLDER],
        (2, FIXED),
        [],
    ),
    (
        "a detractor's score told after the passive one that replaced it",
        [told(8, FIXED, 60), told(3, SLOW)],
        [FIGURES, OLDER],
        (8, FIXED),
        None,
    ),
    (
        "first, last, middle",
        [told(3), told(1, FIXED, 120), told(8, SLOW, 60)],
        [OPENED, NEWER, OLDER],
        (1, FIXED),
        [("score_changed", "3", "1"), ("verbatim_changed", "", FIXED)],
    ),
    (
        "a newer version that says nothing new",
        [told(3, SLOW), told(3, SLOW, 60), told(9, FIXED, 30)],
        [OPENED, REPEAT, OLDER],
        (3, SLOW),
        [],
    ),
    (
        "another id is another answer: it joins",
        [told(3, SLOW), told(5, FIXED, id="88121")],
        [OPENED, "Joined the contact's open case."],
        (3, SLOW),
        [("joined", "", "5")],
    ),
    (
        "the repeat of an old passive answer does not join the case that came after it",
        [told(8, id="0"), told(3, SLOW), told(8, id="0", event="again")],
        [FIGURES, OPENED, REPEAT],
        (8, ""),
        [],
    ),
    (
        "the newer, unchanged version of an old passive answer does not either",
        [told(8, id="0"), told(3, SLOW), told(8, None, 60, id="0")],
        [FIGURES, OPENED, REPEAT],
        (8, ""),
        [],
    ),
    (
        "a joined answer changes: the thread of its case hears of it",
        [told(3), told(9, id="9"), told(4, SLOW, 60, id="9")],
        [OPENED, "Joined the contact's open case.", NEWER],
        (3, ""),
        [("joined", "", "9"), ("score_changed", "9", "4"), ("verbatim_changed", "", SLOW)],
    ),
]


@pytest.mark.parametrize(("bodies", "notes", "end", "events"), [v[1:] for v in VERSIONS], ids=[v[0] for v in VERSIONS])
async def test_versions_of_one_answer(
    sqlite_db: str,
    tmp_path: Path,
    bodies: Sequence[Json],
    notes: list[str],
    end: tuple[int, str],
    events: list[tuple[str, str, str]] | None,
) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        for body in bodies:
            await delivered(it, "delighted", body)
        await understood(it)
        assert await errors(it.bot.db) == notes
        assert set(await states(it.bot.db)) == {"understood"}
        first = (await kept(it.bot.db))[0]
        assert (first["score"], first["verbatim"]) == end
        cases = await all_cases(it.bot.db)
        assert len(cases) == (events is not None)
        cards = surfaces(it.workspace)
        if events is None:
            assert not cards
            return
        assert await history(it.bot.db) == events
        # One card, and one line in its thread for each thing that happened.
        assert cards["case:1"] == 1
        assert len(thread_of(it, RELATIONAL, it.cards()[0]["ts"])) == len(events)


async def test_the_comment_that_came_later_is_on_the_same_card(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "delighted", told(3))
        card = await it.card(lambda words: "No comment." in words)
        await delivered(it, "delighted", told(3, SLOW, 60))
        later = await it.card(lambda words: SLOW in words)
        await understood(it)
        assert (later["ts"], len(it.cards())) == (card["ts"], 1)
        assert "No comment." not in words_of(it.cards()[0])
        (line,) = thread_of(it, RELATIONAL, card["ts"])
        assert "Dana added a comment." in line
        assert SLOW in line


async def test_a_score_that_rose_stays_a_case_and_says_so(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "delighted", told(3, SLOW))
        await it.card()
        await delivered(it, "delighted", told(8, SLOW, 60))
        await it.card(lambda words: "The score was corrected to 8" in words)
        await delivered(it, "delighted", told(2, SLOW, 120))
        card = await it.card(lambda words: "corrected" not in words)
        await understood(it)
        said = thread_of(it, RELATIONAL, card["ts"])
        assert ["3 to 8" in said[0], "8 to 2" in said[1], len(said)] == [True, True, 2]


async def test_words_of_leaving_that_come_later_make_the_case_critical(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "delighted", told(3))
        await delivered(it, "delighted", told(3, "We will cancel in March.", 60))
        card = await it.card(lambda words: "Critical" in words)
        assert '"cancel"' in words_of(card)
        await delivered(it, "delighted", told(3, "Sorry, wrong survey.", 120))
        await it.card(lambda words: "Critical" not in words)


async def test_the_clock_starts_with_the_first_submission(database_url: str, tmp_path: Path) -> None:
    """A tool that tells the time of each edit as the time of the answer doesn't give us more time."""
    async with intake(database_url, tmp_path) as it:
        for minute, comment in enumerate(["", "Slow.", "Slow and late."]):
            await delivered(it, "generic", answer(comment=comment, responded_at=_iso(AT + 60 * minute)))
        await understood(it)
        (case,), (row,) = await all_cases(it.bot.db), await kept(it.bot.db)
        assert case["submitted_at"].timestamp() == row["responded_at"].timestamp() == AT
        assert row["verbatim"] == "Slow and late."


async def test_without_any_time_the_order_of_arrival_counts(database_url: str, tmp_path: Path) -> None:
    bare: Json = {"response_id": "r1", "email": "dana@northwind.example"}
    async with intake(database_url, tmp_path) as it:
        for score in (3, 8, 5):
            await delivered(it, "generic", {**bare, "score": score})
        await understood(it)
        (row,) = await kept(it.bot.db)
        assert row["score"] == 5
        assert await history(it.bot.db) == [("score_changed", "3", "8"), ("score_changed", "8", "5")]


async def test_an_update_that_names_no_survey_belongs_where_its_answer_is(sqlite_db: str, tmp_path: Path) -> None:
    """Without a default programme, a later and shorter version is still an answer that we have."""
    async with intake(sqlite_db, tmp_path, policy=_without_default()) as it:
        await delivered(it, "generic", answer(survey_name="Relationship NPS", programme=""))
        await delivered(it, "generic", answer(programme="", comment="More words.", updated_at=_iso(time.time())))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, NEWER]
        assert [row["verbatim"] for row in await kept(it.bot.db)] == ["More words."]


async def test_a_wish_to_be_called_outlives_a_shorter_update(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(follow_up_requested=True))
        await delivered(it, "generic", answer(comment="More words.", updated_at=_iso(time.time())))
        card = await it.card(lambda words: "More words." in words)
        assert "asked to be contacted" in words_of(card)


@pytest.mark.parametrize(
    ("newer", "names"),
    [
        ({"name": ""}, {"dana@northwind.example": "Dana Okafor"}),  # what it leaves out stays
        ({"name": "", "email": ""}, {"dana@northwind.example": "Dana Okafor"}),
        ({"name": "", "email": RAVI}, {"dana@northwind.example": "Dana Okafor", RAVI: ""}),
    ],
    ids=str,
)
async def test_nobody_gets_the_name_of_somebody_else(
    sqlite_db: str, tmp_path: Path, newer: Json, names: dict[str, str]
) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer())
        await delivered(it, "generic", answer(**newer, comment="More words.", updated_at=_iso(time.time())))
        await understood(it)
        async with it.bot.db.read() as tx:
            found = await tx.conn.execute(sa.select(contacts.c.email, contacts.c.name))
            assert dict(found.all()) == names


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _without_default() -> str:
    return more_sources().replace("default = true\n", "")
