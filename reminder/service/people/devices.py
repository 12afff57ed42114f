"""Devices that are signed in: each has a cookie that only it knows, and each can be signed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reminder.domain.ids import DeviceId, OwnerId
from reminder.domain.owner import Owner
from reminder.domain.signing import Device
from reminder.service.people.clients import Client
from reminder.service.people.secrets import digest, fresh
from reminder.service.work import Work
from reminder.storage import owners, signing

SESSION_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and with which device."""

    owner: Owner
    device: Device


def enter(work: Work, owner: OwnerId, client: Client) -> str:
    """Sign a browser in; return the value of its cookie. It is new each time, and the session that
    the browser held before ends: a cookie that somebody planted never becomes one that counts."""
    sign_out(work, client.cookie)
    cookie = fresh(work)
    until = work.now + SESSION_LIFE
    identity = DeviceId(work.new_id("dev"))
    device = Device(identity, owner, client.device, work.now, work.now, until)
    signing.add_device(work.session, digest(cookie), device)
    return cookie


def signed_in(work: Work, cookie: str) -> SignedIn | None:
    """Who is signed in with that cookie."""
    device = signing.device(work.session, digest(cookie), work.now)
    return SignedIn(owners.get(work.session, device.owner), device) if device else None


def session_owner(work: Work, cookie: str) -> Owner | None:
    """The owner who is signed in with that cookie."""
    found = signed_in(work, cookie)
    return found.owner if found else None


def see(work: Work, device: DeviceId) -> None:
    """Note that a device was here."""
    signing.see_device(work.session, device, work.now)


def devices(work: Work, owner: OwnerId) -> list[Device]:
    """An owner's devices, last seen first."""
    return signing.devices(work.session, owner, work.now)


def sign_out(work: Work, cookie: str) -> None:
    """Sign out the device of that cookie."""
    signing.remove_cookie(work.session, digest(cookie))


def sign_out_device(work: Work, owner: OwnerId, device: DeviceId) -> None:
    """Sign one of an owner's devices out; raises NotFound for none, or another owner's."""
    signing.remove_device(work.session, owner, device)


def sign_out_everywhere(work: Work, owner: OwnerId) -> None:
    """Sign every device out, and let links that would sign one in die."""
    person = owners.get(work.session, owner)
    signing.remove_devices(work.session, owner)
    signing.remove_links(work.session, owner, person.email)
