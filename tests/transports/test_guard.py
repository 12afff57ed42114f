"""Which addresses may be called."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.errors import InvalidInput
from reminder.transports.guard import (
    NOT_PUBLIC_4,
    check_url,
    is_public,
    judge,
    networks,
    system_resolve,
)

HOME = networks(["127.0.0.0/8", "192.168.1.0/24", "::1/128"])
LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７.０.０.１",
    "%31%32%37.0.0.1",
]


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_is_saved(host: str) -> None:
    """Loopback is refused in every spelling, and the fault names the field."""
    with pytest.raises(InvalidInput) as caught:
        check_url(f"http://{host}:8080/hook")
    assert [fault.field for fault in caught.value.faults] == ["url"]


async def test_the_system_resolves_literals() -> None:
    """The system's resolver gives addresses as text, each once."""
    assert await system_resolve("127.0.0.1") == ("127.0.0.1",)


PRIVATE = [
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2a00::1%eth0",
    "fec0::1",
    "ff02::1",
    "text",
    "",
]
PUBLIC = [
    "1.1.1.1",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "2001:4860:4860::8888",
    "2a00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_refused(address: str) -> None:
    """No address of a special range is public, however it hides."""
    assert not judge(address, 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed_on_four_ports(address: str) -> None:
    """A public address may be called on the usual ports of the web, and on no other."""
    allowed = [port for port in range(1, 10_000) if judge(address, port)]
    assert allowed == [80, 443, 8080, 8443]


@given(st.ip_addresses(v=4))
def test_public_is_never_more_than_global(address: IPv4Address) -> None:
    """The table refuses whatever the standard library knows as not global."""
    assert address.is_global or not is_public(address)
    assert is_public(address) is not any(address in network for network in NOT_PUBLIC_4)


@given(st.ip_addresses(v=6))
def test_public_is_never_more_than_global_in_ipv6(address: IPv6Address) -> None:
    """Nothing outside 2000::/3 and nothing that hides an IPv4 address is public."""
    if is_public(address):
        assert address.is_global
        assert address.packed[0] >> 5 == 1
        assert address.sixtofour is None
        assert address.teredo is None


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTP://Example.ORG:80/Hook?a=1#part", "http://example.org/Hook?a=1"),
        ("https://example.org.:8443/x", "https://example.org:8443/x"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://example.org/a%2Fb?c=%20", "https://example.org/a%2Fb?c=%20"),
        ("https://[2a00:1450::1]/", "https://[2a00:1450::1]/"),
        ("http://93.184.215.14:8080/", "http://93.184.215.14:8080/"),
    ],
)
def test_a_url_is_written_plainly(url: str, plain: str) -> None:
    """A good URL is kept in one plain form, which reads as itself."""
    assert check_url(url) == plain
    assert check_url(plain) == plain


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://@example.org/",
        "https://example.org:0/",
        "https://example.org:22/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://exam ple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/\r\nX: y",
        "https://example.org/\x00",
        " https://example.org/",
        "https://intranet/",
        "https://-x.example.org/",
        "https://example..org/",
        "https://" + "a" * 64 + "é.org/",
        "https://" + "a." * 130 + "org/",
        "https://example.org/" + "x" * 2048,
        "https://example.org/" + "é" * 500,
        "https://93.184.215.14:22/",
        "https://[2a00::1/",
        "https://192.168.1.5/",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_a_wrong_url_is_refused(url: str) -> None:
    """Anything but a plain public http or https URL is a fault of the field ``url``."""
    with pytest.raises(InvalidInput) as caught:
        check_url(url)
    assert [fault.field for fault in caught.value.faults] == ["url"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000/",
        "http://192.168.1.7:8123/api",
        "http://[::1]:9/",
        "http://nas.home:5000/",
        "http://nas:5000/",
        "http://localhost:5000/",
    ],
)
def test_allowed_networks_are_reached_by_administrators_only(url: str) -> None:
    """A network of the operator's own is open on any port, and only with the permission."""
    assert check_url(url, HOME, private_allowed=True) == url
    with pytest.raises(InvalidInput):
        check_url(url, HOME)
    with pytest.raises(InvalidInput):
        check_url(url, (), private_allowed=True)


@pytest.mark.parametrize("url", ["http://192.168.2.7/", "http://127.1/", "https://1.1.1.1:22/"])
def test_the_permission_ends_at_the_networks(url: str) -> None:
    """The permission opens the named networks and nothing beside them."""
    with pytest.raises(InvalidInput):
        check_url(url, HOME, private_allowed=True)


@pytest.mark.parametrize("text", ["", "home", "192.168.1.1/24", "300.0.0.0/8"])
def test_a_wrong_network_is_refused(text: str) -> None:
    """What is no network is refused, and said."""
    with pytest.raises(InvalidInput, match="allow_networks"):
        networks([text])
