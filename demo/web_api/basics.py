"""auth.test, apps.connections.open, team.info, bots.info."""

from demo.constants import APP_ID, BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, TEAM_NAME, TEAM_URL
from demo.errors import Refusal
from demo.jsons import Json
from demo.web_api.registry import ApiCall, method


@method("auth.test")
def auth_test(_call: ApiCall) -> Json:
    return {
        "url": TEAM_URL,
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("api.test")
def api_test(call: ApiCall) -> Json:
    error = call.args.maybe("error")
    if error is not None:
        raise Refusal(error, extra={"args": call.args.values})
    return {"args": call.args.values}


@method("team.info", scopes=("team:read",), tier=3)
def team_info(_call: ApiCall) -> Json:
    return {
        "team": {
            "id": TEAM_ID,
            "name": TEAM_NAME,
            "url": TEAM_URL,
            "domain": TEAM_DOMAIN,
            "email_domain": "acme.example",
            "icon": {"image_default": True},
        }
    }


@method("bots.info", scopes=("users:read",), tier=3)
def bots_info(call: ApiCall) -> Json:
    bot = call.args.maybe("bot")
    if bot not in {None, BOT_ID}:
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": BOT_NAME,
            "updated": 0,
            "app_id": APP_ID,
            "user_id": BOT_USER_ID,
            "icons": {},
        }
    }
