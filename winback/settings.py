"""Everything the environment says, read once at the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.pages import Links, key_of
from recovery.errors import WinbackError
from scheduler.smtp import MailServer, Tls

MAIL_PORTS = {Tls.STARTTLS: "587", Tls.TLS: "465", Tls.NONE: "25"}
# A path is fine, for a proxy that serves others too; Slack takes 3,000 characters in a button, the token included.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9:/._~\[\]-]{1,500}", re.ASCII)
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


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
    mail: MailServer | None = None
    heartbeat_url: str = ""
    url: str = ""

    @property
    def links(self) -> Links:
        """For pages that a browser opens; the key is made of what no bot runs without, so all replicas have it."""
        return Links(self.url, key_of(self.bot_token, self.app_token or self.signing_secret))

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
        port=_port("WINBACK_PORT", environment.get("WINBACK_PORT", "8080")),
        clock_file=Path(clock) if clock else None,
        mail=_mail(environment),
        heartbeat_url=_address(environment.get("WINBACK_HEARTBEAT_URL", "").strip()),
        url=_public(environment.get("WINBACK_URL", "").strip()),
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


def _port(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):  # noqa: PLR2004 - the highest port there is
        raise SettingsError(f"{name} is a number from 0 to 65535, not {value!r}. For example: 8080.")
    return int(value)


def _mail(environment: Mapping[str, str]) -> MailServer | None:
    """The server that takes our mail; None where no host is named."""
    host = environment.get("WINBACK_SMTP_HOST", "").strip()
    tls = environment.get("WINBACK_SMTP_TLS", "").strip().lower() or Tls.STARTTLS.value
    user = environment.get("WINBACK_SMTP_USER", "")
    password = environment.get("WINBACK_SMTP_PASSWORD", "")
    if tls not in {each.value for each in Tls}:
        raise SettingsError(f"WINBACK_SMTP_TLS is starttls, tls or none, not {tls!r}. For example: starttls.")
    port = _port("WINBACK_SMTP_PORT", environment.get("WINBACK_SMTP_PORT", "").strip() or MAIL_PORTS[Tls(tls)])
    if not host:
        return None
    if bool(user) is not bool(password):
        raise SettingsError("Set both WINBACK_SMTP_USER and WINBACK_SMTP_PASSWORD, or neither.")
    if user and tls == Tls.NONE and host not in HERE:
        raise SettingsError(
            "With WINBACK_SMTP_TLS=none the password would travel in the clear. Use starttls or tls, or no user."
        )
    return MailServer(host=host, port=port, tls=Tls(tls), user=user, password=password)


def _address(url: str) -> str:
    """The heartbeat's address. It is a secret of its own, so a wrong one is not repeated."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if url and not fits:
        raise SettingsError(
            "WINBACK_HEARTBEAT_URL is not a web address. For example: https://monitor.example/ping/your-key."
        )
    return url


def _public(url: str) -> str:
    """The address at which browsers reach us, without a slash at its end; "" where there is none."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        parts, fits = urlsplit(""), False
    if not fits or "@" in parts.netloc or parts.query or parts.fragment or not _PLAIN_ADDRESS.fullmatch(url):
        raise SettingsError(f"WINBACK_URL is not a web address, {url!r}. For example: https://winback.example.")
    if parts.scheme == "http" and parts.hostname not in HERE:
        raise SettingsError("With http in WINBACK_URL customers' words would travel in the clear. Use https.")
    return url.rstrip("/")


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
