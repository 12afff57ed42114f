"""The front door: what this is, signing in and out, the first owner, how to know our messages."""

from __future__ import annotations

from starlette.responses import Response

from reminder.domain.owner import LANGUAGES
from reminder.errors import InvalidInput, TokenRefused
from reminder.service import people
from reminder.web.faults import Shown, shown
from reminder.web.visit import SESSION, Visit

ZONES = (
    "Asia/Almaty",
    "Asia/Bangkok",
    "Asia/Bishkek",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Irkutsk",
    "Asia/Krasnoyarsk",
    "Asia/Novosibirsk",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tashkent",
    "Asia/Tbilisi",
    "Asia/Tokyo",
    "Asia/Vladivostok",
    "Asia/Yekaterinburg",
    "Asia/Yerevan",
    "Europe/Belgrade",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Kaliningrad",
    "Europe/London",
    "Europe/Minsk",
    "Europe/Moscow",
    "Europe/Paris",
    "Europe/Samara",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
OWN_NAMES = {"en": "English", "ru": "Русский", "zh": "中文"}


def languages() -> list[tuple[str, str]]:
    """The choices of a language, each by its own name."""
    return [(code, OWN_NAMES[code]) for code in LANGUAGES]


async def home(visit: Visit) -> Response:
    """``/``."""
    if visit.owner is not None:
        return visit.go("/lines")
    return visit.render("home.html", said=visit.asked("said"), mails=_mails(visit))


async def safety(visit: Visit) -> Response:
    """``/safety``."""
    sender = visit.site.app.settings.email.sender
    return visit.render("safety.html", sender=str(sender))


def _mails(visit: Visit) -> bool:
    """Whether sign-in links leave by mail."""
    return visit.site.app.settings.email.server is not None


async def ask(visit: Visit) -> Response:
    """``/sign-in``: one field; the answer is the same whether the address is known or not."""
    if not visit.is_post:
        return _ask_page(visit)
    email = visit.form.get("email", "")
    if "@" not in email:
        faults = shown(visit, InvalidInput.of("email", "Write one address"), {})
        return _ask_page(visit, faults, status=422)
    await visit.write(lambda work: people.ask_sign_in(work, email))
    return visit.go("/sign-in?said=sent")


def _ask_page(
    visit: Visit, faults: tuple[Shown, ...] = (), *, spent: bool = False, status: int = 200
) -> Response:
    return visit.render(
        "sign_in.html",
        status,
        faults=faults,
        values=visit.form,
        spent=spent,
        mails=_mails(visit),
        said=visit.asked("said"),
    )


async def enter(visit: Visit) -> Response:
    """``/sign-in/{token}``: GET shows, POST signs in; the very first makes the first owner."""
    token = visit.part("token")
    try:
        owner = await visit.read(lambda work: people.open_sign_in(work, token))
        if owner is None:
            return await _first(visit, token)
        if not visit.is_post:
            return visit.render("sign_in_here.html", email=owner.email)
        cookie = await visit.write(lambda work: people.sign_in(work, token))
    except TokenRefused as refused:
        return _ask_page(visit, spent=True, status=410 if refused.expired else 404)
    return visit.keep_session(visit.go("/lines"), cookie)


async def _first(visit: Visit, token: str) -> Response:
    if not visit.is_post:
        zone = visit.site.app.settings.reminders.timezone
        return _first_page(visit, {"language": visit.language, "timezone": zone}, ())
    form = visit.form
    try:
        cookie = await visit.write(
            lambda work: people.make_first(
                work,
                token,
                form.get("email", ""),
                form.get("language", ""),
                form.get("timezone", ""),
            )
        )
    except InvalidInput as error:
        return _first_page(visit, form, shown(visit, error, {}))
    return visit.keep_session(visit.go("/lines"), cookie)


def _first_page(visit: Visit, values: dict[str, str], faults: tuple[Shown, ...]) -> Response:
    return visit.render(
        "first_owner.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        choices=languages(),
        zones=ZONES,
    )


async def leave(visit: Visit) -> Response:
    """``POST /sign-out``."""
    cookie = visit.request.cookies.get(SESSION, "")
    await visit.write(lambda work: people.sign_out(work, cookie))
    response = visit.go("/?said=out")
    response.delete_cookie(SESSION)
    return response
