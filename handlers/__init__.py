"""What people and survey tools send us. `register` ties every part to the app; hot ones first.

Bolt asks the listeners one after the other, about 10 µs for each it passes over.
"""

from slack_bolt.async_app import AsyncApp

from handlers import assign, claim, command, home, membership, more, withdraw
from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    for part in (claim, command, assign, more, withdraw, home, membership):
        part.register(app, desk)
