"""The windows of the steps: opened by a press, and what happens when one is sent.

Before it opens, and again when it is sent, the rules are asked whether the person may. Where the case has moved, or a
promise is vague, the same window comes back with that on top and everything typed in it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.flows.cases import briefing, casework, steps
from bot.flows.cases.casework import Asker
from bot.flows.cases.steps import MovedMeanwhile, Seen
from bot.house import House
from bot.views import fields
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, read_case, read_challenged, read_entry, read_metadata
from bot.views.look import Block
from bot.views.steps import correcting
from handlers import forms
from handlers.desk import Body, Desk, asker_of, value_of
from handlers.forms import Form
from recovery import roles
from recovery.cases.brief import Brief
from recovery.cases.case import Case, Event
from recovery.cases.commitment import Challenge, Challenged
from recovery.cases.folding import Logged, logged
from recovery.cases.step_rules import StepRules, step_rules
from recovery.cases.steps import Entry
from recovery.errors import NotAllowed, Refusal
from store.cases import cases
from store.engine import Tx

May = Callable[[Tx, House, int, Asker], Awaitable[Case]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a window is drawn from: the case as it is now, and what was typed before it was drawn again.

    `lead`: whether the asker may withdraw the case. `sender`: the asker's name. `since`: what happened to the case
    since the asker last looked.
    """

    brief: Brief
    history: tuple[Event, ...]
    rules: StepRules
    currency: str
    lead: bool
    sender: str
    typed: Typed = field(default_factory=dict)
    since: tuple[Event, ...] = ()
    challenges: tuple[Challenge, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A window that was sent. `corrects` is the number of the entry it puts right, 0 for none."""

    seen: Seen
    asker: Asker
    form: Form
    corrects: int = 0
    challenged: tuple[str, ...] = ()


Draw = Callable[[Scene], Block]
Send = Callable[[Sent], Awaitable[Block | None]]


async def open_window(desk: Desk, body: Body, respond: AsyncRespond, may: May, draw: Draw, value: str = "") -> None:
    """Opens a window for who pressed, or tells them why not. `value` is the case, the pressed button's if empty."""
    try:
        case_id, asker = read_case(value or value_of(body)), asker_of(body)

        async def allowed(tx: Tx) -> Scene:
            await may(tx, desk.house, case_id, asker)
            return await scene_of(tx, desk.house, case_id, asker)

        await desk.open_view(body, draw(await desk.look(allowed)))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await desk.refuse(body, respond, error)


async def take(desk: Desk, ack: AsyncAck, body: Body, view: dict[str, Any], send: Send, draw: Draw) -> None:
    """Answers a window that was sent: it closes, shows errors, or comes back with what its person has to see.

    `send` gives the window that comes next, None for the last.
    """
    try:
        following = await _sent(desk, body, view, send, draw)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await ack(response_action="errors", errors=desk.errors(view, error))
        return
    if following is None:
        await ack()
    else:
        await ack(response_action="update", view=following)


async def take_step(
    desk: Desk,
    ack: AsyncAck,
    body: Body,
    view: dict[str, Any],
    read: Callable[[Sent], Entry],
    draw: Draw,
) -> None:
    """A step's window that was sent: logged, or put right where it corrects an entry."""

    async def send(sent: Sent) -> None:
        entry = read(sent)
        await desk.know_those_in(entry)
        if sent.corrects:
            reason = sent.form.text(BlockId.REASON)
            await desk.run(
                lambda tx: steps.correct(tx, desk.house, sent.seen, sent.corrects, entry, reason, sent.asker)
            )
        else:
            await desk.run(lambda tx: steps.log(tx, desk.house, sent.seen, entry, sent.asker))

    await take(desk, ack, body, view, send, draw)


async def scene_of(
    tx: Tx,
    house: House,
    case_id: int,
    asker: Asker,
    *,
    version: int | None = None,
    typed: Typed = NOTHING,
    challenges: tuple[Challenge, ...] = (),
) -> Scene:
    """`version` is the one that the asker last looked at. Raises UnknownCase or Refusal."""
    case, programme = await casework.load(tx, house, case_id)
    person = house.directory.people.get(asker.user)
    try:
        roles.check_withdraw(casework.standing_of(house, programme, asker))
    except NotAllowed:
        lead = False
    else:
        lead = True
    return Scene(
        brief=await briefing.brief_of(tx, house, case_id),
        history=tuple(await cases.history(tx, case_id)),
        rules=step_rules(house.policy, programme, case.sla),
        currency=house.policy.workspace.currency,
        lead=lead,
        sender=person.name if person else "",
        typed=typed,
        since=() if version is None else await steps.since(tx, case, version),
        challenges=challenges,
    )


def correction(scene: Scene, number: int) -> Block:
    """The window that puts an entry right. Raises Refusal for a number that is none of an entry."""
    return correcting.correction(
        scene.brief,
        _entry(scene.history, number),
        currency=scene.currency,
        root_causes=scene.rules.root_causes,
        typed=scene.typed,
        challenges=scene.challenges,
        since=scene.since,
    )


async def _sent(desk: Desk, body: Body, view: Mapping[str, Any], send: Send, draw: Draw) -> Block | None:
    carried = view.get("private_metadata")
    carried = carried if isinstance(carried, str) else ""
    case_id, version = read_metadata(carried)
    corrects, challenged = read_entry(carried), read_challenged(carried)
    sent = Sent(Seen(case_id, version), asker_of(body), forms.form_of(view), corrects, challenged)
    try:
        return await send(sent)
    except (MovedMeanwhile, Challenged) as error:
        challenges = error.challenges if isinstance(error, Challenged) else ()
        typed = _everything(view)
        scene = await desk.look(
            lambda tx: scene_of(
                tx, desk.house, case_id, sent.asker, version=version, typed=typed, challenges=challenges
            )
        )
        return correction(scene, corrects) if corrects else draw(scene)


def _everything(view: Mapping[str, Any]) -> Typed:
    """What was typed, with what was left empty as such: nothing is filled in again that somebody has cleared."""
    return {block.value: "" for block in BlockId} | fields.typed_of(view.get("state"))


def _entry(history: tuple[Event, ...], number: int) -> Logged:
    for each in logged(history):
        if each.number == number:
            return each
    raise Refusal("This isn't a step that can be corrected.")
