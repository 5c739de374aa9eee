"""policy.example.toml documents every key, truthfully; the demo's policy is sound."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from recovery.policy.file import ANSWER_FIELDS, Limit, Policy, load_policy
from recovery.policy.steps import DRAFT, ROOT_CAUSES, VAGUE_WORDS
from recovery.policy.tables import LEAVING_WORDS

HERE = Path(__file__).parents[2]
EXAMPLE = (HERE / "policy.example.toml").read_text(encoding="utf-8")
DEMO = (HERE / "demo" / "policy.toml").read_text(encoding="utf-8")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _keys(model: type[BaseModel]) -> Iterator[tuple[type[BaseModel], str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield model, field.alias or name, field
        for inner in _models(field.annotation):
            yield from _keys(inner)


def _tables(model: type[BaseModel], tables: Mapping[str, Any]) -> Iterator[tuple[type[BaseModel], Mapping[str, Any]]]:
    """Pair every table of the file with the model that reads it."""
    yield model, tables
    for name, field in model.model_fields.items():
        value = tables.get(field.alias or name)
        for inner in _models(field.annotation):
            if isinstance(value, list):
                entries = value
            else:
                entries = [value] if field.annotation is inner else list((value or {}).values())
            for entry in entries:
                yield from _tables(inner, entry)


# Defaults that are too long to repeat in a comment: the example's own value is the default.
WRITTEN_BELOW = {
    ("Programme", "keywords"),
    ("UrgencyRules", "leaving_words"),
    ("RecoveryRules", "root_causes"),
    ("CommitmentRules", "vague_words"),
    ("Drafts", "outreach"),
}
KEYS = sorted({(model.__name__, key) for model, key, _ in _keys(Policy)})


def test_the_walk_over_the_models_sees_all_of_them() -> None:
    assert {model for model, _ in KEYS} >= {"Workspace", "Ladder", "Calendar", "Keywords", "Source", "ImportDefaults"}
    assert len(KEYS) > 60


@pytest.mark.parametrize(("model", "key"), KEYS)
def test_the_example_shows_every_key(model: str, key: str) -> None:
    shown = [table for kind, table in _tables(Policy, tomllib.loads(EXAMPLE)) if kind.__name__ == model]
    assert any(key in table for table in shown)


def test_the_example_loads_and_so_does_the_demos_policy() -> None:
    load_policy(EXAMPLE, "policy.example.toml")
    load_policy(DEMO, "demo/policy.toml")


def _comments() -> dict[tuple[str, str], str]:
    """The comment above the first line of each key in the example, by the table's name and the key."""
    found: dict[tuple[str, str], str] = {}
    table, comment = "", ""
    for line in EXAMPLE.split("\n"):
        if line.startswith("#"):
            comment += line.removeprefix("#").strip() + "\n"
        elif line.startswith("["):
            first, last = (line.strip("[]").split(".")[end] for end in (0, -1))
            # fields, columns and keywords are keys as well as tables
            of = {"columns": "import", "fields": "sources", "keywords": "programmes"}.get(last)
            table = last if of else first
            if of:
                found.setdefault((of, last), comment)
            comment = ""
        elif key := re.match(r"([a-z_]+) = ", line):
            found.setdefault((table, key[1]), comment)
            comment = ""
        else:
            comment = ""
    return found


def _in_toml(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Limit):
        short = re.sub(r"^([0-9]+) ([hd])(?:our|ay)s?$", r"\1\2", default.words)
        return f'"{short}"'
    if isinstance(default, str | StrEnum):
        return f'"{default}"'
    return str(list(default)) if isinstance(default, tuple) else str(default)


def test_every_key_says_its_default_or_that_it_is_required() -> None:
    comments = _comments()
    names = {
        "Workspace": "workspace",
        "Ladder": "ladder",
        "Calendar": "calendars",
        "UrgencyRules": "urgency",
        "Capacity": "capacity",
        "RecoveryRules": "recovery",
        "CommitmentRules": "commitment",
        "Drafts": "drafts",
        "FigureRules": "figures",
        "PersonRules": "people",
        "Tier": "tiers",
        "EscalationRules": "escalation",
        "QuietRules": "quiet",
        "PauseRules": "pause",
        "DigestRules": "digests",
        "MailRules": "mail",
        "Team": "teams",
        "Segment": "segments",
        "Programme": "programmes",
        "Keywords": "keywords",
        "Source": "sources",
        "ImportDefaults": "import",
    }
    for model, key, field in _keys(Policy):
        if model is Policy:
            continue
        comment = comments[names[model.__name__], key]
        if field.is_required():
            assert comment.endswith("Required.\n"), key
        elif field.default in (None, PydanticUndefined) or (model.__name__, key) in WRITTEN_BELOW:
            assert "\nDefault: " in f"\n{comment}", key
        else:
            assert comment.endswith(f"Default: {_in_toml(field.default)}\n"), (key, comment)


def test_the_example_writes_the_long_defaults_out() -> None:
    policy = load_policy(EXAMPLE)
    assert policy.urgency.leaving_words == LEAVING_WORDS
    assert policy.recovery.root_causes == ROOT_CAUSES
    assert policy.commitment.vague_words == VAGUE_WORDS
    assert policy.drafts.outreach == DRAFT.strip()


def test_the_example_lists_every_field_of_an_answer() -> None:
    listed = EXAMPLE[EXAMPLE.index("# Our names:") : EXAMPLE.index("Delighted and Typeform have a fixed")]
    named = re.findall(r"[a-z_]+", listed.replace("# Our names:", "").replace("#", ""))
    assert tuple(named) == ANSWER_FIELDS


def test_the_demos_policy_fits_the_demos_workspace() -> None:
    policy = load_policy(DEMO)
    assert policy.programmes["relational"].channel == "C0RELATIONAL"
    assert policy.programmes["onboarding"].channel == "C0ONBOARDING"
    assert policy.workspace.fallback_channel == "C0CSLEADS"
    assert {source.secret_env for source in policy.sources.values()} == {
        "WINBACK_GENERIC_SECRET",
        "WINBACK_DELIGHTED_SECRET",
        "WINBACK_TYPEFORM_SECRET",
    }
    assert all(person.endswith("@acme.example") for person in policy.people())
    assert "leo@acme.example" not in policy.people()
