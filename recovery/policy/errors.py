"""What is wrong with a policy file, in words: line, key, what is wrong, an example."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from recovery.policy.toml import Place, lines_of
from recovery.policy.values import UnfitError, nearest, nearest_or_all, shown

MOST_SHOWN = 40
NEVER_SHOWN = "secret_env"  # its wrong value is most likely the secret itself

# Pydantic's types of findings, as people should read them.
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "It is missing.",
        "string_type": "{value} is not a text; write it in double quotes.",
        "tuple_type": "{value} is not a list; write it in square brackets.",
        "model_type": "It must be a table of its own, not a single value.",
        "dict_type": "It must be a table of its own, not a single value.",
        "mapping_type": "It must be a table of its own, not a single value.",
        "too_short": "It needs at least one entry.",
        "too_long": "It has more entries than fit; {longest} are the most.",
        "greater_than_equal": "{value} is too small; the least is {least}.",
        "less_than_equal": "{value} is too large; the most is {most}.",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the key as the parts of its path, a sentence, and a line that would do."""

    where: Place
    wrong: str
    example: str = ""


def problems_in(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Turn pydantic's findings about `model` into sentences; a list is not short when an entry is refused."""
    found = error.errors(include_url=False)
    refused = {each["loc"][:-1] for each in found}
    return tuple(_problem(each, model) for each in found if each["type"] != "too_short" or each["loc"] not in refused)


def unless_known(where: Place, name: str | None, tables: Mapping[str, object], what: str) -> Iterator[Problem]:
    """Yield a problem when a name that stands at `where` is no key of `tables`; None names nothing."""
    if name is not None and name not in tables:
        yield Problem(where, f"There is no {what} {shown(name)}{nearest_or_all(name, tables)}")


def report(name: str, text: str, problems: Sequence[Problem]) -> str:
    """Write all problems in the order of the file's lines."""
    lines = lines_of(text)
    numbered = sorted(((_line(lines, problem.where), problem) for problem in problems), key=lambda pair: pair[0])
    many = f": {len(numbered)} things to put right." if len(numbered) > 1 else "."
    told = [f"{name} can't be used{many}"]
    told += [_told(line, problem) for line, problem in numbered[:MOST_SHOWN]]
    if len(numbered) > MOST_SHOWN:
        told.append(f"… and {len(numbered) - MOST_SHOWN} more.")
    return "\n".join(told)


def example_of(model: type[BaseModel], where: Place) -> str:
    """Write the line that would do at `where`, from the example beside the field.

    It is "" when there is none, or when the last key is not a field but an entry of one.
    """
    parent, field = _field_at(model, where)
    key = next((part for part in reversed(where) if isinstance(part, str)), "")
    if parent is None or field is None or not field.examples or (key, field) not in tuple(_fields(parent)):
        return ""
    example = field.examples[0]
    if isinstance(example, str) and example.startswith("["):
        return example
    return f"{key} = {_toml(example)}"


def dotted(where: Place) -> str:
    """Write a key as in the file; places within a list are left to the line number."""
    return ".".join(_bare(part) for part in where if isinstance(part, str))


def _told(line: int, problem: Problem) -> str:
    at = f"Line {line}, " if line else ""
    example = f" For example: {problem.example}" if problem.example else ""
    return f"{at}{dotted(problem.where)}: {problem.wrong}{example}"


def _line(lines: Mapping[Place, int], where: Place) -> int:
    """Find the line of the key, else of the table around it; 0 when the file has neither."""
    return next((lines[where[:n]] for n in range(len(where), 0, -1) if where[:n] in lines), 0)


def _problem(found: ErrorDetails, model: type[BaseModel]) -> Problem:
    where = tuple(part for part in found["loc"] if part != "[key]")
    parent, field = _field_at(model, where)
    if found["type"] == "extra_forbidden":
        return Problem(where, _unknown(str(where[-1]), parent))
    return Problem(where, _sentence(found, where, field), example_of(model, where))


def _unknown(key: str, parent: type[BaseModel] | None) -> str:
    return f"There is no such key{nearest_or_all(key, _names(parent) if parent else ())}"


def _sentence(found: ErrorDetails, where: Place, field: FieldInfo | None) -> str:
    limits: Mapping[str, Any] = found.get("ctx", {})
    value = "It" if NEVER_SHOWN in where else shown(found["input"])
    if isinstance(unfit := limits.get("error"), UnfitError):
        return str(unfit)
    if found["type"] == "enum":
        choices = _choices(field)
        return f"{value} is not one of {', '.join(choices)}{nearest(str(found['input']), choices)}"
    if words := SENTENCES.get(found["type"]):
        return words.format(
            value=value, least=limits.get("ge"), most=limits.get("le"), longest=limits.get("max_length")
        )
    return f"{found['msg'].rstrip('.')}."


def _field_at(model: type[BaseModel], where: Place) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Follow a path into the models: the model around its last key, and the last field on the way."""
    kind: Any = model
    parent: type[BaseModel] | None = None
    field: FieldInfo | None = None
    for part in where:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            parent = kind
            field = next((each for name, each in _fields(kind) if name == part), None)
            kind = _plain(field.annotation) if field else None
        else:
            # One level down a mapping or a list: the last argument of Mapping[K, V], the first of tuple[T, ...].
            arguments = [argument for argument in get_args(kind) if argument is not ...]
            kind = _plain(arguments[-1]) if arguments else None
    return parent, field


def _plain(annotation: Any) -> Any:
    """Take off Annotated[…] and | None."""
    if hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    present = [each for each in get_args(annotation) if each is not type(None)]
    if len(present) == 1 and len(get_args(annotation)) > 1 and get_origin(annotation) is not tuple:
        return _plain(present[0])
    return annotation


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _names(model: type[BaseModel]) -> Iterator[str]:
    return (name for name, _ in _fields(model))


def _choices(field: FieldInfo | None) -> tuple[str, ...]:
    return tuple(str(each) for each in _plain(field.annotation)) if field else ()


def _bare(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", part) else shown(part)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(each)}' for key, each in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
