"""docs/figures-dictionary.md as values: the files it describes, each with its columns and their kinds."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures-dictionary.md"
_HEADING = re.compile(r"^### `(\w+)`", re.MULTILINE)
_ROW = re.compile(r"^\| `([a-z_]+)` \| ([a-z ]+) \|", re.MULTILINE)


def columns_of_page() -> dict[str, dict[str, str]]:
    """File to column to kind, in the order of the page."""
    _, *parts = _HEADING.split(PAGE.read_text("utf-8"))
    return {name: dict(_ROW.findall(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)}
