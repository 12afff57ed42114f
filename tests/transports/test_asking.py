"""Promises of reminder/transports/asking.py: what a request is as it goes out."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.transports.asking import (
    asking_of,
    head_of,
    lines_of,
    origin_of,
    plain_request,
    with_length,
)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://example.org/a", ("https", "example.org", 443)),
        ("http://example.org", ("http", "example.org", 80)),
        ("https://EXAMPLE.org:8443/", ("https", "example.org", 8443)),
        ("http://[::1]:80/x", ("http", "::1", 80)),
        ("https://пример.рф/x", ("https", "xn--e1afmkfd.xn--p1ai", 443)),
    ],
)
def test_a_url_leads_to_one_place(url: str, origin: tuple[str, str, int]) -> None:
    """The port that a scheme means where none is written; a name as the wire has it."""
    assert origin_of(httpx.URL(url)) == origin


def test_what_posts_says_its_length_and_what_asks_does_not() -> None:
    """An empty content has a length too; a question has none."""
    url = httpx.URL("http://example.org:8080/a%20b?c=%2F")
    post = asking_of(plain_request("POST", url, {"X-Own": "1"}))
    head = b"POST /a%20b?c=%2F HTTP/1.1\r\nhost: example.org:8080\r\nX-Own: 1\r\n"
    assert post.data == head + b"content-length: 0\r\n\r\n"
    asked = asking_of(plain_request("HEAD", url, {}))
    assert asked.data == b"HEAD /a%20b?c=%2F HTTP/1.1\r\nhost: example.org:8080\r\n\r\n"
    assert (post.origin, post.is_sent) == (("http", "example.org", 8080), False)


def test_both_ways_write_the_same() -> None:
    """A head of bytes with its length is what a request of httpx comes to."""
    url = httpx.URL("https://example.org/hook")
    said = asking_of(plain_request("POST", url, {"a": "b"}, b"{}\r\n\r\n"))
    assert said.data == with_length(head_of("POST", url, [(b"a", b"b")]), b"{}\r\n\r\n")


@given(st.lists(st.binary(max_size=12), max_size=5))
def test_no_line_holds_another(lines: list[bytes]) -> None:
    """Lines come out as they went in, or not at all."""
    if any(sign in line for line in lines for sign in (b"\r", b"\n")):
        with pytest.raises(httpx.LocalProtocolError):
            lines_of(*lines)
    else:
        assert lines_of(*lines).split(b"\r\n") == [*lines, b""]
