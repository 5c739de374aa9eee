"""The answers the demo starts with: bodies of the generic survey hook, relative to the moment they are sent."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from demo.jsons import Json

STORIES_FILE: Final = Path(__file__).with_name("stories.toml")
SURVEYS: Final[Mapping[str, tuple[str, str]]] = {
    "relational": ("nps-relational", "Relationship NPS"),
    "onboarding": ("nps-onboarding", "Onboarding NPS"),
}
_UNITS: Final[Mapping[str, str]] = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Story:
    """One answer. `ago` is counted back from the moment of sending, `renews_in` forward."""

    id: str
    ago: timedelta
    renews_in: timedelta
    fields: Mapping[str, str | int | bool]

    @property
    def detractor(self) -> bool:
        return int(self.fields["score"]) <= 6

    def body(self, now: datetime) -> Json:
        """The generic hook's body, as of `now` (aware): fields as in the survey table's row 'generic'."""
        return {
            "response_id": f"demo-{self.id}",
            "responded_at": (now - self.ago).isoformat(timespec="seconds"),
            "renewal_date": (now + self.renews_in).date().isoformat(),
            **self.fields,
        }


def read_stories(path: Path = STORIES_FILE) -> tuple[Story, ...]:
    """All stories, oldest first. Errors: ValueError naming the answer that is wrong."""
    data = tomllib.loads(path.read_text("utf-8"))
    accounts: Mapping[str, Json] = data["accounts"]
    stories = [_story(item, accounts) for item in data["answers"]]
    if len({story.id for story in stories}) != len(stories):
        raise ValueError("Two answers of the stories have the same id.")
    return tuple(sorted(stories, key=lambda story: story.ago, reverse=True))


def _story(item: Json, accounts: Mapping[str, Json]) -> Story:
    account_id, programme = item["account"], item["programme"]
    if account_id not in accounts or programme not in SURVEYS:
        raise ValueError(f"The answer {item['id']!r} names an account or programme that isn't there.")
    account = accounts[account_id]
    survey_id, survey_name = SURVEYS[programme]
    own = {name: value for name, value in item.items() if name not in {"id", "account", "ago"} and value != ""}
    return Story(
        id=item["id"],
        ago=span(item["ago"]),
        renews_in=span(account["renews_in"]),
        fields={
            "survey_id": survey_id,
            "survey_name": survey_name,
            "account_id": f"acct-{account_id}",
            **{name: value for name, value in account.items() if name != "renews_in"},
            **own,
            "permalink": f"https://surveys.example/responses/demo-{item['id']}",
        },
    )


def span(text: str) -> timedelta:
    """`45m`, `27h` or `87d`. Errors: ValueError."""
    match = re.fullmatch(r"(\d+)([mhd])", text)
    if match is None:
        raise ValueError(f"{text!r} is no span of time; write 45m, 27h or 87d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
