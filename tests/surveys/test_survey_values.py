"""Single values as people and tools write them: what is read, and what is refused with which words."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.surveys import fields, times
from handlers.surveys.body import NotJson, parse
from handlers.surveys.generic import value_at
from handlers.surveys.names import SPELLINGS, guess, tidy
from recovery.errors import UnusableAnswer

NOW = datetime(2026, 9, 3, 14, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HUGE = 10**6000

READ: list[tuple[Callable[[object, str], object], object, object]] = [
    *(
        (fields.score, value, int(float(str(value))))
        for value in (0, 10, 7, 7.0, "7", " 7 ", "7.0", "07", "+7", "10.00")
    ),
    (fields.money, 180000, Decimal(180000)),
    (fields.money, 180000.5, Decimal("180000.50")),
    (fields.money, "180000", Decimal(180000)),
    (fields.money, "$180,000", Decimal(180000)),
    (fields.money, "180 000 €", Decimal(180000)),
    (fields.money, "180\u00a0000\u202f€", Decimal(180000)),
    (fields.money, "CHF 1'250'000.50", Decimal("1250000.50")),
    (fields.money, "1,250,000.5 usd", Decimal("1250000.5")),
    (fields.money, 0, Decimal(0)),
    (fields.email, "  Ana.Silva+NPS@Example.COM ", "ana.silva+nps@example.com"),
    (fields.email, "jörg@bücher.example", "jörg@bücher.example"),
    (fields.identifier, 5435, "5435"),
    (fields.identifier, 5435.0, "5435"),
    (fields.identifier, " abc ", "abc"),
    (fields.line, " Head\n of\tOps\u0000 ", "Head of Ops"),
    (fields.line, 7, "7"),
    (fields.line, "x" * 300, "x" * 254 + "…"),
    (fields.verbatim, "a\x00b\x1b[31m\r\nc\rd\te\u0085", "ab[31m\nc\nd\te"),
    (fields.verbatim, "half \ud83d and \ud83d\ude00", "half \ufffd and 😀"),
    (fields.verbatim, 5, "5"),
    (fields.link, " https://example.com/r?x=1 ", "https://example.com/r?x=1"),
    *((fields.yes_no, value, True) for value in (True, "TRUE", " yes ", 1, "1", "on")),
    *((fields.yes_no, value, False) for value in (False, "no", 0, "0", "off", "N")),
    (times.day, "2026-12-31", date(2026, 12, 31)),
    (times.day, "2026-12-31T23:30:00+02:00", date(2026, 12, 31)),
    (times.day, "2026/2/1", date(2026, 2, 1)),
    (times.day, 1_788_444_000, date(2026, 9, 3)),
    (times.day, "1788444000", date(2026, 9, 3)),
]


def each(
    read: Callable[[object, str], object], values: Iterable[object]
) -> list[tuple[Callable[[object, str], object], object]]:
    return [(read, value) for value in values]


REFUSED: list[tuple[Callable[[object, str], object], object]] = [
    *each(
        fields.score,
        (11, -1, True, False, None, [], {}, 7.5, "7.5", "7,0", "eleven", "", "1e1", "0x5", "\u0667", "\uff17"),
    ),
    *each(fields.score, (float("nan"), float("inf"), HUGE, "9" * 5000, "-0.5", "7/10", "10.5")),
    *each(fields.money, (-1, "-5", True, None, [], "180k", "1.234.567", "180.000", "1,80", "1e9")),
    *each(fields.money, (float("nan"), float("inf"), HUGE, 10**12, "9" * 400, "$", "12,34,567", "\u0663")),
    *each(fields.email, ("ana", "ana@", "@x.com", "a b@x.com", "a@b", "a@x.com, b@x.com", "A <a@x.com>")),
    *each(fields.email, ("{{contact.email}}", 5, [], "a@x.c\u0000om", "a" * 250 + "@x.com", "a@x.\u202ecom")),
    *each(fields.identifier, ("", "  ", None, True, [], {}, HUGE)),
    *each(fields.line, ([], {}, True, HUGE)),
    *each(fields.link, ("javascript:alert(1)", "ftp://x", "https://", "https://[", "http://a b", "x" * 3000, 5)),
    *each(fields.yes_no, (2, "maybe", [], {}, None, HUGE, 0.5)),
    *each(times.day, ("2026-02-30", "soon", "", 5, True, [], "03/09/2026", "9999-12-31", HUGE, 1e300)),
    *each(times.day, (float("nan"), "1" * 400, "0001-01-01")),
]


@pytest.mark.parametrize(("read", "value", "expected"), READ, ids=count())
def test_read(read: Callable[[object, str], object], value: object, expected: object) -> None:
    found = read(value, "its label")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("read", "value"), REFUSED, ids=count())
def test_refused(read: Callable[[object, str], object], value: object) -> None:
    with pytest.raises(UnusableAnswer) as refusal:
        read(value, "its label")
    sentence = refusal.value.sentence
    assert sentence.startswith("its label is ")
    assert "; expected " in sentence
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 200


MOMENTS = [
    (1_788_444_000, None, "", "2026-09-03T14:00:00"),
    (1_788_444_000.5, None, "", "2026-09-03T14:00:00.500000"),
    (1_788_444_000_000, None, "", "2026-09-03T14:00:00"),
    ("1788444000", None, "", "2026-09-03T14:00:00"),
    ("2026-09-03T16:00:00+02:00", None, "", "2026-09-03T14:00:00"),
    ("2026-09-03T14:00:00Z", None, "", "2026-09-03T14:00:00"),
    ("2026-09-03T14:00:00.123456789Z", None, "", "2026-09-03T14:00:00.123456"),
    ("2026-09-03 14:00:00 UTC", None, "", "2026-09-03T14:00:00"),
    ("2026-09-03 16:00:00 +0200", None, "", "2026-09-03T14:00:00"),
    ("2026/9/3 14:00 GMT", None, "", "2026-09-03T14:00:00"),
    ("2026-09-03 14:05", BERLIN, "", "2026-09-03T12:05:00"),
    ("2026-09-03", BERLIN, "", "2026-09-02T22:00:00"),
    ("03/09/2026 14:05", BERLIN, "dmy", "2026-09-03T12:05:00"),
    ("03.09.2026", BERLIN, "dmy", "2026-09-02T22:00:00"),
    ("9/3/2026, 2:05:30 pm", BERLIN, "mdy", "2026-09-03T12:05:30"),
    ("9/3/2026 12:05 AM", BERLIN, "mdy", "2026-09-02T22:05:00"),
    # The hour that the clocks skip, and the one that comes twice: the first one is meant.
    ("2026-03-29 02:30", BERLIN, "", "2026-03-29T01:30:00"),
    ("2025-10-26 02:30", BERLIN, "", "2025-10-26T00:30:00"),
    # An offset in the text counts more than the zone of the file.
    ("2026-09-03T16:00:00+02:00", ZoneInfo("Asia/Tokyo"), "", "2026-09-03T14:00:00"),
    ("2026-09-03T14:14:59Z", None, "", "2026-09-03T14:14:59"),
]


@pytest.mark.parametrize(("value", "zone", "date_format", "expected"), MOMENTS)
def test_moment(value: object, zone: ZoneInfo | None, date_format: str, expected: str) -> None:
    found = times.moment(value, "its label", NOW, zone=zone, date_format=date_format)
    assert found.isoformat() == expected + "+00:00"


NO_TIMES: list[object] = ["", "soon", True, None, [], {}, -5, HUGE, 1e300, float("nan"), "1" * 500, "\ud800", "T" * 300]


@pytest.mark.parametrize(
    ("value", "zone", "date_format", "words"),
    [
        ("2026-09-03 14:05", None, "", "with its zone, such as 2026-09-03T14:05:00+02:00"),
        ("2026-09-03", None, "", "with its zone"),
        ("03/09/2026", BERLIN, "", "which comes first"),
        ("13/13/2026", BERLIN, "dmy", "epoch seconds or a time such as"),
        ("9/3/2026 13:05 PM", BERLIN, "mdy", "epoch seconds or a time such as"),
        ("9/3/26", BERLIN, "mdy", "epoch seconds or a time such as"),
        ("2026-09-03T14:15:01Z", None, "", "not in the future"),
        (1_788_444_901, None, "", "not in the future"),
        ("2016-09-01T00:00:00Z", None, "", "within the last ten years"),
        (0, None, "", "within the last ten years"),
        ("9999-12-31T23:59:59-14:00", None, "", "epoch seconds or a time such as"),
        ("0001-01-01T00:00:00+14:00", None, "", "epoch seconds or a time such as"),
        *((value, BERLIN, "dmy", "epoch seconds or") for value in NO_TIMES),
    ],
    ids=count(),
)
def test_no_moment(value: object, zone: ZoneInfo | None, date_format: str, words: str) -> None:
    with pytest.raises(UnusableAnswer) as refusal:
        times.moment(value, "its label", NOW, zone=zone, date_format=date_format)
    assert words in refusal.value.sentence


@given(st.datetimes(min_value=datetime(2017, 1, 1), max_value=datetime(2026, 9, 1)), st.timezones())  # noqa: DTZ001 -- the zone is the second input
def test_a_time_survives_being_written_in_any_zone(naive: datetime, zone: ZoneInfo) -> None:
    at = naive.replace(tzinfo=UTC)
    local = at.astimezone(zone)
    if local.utcoffset() == timedelta(seconds=round((local.utcoffset() or timedelta()).total_seconds() / 60) * 60):
        assert times.moment(local.isoformat(), "its label", NOW) == at


JSON_REFUSED = [
    (b"", "empty"),
    (b" \n", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (b"{", "line 1, column"),
    (b'{"a":1} x', "line 1, column"),
    (b"score=7", "line 1, column 1"),
    (b'{"a":"\xff"}', "UTF-8 text (byte 7)"),
    ('{"score":7}'.encode("utf-16"), "UTF-8"),
    (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
    (b'{"a":NaN}', "NaN"),
    (b'{"a":-Infinity}', "-Infinity"),
    (b'{"a":1e999}', "too large"),
    (b"9" * 5000, "too many digits"),
    (b"[" * 65 + b"]" * 65, "deeper than 64"),
    (b"[" * 100_000, "deeper than 64"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 64"),
    (b"[" * 70, "line 1, column"),
]


@pytest.mark.parametrize(("body", "words"), JSON_REFUSED, ids=count())
def test_not_json(body: bytes, words: str) -> None:
    with pytest.raises(NotJson) as refusal:
        parse(body)
    assert words in refusal.value.sentence
    assert len(refusal.value.sentence) < 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b' [1, 2.5, "x", null] ', [1, 2.5, "x", None]),
        (b'{"a":"\\ud800"}', {"a": "\ud800"}),
        (b"[" * 64 + b"]" * 64, None),
        (b'"' + b"[" * 1000 + b'"', "[" * 1000),
        (b"[" + b"[]," * 5000 + b"[]]", [[]] * 5001),
    ],
)
def test_json(body: bytes, expected: object) -> None:
    value = parse(body)
    assert value == expected if expected is not None else isinstance(value, list)


@given(st.binary())
def test_any_bytes_are_json_or_not(body: bytes) -> None:
    with contextlib.suppress(NotJson):
        parse(body)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", {"b": [{"c": 5}]}),
        ("a.b.0.c", 5),
        (r"d\.e", 6),
        (r"d\.e.f", None),
        ("a.b.1", None),
        ("a.b.-1", None),
        ("a.b.x", None),
        ("a.b." + "9" * 5000, None),
        ("a.b.\u0660", None),
        ("7", "digits are keys too"),
        ("nowhere", None),
        ("", None),
    ],
)
def test_paths(path: str, expected: object) -> None:
    found = value_at({"a": {"b": [{"c": 5}]}, "d.e": 6, "7": "digits are keys too"}, path)
    assert found == expected if expected is not None else not isinstance(found, int | str | dict)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Account-Name", "account_name"),
        ("accountName", "account_name"),
        (" ACCOUNT  NAME ", "account_name"),
        ("E-Mail", "e_mail"),
        ("Submit Date (UTC)", "submit_date_utc"),
        ("RecordedDate", "recorded_date"),
        ("", ""),
    ],
)
def test_tidy(name: str, expected: str) -> None:
    assert tidy(name) == expected


def test_no_spelling_means_two_things() -> None:
    every = [spelling for spellings in SPELLINGS.values() for spelling in spellings]
    assert sorted(every) == sorted(set(every))
    assert every == [tidy(spelling) for spelling in every]


def test_one_question_is_not_both_score_and_comment() -> None:
    assert guess(["How likely are you to recommend us? Tell us more"]) == {
        "score": "How likely are you to recommend us? Tell us more"
    }


def test_guess_uses_each_name_once_and_prefers_the_plain_one() -> None:
    headers = ["ID", "CSM Email", "Email", "Rating", "NPS", "Company", "Customer", "Date", "Colour"]
    assert guess(headers) == {
        "score": "NPS",
        "response_id": "ID",
        "responded_at": "Date",
        "email": "Email",
        "account_name": "Company",
        "csm_email": "CSM Email",
    }
