"""Mail that carries a single-use link: to an owner, to who may become one, or to nobody.

Whether anybody has the address is looked up here, long after the request that asked was answered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from reminder.domain.ids import OwnerId
from reminder.domain.owner import Owner
from reminder.domain.signing import LinkKind
from reminder.engine.desk import Desk
from reminder.storage import owners
from reminder.storage.claims import Claimed
from reminder.storage.database import Session


@dataclass(frozen=True, slots=True)
class LinkMail:
    """What such a message says, once it is known to whom. ``is_new``: they are no owner yet."""

    to: Owner
    url: str
    kind: LinkKind
    device: str
    is_new: bool


def link_mail(session: Session, desk: Desk, claim: Claimed) -> LinkMail | None:
    """The message of a claim; None where there is nobody to write to."""
    said: dict[str, str] = json.loads(desk.vault.open(claim.body))
    kind, email = LinkKind(said["kind"]), said["email"]
    owner = owners.by_email(session, email)
    if owner is None and not _may_sign_up(desk, kind, bool(said["invited"])):
        return None
    place = "settings/erase" if kind is LinkKind.ERASE else "sign-in"
    return LinkMail(
        to=owner or _stranger(desk, claim, email, said["language"]),
        url=f"{desk.settings.server.base_url}/{place}/{said['token']}",
        kind=kind,
        device=said["device"],
        is_new=owner is None,
    )


def _may_sign_up(desk: Desk, kind: LinkKind, invited: bool) -> bool:  # noqa: FBT001 - as it is kept
    match desk.settings.access.sign_up:
        case "open":
            return kind is LinkKind.MAIL
        case "invite":
            return kind is LinkKind.MAIL and invited
        case _:
            return False


def _stranger(desk: Desk, claim: Claimed, email: str, language: str) -> Owner:
    zone = desk.settings.reminders.timezone
    return Owner(OwnerId(""), email, language, zone, claim.due_at)
