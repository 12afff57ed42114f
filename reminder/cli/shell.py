"""What every command is handed: the settings it was called with, and where it prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TextIO

from cyclopts import Parameter

from reminder.errors import ReminderError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shell:
    """One call of the command line. ``as_json``: print for programs instead of people."""

    config: Path | None
    as_json: bool
    environ: Mapping[str, str]
    out: TextIO

    def say(self, text: str) -> None:
        """Print one line, or several."""
        print(text, file=self.out)

    def dump(self, value: object) -> None:
        """Print JSON."""
        self.say(json.dumps(value, ensure_ascii=False, indent=2))

    def show(self, value: object, text: str) -> None:
        """Print a value for programs, or a text for people."""
        if self.as_json:
            self.dump(value)
        else:
            self.say(text)

    def account(
        self, report: Json, tell: Callable[[Shell, Json], None], each: str, done: str
    ) -> None:
        """Print what became of many; raises ReminderError where some were refused. ``each`` is what
        they are, ``done`` what was to be done of them."""
        if self.as_json:
            self.dump(report)
        else:
            tell(self, report)
        if report["refused"]:
            rest = f"the others are {done}" if report["applied"] else f"nothing was {done}"
            raise ReminderError(f"{report['refused']} of {len(report['items'])} {each}: {rest}")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows: in a table on a terminal, in plain columns elsewhere."""
        if self.out.isatty():
            self._rich(heads, rows)
            return
        widths = [max(len(row[n]) for row in rows) for n in range(len(heads))] if rows else []
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.say("  ".join(cells).rstrip())

    def _rich(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*heads, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(file=self.out).print(table)


Here = Annotated[Shell, Parameter(parse=False)]
Owner = Annotated[
    str | None,
    Parameter(name="--owner", help="Whom to act for, by address; needed with several owners."),
]
