"""Fills the sentences of `words`: once for blocks, once for the plain text beside them."""

from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from types import MappingProxyType

from bot.views import kit, words
from bot.views.blocks import Part, moment, person
from recovery.survey import Contact


def phrase(template: str, **parts: Part) -> list[Part]:
    """A sentence as parts of rich text: `{who}` becomes a mention, a date or a customer's name."""
    found: list[Part] = []
    for literal, field, _, _ in Formatter().parse(template):
        found.append(literal)
        if field:
            found.append(parts[field])
    return [part for part in found if part]


def told(
    template: str,
    users: Mapping[str, str],
    customer: Mapping[str, str],
    times: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[list[Part], str]:
    """A sentence twice: as parts of rich text, and as the message's text.

    `users` are Slack ids, `customer` texts of anybody, `times` aware.
    """
    before, begins_with, _, _ = next(iter(Formatter().parse(template)))
    if not before and begins_with and begins_with in customer:
        customer = {**customer, begins_with: opening(customer[begins_with])}
    parts: dict[str, Part] = {name: person(user) for name, user in users.items()}
    parts |= {name: kit.named(text, 240) for name, text in customer.items()}
    parts |= {name: moment(at) for name, at in times.items()}
    spoken = {name: kit.mention(user) for name, user in users.items()}
    spoken |= {name: kit.typed(text, 240) for name, text in customer.items()}
    spoken |= {name: kit.when(at) for name, at in times.items()}
    return phrase(template, **parts), template.format(**spoken)


def full_name(contact: Contact) -> str:
    """Who answered, for a heading: the name, else the e-mail, at most 80 characters."""
    return kit.named(contact.name, 80) or kit.named(contact.email, 80) or words.NO_NAME


def first_name(contact: Contact) -> str:
    """Who answered, within a sentence: "Dana" of "Dana Okafor"; unclear names stay whole."""
    return called(contact) or words.THE_CUSTOMER


def opening(name: str) -> str:
    """What `first_name` gave, as the first words of a sentence; a customer's own name stays as they write it."""
    return name.capitalize() if name == words.THE_CUSTOMER else name


def called(contact: Contact) -> str:
    """What to call who answered; "" where the name is unknown."""
    name = kit.clean(contact.name)
    first = name.split()[0] if name else ""
    # "Dr. Smith", "Okafor, Dana" and "J Smith" don't start with a name to call someone by.
    whole = len(first) == 1 or not first.replace("-", "").replace("'", "").isalpha()
    return kit.cut(" ".join(name.split()) if whole else first, 60)
