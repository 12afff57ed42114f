"""How an owner is written to: language, zone, hours, lead times, how they pay, and the look."""

from __future__ import annotations

from datetime import time

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Lane
from reminder.domain.owner import Habits, Owner, ladder
from reminder.domain.schedule import parse_quiet, parse_time
from reminder.errors import InvalidInput
from reminder.rendering import display
from reminder.service import calendar, people, second_contact
from reminder.web.account import devices_shown, new_token, tokens_shown
from reminder.web.faults import Shown, shown
from reminder.web.line_form import days_typed
from reminder.web.signing import languages, zones
from reminder.web.troubles import why_off
from reminder.web.visit import LANGUAGE, LANGUAGE_SECONDS, THEME, THEMES, Visit
from reminder.web.words import mark

_WAITS = mark("We asked them by mail. Until they say yes nothing else goes there.")
_AGREED = mark("They are told when nobody else can be.")
_LEADS = ("lead_times", "inactivity_lead_times", "after_times")
_IDS = {"quiet_hours": "quiet_from"}
"""The form's ids for the service's fields, where they differ."""
_TRIP_IDS = {"timezone": "trip_zone", "first_day": "first_day", "last_day": "last_day"}


async def show(visit: Visit) -> Response:
    """``/settings``."""
    owner = visit.me
    if not visit.is_post:
        return await page(visit, await _values(visit, owner))
    try:
        fields = _given(visit.form)
        await visit.write(lambda work: people.change_me(work, owner.id, fields))
    except InvalidInput as error:
        return await page(visit, visit.form, shown(visit, error, _IDS))
    response = visit.go("/settings?said=changed")
    response.delete_cookie(LANGUAGE)
    return _with_theme(visit, response)


def _with_theme(visit: Visit, response: Response) -> Response:
    chosen = visit.form.get("theme", visit.theme)
    if chosen in THEMES:
        return visit.keep_cookie(response, THEME, chosen, LANGUAGE_SECONDS)
    response.delete_cookie(THEME)
    return response


def _days(days: tuple[int, ...] | None) -> str:
    return ", ".join(map(str, days or ()))


async def _values(visit: Visit, owner: Owner) -> dict[str, str]:
    second = await visit.read(lambda work: second_contact.current(work, owner))
    steps = ladder(owner, None, visit.site.app.desk.habits)
    quiet = steps.hours.quiet
    return {
        "language": owner.language,
        "timezone": owner.timezone,
        "at": f"{steps.hours.at:%H:%M}",
        "quiet_from": f"{quiet.start:%H:%M}" if quiet else "",
        "quiet_until": f"{quiet.end:%H:%M}" if quiet else "",
        "lead_times": _days(steps.lead_times),
        "inactivity_lead_times": _days(steps.inactivity_lead_times),
        "after_times": _days(steps.after_times),
        "when_covered": steps.when_covered.value,
        "place": owner.place or "",
        "pay": owner.pay or "",
        "numbers": owner.numbers.value,
        "theme": visit.theme,
        "second_contact": _written(second),
    }


def _written(second: Channel | None) -> str:
    """A second contact as the form takes it back: an address, else a channel's id."""
    if second is None:
        return ""
    return second.shown if second.kind is Lane.EMAIL else second.id


def _given(form: dict[str, str]) -> dict[str, object]:
    names = ("language", "timezone", "at", "when_covered", "place", "pay", "numbers")
    found: dict[str, object] = {name: form[name] for name in names if name in form}
    if "quiet_from" in form or "quiet_until" in form:
        found["quiet_hours"] = _quiet(form.get("quiet_from", ""), form.get("quiet_until", ""))
    for name in _LEADS:
        if name in form:
            found[name] = days_typed(form[name]) or None
    if second_contact.FIELD in form:
        found[second_contact.FIELD] = form[second_contact.FIELD] or None
    return found


def _quiet(start: str, end: str) -> str:
    if not start and not end:
        return ""
    if not start or not end:
        raise InvalidInput.of("quiet_hours", "Fill in both times, or neither")
    return f"{start}-{end}"


async def page(
    visit: Visit, values: dict[str, str], faults: tuple[Shown, ...] = (), secret: str = ""
) -> Response:
    """The settings, with what was typed, what is wrong with it, or a token that was just made."""
    owner = visit.me
    mail = visit.site.app.settings.email
    second = await visit.read(lambda work: second_contact.current(work, owner))
    offered = zones(visit, owner.timezone)
    is_near = any(zone == owner.timezone for zone, _ in offered[0].zones)
    return visit.render(
        "settings.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        choices=languages(),
        zones=offered,
        all_zones=visit.is_post or visit.asked("zones") == "all" or not is_near,
        trips=_trips(visit),
        adds_trip=visit.is_post or visit.asked("add") == "trip",
        held_until=_held_until(visit.site.app.desk.habits, values),
        email=owner.email,
        second=_said_of(visit, second),
        calendar=calendar.address(visit.site.app.desk, owner),
        is_admin=owner.admin,
        keeps=mail.server is None,
        devices=await devices_shown(visit),
        tokens=await tokens_shown(visit),
        secret=secret,
        said=visit.asked("said"),
    )


async def make_token(visit: Visit) -> Response:
    """``POST /settings/tokens``: the new token is shown on this answer and nowhere else."""
    secret, faults = await new_token(visit)
    return await page(visit, await _values(visit, visit.me) | visit.form, faults, secret)


def _trips(visit: Visit) -> list[tuple[str, str, str]]:
    """The trips that are not over: the day by which one is taken away, the city, the days."""
    return [
        (
            trip.first.isoformat(),
            display.city(trip.zone, visit.language),
            str(
                visit.t("{first} to {last}", first=visit.day(trip.first), last=visit.day(trip.last))
            ),
        )
        for trip in visit.me.trips
        if trip.last >= visit.today
    ]


async def add_trip(visit: Visit) -> Response:
    """``POST /settings/trips``."""
    owner, form = visit.me, visit.form
    given = {name: form.get(field, "") for name, field in _TRIP_IDS.items()}
    try:
        await visit.write(lambda work: people.add_trip(work, owner.id, given))
    except InvalidInput as error:
        faults = shown(visit, error, _TRIP_IDS)
        return await page(visit, await _values(visit, owner) | form, faults)
    return visit.go("/settings?said=changed#trips")


async def remove_trip(visit: Visit) -> Response:
    """``POST /settings/trips/remove``."""
    owner, first = visit.me.id, visit.form.get("first_day", "")
    await visit.write(lambda work: people.remove_trip(work, owner, first))
    return visit.go("/settings?said=changed#trips")


def _said_of(visit: Visit, second: Channel | None) -> Markup:
    """How the second contact stands, ``""`` when nobody is named."""
    if second is None:
        return Markup("")
    if second.is_off_unasked:
        return why_off(visit, second)
    waits = second.state is ChannelState.UNCONFIRMED and second.kind is Lane.EMAIL
    return visit.t(_WAITS if waits else _AGREED)


def _held_until(default: Habits, values: dict[str, str]) -> str:
    """When a message really comes whose hour lies in the quiet hours; "" where it does not."""
    try:
        at = parse_time(values["at"]) if values.get("at") else default.at or time(9)
        quiet = parse_quiet(_quiet(values.get("quiet_from", ""), values.get("quiet_until", "")))
    except InvalidInput:
        return ""
    return f"{quiet.end:%H:%M}" if quiet and quiet.hold(at) else ""
