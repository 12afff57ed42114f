"""Messages that are about no line."""

from __future__ import annotations

import pytest

from reminder.rendering import letters
from reminder.rendering.translation import Speech
from tests.rendering.notices import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_and_button_come_together(language: str) -> None:
    """A letter has a button exactly where it has an address, and every letter says why it came."""
    speech, url = Speech.of(language), "https://reminder.example.org/x"
    made = [
        letters.test(speech),
        letters.heartbeat(speech),
        letters.confirmation(speech, url),
        letters.sign_in(speech, url),
        letters.failing(speech, "Home", url),
    ]
    assert [bool(one.button) for one in made] == [False, False, True, True, True]
    assert all(bool(one.button) == bool(one.url) and one.why for one in made)


def test_long_channel_name() -> None:
    """A long name of a channel is cut in the subject and whole in the heading."""
    made = letters.failing(Speech.of("en"), "n" * 200, "https://reminder.example.org/x")
    assert len(made.subject) < 80
    assert "n" * 200 in made.heading
