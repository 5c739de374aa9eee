"""Every fixture of the survey tools, posted as the tool posts it: what stands in the inbox and among the answers."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.support.intake import (
    BEARER,
    all_cases,
    delivered,
    errors,
    inbox,
    intake,
    kept,
    more_sources,
    post,
    signed,
    states,
    understood,
)
from tests.support.story import Story

FIXTURES = Path(__file__).parent.parent / "surveys" / "fixtures"
TEN_MINUTES_LATER = datetime(2026, 9, 3, 14, 10, tzinfo=UTC)  # the fixtures answered at 14:00
SOURCES = r"""
[sources.asknicely]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
auth = "bearer"

[sources.asknicely.fields]
score = "question.score"
response_id = "question.id"
comment = "question.comment"
responded_at = "question.responded"
email = "person.email"

[sources.satismeter]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
auth = "bearer"

[sources.satismeter.fields]
score = "response.rating"
response_id = "response.id"
comment = "response.answers.1.value"
account_name = 'response.user.traits.company\.name'

[sources.scales]
adapter = "typeform"
secret_env = "WINBACK_TYPEFORM_SECRET"
score_ref = "likelihood"
"""
OPENED, FIGURES = "Opened a case.", "Kept for the figures."
OUTCOMES: list[tuple[str, str, str, str]] = [
    # source, fixture, state, what stands beside it
    ("delighted", "delighted/csat", "ignored", "another metric than NPS: csat"),
    ("delighted", "delighted/no_score_yet", "ignored", "no score yet"),
    ("delighted", "delighted/unsubscribed", "ignored", 'no survey answer: "unsubscribe.created"'),
    ("delighted", "delighted/sample_event", "ignored", "a test delivery"),
    ("delighted", "delighted/score_out_of_range", "failed", "event_data.score is 11; expected a whole number"),
    ("delighted", "delighted/created_score_only", "understood", OPENED),
    ("delighted", "delighted/updated_with_comment", "understood", "A newer version of an answer we had."),
    ("delighted", "delighted/updated_score_changed", "understood", "A newer version of an answer we had."),
    ("delighted", "delighted/score_as_text_no_type", "understood", "Joined the contact's open case."),
    ("delighted", "delighted/person_as_id", "understood", OPENED),
    ("delighted", "delighted/anonymous", "understood", FIGURES),
    ("typeform", "typeform/unfinished", "ignored", "an unfinished form"),
    ("typeform", "typeform/test_request", "ignored", "a test delivery"),
    ("typeform", "typeform/question_skipped", "ignored", "no score yet"),
    ("typeform", "typeform/nothing_answered", "ignored", "no score yet"),
    ("typeform", "typeform/two_nps_questions", "failed", "The form has 2 NPS questions; set score_ref"),
    ("typeform", "typeform/opinion_scale", "failed", "The form has no NPS question; set score_ref"),
    ("typeform", "typeform/quiz_without_nps", "failed", "The form has no NPS question; set score_ref"),
    ("typeform", "typeform/nps_with_hidden", "understood", OPENED),
    ("typeform", "typeform/nps_without_hidden", "understood", OPENED),
    ("scales", "typeform/opinion_scale", "understood", OPENED),
    ("scales", "typeform/opinion_scale_of_five", "failed", 'the answer to "likelihood" is on another scale'),
    ("generic", "generic/test_delivery", "ignored", "a test delivery"),
    ("generic", "generic/other_metric", "ignored", "another metric than NPS: CES"),
    ("generic", "generic/no_score_yet", "ignored", "no score yet"),
    ("generic", "generic/time_without_zone", "failed", 'responded_at is "2026-09-03T16:00:00"; expected a time'),
    ("generic", "generic/score_in_words", "failed", 'score is "eleven"; expected a whole number'),
    ("generic", "generic/without_id", "failed", "response_id is missing"),
    ("generic", "generic/flat", "understood", OPENED),
    ("generic", "generic/smallest", "understood", FIGURES),
    ("asknicely", "generic/mapped_texts", "understood", FIGURES),
    ("asknicely", "generic/flat", "failed", "score (question.score) is missing"),
    ("satismeter", "generic/mapped_list", "understood", OPENED),
]
ANSWERS = {
    # response id: score, programme
    "88120": (7, "relational"),
    "88121": (6, "relational"),
    "88122": (0, "relational"),
    "88123": (10, "relational"),
    "f0c2a1d7b3": (4, "relational"),  # the form's hidden field says so, against the source's own programme
    "a9b8c7d6e5": (0, "onboarding"),
    "c1c2c3c4c5": (6, "relational"),
    "r-7001": (2, "relational"),
    "7002": (7, "relational"),
    "5512": (9, "relational"),
    "sm-77": (5, "relational"),
}


async def test_every_fixture_through_the_hook(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path, policy=more_sources(SOURCES)) as it:
        await _turn_clock(it)
        for source, name, _, _ in OUTCOMES:
            raw = (FIXTURES / f"{name}.json").read_bytes()
            if source in {"asknicely", "satismeter"}:
                assert (await post(it, source, raw, BEARER)).status == 200
            elif source == "scales":
                assert (await post(it, source, raw, signed("typeform", raw))).status == 200
            else:
                await delivered(it, source, raw)
        await understood(it)

        found = zip(OUTCOMES, await states(it.bot.db), await errors(it.bot.db), strict=True)
        for (source, name, state, words), is_state, is_words in found:
            assert (is_state, is_words[: len(words)]) == (state, words), (source, name)
        answers = await kept(it.bot.db)
        assert {row["response_id"]: (row["score"], row["programme"]) for row in answers} == ANSWERS
        # Ines answered twice, Noor's programme is unknown to the policy and went to the default one.
        assert len(await all_cases(it.bot.db)) == sum(words == OPENED for *_, words in OUTCOMES)
        raw = [(FIXTURES / f"{name}.json").read_bytes() for _, name, _, _ in OUTCOMES]
        assert [bytes(row["body"]) for row in await inbox(it.bot.db)] == raw


def test_every_fixture_is_posted() -> None:
    there = {str(path.relative_to(FIXTURES).with_suffix("")) for path in FIXTURES.rglob("*.json")}
    assert there == {name for _, name, _, _ in OUTCOMES}


async def _turn_clock(it: Story) -> None:
    """The bot's clock at the fixtures' own time: they would be answers from the future, or ten years old, some day."""
    assert it.settings.clock_file is not None
    shift = TEN_MINUTES_LATER.timestamp() - time.time()
    it.settings.clock_file.write_text(f"{shift:.3f}", "utf-8")
    async with asyncio.timeout(5):
        # The bot looks at the file now and then.
        while abs((it.bot.clock.now() - TEN_MINUTES_LATER).total_seconds()) > 60:  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
