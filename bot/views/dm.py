"""Direct messages to the person who owns a case, or owned it until now."""

from bot.views import blocks, card, kit, words
from bot.views.blocks import Part
from bot.views.ids import ActionId, case_block
from bot.views.look import Block, Look
from bot.views.phrases import full_name, phrase
from recovery.brief import Brief

_QUOTE = 300
_QUOTE_LINES = 6
_NOTE = 500


def given(brief: Brief, by: str, *, currency: str, note: str = "", card_link: str = "") -> Look:
    """To a new owner: "Marcus gave you Northwind Traders", with what was said, what is due and the way to the card.

    `by` is a Slack id, `note` what the lead wrote, `card_link` the permalink of the card where it is known.
    """
    told = kit.named(note, _NOTE)
    template = words.GIVEN_WITH_NOTE if told else words.GIVEN
    first = phrase(template, who=blocks.person(by), account=blocks.bold(card.account_name(brief)), note=told)
    spoken = template.format(
        who=kit.mention(by), account=kit.escaped(card.account_name(brief)), note=kit.typed(note, _NOTE)
    )
    part = kit.excerpt(brief.answer.verbatim, _QUOTE, _QUOTE_LINES)
    said = blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "") if part.text else None
    about = kit.dotted(card.headline(brief, currency), full_name(brief.answer.contact))
    found: list[Block] = [
        blocks.rich(
            case_block(brief.case.id, "given"),
            blocks.line(*first, "\n", about),
            said or blocks.line(words.NO_COMMENT),
        ),
        blocks.section(case_block(brief.case.id, "due"), card.next_step(brief.case, brief.at)),
    ]
    return Look(spoken, (*found, *_way_to(brief, card_link)))


def moved(brief: Brief, by: str, to: str, *, card_link: str = "") -> Look:
    """To the owner until now: someone else has it (`to`), or the channel again (`to` is "")."""
    template = words.TAKEN_AWAY if to else words.GIVEN_BACK
    account = card.account_name(brief)
    parts: dict[str, Part] = {
        "who": blocks.person(by),
        "after": blocks.person(to),
        "account": blocks.bold(account),
    }
    spoken = template.format(who=kit.mention(by), after=kit.mention(to), account=kit.escaped(account))
    line = blocks.rich(case_block(brief.case.id, "moved"), blocks.line(*phrase(template, **parts)))
    return Look(spoken, (line, *_way_to(brief, card_link)))


def _way_to(brief: Brief, card_link: str) -> list[Block]:
    address = kit.web_address(card_link)
    if not address:
        return []
    label = words.OPEN_CARD_LABEL.format(account=card.account_name(brief))
    open_card = blocks.link_button(ActionId.OPEN_CARD, words.OPEN_CARD, address, label=label)
    return [blocks.actions(case_block(brief.case.id, "open"), open_card)]
