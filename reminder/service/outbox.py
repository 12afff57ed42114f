"""Mail that is kept in a folder because there is no SMTP server: what /outbox shows."""

from __future__ import annotations

from pathlib import Path

from reminder.engine.desk import Desk
from reminder.transports import folder
from reminder.transports.folder import KeptMail, OpenMail

__all__ = ["KeptMail", "OpenMail", "everything", "get", "place"]


def place(desk: Desk) -> Path:
    """The folder that mail is kept in."""
    return desk.settings.server.data_dir / "outbox"


def everything(desk: Desk, addresses: frozenset[str]) -> tuple[KeptMail, ...]:
    """The mails kept for these addresses, newest first."""
    return tuple(mail for mail in folder.list_mails(place(desk)) if mail.to in addresses)


def get(desk: Desk, identity: str) -> OpenMail:
    """One mail; raises NotFound if there is none of that id."""
    return folder.load_mail(place(desk), identity)
