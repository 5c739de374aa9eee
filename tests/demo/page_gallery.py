"""A tiny app that shows each block and element once, for the tests of the page."""

from pathlib import Path
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]
PICTURE: Final = "https://images.example/chart.png"
HOSTILE: Final = "<!channel> <@U0JEN> *not bold* _nor this_ ~or this~ `code` & <https://evil.example|click> <b>tag</b>"


def escaped(text: str) -> str:
    """What an app does with text of a customer, plus a mark that keeps formatting from starting."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{char}\u2060" if char in "*_~`" else char for char in safe)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name.title()), "value": name} for name in names]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def picture(alt: str) -> Json:
    return {"type": "image", "image_url": PICTURE, "alt_text": alt}


def button(action_id: str, text: str, **fields: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **fields}


CARD: Final = [
    {
        "type": "section",
        "block_id": "who",
        "text": mrkdwn(":red_circle: *2 · Northwind Traders* · $180k · renews in 87 days\nDana Okafor, admin · year 3"),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [
                {"text": plain("Open in CRM"), "value": "crm", "url": "https://crm.example/accounts/1"},
                {"text": plain("History"), "value": "history", "description": plain("Every step so far")},
            ],
        },
    },
    {
        "type": "rich_text",
        "block_id": "verbatim",
        "elements": [
            {
                "type": "rich_text_quote",
                "elements": [{"type": "text", "text": "Four months instead of thirty days. *As typed* :fire:"}],
            }
        ],
    },
    {"type": "context", "block_id": "due", "elements": [mrkdwn("Owner due <!date^1795000000^{time}|soon>")]},
    {
        "type": "actions",
        "block_id": "do",
        "elements": [
            button("claim", "Claim", style="primary", value="case-1"),
            button(
                "withdraw",
                "Withdraw…",
                style="danger",
                confirm={
                    "title": plain("Withdraw this case?"),
                    "text": mrkdwn("It leaves *all* figures."),
                    "confirm": plain("Withdraw"),
                    "deny": plain("Keep"),
                    "style": "danger",
                },
            ),
            button("docs", "Open CRM", url="https://crm.example/"),
            {
                "type": "static_select",
                "action_id": "assign",
                "placeholder": plain("Assign to"),
                "options": options("priya", "jen", "kofi"),
            },
        ],
    },
]

TEXTS: Final = [
    {"type": "header", "text": plain("Every kind of text :tada:")},
    {
        "type": "section",
        "block_id": "formats",
        "text": mrkdwn(
            "*bold* _italic_ ~strike~ `code` *_both_* 2*3*4 snake_case_name\n"
            "> quoted line\n> and another\n"
            "• first\n• second\n"
            "```pre *not bold*```\n"
            "<https://example.com/a?b=1&amp;c=2|a link> <mailto:dana@example.com> "
            "<@U0JEN> <@U0PRIYA> <#C0ONBOARDING> <!subteam^S0CSM|@csm>\n"
            "<!date^1795000000^{date_short} at {time}|fallback> &lt;b&gt; &amp;amp; :white_check_mark: :nope:"
        ),
    },
    {"type": "section", "block_id": "loud", "text": mrkdwn("unescaped <!channel>")},
    {"type": "section", "block_id": "hostile-plain", "text": plain(HOSTILE.replace("&", "&amp;").replace("<", "&lt;"))},
    {"type": "section", "block_id": "hostile-mrkdwn", "text": mrkdwn(escaped(HOSTILE))},
    {"type": "rich_text", "block_id": "hostile-rich", **rich({"type": "text", "text": HOSTILE})},
    {"type": "section", "block_id": "rtl", "text": plain("הדוחות איטיים מאוד (ticket #4471).")},
    {
        "type": "section",
        "block_id": "fields",
        "fields": [mrkdwn("*Account*\nNorthwind"), mrkdwn("*ACV*\n$180k"), plain("Owner"), plain("nobody")],
    },
    {"type": "section", "block_id": "long", "text": plain("A long complaint. " * 80)},
    {"type": "divider"},
    {
        "type": "markdown",
        "block_id": "md",
        "text": "## Markdown\n**bold** and *italic*, `code`, [link](https://example.com)\n\n- one\n- two\n\n> quote",
    },
    {
        "type": "rich_text",
        "block_id": "rich",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "bold", "style": {"bold": True}},
                    {"type": "text", "text": " "},
                    {"type": "user", "user_id": "U0JEN"},
                    {"type": "text", "text": " "},
                    {"type": "emoji", "name": "red_circle"},
                    {"type": "link", "url": "https://example.com", "text": "a link"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "step one"}]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "  indented"}]},
        ],
    },
    {"type": "image", "block_id": "img", "image_url": PICTURE, "alt_text": "A chart", "title": plain("Chart")},
]

TABLE_ROWS: Final = [
    [{"type": "raw_text", "text": name} for name in ("Segment", "Open")],
    *[
        [{"type": "raw_text", "text": name}, {"type": "raw_number", "value": count, "text": str(count)}]
        for name, count in [("smb", 9), ("enterprise", 12), ("mid-market", 3)]
    ],
]
SERIES: Final = [
    {"name": "Q3", "data": [{"label": "smb", "value": 31}, {"label": "enterprise", "value": -12}]},
    {"name": "Q4", "data": [{"label": "smb", "value": 38}, {"label": "enterprise", "value": 4}]},
]
AXES: Final = {"categories": ["smb", "enterprise"], "x_label": "Segment", "y_label": "NPS"}
FIGURES: Final = [
    {"type": "table", "block_id": "table", "rows": TABLE_ROWS, "column_settings": [{"align": "left"}]},
    {"type": "data_table", "block_id": "data", "caption": "Open cases", "page_size": 2, "rows": TABLE_ROWS},
    *[
        {
            "type": "data_visualization",
            "block_id": f"chart-{kind}",
            "title": f"NPS as {kind}",
            "chart": {"type": kind, "series": SERIES, "axis_config": AXES},
        }
        for kind in ("bar", "line")
    ],
]
MORE_FIGURES: Final = [
    {
        "type": "data_visualization",
        "block_id": "chart-area",
        "title": "NPS as area",
        "chart": {"type": "area", "series": SERIES, "axis_config": AXES},
    },
    {
        "type": "data_visualization",
        "block_id": "chart-pie",
        "title": "Root causes",
        "chart": {
            "type": "pie",
            "segments": [{"label": "onboarding", "value": 6}, {"label": "reliability", "value": 3}],
        },
    },
    {
        "type": "card",
        "block_id": "card",
        "title": mrkdwn("*Northwind*"),
        "subtitle": plain("enterprise"),
        "body": mrkdwn("Renews in _87 days_"),
        "icon": picture("logo"),
        "actions": [button("card-open", "Open case")],
    },
    {
        "type": "carousel",
        "block_id": "carousel",
        "elements": [
            {"type": "card", "title": plain(name), "body": plain("open"), "actions": [button(f"see-{name}", "See")]}
            for name in ("Contoso", "Fabrikam", "Litware", "Tailspin")
        ],
    },
    {
        "type": "container",
        "block_id": "container",
        "title": plain("Older cases"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "block_id": "inner", "text": plain("Adventure Works")}],
    },
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "useful",
                "positive_button": {"text": plain("Useful"), "value": "yes"},
                "negative_button": {"text": plain("Not useful"), "value": "no"},
            },
            {"type": "icon_button", "action_id": "drop", "icon": "trash", "text": plain("Delete")},
        ],
    },
]


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }


FORM_BLOCKS: Final = [
    {"type": "alert", "block_id": "notice", "level": "warning", "text": mrkdwn("Outreach is due in *5 h*.")},
    {"type": "section", "block_id": "quote", "text": plain("“Four months instead of thirty days.”")},
    field(
        "title", "Deliverable", {"type": "plain_text_input", "min_length": 5, "max_length": 30}, hint=plain("A thing")
    ),
    field("notes", "Notes", {"type": "plain_text_input", "multiline": True}, optional=True),
    field(
        "count", "Minutes", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "240"}
    ),
    field("mail", "Email", {"type": "email_text_input"}),
    field("link", "Link", {"type": "url_text_input"}, optional=True),
    field("day", "Day", {"type": "datepicker"}),
    field("hour", "Hour", {"type": "timepicker", "initial_time": "09:30"}),
    field("moment", "Moment", {"type": "datetimepicker"}, optional=True),
    field("cause", "Root cause", {"type": "static_select", "options": options("onboarding", "pricing", "reliability")}),
    field("tags", "Tags", {"type": "multi_static_select", "options": options("one", "two", "three")}, optional=True),
    field("owner", "Owner", {"type": "users_select"}),
    field("helpers", "Helpers", {"type": "multi_users_select"}, optional=True),
    field("where", "Where", {"type": "conversations_select"}, optional=True),
    field(
        "account", "Account", {"type": "external_select", "action_id": "account", "min_query_length": 2}, optional=True
    ),
    field("kind", "Kind", {"type": "radio_buttons", "options": options("fix", "refund")}),
    field("flags", "Flags", {"type": "checkboxes", "options": options("resurvey", "urgent")}, optional=True),
]
FORM: Final = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Log outreach"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "notify_on_close": True,
    "blocks": FORM_BLOCKS,
}


class Gallery:
    """What the app heard, for the tests to look at."""

    def __init__(self) -> None:
        self.actions: list[Json] = []
        self.submitted: list[Json] = []
        self.closed: list[Json] = []
        self.answer: Json | None = None

    def register(self, app: AsyncApp) -> None:
        for action in ("more", "withdraw", "docs", "assign", "card-open", "useful", "drop", "value", "home-do"):
            app.action(action)(self._note)
        app.action("claim")(self._claim)
        app.action("open-form")(self._open)
        app.action("push")(self._push)
        app.action("slow")(self._slow)
        app.options("account")(self._options)
        app.view("form")(self._submit)
        app.view_closed("form")(self._closed)
        app.command("/nps")(self._command)
        app.shortcut("look")(self._note)
        app.event("app_home_opened")(self._home)

    async def _note(self, ack: Any, body: Json) -> None:
        self.actions.append(body)
        await ack()

    async def _slow(self, body: Json) -> None:
        self.actions.append(body)

    async def _claim(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        self.actions.append(body)
        message, who = body["message"], body["user"]["id"]
        blocks = [
            {"type": "section", "block_id": "who", "text": mrkdwn(f":large_yellow_circle: owned by <@{who}>")},
            {"type": "actions", "block_id": "do", "elements": [button("release", "Release")]},
        ]
        await client.chat_update(channel=body["channel"]["id"], ts=message["ts"], text="claimed", blocks=blocks)
        await client.chat_postMessage(channel=body["channel"]["id"], thread_ts=message["ts"], text=f"<@{who}> claimed")

    async def _open(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def _push(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        view = {**FORM, "title": plain("Second"), "blocks": [FORM_BLOCKS[3]]}
        await client.views_push(trigger_id=body["trigger_id"], view=view)

    async def _options(self, ack: Any, body: Json) -> None:
        names = ("contoso", "fabrikam", "northwind")
        await ack(options=options(*(name for name in names if name.startswith(body["value"]))))

    async def _submit(self, ack: Any, body: Json) -> None:
        self.submitted.append(body["view"]["state"]["values"])
        answer, self.answer = self.answer, None
        await (ack(**answer) if answer else ack())

    async def _closed(self, ack: Any, body: Json) -> None:
        self.closed.append(body)
        await ack()

    async def _command(self, ack: Any, body: Json) -> None:
        await ack(text=f"You asked for *{body['text'] or 'nothing'}*.")

    async def _home(self, event: Json, client: AsyncWebClient) -> None:
        blocks = [
            {"type": "header", "text": plain("3 need you today")},
            {"type": "section", "text": mrkdwn("*Northwind*"), "accessory": button("home-do", "Log outreach")},
        ]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


async def show_everything(client: AsyncWebClient) -> dict[str, str]:
    """Post one message for each group of blocks; gives their stamps by name."""
    groups = {"texts": TEXTS, "figures": FIGURES, "more": MORE_FIGURES, "card": CARD}
    stamps = {}
    for name, blocks in groups.items():
        posted = await client.chat_postMessage(channel="C0RELATIONAL", text=f"gallery {name}", blocks=blocks)
        stamps[name] = posted["ts"]
    return stamps


def write_manifest(folder: Path, source: Path) -> Path:
    """Our own manifest with two more shortcuts, which the gallery answers."""
    target = folder / "manifest.yml"
    shortcuts = (
        "  shortcuts:\n"
        "    - {name: Look at this, callback_id: look, type: message, description: Look}\n"
        "    - {name: Look around, callback_id: look, type: global, description: Look}\n"
    )
    text = source.read_text("utf-8").replace("  shortcuts:\n", shortcuts)
    target.write_text(text, "utf-8")
    return target
