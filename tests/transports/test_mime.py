"""The bytes of a mail."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.laid import Laid
from reminder.errors import ConfigError, InvalidInput, Refused
from reminder.transports.mime import Letterhead, build, encoded, mailbox
from tests.transports.samples import HEAD, NOW, message


def read(mail: bytes) -> EmailMessage:
    """Read a mail as the standard library does."""
    return message_from_bytes(mail, policy=policy.default)


def test_headers_are_those_of_the_contract() -> None:
    """A mail carries every header of the contract, once, in its exact form."""
    parsed = read(build(message(), "anna@example.org", HEAD))
    assert {name: str(value) for name, value in parsed.items()} == {
        "From": "Reminder <reminder@example.org>",
        "To": "anna@example.org",
        "Subject": "妈妈的号码：12月1日扣 300 卢布",
        "Date": "Tue, 24 Nov 2026 06:00:00 +0000",
        "Message-ID": "<dlv_06h0nphc00000001@sim.example.org>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "zh-Hans",
        "List-Id": "<lines.sim.example.org>",
        "List-Unsubscribe": "<https://sim.example.org/u/" + "k" * 160 + ">",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_dlv_06h0nphc00000001"',
    }
    assert parsed["Date"].datetime == NOW


def test_text_stands_before_html_and_both_are_whole() -> None:
    """The parts are the text and then the HTML, equal to what was rendered."""
    parsed = read(build(message(), "anna@example.org", HEAD))
    parts = list(parsed.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert parts[0].get_content() == "余额 120.50 卢布。\r\n.点开头的一行\r\n"
    assert parts[1].get_content().strip() == "<p>余额 <b>120.50</b> 卢布。</p>"


def test_a_mail_without_html_has_one_part() -> None:
    """Without HTML the mail is plain text alone, and without a link nothing is unsubscribed."""
    parsed = read(build(message(html="", unsubscribe_url=""), "anna@example.org", HEAD))
    assert parsed.get_content_type() == "text/plain"
    assert parsed["List-Unsubscribe"] is None
    assert parsed["List-Unsubscribe-Post"] is None


def test_bytes_are_equal_over_retries() -> None:
    """The same message gives the same bytes, so that a repeat is a repeat."""
    assert build(message(), "a@example.org", HEAD) == build(message(), "a@example.org", HEAD)


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text(), st.text(min_size=1))
def test_no_text_breaks_out(subject: str, text: str, html: str, name: str) -> None:
    """Whatever the texts hold: one recipient, no foreign header, short ASCII lines with CRLF."""
    head = Letterhead(" ".join(name.split()), "reminder@example.org", "sim.example.org")
    try:
        mail = build(message(subject=subject, text=text, html=html), "anna@example.org", head)
    except Refused:
        assert not head.name.isprintable()
        return
    usual = read(build(message(html=html), "anna@example.org", HEAD))
    parsed = read(mail)
    assert parsed.keys() == usual.keys()
    assert [each.addr_spec for each in parsed["To"].addresses] == ["anna@example.org"]
    assert [each.addr_spec for each in parsed["From"].addresses] == ["reminder@example.org"]
    assert mail.isascii()
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(len(line) for line in mail.split(b"\r\n")) <= 210


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=150))
def test_subject_arrives_whole(subject: str) -> None:
    """A subject is read again as it was written, in encoded words of at most 75 signs."""
    parsed = read(build(message(subject=subject), "anna@example.org", HEAD))
    assert str(parsed["Subject"]) == subject
    assert all(len(word) <= 75 for word in encoded(subject).split("\r\n "))


def test_a_huge_subject_is_cut() -> None:
    """A name of a megabyte in the subject does not make the mail grow with it."""
    assert len(build(message(subject="号" * 1_000_000), "anna@example.org", HEAD)) < 4_000


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("anna@example.org", "anna@example.org"),
        ("Anna.B+sim@Example.ORG", "Anna.B+sim@example.org"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@straße.de", "anna@xn--strae-oqa.de"),
        ("anna@例子.中国", "anna@xn--fsqu00a.xn--fiqs8s"),
        ("anna@localhost", "anna@localhost"),
    ],
)
def test_mailbox_reads(written: str, read_as: str) -> None:
    """One plain mailbox is read, its domain written in ASCII."""
    assert mailbox(written) == read_as


WRONG = [
    "",
    "anna",
    "@example.org",
    "anna@",
    "anna@example.org, eve@example.org",
    "anna@example.org\r\nBcc: eve@example.org",
    "anna@example.org\n",
    "anna\r@example.org",
    "anna@example.org\x00",
    "Anna <anna@example.org>",
    "<anna@example.org>",
    '"an na"@example.org',
    "an na@example.org",
    "anna@exa mple.org",
    "anna@[127.0.0.1]",
    "анна@example.org",
    "😀@example.org",
    "anna@😀.org\r\n",
    "anna@eve@example.org",
    "anna..b@example.org",
    ".anna@example.org",
    "anna@-example.org",
    "anna@example..org",
    "anna@" + "a" * 250 + ".org",
    "a" * 65 + "@example.org",
    "anna@example.org;eve@example.org",
    "anna@example.org SIZE=1",
]


@pytest.mark.parametrize("written", WRONG)
def test_mailbox_refuses(written: str) -> None:
    """Two addresses, line breaks, display names and foreign local parts are no mailbox."""
    with pytest.raises(InvalidInput):
        mailbox(written)


@pytest.mark.parametrize("written", WRONG)
def test_a_wrong_address_ends_the_channel(written: str) -> None:
    """A mail to what is no mailbox is refused for good, and the channel with it."""
    with pytest.raises(Refused) as caught:
        build(message(), written, HEAD)
    assert caught.value.channel_off


@pytest.mark.parametrize("link", ["https://a.example/\r\nBcc: x", "javascript:1", "https://a b"])
def test_a_wrong_link_is_refused(link: str) -> None:
    """A link that is no plain URL never becomes a header."""
    with pytest.raises(Refused):
        build(message(unsubscribe_url=link), "anna@example.org", HEAD)


def test_no_field_opens_a_header() -> None:
    """Even a value that nothing else checks cannot begin a header of its own."""
    with pytest.raises(Refused, match="Content-Language"):
        build(message(language="en\r\nBcc: eve@example.org"), "anna@example.org", HEAD)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://sim.example.org/x", "sim.example.org"),
        ("http://localhost:8080", "mail.example.org"),
        ("http://192.168.1.5:8080", "mail.example.org"),
        ("http://[::1]:8080", "mail.example.org"),
    ],
)
def test_letterhead_names_the_host(base_url: str, host: str) -> None:
    """Ids are named after the public host, or the sender's domain where there is none."""
    head = Letterhead.of("Балансы <r@mail.example.org>", base_url)
    assert head == Letterhead("Балансы", "r@mail.example.org", host)
    assert re.search(
        rb"Message-ID: <dlv_\w+@" + host.encode() + rb">", build(message(), "a@b.c", head)
    )
    assert read(build(message(), "a@b.c", head))["From"].addresses[0].display_name == "Балансы"


def test_letterhead_refuses_a_wrong_sender() -> None:
    """A sender that is no mailbox stops the start and names its key."""
    with pytest.raises(ConfigError, match=r"email\.sender"):
        Letterhead.of("nobody", "https://sim.example.org")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text() | st.text("a=. \n\r\x00<é", max_size=90), max_size=8),
    st.text("x \n", max_size=3),
)
def test_a_text_that_was_laid_arrives_as_any_other(parts: list[str], last: str) -> None:
    """However a text was laid of parts, its mail holds the very text that it would hold if it had
    not been, in lines as short."""
    laid = Laid([*parts, *["-"] * (len(parts) % 2), last])
    mail = build(message(html=laid), "anna@example.org", HEAD)
    plain = build(message(html=str(laid)), "anna@example.org", HEAD)
    assert [part.get_content() for part in read(mail).iter_parts()] == [
        part.get_content() for part in read(plain).iter_parts()
    ]
    assert max(map(len, mail.split(b"\r\n")[12:])) <= 76
    assert mail.isascii()
    assert b"\n" not in mail.replace(b"\r\n", b"")
