"""What every use case is handed: a session, the desk, and the one reading of the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reminder.domain.ids import Series
from reminder.engine.desk import Desk
from reminder.storage.database import Session


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work, one transaction. ``ids`` is handed on by work that is done in many."""

    session: Session
    desk: Desk
    now: datetime
    ids: list[Series] = field(default_factory=list, repr=False, compare=False)

    def new_id(self, prefix: str) -> str:
        """A fresh id of that prefix, of which none comes twice, be it asked for thousands."""
        if not self.ids:
            self.ids.append(self.desk.series(self.now))
        return self.ids[0].new(prefix)
