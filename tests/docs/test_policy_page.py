"""docs/policy.md against the policy itself: keys, defaults, fields, and every TOML example."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recovery.policy.checks import problems_between_tables
from recovery.policy.file import ANSWER_FIELDS, Policy, load_policy
from tests.docs.reading import ROOT, Block, blocks, rows, sections

PAGE = ROOT / "docs" / "policy.md"
EXAMPLE = ROOT / "policy.example.toml"
FIELDS = "Fields of an answer"
# Tables that the smallest policy has no need of, as small as they can be.
MORE = """
[people."priya@acme.example"]
[tiers.t]
name = "T"
[teams.t]
name = "T"
members = ["amara@acme.example"]
[segments.s]
name = "S"
manager = "tomas@acme.example"
[sources.g]
adapter = "generic"
secret_env = "SECRET"
"""


def models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel], FieldInfo]]:
    """(name, model, field) for each table directly in this one."""
    for name, field in model.model_fields.items():
        for inner in (field.annotation, *get_args(field.annotation), *_inside(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield field.alias or name, inner, field
                break


def _inside(annotation: object) -> Iterator[object]:
    for part in get_args(annotation):
        yield from get_args(part)


def tables() -> dict[str, type[BaseModel]]:
    """Every table of the policy by its heading on the page."""
    found = {}
    for name, model, field in models(Policy):
        keyed = "Mapping" in str(field.annotation)
        found[f"`[{name}.KEY]`" if keyed else f"`[{name}]`"] = model
        for inner, below, _ in models(model):
            found[f"`[[{name}.KEY.{inner}]]`"] = below
    return found


def documented() -> dict[str, dict[str, str]]:
    """Heading to key to its last cell."""
    return {
        heading: {row[0].strip("`"): row[-1] for row in rows(text)}
        for heading, text in sections(PAGE)
        if heading.startswith("`[")
    }


def test_tables_and_keys_both_ways() -> None:
    there = {
        heading: {field.alias or name for name, field in model.model_fields.items()}
        for heading, model in tables().items()
    }
    assert {heading: set(keys) for heading, keys in documented().items()} == there


@pytest.mark.parametrize(("heading", "model"), tables().items(), ids=list(tables()))
def test_what_is_required_is_called_so(heading: str, model: type[BaseModel]) -> None:
    told = {key for key, default in documented()[heading].items() if default == "required"}
    assert told == {field.alias or name for name, field in model.model_fields.items() if field.is_required()}


def test_the_defaults_are_the_ones_told() -> None:
    smallest = tomllib.loads(complete()[0].text + MORE)
    without = loaded(smallest)
    checked = 0
    for heading, keys in documented().items():
        table, *path = re.findall(r"\w+", heading)
        if len(path) > 1:
            continue
        for key, default in keys.items():
            if not (default.startswith("`") and default.count("`") == 2 and default.endswith("`")):
                continue
            value = tomllib.loads(f"x = {default.strip('`')}")["x"]
            if not value and key in {"mon", "tue", "wed", "thu", "fri", "default"}:
                continue  # the smallest policy says something else there
            names = list(smallest.get(table, {})) if path else []
            inner: dict[str, Any] = {names[0]: {key: value}} if names else {key: value}
            assert loaded(merged(smallest, {table: inner})).model_dump() == without.model_dump(), (heading, key)
            checked += 1
    assert checked > 20


def test_the_fields_of_an_answer_in_their_order() -> None:
    assert [row[0].strip("`") for row in rows(dict(sections(PAGE))[FIELDS])] == list(ANSWER_FIELDS)


@pytest.mark.parametrize("block", blocks("toml complete"), ids=str)
def test_complete_policies_load(block: Block) -> None:
    assert load_policy(block.text).programmes


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_fragments_fit_into_the_example(block: Block) -> None:
    fragment = tomllib.loads(block.text)
    assert loaded(merged(tomllib.loads(EXAMPLE.read_text("utf-8")), fragment)) != load_policy(
        EXAMPLE.read_text("utf-8")
    )


def complete() -> list[Block]:
    return blocks("toml complete")


def loaded(content: Mapping[str, Any]) -> Policy:
    policy = Policy.model_validate(content)
    assert list(problems_between_tables(policy)) == []
    return policy


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of `below` with those of `above` in them; a value of `above` wins."""
    both = {key: merged(below[key], value) for key, value in above.items() if isinstance(value, dict) and key in below}
    return {**below, **above, **both}
