"""A channel: whether it can be used, and what signs for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reminder.domain.channel import SECRET_OVERLAP, Channel, ChannelState, Why
from reminder.domain.delivery import Kind, Lane
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


S, K = ChannelState, Kind


@pytest.mark.parametrize(
    ("lane", "state", "kinds"),
    [
        (Lane.EMAIL, S.UNCONFIRMED, {K.CONFIRMATION}),
        (Lane.EMAIL, S.WORKS, {K.REMINDER, K.TEST, K.FAILING, K.HEARTBEAT}),
        (Lane.EMAIL, S.RESTING, {K.TEST}),
        (Lane.EMAIL, S.STOPPED, set()),
        (Lane.WEBHOOK, S.FAILING, {K.REMINDER, K.TEST, K.FAILING, K.HEARTBEAT}),
        (Lane.WEBHOOK, S.STOPPED, set()),
    ],
)
def test_rule_18_what_may_be_sent(lane: Lane, state: ChannelState, kinds: set[Kind]) -> None:
    """An address gets its confirmation and nothing else until it says yes, and nothing at all once
    it is stopped; only a sign-in link, which its reader asked for, goes out whatever stands."""
    one = replace(HOOK, kind=lane, state=state)
    assert {kind for kind in Kind if one.takes(kind)} - {K.CONFIRMATION} == (
        kinds | {K.SIGN_IN}
    ) - {K.CONFIRMATION}
    assert one.takes(K.CONFIRMATION) is (state is S.UNCONFIRMED)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://example.org/hook/t0ken?key=s3cret", "https://example.org/hook/…"),
        ("https://example.org/t0ken", "https://example.org/…"),
        ("https://example.org:8443/a/b/c#x", "https://example.org:8443/a/b/…"),
        ("https://example.org?key=s3cret/a", "https://example.org/…"),
        ("https://example.org", "https://example.org/…"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_its_secrets(target: str, shown: str) -> None:
    """Neither the last part of the path nor the query is shown; an address is shown whole."""
    assert replace(HOOK, target=target).shown == shown
    assert replace(HOOK, kind=Lane.EMAIL, target="anna@example.org").shown == "anna@example.org"


@pytest.mark.parametrize(
    ("state", "why", "must"),
    [
        (S.STOPPED, Why.WISH, False),
        (S.STOPPED, Why.LINK, True),
        (S.RESTING, Why.GONE, True),
        (S.FAILING, Why.WISH, False),
    ],
)
def test_rule_18_who_must_be_told(state: ChannelState, why: Why, *, must: bool) -> None:
    """What its owner stopped needs no word; what fell silent otherwise does."""
    assert replace(HOOK, state=state, why=why).is_off_unasked is must
