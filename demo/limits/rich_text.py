"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from collections.abc import Mapping
from typing import Final

from demo.limits.objects import identifier
from demo.limits.shapes import Check, Shape, by_type, flag, integer, items, one_of, string, url

_STYLES: Final = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE: Final = Shape(optional=dict.fromkeys(_STYLES, flag))
_MOST: Final = 2000

INLINE: Final[Mapping[str, Check]] = {
    "text": Shape(required={"text": string(12_000, 0)}, optional={"style": _STYLE}),
    "link": Shape(required={"url": url()}, optional={"text": string(12_000), "unsafe": flag, "style": _STYLE}),
    "user": Shape(required={"user_id": identifier}, optional={"style": _STYLE}),
    "usergroup": Shape(required={"usergroup_id": identifier}, optional={"style": _STYLE}),
    "channel": Shape(required={"channel_id": identifier}, optional={"style": _STYLE}),
    "emoji": Shape(
        required={"name": string(255)}, optional={"unicode": string(255), "skin_tone": integer(1, 6), "style": _STYLE}
    ),
    "broadcast": Shape(required={"range": one_of("here", "channel", "everyone")}, optional={"style": _STYLE}),
    "color": Shape(required={"value": string(32)}, optional={"style": _STYLE}),
    "date": Shape(
        required={"timestamp": integer(0, 10**11), "format": string(255)},
        optional={"url": url(), "fallback": string(255), "style": _STYLE},
    ),
}
_INLINE: Final = by_type(INLINE, what="a rich text element")
_SECTION: Final = Shape(required={"elements": items(_INLINE, 0, _MOST)})
_PLAIN: Final = by_type({"text": INLINE["text"], "link": INLINE["link"]}, what="a rich text element")

SECTIONS: Final = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": Shape(
            required={
                "style": one_of("bullet", "ordered"),
                "elements": items(by_type({"rich_text_section": _SECTION}, what="a list item"), 1, _MOST),
            },
            optional={"indent": integer(0, 8), "offset": integer(0, 10**6), "border": integer(0, 1)},
        ),
        "rich_text_preformatted": Shape(
            required={"elements": items(_PLAIN, 0, _MOST)}, optional={"border": integer(0, 1), "language": string(64)}
        ),
        "rich_text_quote": Shape(required={"elements": items(_INLINE, 0, _MOST)}, optional={"border": integer(0, 1)}),
    },
    what="a rich text section",
)

RICH_TEXT: Final = Shape(required={"elements": items(SECTIONS, 0, _MOST)}, optional={"block_id": identifier})
