"""views.*: https://docs.slack.dev/reference/methods?family=views."""

from typing import Final

from demo.errors import Refusal, invalid_arguments
from demo.interactions.filled import initial_state, kept_state
from demo.jsons import Json
from demo.limits.payloads import check_view
from demo.passes import require_trigger
from demo.state import State
from demo.surfaces import OpenView
from demo.web_api.posting import with_ids
from demo.web_api.registry import ApiCall, method

STACK_MOST: Final = 3


def kept_view(view: Json) -> Json:
    """A checked view as the workspace keeps it: with ids everywhere."""
    return {**view, "blocks": with_ids(view["blocks"])}


def open_view(state: State, user: str, view: Json) -> OpenView:
    """Show a new root modal."""
    body = kept_view(view)
    opened = state.surfaces.open(user, body)
    opened.state = initial_state(body["blocks"])
    state.changes.tell("views", user=user)
    return opened


def push_view(state: State, user: str, view: Json) -> OpenView:
    """Show a modal on top. Errors: push_limit_reached."""
    if len(state.surfaces.stack(user)) >= STACK_MOST:
        raise Refusal("push_limit_reached")
    body = kept_view(view)
    pushed = state.surfaces.push(user, body)
    pushed.state = initial_state(body["blocks"])
    state.changes.tell("views", user=user)
    return pushed


def update_view(state: State, target: OpenView, view: Json) -> OpenView:
    """Put a new body into an open view."""
    body = kept_view(view)
    target.state = kept_state(target.body["blocks"], target.state, body["blocks"])
    target.replace(body)
    state.changes.tell("home" if body["type"] == "home" else "views", user=target.user)
    return target


@method("views.open", tier=4)
def views_open(call: ApiCall) -> Json:
    state = call.state
    view = _view(call, "modal")
    trigger_id = require_trigger(call.args.maybe("trigger_id"))
    state.triggers.look(trigger_id)
    _refuse_taken_id(state, view)
    trigger = state.triggers.exchange(trigger_id)
    return {"view": open_view(state, trigger.user, view).as_slack()}


@method("views.push", tier=4)
def views_push(call: ApiCall) -> Json:
    state = call.state
    view = _view(call, "modal")
    trigger_id = require_trigger(call.args.maybe("trigger_id"))
    trigger = state.triggers.look(trigger_id)
    # Only an interaction inside an open modal can push onto its stack.
    if not trigger.in_modal or not state.surfaces.stack(trigger.user):
        raise Refusal("not_found")
    _refuse_taken_id(state, view)
    pushed = push_view(state, trigger.user, view)
    state.triggers.exchange(trigger_id)
    return {"view": pushed.as_slack()}


@method("views.update", tier=4)
def views_update(call: ApiCall) -> Json:
    args, state = call.args, call.state
    view_id, external_id = args.maybe("view_id"), args.maybe("external_id")
    if (view_id is None) == (external_id is None):
        raise invalid_arguments("provide exactly one of view_id and external_id")
    view = _view(call, "modal", "home")
    target = state.surfaces.find(view_id, external_id)
    if target is None:
        raise Refusal("not_found")
    if view["type"] != target.body["type"]:
        raise invalid_arguments("must be the type of the existing view [json-pointer:/view/type]")
    wanted = args.maybe("hash")
    if wanted is not None and wanted != target.hash:
        raise Refusal("hash_conflict")
    _refuse_taken_id(state, view, besides=target)
    return {"view": update_view(state, target, view).as_slack()}


@method("views.publish", tier=4)
def views_publish(call: ApiCall) -> Json:
    args, state = call.args, call.state
    user = state.users.get(args.text("user_id"))
    view = _view(call, "home")
    if not state.manifest.home_tab:
        raise Refusal("not_enabled")
    if user is None or user.is_bot:
        raise invalid_arguments("user_not_found [json-pointer:/user_id]")
    known = state.surfaces.homes.get(user.id)
    wanted = args.maybe("hash")
    if wanted is not None and (known is None or wanted != known.hash):
        raise Refusal("hash_conflict")
    _refuse_taken_id(state, view, besides=known)
    if known is None:
        body = kept_view(view)
        view_id = state.surfaces.new_id()
        known = OpenView(view_id, user.id, body, root_id=view_id, state=initial_state(body["blocks"]))
        state.surfaces.homes[user.id] = known
        state.changes.tell("home", user=user.id)
    else:
        update_view(state, known, view)
    return {"view": known.as_slack()}


def _view(call: ApiCall, *allowed: str) -> Json:
    view = call.args.structure("view")
    if view is None:
        raise invalid_arguments("missing required field: view")
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    check_view(view, allowed=allowed)
    return view


def _refuse_taken_id(state: State, view: Json, *, besides: OpenView | None = None) -> None:
    external_id = view.get("external_id")
    if external_id and state.surfaces.external_id_taken(external_id, besides=besides):
        raise Refusal("duplicate_external_id")
