"""How an owner is written to: language, zone, hours, lead times; and signing out everywhere."""

from __future__ import annotations

from starlette.responses import Response

from reminder.domain.owner import Owner
from reminder.errors import InvalidInput
from reminder.service import people
from reminder.web.faults import Shown, shown
from reminder.web.line_form import days_typed
from reminder.web.signing import ZONES, languages
from reminder.web.visit import LANGUAGE, SESSION, Visit

_LEADS = ("lead_times", "inactivity_lead_times", "after_times")


async def show(visit: Visit) -> Response:
    """``/settings``."""
    owner = visit.me
    if not visit.is_post:
        return _page(visit, _values(visit, owner), ())
    fields = _given(visit.form)
    try:
        await visit.write(lambda work: people.change_me(work, owner.id, fields))
    except InvalidInput as error:
        return _page(visit, visit.form, shown(visit, error, {}))
    response = visit.go("/settings?said=changed")
    response.delete_cookie(LANGUAGE)
    return response


def _days(days: tuple[int, ...] | None) -> str:
    return ", ".join(map(str, days or ()))


def _values(visit: Visit, owner: Owner) -> dict[str, str]:
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
    }


def _given(form: dict[str, str]) -> dict[str, object]:
    names = ("language", "timezone", "at", "quiet_hours", "when_covered", "place", "pay")
    found: dict[str, object] = {name: form[name] for name in names if name in form}
    for name in _LEADS:
        if name in form:
            found[name] = days_typed(form[name]) or None
    return found


def _page(visit: Visit, values: dict[str, str], faults: tuple[Shown, ...]) -> Response:
    return visit.render(
        "settings.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        choices=languages(),
        zones=ZONES,
        email=visit.me.email,
        keeps=visit.site.app.settings.email.server is None,
        said=visit.asked("said"),
    )


async def sign_out_everywhere(visit: Visit) -> Response:
    """``POST /settings/sign-out-everywhere``."""
    await visit.write(lambda work: people.sign_out_everywhere(work, visit.me.id))
    response = visit.go("/?said=out")
    response.delete_cookie(SESSION)
    return response
