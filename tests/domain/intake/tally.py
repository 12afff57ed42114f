"""Count what the reader makes of the tables of answers: ``python -m tests.domain.intake.tally``.

*Right*: read as written, or asked about where it must be. *Asked*: could have been read, and was
asked about. *Wrong*: read as something else.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from reminder.domain.intake import Candidate, Understood, read

TODAY = date(2026, 11, 22)
TABLES = ("texts", "held_out", "blind")


def verdict(row: dict[str, Any]) -> str:
    """What became of one text."""
    found = read(row["says"], TODAY, row.get("kept"))
    if not isinstance(found, Understood):
        return "right" if "ask" in row else "asked"
    if "ask" in row:
        return "wrong"
    on = row.get("on")
    day = date.fromisoformat(on) if on else None
    expected = Candidate(Decimal(row["amount"]), row.get("currency"), day)
    return "right" if found.balance == expected else "wrong"


def main() -> int:
    """Print a line for each table and one for all; fail if one text is read wrongly."""
    total: Counter[str] = Counter()
    for name in TABLES:
        source = (Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8")
        rows = [row for group in tomllib.loads(source).values() for row in group]
        count = Counter(map(verdict, rows))
        total += count
        _print(name, len(rows), count)
    _print("all", total.total(), total)
    return 1 if total["wrong"] else 0


def _print(name: str, rows: int, count: Counter[str]) -> None:
    said = ", ".join(f"{count[word]} {word}" for word in ("right", "asked", "wrong"))
    sys.stdout.write(f"{name}: {rows} texts, {said}\n")


if __name__ == "__main__":
    sys.exit(main())
