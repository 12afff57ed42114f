"""Devices, API tokens, one's data as a file and a calendar, and the end of an account."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.ids import DeviceId, TokenId
from reminder.errors import InvalidInput, TokenRefused
from reminder.service import calendar, channels, lines, people
from reminder.service.people import Scope
from reminder.service.transfer import archive, exporting
from reminder.web.faults import Shown, shown
from reminder.web.visit import Visit
from reminder.web.words import mark

SCOPES = {
    Scope.READ: mark("read only"),
    Scope.WRITE: mark("read and change"),
    Scope.ADMIN: mark("also look after the service"),
}


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as the list shows it."""

    id: str
    name: str
    since: str
    seen: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as the list shows it."""

    id: str
    name: str
    may: Markup
    since: str


async def devices_shown(visit: Visit) -> list[DeviceRow]:
    """Where the reader is signed in, this device first."""
    found = await visit.read(lambda work: people.devices(work, visit.me.id))
    here = visit.device.id if visit.device else ""
    rows = [
        DeviceRow(
            id=one.id,
            name=one.name or str(visit.t("A device that says nothing of itself")),
            since=visit.day(visit.days.of(one.created_at)),
            seen=visit.moment(one.seen_at),
            is_this=one.id == here,
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.is_this)


async def tokens_shown(visit: Visit) -> list[TokenRow]:
    """The reader's API tokens, without their secrets."""
    found = await visit.read(lambda work: people.tokens(work, visit.me.id))
    return [
        TokenRow(
            id=one.id,
            name=one.name,
            may=visit.t(SCOPES[Scope(one.scope)]),
            since=visit.day(visit.days.of(one.created_at)),
        )
        for one in found
    ]


async def new_token(visit: Visit) -> tuple[str, tuple[Shown, ...]]:
    """Make a token as the form asks: its secret, or what is wrong."""
    name, scope = visit.form.get("name", ""), visit.form.get("scope", "")
    ceiling = Scope.ADMIN if visit.me.admin else Scope.WRITE
    try:
        _, secret = await visit.write(
            lambda work: people.make_token(work, visit.me.id, name, scope, ceiling)
        )
    except InvalidInput as error:
        return "", shown(visit, error, {})
    return secret, ()


async def remove_token(visit: Visit) -> Response:
    """``POST /settings/tokens/{id}/remove``."""
    token = TokenId(visit.part("id"))
    await visit.write(lambda work: people.remove_token(work, visit.me.id, token))
    return visit.go("/settings?said=token-removed#tokens")


async def sign_out_device(visit: Visit) -> Response:
    """``POST /settings/devices/{id}/sign-out``."""
    device = DeviceId(visit.part("id"))
    await visit.write(lambda work: people.sign_out_device(work, visit.me.id, device))
    if visit.device and visit.device.id == device:
        return visit.end_session(visit.go("/?said=out"))
    return visit.go("/settings?said=device-out#devices")


async def sign_out_everywhere(visit: Visit) -> Response:
    """``POST /settings/sign-out-everywhere``."""
    await visit.write(lambda work: people.sign_out_everywhere(work, visit.me.id))
    return visit.end_session(visit.go("/?said=out-everywhere"))


async def export_csv(visit: Visit) -> Response:
    """``/settings/export.csv``: one's numbers, for a spreadsheet."""
    text = await visit.read(
        lambda work: "".join(exporting.as_csv(exporting.rows(work, visit.me.id)))
    )
    return _file(text, "text/csv", "reminder.csv")


async def export_lines(visit: Visit) -> Response:
    """``/settings/export.jsonl``: the same, for a program."""
    text = await visit.read(
        lambda work: "".join(exporting.as_json_lines(exporting.rows(work, visit.me.id)))
    )
    return _file(text, "application/x-ndjson", "reminder.jsonl")


async def export_everything(visit: Visit) -> Response:
    """``/settings/archive.zip``: everything about the reader."""
    with tempfile.TemporaryFile() as out:
        await visit.read(lambda work: archive.pack(work, visit.me.id, out))
        out.seek(0)
        return _file(out.read(), "application/zip", archive.NAME)


def _file(text: str | bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type=media)


async def renew_calendar(visit: Visit) -> Response:
    """``POST /settings/calendar``: a new address of the calendar; the old one is gone."""
    await visit.write(lambda work: calendar.renew(work, visit.me.id))
    return visit.go("/settings?said=calendar#data")


async def erase(visit: Visit) -> Response:
    """``/settings/erase``: GET says what goes; POST mails the link, or, without a mail server,
    erases what its owner's typed address is for."""
    owner = visit.me
    if not visit.is_post:
        return await _erase_page(visit)
    if visit.site.app.settings.email.server is not None:
        await visit.write(lambda work: people.ask_to_erase(work, owner.id, visit.client))
        return visit.go("/settings/erase?said=erase-sent")
    typed = visit.form.get("email", "")
    try:
        await visit.write(lambda work: people.erase(work, owner.id, typed))
    except InvalidInput as error:
        return await _erase_page(visit, shown(visit, error, {}))
    return visit.end_session(visit.go("/?said=erased"))


async def _erase_page(visit: Visit, faults: tuple[Shown, ...] = ()) -> Response:
    owner = visit.me
    mine = await visit.read(lambda work: lines.everything(work, owner.id))
    held = await visit.read(lambda work: channels.everything(work, owner.id))
    others = await visit.read(people.everyone)
    return visit.render(
        "erase.html",
        422 if faults else 200,
        faults=faults,
        values=visit.form,
        numbers=len(mine),
        channels=len(held),
        mails=visit.site.app.settings.email.server is not None,
        is_last_admin=owner.admin and sum(one.admin for one in others) == 1 < len(others),
        email=owner.email,
        is_sent=visit.asked("said") == "erase-sent",
        is_here=False,
    )


async def erase_here(visit: Visit) -> Response:
    """``/settings/erase/{token}``, from the mail: GET shows whose account, POST erases it."""
    token = visit.part("token")
    try:
        owner = await visit.read(lambda work: people.opened_erasing(work, token))
        visit = visit.as_owner(owner)
        if not visit.is_post:
            return visit.render("erase_here.html", email=owner.email)
        await visit.write(lambda work: people.erase_by_link(work, token))
    except TokenRefused:
        return visit.render("erase_here.html", 410, email="")
    return visit.end_session(visit.go("/?said=erased"))
