"""Briefs to draw in tests: one written out in full (the wireframe's Northwind), and any that a customer could cause."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from recovery.cases.brief import Brief, Colleague, PastScore
from recovery.cases.case import Case, Deadlines, Outcome, Routing, State, Urgency
from recovery.cases.progress import Commitment, PartnerWord, Pause, Progress, Verdict
from recovery.cases.steps import ActionKind, Channel, FollowUpResult
from recovery.survey import Account, Contact, SurveyResponse

NOW = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
ANSWERED = datetime(2026, 11, 21, 11, 58, tzinfo=UTC)
CRM = "https://crm.example/accounts/001A"

CASE = Case(
    id=42,
    programme="relational",
    contact_id=7,
    account_id=3,
    response_id=11,
    state=State.OPEN,
    urgency=Urgency.CRITICAL,
    urgency_why='large account, renewal near, "evaluating alternatives"',
    routing=Routing("U0PRIYA", "Jen (CSM) is away until 2 Dec"),
    opened_at=NOW,
    submitted_at=ANSWERED,
    deadlines=Deadlines(
        assign=NOW + timedelta(hours=4),
        outreach=ANSWERED + timedelta(hours=48),
        assign_why="4 business hours after the card",
        outreach_why="48 hours after the answer",
        conversation=ANSWERED + timedelta(days=7),
        action=ANSWERED + timedelta(days=14),
        conversation_why="7 days after the answer",
        action_why="14 days after the answer",
    ),
    version=3,
)
ANSWER = SurveyResponse(
    source="generic",
    response_id="r-11",
    score=2,
    responded_at=ANSWERED,
    version_at=ANSWERED,
    contact=Contact("dana@northwind.example", "Dana Okafor", "dana@northwind.example"),
    verbatim="Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
    role="admin",
    surface="reporting",
)
ACCOUNT = Account(
    key="001A",
    name="Northwind Traders",
    acv=Decimal(180_000),
    renewal_date=date(2027, 2, 16),
    segment="enterprise",
    csm_email="jen@acme.example",
    customer_since=date(2024, 9, 1),
)
BRIEF = Brief(
    case=CASE,
    answer=ANSWER,
    account=ACCOUNT,
    before=(
        PastScore(9, datetime(2026, 2, 3, tzinfo=UTC)),
        PastScore(8, datetime(2026, 5, 20, tzinfo=UTC)),
    ),
    joined=(),
    colleagues=(
        Colleague("Ada", "buyer", 9, datetime(2026, 10, 1, tzinfo=UTC)),
        Colleague("Ben", "user", 5, datetime(2026, 9, 1, tzinfo=UTC), case_id=40),
    ),
    programme_name="Relational",
    crm_url=CRM,
    at=NOW,
)
CLAIMED = replace(BRIEF, case=replace(CASE, state=State.CLAIMED, owner="U0PRIYA", assigned_at=NOW))
WITHDRAWN = replace(
    BRIEF,
    case=replace(
        CASE,
        state=State.CLOSED,
        closed_at=NOW,
        outcome=Outcome.WITHDRAWN,
        outcome_reason="Test answer: our own set-up.",
    ),
)

CONTACTED = Progress(
    contacted_at=NOW + timedelta(hours=3),
    reached_at=NOW + timedelta(hours=3),
    attempts=2,
    channels=(Channel.EMAIL, Channel.CALL),
)
TALKED = replace(CONTACTED, conversation_at=NOW + timedelta(days=2), root_cause="Onboarding")
PROMISE = Commitment(
    kind=ActionKind.FIX,
    deliverable="Engineering ships CSV export; Priya demos it to Dana on 2 December.",
    person="U0PRIYA",
    partner="U0AMARA",
    due=date(2026, 12, 2),
    first_due=date(2026, 12, 2),
    committed_at=NOW + timedelta(days=3),
)
COMMITTED = replace(
    TALKED,
    action=PROMISE,
    first_committed_at=PROMISE.committed_at,
    commitments=1,
    follow_up_due=PROMISE.committed_at + timedelta(days=30),
    follow_up_why="Follow-up due 30 days after the action was committed.",
)
SLIPPED = replace(
    COMMITTED,
    action=replace(PROMISE, due=date(2027, 1, 4)),
    slips=1,
    follow_up_at=NOW + timedelta(days=9),
    follow_up_result=FollowUpResult.SLIPPED,
)
BROKEN = replace(
    COMMITTED,
    follow_up_at=NOW + timedelta(days=20),
    follow_up_result=FollowUpResult.BROKEN,
    breaks=1,
    follow_up_due=None,
    follow_up_why="",
    action_again_due=NOW + timedelta(days=34),
    action_again_why="New action due 14 days after the last one broke.",
)
HELD = replace(COMMITTED, follow_up_at=NOW + timedelta(days=20), follow_up_result=FollowUpResult.HELD)


def at_step(progress: Progress, brief: Brief = CLAIMED, *, after: timedelta = timedelta(days=4)) -> Brief:
    """The claimed case, so far along, looked at so long after it was opened."""
    return replace(brief, case=replace(brief.case, progress=progress, flagged_at=NOW), at=NOW + after)


HOSTILE = (
    "<!channel> <@U0PRIYA> <#C0RELATIONAL> <!here|here> <https://evil.example|click me>",
    "*bold* _slanted_ ~struck~ `code` ```block``` > quote :tada: @channel &lt;!channel&gt; &amp;",
    "\u202eright to left override \u2066isolate \u202a without end \u2069\u2069\u2069\u202c\u202c",
    "كانت التجربة سيئة للغاية، ونحن نبحث عن بدائل",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏿🇩🇪🇫🇷e\u0301\u0301 क्षि 각 กำ",
    "z\u0300\u0301\u0302\u0303\u0304\u0305" * 30,
    "\x00\x07half \ud83d of a character \x1b[31m\u2028next line\r\nand next",
    "{account} {0} %s ${x} \\",
    " \u200b\u2060\ufeff ",
    "\n" * 300 + "deep down",
)

_ANYTHING = st.text(st.characters(exclude_categories=()), max_size=120)
texts = st.one_of(
    st.just(""),
    st.sampled_from(HOSTILE),
    _ANYTHING,
    st.builds(
        lambda piece, times: (piece * times)[:20_000], st.sampled_from(HOSTILE) | _ANYTHING, st.integers(1, 20_000)
    ),
)
users = st.sampled_from(["", "U0PRIYA", "W0KOFI"])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by Hypothesis' rule
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
scores = st.integers(0, 10)
past = st.builds(PastScore, scores, moments)
accounts = st.builds(
    Account,
    key=texts,
    name=texts,
    acv=st.none() | st.decimals(allow_nan=True, allow_infinity=True),
    renewal_date=st.none() | days,
    segment=texts,
    csm_email=texts,
    customer_since=st.none() | days,
)
answers = st.builds(
    SurveyResponse,
    source=st.just("generic"),
    response_id=texts,
    score=scores,
    responded_at=moments,
    version_at=moments,
    contact=st.builds(Contact, texts, texts, texts),
    verbatim=texts,
    role=texts,
    surface=texts,
    permalink=texts,
    follow_up_requested=st.booleans(),
)

names = st.sampled_from(["U0PRIYA", "W0KOFI"]) | texts
commitments = st.builds(
    Commitment,
    kind=st.sampled_from(ActionKind),
    deliverable=texts,
    person=names,
    partner=names,
    due=days,
    first_due=days,
    committed_at=moments,
)
progresses = st.builds(
    Progress,
    contacted_at=st.none() | moments,
    attempts=st.integers(0, 10_000),
    channels=st.lists(st.sampled_from(Channel), unique=True).map(tuple),
    meeting_at=st.none() | moments,
    conversation_at=st.none() | moments,
    root_cause=texts,
    action=st.none() | commitments,
    commitments=st.integers(0, 3),
    action_again_due=st.none() | moments,
    action_again_why=texts,
    partner_word=st.none() | st.sampled_from(PartnerWord),
    partner_said_at=st.none() | moments,
    follow_up_due=st.none() | moments,
    follow_up_why=texts,
    follow_up_at=st.none() | moments,
    follow_up_result=st.none() | st.sampled_from(FollowUpResult),
    slips=st.integers(0, 10_000),
    verdict=st.none() | st.sampled_from(Verdict),
    later_score=st.none() | scores,
    pauses=st.lists(
        st.builds(Pause, start=moments, until=moments, reason=texts, ended_at=st.none() | moments), max_size=2
    ).map(tuple),
    snoozed_until=st.none() | moments,
    snooze_why=texts,
)


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    """Any brief the house could hold: states that agree with themselves, everything else as wild as it comes."""
    state = draw(st.sampled_from(State))
    owner = draw(st.sampled_from(["U0PRIYA", "W0KOFI"])) if state is not State.OPEN else ""
    case = replace(
        CASE,
        id=draw(st.integers(1, 2**63 - 1)),
        state=state,
        owner=owner,
        urgency=draw(st.sampled_from(Urgency)),
        urgency_why=draw(texts),
        routing=Routing(draw(users), draw(texts)),
        outcome=draw(st.sampled_from(Outcome)) if state is State.CLOSED else None,
        outcome_reason=draw(texts) if state is State.CLOSED else "",
        deadlines=Deadlines(
            draw(moments),
            draw(moments),
            "",
            draw(texts),
            conversation=draw(st.none() | moments),
            action=draw(st.none() | moments),
            conversation_why=draw(texts),
            action_why=draw(texts),
        ),
        assigned_at=draw(st.none() | moments),
        closed_at=draw(moments) if state is State.CLOSED else None,
        progress=draw(progresses),
        version=draw(st.integers(0, 2**63 - 1)),
    )
    colleagues = st.builds(Colleague, texts, texts, scores, moments, st.none() | st.integers(1, 2**63 - 1))
    return Brief(
        case=case,
        answer=draw(answers),
        account=draw(st.none() | accounts),
        before=tuple(draw(st.lists(past, max_size=30))),
        joined=tuple(draw(st.lists(past, max_size=30))),
        colleagues=tuple(draw(st.lists(colleagues, max_size=10))),
        programme_name=draw(texts),
        crm_url=draw(
            st.sampled_from(
                [CRM, "", "javascript:alert(1)", "https://x.example/" + "a" * 700, "https://x.example/" + "a" * 5000]
            )
            | texts
        ),
        at=draw(moments),
    )
