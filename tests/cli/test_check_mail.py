"""`winback check` and the last resort: both halves, one, none, and a server that does not take us."""

from pathlib import Path

import pytest

from tests.cli.command import winback
from tests.cli.test_check import installed
from tests.support.story import POLICY
from tests.watching.mail_servers import mail_server

WITHOUT = POLICY.read_text("utf-8").partition("[mail]")[0]
WITH = WITHOUT + '\n[mail]\nfrom = "winback@acme.example"\n'
LOGIN = {"WINBACK_SMTP_USER": "winback", "WINBACK_SMTP_PASSWORD": "hush"}


@pytest.mark.parametrize(
    ("policy", "named", "password", "line"),
    [
        (WITHOUT, False, "", ""),
        (
            WITH,
            True,
            "",
            "✓ fine      What Slack does not take goes out by mail through 127.0.0.1, from winback@acme.example.",
        ),
        (WITH, True, "hush", "✓ fine      What Slack does not take goes out by mail through 127.0.0.1"),
        (WITH, True, "another", "✗ needs you The mail server 127.0.0.1 at port PORT can't be used"),
        (WITH, False, "", "✗ needs you The policy wants mail from winback@acme.example, but the other half is missing"),
        (WITHOUT, True, "", "✗ needs you The mail server 127.0.0.1 is set, but the other half is missing"),
    ],
)
async def test_mail(tmp_path: Path, policy: str, named: bool, password: str, line: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(policy, "utf-8")
    async with installed(tmp_path) as (_, variables), mail_server(password.encode()) as server:
        changed = {**variables, "WINBACK_POLICY": str(file)}
        if named:
            more = {"WINBACK_SMTP_HOST": "127.0.0.1", "WINBACK_SMTP_PORT": str(server.port), "WINBACK_SMTP_TLS": "none"}
            changed |= more | (LOGIN if password else {})
        done = await winback(changed, "check")
        lines = [each for each in done.out.splitlines() if str(tmp_path) not in each]
        mails = [each for each in lines if "mail" in each]
        assert len(mails) == bool(line)
        assert not line or mails[0].startswith(line.replace("PORT", str(server.port)))
        assert "hush" not in "".join(lines) + done.err
        assert server.mails == []
        assert done.code == (1 if line.startswith("✗") else 0)
