"""Shortcuts: log a detractor whom somebody heard, or make a case of a message."""

import html
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.flows.cases import heard
from bot.flows.cases.casework import Asker
from bot.flows.cases.heard import Heard
from bot.flows.cases.homepage import visible
from bot.flows.cases.intake import JOINED, OPENED, Taken
from bot.house import House
from bot.views.ids import BlockId, CallbackId, ShortcutId
from bot.views.steps import detractor, frame
from bot.views.steps import heard as kept_view
from handlers.desk import Body, Desk, asker_of, sentence_of
from handlers.forms import Form, form_of
from recovery.errors import FieldRefusal, Refusal
from recovery.survey import Category, category_of

# docs.slack.dev, "Formatting message text": people, channels, special mentions and links in a message's text.
_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def register(app: AsyncApp, desk: Desk) -> None:
    @app.shortcut(ShortcutId.LOG_DETRACTOR.value)
    async def log_detractor(ack: AsyncAck, body: Body) -> None:
        await ack()
        await _open(desk, body, "")

    @app.shortcut(ShortcutId.CASE_FROM_MESSAGE.value)
    async def case_from_message(ack: AsyncAck, body: Body) -> None:
        await ack()
        await _open(desk, body, written(desk.house, body.get("message")))

    @app.view(CallbackId.DETRACTOR.value)
    async def send(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        form, asker = form_of(view), asker_of(body)
        try:
            taken = await _take(desk, str(view.get("id") or ""), form, asker)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            at = error.field if isinstance(error, FieldRefusal) else BlockId.PROGRAMME.value
            await ack(response_action="errors", errors={at: desk.plainly(error)})
            return
        said = _told(taken, form)
        if said:
            await ack(response_action="update", view=kept_view.kept(said))
        else:
            await ack()


def written(house: House, message: object) -> str:
    """What a message says, as its reader sees it: names for people and channels, words for links."""
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str):
        return ""

    def spoken(found: re.Match[str]) -> str:
        kind, target, label = found[1], found[2], found[3] or ""
        if kind == "@":
            return "@" + (label or house.directory.name(target) or target)
        if kind in {"#", "!"}:
            return (kind if kind == "#" else "@") + (label or target).removeprefix("@").removeprefix("#")
        return label or target

    return html.unescape(_ENTITY.sub(spoken, text))


async def _open(desk: Desk, body: Body, verbatim: str) -> None:
    try:
        programmes = [(each.key, each.name) for each in visible(desk.house, asker_of(body).user)]
        typed = {BlockId.VERBATIM.value: verbatim} if verbatim else {}
        view = detractor.detractor(programmes, typed=typed) if programmes else frame.refused(kept_view.NO_PROGRAMME)
        await desk.open_view(body, view)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await desk.open_view(body, frame.refused(sentence_of(error)))


async def _take(desk: Desk, view_id: str, form: Form, asker: Asker) -> Taken:
    if not view_id:
        raise Refusal("This window is out of date. Close it and open it again.")
    said = Heard(
        view_id=view_id,
        score=form.option(BlockId.SCORE),
        verbatim=form.text(BlockId.VERBATIM),
        contact_name=form.text(BlockId.CONTACT_NAME),
        email=form.text(BlockId.EMAIL),
        programme=form.option(BlockId.PROGRAMME),
        account=form.text(BlockId.ACCOUNT),
    )
    return await desk.run(lambda tx: heard.take(tx, desk.house, said, asker))


def _told(taken: Taken, form: Form) -> str:
    """What the person has to hear; nothing where the new card in the channel says it."""
    if taken.note == OPENED:
        return ""
    if taken.note == JOINED:
        return kept_view.JOINED.format(case=taken.case_id)
    score = int(form.option(BlockId.SCORE))
    fine = taken.case_id is None and category_of(score) is not Category.DETRACTOR
    return kept_view.NO_CASE.format(score=score) if fine else kept_view.AGAIN
