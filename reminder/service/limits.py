"""How often a link may be asked for: counted in the database, so that no restart and no second node
forgets it, and for addresses that nobody knows as for those that are somebody's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from reminder.errors import LimitReached
from reminder.service.work import Work
from reminder.storage import signing

IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """So many asks in a span; ``detail`` is what is said to who asks more."""

    name: str
    most: int
    span: timedelta
    detail: str


LINK_MAILS = Limit(
    "link", 3, timedelta(minutes=15), "Three links were asked for already: wait a while"
)
CLIENT_ASKS = Limit(
    "client", 20, timedelta(hours=1), "Too many links were asked for from here: wait a while"
)
LONGEST = max(limit.span for limit in (LINK_MAILS, CLIENT_ASKS))


def take(work: Work, limit: Limit, subject: str) -> None:
    """Count one more for a subject (an address, a client); raise LimitReached when it has had its
    share, with the time until the next is welcome."""
    digest = hashlib.sha256(subject.casefold().encode()).hexdigest()
    who = f"{limit.name}:{digest}"
    seen = signing.uses(work.session, who, work.now - limit.span)
    if len(seen) >= limit.most:
        raise LimitReached(limit.detail, seen[-limit.most] + limit.span - work.now)
    signing.add_use(work.session, who, work.now)


def client_of(host: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that a home or a phone has in IPv6.

    >>> client_of("2001:db8:1:2:aaaa::1"), client_of("203.0.113.7")
    ('2001:db8:1:2::', '203.0.113.7')
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    kept = int(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX)
    return str(IPv6Address(kept))
