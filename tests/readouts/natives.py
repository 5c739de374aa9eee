"""Answers of three quarters in two segments, so that there is something to draw."""

from datetime import datetime, timedelta

from bot.flows.cases.intake import take_in
from recovery.figures.periods import parse_period, previous
from recovery.survey import Account, Contact, SurveyResponse
from tests.story.acting import Acting

ENOUGH = "\n[figures]\nenough_in_group = 2\nenough_overall = 2\n"
# By segment: of the last quarter, of the one before, and of the one before that.
SCORES = {
    "enterprise": ((9, 9, 3), (9, 2, 2), (9, 9, 10)),
    "mid-market": ((0, 3, 10), (10, 10, 9), (10, 8, 0)),
}


async def three_quarters(it: Acting) -> None:
    """Answers of two segments in the last quarter and in the two before."""
    last = parse_period("last quarter", it.story.bot.clock.now())
    async with it.story.bot.db.write() as tx:
        for place, period in enumerate((last, previous(last), previous(previous(last)))):
            for segment, scores in SCORES.items():
                for number, score in enumerate(scores[place]):
                    answer = answered(segment, period.start + timedelta(days=9), f"{period.key}-{number}", score)
                    await take_in(tx, it.story.bot.house, answer, tx.now, open_cases=False)


def answered(segment: str, at: datetime, key: str, score: int) -> SurveyResponse:
    who = f"{segment}-{key}@customer.example"
    return SurveyResponse(
        source="csv",
        response_id=f"{segment}-{key}",
        score=score,
        responded_at=at,
        version_at=at,
        contact=Contact(who, "Dana", who),
        account=Account(f"acc-{segment}", f"Company {segment}", segment=segment),
        programme="relational",
        verbatim="",
    )
