"""Promises of reminder/service/repeats.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import Conflict
from reminder.service import repeats
from tests.conftest import HandClock
from tests.service.samples import person

ANSWER = (201, '{"id": "lin_1"}', "/api/v1/lines/lin_1")


async def test_an_answer_is_said_again(app: App, clock: HandClock) -> None:
    """The same request under the same key has the same answer for a day, and then is new."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    assert await app.read(lambda work: repeats.stored(work, owner, "k", "digest")) is None
    await app.write(lambda work: repeats.store(work, owner, "k", "digest", ANSWER))
    assert await app.read(lambda work: repeats.stored(work, owner, "k", "digest")) == ANSWER
    assert await app.read(lambda work: repeats.stored(work, boris, "k", "digest")) is None
    clock.set("2026-11-21T09:59:59")
    assert await app.read(lambda work: repeats.stored(work, owner, "k", "digest")) == ANSWER
    clock.set("2026-11-21T10:00:00")
    assert await app.read(lambda work: repeats.stored(work, owner, "k", "other")) is None
    await app.write(lambda work: repeats.store(work, owner, "k", "other", (200, "", "")))
    assert await app.read(lambda work: repeats.stored(work, owner, "k", "other")) == (200, "", "")


async def test_a_key_belongs_to_one_request(app: App) -> None:
    """A key that was used for another request is a conflict."""
    owner = await person(app)
    await app.write(lambda work: repeats.store(work, owner, "k", "digest", ANSWER))
    with pytest.raises(Conflict, match="Idempotency-Key"):
        await app.read(lambda work: repeats.stored(work, owner, "k", "other"))
