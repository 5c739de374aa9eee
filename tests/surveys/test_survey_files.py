"""Files of answers as people export them: encodings, delimiters, quotes, dates, rows that can't be read."""

import csv
import dataclasses
import io
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.surveys import SourceOptions
from handlers.surveys.csv_file import RowRead, guess_columns, read_answers, read_headers
from handlers.surveys.table import UnusableFile
from recovery.survey import Account, Contact, SurveyResponse

FIXTURES = Path(__file__).parent / "fixtures" / "csv"
RECEIVED = datetime(2026, 9, 4, 8, 0, tzinfo=UTC)
PLAIN = SourceOptions("generic")
BERLIN = SourceOptions("generic", zone=ZoneInfo("Europe/Berlin"), date_format="dmy")


def rows(
    text: str | bytes, options: SourceOptions = BERLIN, columns: Mapping[str, str] = MappingProxyType({})
) -> list[RowRead]:
    stream = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return list(read_answers(stream, options, columns, "import", received_at=RECEIVED))


def fixture(name: str, options: SourceOptions) -> list[RowRead]:
    with (FIXTURES / name).open("rb") as stream:
        found = list(read_answers(stream, options, {}, "import", received_at=RECEIVED))
        assert not stream.closed
    return found


def test_every_fixture_is_used() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {
        "export.csv",
        "semicolons_windows.csv",
        "tabs_utf16.txt",
        "excel_hint_bom.csv",
    }


def test_an_export_with_good_and_bad_rows() -> None:
    at = datetime(2026, 8, 30, 9, 15, tzinfo=UTC)
    assert fixture("export.csv", PLAIN) == [
        RowRead(
            2,
            SurveyResponse(
                source="import",
                response_id="d-1",
                score=3,
                responded_at=at,
                version_at=at,
                contact=Contact("ines.okafor@northwind.example", "Ines Okafor", "ines.okafor@northwind.example"),
                verbatim='Slow exports, every "Monday"\nand nobody answers',
                account=Account("northwind traders", "Northwind Traders", acv=Decimal(180000)),
                role="Head of Operations",
            ),
        ),
        RowRead(
            5,
            SurveyResponse(
                source="import",
                response_id="d-2",
                score=9,
                responded_at=datetime(2026, 8, 31, 8, 0, tzinfo=UTC),
                version_at=datetime(2026, 8, 31, 8, 0, tzinfo=UTC),
                contact=Contact("sam@fabrikam.example", "Sam Adeyemi", "sam@fabrikam.example"),
                account=Account("fabrikam", "Fabrikam"),
            ),
        ),
        RowRead(6, None, 'score (NPS Score) is "eleven"; expected a whole number from 0 to 10.'),
        RowRead(7, None, "Left out: no score yet."),
        RowRead(8, None, "The row has 10 cells under 9 column names; put quotes around its text."),
        RowRead(9, None, "responded_at (Date) is empty; expected epoch seconds or a time such as "
                         "2026-09-03T14:05:00+02:00."),
    ]  # fmt: skip


def test_semicolons_in_the_windows_encoding() -> None:
    first, second, third = [row.answer for row in fixture("semicolons_windows.csv", BERLIN)]
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.verbatim == "Zu träge, seit dem Update für „alle“"
    assert first.contact.email == "jörg@bücher.example"
    assert first.account == Account("bücher & söhne", "Bücher & Söhne")
    assert first.responded_at == datetime(2026, 9, 3, 12, 5, tzinfo=UTC)
    # Two people without address said the same: two answers.
    assert (second.score, third.score) == (10, 10)
    assert second.response_id != third.response_id
    assert second.contact.key != third.contact.key


def test_tabs_in_utf_16() -> None:
    [row] = fixture("tabs_utf16.txt", BERLIN)
    assert row.answer is not None
    assert (row.answer.score, row.answer.verbatim) == (0, "もう使いません")
    assert row.answer.account == Account("proseware 株式会社", "Proseware 株式会社")


def test_a_byte_order_mark_and_the_hint_for_excel() -> None:
    [row] = fixture("excel_hint_bom.csv", BERLIN)
    assert row.line == 3
    assert row.answer is not None
    assert row.answer.responded_at == datetime(2026, 8, 31, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["export.csv", "semicolons_windows.csv", "tabs_utf16.txt", "excel_hint_bom.csv"])
def test_a_second_reading_gives_the_same_ids(name: str) -> None:
    assert fixture(name, BERLIN) == fixture(name, BERLIN)


ANSWER = "Score,Email,Date\n4,ana@example.com,2026-09-01\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(delimiter: str, encoding: str, line_end: str) -> None:
    text = 'Score|Why?|Email|Date\n4|"Größe; a,b\tc"|ana@example.com|2026-09-01\n\n5||li@example.com|2026-09-01\n'
    found = rows(text.replace("|", delimiter).replace("\n", line_end).encode(encoding))
    assert [row.line for row in found] == [2, 4]
    assert [row.answer and row.answer.verbatim for row in found] == ["Größe; a,b\tc", ""]


def test_one_stray_byte_spoils_only_itself() -> None:
    [row] = rows(b"Score,Comment,Date\n4,\xc3\xa9t\xe9,2026-09-01\n")
    assert row.answer is not None
    assert row.answer.verbatim == "été"


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        (b"", {}, "The file is empty"),
        (b"\n\n  \n", {}, "The file is empty"),
        (b"\xff\xfe", {}, "The file is empty"),
        (b"sep=;\n", {}, "The file is empty"),
        ("Colour,Date\nred,2026-09-01\n", {}, "No column tells the score"),
        ("Score,Colour\n4,red\n", {}, "No column tells the day or time of the answer"),
        (ANSWER, {"score": "NPS", "responded_at": "Date"}, 'no column "NPS". It has: "Score", "Email", "Date".'),
        (ANSWER, {"scroe": "Score"}, '"scroe" is no field of an answer'),
        ("Score,Score,Date\n4,5,2026-09-01\n", {"score": "Score", "responded_at": "Date"}, "twice"),
        ('"Score,Date\n4,2026-09-01\n', {}, "can't be read as column names"),
    ],
)
def test_a_file_that_is_no_use(text: str | bytes, columns: dict[str, str], words: str) -> None:
    with pytest.raises(UnusableFile) as refusal:
        rows(text, columns=columns)
    assert words in refusal.value.sentence


def test_columns_by_name_whatever_their_case_and_spaces() -> None:
    text = "Likely  to\trecommend,Wann\n4,2026-09-01\n"
    [row] = rows(text.replace("\t", " "), columns={"score": "likely to Recommend", "responded_at": " wann "})
    assert row.answer is not None
    assert row.answer.score == 4


def test_a_quote_that_is_never_closed_loses_no_row_silently() -> None:
    found = rows('Score,Comment,Date\n1,fine,2026-09-01\n2,"never closed,2026-09-01\n3,lost,2026-09-01\n')
    assert found[0].answer is not None
    assert [(row.line, row.refused[:24]) for row in found[1:]] == [(3, "This row can't be read (")]


def test_a_cell_beyond_the_limit_of_the_reader() -> None:
    found = rows(f"Score,Comment,Date\n1,{'x' * 200_000},2026-09-01\n2,fine,2026-09-01\n")
    assert [row.answer is None for row in found] == [True, False]
    assert csv.field_size_limit() == 131_072


def test_a_row_that_is_cut_short() -> None:
    found = rows("Score,Date,Comment,Email\n4,2026-09-01\n4\n")
    assert found[0].answer is not None
    assert found[1].refused.startswith("responded_at is empty; expected")


@pytest.mark.parametrize("twin", ["4,ana@example.com,2026-09-01\n", " 4.0,ANA@example.com ,01.09.2026\n"])
def test_one_person_one_score_one_day_is_one_answer(twin: str) -> None:
    first, second = rows(ANSWER + twin)
    assert first.answer is not None
    assert second.answer is not None
    assert first.answer == second.answer


def test_an_edited_comment_is_the_same_answer() -> None:
    first, second = rows(
        "Score,Email,Date,Comment\n4,a@example.com,2026-09-01,slow\n4,a@example.com,2026-09-01,Slow!\n"
    )
    assert first.answer is not None
    assert second.answer is not None
    assert first.answer.response_id == second.answer.response_id


@pytest.mark.parametrize(
    "other",
    ["5,ana@example.com,2026-09-01\n", "4,li@example.com,2026-09-01\n", "4,ana@example.com,2026-09-02\n"],
)
def test_another_score_person_or_day_is_another_answer(other: str) -> None:
    first, second = rows(ANSWER + other)
    assert first.answer is not None
    assert second.answer is not None
    assert first.answer.response_id != second.answer.response_id


def test_other_metrics_and_tests_are_left_out() -> None:
    found = rows("Score,Date,Survey type,Test\n4,2026-09-01,csat,\n4,2026-09-01,NPS,yes\n4,2026-09-01,nps,no\n")
    assert [row.refused for row in found] == [
        "Left out: another metric than NPS: csat.",
        "Left out: a test delivery.",
        "",
    ]


def test_days_need_to_be_told_which_comes_first() -> None:
    text = "Score,Date,Renewal date\n4,03/09/2026,31/12/2026\n"
    [told] = rows(text)
    assert told.answer is not None
    assert told.answer.account is not None
    assert told.answer.account.renewal_date == date(2026, 12, 31)
    [untold] = rows(text, dataclasses.replace(BERLIN, date_format=""))
    assert "date_format" in untold.refused
    [wrong] = rows(text, dataclasses.replace(BERLIN, date_format="mdy"))
    assert wrong.refused == 'renewal_date (Renewal date) is "31/12/2026"; expected a day such as 2026-12-31.'


def test_headers_and_their_guesses() -> None:
    stream = io.BytesIO('\ufeff"How likely are you\nto recommend us?",E-mail,Company,When,,Email\n'.encode())
    headers = read_headers(stream)
    assert headers == ("How likely are you to recommend us?", "E-mail", "Company", "When", "", "Email")
    assert guess_columns(headers) == {
        "score": "How likely are you to recommend us?",
        "email": "Email",
        "account_name": "Company",
    }
    assert not stream.closed


class Long(io.RawIOBase):
    """A file of many rows that is never whole in memory, and can't be moved back."""

    def __init__(self, count: int) -> None:
        self.lines = self.made(count)
        self.rest = b""

    def made(self, count: int) -> Iterator[bytes]:
        yield b"Score,Email,Date,Comment,Company,ACV\n"
        for n in range(count):
            yield b'%d,person%d@example.com,2026-09-01,"slow, again",Account %d,"12,500"\n' % (n % 11, n, n % 500)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names a wider buffer
        while len(self.rest) < len(buffer):
            line = next(self.lines, b"")
            if not line:
                break
            self.rest += line
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def long(count: int) -> io.BufferedReader:
    return io.BufferedReader(Long(count))


def test_a_hundred_thousand_rows_stream() -> None:
    tracemalloc.start()
    stream = long(3_000)
    lines = [row.line for row in read_answers(stream, BERLIN, {}, "import", received_at=RECEIVED)]
    _, peak_small = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    stream = long(12_000)
    count = sum(row.answer is not None for row in read_answers(stream, BERLIN, {}, "import", received_at=RECEIVED))
    _, peak_large = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == list(range(2, 3_002))
    assert count == 12_000
    # Four times the rows, the same memory: nothing but the row at hand is kept.
    assert peak_large < peak_small * 1.5
    rows_read = read_answers(long(100_000), BERLIN, {}, "import", received_at=RECEIVED)
    assert sum(row.answer is not None for row in rows_read) == 100_000


def test_reading_may_stop_early() -> None:
    stream = io.BytesIO(ANSWER.encode() * 2)
    found = read_answers(stream, BERLIN, {}, "import", received_at=RECEIVED)
    assert next(found).answer is not None
    del found
    assert not stream.closed


@given(st.binary(max_size=400))
def test_any_bytes_after_the_names_are_rows(content: bytes) -> None:
    found = rows(b"Score,Date,Comment\n" + content)
    assert all((row.answer is None) == bool(row.refused) for row in found)
    assert [row.line for row in found] == sorted({row.line for row in found})


CELLS = st.text(st.characters(exclude_characters="\x00\r", codec="utf-8"), max_size=30)


@given(st.lists(st.tuples(st.integers(0, 10), CELLS), max_size=20), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_csv_writer_wrote_is_read_back(answers: list[tuple[int, str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["score", "responded_at", "comment", "response_id"])
    for place, (score, comment) in enumerate(answers):
        writer.writerow([score, "2026-09-01", comment, f"r{place}"])
    found = [row.answer for row in rows(written.getvalue())]
    assert [answer and (answer.response_id, answer.score) for answer in found] == [
        (f"r{place}", score) for place, (score, _) in enumerate(answers)
    ]
