"""From every version of the tables that there was to this one, with rows in them: whole or not at
all, and what nodes of an older version can still do meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)

from reminder.errors import StorageError
from reminder.storage.database import Database
from reminder.storage.tables import OwnerRow
from reminder.storage.versions import MIGRATIONS
from tests.conftest import KINDS
from tests.fakes.postgres import PostgresServer

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
CHAIN = [step.revision for step in SCRIPTS.walk_revisions()][::-1]
# From here on a node of that version goes on while the tables are newer: see docs/upgrade.md.
BESIDE_SINCE = "0007"
Make = Callable[[str], str]


def engine_of(url: str) -> Engine:
    """An engine that keeps its transactions whole, as the service's own does."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda c, _: setattr(c, "isolation_level", None))
        event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def upgrade(connection: Connection, revision: str) -> None:
    """Bring a database to one version of its tables."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def value_of(table: str, column: Any) -> object:
    """Something that may stand in a column; keys lead to the row of the other table."""
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return "own_1" if key.target_fullname.startswith("owner.") else "lin_1"
    if column.name == "id" and not isinstance(column.type, Integer):
        return "lin_1"
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, BigInteger | Integer):
        return 1_790_000_000_000 if isinstance(column.type, BigInteger) else 1
    if isinstance(column.type, Date):
        return date(2026, 12, 1)
    if isinstance(column.type, LargeBinary):
        return b"rows"
    return {"state": "pending", "standing": "{}"}.get(column.name, f"{table}-{column.name}")


def row_of(table: Table) -> dict[str, object]:
    """One row with a value in every column."""
    row = {column.name: value_of(table.name, column) for column in table.columns}
    if table.name == "owner":
        row["id"] = "own_1"
    return row


def tables_in(connection: Connection) -> dict[str, Table]:
    """The tables as they are, those that others point to first."""
    found = MetaData()
    found.reflect(connection)
    return {t.name: t for t in found.sorted_tables if t.name != "alembic_version"}


def fill(connection: Connection, shape: dict[str, Table]) -> None:
    """A row in every table."""
    for table in shape.values():
        connection.execute(insert(table).values(row_of(table)))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    rows = {name: select(func.count()).select_from(sqlalchemy.table(name)) for name in names}
    return {name: connection.execute(count).scalar_one() for name, count in rows.items()}


def version(connection: Connection) -> str | None:
    """Which version the tables have."""
    return MigrationContext.configure(connection).get_current_revision()


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Both databases migrate."""
    return str(request.param)


@dataclass
class Maker:
    """Makes databases of one kind: files in a folder, or databases of a server. One of each older
    version is kept, to be copied."""

    folder: Path
    server: PostgresServer | None
    count: int = 0
    copies: list[str] = field(default_factory=list)
    olds: dict[str, str] = field(default_factory=dict)

    def new(self, template: str = "") -> str:
        """An empty database, or a copy."""
        if self.server is not None:
            return self.server.url(self.server.create(template.rpartition("/")[2] or "template1"))
        self.count += 1
        target = self.folder / f"{self.count}.db"
        if template:
            shutil.copy(template.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"

    def copy(self, revision: str) -> str:
        """A database that has that version of the tables, a row in each; "": an empty one."""
        if revision and revision not in self.olds:
            self.olds[revision] = self.new()
            engine = engine_of(self.olds[revision])
            with engine.begin() as connection:
                upgrade(connection, revision)
                fill(connection, tables_in(connection))
            engine.dispose()
        self.copies.append(self.new(self.olds.get(revision, "")))
        return self.copies[-1]

    def drop_copies(self) -> None:
        """A test is over."""
        while self.copies:
            name = self.copies.pop().rpartition("/")[2]
            if self.server is not None:
                self.server.drop(name)


@pytest.fixture(scope="module")
def makers() -> dict[str, Maker]:
    """What makes databases of each kind, for all tests of this file."""
    return {}


@pytest.fixture
def make(
    dialect: str,
    makers: dict[str, Maker],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Make]:
    """Copies of a database that has an older version of the tables, a row in each."""
    if dialect not in makers:
        server = request.getfixturevalue("postgres") if dialect == "postgresql" else None
        makers[dialect] = Maker(tmp_path_factory.mktemp(dialect), server)
    yield makers[dialect].copy
    makers[dialect].drop_copies()


@pytest.mark.parametrize("revision", CHAIN)
def test_from_every_version(make: Make, revision: str) -> None:
    """Every row is still there, the tables are those of this program, and again changes nothing."""
    url = make(revision)
    engine = engine_of(url)
    with engine.begin() as connection:
        before = counts(connection)
    for _ in range(2):
        with closing(Database(url)) as database:
            database.migrate()
            assert database.is_of_this_version()
    with engine.begin() as connection:
        after, shape = counts(connection), tables_in(connection)
    engine.dispose()
    assert {name: after[name] for name in before} == before
    wanted = OwnerRow.metadata.tables
    assert {n: {c.name for c in t.columns} for n, t in shape.items()} == {
        n: {c.name for c in t.columns} for n, t in wanted.items()
    }


# What early versions took, any text of up to 20 signs, and what is made of it.
OLD_WAYS = {
    ("Bali", "russian_card"): ("", ""),
    ("ru", "bank"): ("home", "ru-bank"),
    ("home", "Сбербанк"): ("home", ""),
    ("ABROAD", "sbp"): ("", "sbp"),
    ("abroad", "foreign"): ("abroad", "foreign"),
    ("", ""): ("", ""),
}


@pytest.mark.parametrize("revision", CHAIN[: CHAIN.index("0016")])
def test_ways_to_pay_of_old_are_put_right(make: Make, revision: str) -> None:
    """A place or means that is not known is emptied, another word for one that is becomes that
    word, and what is known stays."""
    url = make(revision)
    engine = engine_of(url)
    with engine.begin() as connection:
        table = tables_in(connection)["owner"]
        for number, (place, pay) in enumerate(OLD_WAYS):
            who = {"id": f"own_old{number}", "email": f"{number}@example.org"}
            row = row_of(table) | who | {"place": place, "pay": pay}
            connection.execute(insert(table).values(row))
    with closing(Database(url)) as database:
        database.migrate()
    with engine.begin() as connection:
        for number, wanted in enumerate(OLD_WAYS.values()):
            query = select(table.c.place, table.c.pay).where(table.c.id == f"own_old{number}")
            assert tuple(connection.execute(query).one()) == wanted
    engine.dispose()


# From where the migrations stood in another order for a while: what was done, and in which order.
NEVER_RELEASED = {
    "0008": ("0001", "0008"),
    "0009": ("0001", "0008", "0009"),
    "0004": ("0001", "0002", "0008", "0009", "0004"),
    "0006": ("0001", "0002", "0008", "0009", "0006"),
    "0007": ("0001", "0002", "0008", "0009", "0007"),
}


def never_released(connection: Connection, revision: str) -> None:
    """Make the tables as a state of the program made them that was never released."""
    for step in NEVER_RELEASED[revision]:
        script = SCRIPTS.get_revision(step)
        assert script is not None
        with Operations.context(MigrationContext.configure(connection)):
            script.module.upgrade()
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")
    fill(connection, tables_in(connection))


@pytest.mark.parametrize("revision", NEVER_RELEASED)
def test_tables_of_no_version_are_refused(make: Make, revision: str) -> None:
    """Tables that are not those of the version they name are refused with one sentence that says
    what to do, and stay as they are."""
    url = make("")
    engine = engine_of(url)
    with engine.begin() as connection:
        never_released(connection, revision)
        before = counts(connection)
    with (
        closing(Database(url)) as database,
        pytest.raises(StorageError, match=rf"names version {revision} and .*reminder export"),
    ):
        database.migrate()
    with engine.begin() as connection:
        assert version(connection) == revision
        assert counts(connection) == before
    engine.dispose()


def test_a_table_too_few_is_refused(make: Make) -> None:
    """Where every step can be taken and yet a table is missing, that is seen before the commit."""
    url = make("0012")
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE asked")
    with closing(Database(url)) as database, pytest.raises(StorageError, match="never released"):
        database.migrate()
    with engine.begin() as connection:
        assert version(connection) == "0012"
    engine.dispose()


class Killed(Exception):
    """The program ends here."""


def killed_before(url: str, number: int) -> bool:
    """Whether bringing a database up to date ended before its so manieth statement."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise Killed

    event.listen(Engine, "before_cursor_execute", count)
    try:
        with closing(Database(url)) as database:
            database.migrate()
    except Killed:
        return True
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return False


def test_killed_before_each_statement(make: Make) -> None:
    """Wherever it ends, the tables are as before, and the start after all of that brings them up to
    date."""
    url, number = make(CHAIN[0]), 1
    engine = engine_of(url)
    while killed_before(url, number):
        with engine.connect() as connection:
            assert version(connection) == CHAIN[0]
            assert set(counts(connection).values()) == {1}
        number += 1
    with engine.connect() as connection:
        assert version(connection) == CHAIN[-1]
    engine.dispose()
    assert number > 40
    print(f"killed before each of {number - 1} statements")


@pytest.mark.parametrize("revision", CHAIN[CHAIN.index(BESIDE_SINCE) : -1])
def test_an_older_node_writes_on(make: Make, revision: str) -> None:
    """What a node of that version writes, in the columns that it knows, is taken by the tables of
    this one."""
    url = make(revision)
    engine = engine_of(url)
    with engine.begin() as connection:
        known = tables_in(connection)
        for table in reversed(known.values()):
            connection.execute(table.delete())
    with closing(Database(url)) as database:
        database.migrate()
    with engine.begin() as connection:
        fill(connection, known)
        found = counts(connection)
        assert {name: found[name] for name in known} == dict.fromkeys(known, 1)
    engine.dispose()


def test_an_older_program_refuses(make: Make) -> None:
    """A program that does not know the version touches nothing."""
    url = make(CHAIN[-1])
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with closing(Database(url)) as database, pytest.raises(StorageError, match="newer version"):
        database.migrate()
    engine.dispose()
