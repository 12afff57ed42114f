"""Another key for the service: everything sealed anew, with nothing running.

The new key is on the disk before anything is sealed with it, and the database says which key its
rows have, in the same transaction that seals them. So whatever happens in between, the next start
knows which of the two keys is right.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reminder.config import Settings
from reminder.engine.cluster import KEY, KEY_PRINT
from reminder.errors import ConfigError
from reminder.service.moving import refuse_running
from reminder.storage import owners
from reminder.storage.database import Database, Lock
from reminder.storage.keyfile import made_key, service_key, sync_folder, write_key
from reminder.storage.resealing import Resealed, reseal
from reminder.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was sealed anew; where the old key is kept; where the new one lies that has yet to be
    put into server.key, None where the service has it already."""

    done: Resealed
    old: Path
    to_set: Path | None


def rotate(settings: Settings, now: datetime) -> Rotated:
    """Make a new key and seal everything with it. The old one is kept: it opens older backups.
    Raises StorageError while a service runs, ConfigError when the last rotation waits for its
    server.key; everything is as before then."""
    folder = settings.server.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = Lock(folder / "lock")
    lock.take()
    try:
        settle(settings)
        key, new = service_key(settings), made_key()
        kept = folder / f"key.before-{now:%Y%m%dT%H%M%SZ}"
        write_key(kept, key)
        write_key(_next(settings), new)
        with closing(Database(settings.database_url)) as database:
            database.migrate()
            refuse_running(database, now)
            with database.unit() as session:
                done = reseal(session, Vault(key), Vault(new))
                owners.set_fact(session, KEY, _print(new))
        to_set = None if _put_in_place(settings) else _next(settings)
        return Rotated(done, kept, to_set)
    finally:
        lock.release()


def settle(settings: Settings) -> None:
    """Finish, or forget, a rotation that was broken off: for who holds the data folder. Raises
    ConfigError where server.key is still the old one."""
    waiting = _next(settings)
    if not waiting.exists():
        return
    with closing(Database(settings.database_url)) as database:
        database.migrate()
        with database.look() as session:
            sealed_with = owners.fact(session, KEY)
    if sealed_with != _print(waiting.read_bytes()):
        waiting.unlink()
    elif not _put_in_place(settings):
        raise _must_be_set(waiting)


def demand_usable(settings: Settings, sealed_with: str | None) -> None:
    """Raise ConfigError where the key cannot be read, or where server.key is still the one before a
    rotation; ``sealed_with`` is what the database says of its key. Nothing is made or changed."""
    waiting, chosen = _next(settings), settings.server.key.get_secret_value()
    if not chosen and settings.server.key_file.exists():
        service_key(settings)
    if not chosen or not waiting.exists() or chosen.encode() == waiting.read_bytes():
        return
    if sealed_with == _print(waiting.read_bytes()):
        raise _must_be_set(waiting)


def _must_be_set(waiting: Path) -> ConfigError:
    return ConfigError(
        f"server.key: the key was rotated; set it to what {waiting} holds, on every node"
    )


def _put_in_place(settings: Settings) -> bool:
    """Whether the service has the new key now: its file takes the place of the old one, or
    server.key says it already."""
    waiting, chosen = _next(settings), settings.server.key.get_secret_value()
    if not chosen:
        waiting.replace(settings.server.key_file)
    elif chosen.encode() == waiting.read_bytes():
        waiting.unlink()
    else:
        return False
    sync_folder(waiting.parent)
    return True


def _next(settings: Settings) -> Path:
    return settings.server.data_dir / "key.next"


def _print(key: bytes) -> str:
    return Vault(key).print(KEY_PRINT)
