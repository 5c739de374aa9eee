"""Each limit of a block, element or object: at the limit it passes, one over it is refused."""

from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from demo.limits.blocks import check_blocks
from demo.limits.payloads import view_problems
from demo.limits.problems import Problems
from tests.demo.demo_bots import actions, button, modal, plain, text_input

Json = dict[str, Any]


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(n: int, *, text: str = "a", value: str | None = None) -> Json:
    return {"text": plain(text), "value": value if value is not None else str(n)}


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def accessory(element: Json) -> Json:
    return section(text=mrkdwn("x"), accessory=element)


def select(n: int, **fields: Any) -> Json:
    return {"type": "static_select", "options": [option(i) for i in range(n)], **fields}


def options_element(kind: str, n: int, **fields: Any) -> Json:
    return {"type": kind, "options": [option(i) for i in range(n)], **fields}


def text_button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **fields}


def confirm(title: int = 1, text: int = 1, yes: int = 1, no: int = 1) -> Json:
    return {
        "title": plain("x" * title),
        "text": mrkdwn("x" * text),
        "confirm": plain("x" * yes),
        "deny": plain("x" * no),
    }


def image(url: int = 30, alt: int = 3) -> Json:
    return {"type": "image", "image_url": "https://a.example/".ljust(url, "x"), "alt_text": "x" * alt}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int, columns: int = 1, text: str = "x") -> Json:
    return {"type": "table", "rows": [[cell(text)] * columns for _ in range(rows)]}


def data_table(rows: int, columns: int = 1, **fields: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": [[cell()] * columns for _ in range(rows)], **fields}


def chart(series: int = 1, points: int = 2, kind: str = "line", title: int = 5, label: int = 0) -> Json:
    categories = [str(i).rjust(label, "x") for i in range(points)]
    data = [{"label": category, "value": 1.5} for category in categories]
    lines = [{"name": f"s{i}", "data": data} for i in range(series)]
    body = {"type": kind, "series": lines, "axis_config": {"categories": categories}}
    return {"type": "data_visualization", "title": "t" * title, "chart": body}


def pie(segments: int) -> Json:
    slices = [{"label": str(i), "value": 1} for i in range(segments)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": slices}}


def card(title: int = 1, subtitle: int = 1, body: int = 1) -> Json:
    return {
        "type": "card",
        "title": mrkdwn("x" * title),
        "subtitle": mrkdwn("x" * subtitle),
        "body": mrkdwn("x" * body),
    }


def cards(n: int) -> Json:
    return {"type": "carousel", "elements": [card() for _ in range(n)]}


def container(children: int, **fields: Any) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": [{"type": "divider"}] * children, **fields}


def icons(n: int) -> Json:
    element = {"type": "icon_button", "icon": "trash", "text": plain("x")}
    return {"type": "context_actions", "elements": [element] * n}


def found(blocks: list[Json], surface: Any = "message") -> list[str]:
    problems = Problems()
    check_blocks(blocks, surface, "/blocks", problems)
    return problems.texts()


AT_AND_OVER = [
    ("section text", lambda n: [section(text=mrkdwn("x" * n))], 3000),
    ("section fields", lambda n: [section(fields=[mrkdwn("x")] * n)], 10),
    ("section field text", lambda n: [section(fields=[mrkdwn("x" * n)])], 2000),
    ("block_id", lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    ("header", lambda n: [{"type": "header", "text": plain("x" * n)}], 150),
    ("context elements", lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}], 10),
    ("actions elements", lambda n: [actions(*[button(str(i)) for i in range(n)])], 25),
    ("action_id", lambda n: [accessory(button("x" * n))], 255),
    ("button text", lambda n: [accessory(text_button(text=plain("x" * n)))], 75),
    ("button value", lambda n: [accessory(text_button(value="x" * n))], 2000),
    ("button url", lambda n: [accessory(text_button(url="https://a.example/".ljust(n, "x")))], 3000),
    ("button label", lambda n: [accessory(text_button(accessibility_label="x" * n))], 75),
    ("confirm title", lambda n: [accessory(text_button(confirm=confirm(title=n)))], 100),
    ("confirm text", lambda n: [accessory(text_button(confirm=confirm(text=n)))], 300),
    ("confirm yes", lambda n: [accessory(text_button(confirm=confirm(yes=n)))], 30),
    ("confirm no", lambda n: [accessory(text_button(confirm=confirm(no=n)))], 30),
    ("select options", lambda n: [accessory(select(n))], 100),
    ("option text", lambda n: [accessory(select(0, options=[option(1, text="x" * n)]))], 75),
    ("option value", lambda n: [accessory(select(0, options=[option(1, value="x" * n)]))], 150),
    ("placeholder", lambda n: [accessory(select(1, placeholder=plain("x" * n)))], 150),
    ("overflow", lambda n: [accessory(options_element("overflow", n))], 5),
    ("radio buttons", lambda n: [accessory(options_element("radio_buttons", n))], 10),
    ("checkboxes", lambda n: [accessory(options_element("checkboxes", n))], 10),
    ("image url", lambda n: [image(url=n)], 3000),
    ("image alt", lambda n: [image(alt=n)], 2000),
    ("markdown", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    ("table rows", lambda n: [table(n)], 100),
    ("table columns", lambda n: [table(1, n)], 20),
    ("table characters", lambda n: [table(1, 1, "x" * n)], 10_000),
    ("tables in a message", lambda n: [table(1)] * n, 1),
    ("data_table rows", lambda n: [data_table(n)], 101),
    ("data_table columns", lambda n: [data_table(2, n)], 20),
    ("data_table page", lambda n: [data_table(2, page_size=n)], 100),
    ("chart series", lambda n: [chart(n)], 6),
    ("chart title", lambda n: [chart(title=n)], 50),
    ("chart label", lambda n: [chart(label=n)], 20),
    ("chart points", lambda n: [chart(points=n)], 20),
    ("pie segments", lambda n: [pie(n)], 6),
    ("charts in a message", lambda n: [chart()] * n, 2),
    ("card title", lambda n: [card(title=n)], 150),
    ("card subtitle", lambda n: [card(subtitle=n)], 150),
    ("card body", lambda n: [card(body=n)], 200),
    ("carousel", lambda n: [cards(n)], 10),
    ("container", lambda n: [container(n)], 10),
    ("context_actions", lambda n: [icons(n)], 5),
    ("blocks in a message", lambda n: [{"type": "divider"}] * n, 50),
]


@pytest.mark.parametrize(("name", "build", "limit"), AT_AND_OVER, ids=[row[0] for row in AT_AND_OVER])
def test_at_the_limit_passes_and_one_over_is_refused(name: str, build: Any, limit: int) -> None:
    assert found(build(limit)) == [], name
    assert found(build(limit + 1)) != [], name


AT_LEAST_ONE = [
    ("empty section text", [section(text=mrkdwn(""))]),
    ("section without text", [section()]),
    ("section with no fields", [section(fields=[])]),
    ("empty actions", [actions()]),
    ("empty context", [{"type": "context", "elements": []}]),
    ("select without options", [accessory(select(0))]),
    ("overflow without options", [accessory(options_element("overflow", 0))]),
    ("empty carousel", [cards(0)]),
    ("data table with only a header", [data_table(1)]),
    ("pie without segments", [pie(0)]),
    ("card without content", [{"type": "card", "subtitle": mrkdwn("x")}]),
    ("container without title", [{"type": "container", "child_blocks": [{"type": "divider"}]}]),
]
WRONG = [
    ("unknown block", [{"type": "sparkline"}]),
    ("block without type", [{"text": mrkdwn("x")}]),
    ("not an object", ["section"]),
    ("not a list", {"type": "divider"}),
    ("unknown property", [{"type": "divider", "colour": "red"}]),
    ("header in mrkdwn", [{"type": "header", "text": mrkdwn("x")}]),
    ("button in mrkdwn", [accessory(text_button(text=mrkdwn("x")))]),
    ("text as a string", [section(text="hello")]),
    ("emoji on mrkdwn", [section(text={**mrkdwn("x"), "emoji": True})]),
    ("verbatim on plain_text", [section(text={**plain("x"), "verbatim": True})]),
    ("button style", [accessory(text_button(style="success"))]),
    ("button url", [accessory(text_button(url="javascript:alert(1)"))]),
    ("text input in a section", [accessory({"type": "plain_text_input", "action_id": "a"})]),
    ("datetime in a section", [accessory({"type": "datetimepicker", "action_id": "a"})]),
    ("image in actions", [actions(image())]),
    ("button in input", [{"type": "input", "label": plain("x"), "element": button("a")}]),
    ("same block_id twice", [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
    ("same action_id in a block", [actions(button("a"), button("a"))]),
    ("same option value twice", [accessory(select(0, options=[option(1), option(1)]))]),
    ("initial option not offered", [accessory(select(2, initial_option=option(9)))]),
    ("options and groups", [accessory(select(1, option_groups=[{"label": plain("g"), "options": [option(1)]}]))]),
    ("date in another form", [accessory({"type": "datepicker", "initial_date": "1/2/2026"})]),
    ("date that isn't", [accessory({"type": "datepicker", "initial_date": "2026-02-30"})]),
    ("time that isn't", [accessory({"type": "timepicker", "initial_time": "24:00"})]),
    ("image without source", [{"type": "image", "alt_text": "x"}]),
    ("alert in a message", [{"type": "alert", "text": plain("x")}]),
    ("uneven table", [{"type": "table", "rows": [[cell()], [cell(), cell()]]}]),
    (
        "rich text in a data table's header",
        [data_table(2) | {"rows": [[{"type": "rich_text", "elements": []}], [cell()]]}],
    ),
    ("number without words", [data_table(2) | {"rows": [[cell()], [{"type": "raw_number", "value": 1}]]}]),
    (
        "tables that are too long together",
        [{**data_table(2), "rows": [[cell()], [cell("x" * 5_000)]], "block_id": name} for name in "ab"],
    ),
    (
        "series that miss a category",
        [chart() | {"chart": chart(points=2)["chart"] | {"axis_config": {"categories": ["0"]}}}],
    ),
    ("value that isn't a number", [pie(1) | {"chart": {"type": "pie", "segments": [{"label": "a", "value": "1"}]}}]),
    ("negative pie", [pie(1) | {"chart": {"type": "pie", "segments": [{"label": "a", "value": -1}]}}]),
    ("unknown chart", [chart(kind="radar")]),
    (
        "confirm without deny",
        [accessory(text_button(confirm={"title": plain("x"), "text": plain("x"), "confirm": plain("x")}))],
    ),
    ("container in a container", [container(0) | {"child_blocks": [container(1)]}]),
    ("rich text with unknown part", [{"type": "rich_text", "elements": [{"type": "rich_text_table"}]}]),
    (
        "two with focus",
        [actions(select(1, action_id="a", focus_on_load=True), select(1, action_id="b", focus_on_load=True))],
    ),
    ("min over max", [text_input("a", min_length=5, max_length=4)]),
]


@pytest.mark.parametrize(("name", "blocks"), AT_LEAST_ONE + WRONG, ids=[row[0] for row in AT_LEAST_ONE + WRONG])
def test_refused(name: str, blocks: Any) -> None:
    assert found(blocks) != [], name


RIGHT = [
    section(text=mrkdwn("*hi* &lt;"), fields=[plain("a")], accessory=button("a", "v")),
    section(text={**mrkdwn("x"), "verbatim": True}),
    actions(
        button("a"), select(3, action_id="s"), {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-22"}
    ),
    {"type": "context", "elements": [image(), mrkdwn("x"), plain("y")]},
    {"type": "header", "text": {"type": "plain_text", "text": "x", "emoji": True}},
    text_input("note", multiline=True, placeholder=plain("Say")),
    {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "x", "title": plain("t")},
    accessory({"type": "users_select", "action_id": "u", "initial_user": "U1"}),
    accessory({"type": "overflow", "action_id": "o", "options": [option(1), option(2) | {"url": "https://a.example"}]}),
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
            {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": []}]},
        ],
    },
    table(2, 3),
    data_table(3, 2, page_size=5, row_header_column_index=1),
    chart(2, 3, "bar"),
    chart(2, 3, "area"),
    pie(3),
    cards(2),
    container(2, width="full"),
    icons(1),
]


@pytest.mark.parametrize("block", RIGHT, ids=lambda block: block["type"])
def test_sound_blocks_pass_here_and_in_the_sdk(block: Json) -> None:
    assert found([block]) == []
    parsed = Block.parse(block)
    if parsed is not None:  # the SDK has no class for the two newest
        parsed.validate_json()


def test_messages_name_the_place() -> None:
    texts = found([{"type": "divider"}, {"type": "header", "text": plain("x" * 151)}])
    assert texts == ["must be less than 151 characters [json-pointer:/blocks/1/text/text]"]


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    assert found([actions(button("a"), block_id="1"), actions(button("a"), block_id="2")]) == []


VIEW_LIMITS = [
    ("title", lambda n: modal(title=plain("x" * n)), 24),
    ("submit", lambda n: modal(submit=plain("x" * n)), 24),
    ("close", lambda n: modal(close=plain("x" * n)), 24),
    ("private_metadata", lambda n: modal(private_metadata="x" * n), 3000),
    ("callback_id", lambda n: modal(callback_id="x" * n), 255),
    ("external_id", lambda n: modal(external_id="x" * n), 255),
    ("blocks", lambda n: modal(*[{"type": "divider"}] * n), 100),
    ("home blocks", lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}, 100),
]


@pytest.mark.parametrize(("name", "build", "limit"), VIEW_LIMITS, ids=[row[0] for row in VIEW_LIMITS])
def test_views_at_the_limit_pass_and_one_over_are_refused(name: str, build: Any, limit: int) -> None:
    assert view_problems(build(limit)).texts() == [], name
    assert view_problems(build(limit + 1)).texts() != [], name


WRONG_VIEWS = [
    ("inputs without submit", {k: v for k, v in modal().items() if k != "submit"}),
    ("no title", {k: v for k, v in modal().items() if k != "title"}),
    ("no blocks", {k: v for k, v in modal().items() if k != "blocks"}),
    ("unknown type", modal(type="drawer")),
    ("unknown property", modal(width=3)),
    ("title in mrkdwn", modal(title=mrkdwn("x"))),
    ("markdown block", modal({"type": "markdown", "text": "x"})),
    ("table block", modal(table(1))),
    ("chart on the home tab", {"type": "home", "blocks": [chart()]}),
    ("alert on the home tab", {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}),
    ("submit on the home tab", {"type": "home", "blocks": [], "submit": plain("x")}),
    ("two with focus", modal(text_input("a", focus_on_load=True), text_input("b", focus_on_load=True))),
]


@pytest.mark.parametrize(("name", "view"), WRONG_VIEWS, ids=[row[0] for row in WRONG_VIEWS])
def test_wrong_views_are_refused(name: str, view: Json) -> None:
    assert view_problems(view).texts() != [], name


def test_an_alert_works_in_a_modal() -> None:
    assert view_problems(modal({"type": "alert", "level": "warning", "text": plain("x")})).texts() == []


def test_one_focus_is_fine() -> None:
    assert view_problems(modal(text_input("a", focus_on_load=True), text_input("b"))).texts() == []
