"""A channel: whether it can be used, and what signs for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reminder.domain.channel import SECRET_OVERLAP, Channel, ChannelState
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HOOK = Channel(
    ChannelId("chn_1"), OwnerId("own_1"), Lane.WEBHOOK, "https://example.org/", "standard", NOW
)


@pytest.mark.parametrize(
    ("kind", "usable"),
    [
        (Lane.EMAIL, {ChannelState.WORKS, ChannelState.FAILING}),
        (Lane.WEBHOOK, {ChannelState.UNCONFIRMED, ChannelState.WORKS, ChannelState.FAILING}),
    ],
)
def test_rule_18_mail_waits_for_its_confirmation(kind: Lane, usable: set[ChannelState]) -> None:
    """Mail is used once confirmed, a webhook from the start; neither when resting or stopped."""
    channels = [replace(HOOK, kind=kind, state=state) for state in ChannelState]
    assert {c.state for c in channels if c.is_usable} == usable


def test_both_secrets_sign_while_one_replaces_the_other() -> None:
    """Until the overlap is over the old secret signs too; without a rotation only the newest."""
    rotating = replace(HOOK, secrets=("new", "old"), rotated_until=NOW + SECRET_OVERLAP)
    assert rotating.signing(NOW) == ("new", "old")
    assert rotating.signing(NOW + SECRET_OVERLAP) == ("new",)
    assert replace(HOOK, secrets=("new", "old")).signing(NOW) == ("new",)
