"""Promises of reminder/storage/lock.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reminder.errors import StorageError
from reminder.storage.lock import Lock


def _held(lock: Lock) -> bool:
    return lock.is_held_by_another


def test_one_lock_one_process(tmp_path: Path) -> None:
    """A second process does not get the folder; when the first has died, it does."""
    path = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from reminder.storage.lock import Lock\n"
        "lock = Lock(Path(sys.argv[1])); lock.take(); print('held', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        mine = Lock(path)
        assert not mine.take_if_free()
        assert _held(mine)
        with pytest.raises(StorageError, match="Another reminder process"):
            mine.take()
        other.kill()
        other.wait()
        assert not _held(mine)
        assert mine.take_if_free()
        assert not _held(mine)
        assert _held(Lock(path))
        mine.release()
    assert not _held(Lock(path))
    assert path.stat().st_mode & 0o777 == 0o600
