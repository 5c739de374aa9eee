"""blocks.validate: https://docs.slack.dev/reference/methods/blocks.validate."""

from demo.errors import Refusal, invalid_arguments
from demo.jsons import Json
from demo.limits.blocks import check_blocks
from demo.limits.payloads import view_problems
from demo.limits.problems import Problems
from demo.web_api.registry import ApiCall, method


@method("blocks.validate")
def validate_blocks(call: ApiCall) -> Json:
    """Errors: invalid_blocks, invalid_message, invalid_view with `errors` of pointer, code and message."""
    given = [name for name in ("blocks", "message", "view") if name in call.args.values]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, view, or message")
    name = given[0]
    value = call.args.structure(name)
    if name != "blocks" and not isinstance(value, dict):
        raise invalid_arguments(f"must provide an object [json-pointer:/{name}]")
    if name == "view":
        problems = view_problems(value)
    else:
        problems = Problems()
        blocks = value.get("blocks", []) if name == "message" else value
        check_blocks(blocks, "message", "/blocks" if name == "message" else "", problems)
    if problems:
        raise Refusal(f"invalid_{name}", extra={"errors": [item.as_json() for item in problems.found]})
    return {}
