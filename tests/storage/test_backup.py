"""Promises of reminder/storage/backup.py."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from reminder.app import App, open_app
from reminder.errors import StorageError
from reminder.service import lines
from reminder.storage.backup import back_up, kept_in, nightly, prove, put_back
from tests.conftest import START, HandClock, settings_in
from tests.service.samples import person, register
from tests.storage.test_migrations import engine_of, never_released, upgrade


@pytest.fixture
def dialect() -> str:
    """PostgreSQL has its own tools for this."""
    return "sqlite"


def file_of(app: App) -> Path:
    """The database file of an app."""
    return app.settings.server.data_dir / "reminder.db"


def leftovers(folder: Path) -> list[Path]:
    """Drafts that were not cleared away."""
    return list(folder.glob(".*.new"))


async def test_a_copy_holds_what_was_written(app: App, tmp_path: Path) -> None:
    """A backup of a running service is sound, for its owner alone, and counts what it holds."""
    owner = await person(app)
    await register(app, owner)
    target = tmp_path / "copy.db"
    proof = back_up(file_of(app), target)
    assert (proof.owners, proof.lines, proof.deliveries) == (1, 1, 0)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert prove(target) == proof
    assert leftovers(tmp_path) == []


async def test_a_copy_is_one_state_while_writes_go_on(app: App, tmp_path: Path) -> None:
    """A line is in the copy with its reading or not at all."""
    owner, copy = await person(app), tmp_path / "copy.db"

    async def write() -> None:
        for number in range(10, 30):
            await register(app, owner, number=f"+791612345{number}")

    writing = asyncio.create_task(write())
    while not writing.done():
        await asyncio.to_thread(back_up, file_of(app), copy)
        with closing(sqlite3.connect(copy)) as found:
            both = "SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM reading)"
            lines_there, readings_there = found.execute(both).fetchone()
        assert lines_there == readings_there
    await writing


async def test_what_is_restored_goes_on(tmp_path: Path, clock: HandClock) -> None:
    """After a restore the lines are there as they were; what stood before is kept beside."""
    settings = settings_in(tmp_path)
    database = settings.server.data_dir / "reminder.db"
    copy = tmp_path / "copy.db"
    async with open_app(settings, clock=clock) as app:
        owner = await person(app)
        await register(app, owner)
        back_up(database, copy)
        await register(app, owner, number="+79160000000")
    kept = put_back(copy, database, START)
    assert kept is not None
    assert prove(kept).lines == 2
    async with open_app(settings, clock=clock) as app:
        assert len(await app.read(lambda work: lines.everything(work, owner))) == 1


def _damaged(copy: Path) -> None:
    raw = bytearray(copy.read_bytes())
    raw[8192:20480] = b"\xaa" * 12288
    copy.write_bytes(bytes(raw))


def _cut(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-4096])


def _newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def _foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE other (x)")


def _text(copy: Path) -> None:
    copy.write_text("number,label\n")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_damaged, "damaged|cannot be read|malformed"),
        (_cut, "damaged|cannot be read|malformed"),
        (_newer, "newer version"),
        (_foreign, "not one of reminder"),
        (_text, "no backup"),
        (Path.unlink, "cannot be read"),
    ],
)
async def test_what_is_no_sound_copy_is_refused(
    app: App, tmp_path: Path, harm: object, sentence: str
) -> None:
    """One sentence, and the present database stays in its place."""
    await person(app)
    copy = tmp_path / "copy.db"
    back_up(file_of(app), copy)
    assert callable(harm)
    harm(copy)
    before = file_of(app).stat().st_ino
    with pytest.raises(StorageError, match=sentence):
        prove(copy)
    with pytest.raises(StorageError):
        put_back(copy, file_of(app), START)
    assert file_of(app).stat().st_ino == before


async def test_tables_of_no_version_are_not_put_back(app: App, tmp_path: Path) -> None:
    """A copy that the next start could not open is refused before anything is replaced; one of an
    older version is put back as it is, so that the older program can go on with it too."""
    await person(app)
    before = file_of(app).stat().st_ino
    for name, make in (("odd", partial(never_released, revision="0009")), ("old", old_tables)):
        engine = engine_of(f"sqlite:///{tmp_path}/{name}.db")
        with engine.begin() as connection:
            make(connection)
        engine.dispose()
    with pytest.raises(StorageError, match="names version 0009"):
        put_back(tmp_path / "odd.db", file_of(app), START)
    assert file_of(app).stat().st_ino == before
    assert leftovers(file_of(app).parent) == []
    target = tmp_path / "other" / "reminder.db"
    target.parent.mkdir()
    put_back(tmp_path / "old.db", target, START)
    assert target.read_bytes() == (tmp_path / "old.db").read_bytes()
    assert prove(target).version == "0001"
    assert [one.name for one in target.parent.iterdir()] == ["reminder.db"]


def old_tables(connection: Connection) -> None:
    """The first tables that there were."""
    upgrade(connection, "0001")


async def test_a_backup_that_cannot_be_written_leaves_the_last_one(
    app: App, tmp_path: Path
) -> None:
    """A folder that is not there, or a source that is not, is one sentence."""
    with pytest.raises(StorageError, match="cannot be written"):
        back_up(file_of(app), tmp_path / "missing" / "copy.db")
    with pytest.raises(StorageError, match="no database"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")


async def test_only_the_latest_nights_are_kept(app: App, tmp_path: Path) -> None:
    """Old copies go once a newer one is proven; files of other names stay."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "reminder-mine.db").touch()
    for night in range(4):
        nightly(file_of(app), folder, 2, START + timedelta(days=night))
    names = sorted(path.name for path in kept_in(folder))
    assert names == ["reminder-20261122T100000Z.db", "reminder-20261123T100000Z.db"]
    assert (folder / "reminder-mine.db").exists()
