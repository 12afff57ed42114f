"""The lock file of a data folder: one process at a time owns a SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from reminder.errors import StorageError


class Lock:
    """The lock file of a data folder: whoever holds it is the one process that uses the folder.
    The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock; raise StorageError if another process has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StorageError(
                f"Another reminder process is using {self._path.parent}: stop it first, "
                "or name another server.data_dir"
            ) from error
        self._handle = handle

    def take_if_free(self) -> bool:
        """Take the lock unless another process has it; whether it is held now."""
        try:
            self.take()
        except StorageError:
            return False
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def is_held_by_another(self) -> bool:
        """Whether a living process holds it, other than through this object."""
        if self._handle is not None:
            return False
        if not self.take_if_free():
            return True
        self.release()
        return False
