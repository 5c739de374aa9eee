"""manifest.yml asks Slack for what the code needs: all of it, and nothing else."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

import handlers
from bot.directory import DirectoryService
from bot.house import House
from bot.pages import Links
from bot.theme_search import ThemeSearch
from bot.views import alerts, card, dm, history, home, modals, pages, registry, registry_windows, theme_windows, words
from bot.views.alert_lines import Alert
from bot.views.figures import frame as frame_of_figures
from bot.views.figures import segments, themes, themes_place
from bot.views.figures.frame import About, Figures
from bot.views.figures.place import Place, Shown
from bot.views.ids import ActionId, BlockId, CallbackId, ShortcutId
from bot.views.look import Look
from bot.views.readouts import changed, decisions, draft
from bot.views.steps import (
    action,
    conversation,
    correcting,
    detractor,
    ending,
    follow_up,
    frame,
    outreach,
    pausing,
    slipping,
)
from demo.manifest import load_manifest
from handlers.desk import Desk
from recovery.cases.case import Event, EventKind
from recovery.cases.commitment import Challenge
from recovery.cases.folding import Logged
from recovery.cases.steps import Channel, Outreach, OutreachResult, Step
from recovery.clock.alarms import Level
from recovery.clock.receivers import Part
from recovery.figures.nps import Tally
from recovery.figures.periods import quarter
from recovery.policy.clock import PauseRules
from recovery.policy.figures import FigureRules
from recovery.policy.file import load_policy
from recovery.readouts.engagement import engagement
from recovery.readouts.page import Answer
from recovery.readouts.readout import Standing
from store.clock import SystemClock
from store.engine import Database
from tests.manifest.needs import EVENT_SCOPES, ROOT, SCOPES, Registered, methods_called, python_names, sources
from tests.manifest.schema import problems
from tests.readouts.pages import ASK, DECISION, page_with
from tests.recovery.step_values import RULES
from tests.registry.items import ITEM, PLAN, WEIGHT
from tests.support.briefs import BRIEF, CLAIMED, COMMITTED, CONTACTED, HELD, NOW, TALKED, WITHDRAWN, at_step

Json = dict[str, Any]

PLAIN = (ROOT / "manifest.yml").read_text("utf-8")
MANIFEST: Json = yaml.safe_load(PLAIN)
COMMENTED = re.compile(r"^(\s*)# (\S.*) # HTTP only$", re.MULTILINE)


@pytest.fixture
def app(sqlite_db: str) -> Registered:
    """The app with everything that the program registers."""
    found = Registered()
    house = House(load_policy((ROOT / "demo" / "policy.toml").read_text("utf-8")))
    database = Database(sqlite_db, SystemClock())
    directory = DirectoryService(database, house, found.client)
    handlers.register(found, Desk(database, house, directory, found.client, ThemeSearch()))
    return found


def scopes() -> list[str]:
    return list(MANIFEST["oauth_config"]["scopes"]["bot"])


def over_http() -> str:
    """The manifest as its head says to change it for HTTP."""
    return COMMENTED.sub(r"\1\2", PLAIN).replace("socket_mode_enabled: true", "socket_mode_enabled: false")


def test_the_table_knows_every_method_that_the_code_calls() -> None:
    assert set(methods_called()) == set(SCOPES), "look the new method's scopes up, or take the old one out"


def test_the_code_names_methods_only_where_this_test_sees_them() -> None:
    """A name put together at run time would hide from the scan: api_call only gets what `scheduler.slack` was given."""
    indirect = [
        (path, ast.unparse(node))
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "api_call"
    ]
    assert indirect == [("scheduler/slack.py", "client.api_call(method, json=args)")]
    assert python_names()["users_lookupByEmail"] == "users.lookupByEmail"


def test_scopes_are_complete_and_minimal(app: Registered) -> None:
    needed = {scope for method in methods_called() for scope in SCOPES[method]}
    needed |= {scope for event in app.of("event") for scope in EVENT_SCOPES[event]}
    needed |= {"commands"} if app.of("command") or app.of("shortcut") else set()
    assert sorted(scopes()) == sorted(needed)


def test_scopes_stand_in_alphabetical_order() -> None:
    assert scopes() == sorted(scopes())


def test_events_are_those_with_a_listener(app: Registered) -> None:
    assert sorted(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == sorted(app.of("event"))


def test_commands_are_those_with_a_listener(app: Registered) -> None:
    found = MANIFEST["features"]["slash_commands"]
    assert sorted(command["command"] for command in found) == sorted(app.of("command"))


def test_the_hint_behind_the_command_names_what_it_knows() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["usage_hint"] == f"[{' | '.join(words.HELP_COMMANDS)}]"


def test_interactivity_and_shortcuts(app: Registered) -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is bool(app.of("action") or app.of("view"))
    found = MANIFEST["features"].get("shortcuts", [])
    assert sorted(shortcut["callback_id"] for shortcut in found) == sorted(app.of("shortcut")) == sorted(ShortcutId)
    assert app.of("options") == []


def test_the_tabs_of_the_app(app: Registered) -> None:
    tabs = MANIFEST["features"]["app_home"]
    assert tabs["home_tab_enabled"] is ("views.publish" in methods_called())
    # Slack refuses a direct message of an app whose Messages Tab is off (messages_tab_disabled).
    assert tabs["messages_tab_enabled"] is True
    assert tabs["messages_tab_read_only_enabled"] is ("message" not in app.of("event"))


def drawn() -> Iterator[Json]:
    """Everything we draw that can be pressed or filled in."""
    rows = home.Listed((home.HomeRow(BRIEF.case, 2, "Northwind", "Dana", None),), 3 * home.ROWS)
    mine = home.Listed((home.HomeRow(CLAIMED.case, 2, "Northwind", "Dana", None),), 1)
    logged = Event(EventKind.OUTREACH_LOGGED, "U0PRIYA", NOW, details={"step": "outreach"})
    at_steps = [at_step(progress) for progress in (CONTACTED, TALKED, COMMITTED, HELD)]
    for brief in (BRIEF, CLAIMED, WITHDRAWN, *at_steps):
        yield {"blocks": list(card.card(brief, currency="USD", closed_by="U0MARCUS").blocks)}
        yield {"blocks": list(dm.given(brief, "U0MARCUS", currency="USD", card_link="https://slack.example/p1").blocks)}
        yield {"blocks": list(dm.moved(brief, "U0MARCUS", "U0JEN", card_link="https://slack.example/p1").blocks)}
        yield {"blocks": list(dm.follow_up_prompt(brief).blocks)}
        yield {"blocks": list(dm.partner_asked(brief, partner_of(brief)).blocks)}
        yield modals.assign(brief, currency="USD")
        yield modals.withdraw(brief, currency="USD")
        yield history.history(brief, [logged], currency="USD")
        yield from steps_of(brief)
        yield from alarms_of(brief)
    yield home.tab(home.Queue(today=mine, waiting=rows, paused=mine), currency="USD", at=NOW, page=2)
    yield home.tab(home.Queue(later=mine), home.Board(rows, mine), currency="USD", at=NOW, page=2)
    yield detractor.detractor([("relational", "Relational")])
    yield from asked_figures()
    yield from readouts()
    yield from themes_of()
    yield from registry_of()
    yield {"blocks": list(pages.offered(Look("-", ()), Links("https://winback.example", b"key"), "7:1").blocks)}
    yield {"blocks": list(pages.readout_link("Relational", "Q4 2026", "https://winback.example/pages/a.b", NOW).blocks)}
    yield frame.refused("No.")


def test_every_block_id_of_an_input_is_asked_for_somewhere() -> None:
    blocks = [block for view in drawn() for block in view["blocks"]]
    asked = {str(block["block_id"]).partition(":")[0] for block in blocks if block["type"] == "input"}
    assert {each.value for each in BlockId} - asked == set()


def asked_figures() -> Iterator[Json]:
    """Every kind of figures, on a page in the middle."""
    for what in Shown:
        place = Place(what, "relational", "2026Q4", page=2)
        about = About(place, "Relational", quarter(2026 * 4 + 3), NOW, "USD", "C0RELATIONAL", may_share=True)
        nobody = segments.Segments(Standing("", Tally(), Tally()), (), FigureRules())
        counted = segments.segments(nobody, about) if what is Shown.SEGMENTS else Figures("-", (), pages=3)
        yield {"blocks": list(frame_of_figures.own(counted, about).blocks)}


def readouts() -> Iterator[Json]:
    """A draft, its window, what leads and executives get, and the window of the answer."""
    carried, page = draft.Carried(7, 1), page_with(written=False)
    yield {"blocks": list(draft.draft(page, carried).blocks)}
    yield {"blocks": list(draft.ready(page, carried).blocks)}
    yield {"blocks": list(decisions.readout("-", [], [], carried).blocks)}
    yield draft.window(page, carried)
    yield decisions.window(ASK, Answer.YES, carried, "Elena")
    asked = decisions.Asked("Relational", "Q3 2026", ASK, "Fri 2 Oct 2026", (DECISION,), carried)
    yield {"blocks": list(decisions.listed([asked], engagement([[DECISION]] * 99, NOW), 2).blocks)}
    yield changed.window(ASK, DECISION, changed.Noting(7, 1))


def themes_of() -> Iterator[Json]:
    """The list of themes as a lead and as a member read it, and the windows of one."""
    which = themes_place.Which(7, themes_place.FRESH)
    place = Place(Shown.THEMES, "relational", "2026Q4")
    about = About(place, "Relational", quarter(2026 * 4 + 3), NOW, "USD", "C0RELATIONAL")
    row = themes.ThemeRow(which, "wrong invoices", "The invoice is wrong.", 30, None)
    for may_change in (True, False):
        listed = themes.Themes((row,), 1, 30, 30, 30, 30, may_change=may_change)
        yield {"blocks": list(frame_of_figures.own(themes.themes(listed, about), about).blocks)}
    pressed = themes_place.Pressed(themes_place.Act.READ, "relational", "2026Q4", which, page=2)
    theme = theme_windows.Shown(which, "wrong invoices", "The invoice is wrong.", 30)
    yield theme_windows.rename(theme, pressed)
    yield theme_windows.merge(theme, [theme], pressed)
    yield theme_windows.split(theme, [(7, "The invoice is wrong.")], pressed)
    yield theme_windows.reading(theme, [], pressed)


def registry_of() -> Iterator[Json]:
    """The action registry as a lead reads a page of it, and the windows of what has a plan and what has none."""
    for item in (ITEM, replace(ITEM, plan=PLAN)):
        entry = registry.Entry(item, WEIGHT, "Q4 2026", may_plan=True, may_finish=True)
        review = registry.Review("relational", "Relational", "USD", 2, (entry,), open=12, may_share=True)
        yield {"blocks": list(registry.own(review).blocks)}
        for window in (registry_windows.plan, registry_windows.done, registry_windows.drop):
            yield window(entry, registry.Carried(7, 1), "USD")


def partner_of(brief: Any) -> str:
    committed = brief.case.progress.action
    return committed.partner if committed else "U0AMARA"


def steps_of(brief: Any) -> Iterator[Json]:
    """The modals of the steps."""
    entry = Outreach(Channel.CALL, NOW, OutreachResult.REACHED, "We spoke.")
    vague = [Challenge("look into", "“look into” promises nothing.", "Engineering ships it on 20 May.")]
    yield outreach.outreach(brief, currency="USD")
    yield conversation.conversation(brief, currency="USD", root_causes=RULES.root_causes)
    yield action.action(brief, currency="USD", challenges=vague)
    yield follow_up.follow_up(brief, currency="USD")
    yield ending.close(brief, currency="USD", rules=RULES)
    yield ending.reopen(brief, currency="USD")
    yield correcting.correct(brief, [Logged(4, "U0PRIYA", NOW, entry, entry)], currency="USD")
    yield slipping.partner_slips(brief)
    yield pausing.pause(brief, currency="USD", rules=PauseRules())
    yield pausing.snooze(brief, currency="USD", rules=PauseRules())


def alarms_of(brief: Any) -> Iterator[Json]:
    """The messages about alarms: to the owner, to a manager, to a lead."""
    for level, role, step in (
        (Level.IDLE, Part.OWNER, Step.OUTREACH),
        (Level.BREACH, Part.MANAGER, Step.OUTREACH),
        (Level.NUDGE, Part.LEAD, Step.ASSIGN),
    ):
        alert = Alert(
            alarm_id=7, brief=brief, step=step, level=level, due_at=NOW, since=NOW, role=role, may_assign=True,
            may_take=True,
        )  # fmt: skip
        look = alerts.look(alerts.Bulletin((alert,)), currency="USD")
        assert look is not None
        yield {"blocks": list(look.blocks)}


def ids_in(value: Any, name: str, *, inputs: bool) -> set[str]:
    """Every id of this name in blocks that are inputs, or in the others."""
    found: set[str] = set()

    def look(inner: Any, *, inside: bool) -> None:
        if isinstance(inner, dict):
            inside = inside or inner.get("type") == "input"
            if name in inner and inside is inputs:
                found.add(inner[name])
            for each in inner.values():
                look(each, inside=inside)
        elif isinstance(inner, list):
            for each in inner:
                look(each, inside=inside)

    look(value, inside=False)
    return found


def test_every_action_id_is_drawn_and_handled_and_every_handler_is_of_one(app: Registered) -> None:
    pressed = {each for view in drawn() for each in ids_in(view, "action_id", inputs=False)}
    filled = {each for view in drawn() for each in ids_in(view, "action_id", inputs=True)}
    assert sorted(app.of("action")) == sorted(pressed), "a button without a handler, or a handler without a button"
    read = {
        f"ActionId.{node.attr}"
        for path, tree in sources()
        if path.startswith("handlers/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ActionId"
    }
    assert {str(ActionId(each)) for each in filled} == {
        str(ActionId[name.removeprefix("ActionId.")]) for name in read
    } - set(app.of("action")), "an input that nobody reads, or a name read that is no input"
    assert pressed | filled == set(ActionId)


def test_every_window_that_asks_something_is_answered(app: Registered) -> None:
    views = [view for view in drawn() if view.get("type") in {"modal", "home"}]
    assert {view["callback_id"] for view in views} == set(CallbackId)
    asking = {view["callback_id"] for view in views if view.get("submit")}
    assert sorted(app.of("view")) == sorted(asking)


def test_what_an_earlier_version_left_behind_is_answered_and_nothing_else_is(app: Registered) -> None:
    for kind, ids in (("action", ActionId), ("view", CallbackId)):
        (pattern,) = app.patterns(kind)
        assert not [each for each in ids if pattern.search(each)]
        for other in ("", "gone", "case_claim2", "xcase_claim", "assign\n", "assign assign"):
            assert pattern.search(other), other


def test_no_listener_is_registered_twice(app: Registered) -> None:
    found = [str(listener) for listener in app.listeners]
    assert len(found) == len(set(found))


def test_slack_takes_the_manifest() -> None:
    assert problems(MANIFEST) == []
    load_manifest(ROOT / "manifest.yml")


def test_the_manifest_for_http_is_one_too(tmp_path: Any) -> None:
    changed = over_http()
    found = yaml.safe_load(changed)
    assert problems(found) == []
    addresses = [
        found["settings"]["event_subscriptions"]["request_url"],
        found["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in found["features"]["slash_commands"]),
    ]
    assert {address.removeprefix("https://winback.example.com") for address in addresses} == {"/slack/events"}
    file = tmp_path / "manifest.yml"
    file.write_text(changed, "utf-8")
    assert load_manifest(file).events_path == "/slack/events"


def test_nothing_but_addresses_and_the_mode_differ_over_http() -> None:
    over = json.loads(json.dumps(yaml.safe_load(over_http())))
    over["settings"]["socket_mode_enabled"] = True
    for place in (over["settings"]["event_subscriptions"], over["settings"]["interactivity"]):
        del place["request_url"]
    for command in over["features"]["slash_commands"]:
        del command["url"]
    assert over == MANIFEST


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m["display_information"].update(name="x" * 36), "display_information.name has the length 36"),
        (lambda m: m["features"].update(tabs={}), "features.tabs is no key of a manifest"),
        (
            lambda m: m["oauth_config"]["scopes"]["bot"].append("commands"),
            "oauth_config.scopes.bot says something twice",
        ),
        (lambda m: m["settings"].update(socket_mode_enabled="yes"), "settings.socket_mode_enabled is 'yes'"),
        (lambda m: m["settings"].update(socket_mode_enabled=False), "settings.interactivity.request_url is missing"),
    ],
)
def test_the_check_of_the_schema_finds_mistakes(change: Any, says: str) -> None:
    broken = json.loads(json.dumps(MANIFEST))
    change(broken)
    assert says in problems(broken)
