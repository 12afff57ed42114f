"""The way in: what only asks for help or the version is answered before anything is loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from reminder.cli.overview import answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 refused, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    said = answer(words)
    if said is not None:
        print(said)
        return 0
    from reminder.cli import entry

    return entry.main(words)
