"""Names and secrets of the local workspace: the same every time, so that anybody can script against them."""

from typing import Final

BOT_TOKEN: Final = "xoxb-demo-winback"
APP_TOKEN: Final = "xapp-demo-winback"
SIGNING_SECRET: Final = "demo-signing-secret"
VERIFICATION_TOKEN: Final = "demo-verification-token"

TEAM_ID: Final = "T0DEMO"
TEAM_NAME: Final = "Acme"
TEAM_DOMAIN: Final = "acme"
TEAM_URL: Final = "https://acme.slack.example/"
BOT_USER_ID: Final = "U0WINBACK"
BOT_ID: Final = "B0WINBACK"
APP_ID: Final = "A0WINBACK"
BOT_NAME: Final = "winback"

# Secrets of the survey hooks, as each tool wants them.
GENERIC_SECRET: Final = "whsec_ZGVtby1ob29rLXNlY3JldC1mb3Itd2luYmFjaw=="
DELIGHTED_SECRET: Final = "demo-delighted-api-key"
TYPEFORM_SECRET: Final = "demo-typeform-secret"

EVENTS_PATH: Final = "/slack/events"
