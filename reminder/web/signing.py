"""The front door: what this is, signing in and out, beginning, how to know our messages."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.owner import LANGUAGES
from reminder.errors import InvalidInput, TokenRefused
from reminder.rendering.zones import ZoneGroup, zone_groups
from reminder.service import people
from reminder.service.people import Door, Entry
from reminder.web.faults import Shown, shown
from reminder.web.visit import Visit
from reminder.web.words import mark

OWN_NAMES = {"en": "English", "ru": "Русский", "zh": "中文"}
_BEGINNINGS = {
    Door.FIRST: mark(
        "Nobody uses this service yet. Tell it who you are; you look after it from now on."
    ),
    Door.SIGN_UP: mark("You have no account here yet. Two answers, and it is made."),
    Door.INVITATION: mark("You were invited. Tell us who you are, and your account is made."),
}


def languages() -> list[tuple[str, str]]:
    """The choices of a language, each by its own name."""
    return [(code, OWN_NAMES[code]) for code in LANGUAGES]


def zones(visit: Visit, mine: str) -> tuple[ZoneGroup, ...]:
    """The choices of a zone, the country of ``mine`` first."""
    return zone_groups(visit.language, mine, visit.now)


async def home(visit: Visit) -> Response:
    """``/``."""
    if visit.owner is not None:
        return visit.go("/lines")
    is_new = await visit.read(people.is_new)
    return visit.render("home.html", said=visit.asked("said"), is_new=is_new)


async def safety(visit: Visit) -> Response:
    """``/safety``."""
    sender = visit.site.app.settings.email.sender
    return visit.render("safety.html", sender=str(sender), mails=_mails(visit))


def _mails(visit: Visit) -> bool:
    """Whether sign-in links leave by mail."""
    return visit.site.app.settings.email.server is not None


async def ask(visit: Visit) -> Response:
    """``/sign-in``: one field; the answer is the same whether the address is known or not."""
    if not visit.is_post:
        return await _ask_page(visit)
    email = visit.form.get("email", "")
    try:
        await visit.write(lambda work: people.ask_sign_in(work, email, visit.client))
    except InvalidInput as error:
        return await _ask_page(visit, shown(visit, error, {}), status=422)
    return visit.go("/sign-in?said=sent")


async def _ask_page(
    visit: Visit, faults: tuple[Shown, ...] = (), *, spent: bool = False, status: int = 200
) -> Response:
    return visit.render(
        "sign_in.html",
        status,
        faults=faults,
        values=visit.form,
        spent=spent,
        mails=_mails(visit),
        is_open=visit.site.app.settings.access.sign_up == "open",
        is_new=await visit.read(people.is_new),
        is_sent=visit.asked("said") == "sent",
    )


async def enter(visit: Visit) -> Response:
    """``/sign-in/{token}``: GET shows, POST signs in, or makes who comes in by it."""
    token = visit.part("token")
    try:
        entry = await visit.read(lambda work: people.open_sign_in(work, token))
        if entry.door is not Door.SIGN_IN:
            return await _begin(visit, token, entry)
        if not visit.is_post:
            return _here_page(visit, entry)
        cookie = await visit.write(lambda work: people.sign_in(work, token, visit.client))
    except TokenRefused as refused:
        return await _ask_page(visit, spent=True, status=410 if refused.expired else 404)
    return visit.keep_session(visit.go("/lines"), cookie)


def _here_page(visit: Visit, entry: Entry) -> Response:
    assert entry.owner is not None
    link, other = entry.link, visit.owner
    is_other = other is not None and other.id != entry.owner.id
    return visit.render(
        "sign_in_here.html",
        email=entry.owner.email,
        asked=visit.moment(link.asked_at) if link.asked_at else "",
        device=link.device,
        place=link.place,
        other=other.email if other and is_other else "",
    )


async def _begin(visit: Visit, token: str, entry: Entry) -> Response:
    if not visit.is_post:
        zone = visit.site.app.settings.reminders.timezone
        return _begin_page(visit, entry, {"language": visit.language, "timezone": zone})
    form = visit.form
    try:
        if entry.door is Door.INVITATION and _mails(visit):
            email = form.get("email", "")
            await visit.write(
                lambda work: people.ask_by_invitation(work, token, email, visit.client)
            )
            return visit.go("/sign-in?said=sent")
        given = {name: form[name] for name in ("email", "language", "timezone") if form.get(name)}
        cookie = await visit.write(lambda work: people.begin(work, token, given, visit.client))
    except InvalidInput as error:
        return _begin_page(visit, entry, form, shown(visit, error, {}))
    return visit.keep_session(visit.go("/lines"), cookie)


def _begin_page(
    visit: Visit, entry: Entry, values: dict[str, str], faults: tuple[Shown, ...] = ()
) -> Response:
    default = visit.site.app.settings.reminders.timezone
    return visit.render(
        "begin.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        lead=_lead(visit, entry.door),
        email=entry.link.email,
        mails_first=entry.door is Door.INVITATION and _mails(visit),
        choices=languages(),
        zones=zones(visit, values.get("timezone") or default),
    )


def _lead(visit: Visit, door: Door) -> Markup:
    return visit.t(_BEGINNINGS[door])


async def leave(visit: Visit) -> Response:
    """``POST /sign-out``."""
    await visit.write(lambda work: people.sign_out(work, visit.client.cookie))
    return visit.end_session(visit.go("/?said=out"))
