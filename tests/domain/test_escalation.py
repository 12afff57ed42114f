"""Rule 17: who gets a reminder at its moment, and who is asked next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.channel import Channel, ChannelState, Use, Why
from reminder.domain.delivery import Lane
from reminder.domain.escalation import WAIT, Reach, asks_at
from reminder.domain.ids import ChannelId
from reminder.domain.schedule import QuietHours, parse_time
from tests.builders import build_ladder, moscow
from tests.storage.samples import channel, hook

S, F, X = ChannelState, Use.FALLBACK, Use.SECOND
OWN = channel("own_1")
MAIL, HOOK = channel("chn_0_mail"), hook("chn_1_hook")
FIRST, LAST = hook("chn_2", use=F, target="a"), hook("chn_3", use=F, target="b")
FRIEND = channel("chn_4", use=X, target="boris@example.org")
OFF = {"state": S.RESTING}


def reach(*mine: Channel, own: Channel = OWN) -> Reach:
    """What an owner has, oldest first."""
    return Reach(mine, own)


def order(one: Reach, *named: Channel) -> list[list[str]]:
    """Who is asked, one after another, when nobody takes it."""
    names = [c.id for c in named]
    steps = [one.first(names)]
    asked = {c.id for c in steps[0]}
    while following := one.following(names, asked):
        steps.append([following])
        asked.add(following.id)
    return [[c.id for c in step] for step in steps if step]


EVERY = (MAIL, HOOK, FIRST, LAST, FRIEND)
RESTING = channel("chn_0_mail", why=Why.GONE, **OFF)
TURNED_OFF = channel("chn_0_mail", state=S.STOPPED)


@pytest.mark.parametrize(
    ("mine", "named", "expected"),
    [
        (EVERY, (), [["chn_0_mail", "chn_1_hook"], ["chn_2"], ["chn_3"], ["chn_4"]]),
        (EVERY, (HOOK,), [["chn_1_hook"], ["chn_2"], ["chn_3"], ["chn_4"], ["chn_0_mail"]]),
        (EVERY, (LAST,), [["chn_3"], ["chn_2"], ["chn_4"], ["chn_0_mail"], ["chn_1_hook"]]),
        ((MAIL, FRIEND), (), [["chn_0_mail"], ["chn_4"]]),
        ((HOOK, FRIEND), (), [["chn_1_hook"], ["chn_4"], ["own_1"]]),
        ((FIRST, LAST), (), [["chn_2"], ["chn_3"], ["own_1"]]),
        ((hook("chn_1_hook", **OFF), FRIEND), (), [["own_1"], ["chn_4"]]),
        ((hook("chn_1_hook", **OFF), FIRST), (), [["chn_2"], ["own_1"]]),
        ((MAIL, hook("chn_1_hook", **OFF)), (HOOK,), [["chn_0_mail"]]),
        ((TURNED_OFF,), (), [["own_1"]]),
        ((RESTING,), (), []),
        ((RESTING, FRIEND), (), [["chn_4"]]),
        ((channel("chn_0_mail", state=S.STOPPED, why=Why.LINK),), (), []),
        ((), (HOOK,), [["own_1"]]),
        ((MAIL,), (HOOK,), [["chn_0_mail"]]),
    ],
)
def test_rule_17_in_order(
    mine: tuple[Channel, ...], named: tuple[Channel, ...], expected: list[list[str]]
) -> None:
    """The line's own channels, or all for always; the fallbacks in order; the second contact; the
    owner's address where no channel of theirs can be used, unless it was refused or its reader
    asked for no more."""
    assert order(reach(*mine), *named) == expected


def test_rule_17_an_address_that_may_not_be_written_to_is_cut_off() -> None:
    """Without a usable channel and with an address that is not confirmed nobody can be told."""
    unsure = channel("own_1", state=S.UNCONFIRMED)
    assert reach(own=unsure).is_cut_off
    assert reach(RESTING).is_cut_off
    assert not reach(own=unsure).first(()) or reach(own=unsure).is_cut_off
    assert not reach(RESTING, FRIEND).is_cut_off
    assert not reach().is_cut_off


@pytest.mark.parametrize(
    ("lost", "mine", "told"),
    [
        (HOOK, (MAIL, HOOK, FRIEND), "chn_0_mail"),
        (MAIL, (MAIL, FIRST, HOOK), "chn_1_hook"),
        (MAIL, (MAIL, FIRST), "chn_2"),
        (HOOK, (HOOK, FRIEND), "own_1"),
        (MAIL, (MAIL, FRIEND), None),
        (FRIEND, (MAIL, FRIEND), "chn_0_mail"),
    ],
)
def test_rule_18_told_through_another_and_never_to_a_stranger(
    lost: Channel, mine: tuple[Channel, ...], told: str | None
) -> None:
    """That a channel fell silent is told by another of the owner's, else to their address; not to
    the second contact, and not to the address that fell silent."""
    to = reach(*mine).to_tell_of(lost)
    assert (to.id if to else None) == told


@pytest.mark.parametrize(
    ("leaves", "asks"),
    [
        ("2026-11-24 09:00", "2026-11-24 09:30"),
        ("2026-11-24 21:29", "2026-11-24 21:59"),
        ("2026-11-24 21:30", "2026-11-25 08:00"),
    ],
)
def test_rule_3_quiet_hours_hold_the_next_question(leaves: str, asks: str) -> None:
    """Half an hour after it left, or at the end of the quiet hours that half hour falls in."""
    ladder = build_ladder(quiet=QuietHours(parse_time("22:00"), parse_time("08:00")))
    assert asks_at(ladder, moscow(leaves)) == moscow(asks)
    assert asks_at(build_ladder(), moscow(leaves)) == moscow(leaves) + WAIT


anybody = st.builds(
    lambda n, use, state, lane: channel(
        f"chn_{n}", use=use, state=state, kind=lane, target=f"t{n}"
    ),
    st.integers(0, 9),
    st.sampled_from(Use),
    st.sampled_from(ChannelState),
    st.sampled_from(Lane),
)


@given(
    mine=st.lists(anybody, max_size=6, unique_by=lambda c: c.id),
    named=st.sets(st.integers(0, 9).map(lambda n: ChannelId(f"chn_{n}"))),
)
def test_rule_17_everybody_who_can_be_asked_is_asked_once(
    mine: list[Channel], named: set[ChannelId]
) -> None:
    """Whatever there is: no channel is asked twice, none that may not be written to, no stranger
    but the one second contact, and nobody is left out in the end."""
    one = reach(*mine)
    steps = order(one, *[c for c in mine if c.id in named])
    asked = [c for step in steps for c in step]
    assert len(asked) == len(set(asked))
    own = {c.id for c in mine if c.is_usable and c.use is not X}
    second = {one.second.id} if one.second else set()
    assert set(asked) == own | second | {OWN.id}
