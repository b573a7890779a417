"""Business reviews as calendar files (RFC 5545), with which every calendar adds, moves and removes the appointment."""

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from honeyguide.common.clock import program_zone
from honeyguide.common.downloads import download
from honeyguide.notices.services import Attachment
from honeyguide.reviews.models import Answer, BusinessReview, ReviewState

PRODUCT = "-//Honeyguide//Business reviews//EN"
CONTENT_TYPE = "text/calendar; charset=utf-8"
_ANSWERS = {Answer.OPEN: "NEEDS-ACTION", Answer.YES: "ACCEPTED", Answer.NO: "DECLINED"}


def calendar_of(review: BusinessReview) -> bytes:
    """The appointment as a file: METHOD:REQUEST, or METHOD:CANCEL once it is cancelled. Times in the program's zone."""
    is_cancelled = review.state == ReviewState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{review.uid}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("sequence", review.sequence)
    event.add("dtstamp", review.changed_at.astimezone(UTC))
    event.add("dtstart", review.starts_at.astimezone(program_zone()))
    event.add("dtend", review.ends_at.astimezone(program_zone()))
    event.add("summary", _("Business review: %(company)s") % {"company": review.partner.name})
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if review.agenda:
        event.add("description", review.agenda)
    if review.place:
        event.add("location", review.place)
    if review.has_link:
        event.add("url", review.place)
    if review.organizer is not None:
        event["organizer"] = _address(review.organizer.email, review.organizer.name)
    for attendee in review.attendees.select_related("user"):
        address = _address(attendee.user.email, attendee.user.name)
        address.params["PARTSTAT"] = vText(_ANSWERS[Answer(attendee.answer)])
        event.add("attendee", address, encode=False)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name or email)
    return address


def attachment_of(review: BusinessReview) -> Attachment:
    """The file as it goes with a notice."""
    method = "CANCEL" if review.state == ReviewState.CANCELLED else "REQUEST"
    return Attachment(file_name(review), calendar_of(review), f"{CONTENT_TYPE}; method={method}")


def file_name(review: BusinessReview) -> str:
    """A name that says the company and the day."""
    return f"business-review-{review.partner.key}-{review.starts_at.astimezone(program_zone()):%Y-%m-%d}.ics"


def calendar_response(review: BusinessReview) -> HttpResponse:
    """The file as a download."""
    return download(file_name(review), calendar_of(review), CONTENT_TYPE)
