"""serve, config check, doctor, migrate: what is done on the machine itself, past the API."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import Parameter

from reminder.cli.shell import Here, Shell
from reminder.cli.telling import counted
from reminder.errors import ReminderError

if TYPE_CHECKING:
    from reminder.config import Settings

OPEN_TO_OTHERS = 0o077
PATIENCE_SECONDS = 10.0
UNCHANGED = "http://localhost:8080"


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    role: Literal["all", "web", "worker"] | None = None,
    shell: Here,
) -> None:
    """Bring the database to this version, then serve until SIGTERM.

    Parameters
    ----------
    host
        The address to listen on; else server.host.
    port
        The port to listen on; else server.port.
    role
        What this process does; else engine.role.
    """
    from reminder import server
    from reminder.config import load

    chosen = {"REMINDER_ENGINE__ROLE": role} if role else {}
    named = {"REMINDER_SERVER__HOST": host} if host else {}
    ported = {"REMINDER_SERVER__PORT": str(port)} if port is not None else {}
    environ = {**shell.environ, **chosen, **named, **ported}
    settings = load(shell.config, environ)
    base_url = _followed(settings, told=port is not None)
    if base_url is not None:
        settings = load(shell.config, {**environ, "REMINDER_SERVER__BASE_URL": base_url})
    server.serve(settings, host, port)


def _followed(settings: Settings, *, told: bool) -> str | None:
    """Where links lead when another port was said and no other address: to this machine at that
    port. None: as the config says, which may name a proxy. ``told``: by ``--port``."""
    parts, port = urlsplit(settings.server.base_url), settings.server.port
    is_ours = parts.hostname in {"localhost", "127.0.0.1"} if told else parts.geturl() == UNCHANGED
    if not is_ours or parts.port == port:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path}"


def migrate(
    *,
    source: Annotated[str | None, Parameter(name="--from")] = None,
    shell: Here,
) -> None:
    """Bring the database to this version, or fill it from another; no service may run on either.

    Parameters
    ----------
    source
        Another database whose rows all move into this empty one: a SQLite file, or the address of
        a PostgreSQL.
    """
    from reminder import app
    from reminder.config import load
    from reminder.service import moving

    settings = load(shell.config, shell.environ)
    app.migrate(settings)
    if source is None:
        shell.show({"migrated": True}, "The database is of this version.")
        return
    moved = moving.move(settings, source, app.utc_now())
    kept = f" The old file is {moved.kept}: keep it, start nothing on it." if moved.kept else ""
    shell.show(
        {"migrated": True, "moved": moved.rows, "kept": str(moved.kept or "")},
        f"Moved {counted(moved.rows['owner'], 'owner')}, {counted(moved.rows['line'], 'line')}, "
        f"{counted(moved.rows['delivery'], 'delivery', 'deliveries')}, "
        f"{sum(moved.rows.values())} rows in all; each was "
        f"read back and is the same.{kept}",
    )


def config_check(*, shell: Here) -> None:
    """Print every setting in force, secrets as stars, and where it came from."""
    from reminder.app import template_faults
    from reminder.config import load

    settings = load(shell.config, shell.environ)
    rows = settings.described()
    warnings = [*settings.warnings(), *template_faults(settings)]
    if shell.as_json:
        found = [
            {"key": key, "value": value, "source": source.value} for key, value, source in rows
        ]
        shell.dump({"settings": found, "warnings": warnings})
        return
    shell.say(f"Settings from {settings.file or 'the defaults and the environment'}")
    shell.table(("Key", "Value", "From"), [(key, value, src.value) for key, value, src in rows])
    for warning in warnings:
        shell.say(f"Note: {warning}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is in order, and what is so."""

    subject: str
    is_good: bool
    detail: str


def doctor(*, shell: Here) -> None:
    """Look at settings, data folder, database and service, and change nothing; exit 1 if something
    is wrong."""
    from reminder.app import sqlite_state, template_faults
    from reminder.config import load

    settings = load(shell.config, shell.environ)
    findings = [Finding("settings", True, str(settings.file or "defaults"))]
    findings += _folder(settings.server.data_dir)
    findings += _catalogue(settings.server.data_dir / "operators")
    findings += [Finding("SQLite", True, sqlite_state())] if settings.on_sqlite else []
    findings += asyncio.run(_service(settings))
    _tell(shell, findings, [*settings.warnings(), *template_faults(settings)])
    if not all(one.is_good for one in findings):
        bad = ", ".join(one.subject for one in findings if not one.is_good)
        raise ReminderError(f"Not in order: {bad}")


def _tell(shell: Shell, findings: list[Finding], warnings: list[str]) -> None:
    if shell.as_json:
        found = [{"subject": f.subject, "good": f.is_good, "detail": f.detail} for f in findings]
        shell.dump({"findings": found, "warnings": warnings})
        return
    rows = [("ok" if f.is_good else "WRONG", f.subject, f.detail) for f in findings]
    shell.table(("", "What", "How it is"), rows)
    for warning in warnings:
        shell.say(f"Note: {warning}")


def _folder(folder: Path) -> list[Finding]:
    if not folder.exists():
        above = next(one for one in folder.absolute().parents if one.exists())
        if not above.is_dir() or not os.access(above, os.W_OK):
            return [Finding("data folder", False, f"{folder} cannot be made in {above}")]
        return [Finding("data folder", True, f"{folder} is made at the first start")]
    mode = folder.stat().st_mode & 0o777
    closed = not mode & OPEN_TO_OTHERS
    remedy = "" if closed else f": others may look in, chmod 700 {folder}"
    return [Finding("data folder", closed, f"{folder}, mode {mode:o}{remedy}")]


def _catalogue(folder: Path) -> list[Finding]:
    """Whether the site's own files on operators can be read."""
    from reminder.catalogue.catalogue import OTHER
    from reminder.catalogue.loading import load

    catalogue = load(folder)
    known = f"{sum(o.id != OTHER for o in catalogue.all())} known"
    faults = [Finding("operators", False, fault) for fault in catalogue.faults]
    return faults or [Finding("operators", True, known)]


async def _service(settings: Settings) -> list[Finding]:
    from reminder.service.folder import running_service
    from reminder.service.looking import state_of

    try:
        running = running_service(settings)
        if running is not None:
            return [await _running(running[0])]
        here = Finding("service", True, "none runs here: nothing is sent until reminder serve")
        return [here, Finding("database", True, state_of(settings))]
    except ReminderError as error:
        return [Finding("database", False, str(error))]


async def _running(address: str) -> Finding:
    import httpx

    try:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            said = (await client.get(f"{address}/readyz")).json()
        late = f"behind by {said['lag_seconds']:.0f} s"
        return Finding("service", said["ready"], "; ".join([address, late, *said["reasons"]]))
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return Finding("service", False, f"{address} does not answer")
