"""Promises of reminder/engine/flight.py: what is in hand is counted as it comes and goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from reminder.domain.delivery import EmailTarget, Kind, Lane, Message
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.engine.destinations import Ready
from reminder.engine.flight import LEAST_AHEAD, Flight
from reminder.engine.letters import Letter
from reminder.engine.tries import Ended, Span, ended
from reminder.errors import Unreachable
from reminder.storage.claims import Claimed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA, BORIS = OwnerId("own_1"), OwnerId("own_2")
MAILS = LEAST_AHEAD[Lane.EMAIL]
SLOTS = {Lane.EMAIL: 2, Lane.WEBHOOK: 128}


def letter(number: int, owner: OwnerId = ANNA) -> Letter:
    """A mail to be tried."""
    claim = Claimed(
        DeliveryId(f"dlv_{number}"),
        1,
        1,
        owner,
        ChannelId("chn_1"),
        Kind.TEST,
        Lane.EMAIL,
        NOW,
        NOW,
        "",
    )
    message = Message(claim.id, claim.kind, "en", NOW, "", "")
    return Letter(claim, message, EmailTarget("anna@example.org"))


class Gate:
    """A try that ends when it is let, or breaks."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def attempt(self, one: Letter, *, breaks: bool = False) -> Ended:
        """Wait, then end."""
        await self.open.wait()
        if breaks:
            raise RuntimeError("broken")
        return ended(one, Unreachable("no answer"), Span(NOW, NOW, 0.5))


async def test_counted_as_they_begin_and_end() -> None:
    """Slots are taken by tries, shares by what is ready too, and both are free again after the
    end, which waits to be written; a try that breaks leaves none."""
    landed: list[Letter] = []
    flight, gate = Flight(SLOTS, landed.append), Gate()
    one, two = letter(1), letter(2, BORIS)
    flight.launch(one, gate.attempt(one))
    flight.launch(two, gate.attempt(two, breaks=True))
    flight.ready[Lane.EMAIL].append(Ready(letter(3), timedelta()))
    assert (flight.free(Lane.EMAIL), flight.free(Lane.WEBHOOK)) == (0, SLOTS[Lane.WEBHOOK])
    assert flight.held(Lane.EMAIL) == {ANNA: 2, BORIS: 1}
    gate.open.set()
    await flight.gather()
    assert [end.claim.id for end in flight.over] == [one.claim.id]
    assert [each.claim.id for each in landed] == [one.claim.id, two.claim.id]
    assert (flight.free(Lane.EMAIL), flight.tries) == (2, set())
    assert flight.held(Lane.EMAIL) == {ANNA: 1}
    assert [ready.letter.claim.id for ready in flight.give_back(Lane.EMAIL)] == ["dlv_3"]
    assert flight.held(Lane.EMAIL) == {}


async def test_what_is_not_written_takes_room() -> None:
    """So many ends as there are slots may wait to be written while others run; each beyond them
    takes a slot until it is."""
    flight, gate = Flight(SLOTS, lambda _: None), Gate()
    gate.open.set()
    for number in range(SLOTS[Lane.EMAIL] + 1):
        one = letter(number)
        flight.launch(one, gate.attempt(one))
        await asyncio.wait(flight.tries)
    assert (len(flight.over), flight.free(Lane.EMAIL)) == (3, 1)
    flight.wrote(2)
    assert (len(flight.over), flight.free(Lane.EMAIL)) == (1, 2)


async def test_claims_come_in_batches() -> None:
    """With nothing in hand as much is asked for as there is room, and, by a process that has proven
    itself, as much again; while tries run and enough is ready, nothing is asked for yet."""
    flight, gate = Flight(SLOTS, lambda _: None), Gate()
    assert (flight.wanted(Lane.WEBHOOK, 100), flight.wanted(Lane.EMAIL, 2)) == (100, 2)
    flight.is_proven = True
    assert flight.wanted(Lane.WEBHOOK, 100) == 100 + SLOTS[Lane.WEBHOOK]
    assert flight.wanted(Lane.EMAIL, 2) == 2 + MAILS
    flight.ready[Lane.EMAIL].extend(Ready(letter(n), timedelta()) for n in range(MAILS - 4))
    assert flight.wanted(Lane.EMAIL, 0) == 4
    one = letter(99)
    flight.launch(one, gate.attempt(one))
    assert flight.wanted(Lane.EMAIL, 0) == 0
    gate.open.set()
    await flight.gather()
