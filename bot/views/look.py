"""What one surface should show, before it is known where and whether it is posted or updated."""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """A message: `text` is the phone notification and the fallback, `blocks` what Slack draws."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a direct message, with `words` beside it. `name` is the only one of its kind in the conversation."""

    name: str
    title: str
    words: str
    content: bytes
