"""Single-use links, signed-in devices, and how often something was used. Secrets are kept as
SHA-256 digests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, select

from reminder.domain.ids import DeviceId, OwnerId
from reminder.domain.signing import Device, Link, LinkKind
from reminder.errors import NotFound
from reminder.storage.tables import SessionRow, SignInRow, UseRow


def add_link(session: Session, digest: str, link: Link) -> None:
    """Keep a link; the one that makes the first owner replaces what an earlier start printed."""
    if link.kind is LinkKind.FIRST:
        first = col(SignInRow.kind) == LinkKind.FIRST.value
        session.execute(delete(SignInRow).where(first))
    session.add(
        SignInRow(
            digest=digest,
            kind=link.kind.value,
            owner_id=link.owner or "",
            email=link.email,
            expires_at=link.until,
            asked_at=link.asked_at,
            device=link.device,
            place=link.place,
            invite=link.invite,
        )
    )


def link(session: Session, digest: str, now: datetime) -> Link | None:
    """The link of that digest while it is good."""
    row = session.get(SignInRow, digest)
    if row is None:
        return None
    found = Link(
        kind=LinkKind(row.kind),
        until=row.expires_at,
        owner=OwnerId(row.owner_id) if row.owner_id else None,
        email=row.email,
        asked_at=row.asked_at,
        device=row.device,
        place=row.place,
        invite=row.invite,
    )
    return found if found.is_good(now) else None


def spend_link(session: Session, digest: str) -> bool:
    """Use a link up; False if it was used already."""
    gone = session.execute(delete(SignInRow).where(col(SignInRow.digest) == digest))
    return cast("CursorResult[Any]", gone).rowcount == 1


def remove_links(session: Session, owner: OwnerId, email: str) -> None:
    """Let every unused link of an owner die, those mailed to their address too."""
    mine = (col(SignInRow.owner_id) == owner) | (func.lower(SignInRow.email) == email.lower())
    session.execute(delete(SignInRow).where(mine))


def add_device(session: Session, digest: str, device: Device) -> None:
    """Keep a signed-in device by the digest of its cookie."""
    session.add(
        SessionRow(
            digest=digest,
            id=device.id,
            owner_id=device.owner,
            device=device.name,
            created_at=device.created_at,
            seen_at=device.seen_at,
            expires_at=device.until,
        )
    )


def _device(row: SessionRow) -> Device:
    return Device(
        DeviceId(row.id),
        OwnerId(row.owner_id),
        row.device,
        row.created_at,
        row.seen_at,
        row.expires_at,
    )


def device(session: Session, digest: str, now: datetime) -> Device | None:
    """The device whose cookie has that digest, while it is signed in."""
    row = session.get(SessionRow, digest)
    return _device(row) if row and now < row.expires_at else None


def devices(session: Session, owner: OwnerId, now: datetime) -> list[Device]:
    """An owner's devices that are signed in, last seen first."""
    mine = select(SessionRow).where(SessionRow.owner_id == owner, SessionRow.expires_at > now)
    ordered = mine.order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    return [_device(row) for row in session.exec(ordered)]


def see_device(session: Session, device: DeviceId, now: datetime) -> None:
    """Note that a device was here."""
    session.execute(update(SessionRow).where(col(SessionRow.id) == device).values(seen_at=now))


def remove_cookie(session: Session, digest: str) -> None:
    """Sign out the device of a cookie, if there is one."""
    session.execute(delete(SessionRow).where(col(SessionRow.digest) == digest))


def remove_device(session: Session, owner: OwnerId, device: DeviceId) -> None:
    """Sign one device out; raise NotFound if the owner has none of that id."""
    gone = session.execute(
        delete(SessionRow).where(col(SessionRow.id) == device, col(SessionRow.owner_id) == owner)
    )
    if cast("CursorResult[Any]", gone).rowcount == 0:
        raise NotFound("There is no such device")


def remove_devices(session: Session, owner: OwnerId) -> None:
    """Sign every device of an owner out."""
    session.execute(delete(SessionRow).where(col(SessionRow.owner_id) == owner))


def uses(session: Session, who: str, since: datetime) -> list[datetime]:
    """When somebody used something since an instant, earliest first. On PostgreSQL two that use
    the same wait for each other, so that both are counted."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(who))))
    query = select(UseRow.at).where(UseRow.who == who, UseRow.at > since).order_by(col(UseRow.at))
    return list(session.exec(query))


def add_use(session: Session, who: str, now: datetime) -> None:
    """Count one more."""
    session.add(UseRow(who=who, at=now))
    session.flush()


def forget(session: Session, now: datetime, used_before: datetime) -> None:
    """Drop links and devices whose time is over, and uses of before an instant."""
    session.execute(delete(SignInRow).where(col(SignInRow.expires_at) <= now))
    session.execute(delete(SessionRow).where(col(SessionRow.expires_at) <= now))
    session.execute(delete(UseRow).where(col(UseRow.at) <= used_before))
