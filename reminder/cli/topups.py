"""top-ups: a list of numbers and sums, counted whole."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reminder.cli.service import reach
from reminder.cli.shell import Here, Json, Owner, Shell
from reminder.errors import ReminderError

Flag = Annotated[bool, Parameter(negative="")]
_WORDS = {"already": "recorded before", "heading": "heading", "refused": "wrong"}


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to count.

    Parameters
    ----------
    on
        The day they were paid; else today.
    dry_run
        Only say how each row is read.
    keep_good
        Count the good rows although others are wrong.
    undo
        Take back what the same list did.
    """

    on: str | None = None
    dry_run: Flag = False
    keep_good: Flag = False
    undo: Flag = False


async def count(
    file: Path, /, wishes: Wishes | None = None, *, owner: Owner = None, shell: Here
) -> None:
    """Record many top-ups: a number and a sum on each row; if a row is wrong, none is.

    Parameters
    ----------
    file
        The list, or - to read what is piped in.
    """
    asked = {name: value for name, value in asdict(wishes or Wishes()).items() if value}
    body: Json = {"text": _text(file), **asked}
    async with reach(shell, owner) as service:
        report = await service.post("/lines/top-ups", body)
    shell.account(report, _tell, "rows", "recorded")


def _text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReminderError(f"{file} cannot be read as UTF-8 text: {error}") from error


def _tell(shell: Shell, report: Json) -> None:
    rows = [
        (str(one["row"]), one["text"][:40], _WORDS[one["state"]], one["detail"])
        for one in report["items"]
        if one["state"] in _WORDS
    ]
    if rows:
        shell.table(("Row", "As written", "State", "Why"), rows)
    sums = ", ".join(f"{one['amount']} {one['currency']}" for one in report["totals"]) or "0"
    would = "" if report["applied"] else "would be "
    if report["undone"]:
        shell.say(f"{report['undone']} taken back: {sums}")
    else:
        shell.say(f"{report['counted']} {would}recorded for {report['on']}: {sums}")
