"""What people and survey tools send us. `register` ties every part to the app; hot ones first.

Bolt asks the listeners one after the other, about 10 µs for each it passes over.
"""

from slack_bolt.async_app import AsyncApp

from handlers import (
    action,
    assign,
    claim,
    close,
    command,
    conversation,
    correct,
    decisions,
    escalation,
    figures,
    follow_up,
    home,
    membership,
    more,
    outreach,
    page_links,
    partner,
    pause,
    readout,
    registry,
    shortcut,
    themes,
    withdraw,
)
from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    steps = (outreach, conversation, action, follow_up, close, correct, partner)
    looks = (home, figures, readout, decisions, page_links, registry, themes)
    for part in (claim, command, *steps, escalation, assign, more, pause, withdraw, *looks, shortcut, membership):
        part.register(app, desk)
