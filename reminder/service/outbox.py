"""Mail that is kept in a folder because there is no SMTP server: what /outbox shows.

A mail is its owner's, not its address's: who adds another's address as a channel reads their own
messages to it, and nothing else. A sign-in mail is no owner's; it is for who has that address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from reminder.domain.owner import Owner
from reminder.engine.desk import Desk
from reminder.errors import NotFound
from reminder.service.work import Work
from reminder.storage import log
from reminder.transports import folder
from reminder.transports.folder import KeptMail, OpenMail

__all__ = ["KeptMail", "OpenMail", "everything", "forget", "get", "place"]

SHOWN = 100


def place(desk: Desk) -> Path:
    """The folder that mail is kept in."""
    return desk.settings.server.data_dir / "outbox"


def everything(work: Work, owner: Owner) -> tuple[KeptMail, ...]:
    """The newest mails kept for an owner, newest first."""
    return tuple(islice(_mails(work, owner), SHOWN))


def get(work: Work, owner: Owner, identity: str) -> OpenMail:
    """One mail; raises NotFound if there is none of that id, or it is another's."""
    whose = log.owners_of(work.session, [identity])
    mail = folder.load_mail(place(work.desk), identity)
    if not _is_for(owner, whose.get(identity, ""), mail.kept):
        raise NotFound("There is no such mail")
    return mail


def forget(work: Work, owner: Owner) -> None:
    """Delete every mail kept for an owner."""
    for mail in _mails(work, owner):
        folder.forget_mail(place(work.desk), mail.id)


def _mails(work: Work, owner: Owner) -> Iterator[KeptMail]:
    there = folder.ids(place(work.desk))
    whose = log.owners_of(work.session, there)
    for identity in there:
        holder = whose.get(identity, "")
        if holder in {"", owner.id}:
            with suppress(NotFound):
                mail = folder.head_of(place(work.desk), identity)
                if _is_for(owner, holder, mail):
                    yield mail


def _is_for(owner: Owner, holder: str, mail: KeptMail) -> bool:
    return holder == owner.id or (not holder and mail.to.casefold() == owner.email.casefold())
