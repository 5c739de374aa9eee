"""TOML text to plain tables, and which line each key stands on."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from recovery.errors import PolicyError

Place = tuple[str | int, ...]

LONGEST_FILE = 1_000_000
LONGEST_STATEMENT = 2_000  # lines; beyond them the search for line numbers gives up, not the reading

_POSITION = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
# How tomllib begins its findings, and what to tell the person who wrote the line.
_SENTENCES = (
    ("Expected '=' after a key", 'a key must be followed by = and its value, such as name = "Relational"'),
    ("Invalid value", 'this is not a value; texts stand in double quotes, such as name = "Relational"'),
    ("Unclosed array", "a list is not closed; a ] is missing"),
    ("Unclosed inline table", "a table in braces is not closed; a } is missing"),
    ("Unterminated string", "a text is not closed; a quote is missing"),
    ("Illegal character", "a text is not closed on its line; a quote is missing"),
    ("Unescaped '\\'", "a backslash in double quotes must be written twice"),
    ("Cannot overwrite a value", "this key has been given a value before; keep one of them"),
    ("Duplicate inline table key", "this key stands in the braces twice; keep one of them"),
    ("Cannot declare", "this table has been opened before; keep its keys together in one place"),
    ("Cannot mutate immutable namespace", "this table is complete already; put its keys together in one place"),
    ("Expected ']", "a table's name is not closed, such as [workspace]"),
    ("Expected newline", "something is left over behind the value; one key and value a line"),
    ("Invalid statement", "this is neither a table such as [workspace] nor a key with its value"),
    ("Invalid initial character for a key part", "a key is missing here; keys are plain words, such as name"),
    ("Invalid date or datetime", "this date does not exist"),
)


def parse(text: str, name: str) -> dict[str, Any]:
    """Read the file's tables; PolicyError says where the text stops being TOML, and why."""
    if len(text) > LONGEST_FILE:
        raise PolicyError(f"{name} can't be used: it is longer than {LONGEST_FILE:,} characters.")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name} can't be used.\n{_explained(str(error), text)}") from None
    except RecursionError:
        raise PolicyError(f"{name} can't be used: its lists or tables are nested too deep.") from None
    except ValueError:
        # Not a syntax error: a number with more digits than Python reads.
        raise PolicyError(f"{name} can't be used: a number in it is far too long.") from None


def lines_of(text: str) -> Mapping[Place, int]:
    """Map each key, table and list entry of a valid TOML text to the line its statement begins on (from 1)."""
    places: dict[Place, int] = {}
    tables: dict[Place, int] = {}
    here: Place = ()
    for line, statement, value in _statements(text.removeprefix("\ufeff").replace("\r\n", "\n")):
        if not statement.startswith("["):
            for place in _inside(value):
                places.setdefault((*here, *place), line)
            continue
        here = _opened(value, tables)
        for length in range(1, len(here) + 1):
            places.setdefault(here[:length], line)
    return places


def _explained(finding: str, text: str) -> str:
    position = _POSITION.search(finding)
    at_end = position is None or position[1] is None
    line = text.count("\n") + 1 if at_end or position is None else int(position[1])
    sentence = next((words for start, words in _SENTENCES if finding.startswith(start)), "this is not valid TOML")
    return f"Line {line}: {sentence}."


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Cut a valid text into its statements: lines are joined until they are TOML by themselves."""
    joined: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not joined and (not line.strip() or line.lstrip().startswith("#")):
            continue
        joined.append(line)
        try:
            value = tomllib.loads("\n".join(joined))
        except tomllib.TOMLDecodeError:
            if len(joined) > LONGEST_STATEMENT:
                return
            continue
        yield number - len(joined) + 1, joined[0].lstrip(), value
        joined = []


def _inside(value: object) -> Iterator[Place]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (key,)
        for place in _inside(inner):
            yield (key, *place)


def _opened(header: object, tables: dict[Place, int]) -> Place:
    """Follow `[a.b]` or `[[a.b]]` down to the table it opens; `tables` counts the entries of lists of tables."""
    here: Place = ()
    while isinstance(header, dict) and header:
        (key, header), *_ = header.items()
        here = (*here, key)
        if isinstance(header, list):
            tables[here] = tables.get(here, 0) + 1
            return (*here, tables[here] - 1)
        if here in tables:
            here = (*here, tables[here] - 1)
    return here
