"""Which addresses may be called: a guard against requests that reach into a private network.

A URL is checked twice. :func:`check_url` reads it when it is saved. :func:`guarded_socket` judges
at connect: it resolves a name once, demands that every address it resolves to be allowed, and
connects to those addresses alone, so that a name cannot change its mind in between. No packet goes
to an address that was not judged.

Sources: the special-purpose address registries (RFC 6890), ENGINE section 4.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from ssl import CertificateError
from typing import NoReturn
from urllib.parse import SplitResult, quote, urlsplit

import aiohappyeyeballs
import idna

from reminder.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Networks = tuple[Network, ...]
Resolve = Callable[[str], Awaitable[Sequence[str]]]
SockAddress = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]

PORTS = frozenset({80, 443, 8080, 8443})
PER_HOST = 2
SECONDS_ALONE = 0.25  # of one address, before the next is asked too
LONGEST_URL, LONGEST_HOST = 2048, 253
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_LABEL_IS_NUMBER = re.compile(r"(.*\.)?(0[xX][0-9a-fA-F]*|[0-9]+)")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")

NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT; a cloud's metadata lives here too
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",  # link-local, metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
PUBLIC_6 = IPv6Network("2000::/3")
NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation
    )
)


class AddressBlocked(OSError):
    """The name or address leads where nothing may be called; no connection was opened."""


class NameUnknown(OSError):
    """The host's name has no address."""


def why_unconnected(error: BaseException) -> str:
    """Why no connection was made, as a sentence."""
    causes = _causes(error)
    if any(isinstance(cause, AddressBlocked) for cause in causes):
        return "the host's name leads to an address that may not be called"
    if any(isinstance(cause, CertificateError) for cause in causes):
        return "the host's certificate is not trusted for this name"
    if any(isinstance(cause, NameUnknown) for cause in causes):
        return "the host's name is not known"
    return "no connection to the host"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


def networks(texts: Sequence[str]) -> Networks:
    """Read networks such as ``192.168.1.0/24``; raises :class:`InvalidInput`."""
    read: list[Network] = []
    for text in texts:
        try:
            read.append(ip_network(text))
        except ValueError as error:
            detail = f"{text!r} is no network such as 192.168.1.0/24"
            raise InvalidInput.of("allow_networks", detail) from error
    return tuple(read)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and hides no other address in it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    if address.scope_id or address not in PUBLIC_6:
        return False
    return not any(address in network for network in NOT_PUBLIC_6)


def judge(address: str | Address, port: int, allowed: Networks = ()) -> bool:
    """Whether this address and port may be called; any port within an ``allowed`` network.

    >>> judge("93.184.215.14", 443), judge("93.184.215.14", 25), judge("127.0.0.1", 443)
    (True, False, False)
    """
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if any(read in network for network in allowed):
        return True
    return port in PORTS and is_public(read)


def check_url(url: str, allow_networks: Networks = (), *, private_allowed: bool = False) -> str:
    """Read a webhook's URL and return it in its plain form; raises :class:`InvalidInput`.

    ``allow_networks`` counts only for an owner with ``private_allowed``. A name is not looked up
    here: what it leads to is judged at each connect.

    >>> check_url("HTTPS://Example.org:443/a b")
    'https://example.org/a%20b'
    """
    allowed = allow_networks if private_allowed else ()
    parts, port = _split(url)
    host = _host(parts.hostname or "")
    _judge_host(host, port, allowed)
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == _DEFAULT_PORTS[parts.scheme] else f"{shown}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=-._~?")
    plain = f"{parts.scheme}://{place}{path}" + (f"?{query}" if query else "")
    if len(plain) > LONGEST_URL:
        _reject(f"a URL has at most {LONGEST_URL} signs")
    return plain


def _reject(detail: str) -> NoReturn:
    raise InvalidInput.of("url", detail)


def _split(url: str) -> tuple[SplitResult, int]:
    if len(url) > LONGEST_URL:
        _reject(f"a URL has at most {LONGEST_URL} signs")
    if "\\" in url or not url.replace(" ", "").isprintable() or url != url.strip():
        _reject("a URL holds no line break, backslash or control sign")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _reject("write a whole URL such as https://example.org/hook")
    if parts.scheme not in _DEFAULT_PORTS:
        _reject("a URL starts with https:// or http://")
    if "@" in parts.netloc:
        _reject("a URL holds no user name or password")
    if port == 0 or not parts.hostname:
        _reject("write a whole URL such as https://example.org/hook")
    return parts, port or _DEFAULT_PORTS[parts.scheme]


def _host(host: str) -> str:
    if ":" in host:
        return host
    try:
        plain = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except idna.IDNAError:
        _reject("the host is no name")
    plain = plain.lower().removesuffix(".")
    if not _NAME.fullmatch(plain) or len(plain) > LONGEST_HOST:
        _reject("the host is no name")
    return plain


def _judge_host(host: str, port: int, allowed: Networks) -> None:
    if ":" in host or _LAST_LABEL_IS_NUMBER.fullmatch(host):
        try:
            address = ip_address(host)
        except ValueError:
            _reject("write the address in its plain form, such as 192.0.2.10")
        if judge(address, port, allowed):
            return
        if is_public(address):
            _reject(_ports_sentence())
        _reject("this address is not on the open internet, and its network is not allowed here")
    if allowed:
        return
    if "." not in host or host.endswith(".localhost"):
        _reject("write the host's full name, such as example.org")
    if port not in PORTS:
        _reject(_ports_sentence())


def _ports_sentence() -> str:
    return f"the port is one of {', '.join(str(port) for port in sorted(PORTS))}"


async def system_resolve(host: str) -> Sequence[str]:
    """Ask the system for a name's addresses; raises ``OSError`` when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _judged(host: str, port: int, allowed: Networks, resolve: Resolve) -> Sequence[str]:
    """A name's addresses, if every one of them may be called."""
    try:
        addresses = await resolve(host)
    except OSError as error:
        if error.errno == socket.EAI_AGAIN:  # the name servers are away: nothing is known of it
            raise
        raise NameUnknown("the name was not found") from error
    if not addresses:
        raise NameUnknown("the name has no address")
    if not all(judge(address, port, allowed) for address in addresses):
        raise AddressBlocked("the name leads to an address that may not be called")
    return addresses


def _opener(allowed: Networks) -> Callable[[SockAddress], socket.socket]:
    """Makes sockets, each after judging once more what it is to be connected to."""

    def open_socket(found: SockAddress) -> socket.socket:
        family, kind, protocol, _, place = found
        if not judge(place[0], place[1], allowed):
            raise AddressBlocked("this address may not be called")
        return socket.socket(family=family, type=kind, proto=protocol)

    return open_socket


async def guarded_socket(
    host: str, port: int, allowed: Networks, resolve: Resolve = system_resolve
) -> socket.socket:
    """A socket that is connected to one of a host's judged addresses, IPv6 and IPv4 by turns
    (RFC 8305); raises :class:`AddressBlocked`, or ``OSError`` where nobody answers."""
    addresses = [host] if _is_literal(host) else await _judged(host, port, allowed, resolve)
    return await aiohappyeyeballs.start_connection(
        [_place(address, port) for address in addresses],
        happy_eyeballs_delay=SECONDS_ALONE,
        interleave=1,
        socket_factory=_opener(allowed),
    )


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _place(address: str, port: int) -> SockAddress:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)
