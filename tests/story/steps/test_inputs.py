"""What no window of ours sends, and what people type too long, too late or not at all: a sentence at the field."""

from typing import Any

import pytest

from recovery.cases.case import EventKind
from tests.story.acting import JEN, PRIYA, WINBACK, Acting, Json, Shown
from tests.story.steps.working import (
    ACTION,
    CONVERSATION,
    HELD,
    OUTREACH,
    day,
    later,
    logs,
    moment,
    option,
    owned,
    past,
    person,
    sends,
    state,
    window,
    workday,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = "Dana waited four months. " * 100
UNSEEN = "\u200b \u2028 \n\t"
BAD_TEXTS = [
    ("a\x00b", "There is a character in it that can't be shown."),
    ("a\x1b[31mb", "There is a character in it that can't be shown."),
    ("a\ud800b", "There is a character in it that can't be shown."),
]
WRONG: tuple[Any, ...] = (
    None,
    5,
    True,
    [],
    {},
    "x",
    {"type": "button"},
    {"value": {"a": 1}},
    {"value": None},
    {"selected_option": "x"},
)
NO_TIMES: tuple[Any, ...] = (None, "2026-11-22", "", 1.5, True, [], -(10**20), 10**20, {"epoch": 1})
NO_DAYS = (None, "", "tomorrow", "2026-13-01", "20261201", "2026-W49-1", "2026-12-1", 20261201, "2026-12-01T00:00:00")


@pytest.fixture(scope="module")
def cases() -> dict[str, Shown]:
    return {}


async def test_nothing_at_all_in_the_window(it: Acting) -> None:
    """Missing blocks: every needed field says what it wants."""
    case = await owned(it)
    needed = {
        "outreach": {"channel", "happened_at", "result"},
        "conversation": {"happened_at"},
        "action": {"kind", "due"},
    }
    for step, fields in needed.items():
        view = await window(it, PRIYA, case, step)
        ack = await it.hands_in(PRIYA, view)
        assert ack.payload["response_action"] == "errors"
        assert set(ack.payload["errors"]) == fields
    await only_claimed(it, case)


async def test_a_window_without_state(it: Acting) -> None:
    case = await owned(it)
    view = await window(it, PRIYA, case, "outreach")
    states: list[Any] = [None, [], "x", {"values": None}, {"values": []}, {"values": {"channel": None}}]
    for broken in states:

        def forge(forged: Json, found: Any = broken) -> None:
            forged.update(state=found)

        ack = await it.hands_in(PRIYA, view, forge)
        assert set(ack.payload["errors"]) == {"channel", "happened_at", "result"}
    await only_claimed(it, case)


@pytest.mark.parametrize("field", ["channel", "result"])
@pytest.mark.parametrize("raw", [*map(option, ("", "fax", "REACHED", "call ", 5, None, ["call"])), *WRONG])
async def test_an_option_that_nobody_offered(it: Acting, cases: dict[str, Shown], field: str, raw: object) -> None:
    errors = await refused(it, cases, "outreach", field, raw if isinstance(raw, dict) else {"selected_option": raw})
    assert errors == {field: "Choose one of the list."}


async def test_the_channel_that_never_counts(it: Acting, cases: dict[str, Shown]) -> None:
    errors = await refused(it, cases, "outreach", "channel", option("automated_email"))
    assert errors["channel"].startswith("An automated e-mail doesn't count as outreach.")


@pytest.mark.parametrize("value", NO_TIMES)
@pytest.mark.parametrize("step", ["outreach", "conversation"])
async def test_a_time_that_is_none(it: Acting, cases: dict[str, Shown], step: str, value: object) -> None:
    errors = await refused(it, cases, step, "happened_at", moment(value))
    assert errors == {"happened_at": "Choose a day and a time."}


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (3600, "This is in the future."),
        (10**9, "This is in the future."),
        (-90 * 86_400, "This is before the customer answered, on "),
        (-(10**9), "This is before the customer answered, on "),
    ],
)
async def test_a_time_that_can_not_be(it: Acting, cases: dict[str, Shown], seconds: int, says: str) -> None:
    at = past(it, seconds=-seconds)
    for step in ("outreach", "conversation", "action"):
        errors = await refused(it, cases, step, "happened_at", moment(at))
        assert errors["happened_at"].startswith(says), (step, errors)


@pytest.mark.parametrize("value", NO_DAYS)
async def test_a_day_that_is_none(it: Acting, cases: dict[str, Shown], value: object) -> None:
    errors = await refused(it, cases, "action", "due", day(value))
    assert errors == {"due": "Choose a day."}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("2020-01-01", "This date has passed."),
        ("0001-01-01", "This date has passed."),
        ("9999-12-31", "This is more than two years away."),
    ],
)
async def test_a_day_that_can_not_be(it: Acting, cases: dict[str, Shown], value: str, says: str) -> None:
    errors = await refused(it, cases, "action", "due", day(value))
    assert errors["due"].startswith(says)


@pytest.mark.parametrize(
    ("step", "field", "empty"),
    [
        ("outreach", "note", "Say what was said."),
        ("conversation", "with_whom", "Say whom you spoke with."),
        ("conversation", "notes", "Say what was said."),
        ("conversation", "sentence", "Say one specific sentence in the customer's words."),
        ("conversation", "wants", "Say what they need to see changed."),
        ("action", "deliverable", "Say what will be delivered."),
    ],
)
async def test_texts(it: Acting, cases: dict[str, Shown], step: str, field: str, empty: str) -> None:
    for text in ("", " \n\t ", UNSEEN, None, 5, ["x"]):
        errors = await refused(it, cases, step, field, {"type": "plain_text_input", "value": text})
        assert errors == {field: empty}
    for text, says in BAD_TEXTS:
        errors = await refused(it, cases, step, field, {"type": "plain_text_input", "value": text})
        assert errors[field].startswith(says)
    errors = await refused(it, cases, step, field, {"type": "plain_text_input", "value": LONG * 3})
    assert errors[field].endswith("fit. Keep what matters.")


@pytest.mark.parametrize("value", ["", "Everything", None, 7, "Onboarding\x00"])
async def test_a_root_cause_that_is_not_in_the_list(it: Acting, cases: dict[str, Shown], value: object) -> None:
    errors = await refused(it, cases, "conversation", "root_cause", option(value))
    assert errors == {"root_cause": "Choose one of the root causes in the list."}


@pytest.mark.parametrize("field", ["person", "partner"])
@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "Say who "),
        ("", "Say who "),
        ("U0NOBODY", "Slack doesn't find this person at the moment."),
        (WINBACK, "winback is an app. Choose a person."),
        (5, "Say who "),
    ],
)
async def test_people_who_are_none(it: Acting, cases: dict[str, Shown], field: str, value: object, says: str) -> None:
    errors = await refused(it, cases, "action", field, person(value))
    assert errors[field].startswith(says)


async def test_somebody_who_has_left_promises_nothing(it: Acting, cases: dict[str, Shown]) -> None:
    it.workspace.life.deactivate("U0LEO")
    await it.workspace.delivery.settled()
    errors = await refused(it, cases, "action", "partner", person("U0LEO"))
    assert errors == {"partner": "Leo Grant has left. Choose somebody who is here."}


@pytest.mark.parametrize(
    ("result", "meeting", "says"),
    [
        ("meeting_booked", None, "Say when the meeting will be."),
        ("reached", 3600, "Choose “meeting booked” as the result, or clear this time."),
        ("meeting_booked", -3600, "This time has passed."),
        ("meeting_booked", 3 * 365 * 86_400, "This is more than two years away."),
    ],
)
async def test_meetings(it: Acting, cases: dict[str, Shown], result: str, meeting: int | None, says: str) -> None:
    case = await known(it, cases)
    view = await window(it, PRIYA, case, "outreach")
    at = None if meeting is None else past(it, seconds=-meeting)
    good = raw(it, "outreach")
    ack = await it.hands_in(PRIYA, view, state(**{**good, "result": option(result), "meeting_at": moment(at)}))
    assert ack.payload["errors"]["meeting_at"].startswith(says)


async def test_a_meeting_time_that_is_none_is_not_taken_for_an_empty_one(it: Acting, cases: dict[str, Shown]) -> None:
    errors = await refused(it, cases, "outreach", "meeting_at", moment("tomorrow"))
    assert errors == {"meeting_at": "Choose a day and a time."}


async def test_follow_ups(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "action")
    await later(it, minutes=5)
    promised = (await it.case(case.id)).progress.action
    assert promised is not None
    table: list[tuple[Json, str, str]] = [
        ({"result": option("fine")}, "result", "Choose one of the list."),
        ({"evidence": ""}, "evidence", "Say how you know."),
        ({"evidence": LONG}, "evidence", "This is 2,499 characters long; 2,000 fit."),
        ({"result": option("slipped")}, "new_due", "Give the new date."),
        ({"new_due": day(workday(it, 40))}, "new_due", "Choose “slipped” as the result, or clear this date."),
        ({"result": option("slipped"), "new_due": day("soon")}, "new_due", "Choose a day."),
        (
            {"result": option("slipped"), "new_due": day(promised.due.isoformat())},
            "new_due",
            "Give a date after the one that was promised, ",
        ),
        ({"happened_at": moment(past(it, hours=1))}, "happened_at", "This is before "),
        ({"happened_at": moment(past(it, hours=-1))}, "happened_at", "This is in the future."),
    ]
    view = await window(it, PRIYA, case, "follow_up")
    good: Json = {"result": option("held"), "evidence": HELD["evidence"], "happened_at": moment(past(it, seconds=0))}
    before = await it.history(case.id)
    for bad, field, says in table:
        ack = await it.hands_in(PRIYA, view, state(**{**good, **bad}))
        errors = ack.payload["errors"]
        assert list(errors) == [field], (bad, errors)
        assert errors[field].startswith(says), (bad, errors)
    assert await it.history(case.id) == before
    assert (await it.hands_in(PRIYA, view, state(**good))).payload is None


@pytest.mark.parametrize(
    ("outcome", "reason", "field", "says"),
    [
        (None, "", "outcome", "Choose one of the list."),
        ("won", "", "outcome", "Choose one of the list."),
        ("recovered", "", "outcome", "Recovered needs an action that held."),
        ("unreachable", "", "outcome", "Unreachable takes 3 attempts on 2 channels"),
        ("honest_no_accepted", "x", "outcome", "There is no honest no on this case."),
        ("not_recovered", "x", "outcome", "Nobody has contacted the customer yet"),
        ("churned", "", "reason", "Say in a few words why"),
        ("churned", "\x07", "reason", "There is a character in it"),
        ("churned", LONG, "reason", "This is 2,499 characters long; 500 fit."),
        ("withdrawn", "Ours.", "outcome", "Only a lead of this programme withdraws cases."),
        ("duplicate", "Ours.", "outcome", "Only a lead of this programme withdraws cases."),
    ],
)
async def test_closing(
    it: Acting, cases: dict[str, Shown], outcome: str | None, reason: str, field: str, says: str
) -> None:
    case = await known(it, cases)
    view = await window(it, PRIYA, case, "close")
    ack = await it.hands_in(PRIYA, view, state(outcome=option(outcome), reason=reason))
    errors = ack.payload["errors"]
    assert list(errors) == [field]
    assert errors[field].startswith(says)
    assert (await it.case(case.id)).state.value == "claimed"


async def test_what_people_type_is_shown_as_they_typed_it(it: Acting) -> None:
    """Mentions, links and formatting of customers and colleagues ring nobody and change no layout."""
    case = await owned(it)
    hostile = "<!channel> *bold* <https://evil.example|here> &amp; `code` <@U0SAM> :tada: @here"
    await logs(it, PRIYA, case, "outreach", note=hostile)
    await it.shows(case, "✔ outreach")
    await logs(it, PRIYA, case, "conversation", sentence=hostile, notes=hostile, wants=hostile, with_whom=hostile)
    await it.shows(case, "✔ conversation")
    await logs(it, PRIYA, case, "action", deliverable=f"Jen ships {hostile} and Priya demos it.")
    await it.workspace.until(lambda: len(it.lines(case)) == 4)
    events = await it.history(case.id)
    noted = [event.note for event in events if event.kind is not EventKind.FLAGGED][2:]
    assert noted == [hostile, hostile, f"Jen ships {hostile} and Priya demos it."]
    for message in it.workspace.thread(case.channel, case.ts):
        text = message["text"]
        assert "<!channel>" not in text
        assert "<https://evil" not in text
        assert not any(has_mrkdwn(block, "<!channel>") for block in message["blocks"])


async def test_the_longest_texts_that_fit(it: Acting) -> None:
    case = await owned(it)
    long, short = "ä" * 2000, "ö" * 500
    await logs(it, PRIYA, case, "outreach", note=long)
    await logs(it, PRIYA, case, "conversation", notes=long, wants=long, sentence=short, with_whom=short)
    await logs(it, PRIYA, case, "action", deliverable=("Jen ships the importer. " * 30)[:499])
    await it.shows(case, "✔ action")
    await it.workspace.until(lambda: len(it.lines(case)) == 4)


def has_mrkdwn(block: object, words: str) -> bool:
    """Whether the words stand where Slack would parse them."""
    if isinstance(block, dict):
        if block.get("type") == "mrkdwn" and words in str(block.get("text")):
            return True
        return any(has_mrkdwn(inner, words) for inner in block.values())
    return isinstance(block, list) and any(has_mrkdwn(inner, words) for inner in block)


def raw(it: Acting, step: str) -> Json:
    """Good inputs of a step as Slack would send them."""
    at = moment(past(it, seconds=0))
    return {
        "outreach": {
            "channel": option(OUTREACH["channel"]),
            "result": option(OUTREACH["result"]),
            "happened_at": at,
            "note": OUTREACH["note"],
        },
        "conversation": {**CONVERSATION, "root_cause": option(CONVERSATION["root_cause"]), "happened_at": at},
        "action": {
            "kind": option(ACTION["kind"]),
            "deliverable": ACTION["deliverable"],
            "person": person(PRIYA),
            "partner": person(JEN),
            "due": day(workday(it, 10)),
        },
    }[step]


async def refused(it: Acting, cases: dict[str, Shown], step: str, field: str, element: object) -> dict[str, str]:
    """The errors of a window that is good but for one input; the case stays as it was."""
    case = await known(it, cases)
    view = await window(it, PRIYA, case, step)
    before = await it.history(case.id)
    ack = await it.hands_in(PRIYA, view, state(**{**raw(it, step), field: element}))
    assert ack.payload["response_action"] == "errors", ack.payload
    assert await it.history(case.id) == before
    await it.workspace.close_view(PRIYA, view["id"])
    errors: dict[str, str] = ack.payload["errors"]
    return errors


async def known(it: Acting, cases: dict[str, Shown]) -> Shown:
    """One claimed case for all refusals of this file: none of them changes it."""
    if not cases:
        cases["known"] = await owned(it)
    return cases["known"]


async def only_claimed(it: Acting, case: Shown) -> None:
    kinds = [event.kind for event in await it.history(case.id)]
    assert kinds[-1] is EventKind.CLAIMED
    assert not any(kind.value.endswith("_logged") for kind in kinds)


async def test_the_good_inputs_of_this_file_are_good(it: Acting) -> None:
    """Else every refusal above could be about something else."""
    case = await owned(it)
    for step in ("outreach", "conversation", "action"):
        view = await window(it, PRIYA, case, step)
        assert (await it.hands_in(PRIYA, view, state(**raw(it, step)))).payload is None
    view = await window(it, PRIYA, case, "outreach")
    assert (await sends(it, PRIYA, view, **OUTREACH))["response_action"] == "close"
