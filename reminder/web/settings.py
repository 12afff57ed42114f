"""How an owner is written to: language, zone, hours, lead times; and signing out everywhere."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Lane
from reminder.domain.owner import Owner
from reminder.errors import InvalidInput
from reminder.service import people, second_contact
from reminder.web.faults import Shown, shown
from reminder.web.line_form import days_typed
from reminder.web.signing import ZONES, languages
from reminder.web.troubles import why_off
from reminder.web.visit import LANGUAGE, SESSION, Visit
from reminder.web.words import mark

_WAITS = mark("We asked them by mail. Until they say yes nothing else goes there.")
_AGREED = mark("They are told when nobody else can be.")
_LEADS = ("lead_times", "inactivity_lead_times", "after_times")


async def show(visit: Visit) -> Response:
    """``/settings``."""
    owner = visit.me
    second = await visit.read(lambda work: second_contact.current(work, owner))
    if not visit.is_post:
        return _page(visit, _values(visit, owner, second), (), second)
    fields = _given(visit.form)
    try:
        await visit.write(lambda work: people.change_me(work, owner.id, fields))
    except InvalidInput as error:
        return _page(visit, visit.form, shown(visit, error, {}), second)
    response = visit.go("/settings?said=changed")
    response.delete_cookie(LANGUAGE)
    return response


def _days(days: tuple[int, ...] | None) -> str:
    return ", ".join(map(str, days or ()))


def _values(visit: Visit, owner: Owner, second: Channel | None) -> dict[str, str]:
    own, default = owner.habits, visit.site.app.desk.habits
    at = own.at or default.at
    quiet = own.quiet_hours if own.quiet_hours is not None else default.quiet_hours
    covered = own.when_covered or default.when_covered
    return {
        "language": owner.language,
        "timezone": owner.timezone,
        "at": f"{at:%H:%M}" if at else "",
        "quiet_hours": quiet or "",
        "lead_times": _days(own.lead_times or default.lead_times),
        "inactivity_lead_times": _days(own.inactivity_lead_times or default.inactivity_lead_times),
        "after_times": _days(own.after_times or default.after_times),
        "when_covered": covered.value if covered else "once",
        "place": owner.place,
        "pay": owner.pay,
        "second_contact": _written(second),
    }


def _written(second: Channel | None) -> str:
    """A second contact as the form takes it back: an address, else a channel's id."""
    if second is None:
        return ""
    return second.shown if second.kind is Lane.EMAIL else second.id


def _given(form: dict[str, str]) -> dict[str, object]:
    names = ("language", "timezone", "at", "quiet_hours", "when_covered", "place", "pay")
    found: dict[str, object] = {name: form[name] for name in names if name in form}
    for name in _LEADS:
        if name in form:
            found[name] = days_typed(form[name]) or None
    if second_contact.FIELD in form:
        found[second_contact.FIELD] = form[second_contact.FIELD] or None
    return found


def _page(
    visit: Visit, values: dict[str, str], faults: tuple[Shown, ...], second: Channel | None
) -> Response:
    return visit.render(
        "settings.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        choices=languages(),
        zones=ZONES,
        email=visit.me.email,
        second=_said_of(visit, second),
        keeps=visit.site.app.settings.email.server is None,
        said=visit.asked("said"),
    )


def _said_of(visit: Visit, second: Channel | None) -> Markup:
    """How the second contact stands, ``""`` when nobody is named."""
    if second is None:
        return Markup("")
    if second.is_off_unasked:
        return why_off(visit, second)
    waits = second.state is ChannelState.UNCONFIRMED and second.kind is Lane.EMAIL
    return visit.t(_WAITS if waits else _AGREED)


async def sign_out_everywhere(visit: Visit) -> Response:
    """``POST /settings/sign-out-everywhere``."""
    await visit.write(lambda work: people.sign_out_everywhere(work, visit.me.id))
    response = visit.go("/?said=out")
    response.delete_cookie(SESSION)
    return response
