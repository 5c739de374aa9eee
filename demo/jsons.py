"""JSON from outside is Any until a check has read it; these names say where that is so."""

import copy
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def as_object(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def own_copy(value: Json) -> Json:
    """A deep copy: what a caller keeps must not change when the workspace does."""
    return copy.deepcopy(value)
