"""Promises of reminder/service/work.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import NotFound
from reminder.service import people
from reminder.service.work import Work
from tests.conftest import START, HandClock


async def test_one_unit_reads_the_clock_once(app: App, clock: HandClock) -> None:
    """However long a use case takes, it has one instant."""

    def use(work: Work) -> bool:
        before = work.now
        clock.set("2027-01-01")
        return work.now == before == START

    assert await app.write(use) is True
    assert (await app.read(lambda work: work.now)).year == 2027


async def test_ids_are_fresh(app: App) -> None:
    """Two ids of one instant differ."""
    assert len(await app.read(lambda w: {w.new_id("lin") for _ in range(20)})) == 20


async def test_a_unit_is_whole_or_nothing(app: App) -> None:
    """What fails half way leaves nothing behind."""

    def use(work: Work) -> None:
        people.add_owner(work, "anna@example.org")
        raise NotFound("half way")

    with pytest.raises(NotFound):
        await app.write(use)
    assert await app.read(people.everyone) == []
