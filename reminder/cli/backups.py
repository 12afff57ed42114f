"""backup, restore: on the machine itself, past the API."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from reminder.app import utc_now
from reminder.cli.shell import Here
from reminder.config import load
from reminder.service import backups


def back_up(file: Path, /, *, shell: Here) -> None:
    """Copy the database to a file, while the service runs or not; the copy is proven.

    Parameters
    ----------
    file
        Where to write the copy; a copy that is there is replaced once the new one is whole.
    """
    proof = backups.back_up(load(shell.config, shell.environ), file)
    shell.show(
        {"file": str(file), **asdict(proof)},
        f"Written to {file}: {proof.owners} owners, {proof.lines} lines, sound. "
        "The key is not in it: keep data_dir/key apart.",
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
    shell.show(
        {"file": str(file), **asdict(done.proof), "kept": str(done.kept or "")},
        f"Restored {done.proof.owners} owners, {done.proof.lines} lines.{kept} What was sent since "
        "the copy was made may be sent once more, under the same ids.",
    )
