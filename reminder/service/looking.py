"""Look at the service's database without starting anything on it: what ``doctor`` says of it."""

from __future__ import annotations

from datetime import datetime

from reminder.config import Settings
from reminder.engine.cluster import KEY, KEY_PRINT, has_key
from reminder.errors import StorageError
from reminder.service import keys
from reminder.storage import owners, postgresql, versions
from reminder.storage.database import Session
from reminder.storage.keyfile import service_key
from reminder.storage.looking import looked_at, may_write, version_of
from reminder.storage.vault import Vault


def state_of(settings: Settings) -> str:
    """How the database is, in a few words. Raises StorageError or ConfigError where a service could
    not start on it. Nothing is made or changed."""
    file = settings.database_file
    if file is not None and not file.exists():
        keys.demand_usable(settings, None)
        if not file.parent.exists() and file.parent != settings.server.data_dir:
            raise StorageError(f"database.url: make the folder {file.parent} first")
        return f"{file} is made at the first start"
    with looked_at(settings.database_url) as session:
        version = version_of(session)
        keys.demand_usable(settings, owners.fact(session, KEY) if version else None)
        if version == versions.newest() and file is None:
            _demand_same_key(settings, session, postgresql.clock(session))
    if not may_write(settings.database_url):
        remedy = (
            "look at the rights of its folder" if file else "it is a standby, or set to be read"
        )
        raise StorageError(f"The database may not be written: {remedy}")
    return _said(version)


def _demand_same_key(settings: Settings, session: Session, now: datetime) -> None:
    """Nodes that live must work with this one's key, where it has one yet."""
    if settings.server.key.get_secret_value() or settings.server.key_file.exists():
        has_key(session, Vault(service_key(settings)).print(KEY_PRINT), now)


def _said(version: str | None) -> str:
    if version is None:
        return "empty: its tables are made at the first start"
    if version == versions.newest():
        return f"can be written, its tables are of version {version}"
    return (
        f"its tables are of version {version}: the next start of this program, or reminder "
        f"migrate, brings them to {versions.newest()}, and the older program refuses them then; "
        "make a copy before (docs/upgrade.md)"
    )
