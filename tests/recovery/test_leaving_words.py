"""Words are found as customers write them, and not where they only look alike."""

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Urgency
from recovery.phrases import found
from recovery.policy.file import load_policy
from recovery.policy.tables import LEAVING_WORDS
from recovery.urgency import urgency_of
from tests.recovery.policies import SOUND, account, answer, sound

# what the customer wrote, and the first words of leaving in it; "" for none
VERBATIMS: list[tuple[str, str]] = [
    ("", ""),
    ("Great product.", ""),
    (
        "Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
        "evaluating alternatives",
    ),
    ("We are NOT RENEWING.", "not renewing"),
    ("not  renewing\nthis year", "not renewing"),
    ("not\u00a0renewing", "not renewing"),
    ("not-renewing", "not renewing"),
    ("We will not renew in May", "not renew"),
    ("We won't renew", "won't renew"),
    ("We won\u2019t renew", "won't renew"),
    ("we wont renew", "wont renew"),
    ("WE WON\u02bcT RENEW", "won't renew"),
    ("won`t renew", "won't renew"),
    ("We'll cancel.", "cancel"),
    ("cancel", "cancel"),
    ("CANCEL!!!", "cancel"),
    ("(cancel)", "cancel"),
    ("Please cancel our contract", "cancel our"),
    ("I've cancelled the subscription", "cancelled"),
    ("we canceled", "canceled"),
    ("Your cancellation policy is great", ""),
    ("cancellable at any time, lovely", ""),
    ("noise-cancelling headphones", "cancelling"),  # a false alarm; a person reads the card
    ("The renewal went well", ""),
    ("We are renewing!", ""),
    ("do not. Renewing was easy", ""),
    ("knot renewing", ""),
    ("not renewingly", ""),
    ("not_renewing", ""),
    ("We are looking for alternatives to e-mail", "looking for alternatives"),
    ("evaluating\u200b alternatives", "evaluating alternatives"),
    ("evalu\u00adating alternatives", "evaluating alternatives"),
    ("\uff43\uff41\uff4e\uff43\uff45\uff4c", "cancel"),
    ("we switched it off and on", ""),
    ("We're switching to Globex", "switching to"),
    ("\u202ecancel\u202c", "cancel"),
    ("cancel\u0301", ""),
    ("<cancel>*cancel*", "cancel"),
]

# the policy's word, what the customer wrote, whether it is found
OTHER_SCRIPTS: list[tuple[str, str, bool]] = [
    ("kündigen", "Wir KÜNDIGEN zum Jahresende.", True),
    ("kündigen", unicodedata.normalize("NFD", "Wir kündigen."), True),
    ("kündigen", "aufkündigen", False),
    ("straße", "STRASSE", True),
    ("résilier", "Nous allons RÉSILIER\u00a0!", True),
    ("n'allons pas renouveler", "Nous n\u2019allons pas renouveler", True),
    ("iptal", "\u0130PTAL etmek istiyorum", True),
    ("отменить", "Мы хотим ОТМЕНИТЬ подписку", True),
    ("отмен", "отмены", False),
    ("ακύρωση", "ΑΚΎΡΩΣΗ", True),
    ("إلغاء", "نريد إلغاء الاشتراك", True),
    ("إلغاء", "الإلغاء", False),
    ("לבטל", "אנחנו רוצים לבטל.", True),
    ("रद्द", "हम इसे रद्द करेंगे", True),
    ("रद", "रद्द", False),
    ("解約", "来月解約したいです", True),
    ("取消", "我们要取消订阅", True),
    ("cancel", "我们想cancel订阅", True),
    ("ยกเลิก", "เราจะยกเลิกบริการ", True),
    ("ก", "กิน", False),
    ("해지", "다음 달에 해지하겠습니다", True),
    ("キャンセル", "\uff77\uff6c\uff9d\uff7e\uff99したい", True),
    ("hủy", "Chúng tôi sẽ HỦY", True),
    ("c++", "we moved to C++ today", True),
    ("👋", "bye 👋👋", True),
]


@pytest.mark.parametrize(("verbatim", "words"), VERBATIMS, ids=[repr(row[0])[:50] for row in VERBATIMS])
def test_words_of_leaving_in_english(verbatim: str, words: str) -> None:
    assert (found(LEAVING_WORDS, verbatim) or ("",))[0] == words


@pytest.mark.parametrize(
    ("word", "verbatim", "there"), OTHER_SCRIPTS, ids=[f"{row[0]}-{row[2]}" for row in OTHER_SCRIPTS]
)
def test_words_of_leaving_in_any_script(word: str, verbatim: str, there: bool) -> None:
    assert found([word], verbatim) == ((word,) if there else ())


def test_words_come_in_the_policys_order_and_spelling_each_once() -> None:
    assert found(["Not Renewing", "cancel", "NOT RENEWING"], "we cancel, so not renewing") == ("Not Renewing", "cancel")


def test_a_word_within_a_longer_one_is_not_told_twice() -> None:
    assert found(["alternatives", "evaluating alternatives"], "Evaluating alternatives.") == (
        "evaluating alternatives",
    )


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_word_between_spaces_is_found_in_any_text(before: str, after: str) -> None:
    assert found(["cancel"], f"{before} cancel {after}") == ("cancel",)


@given(st.text(min_size=1, max_size=50), st.text(max_size=300))
def test_any_word_and_any_text_are_read_without_error(word: str, text: str) -> None:
    assert found([word], text) in {(), (word,)}


@pytest.mark.parametrize("text", ["cancel" * 200_000, "a " * 500_000, "not " * 300_000, "\u0301" * 500_000])
def test_a_huge_text_is_read_in_one_pass(text: str) -> None:
    assert found(["cancel", "not renewing"], text) == ()


TODAY = date(2026, 11, 21)
BIG = Decimal(180_000)


@pytest.mark.parametrize(
    ("verbatim", "acv", "renewal", "why"),
    [
        ("fine", None, None, ""),
        ("fine", Decimal(49_999), TODAY + timedelta(days=91), ""),
        ("fine", Decimal(50_000), None, "large account"),
        ("fine", None, TODAY + timedelta(days=90), "renewal near"),
        ("fine", None, TODAY, "renewal near"),
        ("fine", None, TODAY - timedelta(days=1), ""),
        ("We cancel", None, None, '"cancel"'),
        (
            "We're evaluating alternatives",
            BIG,
            TODAY + timedelta(days=87),
            'large account, renewal near, "evaluating alternatives"',
        ),
        ("not renewing, cancelled, switching to Globex", None, None, '"not renewing", "cancelled"'),
        ("<!channel> cancel <@U0PRIYA>", None, None, '"cancel"'),
    ],
)
def test_urgency_and_its_reason(verbatim: str, acv: Decimal | None, renewal: date | None, why: str) -> None:
    urgency = urgency_of(sound(), answer(verbatim), account(acv=acv, renewal_date=renewal), TODAY)
    assert urgency == (Urgency.CRITICAL if why else Urgency.NORMAL, why)


def test_without_an_account_the_answers_own_counts() -> None:
    told = answer(account=account(acv=BIG))
    assert urgency_of(sound(), told, None, TODAY) == (Urgency.CRITICAL, "large account")
    assert urgency_of(sound(), told, account(acv=Decimal(1)), TODAY) == (Urgency.NORMAL, "")
    assert urgency_of(sound(), answer(), None, TODAY) == (Urgency.NORMAL, "")


def test_the_policys_own_words_replace_ours() -> None:
    policy = load_policy(SOUND.replace("large_acv = 50000", 'leaving_words = ["adieu"]'))
    assert urgency_of(policy, answer("We cancel"), None, TODAY) == (Urgency.NORMAL, "")
    assert urgency_of(policy, answer("Adieu!"), None, TODAY) == (Urgency.CRITICAL, '"adieu"')
