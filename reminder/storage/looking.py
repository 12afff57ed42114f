"""Look at a database as it is, of whatever version its tables are: nothing is made, brought to
another version or written, and nobody who works on it is held up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from reminder.storage import postgresql, versions
from reminder.storage.ailing import cannot_open, demand_whole, wal_of


@contextmanager
def looked_at(url: str) -> Iterator[Session]:
    """A session that reads the database at an address; a SQLite file must be there. Raises
    StorageError when it cannot be opened, is damaged where nobody closed it, or its tables are of a
    newer version."""
    is_file = url.startswith("sqlite")
    engine = _file(url) if is_file else postgresql.reading(postgresql.connect(url, 1))
    try:
        with Session(engine) as session:
            if is_file and _was_left(url):
                demand_whole(session.connection())
            versions.demand_known(version_of(session))
            yield session
    except DBAPIError as error:
        raise cannot_open(error) from error
    finally:
        engine.dispose()


def version_of(session: Session) -> str | None:
    """The version of the tables; None where there are none of ours yet."""
    return versions.of(session.connection())


def may_write(url: str) -> bool:
    """Whether this process may write the database that it looks at."""
    if url.startswith("sqlite"):
        file = _path(url)
        return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    engine = postgresql.connect(url, 1)
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
    except DBAPIError as error:
        raise cannot_open(error) from error
    finally:
        engine.dispose()
    return bool(said == "off")


def _file(url: str) -> Engine:
    """An engine on a file that only reads. Where whoever had it closed it, SQLite is told that it
    stands still: else it would make its two files beside it even to read."""
    still = "" if _was_left(url) else "&immutable=1"
    address = f"{_path(url).resolve().as_uri()}?mode=ro{still}"
    return create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), hide_parameters=True
    )


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _was_left(url: str) -> bool:
    """Whether whoever had the file did not close it: its log is beside it still."""
    log = wal_of(url)
    return log.exists() and log.stat().st_size > 0
