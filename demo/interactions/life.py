"""What people do in the workspace itself: talk, join, leave, archive, go, look at the home tab."""

from demo.constants import BOT_USER_ID, TEAM_ID
from demo.errors import ActRefused
from demo.interactions.acts import Acts
from demo.jsons import Json
from demo.membership import tell_member
from demo.rooms import Message, Room


class Life:
    """Each change is made at once; events the manifest subscribes to follow in the background.

    Errors: ActRefused.
    """

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self.state = acts.state

    def message(self, user: str, channel: str, text: str, thread: str | None = None) -> Message:
        """A person writes in a conversation or thread."""
        self._acts.person(user)
        room = self._acts.room(user, channel)
        if user not in room.members:
            raise ActRefused("not_in_channel", f"Join #{room.name} first.")
        if room.archived:
            raise ActRefused("is_archived", f"#{room.name} is archived.")
        if not text.strip():
            raise ActRefused("no_text", "Write something first.")
        if thread is not None and thread not in room.by_ts:
            raise ActRefused("thread_not_found", "This thread is not there any more.")
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        message = Message(self.state.clock.stamp(), room.id, user, escaped, thread_ts=thread)
        self.state.post(message)
        if room.bot_joined and room.kind != "im" and f"<@{BOT_USER_ID}>" in text:
            self.state.happened("app_mention", {**room.message_event(message), "type": "app_mention"})
        return message

    def join(self, user: str, channel: str, *, inviter: str | None = None) -> None:
        """A person joins, or is brought in by `inviter`."""
        self._acts.person(user)
        self._join(user, self._channel(channel), inviter)

    def leave(self, user: str, channel: str) -> None:
        """A person leaves."""
        self._acts.person(user)
        self._leave(user, self._channel(channel))

    def invite_bot(self, user: str, channel: str) -> None:
        """`/invite @winback`."""
        self._acts.person(user)
        self._join(BOT_USER_ID, self._channel(channel), user)

    def remove_bot(self, user: str, channel: str) -> None:
        """`/remove @winback`; the bot itself learns of it by channel_left or group_left."""
        self._acts.person(user)
        room = self._channel(channel)
        if BOT_USER_ID not in room.members:
            raise ActRefused("not_in_channel", f"winback is not in #{room.name}.")
        room.members.discard(BOT_USER_ID)
        self.state.changes.tell("state")
        name = "channel_left" if room.kind == "public" else "group_left"
        self.state.happened(name, {"type": name, "channel": room.id, "actor_id": user})
        tell_member(self.state, "member_left_channel", BOT_USER_ID, room)

    def archive(self, user: str, channel: str) -> None:
        self._acts.person(user)
        room = self._channel(channel)
        if room.archived:
            raise ActRefused("already_archived", f"#{room.name} is archived already.")
        room.archived = True
        self.state.changes.tell("state")
        if room.bot_joined or room.kind == "public":
            name = "channel_archive" if room.kind == "public" else "group_archive"
            self.state.happened(name, {"type": name, "channel": room.id, "user": user})

    def deactivate(self, user: str) -> None:
        """A person's account is switched off; their modals go."""
        self._set_deleted(user, deleted=True)
        self.state.surfaces.clear(user)

    def reactivate(self, user: str) -> None:
        self._set_deleted(user, deleted=False)

    def regroup(self, group: str, *users: str) -> None:
        """A user group has exactly these people from now on."""
        found = self.state.seed.usergroups.get(group)
        if found is None or not set(users) <= set(self.state.users):
            raise ActRefused("no_such_subteam", "There is no such user group, or not all of these people.")
        before, now = set(found.users), int(self.state.clock.now())
        found.users = list(users)
        self.state.changes.tell("state")
        added, removed = sorted(set(users) - before), sorted(before - set(users))
        event: Json = {
            "type": "subteam_members_changed",
            "subteam_id": group,
            "team_id": TEAM_ID,
            "date_previous_update": now,
            "date_update": now,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
        }
        self.state.happened("subteam_members_changed", event)

    def open_home(self, user: str, tab: str = "home") -> None:
        """A person opens the app's home or messages tab."""
        self._acts.person(user)
        room = self.state.open_dm(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": room.id, "tab": tab}
        view = self.state.surfaces.homes.get(user)
        if view is not None and tab == "home":
            event["view"] = view.as_slack()
        self.state.happened("app_home_opened", event)

    def _set_deleted(self, user: str, *, deleted: bool) -> None:
        person = self.state.users.get(user)
        if person is None or person.is_bot:
            raise ActRefused("user_not_found", "There is no such person.")
        person.deleted = deleted
        person.updated = int(self.state.clock.now())
        self.state.changes.tell("state")
        shown = person.as_slack(with_email="users:read.email" in self.state.scopes)
        self.state.happened("user_change", {"type": "user_change", "user": shown, "cache_ts": person.updated})

    def _channel(self, channel: str) -> Room:
        room = self.state.rooms.get(channel)
        if room is None or room.kind == "im":
            raise ActRefused("channel_not_found", "There is no such channel.")
        return room

    def _join(self, user: str, room: Room, inviter: str | None) -> None:
        if room.archived:
            raise ActRefused("is_archived", f"#{room.name} is archived.")
        if user in room.members:
            raise ActRefused("already_in_channel", f"Already in #{room.name}.")
        if room.kind == "private" and (inviter is None or inviter not in room.members):
            raise ActRefused("channel_not_found", "A member has to invite you.")
        room.members.add(user)
        self.state.changes.tell("state")
        if room.bot_joined:
            tell_member(self.state, "member_joined_channel", user, room, inviter)

    def _leave(self, user: str, room: Room) -> None:
        if user not in room.members:
            raise ActRefused("not_in_channel", f"Not in #{room.name}.")
        room.members.discard(user)
        self.state.changes.tell("state")
        if room.bot_joined:
            tell_member(self.state, "member_left_channel", user, room)
