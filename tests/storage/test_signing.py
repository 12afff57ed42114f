"""Promises of reminder/storage/signing.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.ids import DeviceId, OwnerId
from reminder.domain.signing import Device, Link, LinkKind
from reminder.errors import NotFound
from reminder.storage import signing
from reminder.storage.database import Database, Session
from tests.storage.samples import ANNA, BORIS, LATER, NOW, SOON, people


def _link(kind: LinkKind = LinkKind.OWNER, owner: OwnerId | None = ANNA, email: str = "") -> Link:
    return Link(kind, LATER, owner, email, NOW, "Firefox, Linux", "203.0.113.7")


def _device(identity: str, owner: OwnerId = ANNA) -> Device:
    return Device(DeviceId(identity), owner, "Safari, iPhone", NOW, NOW, LATER)


def _in(session: Session, *digests: str) -> None:
    people(session)
    for digest in digests:
        signing.add_device(session, digest, _device(f"dev_{digest}"))
    session.flush()


def test_a_link_is_kept_whole_and_spent_once(database: Database) -> None:
    """A link is good until its instant, for one use, and says from where it was asked for."""
    with database.unit() as session:
        signing.add_link(session, "d", _link())
        session.flush()
        assert signing.link(session, "d", NOW) == _link()
        assert signing.link(session, "d", LATER) is None
        assert signing.link(session, "other", NOW) is None
        assert [signing.spend_link(session, "d") for _ in range(2)] == [True, False]


def test_the_first_owners_link_replaces_the_earlier(database: Database) -> None:
    """Of the links that make the first owner only the newest is good; others stay."""
    with database.unit() as session:
        signing.add_link(session, "anna", _link())
        for digest in ("old", "new"):
            signing.add_link(session, digest, _link(LinkKind.FIRST, None))
            session.flush()
        session.expire_all()
        found = [signing.link(session, d, NOW) for d in ("old", "new", "anna")]
        assert [one.kind if one else None for one in found] == [None, "first", "owner"]


def test_an_owners_links_die_together(database: Database) -> None:
    """An owner's own links and those mailed to their address go, in any spelling; others stay."""
    with database.unit() as session:
        signing.add_link(session, "own", _link())
        signing.add_link(session, "mailed", _link(LinkKind.MAIL, None, "Anna@example.org"))
        signing.add_link(session, "boris", _link(LinkKind.MAIL, None, "boris@example.org"))
        session.flush()
        signing.remove_links(session, ANNA, "anna@example.org")
        session.expire_all()
        found = [signing.link(session, d, NOW) is not None for d in ("own", "mailed", "boris")]
        assert found == [False, False, True]


def test_devices_last_and_end(database: Database) -> None:
    """A device is known until its time is over, it is signed out, or all are."""
    with database.unit() as session:
        _in(session, "a", "b", "c")
        assert signing.device(session, "a", SOON) == _device("dev_a")
        assert signing.device(session, "a", LATER) is None
        signing.remove_cookie(session, "a")
        signing.remove_device(session, ANNA, DeviceId("dev_b"))
        with pytest.raises(NotFound):
            signing.remove_device(session, BORIS, DeviceId("dev_c"))
        session.expire_all()
        assert [one.id for one in signing.devices(session, ANNA, SOON)] == ["dev_c"]
        assert signing.devices(session, ANNA, LATER) == []
        signing.remove_devices(session, ANNA)
        assert signing.devices(session, ANNA, SOON) == []


def test_the_last_seen_stands_first(database: Database) -> None:
    """A device that was here moves to the top of the list."""
    with database.unit() as session:
        _in(session, "a", "b")
        signing.see_device(session, DeviceId("dev_a"), SOON)
        session.expire_all()
        found = signing.devices(session, ANNA, SOON)
        assert [(one.id, one.seen_at) for one in found] == [("dev_a", SOON), ("dev_b", NOW)]


def test_asks_are_counted_each_for_itself(database: Database) -> None:
    """Asks are listed by who asked, from an instant on."""
    with database.unit() as session:
        for who, at in (("a", NOW), ("b", NOW), ("a", SOON)):
            signing.add_use(session, who, at)
        before = NOW - timedelta(seconds=1)
        assert signing.uses(session, "a", before) == [NOW, SOON]
        assert signing.uses(session, "a", NOW) == [SOON]
        assert signing.uses(session, "c", before) == []


def test_what_is_over_is_forgotten(database: Database) -> None:
    """Tidying drops links, devices and asks whose time is over, and no other."""
    with database.unit() as session:
        _in(session, "device")
        signing.add_link(session, "link", _link())
        signing.add_use(session, "a", NOW)
        signing.forget(session, SOON, NOW - timedelta(days=1))
        session.expire_all()
        assert signing.device(session, "device", NOW) is not None
        assert signing.link(session, "link", NOW) is not None
        signing.forget(session, LATER, NOW)
        session.expire_all()
        assert signing.device(session, "device", NOW) is None
        assert signing.link(session, "link", NOW) is None
        assert signing.uses(session, "a", NOW - timedelta(days=1)) == []
