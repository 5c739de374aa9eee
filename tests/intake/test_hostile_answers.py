"""Bodies written by hand, by mistake or in anger: understood, or kept with a sentence, and nothing breaks."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.intake import (
    BEARER,
    Json,
    all_cases,
    answer,
    delivered,
    errors,
    intake,
    kept,
    more_sources,
    post,
    states,
    understood,
)
from tests.support.reading import quoted
from tests.support.story import RELATIONAL, words_of

HELPDESK = """
[sources.helpdesk]
adapter = "generic"
secret_env = "WINBACK_GENERIC_SECRET"
auth = "bearer"
"""
OPENED = "Opened a case."


def raw(**fields: Any) -> bytes:
    return json.dumps(answer(**fields)).encode()


def spliced(json_value: str) -> bytes:
    """The usual body with one more key, whose value is written as given."""
    return raw()[:-1] + b", " + json_value.encode() + b"}"


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def bodies() -> list[tuple[str, bytes, str, str]]:
    """What it is, the body, the state it ends in, and what stands beside it. Times are those of the test."""
    return [
        ("an empty object", b"{}", "failed", "score is missing"),
        ("a list", b"[]", "failed", "The body is a list; expected an object."),
        ("a list of answers", b"[" + raw() + b"]", "failed", "The body is a list; expected an object."),
        ("text", b'"hello"', "failed", 'The body is "hello"; expected an object.'),
        ("null", b"null", "failed", "The body is null; expected an object."),
        ("a number", b"3", "failed", "The body is 3; expected an object."),
        ("nested as deep as allowed", spliced('"x": ' + "[" * 62 + "]" * 62), "understood", OPENED),
        ("a key twice: the last counts", spliced('"score": 11'), "failed", "score is 11"),
        ("a score of eleven", raw(score=11), "failed", "score is 11"),
        ("a score below zero", raw(score=-1), "failed", "score is -1"),
        ("half a score", raw(score=2.5), "failed", "score is 2.5"),
        ("a score as text", raw(score=" 2 "), "understood", OPENED),
        ("a whole score with a point", raw(score=2.0), "understood", OPENED),
        ("true as a score", raw(score=True), "failed", "score is true"),
        ("a list as a score", raw(score=[2]), "failed", "score is a list"),
        ("a huge score", spliced('"score": 1' + "0" * 4000), "failed", "score is a very long number"),
        ("a score so small", spliced('"score": 1e-300'), "failed", "score is 1e-300"),
        ("no id", raw(response_id=None), "failed", "response_id is null"),
        ("an id from an empty template", raw(response_id="undefined"), "failed", 'response_id is "undefined"'),
        ("an object as an id", raw(response_id={}), "failed", "response_id is an object"),
        ("a very long id", raw(response_id="x" * 100_000), "understood", OPENED),
        ("an id with NUL", raw(response_id="a\x00b"), "understood", OPENED),
        ("half a surrogate as an id", spliced('"response_id": "\\ud800"'), "understood", OPENED),
        ("no address at all", raw(email=None), "understood", OPENED),
        ("an address that is none", raw(email="Dana"), "failed", 'email is "Dana"; expected an e-mail address'),
        ("an address as a list", raw(email=["a@b.example"]), "failed", "email is a list"),
        ("from the future", raw(responded_at=ago(minutes=-10)), "failed", "a time that is not in the future"),
        ("a clock that runs ahead", raw(responded_at=ago(minutes=-4)), "understood", OPENED),
        ("nine years ago", raw(responded_at=ago(days=9 * 365)), "understood", OPENED),
        ("eleven years ago", raw(responded_at=ago(days=11 * 366)), "failed", "within the last ten years"),
        ("before there were calendars", raw(responded_at="0001-01-01T00:00:00+14:00"), "failed", "expected"),
        ("a time without a zone", raw(responded_at="2026-09-03T16:00:00"), "failed", "a time with its zone"),
        ("seconds as text", raw(responded_at=str(int(time.time()) - 60)), "understood", OPENED),
        ("a time as an object", raw(responded_at={}), "failed", "responded_at is an object"),
        ("a time far beyond", spliced('"responded_at": 1e300'), "failed", "responded_at is 1e+300"),
        ("money without end", spliced('"acv": 1' + "0" * 30), "failed", "acv is a very long number"),
        ("money below zero", raw(acv=-5), "failed", "acv is -5"),
        ("money to the last cent", raw(acv="999,999,999,999.99"), "understood", OPENED),
        ("a comment that is an object", raw(comment={"text": "x"}), "failed", "comment is an object"),
        ("a comment that is a number", raw(comment=7), "understood", OPENED),
        ("a link that runs", raw(permalink="javascript:alert(1)"), "failed", "permalink is"),
        ("a name of NUL and newlines", raw(name="Da\x00na\r\n\tOkafor"), "understood", OPENED),
        ("an account of one letter", raw(account_id="\u202e", account_name=" "), "understood", OPENED),
        ("an empty key", spliced('"": {"": []}'), "understood", OPENED),
        ("half a surrogate as a key", spliced('"\\udfff": "\\ud83d"'), "understood", OPENED),
        ("SQL", raw(name="'; DROP TABLE responses; --", account_id="' OR 1=1 --"), "understood", OPENED),
    ]


async def test_each_is_understood_or_kept_with_its_sentence(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path, policy=more_sources(HELPDESK)) as it:
        table = bodies()
        for number, (name, body, _, _) in enumerate(table):
            # Each is somebody else's answer, so that none joins another's case.
            own = body.replace(b'"r1"', b'"r%d"' % number).replace(b"dana@", b"dana%d@" % number)
            assert (await post(it, "helpdesk", own, BEARER)).status == 200, name
        await understood(it)
        found = zip(table, await states(it.bot.db), await errors(it.bot.db), strict=True)
        wrong = [
            (name, state, error) for (name, _, s, words), state, error in found if state != s or words not in error
        ]
        assert wrong == []
        opened = sum(words == OPENED for *_, words in table)
        assert (len(await kept(it.bot.db)), len(await all_cases(it.bot.db)), len(it.cards())) == (opened,) * 3


COMMENTS: list[tuple[str, str, str]] = [
    # what it is, the comment, what stands in the quote of the card (its beginning)
    ("words for the whole channel", "<!channel> <!here> <@U0PRIYA>", "<!channel> <!here> <@U0PRIYA>"),
    ("markup", "*bold* _it_ ~no~ `code` ```x``` > quote", "*bold* _it_ ~no~ `code` ```x``` > quote"),
    ("entities", "&lt;!channel&gt; & <b>", "&lt;!channel&gt; & <b>"),
    (
        "a link with another address",
        "<https://evil.example|https://bank.example>",
        "<https://evil.example|https://bank",
    ),
    ("right to left", "נהדר \u202eabc\u202c \u2067x\u2069", "נהדר "),
    ("emoji", "👩‍👩‍👧‍👦🏳️‍🌈" * 30, "👩‍👩‍👧‍👦🏳️‍🌈"),
    ("an emoji's name", ":skull: :man-facepalming:", ":skull: :man-facepalming:"),
    ("NUL and other controls", "a\x00b\x07c\x1b[31md", "abc[31md"),
    ("lines of all systems", "one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
    ("a thousand lines", "x\n" * 1000, "x\nx\n"),
    ("combining marks without end", "Z" + "\u0301" * 3000, "Z"),
    ("a word without end", "x" * 3000, "xxx"),
    ("20,000 characters", "ä" * 20_000, "äää"),
    ("200,000 characters", "界" * 200_000, "界界界"),
]


async def test_what_a_customer_typed_is_shown_as_typed(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path) as it:
        for number, (name, comment, begins) in enumerate(COMMENTS):
            body = answer(response_id=f"r{number:02}", email=f"c{number}@customer.example", comment=comment)
            await delivered(it, "generic", json.dumps(body, ensure_ascii=False).encode())
            await understood(it)
            card = it.cards()[-1]
            assert quoted(card["blocks"]).startswith(begins), name
            assert "<!channel>" not in card["text"], name
        assert await errors(it.bot.db) == [OPENED] * len(COMMENTS)
        rows = {row["response_id"]: row["verbatim"] for row in await kept(it.bot.db)}
        assert rows["r12"] == "ä" * 20_000
        assert rows["r13"] == "界" * 19_999 + "…"
        assert not [verbatim for verbatim in rows.values() if "\x00" in verbatim]


async def test_hostile_names_are_only_names(sqlite_db: str, tmp_path: Path) -> None:
    fields: Json = {
        name: f"<!channel> *{name}* <@U0JEN>"
        for name in ("name", "account_name", "segment", "role", "surface", "plan", "region", "survey_name")
    }
    async with intake(sqlite_db, tmp_path) as it:
        await delivered(it, "generic", answer(**fields))
        await it.card()
        await delivered(it, "generic", answer(response_id="r2", **fields))
        await understood(it)
        card = it.cards()[0]
        parsed = [card["text"], *_texts_that_are_parsed(card["blocks"])]
        for line in it.workspace.thread(RELATIONAL, card["ts"])[1:]:
            parsed += [line["text"], *_texts_that_are_parsed(line["blocks"])]
        assert not [text for text in parsed if "<!channel>" in text or "<@U0JEN>" in text]
        assert "<!channel> *account_name* <@U0JEN>" in words_of(card)


async def test_a_surrogate_pair_written_as_two_escapes_is_one_character(database_url: str, tmp_path: Path) -> None:
    async with intake(database_url, tmp_path, policy=more_sources(HELPDESK)) as it:
        body = raw(comment="?").replace(b'"?"', b'"\\ud83d\\ude21 and half of one: \\ud83d."')
        assert (await post(it, "helpdesk", body, BEARER)).status == 200
        await understood(it)
        (row,) = await kept(it.bot.db)
        assert row["verbatim"] == "😡 and half of one: \ufffd."


@pytest.mark.parametrize("size", [900_000])
async def test_a_body_full_of_keys_is_no_burden(sqlite_db: str, tmp_path: Path, size: int) -> None:
    """Some tools send everything they know; what we don't need costs nothing to speak of."""
    many = {f"key {n}": {"value": [n, str(n)]} for n in range(size // 45)}
    async with intake(sqlite_db, tmp_path) as it:
        begun = time.process_time()
        await delivered(it, "generic", answer(**many))
        await understood(it)
        assert time.process_time() - begun < 3  # of the processor: other work on this machine says nothing about us
        assert await errors(it.bot.db) == [OPENED]


def _texts_that_are_parsed(value: Any) -> list[str]:
    """All texts of the type mrkdwn, wherever they stand."""
    if isinstance(value, list):
        return [text for each in value for text in _texts_that_are_parsed(each)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if value.get("type") == "mrkdwn" else []
    return own + [text for each in value.values() for text in _texts_that_are_parsed(each)]
