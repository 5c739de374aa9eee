"""Everything the environment says, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recovery.errors import WinbackError


class SettingsError(WinbackError):
    """The environment lacks something; the sentence says what to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where winback runs and whom it talks to. Tokens are never logged."""

    bot_token: str
    app_token: str
    signing_secret: str
    api_url: str
    database_url: str
    policy: Path
    host: str
    port: int
    clock_file: Path | None

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError naming the variable that is wrong, with an example."""
    clock = environment.get("WINBACK_CLOCK_FILE", "")
    return Settings(
        bot_token=environment.get("SLACK_BOT_TOKEN", ""),
        app_token=environment.get("SLACK_APP_TOKEN", ""),
        signing_secret=environment.get("SLACK_SIGNING_SECRET", ""),
        api_url=_with_slash(environment.get("SLACK_API_URL", "https://slack.com/api/")),
        database_url=_async_url(environment.get("DATABASE_URL", "sqlite:///winback.sqlite3")),
        policy=Path(environment.get("WINBACK_POLICY", "policy.toml")),
        host=environment.get("WINBACK_HOST", "127.0.0.1"),
        port=_port(environment.get("WINBACK_PORT", "8080")),
        clock_file=Path(clock) if clock else None,
    )


def require_slack(settings: Settings) -> None:
    """What `winback run` can't do without."""
    if not settings.bot_token:
        raise SettingsError("SLACK_BOT_TOKEN is not set. It starts with xoxb- and stands under OAuth & Permissions.")
    if not settings.app_token and not settings.signing_secret:
        raise SettingsError(
            "Set SLACK_APP_TOKEN (starts with xapp-, for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP). "
            "Both stand under Basic Information of the app."
        )


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):  # noqa: PLR2004 - the highest port there is
        raise SettingsError(f"WINBACK_PORT is a number from 0 to 65535, not {value!r}. For example: 8080.")
    return int(value)


def _async_url(url: str) -> str:
    """The URL with the driver we use, so that `postgres://…` as hosts hand it out works as it is."""
    for plain, driven in (
        ("postgres://", "postgresql+asyncpg://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("sqlite://", "sqlite+aiosqlite://"),
    ):
        if url.startswith(plain):
            return driven + url.removeprefix(plain)
    if url.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
        return url
    raise SettingsError(
        "DATABASE_URL names SQLite or Postgres, for example sqlite:///winback.sqlite3 "
        "or postgresql://winback:secret@db.example/winback."
    )
