"""Looking after the service, for administrators: who uses it, and whether it does its work.

Nobody's numbers or balances stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from reminder.app import Readiness, measure
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.service import people
from reminder.web.faults import Shown, shown
from reminder.web.measures import alarms_told, told
from reminder.web.visit import Visit
from reminder.web.words import mark

LATE_SECONDS = 60.0
_TROUBLES: Mapping[str, str] = {
    "the database cannot be written": mark("The database cannot be written."),
    "the engine does not beat": mark("The engine that looks for due reminders stands still."),
}
_SIGN_UP: Mapping[str, str] = {
    "closed": mark("Sign-up is closed: people are added here, or with reminder owner add."),
    "invite": mark("Sign-up is by invitation: who holds a link begins by it."),
    "open": mark("Sign-up is open: anyone who can read mail at their address may begin."),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An owner as an administrator sees them."""

    id: str
    email: str
    since: str
    is_admin: bool


def _check_admin(visit: Visit) -> None:
    """To who is no administrator there is no such page."""
    if not visit.me.admin:
        raise NotFound("There is no such page")


async def index(visit: Visit) -> Response:
    """``/service``: GET shows, POST adds a person: they sign in by mail, or, without a mail server,
    by a link that is shown once."""
    _check_admin(visit)
    if not visit.is_post:
        return await _page(visit)
    email = visit.form.get("email", "")
    try:
        added = await visit.write(lambda work: people.add_owner(work, email))
    except InvalidInput as error:
        return await _page(visit, shown(visit, error, {}))
    except Conflict:
        fault = InvalidInput.of("email", "There is an owner with this address already")
        return await _page(visit, shown(visit, fault, {}))
    if _mails(visit):
        return visit.go("/service?said=person-added")
    path = await visit.write(lambda work: people.owner_link(work, added.id))
    return await _page(visit, link=path, link_for=added.email)


def _mails(visit: Visit) -> bool:
    """Whether people get their links by mail: then nobody else makes links for them here."""
    return visit.site.app.settings.email.server is not None


async def link(visit: Visit) -> Response:
    """``POST /service/owners/{id}/link``: without a mail server, a link that signs that owner in
    once."""
    _check_admin(visit)
    if _mails(visit):
        raise NotFound("There is no such page")
    owner = OwnerId(visit.part("id"))
    path = await visit.write(lambda work: people.owner_link(work, owner))
    person = await visit.read(lambda work: people.me(work, owner))
    return await _page(visit, link=path, link_for=person.email)


async def invite(visit: Visit) -> Response:
    """``POST /service/invite``: an invitation for one stranger."""
    _check_admin(visit)
    path = await visit.write(lambda work: people.invitation(work, visit.me.id))
    return await _page(visit, link=path)


async def _page(
    visit: Visit, faults: tuple[Shown, ...] = (), link: str = "", link_for: str = ""
) -> Response:
    settings = visit.site.app.settings
    everyone = await visit.read(people.everyone)
    return visit.render(
        "service.html",
        422 if faults else 200,
        rows=[
            PersonRow(one.id, one.email, visit.day(visit.days.of(one.created_at)), one.admin)
            for one in everyone
        ],
        health=_health(visit, await visit.site.app.readiness()),
        measures=told(visit, await measure(visit.site.app)),
        sign_up=visit.t(_SIGN_UP[settings.access.sign_up]),
        invites=settings.access.sign_up != "closed",
        mails=_mails(visit),
        link=settings.server.base_url + link if link else "",
        link_for=link_for,
        faults=faults,
        values=visit.form if faults else {},
        said=visit.asked("said"),
    )


def _health(visit: Visit, state: Readiness) -> list[tuple[str, Markup]]:
    """Sentences, each with its level."""
    found = [("now", visit.t(_TROUBLES.get(why, why))) for why in state.reasons]
    if state.lag_seconds > LATE_SECONDS:
        minutes = int(state.lag_seconds // 60)
        words = visit.n("Work is {n} minute late.", "Work is {n} minutes late.", minutes)
        found.append(("soon", words))
    found += [("now", words) for words in alarms_told(visit, visit.site.app.watch.alarms)]
    if not found:
        found.append(
            ("fine", visit.t("The database can be written, the engine beats, nothing lies undone."))
        )
    if not _mails(visit):
        found.append(("rest", visit.t("No mail server is set: mail is kept in the data folder.")))
    return found
