"""The bytes of a delivery as a JSON value, or one sentence that says why not."""

import json
import math
from collections.abc import Iterable

from recovery.errors import WinbackError

DEEPEST = 64
_BOM = b"\xef\xbb\xbf"


class NotJson(WinbackError):
    """The body can't be read as JSON; the endpoint answers 400 with this sentence."""


def parse(body: bytes) -> object:
    """The JSON value in `body`: UTF-8 with or without a byte order mark, at most `DEEPEST` levels.

    Of a key that stands twice the last one counts. NaN and Infinity are no JSON. Raises NotJson only.
    """
    try:
        text = (body[3:] if body.startswith(_BOM) else body).decode()
    except UnicodeDecodeError as error:
        raise NotJson(f"The body isn't UTF-8 text (byte {error.start + 1}).") from None
    if not text.strip():
        raise NotJson("The body is empty; expected a JSON object.")
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"The body isn't JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except ValueError:
        # Python refuses to read integers of more than some thousand digits.
        raise NotJson("The body isn't usable JSON: a number in it has too many digits.") from None
    if text.count("[") + text.count("{") > DEEPEST and _deeper_than(value, DEEPEST):
        raise NotJson(_TOO_DEEP)
    return value


_TOO_DEEP = f"The body is nested deeper than {DEEPEST} levels."


def _deeper_than(value: object, levels: int) -> bool:
    level: list[object] = [value]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> object:
    raise NotJson(f"The body isn't JSON: {name} is no JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJson("The body isn't usable JSON: a number in it is too large.")
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
