"""The way in: what only asks for help or the version is answered before anything is loaded."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from reminder.cli.overview import answer

SELDOM = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 refused, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _answer(words)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader has gone
        return 0


def _answer(words: Sequence[str]) -> int:
    said = answer(words)
    if said is not None:
        print(said, flush=True)
        return 0
    gc.set_threshold(SELDOM)  # nothing of what is loaded now is garbage: a sixth of every start
    from reminder.cli import entry

    return entry.main(words)
