"""A policy and a workspace with many programmes, each with a channel of its own."""

from pathlib import Path

SEED = Path(__file__).parent.parent.parent / "demo" / "seed.toml"
MEMBERS = ("U0PRIYA", "U0JEN", "U0KOFI", "U0MARCUS", "U0TOMAS", "U0AMARA")

_HEAD = """
[workspace]
admin = "sam@acme.example"
fallback_channel = "C0CSLEADS"
currency = "USD"

[calendars.office]
zone = "Europe/London"
mon = ["09:00-17:30"]
tue = ["09:00-17:30"]
wed = ["09:00-17:30"]
thu = ["09:00-17:30"]
fri = ["09:00-17:30"]

[capacity]
open_cases = 1000

[sources.generic]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
"""
_PROGRAMME = """
[programmes.{key}]
name = "Programme {key}"
kind = "transactional"
channel = "{channel}"
calendar = "office"
owner = "marcus@acme.example"
leads = ["marcus@acme.example"]
rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]
"""
_CHANNEL = """
[[channels]]
id = "{channel}"
name = "nps-{key}"
members = {members}
bot_joined = true
"""


def key_of(number: int) -> str:
    return f"p{number:02}"


def channel_of(number: int) -> str:
    return f"C0P{number:02}"


def policy_of(programmes: int) -> str:
    """TOML of a policy with so many programmes, `p00` in channel `C0P00` and so on."""
    parts = [_PROGRAMME.format(key=key_of(n), channel=channel_of(n)) for n in range(programmes)]
    return _HEAD + "".join(parts)


def seed_of(programmes: int) -> str:
    """TOML of a workspace with the demo's people and channels, and a channel for each programme."""
    members = "[" + ", ".join(f'"{user}"' for user in MEMBERS) + "]"
    parts = [_CHANNEL.format(key=key_of(n), channel=channel_of(n), members=members) for n in range(programmes)]
    return SEED.read_text("utf-8") + "".join(parts)
