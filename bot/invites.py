"""The follow-up as a calendar file (RFC 5545): the same event over its whole life, moved or cancelled by sequence."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from bot.views import kit
from bot.views.card import account_name
from bot.views.look import Attachment
from recovery.cases.brief import Brief
from recovery.cases.case import Case
from recovery.clock.reminding import follow_up_prompt_at
from store.slack.people import Person

LENGTH = timedelta(minutes=30)


def invite(brief: Brief, owner: Person, at: datetime, sequence: int) -> Attachment | None:
    """The file for the owner's calendar; a cancellation once there is nothing to follow up on any more.

    For an `owner` who no longer has the case it is a cancellation too: theirs is somebody else's entry now.
    `sequence` grows with each version, so that calendars replace the older one; the UID never changes.
    None where there never was a follow-up.
    """
    case = brief.case
    action = case.progress.action
    if action is None or case.progress.follow_up_due is None:
        return None
    moment = follow_up_prompt_at(case, owner.zone_info)
    start = moment or case.progress.follow_up_due
    theirs = owner.user_id == case.owner
    stands = moment is not None and theirs
    company = account_name(brief)
    event = Event()
    event.add("uid", f"case-{case.id}-follow-up@winback")
    event.add("sequence", sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("summary", f"{company}: did it hold?")
    event.add(
        "description", f"Promised: {action.deliverable}\nCase {case.id}. Ask the customer, then log the follow-up."
    )
    event.add("status", "CONFIRMED" if stands else "CANCELLED")
    if owner.email:
        attendee = vCalAddress(f"mailto:{owner.email}")
        attendee.params["CN"] = vText(owner.name)
        event.add("attendee", attendee)
        event.add("organizer", vCalAddress(f"mailto:{owner.email}"))
    calendar = Calendar()
    calendar.add("prodid", "-//winback//follow-up//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST" if stands else "CANCEL")
    calendar.add_component(event)
    name = f"follow-up-{case.id}-{sequence}.ics"
    words = f"{kit.escaped(company)}: {_words(case, theirs=theirs, stands=stands)}"
    return Attachment(name=name, title=f"{company}: follow-up", words=words, content=calendar.to_ical())


def _words(case: Case, *, theirs: bool, stands: bool) -> str:
    if theirs:
        return "the follow-up, for your calendar." if stands else "this follow-up is off."
    now = f"{kit.mention(case.owner)} has the follow-up now" if case.owner else "the follow-up waits for a new owner"
    return f"{now}; this takes it out of your calendar."
