"""Small checks that combine into the shape of a block: strings, numbers, lists, objects."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from demo.jsons import Json
from demo.limits.problems import Problems

Check = Callable[[Any, str, Problems], None]


def string(longest: int, shortest: int = 1) -> Check:
    """A string of `shortest` to `longest` characters."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(at, "must be a string", "invalid_type")
        elif len(value) > longest:
            problems.add(at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            problems.add(at, f"must be more than {shortest - 1} characters")

    return check


def flag(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.add(at, "must be a boolean", "invalid_type")


def integer(lowest: int, highest: int) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(at, "must be an integer", "invalid_type")
        elif not lowest <= value <= highest:
            problems.add(at, f"must be between {lowest} and {highest}")

    return check


def number(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        problems.add(at, "must be a finite number", "invalid_type")


def one_of(*values: str) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in values:
            problems.add(at, f"must be one of {', '.join(values)}")

    return check


def anything(_value: Any, _at: str, _problems: Problems) -> None:
    """A field whose inside is not ours to check."""


def url(longest: int = 3000) -> Check:
    """An absolute http(s) (or mailto) address."""
    length = string(longest)

    def check(value: Any, at: str, problems: Problems) -> None:
        before = len(problems.found)
        length(value, at, problems)
        if len(problems.found) == before:
            parts = urlsplit(value)
            if not (parts.scheme in {"http", "https", "slack"} and parts.netloc) and parts.scheme != "mailto":
                problems.add(at, "must be a valid URL")

    return check


def items(check_item: Check, fewest: int, most: int) -> Check:
    """A list of `fewest` to `most` items, each checked."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(at, "must be an array", "invalid_type")
            return
        if len(value) > most:
            problems.add(at, f"no more than {most} items allowed")
            return
        if len(value) < fewest:
            problems.add(at, f"must have at least {fewest} items")
        for index, item in enumerate(value):
            check_item(item, f"{at}/{index}", problems)

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with required and optional fields and no others; `also` looks at the fields together."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    also: Callable[[Json, str, Problems], None] | None = None

    def __call__(self, value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(at, "must be an object", "invalid_type")
            return
        for name in self.required:
            if value.get(name) is None:
                problems.add(at, f"missing required field: {name}", "missing_field")
        before = len(problems.found)
        for name, inside in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is None:
                if name != "type":
                    problems.add(at, f"invalid additional property: {name}", "unknown_field")
            elif inside is not None:
                check(inside, f"{at}/{name}", problems)
        if self.also and len(problems.found) == before and all(value.get(n) is not None for n in self.required):
            self.also(value, at, problems)


def by_type(shapes: Mapping[str, Check], *, what: str) -> Check:
    """One of several objects told apart by `type`; an unknown type is refused."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(at, "must be an object", "invalid_type")
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            problems.add(
                f"{at}/type", f"unsupported type: {kind}" if kind else f"{what} needs a type", "unsupported_type"
            )
            return
        shape(value, at, problems)

    return check
