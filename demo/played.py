"""Colleagues who work on the first cases, so that the demo shows a case on every step of the ladder.

They click what anybody can click. A visitor is always first: whatever is refused or doesn't come in time ends the
play of that case, and of no other.
"""

import asyncio
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from demo.errors import ActRefused
from demo.jsons import Json
from demo.limits.blocks import elements_of
from demo.running import RunningWorkspace
from demo.stories import Story, read_stories, span

PLAYED_FILE: Final = Path(__file__).with_name("stories_played.toml")
POLICY_FILE: Final = Path(__file__).with_name("policy.toml")
CARD_SECONDS: Final = 45.0
STEP_SECONDS: Final = 20.0
FIELD: Final = "field"
CLAIM: Final = "case_claim"
MORE: Final = "case_more"
BUTTONS: Final[Mapping[str, str]] = {
    "outreach": "case_log_outreach",
    "conversation": "case_log_conversation",
    "action": "case_commit_action",
    "follow_up": "case_follow_up",
    "close": "case_close",
}
_SATURDAY: Final = 5

T = TypeVar("T")


class _SkippedError(Exception):
    """A case is left as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One window: its step and what is typed, by block. `ago` counts back from now, `due_in` is in working days."""

    step: str
    texts: Mapping[str, str]
    ago: timedelta | None
    due_in: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Played:
    """What one colleague does with one case, and the customer's next answer if there is one."""

    story: Story
    by: str
    steps: tuple[Typed, ...]
    later: Story | None


@dataclass(frozen=True, slots=True)
class Office:
    """The working days of the demo's policy."""

    zone: ZoneInfo
    days_off: frozenset[date]

    def workday(self, now: datetime, ahead: int) -> date:
        """The first working day at least `ahead` working days from the day of `now` (aware)."""
        day = now.astimezone(self.zone).date()
        while not self._open(day) or ahead > 0:
            ahead -= self._open(day)
            day += timedelta(days=1)
        return day

    def _open(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.days_off


@dataclass(frozen=True, slots=True)
class Card:
    channel: str
    ts: str


def read_office(path: Path = POLICY_FILE) -> Office:
    calendar = tomllib.loads(path.read_text("utf-8"))["calendars"]["office"]
    return Office(ZoneInfo(calendar["zone"]), frozenset(calendar["days_off"]))


def read_played(stories: Sequence[Story], path: Path = PLAYED_FILE) -> tuple[Played, ...]:
    """The cases in the file's order. Errors: KeyError for an answer that isn't among the stories, ValueError."""
    by_id = {story.id: story for story in stories}
    return tuple(_played(item, by_id[item["case"]]) for item in tomllib.loads(path.read_text("utf-8"))["played"])


async def play(workspace: RunningWorkspace, note: Callable[[str], None]) -> None:
    """Play every case; `note` gets one line for each that was left before its end. Ends by itself."""
    lanes: dict[str, list[Played]] = {}
    for played in read_played(read_stories()):
        lanes.setdefault(played.by, []).append(played)
    office = read_office()
    # A person has one window in front, so each works through their cases one by one.
    await asyncio.gather(*(_work(workspace, office, lane, note) for lane in lanes.values()))


async def _work(
    workspace: RunningWorkspace, office: Office, lane: Sequence[Played], note: Callable[[str], None]
) -> None:
    for played in lane:
        try:
            await _play_one(workspace, office, played)
        except (_SkippedError, ActRefused, ConnectionError, KeyError, TimeoutError) as error:
            note(f"demo: colleagues left the case of {played.story.fields['name']} as it is ({error}).")


async def _play_one(workspace: RunningWorkspace, office: Office, played: Played) -> None:
    card = await _come(workspace, lambda: find_card(workspace, played.story), CARD_SECONDS)
    if _offered(workspace, card, CLAIM) is None:
        raise _SkippedError("somebody was faster")
    await workspace.click(played.by, card.channel, card.ts, CLAIM)
    for typed in played.steps:
        await _take(workspace, office, card, played.by, typed)
    if played.later is not None:
        body = played.later.body(_now(workspace))
        posted = await workspace.answers.generic(body, delivery_id=f"msg_demo-{played.later.id}")
        if posted.status != HTTPStatus.OK:
            raise _SkippedError(f"the later answer was refused: {posted.status}")


async def _take(workspace: RunningWorkspace, office: Office, card: Card, user: str, typed: Typed) -> None:
    """One step from its button to the closed window. A window that asks back is closed, and the step skipped."""
    action_id, value = await _come(workspace, lambda: _way(workspace, card, typed.step), STEP_SECONDS)
    # A visitor who looks through this person's eyes keeps the window that they have open.
    await workspace.until(lambda: not workspace.views(user), STEP_SECONDS)
    await workspace.click(user, card.channel, card.ts, action_id, value=value)
    view = (await workspace.until(lambda: workspace.views(user), STEP_SECONDS))[-1]
    try:
        answer = await workspace.submit_view(user, view["id"], _filled(view, typed, _now(workspace), office))
    except (ActRefused, _SkippedError):
        await _close(workspace, user, view["id"])
        raise
    if answer["response_action"] != "close":
        await _close(workspace, user, view["id"])
        raise _SkippedError(f"{typed.step} was not taken: {answer['errors'] or answer['response_action']}")


async def _come(workspace: RunningWorkspace, look: Callable[[], T | None], seconds: float) -> T:
    found = await workspace.until(look, seconds)
    if found is None:
        raise _SkippedError("it did not come in time")
    return found


async def _close(workspace: RunningWorkspace, user: str, view_id: str) -> None:
    if any(view["id"] == view_id for view in workspace.views(user)):
        await workspace.close_view(user, view_id)


def _filled(view: Json, typed: Typed, now: datetime, office: Office) -> Json:
    """The window's values. Errors: _SkippedError when it is another window than the step's."""
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    given: dict[str, object] = dict(typed.texts)
    given |= {name: office.workday(now, ahead).isoformat() for name, ahead in typed.due_in.items()}
    if typed.ago is not None:
        # Pickers know minutes only.
        given["happened_at"] = int((now - typed.ago).timestamp()) // 60 * 60
    if missing := given.keys() - elements.keys():
        raise _SkippedError(f"the window has no {', '.join(sorted(missing))}")
    return {name: {FIELD: _state(elements[name], value)} for name, value in given.items()}


def _state(element: Json, value: object) -> object:
    if element["type"] != "static_select":
        return value
    for option in element["options"]:
        if option["value"] == value:
            return {"selected_option": option}
    raise _SkippedError(f"{value} is not offered")


def find_card(workspace: RunningWorkspace, story: Story) -> Card | None:
    """The card of the story's case: the bot's message that names the customer and the account, and has buttons."""
    words = (str(story.fields["account_name"]), str(story.fields["name"]))
    for channel, room in workspace.state.rooms.items():
        if room.kind not in {"public", "private"}:
            continue
        for message in room.messages:
            offered = {element["action_id"] for _, element in elements_of(message.blocks)}
            if MORE in offered and all(word in str(message.blocks) for word in words):
                return Card(channel, message.ts)
    return None


def _offered(workspace: RunningWorkspace, card: Card, action_id: str) -> Json | None:
    """The card's element with this action id, as the card is now."""
    message = workspace.state.rooms[card.channel].by_ts[card.ts]
    found = (element for _, element in elements_of(message.blocks) if element["action_id"] == action_id)
    return next(found, None)


def _way(workspace: RunningWorkspace, card: Card, step: str) -> tuple[str, str] | None:
    """(action id, value) of the button that opens the step's window; closing may stand in the menu instead."""
    button = _offered(workspace, card, BUTTONS[step])
    if button is not None:
        return BUTTONS[step], str(button["value"])
    menu = _offered(workspace, card, MORE) or {}
    values = (str(option["value"]) for option in menu.get("options", []))
    return next(((MORE, value) for value in values if re.fullmatch(rf"{step}:\d+", value)), None)


def _now(workspace: RunningWorkspace) -> datetime:
    return datetime.fromtimestamp(workspace.clock.now(), UTC)


def _played(item: Json, story: Story) -> Played:
    later = item.get("later")
    return Played(
        story=story,
        by=item["by"],
        steps=tuple(_typed(step) for step in item.get("steps", [])),
        later=None if later is None else _answered_later(story, later),
    )


def _typed(item: Json) -> Typed:
    """Errors: ValueError for a step that nobody knows or a span that is none."""
    if item["step"] not in BUTTONS:
        raise ValueError(f"{item['step']!r} is no step of the ladder.")
    apart = {"step", "happened_at", "due_in", "new_due_in"}
    return Typed(
        step=item["step"],
        texts={name: value for name, value in item.items() if name not in apart},
        ago=span(item["happened_at"]) if "happened_at" in item else None,
        due_in={name.removesuffix("_in"): item[name] for name in ("due_in", "new_due_in") if name in item},
    )


def _answered_later(story: Story, item: Json) -> Story:
    """The same contact's next answer."""
    link = f"https://surveys.example/responses/demo-{item['id']}"
    fields = {**story.fields, "score": item["score"], "comment": item["comment"], "permalink": link}
    return replace(story, id=item["id"], ago=span(item["ago"]), fields=fields)
