"""What no client of Slack sends: edited values, strangers, tampered windows. A sentence, no change, a log line."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.people import User
from tests.story.acting import (
    JEN,
    KOFI,
    MARCUS,
    ONBOARDING,
    PRIYA,
    TOMAS,
    Acting,
    Json,
    kind_and_reason,
    owner_and_note,
    soon,
    values,
)
from tests.story.conftest import acting
from tests.support.story import POLICY, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

OLD_BUTTON = "This button is out of date. Open the card again and press it once more."
OLD_WINDOW = "This window is out of date. Close it and open it from the card again."
NUMBERS: list[tuple[Any, str]] = [
    ("999999", "There is no case 999999."),
    ("0", "There is no case 0."),
    ("-1", OLD_BUTTON),
    ("", OLD_BUTTON),
    ("seven", OLD_BUTTON),
    ("1; DROP TABLE cases", OLD_BUTTON),
    ("\u0661", OLD_BUTTON),  # an Arabic digit
    ("9" * 19, OLD_BUTTON),
    ("9" * 2000, OLD_BUTTON),
    (str(2**63 - 1), f"There is no case {2**63 - 1}."),
    (7, OLD_BUTTON),
    (None, OLD_BUTTON),
    ({"case": 1}, OLD_BUTTON),
]
ACTIONS = ("case_claim", "case_release", "case_assign", "case_history")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("value", "says"), NUMBERS, ids=[str(value)[:20] for value, _ in NUMBERS])
async def test_a_button_with_another_value(
    it: Acting, caplog: pytest.LogCaptureFixture, action: str, value: Any, says: str
) -> None:
    caplog.set_level(logging.INFO)
    case = await anycase(it)
    said = await it.told(PRIYA, case.channel, it.presses(PRIYA, case, {"action_id": action, "value": value}))
    assert says in said
    assert f"refused: {says}" in caplog.messages
    await nothing_changed(it, case)


@pytest.mark.parametrize(
    "value",
    ["history:999999", "withdraw:seven", "withdraw:", "promote:1", "history", ":1", "", "history:-1", None, 5],
)
async def test_a_menu_with_another_option(it: Acting, caplog: pytest.LogCaptureFixture, value: Any) -> None:
    caplog.set_level(logging.INFO)
    case = await anycase(it)
    chosen = {"type": "overflow", "action_id": "case_more", "selected_option": {"value": value}}
    said = await it.told(MARCUS, case.channel, it.presses(MARCUS, case, chosen))
    assert ("There is no case 999999." if value == "history:999999" else "out of date") in said
    assert any(message.startswith("refused: ") for message in caplog.messages)
    assert it.workspace.views(MARCUS) == []
    await nothing_changed(it, case)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ("case_claim", "Only members"),
        ("case_release", "only they or a lead"),
        ("case_assign", "Only a lead"),
        ("case_history", "Only members"),
    ],
)
async def test_a_button_of_this_channel_with_a_case_of_another_one(
    sqlite_db: str, tmp_path: Path, action: str, why: str
) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        secret = await it.opens(channel=ONBOARDING)
        await it.click(PRIYA, secret, "case_claim")
        it.workspace.life.leave(KOFI, ONBOARDING)
        await it.workspace.delivery.settled()
        before = await it.case(secret.id)
        case = await it.opens()
        said = await it.told(KOFI, case.channel, it.presses(KOFI, case, {"action_id": action, "value": str(secret.id)}))
        assert why in said
        assert secret.customer not in said
        assert it.workspace.views(KOFI) == []
        assert await it.case(secret.id) == before


async def test_an_action_that_no_version_of_ours_has(it: Acting) -> None:
    case = await anycase(it)
    for action in ("case_promote", "", "case_claim2", "xcase_claim", "case_claim\n"):
        said = await it.told(PRIYA, case.channel, it.presses(PRIYA, case, {"action_id": action, "value": str(case.id)}))
        assert "This button is from an earlier version of winback." in said
    await nothing_changed(it, case)


async def test_a_button_without_a_way_to_answer_is_acked(it: Acting, caplog: pytest.LogCaptureFixture) -> None:
    case = await anycase(it)
    room = it.workspace.state.rooms[case.channel]
    person = it.workspace.state.users[PRIYA]
    for action in ("case_claim", "case_assign", "case_history", "case_close"):
        payload = {
            "type": "block_actions",
            "user": {"id": person.id},
            "channel": {"id": room.id},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": "999999"}],
        }
        assert (await it.sends("interactive", payload)).ok
        await soon(lambda: "Slack gave no address" in caplog.text)
        caplog.clear()
    await nothing_changed(it, case)


METADATA: list[tuple[Any, str]] = [
    ("", OLD_WINDOW),
    ("[]", OLD_WINDOW),
    ("{", OLD_WINDOW),
    ("null", OLD_WINDOW),
    ('{"case": 1}', OLD_WINDOW),
    ('{"case": "1", "version": 1}', OLD_WINDOW),
    ('{"case": true, "version": 1}', OLD_WINDOW),
    ('{"case": 1.0, "version": 1}', OLD_WINDOW),
    ('{"case": -1, "version": 1}', OLD_WINDOW),
    ('{"case": 1, "version": -1}', OLD_WINDOW),
    (json.dumps({"case": 10**30, "version": 1}), OLD_WINDOW),
    ("[" * 3000, OLD_WINDOW),
    ('{"case": 999999, "version": 1}', "There is no case 999999."),
]


@pytest.mark.parametrize("window", ["assign", "withdraw"])
@pytest.mark.parametrize(("private", "says"), METADATA, ids=[str(private)[:24] for private, _ in METADATA])
async def test_a_window_with_another_case_in_it(it: Acting, window: str, private: Any, says: str) -> None:
    case = await anycase(it)
    view, filled, field = await opened(it, case, window)
    ack = await it.hands_in(MARCUS, view, tampered(private, filled))
    assert ack.payload == {"response_action": "errors", "errors": {field: says}}
    await nothing_changed(it, case)


@pytest.mark.parametrize("window", ["assign", "withdraw"])
async def test_a_window_that_somebody_else_hands_in(it: Acting, window: str) -> None:
    case = await anycase(it)
    view, filled, field = await opened(it, case, window)
    ack = await it.hands_in(JEN, view, values(filled))
    assert "Only a lead of this programme" in ack.payload["errors"][field]
    assert "Marcus Webb can do it." in ack.payload["errors"][field]
    await nothing_changed(it, case)


async def test_a_lead_of_one_programme_with_a_case_of_another(sqlite_db: str, tmp_path: Path) -> None:
    first, second = POLICY.read_text("utf-8").split("[programmes.onboarding]")
    policy = f"{first}[programmes.onboarding]{second.replace('marcus@', 'tomas@')}"
    async with acting(sqlite_db, tmp_path, policy=policy) as it:
        theirs = await it.opens(channel=ONBOARDING)
        case = await it.opens()
        for window in ("assign", "withdraw"):
            view, filled, field = await opened(it, case, window)
            private = json.dumps({"case": theirs.id, "version": 1})
            ack = await it.hands_in(MARCUS, view, tampered(private, filled))
            assert "Only a lead of this programme" in ack.payload["errors"][field]
            assert "Tomás Fuchs can do it." in ack.payload["errors"][field]
        assert (await it.case(theirs.id)).owner == ""
        view, filled, _ = await opened(it, case, "assign")
        ack = await it.hands_in(TOMAS, view, tampered(private, filled))
        assert ack.payload is None


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"owner": {}},
        {"owner": {"assign_owner": {}}, "note": {}},
        owner_and_note(None),
        owner_and_note(""),
        owner_and_note("<!channel>"),
        owner_and_note("U0NOBODY"),
        owner_and_note("u0jen"),
        owner_and_note("jen@acme.example"),
        owner_and_note("U" * 5000),
        owner_and_note(5),
        owner_and_note([JEN]),
        owner_and_note({"id": JEN}),
    ],
    ids=str,
)
async def test_a_window_that_names_nobody_of_ours(it: Acting, caplog: pytest.LogCaptureFixture, filled: Json) -> None:
    case = await anycase(it)
    view, _, _ = await opened(it, case, "assign")
    ack = await it.hands_in(MARCUS, view, values(filled))
    said = ack.payload["errors"]["owner"]
    reference = re.search(r"give ([0-9a-f]{8}) to whoever runs winback", said)
    if reference:
        assert any(reference[1] in message for message in caplog.messages)
    else:
        assert said in {"Choose who takes the case.", "This person isn't in this workspace. Choose somebody who is."}
    await nothing_changed(it, case)


@pytest.mark.parametrize(
    "filled",
    [
        {},
        kind_and_reason(["test"], "Ours."),
        kind_and_reason("test", 5),
        kind_and_reason({"a": 1}, "Ours."),
        {"kind": 5},
    ],
    ids=str,
)
async def test_a_withdrawal_that_makes_no_sense(it: Acting, filled: Json) -> None:
    case = await anycase(it)
    view, _, _ = await opened(it, case, "withdraw")
    ack = await it.hands_in(MARCUS, view, values(filled))
    assert ack.payload["response_action"] == "errors"
    assert set(ack.payload["errors"]) <= {"kind", "reason"}
    await nothing_changed(it, case)


async def test_a_note_far_longer_than_the_field_takes(it: Acting) -> None:
    case = await it.opens()
    view, _, _ = await opened(it, case, "assign")
    ack = await it.hands_in(MARCUS, view, values(owner_and_note(JEN, "<!here> *x* \u202e" * 3000)))
    assert ack.payload is None
    await it.shows(case, f"<@{JEN}>")
    await it.workspace.until(lambda: it.messages_to(JEN, case))


async def test_a_window_that_no_version_of_ours_has(it: Acting) -> None:
    case = await anycase(it)
    view, _, _ = await opened(it, case, "assign")
    it.workspace.state.surfaces.views[view["id"]].body["callback_id"] = "log_outreach"
    answer = await it.workspace.submit_view(MARCUS, view["id"], {"owner": {"assign_owner": JEN}})
    assert answer["response_action"] == "update"
    (window,) = it.workspace.views(MARCUS)
    assert "This window is from an earlier version of winback." in words_of(window)
    await nothing_changed(it, case)


async def test_a_window_without_its_state(it: Acting) -> None:
    case = await anycase(it)
    for window in ("assign", "withdraw"):
        view, _, field = await opened(it, case, window)
        ack = await it.hands_in(MARCUS, view, lambda forged: forged.pop("state"))
        assert "nothing has changed" in ack.payload["errors"][field]
    await nothing_changed(it, case)


async def test_somebody_slack_has_only_just_made(it: Acting) -> None:
    case = await anycase(it)
    it.workspace.state.users["U0MINUTE"] = User("U0MINUTE", "minute", "Minute Old")
    said = await it.told(
        "U0MINUTE", case.channel, it.presses("U0MINUTE", case, {"action_id": "case_claim", "value": str(case.id)})
    )
    assert "Only people with an active account in this workspace claim cases." in said
    await nothing_changed(it, case)


def tampered(private: Any, filled: Json) -> Callable[[Json], object]:
    """Another `private_metadata`, and everything filled in."""

    def change(forged: Json) -> None:
        forged["private_metadata"] = private
        values(filled)(forged)

    return change


_shared: dict[int, Any] = {}


async def anycase(it: Acting) -> Any:
    """An unowned case that these tests must not change, the same for all of them."""
    if id(it) not in _shared:
        case = await it.opens()
        _shared[id(it)] = (case, await it.case(case.id))
    return _shared[id(it)][0]


async def nothing_changed(it: Acting, case: Any) -> None:
    assert await it.case(case.id) == _shared[id(it)][1]


async def opened(it: Acting, case: Any, window: str) -> tuple[Json, Json, str]:
    """A lead's window, filled in as it should be, and the field that tells refusals."""
    it.workspace.state.surfaces.clear(MARCUS)
    if window == "assign":
        return await it.opens_modal(MARCUS, case, "case_assign"), owner_and_note(JEN), "owner"
    view = await it.opens_modal(MARCUS, case, "case_more", value=f"withdraw:{case.id}")
    return view, kind_and_reason("test", "Our own test."), "reason"
