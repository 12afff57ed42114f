"""Messages that are about no line."""

from __future__ import annotations

import pytest

from reminder.rendering import letters
from reminder.rendering.translation import Speech
from tests.rendering.notices import LANGUAGES

ASKED = letters.Asked("Fri 20 Nov, 13:00", "Firefox, Linux")


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_and_button_come_together(language: str) -> None:
    """A letter has a button exactly where it has an address, and every letter says why it came."""
    speech, url = Speech.of(language), "https://reminder.example.org/x"
    made = [
        letters.test(speech),
        letters.heartbeat(speech),
        letters.confirmation(speech, url),
        letters.sign_in(speech, url, ASKED),
        letters.sign_up(speech, url, ASKED),
        letters.erase(speech, url, ASKED),
        letters.failing(speech, "Home", url),
    ]
    assert [bool(one.button) for one in made] == [False, False, *[True] * 5]
    assert all(bool(one.button) == bool(one.url) and one.why for one in made)


def test_long_channel_name() -> None:
    """A long name of a channel is cut in the subject and whole in the heading."""
    made = letters.failing(Speech.of("en"), "n" * 200, "https://reminder.example.org/x")
    assert len(made.subject) < 80
    assert "n" * 200 in made.heading


def test_a_reader_knows_their_own_asking() -> None:
    """A letter with a link says when it was asked for and with what, if that is known."""
    speech, url = Speech.of("en"), "https://reminder.example.org/x"
    for made in (letters.sign_in, letters.sign_up, letters.erase):
        said = " ".join(made(speech, url, ASKED).paragraphs)
        assert "Fri 20 Nov, 13:00, with Firefox, Linux." in said
        bare = " ".join(made(speech, url, letters.Asked("Fri 20 Nov, 13:00", "")).paragraphs)
        assert "asked for on Fri 20 Nov, 13:00." in bare
