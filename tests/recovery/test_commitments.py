"""The gate before a promise: by a table of promises as people type them, and by what is typed to get past it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.commitment import EXAMPLES, Challenged, challenge, check_commitment
from recovery.cases.step_rules import step_rules
from recovery.cases.steps import Action, ActionKind, Bounds
from recovery.phrases import folded_text
from recovery.policy.file import load_policy
from tests.recovery.policies import bent, sound

RULES = step_rules(sound(), sound().programmes["relational"])
TODAY = date(2026, 11, 23)  # a Monday
DUE = date(2026, 12, 2)
FIX, PROCESS, SERVICE, NO = ActionKind
NOTHING = "nothing is delivered"

GOOD: list[tuple[ActionKind, str]] = [
    (FIX, "Engineering ships CSV export in the May release; Priya demos it to Dana on 20 May."),
    (FIX, "Soon-to-ship export with custom columns, enabled for Northwind on 2 December."),
    (FIX, "CSV export with custom columns in the December release"),
    (FIX, "Kofi fixes the login loop on iOS 18 and releases 4.2.1 to the App Store."),
    (FIX, "A status page for the sync, live at status.acme.example on 2 December"),
    (FIX, "Monitoring dashboard delivered by Kofi, with alerts to Dana's team."),
    (FIX, "The heartbeat monitor goes live for all EU tenants."),
    (FIX, "We'll build a monitor for the nightly import and send Dana its weekly report."),
    (FIX, "Amara ships the new Monitor page with filters by region."),
    (FIX, "Consider It Done, our concierge onboarding, is delivered to Northwind's 40 users."),
    (FIX, "Marius sends the Try Before You Buy contract to Dana's legal team."),
    (FIX, "We roll out SSO with Okta to Northwind and remove the old password login."),
    (FIX, "Kofi sends Dana a sandbox to try with her own data."),
    (FIX, "Kofi opens the beta to Northwind so that Dana can try it before the board meeting."),
    (FIX, "Dana gets the patched installer as soon as the 4.3 build is signed, at the latest on 2 December."),
    (FIX, "Import limit raised from 10,000 to 250,000 rows for Northwind."),
    (FIX, "Rewrite the two slow queries; the revenue report opens in under 3 seconds."),
    (FIX, "Dark mode shipped to all enterprise tenants, on by default for Northwind."),
    (FIX, "Replace the PDF invoice with one that shows the PO number."),
    (FIX, "The label “Coming soon” is removed from the export menu."),
    (FIX, "Rename the button 'Consider later' to 'Snooze' in release 5."),
    (FIX, "Webhook retries run for 24 hours instead of 5 minutes."),
    (FIX, "We are fixing the time zone of scheduled reports; the release is on 2 December."),
    (FIX, "Duplicate invoices are cancelled and the billing job is patched."),
    (FIX, "Two-way sync with Salesforce, installed with Dana's admin."),
    (FIX, "API rate limit doubled to 600 requests a minute"),
    (FIX, "Das Team liefert den CSV-Export bis zum 2. Dezember, Priya zeigt ihn Dana."),
    (FIX, "Nous livrons l'export CSV le 2 décembre et Priya le montre à Dana."),
    (FIX, "El equipo entrega la exportación CSV el 2 de diciembre."),
    (FIX, "12月2日までにCSVエクスポートを提供します。"),
    (FIX, "Мы выпустим экспорт CSV 2 декабря."),
    (FIX, "Kofi investigates the timeouts and sends Dana the root cause by 2 December."),
    (FIX, "Weekly export to Dana's S3 bucket, starting Monday 7 December."),
    (FIX, "The reporting API returns deleted records again from 1 December."),
    (PROCESS, "From 1 March every new customer has a named onboarding engineer; Amara sends Dana the new plan."),
    (PROCESS, "Support answers Northwind's tickets within 4 hours going forward, written into the contract."),
    (PROCESS, "Tickets of enterprise accounts skip the first line; Tomas changes the routing rule on 30 November."),
    (PROCESS, "New handover checklist between sales and onboarding, in place for all deals signed from December."),
    (PROCESS, "Marcus starts a weekly 30-minute call with Dana and Kofi, first one on 30 November."),
    (PROCESS, "Release notes go to admins 14 days before each change, not after it."),
    (PROCESS, "We publish incident reports within 5 working days and e-mail them to every affected admin."),
    (PROCESS, "Jen hires a second solutions engineer for the Nordics, start date 2 December."),
    (PROCESS, "Every price change is announced 90 days ahead; Ingrid updates the contract template."),
    (PROCESS, "Billing sends a draft invoice 10 days before the real one."),
    (SERVICE, "Kofi credits two months on the December invoice and calls Dana on 5 December to confirm it."),
    (SERVICE, "Refund of $4,000 on the December invoice"),
    (SERVICE, "Amara trains Dana's 12 new users on site, two sessions of 90 minutes."),
    (SERVICE, "I'll personally call Dana's three team leads and send them the migration plan."),
    (SERVICE, "Named support engineer for Northwind with a 4-hour response time"),
    (SERVICE, "We'll restore the deleted dashboards from the backup of 12 November."),
    (SERVICE, "The implementation fee is waived and Dana gets a corrected invoice."),
    (SERVICE, "Priya walks Dana's team through the new permissions and hands over the written guide."),
    (SERVICE, "Our VP of Engineering visits Northwind in Leeds and presents the reliability plan."),
    (SERVICE, "Migrate the remaining 1,200 records by hand, checked by Amara against the old system."),
    (NO, "On-premises hosting can't be done before 2028; Priya told Dana so on the call."),
    (NO, "No native Linux client this year or next. Dana has the web version and knows why."),
    (NO, "We will not build a Gantt view; Dana got the names of two partners who have one."),
    (NO, "SAP connector isn't possible before Q3 2027, told to Dana with the reason."),
]

# The words that have to be found, exactly as typed; NOTHING where no single word is to blame.
BAD: list[tuple[ActionKind, str, list[str]]] = [
    (FIX, "We'll pass it on to engineering.", ["pass it on"]),
    (FIX, "We'll pass it to product", ["pass it to"]),
    (FIX, "I'll Pass  it\non to the team", ["Pass it on"]),
    (FIX, "Looking into the export issue with high priority.", ["Looking into"]),
    (FIX, "Engineering will look into this and get back to Dana.", ["look into", "get back to"]),
    (FIX, "Product will consider adding CSV export.", ["consider"]),
    (FIX, "Consider Dana's request in the next planning.", ["Consider"]),
    (FIX, "Keep an eye on the error rate.", ["Keep an eye on"]),
    (FIX, "The team monitors the queue for two weeks.", ["monitors"]),
    (FIX, "Monitor the situation", ["Monitor"]),
    (FIX, "Our engineers will monitor for errors", ["monitor"]),
    (FIX, "CSV export is coming soon.", ["soon"]),
    (FIX, "Ship the fix as soon as possible", ["as soon as possible"]),
    (FIX, "Fix ASAP", ["ASAP"]),
    (FIX, "We ship it as soon as we can.", ["soon"]),
    (FIX, "We try to ship the export in December.", ["try to"]),
    (FIX, "We will try it with the next release", ["try"]),
    (FIX, "We can try it in December.", ["try"]),
    (FIX, "We'd like to try and fix the login.", ["try"]),
    (FIX, "Raise it with the product team", ["Raise it with"]),
    (FIX, "Discuss internally and align.", ["Discuss internally"]),
    (FIX, "Kofi and Jen discuss whether the limit can be raised.", ["discuss whether"]),
    (FIX, "We are working on it.", ["working on it"]),
    (FIX, "Hopefully the fix ships in December.", ["Hopefully"]),
    (FIX, "Kofi fixes the login loop, probably in 4.3.", ["probably"]),
    (FIX, "Kofi fixes the login loop if possible this month.", ["if possible"]),
    (FIX, "We aim to release the export in December.", ["aim to"]),
    (FIX, "It will be fixed eventually.", ["eventually"]),
    (FIX, "Added to the backlog; we'll keep you posted.", ["keep you posted"]),
    (FIX, "Put it on the roadmap", ["Put it on the roadmap"]),
    (FIX, "WE WILL LOOK INTO THE EXPORT", ["LOOK INTO"]),
    (FIX, "We will look\u00a0into the export", ["look into"]),
    (FIX, "We\u2019ll have a look and see what we can do.", ["have a look", "see what we can"]),
    (FIX, "We will fix it shortly, soon after that the rest, very soon.", ["shortly", "soon"]),
    (FIX, "We'll make the export better.", [NOTHING]),
    (FIX, "Improve performance", [NOTHING]),
    (FIX, "Improve our reports and exports.", [NOTHING]),
    (FIX, "We take this seriously and will address it.", [NOTHING]),
    (FIX, "We want to fix this for Dana.", [NOTHING]),
    (FIX, "We will support the CSV export.", [NOTHING]),
    (FIX, "Export", [NOTHING]),
    (FIX, "We won't let this happen again.", [NOTHING]),
    (FIX, "Prioritise a fix with engineering.", [NOTHING]),
    (FIX, "Let's see.", [NOTHING]),
    (FIX, "Team is aware and on it.", [NOTHING]),
    (FIX, "Push engineering for a fix.", [NOTHING]),
    (SERVICE, "Keep Dana informed.", [NOTHING]),
    (SERVICE, "Follow up with Dana next week.", ["Follow up with"]),
    (PROCESS, "Share the feedback with sales.", ["Share the feedback"]),
    (PROCESS, "We will communicate better in future.", [NOTHING]),
    (PROCESS, "More proactive support for enterprise customers, we promise.", [NOTHING]),
    (PROCESS, "Review the onboarding process.", [NOTHING]),
    (PROCESS, "Going to bring this up in the next team meeting", ["bring this up"]),
    (PROCESS, "Explore a new handover between sales and onboarding.", ["Explore"]),
    (PROCESS, "We'll do our best to answer faster.", ["do our best"]),
    (SERVICE, "Priya will touch base with Dana.", ["touch base"]),
    (SERVICE, "Apologise to Dana and listen to her.", [NOTHING]),
    (SERVICE, "We might give a credit.", ["might"]),
    (SERVICE, "Marcus escalates it: we'll flag this with finance.", ["flag this with"]),
    (SERVICE, "I'll follow up internally", ["follow up internally"]),
    (NO, "We will consider it again next year.", ["consider", NOTHING]),
    (NO, "SAP connector in Q3 2027", [NOTHING]),
    (NO, "It's under consideration, no promise.", ["under consideration"]),
]


def _found(kind: ActionKind, text: str) -> list[str]:
    found = challenge(text, "U0KOFI", DUE, kind=kind, today=TODAY, rules=RULES)
    assert all(each.field == "deliverable" for each in found)
    return [NOTHING if "“" not in each.why else each.words for each in found]


def test_the_table_is_long_enough_to_say_something() -> None:
    promises = [text for _, text in GOOD] + [text for _, text, _ in BAD]
    assert len(set(promises)) == len(promises) >= 80
    assert len(GOOD) * 2 >= len(promises) - len(GOOD)
    tempting = ("soon", "consider", "monitor", "try", "look")
    assert sum(any(word in text.lower() for word in tempting) for _, text in GOOD) >= 12


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_a_good_promise_passes(kind: ActionKind, text: str) -> None:
    assert _found(kind, text) == []


@pytest.mark.parametrize(("kind", "text", "words"), BAD)
def test_a_vague_one_is_challenged_with_its_words(kind: ActionKind, text: str, words: list[str]) -> None:
    assert [word for word in _found(kind, text) if word != NOTHING] == [word for word in words if word != NOTHING]
    assert NOTHING not in words or NOTHING in _found(kind, text)


@pytest.mark.parametrize("kind", ActionKind)
def test_the_examples_pass_themselves(kind: ActionKind) -> None:
    assert _found(kind, EXAMPLES[kind]) == []


@pytest.mark.parametrize("person", ["someone", "The team", "engineering", "TBD", "?", "our product team", "Support"])
def test_a_promise_has_a_person(person: str) -> None:
    (found,) = challenge(GOOD[0][1], person, DUE, kind=FIX, today=TODAY, rules=RULES)
    assert (found.field, found.words) == ("person", person)
    assert found.why == f"“{person}” names no person. Who answers for it?"


@pytest.mark.parametrize("person", ["U0KOFI", "Kofi", "Kofi Mensah", "Dana's admin Teamy", "Weam", "李娜"])
def test_a_name_is_a_person(person: str) -> None:
    assert challenge(GOOD[0][1], person, DUE, kind=FIX, today=TODAY, rules=RULES) == ()


@pytest.mark.parametrize(
    ("due", "whys"),
    [
        (TODAY, []),
        (TODAY - timedelta(days=1), ["Sun 22 Nov 2026 has passed."]),
        (date(2026, 12, 25), ["Fri 25 Dec 2026 isn't a working day; the next one is Mon 28 Dec 2026."]),
        (date(2026, 12, 5), ["Sat 5 Dec 2026 isn't a working day; the next one is Mon 7 Dec 2026."]),
        (date(2027, 5, 21), []),  # 179 days
        (date(2027, 5, 24), ["Mon 24 May 2027 is 182 days away. What can the customer have by Sat 22 May 2027?"]),
        (
            date(2027, 5, 23),
            [
                "Sun 23 May 2027 is 181 days away. What can the customer have by Sat 22 May 2027?",
                "Sun 23 May 2027 isn't a working day; the next one is Mon 24 May 2027.",
            ],
        ),
    ],
)
def test_an_odd_date_gets_a_sentence(due: date, whys: list[str]) -> None:
    found = challenge(GOOD[0][1], "U0KOFI", due, kind=FIX, today=TODAY, rules=RULES)
    assert [each.why for each in found] == whys
    assert all((each.field, each.words) == ("due", due.isoformat()) for each in found)


def test_an_honest_no_may_reach_far_and_end_on_any_day() -> None:
    assert challenge(EXAMPLES[NO], "U0KOFI", date(2028, 1, 1), kind=NO, today=TODAY, rules=RULES) == ()


AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
VAGUE = Action(FIX, "We'll look into it soon", "someone", "U0MARIUS", date(2026, 12, 5))


def test_a_tick_overrides_the_words_it_names_and_no_others() -> None:
    with pytest.raises(Challenged) as first:
        check_commitment(VAGUE, TODAY, RULES)
    words = tuple(each.words for each in first.value.challenges)
    assert words == ("look into", "soon", "We'll look into it soon", "someone", "2026-12-05")
    assert first.value.field == "deliverable"
    assert first.value.sentence.startswith("“look into” commits nobody. What will be delivered, by whom, by when?")
    assert first.value.sentence.endswith(f"For example: “{EXAMPLES[FIX]}”")
    check_commitment(replace(VAGUE, challenged=words), TODAY, RULES)
    with pytest.raises(Challenged) as second:
        check_commitment(replace(VAGUE, deliverable="We'll look into it asap", challenged=words), TODAY, RULES)
    assert [each.words for each in second.value.challenges] == ["asap", "We'll look into it asap"]


def test_the_words_are_the_policys_in_any_language() -> None:
    policy = load_policy(bent("[capacity]", '[commitment]\nvague_words = ["schauen wir mal", "検討"]\n\n[capacity]'))
    rules = step_rules(policy, policy.programmes["relational"])
    for text, words in (("Schauen  wir mal, was geht.", "Schauen wir mal"), ("CSV出力を検討します", "検討")):
        (found,) = challenge(text, "U0KOFI", DUE, kind=FIX, today=TODAY, rules=rules)
        assert found.words == words
    assert challenge("Kofi ships it soon.", "U0KOFI", DUE, kind=FIX, today=TODAY, rules=rules) == ()


@pytest.mark.parametrize("text", ["Kofi ships it s\u00adoon.", "Kofi ships it \uff53\uff4f\uff4f\uff4e."])
def test_words_in_disguise_are_found(text: str) -> None:
    assert _found(FIX, text) == ["soon"]


@pytest.mark.parametrize("text", ["“We'll look into it”", '"soon"', "'Consider'"])
def test_a_promise_that_is_all_quote_is_no_way_around(text: str) -> None:
    assert _found(FIX, text)


def test_quoting_nearly_everything_hides_nothing() -> None:
    assert _found(FIX, "“Kofi ships the export soon”, promised.") == ["soon"]


@given(st.text(max_size=300), st.text(max_size=60), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_any_text_is_judged_and_its_own_tick_lets_it_pass(text: str, person: str, due: date) -> None:
    for kind in ActionKind:
        found = challenge(text, person, due, kind=kind, today=TODAY, rules=RULES)
        assert all(each.why and each.example for each in found)
        ticked = Action(kind, text, person, "U0MARIUS", due, tuple(each.words for each in found))
        check_commitment(ticked, TODAY, RULES)


@given(st.sampled_from(RULES.vague_words), st.sampled_from([text for kind, text in GOOD if kind is not NO]))
def test_no_good_promise_hides_a_vague_one(words: str, good: str) -> None:
    found = challenge(f"{good} we {words} the rest", "U0KOFI", DUE, kind=FIX, today=TODAY, rules=RULES)
    assert any(folded_text(words) in folded_text(each.words) for each in found), (words, good)


def test_a_checked_tick_is_recorded_once_and_clean() -> None:
    bounds = Bounds(RULES, AT - timedelta(days=3), AT, AT)
    assert replace(VAGUE, challenged=("look  into", "look into", "soon")).checked(bounds).challenged == (
        "look into",
        "soon",
    )
