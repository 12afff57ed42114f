"""Links that sign somebody in, and the devices that are signed in: plain values, no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reminder.domain.ids import DeviceId, OwnerId

SEEN_EVERY = timedelta(hours=1)
USES_COUNT_FOR = timedelta(hours=1)
MAILS_KEPT_FOR = timedelta(hours=24)


class LinkKind(StrEnum):
    """What a single-use link is for."""

    FIRST = "first"
    OWNER = "owner"
    MAIL = "mail"
    INVITE = "invite"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Link:
    """A single-use link without its secret. ``owner`` is whose it is, ``email`` where it was
    mailed, ``device`` and ``place`` from where it was asked for, ``invite`` the digest of the
    invitation that it uses up."""

    kind: LinkKind
    until: datetime
    owner: OwnerId | None = None
    email: str = ""
    asked_at: datetime | None = None
    device: str = ""
    place: str = ""
    invite: str = ""

    def is_good(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in, until it is signed out or the time is over."""

    id: DeviceId
    owner: OwnerId
    name: str
    created_at: datetime
    seen_at: datetime
    until: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to note again that it was seen: once an hour is enough to know it."""
        return now - self.seen_at >= SEEN_EVERY
