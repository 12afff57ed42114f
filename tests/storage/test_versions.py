"""Versions of the tables, known without Alembic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from reminder.storage import versions
from reminder.storage.database import Database


def test_the_versions_are_those_of_the_migrations() -> None:
    """The files' names tell the same versions as the migrations in them, and the same newest."""
    scripts = ScriptDirectory(str(versions.MIGRATIONS))
    assert versions.known() == {script.revision for script in scripts.walk_revisions()}
    assert versions.newest() == scripts.get_current_head()


def test_a_database_tells_its_version(tmp_path: Path) -> None:
    """A database without tables has no version; one that was brought to this one has the newest."""
    url = f"sqlite:///{tmp_path}/reminder.db"
    engine = create_engine(url)
    with engine.connect() as connection:
        assert versions.of(connection) is None
    database = Database(url)
    database.migrate()
    database.close()
    with engine.connect() as connection:
        assert versions.of(connection) == versions.newest()
    engine.dispose()


def test_alembic_is_loaded_for_old_tables_only(tmp_path: Path) -> None:
    """The second start of a database does not load Alembic."""
    code = (
        "import sys; from reminder.storage.database import Database; "
        f"d = Database('sqlite:///{tmp_path}/reminder.db'); d.migrate(); d.close(); "
        "print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [one.stdout.strip() for one in said] == ["True", "False"]
