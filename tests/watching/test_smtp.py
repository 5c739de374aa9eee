"""One mail to a real server: what it answered, and whether it may have the mail."""

import asyncio
import shutil
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from scheduler import smtp
from scheduler.smtp import Later, MailServer, Never, Outcome, Sent, Tls, Unsure, send
from tests.watching.mail_servers import mail_server


def mail(to: str = "priya@acme.example") -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "winback@acme.example", to, "Northwind needs you"
    found.set_content("Nobody has contacted Dana in 48 h.")
    return found


async def test_a_mail_arrives_as_it_was_sent() -> None:
    async with mail_server() as server:
        assert await send(server.at(), mail()) == Sent()
        (taken,) = server.mails
        assert taken["Subject"] == "Northwind needs you"
        assert taken.get_content().strip() == "Nobody has contacted Dana in 48 h."
        assert server.envelopes[0].rcpt_tos == ["priya@acme.example"]
        assert server.logins == []


@pytest.mark.parametrize(
    ("recipient", "content", "outcome"),
    [
        ("450 Try again", "250 OK", Later),
        ("550 No such user", "250 OK", Never),
        ("250 OK", "451 Try again", Later),
        ("250 OK", "554 We think it is spam", Never),
        ("250 OK", "cut", Unsure),
    ],
)
async def test_what_an_answer_means(recipient: str, content: str, outcome: type[Outcome]) -> None:
    async with mail_server() as server:
        server.to_recipient = recipient
        server.to_content = content
        assert isinstance(await send(server.at(), mail()), outcome)
        assert server.mails == []


async def test_a_login_is_made_and_a_wrong_one_is_tried_again_later() -> None:
    async with mail_server(password=b"right") as server:
        assert await send(server.at(user="winback", password="right"), mail()) == Sent()
        assert server.logins[-1] == (b"winback", b"right")
        assert isinstance(await send(server.at(user="winback", password="wrong"), mail()), Later)
        assert len(server.mails) == 1


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_nothing_travels_in_the_clear_where_tls_is_wanted(tls: Tls) -> None:
    """A server, or somebody between us and it, that offers no TLS gets neither mail nor password."""
    async with mail_server(password=b"right") as server:
        outcome = await send(MailServer("127.0.0.1", server.port, tls, "winback", "right"), mail())
        assert isinstance(outcome, Later)
        assert (server.mails, server.logins) == ([], [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that vouches for itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with; Debian: apt install openssl")
    both = tmp_path_factory.mktemp("tls") / "both.pem"
    key = both.with_name("key.pem")
    words = (
        f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here -addext subjectAltName=IP:127.0.0.1 -keyout {key}"
    )
    made = subprocess.run([openssl, *words.split()], check=True, capture_output=True, text=True, timeout=60)
    both.write_text(key.read_text("utf-8") + made.stdout, "utf-8")
    return both


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
@pytest.mark.parametrize("trusted", [True, False])
async def test_tls_with_a_server_that_somebody_vouches_for_or_nobody(
    certificate: Path, tls: Tls, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(certificate)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with mail_server(b"right", theirs, from_the_start=tls is Tls.TLS) as server:
        outcome = await send(MailServer("127.0.0.1", server.port, tls, "winback", "right"), mail())
        assert isinstance(outcome, Sent if trusted else Later)
        assert (len(server.mails), len(server.logins)) == ((1, 1) if trusted else (0, 0))


async def test_nobody_listens() -> None:
    async with mail_server() as server:
        nobody = server.at()
    assert isinstance(await send(nobody, mail()), Later)


@pytest.mark.parametrize("silent_after", [0, 1])
async def test_a_server_that_says_nothing_holds_nobody_up(silent_after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent from the start: it has nothing. Silent once we spoke: who knows."""
    monkeypatch.setattr(smtp, "SECONDS", 0.2)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if silent_after:
            writer.write(b"220 here\r\n")
            await reader.readline()
            writer.write(b"250 hello\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await send(MailServer("127.0.0.1", port, Tls.NONE), mail())
    assert isinstance(outcome, Unsure if silent_after else Later)
    server.close()


async def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SECONDS_IN_ALL", 0.3)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220-here\r\n")
        while not reader.at_eof():
            writer.write(b"220-and here\r\n")
            try:
                async with asyncio.timeout(0.05):
                    await reader.read(1)
            except TimeoutError:
                continue
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(5):
        assert isinstance(await send(MailServer("127.0.0.1", port, Tls.NONE), mail()), Later)
    server.close()


def test_a_password_is_not_shown() -> None:
    assert "hush" not in repr(MailServer("mail.example", 587, Tls.TLS, "winback", "hush"))
