"""import, export: lines in and out as files."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reminder.cli.service import Service, reach
from reminder.cli.shell import Here, Json, Owner, Shell
from reminder.errors import ReminderError

LOOK_EVERY_SECONDS = 0.2
MOST_SHOWN = 50
FORMS = {".csv": "csv", ".json": "jsonl", ".jsonl": "jsonl", ".ndjson": "jsonl"}
Seen = Callable[[float, int], None]
Flag = Annotated[bool, Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to import.

    Parameters
    ----------
    dry_run
        Only check the file.
    keep_good
        Import the good rows although others are wrong.
    update
        A number that is there already gets what the row names.
    encoding
        utf-8, utf-16, gbk or windows-1251, where it cannot be told from the file.
    separator
        comma, semicolon, tab or bar, where it cannot be told from the first row.
    """

    dry_run: Flag = False
    keep_good: Flag = False
    update: Flag = False
    encoding: str | None = None
    separator: str | None = None

    def query(self) -> dict[str, str]:
        """What the API is asked."""
        said = {name: value for name, value in asdict(self).items() if value}
        return {name: "true" if value is True else value for name, value in said.items()}


async def bring_in(
    file: Path, /, wishes: Wishes | None = None, *, owner: Owner = None, shell: Here
) -> None:
    """Import lines from CSV or JSON lines; if a row is wrong, none is imported.

    Parameters
    ----------
    file
        The file; its columns stand in docs/import.md.
    """
    query = (wishes or Wishes()).query()
    async with reach(shell, owner) as service:
        with _bar(shell) as seen:
            job = await _run(service, _content(file), query, seen)
    report = job["report"] or {"errors": [{"pointer": "#", "detail": "The service was stopped"}]}
    _tell(shell, report)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ReminderError(f"{file} cannot be read: {error.strerror}") from error


async def _run(service: Service, content: bytes, query: dict[str, str], seen: Seen) -> Json:
    job = await service.send("/import", content, query)
    while job["state"] == "running":
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        job = await service.get(f"/imports/{job['id']}")
        seen(float(job["share"]), int(job["rows_read"]))
    return job


@contextmanager
def _bar(shell: Shell) -> Iterator[Seen]:
    """A progress bar on a terminal; silence elsewhere."""
    if shell.as_json or not sys.stderr.isatty():
        yield lambda _share, _rows: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Checking", total=1.0)

        def seen(share: float, rows: int) -> None:
            progress.update(task, completed=share, description=f"{rows} rows")

        yield seen


def _tell(shell: Shell, report: Json) -> None:
    if shell.as_json:
        shell.dump(report)
    if "errors" in report:
        said = (f"{one['pointer'].removeprefix('#/')}: {one['detail']}" for one in report["errors"])
        raise ReminderError("; ".join(line.removeprefix("#: ") for line in said))
    if not shell.as_json:
        _tell_rows(shell, report)
    if report["refused"]:
        kept = f"{report['rows'] - report['refused']} imported"
        nothing = "nothing was imported; --keep-good imports the others"
        rest = kept if report["applied"] else nothing
        raise ReminderError(f"{report['refused']} of {report['rows']} rows are wrong: {rest}")


def _tell_rows(shell: Shell, report: Json) -> None:
    wrong = [one for one in report["items"] if one["errors"]]
    rows = [
        (str(one["row"]), error["pointer"].removeprefix("#/"), error["detail"])
        for one in wrong[:MOST_SHOWN]
        for error in one["errors"]
    ]
    if rows:
        shell.table(("Row", "Column", "What would be right"), rows)
    left = [(str(one["row"]), "; ".join(one["left_out"])) for one in report["items"]]
    for row, words in left[:MOST_SHOWN]:
        if words:
            shell.say(f"Row {row}, not carried over: {words}")
    if not report["refused"] or report["applied"]:
        would = "would be " if report["dry_run"] else ""
        shell.say(f"{report['added']} {would}added, {report['updated']} {would}updated")


async def send_out(
    file: Path, /, *, masked: Flag = False, owner: Owner = None, shell: Here
) -> None:
    """Export all lines, with where they stand, as CSV or JSON lines, by the file's extension.

    Parameters
    ----------
    file
        Where to write: .csv or .jsonl. The file is for you alone (mode 0600).
    masked
        Write numbers as messages show them, +7 916 ••• •• 67; such a file cannot be imported.
    """
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise ReminderError(f"Name the file with one of these endings: {', '.join(FORMS)}")
    async with reach(shell, owner) as service:
        answer = await service.ask(
            "GET", "/export", query={"format": form, "masked": "true" if masked else None}
        )
    _write_whole(file, answer.content)
    shell.show({"file": str(file), "bytes": len(answer.content)}, f"Written to {file}")


async def send_everything(file: Path, /, *, owner: Owner = None, shell: Here) -> None:
    """Write everything about an owner into one ZIP; no secret is in it.

    Parameters
    ----------
    file
        Where to write. The file is for you alone (mode 0600).
    """
    async with reach(shell, owner) as service:
        answer = await service.ask("GET", "/me/archive")
    _write_whole(file, answer.content)
    shell.show({"file": str(file), "bytes": len(answer.content)}, f"Written to {file}")


def _write_whole(file: Path, content: bytes) -> None:
    """Write beside it and rename, so that a broken export never takes a good one's place."""
    draft = file.with_name(f".{file.name}.new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    except OSError as error:
        raise ReminderError(f"{file} cannot be written: {error.strerror}") from error
