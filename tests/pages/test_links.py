"""Links: what we made comes back as it was, and nothing else is believed."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages import PATH, Claim, ExportFile, Links, ReadoutPage, key_of
from winback.settings import SettingsError, from_environment

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LINKS = Links("https://winback.example", key_of("xoxb-1", "xapp-1"))
WHATS = st.builds(ReadoutPage, st.integers(0, 10**18 - 1)) | st.builds(
    ExportFile,
    st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True),
    st.sampled_from(["", "2026Q3", "30d", "2026-09", "2026-06-01..2026-06-30"]),
)
CLAIMS = st.builds(
    Claim,
    WHATS,
    st.from_regex(r"[UW][A-Z0-9]{1,20}", fullmatch=True),
    st.integers(0, 10**11 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
CLAIM = Claim(ReadoutPage(7), "U0MARCUS", AT)


def token(claim: Claim = CLAIM, links: Links = LINKS) -> str:
    return links.address(claim).removeprefix(links.url + PATH)


@given(CLAIMS)
def test_a_link_says_what_it_was_made_for(claim: Claim) -> None:
    assert LINKS.address(claim).startswith("https://winback.example/pages/")
    assert LINKS.read(token(claim)) == claim
    assert len(LINKS.address(claim)) < 300


@given(st.data())
def test_one_other_character_and_it_is_none_of_ours(data: st.DataObject) -> None:
    found = token()
    at = data.draw(st.integers(0, len(found) - 1))
    other = data.draw(st.characters().filter(lambda char: char != found[at]))
    assert LINKS.read(found[:at] + other + found[at + 1 :]) is None


@given(st.text(max_size=400) | st.from_regex(r"[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_garbage_is_none_of_ours(found: str) -> None:
    assert LINKS.read(found) is None


def test_its_parts_dont_fit_another() -> None:
    first, second = token(), token(replace(CLAIM, user="U0PRIYA"))
    assert LINKS.read(f"{first.partition('.')[0]}.{second.partition('.')[2]}") is None
    for cut in (first[:-1], first[1:], first + "A", first + "=", f"{first}\n", "", ".", "A" * 100_000):
        assert LINKS.read(cut) is None


@pytest.mark.parametrize(
    "text",
    [
        "readout|7|U1",
        "readout|-7|U1|1",
        "export|../x||U1|1",
        "readout|7|U1|9" + "9" * 12,
        "else|7|U1|1",
        "readout|7||1",
    ],
)
def test_what_another_version_has_signed_opens_nothing(text: str) -> None:
    written = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    assert LINKS.read(f"{written}.{LINKS._seal(written)}") is None


def test_only_the_same_secrets_make_the_same_key() -> None:
    assert key_of("a", "b") == key_of("a", "b")
    assert len({key_of("a", "b"), key_of("b", "a"), key_of("ab", ""), key_of("a", "bb"), key_of("aa", "b")}) == 5
    assert Links(LINKS.url, key_of("xoxb-1", "xapp-2")).read(token()) is None
    assert Links("https://elsewhere.example", LINKS.key).read(token()) == CLAIM


def test_without_a_key_nothing_is_made_or_believed() -> None:
    keyless = Links("https://winback.example", key_of("xoxb-1", ""))
    assert keyless.key == b""
    assert not keyless.can_be_made
    with pytest.raises(ValueError, match="no key"):
        keyless.address(CLAIM)
    written = token().partition(".")[0]
    assert keyless.read(f"{written}.{keyless._seal(written)}") is None
    assert not Links("", LINKS.key).can_be_made


def test_the_key_is_not_shown() -> None:
    assert "key" not in repr(LINKS)


class TestAddress:
    def links(self, url: str, **more: str) -> Links:
        given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", **more}
        return from_environment({**given, "WINBACK_URL": url}).links

    @pytest.mark.parametrize(
        ("url", "found"),
        [
            ("https://winback.example", "https://winback.example"),
            (" https://acme.example/winback/ ", "https://acme.example/winback"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("", ""),
        ],
    )
    def test_as_it_is_typed(self, url: str, found: str) -> None:
        assert self.links(url).url == found
        assert self.links(url).key == LINKS.key

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("winback.example", "is not a web address"),
            ("ftp://winback.example", "is not a web address"),
            ("https://", "is not a web address"),
            ("https://user:pass@winback.example", "is not a web address"),
            ("https://winback.example/?a=b", "is not a web address"),
            ("https://winback.example/#a", "is not a web address"),
            ("https://winback.example:99999", "is not a web address"),
            ("https://winback.example/<b>", "is not a web address"),
            ("https://[", "is not a web address"),
            ("https://" + "a" * 600, "is not a web address"),
            ("http://winback.example", "in the clear"),
        ],
    )
    def test_what_is_none_is_refused_with_an_example(self, url: str, words: str) -> None:
        with pytest.raises(SettingsError, match=words):
            self.links(url)

    def test_http_mode_has_a_key_too(self) -> None:
        over_http = self.links("", SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="s")
        assert over_http.key == key_of("xoxb-1", "s")
        assert self.links("", SLACK_APP_TOKEN="").key == b""
