"""backup, restore: on the machine itself, past the API."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from reminder.app import utc_now
from reminder.cli.shell import Here
from reminder.cli.telling import counted
from reminder.config import load
from reminder.service import backups


def _held(owners: int, lines: int) -> str:
    return f"{counted(owners, 'owner')}, {counted(lines, 'line')}"


def back_up(file: Path, /, *, shell: Here) -> None:
    """Copy the database to a file, while the service runs or not; the copy is proven.

    Parameters
    ----------
    file
        Where to write the copy; a copy that is there is replaced once the new one is whole.
    """
    proof = backups.back_up(load(shell.config, shell.environ), file)
    held = _held(proof.owners, proof.lines)
    shell.show(
        {"file": str(file), **asdict(proof)},
        f"Written to {file}: {held}, sound. The key is not in it: keep data_dir/key apart.",
    )


def restore(file: Path, /, *, shell: Here) -> None:
    """Put a copy in the database's place; no service may run. What stood there is kept beside it.

    Parameters
    ----------
    file
        A copy that backup made.
    """
    done = backups.restore(load(shell.config, shell.environ), file, utc_now())
    kept = f" What stood there is {done.kept}." if done.kept else ""
    held = _held(done.proof.owners, done.proof.lines)
    shell.show(
        {"file": str(file), **asdict(done.proof), "kept": str(done.kept or "")},
        f"Restored {held}.{kept} What was sent since the copy was made may be sent once more, "
        "under the same ids.",
    )
