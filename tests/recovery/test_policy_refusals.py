"""Every wrong line of a policy file is named, explained, and answered with a line that would do."""

import pytest

from recovery.errors import PolicyError
from recovery.policy.file import load_policy
from tests.recovery.policies import SOUND, bent

# what was changed, what it became, the key that is named, words of the sentence
BENT: list[tuple[str, str, str, str]] = [
    # people and channels
    ('admin = "sam@acme.example"\n', "", "workspace.admin", "missing"),
    ('admin = "sam@acme.example"', 'admin = "Sam"', "workspace.admin", '"Sam" is neither an e-mail address'),
    ('admin = "sam@acme.example"', 'admin = "@sam"', "workspace.admin", "nor a Slack user id"),
    ('admin = "sam@acme.example"', "admin = 5", "workspace.admin", "5 is not a text"),
    ('admin = "sam@acme.example"', 'admin = ""', "workspace.admin", "neither an e-mail"),
    ('admin = "sam@acme.example"', 'admin = "S0123456789"', "workspace.admin", "is a user group"),
    ('leads = ["U0LEAD"]', 'leads = ["S0CSM", "S0CSM"]', "programmes.support.leads", "twice"),
    ('leads = ["U0LEAD"]', 'leads = ["S-CSM"]', "programmes.support.leads", "nor a user group (S…)"),
    ('fallback_channel = "C0CSLEADS"', 'fallback_channel = "cs leads"', "workspace.fallback_channel", '"#cs-leads"'),
    ('fallback_channel = "C0CSLEADS"', 'fallback_channel = "D0DM12345"', "workspace.fallback_channel", "neither"),
    ('fallback_channel = "C0CSLEADS"', 'fallback_channel = "!!"', "workspace.fallback_channel", "neither"),
    ('leads = ["U0LEAD"]', "leads = []", "programmes.support.leads", "at least one"),
    ('leads = ["U0LEAD"]', 'leads = "U0LEAD"', "programmes.support.leads", "square brackets"),
    ('leads = ["U0LEAD"]', 'leads = ["U0LEAD", "U0LEAD"]', "programmes.support.leads", "twice"),
    ('leads = ["U0LEAD"]\n', "", "programmes.support.leads", "missing"),
    # unknown keys
    ('outreach = "48h"', 'outrech = "48h"', "ladder.outrech", 'did you mean "outreach"?'),
    ("[capacity]", "[capacities]", "capacities", 'did you mean "capacity"?'),
    ("[programmes.support]", "[programme.support]", "programme", 'did you mean "programmes"?'),
    ('fallback_channel = "#support-leads"', 'colour = "red"', "programmes.support.colour", "known here: name, kind"),
    ('name = "After support"', 'key = "x"', "programmes.support.key", "no such key"),
    ('words = ["onboarding", "go-live"]', 'word = ["x"]', "programmes.relational.keywords.word", '"words"'),
    # limits
    ('outreach = "48h"', 'outreach = "soon"', "ladder.outreach", '"soon" is not a limit'),
    ('outreach = "48h"', "outreach = 48", "ladder.outreach", "48 is not a limit; write it in quotes"),
    ('outreach = "48h"', 'outreach = "0h"', "ladder.outreach", "longer than zero"),
    ('outreach = "48h"', 'outreach = "-2h"', "ladder.outreach", "is not a limit"),
    ('outreach = "48h"', 'outreach = "2 business days"', "ladder.outreach", '"16 business hours"'),
    ('outreach = "48h"', 'outreach = "1 business week"', "ladder.outreach", '"40 business hours"'),
    ('outreach = "48h"', 'outreach = "400d"', "ladder.outreach", "366 days"),
    ('outreach = "48h"', 'outreach = "10d"', "ladder.conversation", "7 days for the conversation is less than 10"),
    # calendars
    ('zone = "Europe/London"', 'zone = "Europe/Lodnon"', "calendars.office.zone", '"Europe/London"'),
    ('zone = "Europe/London"', 'zone = "/etc/passwd"', "calendars.office.zone", "not a time zone"),
    ('zone = "Europe/London"', 'zone = ""', "calendars.office.zone", "not a time zone"),
    ('tue = ["09:00-17:30"]', 'tue = ["17:30-09:00"]', "calendars.office.tue", "ends before it starts"),
    ('tue = ["09:00-17:30"]', 'tue = ["09:00-09:00"]', "calendars.office.tue", "is empty"),
    ('tue = ["09:00-17:30"]', 'tue = ["9 to 5"]', "calendars.office.tue", 'write it as "09:00-17:30"'),
    ('tue = ["09:00-17:30"]', 'tue = ["09:00-25:00"]', "calendars.office.tue", "24:00"),
    ('tue = ["09:00-17:30"]', 'tue = ["09:00-10:60"]', "calendars.office.tue", "not a time of day"),
    ('tue = ["09:00-17:30"]', "tue = [9]", "calendars.office.tue", "in quotes"),
    ('tue = ["09:00-17:30"]', 'tue = "09:00-17:30"', "calendars.office.tue", "square brackets"),
    ('tue = ["09:00-17:30"]', 'tue = ["09:00-12:00", "11:00-13:00"]', "calendars.office.tue", "overlap"),
    ("days_off = [2026-12-25]", 'days_off = ["Christmas"]', "calendars.office.days_off", "is not a date"),
    ("days_off = [2026-12-25]", "days_off = [2026-12-25T10:00:00Z]", "calendars.office.days_off", "not a date"),
    ("[calendars.office]", '[calendars."The Office"]', 'calendars."The Office"', "can't be a key"),
    # numbers and flags
    ("large_acv = 50000", 'large_acv = "lots"', "urgency.large_acv", "is not an amount"),
    ("large_acv = 50000", "large_acv = true", "urgency.large_acv", "true is not an amount"),
    ("large_acv = 50000", "large_acv = -1", "urgency.large_acv", "below zero"),
    ("large_acv = 50000", "large_acv = nan", "urgency.large_acv", "is not an amount"),
    ("renewal_within_days = 90", 'renewal_within_days = "90"', "urgency.renewal_within_days", "without quotes"),
    ("renewal_within_days = 90", "renewal_within_days = -5", "urgency.renewal_within_days", "the least is 0"),
    ("large_acv = 50000", "leaving_words = ['...']", "urgency.leaving_words", "no letter"),
    ("open_cases = 8", "open_cases = 0", "capacity.open_cases", "the least is 1"),
    ("open_cases = 8", "open_cases = 2.5", "capacity.open_cases", "not a whole number"),
    ("open_cases = 8", "open_cases = 1001", "capacity.open_cases", "the most is 1000"),
    ("default = true", 'default = "yes"', "programmes.relational.default", "neither true nor false"),
    # workspace
    (
        'crm_link = "https://crm.example/accounts/{account}"',
        'crm_link = "crm/{account}"',
        "workspace.crm_link",
        "https",
    ),
    (
        'crm_link = "https://crm.example/accounts/{account}"',
        'crm_link = "https://c.example/{id}"',
        "workspace.crm_link",
        "{account} once",
    ),
    (
        'crm_link = "https://crm.example/accounts/{account}"',
        'currency = "dollars"',
        "workspace.currency",
        "three-letter",
    ),
    # references between tables
    ('team = "onboarding"', 'team = "onbording"', "programmes.relational.keywords.team", '"onboarding"?'),
    ('score_owner = "research"', 'score_owner = "reserch"', "programmes.relational.score_owner", '"research"?'),
    ('programme = "support"', 'programme = "suport"', "sources.helpdesk.programme", 'did you mean "support"?'),
    ("open_cases_within_days = 14", 'programme = "quarterly"', "import.programme", 'no programme "quarterly"'),
    (
        'members = ["ingrid@acme.example"]',
        'members = ["kofi@acme.example"]',
        "programmes.relational.rotation",
        "may not own its cases",
    ),
    (
        'members = ["ingrid@acme.example"]',
        'members = ["lena@acme.example"]',
        "programmes.relational.leads",
        "may not own its cases",
    ),
    ('team = "onboarding"', 'team = "research"', "programmes.relational.keywords.team", "may not own its cases"),
    # programmes kept apart
    (
        'channel = "#nps-support"',
        'channel = "C0RELATIONAL"',
        "programmes.support.channel",
        "each programme has its own",
    ),
    (
        'fallback_channel = "#support-leads"',
        'fallback_channel = "#nps-support"',
        "programmes.support.fallback_channel",
        "the programme's own channel",
    ),
    (
        'surveys = ["Support NPS"]',
        'surveys = ["relationship nps"]',
        "programmes.support.surveys",
        'belongs to "relational" already',
    ),
    ('surveys = ["Support NPS"]', "default = true", "programmes.support.default", "at most one"),
    ('name = "After support"', 'name = "relational"', "programmes.support.name", "would fit both"),
    ('kind = "transactional"', 'kind = "transaction"', "programmes.support.kind", 'did you mean "transactional"?'),
    ('surveys = ["Support NPS"]', 'surveys = [" "]', "programmes.support.surveys", "empty"),
    # sources
    ('adapter = "typeform"', 'adapter = "typefrom"', "sources.typeform.adapter", 'did you mean "typeform"?'),
    ('adapter = "typeform"', 'adapter = "delighted"', "sources.typeform.score_ref", "for typeform sources"),
    ('score_ref = "nps_score"', 'auth = "bearer"', "sources.typeform.auth", "typeform signs in its own way"),
    ('auth = "bearer"', 'auth = "basic"', "sources.helpdesk.auth", "standard-webhooks, bearer"),
    ('score = "answer.rating"', 'scor = "answer.rating"', "sources.helpdesk.fields.scor", 'did you mean "score"?'),
    ('score = "answer.rating"', 'score = "answer..rating"', "sources.helpdesk.fields.score", "path with dots"),
    ('score_ref = "nps_score"', 'fields = { score = "x" }', "sources.typeform.fields.score", "fixed place"),
    ('score_ref = "nps_score"', "max_bytes = 10", "sources.typeform.max_bytes", "the least is 1000"),
    ('secret_env = "WINBACK_TYPEFORM_SECRET"\n', "", "sources.typeform.secret_env", "missing"),
    ('columns = { score = "NPS" }', 'columns = { rating = "NPS" }', "import.columns.rating", "no field of an answer"),
    ('columns = { score = "NPS" }', 'columns = ["NPS"]', "import.columns", "table of its own"),
    ('columns = { score = "NPS" }', 'date_format = "ymd"', "import.date_format", "dmy, mdy"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), BENT, ids=[f"{row[2]}: {row[1]}" for row in BENT])
def test_a_wrong_line_is_named_and_explained(old: str, new: str, key: str, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(bent(old, new))
    named = [line for line in refused.value.sentence.split("\n") if _key(line) == key]
    assert named, refused.value.sentence
    assert any(words in line for line in named), refused.value.sentence


# Those where the named key stands on the changed line itself, not on another one that it clashes with.
ON_THE_LINE = [row for row in BENT if row[2].rpartition(".")[2] in row[1]]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"), ON_THE_LINE, ids=[f"{row[2]}: {row[1]}" for row in ON_THE_LINE]
)
def test_the_line_number_is_that_of_the_changed_line(old: str, new: str, key: str, words: str) -> None:
    changed = SOUND[: SOUND.index(old)].count("\n") + 1
    with pytest.raises(PolicyError) as refused:
        load_policy(bent(old, new))
    told = refused.value.sentence.split("\n")
    assert any(line.startswith(f"Line {changed}, {key}: ") and words in line for line in told), told


def test_most_rows_of_the_table_check_their_line_number() -> None:
    assert len(BENT) - len(ON_THE_LINE) < 12


EXPLAINED_WITHOUT_EXAMPLE = (
    "already",
    "may not own its cases",
    "its own way",
    "for typeform",
    "fixed place",
    "can't be a key",
)


@pytest.mark.parametrize(("old", "new", "key", "words"), BENT, ids=[f"{row[2]}: {row[1]}" for row in BENT])
def test_every_refusal_shows_what_would_do(old: str, new: str, key: str, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(bent(old, new))
    line = next(line for line in refused.value.sentence.split("\n") if _key(line) == key and words in line)
    helps = ("For example: ", "did you mean ", "known here: ", "would fit both", "name another one")
    assert any(help_ in line for help_ in (*helps, *EXPLAINED_WITHOUT_EXAMPLE)), line


def _key(line: str) -> str:
    return line.split(", ", 1)[-1].split(": ", 1)[0] if line.startswith("Line ") else line.split(": ", 1)[0]


# text that is not TOML, its line, words of the sentence
SYNTAX: list[tuple[str, int, str]] = [
    ("[workspace]\nadmin 5\n", 2, "must be followed by ="),
    ("[workspace]\nadmin = sam\n", 2, "not a value"),
    ('[workspace]\nadmin = "sam\n', 2, "a quote is missing"),
    ('[workspace]\nadmin = """sam\n\n', 4, "a quote is missing"),
    ("a = 1\na = 2\n", 2, "given a value before"),
    ("[a]\n[b]\n[a]\n", 3, "opened before"),
    ("[workspace\n", 1, "not closed"),
    ("a = [1, 2\nb = 3\n", 2, "list is not closed"),
    ("a = 1 b = 2\n", 1, "left over"),
    ('a = "C:\\dir"\n', 1, "backslash"),
    ("a = { b = 1, b = 2 }\n", 1, "twice"),
    ("= 5\n", 1, "key"),
    ("a = 2026-02-30\n", 1, "does not exist"),
    ("\x00\n", 1, "neither a table"),
]


@pytest.mark.parametrize(("text", "line", "words"), SYNTAX, ids=[repr(row[0])[:30] for row in SYNTAX])
def test_text_that_is_not_toml_gets_its_line_and_a_sentence(text: str, line: int, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(text, "ours.toml")
    assert refused.value.sentence.startswith("ours.toml can't be used.\n")
    assert f"Line {line}: " in refused.value.sentence
    assert words in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 20_000, "nested too deep"),
        ("x = " + "1" * 10_000, "far too long"),
        ("# " + "x" * 1_000_001, "longer than 1,000,000"),
        ("", "workspace: It is missing. For example: [workspace]"),
        (SOUND[: SOUND.index("[calendars")] + SOUND[SOUND.index("[urgency]") :], "[calendars.office]"),
        (SOUND[: SOUND.index("[programmes")] + SOUND[SOUND.index("[sources") :], "[programmes.relational]"),
        ("[calendars]\n" + SOUND.replace("[calendars.office]", "[x]"), "calendars: It needs at least one entry"),
    ],
)
def test_files_that_are_far_off(text: str, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    assert words in refused.value.sentence


def test_a_calendar_that_never_works_is_refused() -> None:
    week = SOUND[SOUND.index("mon = [") : SOUND.index("days_off")]
    with pytest.raises(PolicyError, match=r"Line 10, calendars\.office: No weekday has working hours"):
        load_policy(SOUND.replace(week, "mon = []\n"))


def test_business_hours_are_compared_with_a_wall_limit_only_as_far_as_they_surely_reach() -> None:
    load_policy(bent('outreach = "48h"', 'outreach = "160 business hours"'))
    load_policy(bent('outreach = "48h"', 'conversation = "20 business hours"'))


def test_all_problems_are_listed_in_the_order_of_the_lines() -> None:
    text = SOUND.replace("C0CSLEADS", "nowhere at all").replace('"48h"', '"soon"').replace("17:30", "08:00")
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    first, *lines = refused.value.sentence.split("\n")
    assert first == f"policy.toml can't be used: {len(lines)} things to put right."
    numbers = [int(line.removeprefix("Line ").split(",")[0]) for line in lines]
    assert numbers == sorted(numbers)
    assert len(lines) == 7


def test_a_file_full_of_mistakes_is_cut_to_what_can_be_read() -> None:
    text = SOUND + "".join(f"[sources.s{place}]\n" for place in range(100))
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    assert refused.value.sentence.startswith("policy.toml can't be used: 200 things to put right.")
    assert refused.value.sentence.endswith("… and 160 more.")


def test_a_secret_in_the_wrong_place_is_never_repeated() -> None:
    for secret in ('"whsec_MDEyMzQ1Njc4OWFi"', "123456789"):
        with pytest.raises(PolicyError) as refused:
            load_policy(bent('"WINBACK_DELIGHTED_SECRET"', secret))
        assert secret.strip('"') not in refused.value.sentence
        assert "sources.delighted.secret_env" in refused.value.sentence


def test_hostile_keys_and_values_stay_on_one_line() -> None:
    hostile = '"a\\nLine 1, workspace: fine\\u001b[31m" = 1'
    with pytest.raises(PolicyError) as refused:
        load_policy(bent('admin = "sam@acme.example"', f'admin = "sam@acme.example"\n{hostile}'))
    assert refused.value.sentence.count("\n") == 1
    assert "\x1b" not in refused.value.sentence


def test_line_numbers_see_through_strings_comments_and_long_lists() -> None:
    text = (
        '# admin = "x"\n\n'
        + SOUND.replace("large_acv = 50000", 'leaving_words = [\n  "[teams.x]", # admin = "no"\n\n  "cancel",\n]')
        + '[[programmes.relational.keywords]]\nwords = ["""\ncolour = 1\n"""]\nteam = "nobody"\n'
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(text)
    line = text.split("\n").index('team = "nobody"') + 1
    assert refused.value.sentence.split("\n")[1:] == [
        (
            f'Line {line}, programmes.relational.keywords.team: There is no team "nobody"; '
            "known here: onboarding, research."
        )
    ]


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    load_policy("\ufeff" + SOUND.replace("\n", "\r\n"))
    with pytest.raises(PolicyError, match=r"Line 2, workspace\.admin"):
        load_policy("\ufeff" + SOUND.replace("sam@acme.example", "Sam").replace("\n", "\r\n"))
