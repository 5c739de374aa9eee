"""Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects."""

from typing import Any, Final

from demo.jsons import Json
from demo.limits.problems import Problems
from demo.limits.shapes import Check, Shape, flag, items, one_of, string, url

ID_LONGEST: Final = 255
TEXT_LONGEST: Final = 3000

identifier: Final = string(ID_LONGEST)


def text(longest: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn"), shortest: int = 1) -> Check:
    """A text object of one of the kinds."""
    length = string(longest, shortest)

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(at, "must provide an object", "invalid_type")
            return
        kind = value.get("type")
        if kind not in kinds:
            problems.add(f"{at}/type", f"must be one of {', '.join(kinds)}; got {kind}", "unsupported_type")
            return
        if "text" not in value:
            problems.add(at, "missing required field: text", "missing_field")
        # Slack refuses each kind's flag on the other kind.
        allowed = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
        for name, inside in value.items():
            if name not in allowed:
                problems.add(at, f"invalid additional property: {name}", "unknown_field")
            elif name == "text":
                length(inside, f"{at}/text", problems)
            elif name != "type":
                flag(inside, f"{at}/{name}", problems)

    return check


def plain(longest: int, *, shortest: int = 1) -> Check:
    """A plain_text object."""
    return text(longest, kinds=("plain_text",), shortest=shortest)


CONFIRM: Final = Shape(
    required={"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    optional={"style": one_of("primary", "danger")},
)

OPTION: Final = Shape(required={"text": plain(75), "value": string(150)}, optional={"description": plain(75)})
# Checkboxes and radio buttons may use mrkdwn.
RICH_OPTION: Final = Shape(required={"text": text(75), "value": string(150)}, optional={"description": text(75)})
OVERFLOW_OPTION: Final = Shape(
    required={"text": plain(75), "value": string(150)}, optional={"description": plain(75), "url": url()}
)
OPTION_GROUP: Final = Shape(required={"label": plain(75), "options": items(OPTION, 1, 100)})

DISPATCH_CONFIG: Final = Shape(
    required={"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)


def _filter_says_something(value: Json, at: str, problems: Problems) -> None:
    if not value:
        problems.add(at, "must have at least one field")


CONVERSATION_FILTER: Final = Shape(
    optional={
        "include": items(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    also=_filter_says_something,
)


def _exactly_one_source(value: Json, at: str, problems: Problems) -> None:
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        problems.add(at, "needs exactly one of image_url and slack_file", "missing_field")


def _exactly_one_file(value: Json, at: str, problems: Problems) -> None:
    if (value.get("id") is None) == (value.get("url") is None):
        problems.add(at, "needs exactly one of id and url", "missing_field")


SLACK_FILE: Final = Shape(optional={"id": string(ID_LONGEST), "url": url()}, also=_exactly_one_file)

IMAGE_ELEMENT: Final = Shape(
    required={"alt_text": string(2000)},
    optional={"image_url": url(), "slack_file": SLACK_FILE},
    also=_exactly_one_source,
)
