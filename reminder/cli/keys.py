"""key rotate: on the machine itself, past the API."""

from __future__ import annotations

from dataclasses import asdict

from reminder.app import utc_now
from reminder.cli.shell import Here
from reminder.config import load
from reminder.service import keys


def rotate(*, shell: Here) -> None:
    """Make a new key and seal channels and letters with it. Links in messages that were sent, and
    calendar addresses, stop working; devices stay signed in, API tokens go on."""
    rotated = keys.rotate(load(shell.config, shell.environ), utc_now())
    done = rotated.done
    said = f"Sealed {done.channels} channels and {done.letters} letters with a new key."
    if done.unreadable:
        said += f" The old key did not open {done.unreadable}: type those channels again."
    if rotated.to_set is not None:
        said += f" Set server.key to what {rotated.to_set} holds, on every node, before you start."
    said += f" The old key is kept as {rotated.old}, for backups made before; else delete it."
    shown = {**asdict(done), "old": str(rotated.old), "to_set": str(rotated.to_set or "")}
    shell.show(shown, said)
