"""People who take a case on, step by step: windows filled in as a person does, and what they show afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.views.fields import typed_of
from recovery.cases.case import Event
from tests.story.acting import JEN, PRIYA, Acting, Json, Shown, soon, values
from tests.support.story import words_of

FIELD = "field"
BUTTONS = {
    "outreach": "case_log_outreach",
    "conversation": "case_log_conversation",
    "action": "case_commit_action",
    "follow_up": "case_follow_up",
    "close": "case_close",
    "reopen": "case_reopen",
}
OUTREACH: Json = {"channel": "call", "result": "reached", "note": "Dana has ten minutes on Monday."}
CONVERSATION: Json = {
    "with_whom": "Dana Okafor",
    "root_cause": "Onboarding",
    "sentence": "We need someone technical on your side.",
    "wants": "A named engineer and a date for the go-live.",
    "notes": "Four months, three contacts, nobody technical.",
}
ACTION: Json = {
    "kind": "fix",
    "deliverable": "Jen ships the importer fix and Priya demos it to Dana.",
    "person": PRIYA,
    "partner": JEN,
}
HELD: Json = {"result": "held", "evidence": "Dana imported 12,000 rows without an error."}
BROKEN: Json = {"result": "broken", "evidence": "The fix was rolled back."}
SLIPPED: Json = {"result": "slipped", "evidence": "The release moved by two weeks."}
GOOD = {"outreach": OUTREACH, "conversation": CONVERSATION, "action": ACTION, "follow_up": HELD}


async def owned(it: Acting, owner: str = PRIYA, **fields: Any) -> Shown:
    """A case that somebody has just claimed."""
    case = await it.opens(**fields)
    await it.click(owner, case, "case_claim")
    await it.shows(case, owner)
    return case


async def window(it: Acting, user: str, case: Shown, step: str) -> Json:
    """The step's window, opened by its button as soon as the card offers it."""
    if step == "close":
        await it.workspace.until(lambda: f"close:{case.id}" in menu(it, case))
        return await it.opens_modal(user, case, "case_more", value=f"close:{case.id}")
    await it.workspace.until(lambda: BUTTONS[step] in it.buttons(case))
    return await it.opens_modal(user, case, BUTTONS[step], value=str(case.id))


def menu(it: Acting, case: Shown) -> list[str]:
    """What the card's menu offers, by value."""
    blocks = it.workspace.thread(case.channel, case.ts)[0]["blocks"]
    elements = [element for block in blocks for element in block.get("elements", [])]
    return [option["value"] for element in elements for option in element.get("options", [])]


async def logs(it: Acting, user: str, case: Shown, step: str, **typed: Any) -> Event:
    """A step from button to history: the event that it made."""
    await later(it, minutes=2)  # people take longer than tests, and pickers know minutes only
    before = len(await it.history(case.id))
    good = dict(GOOD.get(step, {}))
    if step == "action":
        good["due"] = workday(it, 10)
    view = await window(it, user, case, step)
    answer = await sends(it, user, view, **{**good, **typed})
    assert answer == {"response_action": "close", "errors": {}}, answer
    events = await it.history(case.id)
    assert len(events) == before + 1
    return events[-1]


async def sends(it: Acting, user: str, view: Json, **typed: Any) -> Json:
    """Fills a window in and sends it; gives `response_action` and `errors`."""
    answer: Json = await it.workspace.submit_view(user, view["id"], filled(view, **typed))
    assert answer.get("by") != "client", answer
    return answer


def now_shown(it: Acting, user: str, view: Json) -> Json:
    """The window as it stands after an answer that updated it."""
    found: Json = next(each for each in it.workspace.views(user) if each["id"] == view["id"])
    return found


def filled(view: Json, **typed: Any) -> Json:
    """What a person types, as the client keeps it: options by their value, a tick as True, None for cleared."""
    found: Json = {}
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    for name, value in typed.items():
        block_id = tick_of(view) if name == "challenged" else name
        element = elements[block_id]
        found[block_id] = {FIELD: _chosen(element, value)}
    return found


def tick_of(view: Json) -> str:
    """The block of the tick beside what a window challenges: another one for other words."""
    (found,) = (block["block_id"] for block in view["blocks"] if block["block_id"].startswith("challenged:"))
    return str(found)


def state(**typed: Any) -> Callable[[Json], object]:
    """Puts into a forged window what a client would have sent, whatever the window offers."""
    return values({block_id: {FIELD: element_state(value)} for block_id, value in typed.items()})


def element_state(value: Any) -> Json:
    """A raw element as it is, a text as one that was typed."""
    return value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}


def option(value: object) -> Json:
    return {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "…"}, "value": value}}


def moment(value: object) -> Json:
    return {"type": "datetimepicker", "selected_date_time": value}


def day(value: object) -> Json:
    return {"type": "datepicker", "selected_date": value}


def person(value: object) -> Json:
    return {"type": "users_select", "selected_user": value}


def ticks(*chosen: str) -> Json:
    return {"type": "checkboxes", "selected_options": [{"value": each} for each in chosen]}


def typed(view: Json) -> dict[str, str]:
    """What stands in a window's inputs now."""
    return typed_of(view["state"])


def now(it: Acting) -> datetime:
    """The business time of the story."""
    return it.story.bot.clock.now()


async def later(it: Acting, **span: float) -> None:
    """Time passes, until the bot has noticed."""
    until = it.workspace.advance(timedelta(**span).total_seconds())
    await soon(lambda: now(it).timestamp() >= until)


def epoch(at: datetime) -> int:
    return int(at.timestamp())


def workday(it: Acting, ahead: int) -> str:
    """A working day at least so many days from now, in ISO form."""
    found = now(it).date() + timedelta(days=ahead)
    while found.weekday() > 4 or (found.month, found.day) in {(12, 25), (12, 28), (1, 1)}:
        found += timedelta(days=1)
    return found.isoformat()


def said(view: Json) -> str:
    """Everything a window says, without the pieces that sentences are made of."""
    return words_of(view).replace("\n", "")


def moved(view: Json) -> str:
    """What the window says has changed meanwhile, "" for nothing."""
    return next((said({"blocks": [block]}) for block in view["blocks"] if block["block_id"] == "moved"), "")


def past(it: Acting, **ago: float) -> int:
    """A moment so long ago, as a picker sends it."""
    return epoch(now(it) - timedelta(**ago))


def _chosen(element: Json, value: Any) -> Any:
    kind = element["type"]
    if kind == "static_select" and value is not None:
        return {"selected_option": next(each for each in element["options"] if each["value"] == value)}
    if kind == "checkboxes":
        return {"selected_options": element["options"][:1] if value else []}
    return value
