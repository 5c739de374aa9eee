"""Any tool that can send JSON: our flat names, or a field map to where the values stand."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from handlers.surveys.answer import ABSENT, Told, compose
from handlers.surveys.fields import shown
from handlers.surveys.names import FIELDS
from handlers.surveys.options import Ignored, SourceOptions
from recovery.errors import UnusableAnswer
from recovery.survey import SurveyResponse

_LONGEST_INDEX = 6
_DOT = re.compile(r"(?<!\\)\.")


def understand(options: SourceOptions, source: str, parsed: object, received_at: datetime) -> SurveyResponse | Ignored:
    """The flat body of our own format, or any body by `options.fields`; both may be mixed."""
    body = as_object(parsed, "The body")
    told = {name: _told(options.fields, name, body) for name in FIELDS}
    return compose(options, source, told, received_at)


def _told(paths: Mapping[str, str], name: str, body: Mapping[str, object]) -> Told:
    path = paths.get(name)
    if path is None:
        return Told(body.get(name, ABSENT), name)
    return Told(value_at(body, path), name if path == name else f"{name} ({path})")


def value_at(body: object, path: str) -> object:
    """What stands at a dotted path: keys and list places from 0; else ABSENT.

    A dot inside a key is written with a backslash before it.
    """
    value = body
    for step in _steps(path):
        if isinstance(value, dict):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) <= _LONGEST_INDEX:
            value = value[int(step)] if int(step) < len(value) else ABSENT
        else:
            return ABSENT
    return value


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.replace(r"\.", ".") for step in _DOT.split(path))


def as_object(value: object, label: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UnusableAnswer(f"{label} is {shown(value)}; expected an object.")
    return value
