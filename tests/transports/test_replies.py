"""What a mail server's reply means, and a lost connection, by the step that it belongs to."""

from __future__ import annotations

import ssl

import pytest

from reminder.errors import About, Refused, Unreachable
from reminder.transports.replies import Phase, lost, refusal


@pytest.mark.parametrize("phase", list(Phase))
def test_only_a_loss_after_the_text_leaves_it_open(phase: Phase) -> None:
    """A lost connection and a senseless answer are unknown after the text, and certain before."""
    is_open = phase is Phase.TEXT
    assert lost(phase, ConnectionResetError()).maybe_accepted is is_open
    senseless = refusal(phase, -1, "hello")
    assert isinstance(senseless, Unreachable)
    assert senseless.maybe_accepted is is_open


def test_a_certificate_is_named() -> None:
    """A certificate that is not trusted is told as that, not as a lost connection."""
    assert "certificate" in str(lost(Phase.HELLO, ssl.SSLError("no")))


@pytest.mark.parametrize("phase", list(Phase))
def test_what_asks_for_patience_is_tried_again(phase: Phase) -> None:
    """A 4xx ends no message and no channel, at any step."""
    assert isinstance(refusal(phase, 451, "later"), Unreachable)


@pytest.mark.parametrize(
    ("phase", "code", "text", "about", "channel_off"),
    [
        (Phase.RECIPIENT, 550, "5.1.1 no", None, True),
        (Phase.RECIPIENT, 554, "5.7.1 relay", None, False),
        (Phase.SENDER, 553, "no", About.MAIL, False),
        (Phase.TEXT, 554, "spam", About.MAIL, False),
    ],
)
def test_a_final_no(
    phase: Phase, code: int, text: str, about: About | None, channel_off: bool
) -> None:
    """A 5xx ends the message; at the recipient it speaks of the address, elsewhere of us."""
    said = refusal(phase, code, text)
    assert isinstance(said, Refused)
    assert said.channel_off is channel_off
    assert about is None or said.about is about
