"""Mail that is kept because there is no SMTP server: for whose it is, signed in."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from reminder.errors import NotFound
from reminder.service import outbox
from reminder.service.outbox import OpenMail
from reminder.web.visit import Visit

_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; "
BODY_POLICY = (
    _SANDBOX + "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; frame-ancestors 'self'"
)
_TARGET = '<base target="_blank">'


def _check_kept(visit: Visit) -> None:
    """Raise NotFound where mail is really sent."""
    if visit.site.app.settings.email.server is not None:
        raise NotFound("Mail is sent here, not kept")


async def index(visit: Visit) -> Response:
    """``/outbox``."""
    _check_kept(visit)
    mails = await visit.read(lambda work: outbox.everything(work, visit.me))
    rows = [(m.id, visit.moment(m.date), m.to, m.subject) for m in mails]
    return visit.render("outbox.html", rows=rows)


async def _mail(visit: Visit) -> OpenMail:
    _check_kept(visit)
    return await visit.read(lambda work: outbox.get(work, visit.me, visit.part("id")))


async def show(visit: Visit) -> Response:
    """``/outbox/{id}``: the text as it is, the HTML in a frame that can do nothing."""
    mail = await _mail(visit)
    return visit.render("mail.html", mail=mail, day=visit.moment(mail.kept.date))


async def body(visit: Visit) -> Response:
    """``/outbox/{id}/body``: the HTML alone, for the frame; its links open beside it."""
    mail = await _mail(visit)
    shown = mail.html.replace("<head>", f"<head>{_TARGET}", 1)
    return HTMLResponse(shown, headers={"Content-Security-Policy": BODY_POLICY})
