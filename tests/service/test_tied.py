"""Promises of reminder/service/tied.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.domain.channel import Use
from reminder.domain.ids import ChannelId
from reminder.service.tied import all_tied, is_tied
from tests.builders import build_line
from tests.storage.samples import channel, hook, owner

LINE = build_line(number="+79161234567")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("79161234567@sms.example.org", True),
        ("+7.916.123-45-67@example.org", True),
        ("anna1987@example.org", False),
        ("anna@example.org", False),
        ("https://gate.example.org/send?to=%2B79161234567", True),
        ("https://gate.example.org/send?to=79169999999", False),
    ],
)
def test_an_address_that_holds_the_number_hangs_on_it(target: str, expected: bool) -> None:
    """A mailbox or a gateway named by the number works only while the number does."""
    assert is_tied(channel(target=target), LINE) is expected


def test_only_when_every_channel_hangs_on_the_number_there_is_no_way_left() -> None:
    """One channel that does not hang on it is enough; the owner may say what cannot be seen."""
    mail, chat = channel(), hook()
    said = replace(LINE, tied_channels=(ChannelId("chn_hook"),))
    assert all_tied(owner(), said, [mail, chat]) == []
    assert all_tied(owner(), replace(said, channels=(chat.id,)), [mail, chat]) == [chat]
    assert all_tied(owner(), LINE, []) == []
    behind = channel(use=Use.FALLBACK)
    assert all_tied(owner(), replace(said, channels=(chat.id,)), [behind, chat]) == []
