"""Short units of work that wait for SQLite's one writer at the same moment share a transaction.

Opening and committing one, its sync to the disk included, costs as much as what most of them do.
Nobody is answered before the commit; what is refused leaves nothing and hurts nobody else; and when
the transaction is lost, in whatever way, each is run once more by itself, as if they had not met.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from reminder.errors import ReminderError

T = TypeVar("T")
Job = Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class _Unit:
    """Work that waits, and where its end is awaited."""

    work: Job
    end: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _End:
    """What a unit of work came to."""

    result: Any = None
    error: BaseException | None = None


class Sharing:
    """Runs what waits together, on the writer's thread. ``alone`` runs one in a transaction of its
    own; ``writes`` keeps how long each transaction took."""

    def __init__(
        self,
        writer: Executor,
        engine: Engine,
        alone: Callable[[Job], Any],
        writes: deque[timedelta],
    ) -> None:
        self._writer = writer
        self._engine = engine
        self._alone = alone
        self._writes = writes
        self._waiting: deque[_Unit] = deque()

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run one unit of work, with others that wait; return once it is committed."""
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future())
        self._waiting.append(unit)
        if len(self._waiting) == 1:  # behind another one it is taken along
            self._writer.submit(self._go, loop)
        result: T = await unit.end
        return result

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        units = [unit for unit in self._taken() if not unit.end.cancelled()]
        ends = self._together(units) if len(units) > 1 else None
        if ends is None:
            ends = [self._by_itself(unit) for unit in units]
        loop.call_soon_threadsafe(_settle, units, ends)

    def _taken(self) -> Iterable[_Unit]:
        """All that wait; whoever comes after the last was taken calls anew."""
        while self._waiting:
            yield self._waiting.popleft()

    def _together(self, units: list[_Unit]) -> list[_End] | None:
        """All in one transaction; None when it is lost, and nothing of it was kept."""
        began = time.perf_counter()
        try:
            with self._engine.begin() as connection:
                ends = [_one(connection, unit.work) for unit in units]
        except Exception:  # noqa: BLE001 - whatever it was, whose fault it is meets it again alone
            return None
        self._writes.append(timedelta(seconds=time.perf_counter() - began))
        return ends

    def _by_itself(self, unit: _Unit) -> _End:
        try:
            return _End(self._alone(unit.work))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
            return _End(error=error)


def _one(connection: Connection, work: Job) -> _End:
    """Run one unit in a savepoint; what it refuses is its end, anything else is the end of all. The
    driver is asked itself: SQLAlchemy's own savepoints cost more than the work."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("SAVEPOINT unit")
    try:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="rollback_only"
        ) as session:
            end = _End(work(session))
            session.flush()
    except ReminderError as error:
        end = _End(error=error)
        driver.execute("ROLLBACK TO unit")
    driver.execute("RELEASE unit")
    return end


def _settle(units: list[_Unit], ends: list[_End]) -> None:
    for unit, end in zip(units, ends, strict=True):
        if unit.end.cancelled():
            continue
        if end.error is None:
            unit.end.set_result(end.result)
        else:
            unit.end.set_exception(end.error)
