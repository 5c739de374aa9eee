"""Who may hand in an answer: the vectors of docs, then everything a forger or a bad proxy might send."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.surveys import AUTHS, SourceOptions, WrongSignature, verify

BODY = b'{"hello":"nps"}'
SECRET = "test-secret"
WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
THEN = datetime.fromtimestamp(1_700_000_000, UTC)
DELIGHTED = SourceOptions("delighted")
TYPEFORM = SourceOptions("typeform")
STANDARD = SourceOptions("generic", auth="standard-webhooks")
BEARER = SourceOptions("generic", auth="bearer")
HEX = "0fb7f61f786e52f2f63f4c6581345840d54728dfd4dd1ae37f3146488d34e1bf"
B64 = "D7f2H3huUvL2P0xlgTRYQNVHKN/U3RrjfzFGSI004b8="
V1 = "v1,djN5kcUGN+elQ0oM5Ajfsb4ZPdzYgLgdCJNirRMIhBw="


def delighted(value: str) -> dict[str, str]:
    return {"x-delighted-webhook-signature": value}


def typeform(value: str) -> dict[str, str]:
    return {"typeform-signature": value}


def standard(signature: str = V1, timestamp: str = "1700000000", message: str = "msg_1") -> dict[str, str]:
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": signature}


GOOD: list[tuple[SourceOptions, Mapping[str, str], str]] = [
    (DELIGHTED, delighted(f"sha256={HEX}"), SECRET),
    (DELIGHTED, delighted(f"sha256={HEX.upper()}"), SECRET),
    (DELIGHTED, delighted(f"sha256={HEX}"), f"new-secret, {SECRET}"),
    (TYPEFORM, typeform(f"sha256={B64}"), SECRET),
    (TYPEFORM, typeform(f"sha256={B64}"), f"{SECRET},old"),
    (STANDARD, standard(), WHSEC),
    (STANDARD, standard(), WHSEC.rstrip("=")),
    (STANDARD, standard(f"v1a,AAAA {'v1,' + B64} {V1}"), WHSEC),
    (STANDARD, standard(), f"whsec_{base64.b64encode(b'another').decode()},{WHSEC}"),
    # A secret without the prefix is the key itself.
    (STANDARD, standard(), "0123456789abcdef01234567"),
    (BEARER, {"authorization": f"Bearer {SECRET}"}, SECRET),
    (BEARER, {"authorization": f"bearer  {SECRET} "}, SECRET),
    (BEARER, {"authorization": f"Bearer {SECRET}"}, f"new,{SECRET}"),
]


@pytest.mark.parametrize(("options", "headers", "secret"), GOOD)
def test_genuine(options: SourceOptions, headers: Mapping[str, str], secret: str) -> None:
    verify(options, BODY, headers, secret, THEN)


@pytest.mark.parametrize(("options", "headers", "secret"), GOOD)
def test_one_changed_thing_is_refused(options: SourceOptions, headers: Mapping[str, str], secret: str) -> None:
    if options is not BEARER:
        refused(options, headers, secret, body=BODY.replace(b"nps", b"npz"))
        refused(options, headers, secret, body=b"")
    refused(options, headers, secret="another")
    for name in headers:
        refused(options, {**headers, name: ""}, secret)
        refused(options, {key: value for key, value in headers.items() if key != name}, secret)


def refused(
    options: SourceOptions,
    headers: Mapping[str, str],
    secret: str = SECRET,
    body: bytes = BODY,
    now: datetime = THEN,
) -> str:
    with pytest.raises(WrongSignature) as refusal:
        verify(options, body, headers, secret, now)
    sentence = refusal.value.sentence
    assert sentence.endswith(".")
    assert HEX not in sentence
    assert B64 not in sentence
    return sentence


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "sha256", "sha256=", HEX, f"sha1={HEX}", f"SHA256={HEX}", f"sha256={HEX[:-1]}"),
        *(f"sha256={HEX}00", f"sha256={'0' * 64}", "sha256=\u0660" * 64, f"sha256={HEX}é", "sha256=\udc80", "x" * 9000),
        *(f"sha256={B64}", f"sha256= {HEX}", f"sha256={HEX[:-1]}g"),
    ],
)
def test_bad_delighted_header(value: str) -> None:
    refused(DELIGHTED, delighted(value))


@pytest.mark.parametrize(
    "value",
    ["", "sha256=", B64, f"sha512={B64}", f"sha256={B64[:-1]}", f"sha256={HEX}", f"sha256={B64}é", "sha256=\udc80"],
)
def test_bad_typeform_header(value: str) -> None:
    refused(TYPEFORM, typeform(value))


@pytest.mark.parametrize(
    "headers",
    [
        standard(""),
        standard("v1,"),
        standard("v1"),
        standard(V1.removeprefix("v1,")),
        standard(V1.replace("v1,", "v2,")),
        standard(V1.replace("v1,", "v1a,")),
        standard(f"v1, {V1.removeprefix('v1,')}"),
        standard("v1,é"),
        standard(timestamp=""),
        standard(timestamp="yesterday"),
        standard(timestamp="1700000000.0"),
        standard(timestamp="-1700000000"),
        standard(timestamp="17000000000000000000"),
        standard(timestamp="\u0661\u0667\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660"),
        standard(timestamp="1700000001"),
        standard(message="msg_2"),
        standard(message="msg_é"),
    ],
)
def test_bad_standard_headers(headers: Mapping[str, str]) -> None:
    refused(STANDARD, headers, WHSEC)


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_standard_timestamp_tolerance(seconds: int, fits: bool) -> None:
    now = THEN + timedelta(seconds=seconds)
    if fits:
        verify(STANDARD, BODY, standard(), WHSEC, now)
    else:
        assert "five minutes" in refused(STANDARD, standard(), WHSEC, now=now)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Basic {SECRET}",
        SECRET,
        f"Bearer{SECRET}",
        "Bearer test-secre",
        "Bearer é",
        "Bearer x,y",
    ],
)
def test_bad_bearer_header(value: str) -> None:
    refused(BEARER, {"authorization": value})


@pytest.mark.parametrize("options", [DELIGHTED, TYPEFORM, STANDARD, BEARER])
@pytest.mark.parametrize("secret", ["", " ", ",", " , ,"])
def test_no_secret_trusts_nobody(options: SourceOptions, secret: str) -> None:
    empty_key = hmac.digest(b"", BODY, hashlib.sha256)
    headers = {
        **delighted(f"sha256={empty_key.hex()}"),
        **typeform(f"sha256={base64.b64encode(empty_key).decode()}"),
        **standard("v1," + base64.b64encode(hmac.digest(b"", b"msg_1.1700000000." + BODY, hashlib.sha256)).decode()),
        "authorization": "Bearer ",
    }
    refused(options, headers, secret)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64", "whsec_é", "whsec_A"])
def test_a_broken_standard_secret_says_so(secret: str) -> None:
    assert "whsec_" in refused(STANDARD, standard(), secret)


@pytest.mark.parametrize("auth", ["", "none", "Bearer", "standard"])
def test_unknown_auth_trusts_nobody(auth: str) -> None:
    assert "bearer" in refused(SourceOptions("generic", auth=auth), {"authorization": f"Bearer {SECRET}"})


def test_a_tool_that_signs_can_not_be_opened_with_a_token() -> None:
    refused(SourceOptions("delighted", auth="bearer"), {"authorization": f"Bearer {SECRET}"})


@given(
    options=st.sampled_from([DELIGHTED, TYPEFORM, *(SourceOptions("generic", auth=auth) for auth in AUTHS)]),
    headers=st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(
                st.text(), st.from_regex(r"(sha256=|v1,|Bearer )[\w+/= ]*", fullmatch=True), st.just("1700000000")
            )
            for name in (*delighted(""), *typeform(""), *standard(""), "authorization")
        },
    ),
    secret=st.text(min_size=8),
    body=st.binary(),
)
def test_nothing_but_a_refusal_comes_of_noise(
    options: SourceOptions, headers: Mapping[str, str], secret: str, body: bytes
) -> None:
    refused(options, headers, secret, body)
