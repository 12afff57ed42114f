"""Mail that is kept because there is no SMTP server: for who it is addressed to, signed in."""

from __future__ import annotations

import asyncio

from starlette.responses import HTMLResponse, Response

from reminder.errors import NotFound
from reminder.service import channels, outbox
from reminder.service.outbox import OpenMail
from reminder.web.visit import Visit

_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; "
BODY_POLICY = (
    _SANDBOX + "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; frame-ancestors 'self'"
)
_TARGET = '<base target="_blank">'


async def _addresses(visit: Visit) -> frozenset[str]:
    """The mailboxes of who is signed in; raises NotFound where mail is really sent."""
    if visit.site.app.settings.email.server is not None:
        raise NotFound("Mail is sent here, not kept")
    owner = visit.me
    mine = await visit.read(lambda work: channels.everything(work, owner.id))
    return frozenset({owner.email, *(channel.target for channel in mine)})


async def index(visit: Visit) -> Response:
    """``/outbox``."""
    addresses = await _addresses(visit)
    mails = await asyncio.to_thread(outbox.everything, visit.site.app.desk, addresses)
    rows = [(m.id, visit.moment(m.date), m.to, m.subject) for m in mails]
    return visit.render("outbox.html", rows=rows)


async def _mail(visit: Visit) -> OpenMail:
    addresses = await _addresses(visit)
    mail = await asyncio.to_thread(outbox.get, visit.site.app.desk, visit.part("id"))
    if mail.kept.to not in addresses:
        raise NotFound("There is no such mail")
    return mail


async def show(visit: Visit) -> Response:
    """``/outbox/{id}``: the text as it is, the HTML in a frame that can do nothing."""
    mail = await _mail(visit)
    return visit.render("mail.html", mail=mail, day=visit.moment(mail.kept.date))


async def body(visit: Visit) -> Response:
    """``/outbox/{id}/body``: the HTML alone, for the frame; its links open beside it."""
    mail = await _mail(visit)
    shown = mail.html.replace("<head>", f"<head>{_TARGET}", 1)
    return HTMLResponse(shown, headers={"Content-Security-Policy": BODY_POLICY})
