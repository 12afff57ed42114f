"""What every use case is handed: a session, the desk, and the one reading of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reminder.engine.desk import Desk
from reminder.storage.database import Session


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work, one transaction."""

    session: Session
    desk: Desk
    now: datetime

    def new_id(self, prefix: str) -> str:
        """A fresh id of that prefix."""
        return self.desk.new_id(prefix, self.now)
