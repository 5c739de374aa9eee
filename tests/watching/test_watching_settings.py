"""What the environment says about mail and the heartbeat."""

import pytest

from scheduler.smtp import MailServer, Tls
from winback.settings import SettingsError, from_environment

HOST = {"WINBACK_SMTP_HOST": "mail.acme.example"}
LOGIN = {"WINBACK_SMTP_USER": "winback", "WINBACK_SMTP_PASSWORD": "hush"}


@pytest.mark.parametrize(
    ("variables", "server"),
    [
        ({}, None),
        ({"WINBACK_SMTP_HOST": "  "}, None),
        (LOGIN, None),
        (HOST, MailServer("mail.acme.example", 587, Tls.STARTTLS)),
        ({**HOST, "WINBACK_SMTP_PORT": ""}, MailServer("mail.acme.example", 587, Tls.STARTTLS)),
        ({**HOST, "WINBACK_SMTP_TLS": "TLS"}, MailServer("mail.acme.example", 465, Tls.TLS)),
        ({**HOST, "WINBACK_SMTP_TLS": "none"}, MailServer("mail.acme.example", 25, Tls.NONE)),
        (
            {**HOST, "WINBACK_SMTP_PORT": "2525", **LOGIN},
            MailServer("mail.acme.example", 2525, user="winback", password="hush"),
        ),
        (
            {"WINBACK_SMTP_HOST": "127.0.0.1", "WINBACK_SMTP_TLS": "none", **LOGIN},
            MailServer("127.0.0.1", 25, Tls.NONE, "winback", "hush"),
        ),
    ],
)
def test_mail(variables: dict[str, str], server: MailServer | None) -> None:
    assert from_environment(variables).mail == server


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {**HOST, "WINBACK_SMTP_TLS": "yes"},
            "WINBACK_SMTP_TLS is starttls, tls or none, not 'yes'. For example: starttls.",
        ),
        ({**HOST, "WINBACK_SMTP_PORT": "smtp"}, "WINBACK_SMTP_PORT is a number from 0 to 65535, not 'smtp'."),
        ({**HOST, "WINBACK_SMTP_USER": "winback"}, "Set both WINBACK_SMTP_USER and WINBACK_SMTP_PASSWORD, or neither."),
        ({**HOST, "WINBACK_SMTP_PASSWORD": "hush"}, "Set both"),
        ({**HOST, **LOGIN, "WINBACK_SMTP_TLS": "none"}, "the password would travel in the clear"),
        ({"WINBACK_HEARTBEAT_URL": "monitor.example/ping"}, "WINBACK_HEARTBEAT_URL is not a web address."),
        ({"WINBACK_HEARTBEAT_URL": "ftp://monitor.example/secret-key"}, "WINBACK_HEARTBEAT_URL is not a web address."),
        ({"WINBACK_HEARTBEAT_URL": "https://"}, "not a web address"),
        ({"WINBACK_HEARTBEAT_URL": "https://[::1"}, "not a web address"),
        ({"WINBACK_HEARTBEAT_URL": "https://monitor.example:99999/"}, "not a web address"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment(variables)
    assert sentence in refused.value.sentence
    assert not {"hush", "secret-key"} & set(refused.value.sentence.replace("/", " ").split())


@pytest.mark.parametrize("url", ["", "https://monitor.example/ping/k", "http://127.0.0.1:8000/p", "http://[::1]:80/p"])
def test_heartbeat(url: str) -> None:
    assert from_environment({"WINBACK_HEARTBEAT_URL": url}).heartbeat_url == url
