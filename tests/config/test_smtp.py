"""The mail server in ``email.url``."""

from __future__ import annotations

import pytest

from reminder.config.smtp import Smtp, Tls, parse


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://host", Smtp("host", 587, Tls.STARTTLS)),
        ("smtp://host?tls=none", Smtp("host", 25, Tls.NONE)),
        ("smtps://host", Smtp("host", 465, Tls.IMPLICIT)),
        ("smtp://127.0.0.1:2525/?tls=none", Smtp("127.0.0.1", 2525, Tls.NONE)),
        ("smtp://u:p@host:25?tls=starttls", Smtp("host", 25, Tls.STARTTLS, "u", "p")),
        ("smtps://a%40b.org:p%2F%3Aq@host", Smtp("host", 465, Tls.IMPLICIT, "a@b.org", "p/:q")),
        ("smtp://[::1]:25", Smtp("::1", 25, Tls.STARTTLS)),
    ],
)
def test_reads_a_server(url: str, expected: Smtp) -> None:
    """Each way to write a mail server is read, with the port that belongs to its encryption."""
    assert parse(url) == expected


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example.org", "smtp:// or smtps://"),
        ("http://secret@host", "smtp:// or smtps://"),
        ("smtp://:587", "names no host"),
        ("smtp://host:many", "valid host and port"),
        ("smtp://host:99999", "valid host and port"),
        ("smtp://secret@host", "both a user and a password"),
        ("smtp://u:se/cret@host", "valid host and port|path"),
        ("smtp://host?tls=maybe", r"\?tls=starttls or \?tls=none"),
        ("smtp://host?ssl=1", "no option ssl"),
        ("smtps://host?tls=none", "leave .tls= out"),
    ],
)
def test_refuses_with_a_clear_word(url: str, says: str) -> None:
    """A URL that is no mail server is refused with what would be right, never repeated."""
    with pytest.raises(ValueError, match=says) as caught:
        parse(url)
    assert "secret" not in str(caught.value)


def test_prints_no_credentials() -> None:
    """Neither the user nor the password shows when a server is printed."""
    shown = repr(parse("smtps://somebody:hidden@host"))
    assert "host" in shown
    assert "somebody" not in shown
    assert "hidden" not in shown
