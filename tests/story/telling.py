"""People who are told by the clock: what they read in direct messages, and what they press there."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.story.acting import Acting, Json, Shown
from tests.story.steps.working import later, now
from tests.support.shown import settled
from tests.support.story import surface_of, words_of

_FREE = {(12, 21), (12, 28), (1, 4)}  # Mondays on, or right before, days on which the demo's office is closed


def next_monday(it: Acting) -> date:
    """The next Monday of an ordinary week."""
    day = now(it).date() + timedelta(days=1)
    while day.weekday() != 0 or (day.month, day.day) in _FREE:
        day += timedelta(days=1)
    return day


async def until_monday(it: Acting) -> None:
    """The morning of the next Monday of an ordinary week."""
    monday = datetime.combine(next_monday(it), time(9, 30), UTC)
    await later(it, seconds=(monday - now(it)).total_seconds())


def told(it: Acting, user: str, case: Shown | None = None) -> list[Json]:
    """The messages about alarms that a person got, oldest first; all, or those about a case."""
    found = [message for message in it.workspace.dms(user) if surface_of(message).startswith("bulletin:")]
    return [message for message in found if case is None or case.customer in words_of(message)]


async def hears(it: Acting, user: str, case: Shown, number: int = 1) -> Json:
    """The person's message about the case, as soon as they have so many."""
    await it.workspace.until(lambda: len(told(it, user, case)) >= number, timeout=15.0)
    await settled(it.story)
    return told(it, user, case)[-1]


async def reads(it: Acting, user: str, case: Shown, *words: str) -> str:
    """What their last message about the case says, as soon as all of these words stand in it."""

    def there() -> str:
        said = plain(told(it, user, case)[-1])
        return said if all(word in said for word in words) else ""

    return str(await it.workspace.until(there))


def plain(message: Json) -> str:
    """Everything a message says, without the pieces that sentences are made of."""
    return words_of(message).replace("\n", "")


def offered(message: Json) -> list[str]:
    """The buttons of a message, by action id."""
    return [
        element["action_id"]
        for block in message["blocks"]
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        if "action_id" in element
    ]


async def answers(it: Acting, user: str, message: Json, action: str, **chosen: Any) -> None:
    """Presses a button of a direct message."""
    room = it.workspace.state.dm(user)
    assert room is not None
    await it.workspace.click(user, room.id, message["ts"], action, **chosen)


def value_of(message: Json, action: str) -> str:
    """What a button of a message carries."""
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    return str(next(element["value"] for element in elements if element.get("action_id") == action))


async def window_of(it: Acting, user: str, message: Json, action: str) -> Json:
    """The window that a button of a direct message opens."""
    before = {view["id"] for view in it.workspace.views(user)}
    await answers(it, user, message, action)

    def opened() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(opened)
    return view
