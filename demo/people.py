"""Users and user groups of the workspace."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from demo.constants import APP_ID, BOT_ID, TEAM_ID
from demo.jsons import Json


@dataclass(slots=True)
class User:
    id: str
    name: str
    real_name: str
    title: str = ""
    email: str = ""
    tz: str = "Europe/London"
    color: str = "9f69e7"
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    updated: int = 0

    def as_slack(self, *, with_email: bool) -> Json:
        """A `user` object as users.info gives it; the address only with users:read.email."""
        zone = ZoneInfo(self.tz)
        here = datetime.now(tz=UTC).astimezone(zone)
        offset = here.utcoffset()
        profile: Json = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": self.real_name.split(" ", 1)[0],
            "last_name": self.real_name.partition(" ")[2],
            "status_text": "",
            "status_emoji": "",
            "team": TEAM_ID,
        }
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID, "always_active": True}
        elif with_email:
            profile["email"] = self.email
        user: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if not self.deleted:
            user |= {
                "color": self.color,
                "real_name": self.real_name,
                "tz": self.tz,
                "tz_label": here.tzname() or self.tz,
                "tz_offset": int(offset.total_seconds()) if offset else 0,
                "is_admin": self.is_admin,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": False,
                "is_ultra_restricted": False,
                "is_email_confirmed": not self.is_bot,
            }
        return user

    def as_page(self) -> Json:
        """The shape the page shows people in."""
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "title": self.title,
            "tz": self.tz,
            "color": self.color,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
        }


@dataclass(slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)

    def as_slack(self, *, with_users: bool) -> Json:
        group: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_delete": 0,
            "user_count": len(self.users),
        }
        if with_users:
            group["users"] = list(self.users)
        return group
