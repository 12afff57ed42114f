"""What the tests of the use cases ask of a world again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest

from reminder.app import App
from reminder.domain.ids import LineId, OwnerId
from reminder.errors import InvalidInput
from reminder.service import lines, people
from reminder.service.lines import LineView
from reminder.service.work import Work
from tests.conftest import line_fields

T = TypeVar("T")


async def person(app: App, email: str = "anna@example.org") -> OwnerId:
    """An owner in Moscow who reads English."""
    return (await app.write(lambda work: people.add_owner(work, email))).id


async def register(app: App, owner: OwnerId, **changes: object) -> LineView:
    """A line with a monthly fee that its balance does not cover."""
    fields = line_fields(**changes)
    return await app.write(lambda work: lines.register(work, owner, fields))


async def patch(app: App, owner: OwnerId, line: LineId, fields: Mapping[str, object]) -> LineView:
    """Change a line by a merge patch."""
    return await app.write(lambda work: lines.change(work, owner, line, fields))


async def faults(app: App, use: Callable[[Work], T]) -> list[str]:
    """The fields that a refused request names."""
    with pytest.raises(InvalidInput) as refused:
        await app.write(use)
    assert all(f.detail for f in refused.value.faults)
    return [f.name for f in refused.value.faults]
