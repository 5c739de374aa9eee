"""A call's arguments, however they came: query, form or JSON body."""

import json
from typing import Any, Final

from aiohttp import web

from demo.errors import Refusal, invalid_arguments
from demo.jsons import Json

_TRUE: Final = frozenset({"1", "true", "True"})
_FALSE: Final = frozenset({"0", "false", "False", ""})


class Arguments:
    """Typed reading of arguments. Errors: `invalid_arguments` with the name of the argument."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def maybe(self, name: str) -> str | None:
        """A string argument, or None when it is absent or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, (dict, list)):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def text(self, name: str) -> str:
        """A required string argument."""
        value = self.maybe(name)
        if value is None:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE:
            return True
        if str(value) in _FALSE:
            return False
        raise invalid_arguments(f"must be a boolean [json-pointer:/{name}]")

    def integer(self, name: str, default: int, *, highest: int, lowest: int = 1) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            found = int(str(value))
        except ValueError:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None
        if not lowest <= found <= highest:
            raise invalid_arguments(f"must be between {lowest} and {highest} [json-pointer:/{name}]")
        return found

    def structure(self, name: str, *, error: str = "invalid_arguments") -> Any:
        """A JSON argument: an object or array, or a string that holds one. None when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise Refusal(error) from None
        return value


async def read_arguments(request: web.Request) -> tuple[Arguments, str | None]:
    """The arguments and the `token` argument, if the token came as one.

    Errors: invalid_json, json_not_object, invalid_form_data, invalid_post_type.
    """
    values: Json = dict(request.query)
    token = values.pop("token", None)
    if request.method != "POST":
        return Arguments(values), token
    kind = request.content_type
    if kind == "application/json":
        values |= await _json_body(request)
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            form = await request.post()
        except ValueError:
            raise Refusal("invalid_form_data") from None
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
        token = values.pop("token", token)
    elif request.can_read_body:
        raise Refusal("invalid_post_type")
    return Arguments(values), token


async def _json_body(request: web.Request) -> Json:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    # In a JSON body Slack reads no token: it must be a header.
    return {name: value for name, value in body.items() if value is not None and name != "token"}
