"""Five defects, planted one at a time in a copy of the code: the tests that are there to see each
must fail on it (``make mutants``; ENGINE section 9, row 40)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("reminder", "tests", "config.toml", "pyproject.toml", "dev.py", "Makefile")
FAILED = 1


@dataclass(frozen=True)
class Mutant:
    """A defect: in which file, what stands there and what instead; and who must see it."""

    name: str
    file: str
    right: str
    wrong: str
    seen_by: tuple[str, ...]


MUTANTS = (
    Mutant(
        "the token dropped from the finish",
        "reminder/storage/outbox.py",
        "mine = [one for one in told if (one.id, one.token) in held]",
        "mine = [one for one in told if one.id in {identity for identity, _ in held}]",
        ("tests/storage/test_outbox.py",),
    ),
    Mutant(
        "synchronous = NORMAL",
        "reminder/storage/database.py",
        '"PRAGMA synchronous=FULL"',
        '"PRAGMA synchronous=NORMAL"',
        ("tests/faults/test_disk.py::test_the_power_is_cut",),
    ),
    Mutant(
        "sending inside a transaction",
        "reminder/engine/sender.py",
        "        result = await self._ways.send(letter, started)\n",
        "        with self._database.unit() as held:\n"
        "            held.connection()\n"
        "            result = await self._ways.send(letter, started)\n",
        ("tests/faults/test_no_transaction.py",),
    ),
    Mutant(
        "is_private as the only guard",
        "reminder/transports/guard.py",
        "def is_public(address: Address) -> bool:\n",
        "def is_public(address: Address) -> bool:\n    return not address.is_private\n\n\n"
        "def is_really_public(address: Address) -> bool:\n",
        ("tests/transports/test_guard.py",),
    ),
    Mutant(
        "the finish before the send",
        "reminder/engine/sender.py",
        "        result = await self._ways.send(letter, started)\n",
        "        span = Span(started, started, 0.0)\n"
        '        await self._write([ended(letter, Receipt("250"), span)])\n'
        "        result = await self._ways.send(letter, started)\n",
        ("tests/faults/test_points.py", "-k", "email-sqlite and (connected or data)"),
    ),
)
IMPORTS = {"the finish before the send": "from reminder.domain.delivery import Receipt\n"}


def main() -> int:
    """Plant each; return 0 if every one was caught and the tests pass without them."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            ignored = shutil.ignore_patterns("__pycache__")
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=ignored)
            else:
                shutil.copy2(source, copy / name)
        caught = sum(_judged(copy))
    print(f"{caught} of {len(MUTANTS)} caught")
    return 0 if caught == len(MUTANTS) else 1


def planted(mutant: Mutant, right: str) -> str:
    """The text of a file with its defect. Raises ValueError where what it replaces does not stand
    there once."""
    if right.count(mutant.right) != 1:
        raise ValueError(f"{mutant.name}: no longer in {mutant.file}")
    head = "from __future__ import annotations\n"
    imports = IMPORTS.get(mutant.name, "")
    return right.replace(mutant.right, mutant.wrong).replace(head, f"{head}\n{imports}", 1)


def _judged(copy: Path) -> Iterator[bool]:
    for mutant in MUTANTS:
        file = copy / mutant.file
        right = file.read_text(encoding="utf-8")
        wrong = planted(mutant, right)
        assert _tested(copy, mutant) == 0, f"{mutant.name}: its tests fail without it"
        file.write_text(wrong, encoding="utf-8")
        is_caught = _tested(copy, mutant) == FAILED
        file.write_text(right, encoding="utf-8")
        print(f"{'caught' if is_caught else 'NOT SEEN'}: {mutant.name}", flush=True)
        yield is_caught


def _tested(copy: Path, mutant: Mutant) -> int:
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-x", *mutant.seen_by]
    return subprocess.run(
        words, cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
