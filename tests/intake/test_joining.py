"""One open case for a contact in a programme; who joins it, who opens their own, and what the card says of it."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.flows.cases import casework, steps
from bot.flows.cases.casework import Asker
from bot.flows.cases.steps import Seen
from recovery.cases.case import EventKind, Outcome
from store.cases import cases
from tests.support.intake import (
    all_cases,
    answer,
    delighted,
    delivered,
    errors,
    history,
    inbox,
    intake,
    kept,
    understood,
)
from tests.support.shown import surfaces, thread_of
from tests.support.story import RELATIONAL, Story, words_of

ONBOARDING = "C0ONBOARDING"
OPENED, JOINED, FIGURES = "Opened a case.", "Joined the contact's open case.", "Kept for the figures."
AT = int(time.time()) - 7200


async def withdrawn(it: Story, case_id: int = 1) -> None:
    async with it.bot.db.write() as tx:
        lead = Asker("U0MARCUS", member=True)
        await casework.withdraw(tx, it.bot.house, case_id, Outcome.WITHDRAWN, "Our own test.", lead)


@pytest.mark.parametrize("second", [0, 6, 7, 9, 10])
async def test_the_second_answer_of_a_contact_joins(sqlite_db: str, tmp_path: Path, second: int) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer())
        card = await it.card()
        await delivered(it, "generic", answer(response_id="r2", score=second, comment="Once more."))
        await it.card(lambda words: f"Answered again: *{second}*" in words)
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, JOINED]
        assert [case["id"] for case in await all_cases(it.bot.db)] == [1]
        assert [row["case_id"] for row in await kept(it.bot.db)] == [1, 1]
        (line,) = thread_of(it, RELATIONAL, card["ts"])
        assert f"Dana answered again: {second}." in line
        assert "Once more." in line


async def test_each_programme_has_its_own_case(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        for number, programme in enumerate(["relational", "onboarding", "relational", "onboarding"]):
            await delivered(it, "generic", answer(response_id=f"r{number}", programme=programme))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, OPENED, JOINED, JOINED]
        assert [case["programme"] for case in await all_cases(it.bot.db)] == ["relational", "onboarding"]
        assert (len(it.cards()), len(it.cards(ONBOARDING))) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("dana@northwind.example", "Dana@Northwind.EXAMPLE", True),
        ("dana@northwind.example", "  dana@northwind.example ", True),
        ("dana@northwind.example", "dana@northwind.example.org", False),
        ("dana@northwind.example", "", False),
        ("", "", False),
    ],
)
async def test_who_is_the_same_contact(sqlite_db: str, tmp_path: Path, first: str, second: str, together: bool) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(email=first))
        await delivered(it, "generic", answer(email=second, response_id="r2"))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, JOINED if together else OPENED]


async def test_the_same_person_through_two_tools_is_one_contact(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(response_id="88120"))
        await delivered(it, "delighted", delighted(3, submitted=int(time.time())))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, JOINED]
        assert len(await kept(it.bot.db)) == 2


async def test_without_an_address_the_tools_own_id_of_the_person_counts(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        for number, person in enumerate(["c-1", "c-1", "c-2"]):
            await delivered(it, "generic", answer(email=None, contact_id=person, response_id=f"r{number}"))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, JOINED, OPENED]


async def test_colleagues_are_shown_and_not_merged(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        account = {"account_id": "A-1", "account_name": "Northwind Traders"}
        for number, (score, who) in enumerate([(9, "ana"), (4, "ben"), (2, "cleo")]):
            fields = {**account, "email": f"{who}@northwind.example", "name": who.title(), "score": score}
            await delivered(it, "generic", answer(response_id=f"r{number}", **fields))
            await understood(it)
        assert await errors(it.bot.db) == [FIGURES, OPENED, OPENED]
        ben, cleo = it.cards()
        assert "1 colleague answered: 9" in words_of(ben)
        assert "2 colleagues answered: " in words_of(cleo)
        assert "(case 1 open)" in words_of(cleo)


async def test_after_a_withdrawn_case_a_new_detractor_opens_a_new_one(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer())
        await understood(it)
        await withdrawn(it)
        await delivered(it, "generic", answer(response_id="r2", score=9))
        await delivered(it, "generic", answer(response_id="r3", score=1))
        await understood(it)
        assert await errors(it.bot.db) == [OPENED, FIGURES, OPENED]
        assert [case["state"] for case in await all_cases(it.bot.db)] == ["closed", "open"]
        assert [row["case_id"] for row in await kept(it.bot.db)] == [1, None, 2]
        assert surfaces(it.workspace)["case:2"] == 1


async def test_a_closed_case_stays_closed_when_its_answer_changes(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer())
        await understood(it)
        await withdrawn(it)
        await delivered(it, "generic", answer(score=1, updated_at=_later()))
        await understood(it)
        (case,) = await all_cases(it.bot.db)
        assert case["state"] == "closed"
        assert ("score_changed", "2", "1") in await history(it.bot.db)


async def test_a_closed_case_is_its_own_answers_case_whatever_that_becomes(sqlite_db: str, tmp_path: Path) -> None:
    """Better, and worse again, with words of leaving: no second case, and the closed one is not weighed anew."""
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer())
        await understood(it)
        await withdrawn(it)
        before = (await all_cases(it.bot.db))[0]
        for score in (8, 1):
            await delivered(it, "generic", answer(score=score, comment=f"We cancel: {score}.", updated_at=_later()))
            await understood(it)
        (after,) = await all_cases(it.bot.db)
        assert (after["state"], after["urgency"], after["urgency_why"]) == (
            "closed",
            before["urgency"],
            before["urgency_why"],
        )
        assert ("score_changed", "8", "1") in await history(it.bot.db)


async def test_a_later_answer_that_is_corrected_is_measured_again(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer())
        await understood(it)
        async with it.bot.db.write() as tx:
            seen, lead = Seen(1, (await cases.get(tx, 1)).version), Asker("U0MARCUS", member=True)
            await steps.close(tx, it.bot.house, seen, Outcome.CHURNED, "They left in May.", lead)
        for score in (9, 8):
            later = {"responded_at": _later(), "updated_at": _later()}
            await delivered(it, "generic", answer(response_id="r2", score=score, comment=f"{score}", **later))
            await understood(it)
        async with it.bot.db.read() as tx:
            told = [event for event in await cases.history(tx, 1) if event.kind is EventKind.MEASURED]
            case = await cases.get(tx, 1)
        assert [event.details["score"] for event in told] == ["9", "8"]
        assert case.progress.later_score == 8


async def test_a_joined_answer_that_turns_bad_after_the_case_was_closed_is_not_lost(
    database_url: str, tmp_path: Path
) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer())
        await delivered(it, "generic", answer(response_id="r2", score=9))
        await understood(it)
        await withdrawn(it)
        await delivered(it, "generic", answer(response_id="r2", score=1, updated_at=_later()))
        await understood(it)
        assert [(case["id"], case["state"]) for case in await all_cases(it.bot.db)] == [(1, "closed"), (2, "open")]
        assert [row["case_id"] for row in await kept(it.bot.db)] == [1, 2]
        assert surfaces(it.workspace)["case:2"] == 1


async def test_passives_and_promoters_are_kept_without_a_case(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        for score in (7, 8, 9, 10):
            await delivered(it, "generic", answer(response_id=f"r{score}", score=score))
        await understood(it)
        assert await errors(it.bot.db) == [FIGURES] * 4
        rows = await kept(it.bot.db)
        assert {row["score"]: row["category"] for row in rows} == {
            7: "passive",
            8: "passive",
            9: "promoter",
            10: "promoter",
        }
        assert (await all_cases(it.bot.db), it.cards()) == ([], [])


async def test_an_account_told_later_comes_onto_the_card(database_url: str, tmp_path: Path) -> None:
    """Money makes a case urgent, whenever it is told; the CSM it names is asked first while nobody owns the case."""
    told = {"account_id": "A-1", "account_name": "Northwind Traders", "acv": 180_000, "csm_email": "jen@acme.example"}
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer(comment=""))
        first = await it.card(lambda words: "Critical" not in words)
        await delivered(it, "generic", answer(comment="", updated_at=_later(), **told))
        card = await it.card(lambda words: "Northwind Traders" in words)
        await understood(it)
        assert card["ts"] == first["ts"]
        assert "$180k" in words_of(card)
        assert "Critical: large account" in words_of(card)
        assert "U0JEN" in words_of(card)
        (case,) = await all_cases(it.bot.db)
        assert (case["urgency"], case["routed_to"]) == ("critical", "U0JEN")


async def test_an_account_told_later_to_an_owned_case_changes_no_owner(database_url: str, tmp_path: Path) -> None:
    told = {"account_name": "Northwind Traders", "acv": 180_000, "csm_email": "jen@acme.example"}
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer())
        card = await it.card()
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Release" in words)
        await delivered(it, "generic", answer(updated_at=_later(), **told))
        await it.card(lambda words: "Northwind Traders" in words and "Critical" in words)
        await understood(it)
        (case,) = await all_cases(it.bot.db)
        assert (case["owner"], case["routed_to"] == "U0JEN") == ("U0PRIYA", False)
        async with it.bot.db.read() as tx:
            *_, last = await cases.history(tx, case["id"])
        assert (last.kind, last.before, last.after) == (EventKind.FACTS_CHANGED, "normal", "critical")
        assert last.details == {"facts": "account,acv,csm"}
        await it.workspace.until(lambda: len(thread_of(it, RELATIONAL, card["ts"])) == 2)
        said = thread_of(it, RELATIONAL, card["ts"])[-1]
        assert "More became known of the account: name, ACV and CSM." in said
        assert "The case is critical now: large account." in said
        # What was told before is no news.
        await delivered(it, "generic", answer(updated_at=_later(), **told))
        await understood(it)
        assert (await all_cases(it.bot.db))[0]["version"] == case["version"]


async def test_facts_told_together_with_a_comment_are_each_in_the_history(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(comment="", account_id="A-1"))
        card = await it.card()
        await it.workspace.click("U0PRIYA", RELATIONAL, card["ts"], "case_claim")
        await it.card(lambda words: "Release" in words)
        told = {"comment": "Too slow.", "account_id": "A-1", "segment": "enterprise", "renewal_date": "2031-01-01"}
        await delivered(it, "generic", answer(updated_at=_later(), **told))
        await understood(it)
        (case,) = await all_cases(it.bot.db)
        async with it.bot.db.read() as tx:
            *_, comment, facts = await cases.history(tx, case["id"])
        assert (comment.kind, facts.kind) == (EventKind.VERBATIM_CHANGED, EventKind.FACTS_CHANGED)
        assert facts.details == {"facts": "renewal_date,segment"}
        assert facts.before == facts.after == "normal"


async def test_facts_of_a_case_that_is_over_make_no_event(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(account_id="A-1"))
        await it.card()
        await understood(it)
        await withdrawn(it)
        (before,) = await all_cases(it.bot.db)
        await delivered(it, "generic", answer(updated_at=_later(), account_id="A-1", acv=90_000))
        await understood(it)
        (after,) = await all_cases(it.bot.db)
        assert after["version"] == before["version"]


@pytest.mark.parametrize(
    "told",
    [{"segment": "Mid-market"}, {"renewal_date": "2031-01-01"}, {"role": "CFO"}, {"name": "Dana O."}],
    ids=lambda told: next(iter(told)),
)
async def test_a_fact_told_later_is_on_the_card_and_not_in_the_thread(
    sqlite_db: str, tmp_path: Path, told: dict[str, Any]
) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(account_id="A-1", name=""))
        card = await it.card()
        await delivered(it, "generic", answer(**{"account_id": "A-1", "name": "", "updated_at": _later(), **told}))
        await understood(it)
        shown = words_of(it.cards()[0])
        assert shown != words_of(card)
        assert "routed" not in str(thread_of(it, RELATIONAL, card["ts"]))


async def test_keywords_in_a_comment_that_comes_later_ask_the_team(database_url: str, tmp_path: Path) -> None:
    """Delighted tells the score first: the routing by words must not stay what it was without any."""
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "delighted", delighted(3, submitted=AT))
        await it.card()
        before = (await all_cases(it.bot.db))[0]["routed_to"]
        await delivered(it, "delighted", delighted(3, "The onboarding took four months.", updated=60, submitted=AT))
        card = await it.card(lambda words: "U0AMARA" in words)
        await understood(it)
        assert ("routed", before, "U0AMARA") in await history(it.bot.db)
        assert any("asked first" in line for line in thread_of(it, RELATIONAL, card["ts"]))


async def test_a_comment_without_keywords_leaves_the_turn_of_the_rotation(sqlite_db: str, tmp_path: Path) -> None:
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "delighted", delighted(3, submitted=AT))
        await delivered(it, "delighted", delighted(3, submitted=AT, id="2", person={"email": "b@customer.example"}))
        await understood(it)
        before = [case["routed_to"] for case in await all_cases(it.bot.db)]
        await delivered(it, "delighted", delighted(3, "Slow.", updated=60, submitted=AT))
        await understood(it)
        assert [case["routed_to"] for case in await all_cases(it.bot.db)] == before
        assert [kind for kind, *_ in await history(it.bot.db)] == ["verbatim_changed"]


async def test_a_second_answer_that_speaks_of_leaving_makes_the_case_critical(
    database_url: str, tmp_path: Path
) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "generic", answer())
        await it.card(lambda words: "Critical" not in words)
        await delivered(it, "generic", answer(response_id="r2", comment="We are evaluating alternatives."))
        await it.card(lambda words: "Critical" in words)
        # More words about the first answer don't make the second one harmless.
        await delivered(it, "generic", answer(comment="Slow.", updated_at=_later()))
        await it.card(lambda words: "Slow." in words)
        assert "Critical" in words_of(it.cards()[0])


async def test_an_unnamed_customer_who_is_named_later(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "delighted", delighted(3, submitted=AT, person=None))
        await it.card(lambda words: "Dana" not in words)
        await delivered(it, "delighted", delighted(3, submitted=AT, updated=60))
        await it.card(lambda words: "Dana Okafor" in words)
        await delivered(it, "delighted", delighted(1, submitted=AT, id="2"))
        await understood(it)
        assert (await errors(it.bot.db))[2] == JOINED
        assert len(await all_cases(it.bot.db)) == 1


async def test_an_unnamed_customer_who_turns_out_to_have_a_case(database_url: str, tmp_path: Path) -> None:
    """Two cases can't be open under one name: both stay, neither answer is lost."""
    async with intake(database_url, tmp_path) as it:
        await delivered(it, "delighted", delighted(1, submitted=AT, id="0"))
        await delivered(it, "delighted", delighted(3, submitted=AT, person=None))
        await delivered(it, "delighted", delighted(3, "Slow.", submitted=AT, updated=60))
        await understood(it)
        assert [row["state"] for row in await inbox(it.bot.db)] == ["understood"] * 3
        assert [row["case_id"] for row in await kept(it.bot.db)] == [1, 2]
        assert len(it.cards()) == 2


def _later() -> str:
    return (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


async def test_an_answer_from_before_the_case_is_no_news_for_its_owner(sqlite_db: str, tmp_path: Path) -> None:
    """As an import of last year's answers brings them while somebody works on the case."""
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(response_id="now"))
        await delivered(it, "generic", answer(response_id="then", responded_at="2025-03-03T10:00:00Z", score=4))
        await understood(it)
        assert (await errors(it.bot.db))[1] == "An answer from before the contact's open case; kept for the figures."
        assert len(await all_cases(it.bot.db)) == 1
