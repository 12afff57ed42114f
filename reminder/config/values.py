"""What a value in config.toml may look like: each reader takes it as written and types it.

A reader raises ``ValueError`` with half a sentence that follows the key's name: what is wrong with
the value, and what would be right.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from email.utils import getaddresses
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

Network = IPv4Network | IPv6Network
QuietHours = tuple[time, time]

LONGEST_LEAD_DAYS = 366
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,6})([smhd])")
_DAYS = re.compile(r"(\d{1,3})d")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_HOST = re.compile(r"[0-9A-Za-z._:%-]+")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+")
_NODE = re.compile(r"[0-9A-Za-z._-]{0,64}")
_STREAM = re.compile(r"[A-Za-z0-9_-]{1,32}")


def text(value: object) -> str:
    """A string on one line."""
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")
    if not value.isprintable():
        raise ValueError("must be one line of printable text")
    return value


def whole(value: object) -> int:
    """A whole number; neither text nor true."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number, without quotes")
    return value


def texts(value: object) -> list[str]:
    """A list of strings."""
    if not isinstance(value, list | tuple):
        raise ValueError('must be a list of texts, like ["one", "two"]')
    return [text(item) for item in value]


def duration(value: object) -> timedelta:
    """A length of time with its unit.

    >>> duration("400d"), duration("20s")
    (datetime.timedelta(days=400), datetime.timedelta(seconds=20))
    """
    written = text(value)
    found = _DURATION.fullmatch(written)
    if not found:
        raise ValueError(f'"{written}" is no duration; write a number and s, m, h or d, as "20s"')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def days(value: object) -> tuple[int, ...]:
    """Whole days, each once, the longest first.

    >>> days(["1d", "7d"])
    (7, 1)
    """
    found = tuple(_day(item) for item in texts(value))
    if len(set(found)) < len(found):
        raise ValueError("names a day twice; name each once")
    return tuple(sorted(found, reverse=True))


def days_after(value: object) -> tuple[int, ...]:
    """Whole days after a day that has passed, the nearest first; the day itself is not one.

    >>> days_after(["3d", "1d"])
    (1, 3)
    """
    found = tuple(reversed(days(value)))
    if 0 in found:
        raise ValueError('begins at "1d"; the day itself belongs to lead_times, as "0d"')
    return found


def _day(written: str) -> int:
    found = _DAYS.fullmatch(written)
    if not found or int(found[1]) > LONGEST_LEAD_DAYS:
        raise ValueError(
            f'"{written}" is no number of whole days from "0d" to "{LONGEST_LEAD_DAYS}d"; '
            'write it as "7d"'
        )
    return int(found[1])


def clock(value: object) -> time:
    """A time of day.

    >>> clock("09:00")
    datetime.time(9, 0)
    """
    written = text(value)
    found = _CLOCK.fullmatch(written)
    if not found:
        raise ValueError(f'"{written}" is no time of day; write it as "09:00"')
    return time(int(found[1]), int(found[2]))


def quiet_hours(value: object) -> QuietHours | None:
    """From when until when no message leaves, over midnight if need be; ``None`` for never."""
    written = text(value)
    if not written:
        return None
    start, dash, end = written.partition("-")
    if not dash:
        raise ValueError(f'"{written}" is no span; write it as "22:00-08:00", or "" for none')
    span = clock(start.strip()), clock(end.strip())
    if span[0] == span[1]:
        raise ValueError('begins and ends at the same time; write "" for none')
    return span


def zone(value: object) -> str:
    """The name of a time zone, as in the IANA database."""
    written = text(value)
    try:
        return ZoneInfo(written).key
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f'"{written}" is no time zone; write an IANA name, as "Europe/Moscow"'
        ) from None


def networks(value: object) -> tuple[Network, ...]:
    """Networks, or single addresses as networks of one."""
    return tuple(_network(item) for item in texts(value))


def _network(written: str) -> Network:
    try:
        return ip_network(written)
    except ValueError as error:
        reason = "has host bits set" if "host bits" in str(error) else "is no network"
        raise ValueError(f'"{written}" {reason}; write it as "192.168.1.0/24"') from None


def host(value: object) -> str:
    """An address to listen on."""
    written = text(value)
    if not _HOST.fullmatch(written):
        raise ValueError(
            f'"{written}" is no address; write it as "127.0.0.1", or "0.0.0.0" for all'
        )
    return written


def web_address(value: object) -> str:
    """The service's own address, without a slash at its end; a path prefix is welcome.

    >>> web_address("https://example.org/reminder/")
    'https://example.org/reminder'
    """
    written = text(value)
    wish = 'write it as "https://reminder.example.org"'
    try:
        parts = urlsplit(written)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.scheme not in {"http", "https"} or " " in written:
        raise ValueError(f'"{written}" is no http or https address; {wish}')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"holds more than scheme, host, port and path; {wish}")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def watcher(value: str) -> str:
    """The address of a watcher outside: http or https, with a host."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError('must be an address to call, as "https://hc-ping.com/…", or "" for none')
    return value


def mailbox(value: object) -> str:
    """Exactly one mail address, with a name if wished."""
    written = text(value)
    found = getaddresses([written])
    if len(found) != 1 or not _ADDRESS.fullmatch(found[0][1]):
        raise ValueError('must be exactly one address; write it as "Reminder <reminder@localhost>"')
    return written


def database(value: str, folder: Path) -> str:
    """A database's URL, a relative SQLite path made absolute from ``folder``; "" stays empty."""
    scheme = value.partition("://")[0]
    if not value or scheme in {"postgresql", "postgresql+psycopg"}:
        return value
    path = value.removeprefix("sqlite:///")
    if path in {value, "", ":memory:"} or "?" in path:
        raise ValueError('must be sqlite:///path, postgresql://user:password@host/name, or ""')
    return f"sqlite:///{folder / path}"


def handover(value: object) -> str:
    """How claimed work reaches a sender: in the same process, or over NATS."""
    written = text(value)
    if written == "inline":
        return written
    try:
        parts = urlsplit(written)
        usable = parts.scheme == "nats" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError('must be "inline" or a NATS address, as "nats://127.0.0.1:4222"')
    return written


def stream(value: object) -> str:
    """The name of a stream of the broker, and the first word of its subjects."""
    written = text(value)
    if not _STREAM.fullmatch(written):
        raise ValueError("must be 1 to 32 letters, digits, dashes and underscores")
    return written


def node(value: object) -> str:
    """The name of one process among several; "" lets it name itself."""
    written = text(value)
    if not _NODE.fullmatch(written):
        raise ValueError("must be up to 64 letters, digits, dots, dashes and underscores")
    return written
