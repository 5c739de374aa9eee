"""What is pressed in `/nps themes`: read all comments of a theme; for leads, rename it, merge it, split it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.directory import code_of
from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, theme_changes
from bot.flows.figures.asking import Asked
from bot.flows.figures.themes import Searched
from bot.house import House
from bot.views.figures import themes_words as words
from bot.views.figures.place import Place, Shown
from bot.views.figures.themes_place import Act, Pressed, Which, read_metadata, read_number, read_value, read_which
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.theme_windows import chosen_comments
from handlers import figures, forms
from handlers.desk import Body, Desk, asker_of, value_of
from handlers.searching import searched_soon
from recovery.errors import FieldRefusal
from store.engine import Tx

log = logging.getLogger(__name__)

View = dict[str, Any]
Flow = Callable[[Tx], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A window that was sent: about which theme of which search, and by whom."""

    house: House
    searched: Searched
    which: Which
    view: View
    asker: Asker


Change = Callable[[Sent], Flow]


def register(app: AsyncApp, desk: Desk) -> None:
    for action in (ActionId.THEME_MORE, ActionId.THEME_READ):

        @app.action(action.value)
        async def open_window(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
            await ack()
            try:
                asker = asker_of(body)
                pressed = read_value(value_of(body))
                pressed = replace(pressed, channel=asker.channel, respond=respond.response_url or "")
                await desk.open_view(body, await _window(desk, pressed, asker))
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
                await desk.refuse(body, respond, error)

    for action in (ActionId.THEME_BACK, ActionId.THEME_NEXT):

        @app.action(action.value)
        async def turn(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
            """Another page, in place of the one that was read."""
            await ack()
            try:
                pressed = replace(read_value(value_of(body)), act=Act.READ)
                await _replace(desk, body, await _window(desk, pressed, asker_of(body)))
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
                await desk.refuse(body, respond, error)

    @app.view(CallbackId.THEME_RENAME.value)
    async def rename(ack: AsyncAck, body: Body, view: View) -> None:
        await _take(desk, ack, body, view, _rename)

    @app.view(CallbackId.THEME_MERGE.value)
    async def merge(ack: AsyncAck, body: Body, view: View) -> None:
        await _take(desk, ack, body, view, _merge)

    @app.view(CallbackId.THEME_SPLIT.value)
    async def split(ack: AsyncAck, body: Body, view: View) -> None:
        await _take(desk, ack, body, view, _split)


async def _window(desk: Desk, pressed: Pressed, asker: Asker) -> Block:
    """Raises Refusal: for who may not, and where the theme is gone or was changed since the list was shown."""
    asked = _asked(desk, pressed)

    async def attempt() -> Block:
        asking.may_see(desk.house, asked, asker)
        if pressed.act is not Act.READ:
            theme_changes.may_change(desk.house, asked.programme, asker)
        found = await searched_soon(desk, asked, asker)
        return await desk.look(lambda tx: theme_changes.window(tx, found, pressed))

    return await figures.fairly(desk, asked, asker, attempt)


async def _replace(desk: Desk, body: Body, window: Block) -> None:
    """The window takes the place of the one that was pressed in, unless that has been closed or turned meanwhile."""
    shown = body.get("view") or {}
    try:
        await desk.client.views_update(view_id=str(shown.get("id")), hash=str(shown.get("hash")), view=window)
    except SlackApiError as error:
        log.warning("another page of a theme could not be shown: %s", code_of(error))


async def _take(desk: Desk, ack: AsyncAck, body: Body, view: View, change: Change) -> None:
    """A window that was sent: what it says is kept, and the list that was read shows it. Nothing typed is lost."""
    try:
        pressed = read_metadata(view.get("private_metadata"))
        asked, asker = _asked(desk, pressed), Asker(asker_of(body).user, pressed.channel)
        theme_changes.may_change(desk.house, asked.programme, asker)
        found = await searched_soon(desk, asked, asker)
        flow = change(Sent(desk.house, found, pressed.which, view, asker))
        await desk.run(flow)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await ack(response_action="errors", errors=desk.errors(view, error))
        return
    await ack()
    await desk.show_again(pressed.respond, lambda: figures.own(desk, asked, asker))


def _rename(sent: Sent) -> Flow:
    tag = forms.form_of(sent.view).text(BlockId.TAG)
    return lambda tx: theme_changes.rename(tx, sent.house, sent.searched, sent.which, tag, sent.asker)


def _merge(sent: Sent) -> Flow:
    form = forms.form_of(sent.view)
    tag, chosen = form.text(BlockId.TAG), form.option(BlockId.THEME)
    if not chosen:
        raise FieldRefusal(BlockId.THEME.value, words.CHOOSE)
    other = read_which(chosen)
    return lambda tx: theme_changes.merge(tx, sent.house, sent.searched, sent.which, other, tag, sent.asker)


def _split(sent: Sent) -> Flow:
    tag = forms.form_of(sent.view).text(BlockId.TAG)
    moved = [read_number(each) for each in chosen_comments(sent.view)]
    if not moved:
        raise FieldRefusal(BlockId.COMMENTS.value, words.CHOOSE_SOME)
    window = str(sent.view.get("id") or token_hex(8))
    return lambda tx: theme_changes.split(tx, sent.house, sent.searched, sent.which, moved, tag, window, sent.asker)


def _asked(desk: Desk, pressed: Pressed) -> Asked:
    """The list that was read. Raises Refusal where the policy no longer has its programme."""
    place = Place(Shown.THEMES, pressed.programme, pressed.period, page=pressed.page)
    return asking.of_place(desk.house, place, desk.db.clock.now())
