"""What the tests of imports and exports ask again and again."""

from __future__ import annotations

import io

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service.transfer import importing
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.report import Report

HEAD = "number,operator,label,balance,fee,renews_on,period\n"
PLAIN = Wishes()
UPDATE = Wishes(update=True)
KEEP_GOOD = Wishes(keep_good=True)
DRY_RUN = Wishes(dry_run=True)


async def bring(app: App, owner: OwnerId, text: str | bytes, wishes: Wishes = PLAIN) -> Report:
    """Import a text."""

    async def hush(_rows: int, _share: float) -> None:
        """Nobody watches."""

    raw = text.encode() if isinstance(text, str) else text
    return await importing.run(app, owner, io.BytesIO(raw), wishes, hush)


def faults(report: Report) -> list[tuple[int, str]]:
    """Row and column of each fault."""
    return [(one.row, fault.field) for one in report.items for fault in one.faults]
