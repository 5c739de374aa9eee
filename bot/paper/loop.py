"""The closed loop: who heard from us in time, what we promised, whom we won back, and the money behind it."""

from bot.paper import text, words
from bot.paper.markup import Markup, element
from bot.views import kit
from bot.views.readouts.page import waited_words
from recovery.figures.bands import ON_TARGET, PAUSE_SURVEY
from recovery.figures.case_figures import ActionFigures, Amount, ContactRate, SavedFigures
from recovery.readouts.page import ClosedLoop, Page


def closed_loop(page: Page) -> Markup:
    loop = page.loop
    if not _has_cases(loop):
        return element("section", element("h2", words.LOOP), element("p", words.NO_CASE), class_="loop")
    return element(
        "section",
        element("h2", words.LOOP),
        element(
            "div",
            _contacted(loop.contacted, loop.limit),
            _actions(loop.actions),
            _saved(loop.saved, page.currency),
            class_="tiles",
        ),
        *(element("p", said) for said in [_money(loop, page.currency)] if said),
        class_="loop",
    )


def _has_cases(loop: ClosedLoop) -> bool:
    return bool(loop.contacted.share.whole or loop.contacted.undecided)


def _tile(figure: str, name: str, *facts: str) -> Markup:
    lines = [element("p", fact) for fact in facts if fact]
    return element("div", element("p", element("strong", figure), f" {name}"), *lines)


def _contacted(rate: ContactRate, limit: str) -> Markup:
    share, band = rate.share, rate.band
    name = words.CONTACTED_WITHIN.format(limit=limit) if limit else words.CONTACTED
    waiting = words.UNDECIDED.format(count=f"{rate.undecided:,}") if rate.undecided else ""
    if band is None:
        return _tile(words.NOTHING, name, words.NONE_DUE)
    facts = words.RATE.format(part=f"{share.part:,}", whole=f"{share.whole:,}", undecided=waiting)
    judged = words.ON_TARGET if band.key == ON_TARGET else words.BAND.format(name=text.sentence_start(band.name))
    tile_facts = [facts, band.sentence if band.key == PAUSE_SURVEY else judged]
    return _tile(f"{share.percent} %", name, *tile_facts)


def _actions(actions: ActionFigures) -> Markup:
    name = words.COMMITTED_ONE if actions.committed == 1 else words.COMMITTED
    done = kit.dotted(
        words.HELD.format(count=f"{actions.held:,}") if actions.committed else "",
        words.SLIPPED.format(times=_times(actions.slipped)) if actions.slipped else "",
        words.BROKEN.format(times=_times(actions.broken)) if actions.broken else "",
    )
    honest = _and(kit.count(actions.honest_no, words.HONEST_NO, words.HONEST_NOES)) if actions.honest_no else ""
    return _tile(f"{actions.committed:,}", name, done, honest)


def _saved(saved: SavedFigures, currency: str) -> Markup:
    name = words.SAVED_ONE if saved.saved == 1 else words.SAVED
    worth = kit.money(saved.acv_saved, currency) if saved.saved else ""
    recovery = saved.recovery
    measured = words.OF_MEASURED.format(whole=f"{recovery.whole:,}", percent=recovery.percent) if recovery.whole else ""
    pending = words.PENDING.format(count=f"{saved.pending:,}") if saved.pending else ""
    return _tile(f"{saved.saved:,}", f"{name} ({worth})" if worth else name, measured, pending)


def _and(said: str) -> str:
    return words.AND.format(count=said)


def _times(number: int) -> str:
    return words.ONCE if number == 1 else words.TIMES.format(count=f"{number:,}")


def _money(loop: ClosedLoop, currency: str) -> str:
    found = [
        _amount(words.AT_RISK, loop.money.at_risk, currency),
        _amount(words.LOST, loop.money.lost, currency),
        waited_words(loop.waited),
    ]
    return kit.dotted(*found)


def _amount(template: str, amount: Amount, currency: str) -> str:
    """The money, and how many accounts' value isn't known; "" where there is no account at all."""
    known = kit.money(amount.total, currency) if amount.accounts else ""
    without = words.UNKNOWN_VALUE.format(count=kit.count(amount.without, "account")) if amount.without else ""
    both = " and ".join(filter(None, (known, without)))
    return template.format(money=both) if both else ""
