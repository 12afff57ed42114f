"""Promises of reminder/engine/parcels.py."""

from __future__ import annotations

import pytest

from reminder.domain.channel import Channel, ChannelState, Use
from reminder.engine.parcels import channels_for, own_address
from tests.builders import build_line
from tests.storage.samples import channel, hook, owner

S = ChannelState
MAIL, HOOK = channel(), hook()
SPARE = hook("chn_spare", use=Use.FALLBACK)


@pytest.mark.parametrize(
    ("mine", "named", "expected"),
    [
        ([MAIL, HOOK, SPARE], (), [MAIL, HOOK]),
        ([MAIL, HOOK, SPARE], (HOOK.id,), [HOOK]),
        ([MAIL, SPARE], (SPARE.id,), [SPARE]),
        ([SPARE], (), [SPARE]),
        ([], (), [own_address(owner())]),
        ([hook(state=S.STOPPED), channel(state=S.RESTING)], (), [own_address(owner())]),
        ([channel(state=S.UNCONFIRMED)], (), [own_address(owner())]),
        ([hook(state=S.UNCONFIRMED)], (), [hook(state=S.UNCONFIRMED)]),
        ([MAIL, hook(state=S.FAILING)], (HOOK.id,), [hook(state=S.FAILING)]),
        ([MAIL, hook(state=S.STOPPED)], (HOOK.id,), [MAIL]),
    ],
)
def test_where_a_lines_reminders_go(
    mine: list[Channel], named: tuple[str, ...], expected: list[Channel]
) -> None:
    """The line's own channels, else all that are for always, else one that can be used, else the
    owner's own address (rule 17)."""
    line = build_line(channels=named)
    assert channels_for(owner(), line, mine) == expected
