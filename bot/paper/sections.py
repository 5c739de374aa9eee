"""What stands above and beside the chart: the Ask of last time, the headline, what moved, what detractors say."""

from collections.abc import Iterable

from bot.paper import text, words
from bot.paper.markup import Markup, element, joined
from bot.views import kit
from recovery.figures.nps import Tally, signed, under_sampled
from recovery.figures.share import rounded
from recovery.policy.figures import FigureRules
from recovery.readouts.page import Answer, Decision, LastAsk, Moved, Page, Quote

# Characters on paper. What is longer ends in an ellipsis; Slack has the whole.
DECISION = 160
EFFECT = 160
REASON = 110
QUOTE = 190
TAG = 32
MOVERS = 4
NAMED = 6
INVERSIONS = 2


def head(page: Page) -> Markup:
    """The title, and whether this is a draft."""
    title = words.TITLE.format(programme=text.name(page.programme), period=text.period(page))
    if page.published_at is None:
        state = element("p", words.DRAFT.format(day=text.day(page.at)), class_="state draft")
    else:
        state = element("p", words.PUBLISHED.format(day=text.day(page.published_at)), class_="state")
    return element("header", element("h1", title), state)


def last_ask(page: Page) -> Markup:
    """What was asked last time, and what was decided; nothing where there was no Ask."""
    last = page.last
    if last is None:
        return joined()
    return element(
        "section",
        element("h2", words.LAST.format(period=last.period)),
        element("p", element("q", text.name(last.ask.decision, DECISION), dir="auto")),
        element("p", *_decided(last), class_="answer"),
        *_effect(last.decision),
        class_="last",
    )


def headline(page: Page, rules: FigureRules) -> Markup:
    """The NPS, how it changed, how many people that is, and who they are."""
    now = page.overall.standing.now
    label = words.COMPANY if page.is_company_nps else words.OF_PROGRAMME.format(programme=text.name(page.programme))
    facts = [*_change(page, rules), *_who(page, now)]
    if not page.is_company_nps:
        facts.append(words.ALONE)
    figure = element("strong", page.overall.score)
    return element(
        "section",
        element("div", element("h2", label), element("p", figure, class_="nps" if now.n else "nps words")),
        element("div", *(element("p", fact) for fact in facts), class_="facts"),
        class_="headline",
    )


def moved(page: Page) -> Markup:
    """The segments that moved, each with its reason, and strengths that score worst."""
    if not page.segments:
        return joined()
    shown, others = page.movers[:MOVERS], page.movers[MOVERS:]
    items = [_mover(each) for each in shown]
    said = [element("ul", *items)] if items else [element("p", words.NOT_MOVED)]
    if others:
        moves = [f"{text.segment(each.line.name)} {_points(each)}" for each in others]
        said.append(element("p", words.ALSO_MOVED.format(groups=kit.listed(moves, NAMED))))
    said += [
        element("p", _inversion(each.name, each.standing.now), class_="inversion")
        for each in page.inversions[:INVERSIONS]
    ]
    return element("section", element("h2", words.MOVED), *said, class_="moved")


def themes(page: Page) -> Markup:
    """What detractors say, in their own words; nothing where nobody looked for themes."""
    if page.themes is None or not page.overall.standing.now.n:
        return joined()
    if page.themes:
        said = [_quote(each) for each in page.themes]
    else:
        none = words.NO_THEMES if page.overall.standing.now.detractors else words.NO_DETRACTOR
        said = [element("p", none)]
    return element("section", element("h2", words.THEMES), *said, class_="themes")


def _decided(last: LastAsk) -> Iterable[Markup]:
    decision = last.decision
    if decision is None:
        return (element("b", words.NO_ANSWER),)
    answer = words.ANSWERS[decision.answer]
    if decision.answer is Answer.KEEP_MONITORING:
        answer = f"{answer}, {words.STALL}"
    return element("b", f"{answer}."), joined(" "), _sentence(decision)


def _effect(decision: Decision | None) -> Iterable[Markup]:
    """What the decision changed, where somebody has said so; who wrote it down stands in Slack."""
    effect = decision.effect if decision else None
    if effect is None:
        return ()
    told = element("q", kit.named(effect.note, EFFECT), dir="auto")
    return (element("p", element("b", words.EFFECTS[effect.changed]), joined(" "), told, class_="effect"),)


def _sentence(decision: Decision) -> Markup:
    said = kit.named(decision.sentence, DECISION)
    who = words.DECIDED.format(name=text.name(decision.name), day=text.day(decision.at))
    return joined(element("q", said, dir="auto"), f" {who}.") if said else joined(f"{who}.")


def _change(page: Page, rules: FigureRules) -> list[str]:
    standing = page.overall.standing
    if not standing.now.n:
        first = words.NOBODY.format(period=text.period(page))
    else:
        first = text.sentence_start(page.overall.trend_words) + "."
    before = standing.before
    if not before.n:
        return [first, words.NOBODY_BEFORE.format(period=page.before.name)]
    was = words.WAS.format(
        period=text.sentence_start(page.before.name),
        shown=signed(before.nps or 0) if under_sampled(before, rules, overall=True) else before.shown,
        people=kit.count(before.n, "person", "people"),
    )
    return [first, was]


def _who(page: Page, now: Tally) -> list[str]:
    if not now.n:
        return []
    parts = words.PARTS.format(
        promoters=f"{now.promoters:,}", passives=f"{now.passives:,}", detractors=f"{now.detractors:,}"
    )
    people = words.PEOPLE.format(people=kit.count(now.n, "person", "people"))
    groups = [
        words.STRATUM.format(name=text.segment(name, 24), percent=share.percent)
        for name, share in page.strata
        if share.percent is not None
    ]
    said = [f"{people}: {parts}."]
    return [*said, words.STRATA.format(groups=kit.listed(groups, NAMED))] if groups else said


def _mover(mover: Moved) -> Markup:
    name = element("b", element("bdi", text.segment(mover.line.name)), f" {_points(mover)}")
    reason = kit.named(mover.reason, REASON)
    told = element("span", reason, dir="auto") if reason else element("em", words.NO_REASON)
    return element("li", name, ": ", told)


def _points(mover: Moved) -> str:
    return signed(rounded(mover.line.standing.change or 0))


def _inversion(name: str, now: Tally) -> str:
    return words.INVERSION.format(name=text.segment(name), score=signed(now.nps or 0))


def _quote(quote: Quote) -> Markup:
    count = words.ALONE_SAID if quote.count == 1 else words.SAID.format(count=f"{quote.count:,}")
    return element(
        "figure",
        element("blockquote", element("q", kit.named(quote.text, QUOTE), dir="auto")),
        element("figcaption", element("b", element("bdi", kit.named(quote.tag, TAG))), f" · {count}"),
    )
