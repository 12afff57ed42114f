"""import, export."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Command, day

HEAD = "number,operator,label,fee,renews_on,period\n"


def _file(folder: Path, *rows: str) -> str:
    path = folder / "lines.csv"
    path.write_text(HEAD + "".join(f"{row},mts,Mum,300,{day(8)},P1M\n" for row in rows))
    return str(path)


def test_import_says_how_many(anna: Command, folder: Path) -> None:
    """What was added is counted; the lines are there."""
    said = anna("import", _file(folder, "+79161234567", "+79161234568"))
    assert (said.code, said.out.strip()) == (0, "2 added, 0 updated")
    assert len(anna("list").out.splitlines()) == 2


def test_a_dry_run_says_what_would_be(anna: Command, folder: Path) -> None:
    """Nothing is written."""
    said = anna("import", _file(folder, "+79161234567"), "--dry-run")
    assert said.out.strip() == "1 would be added, 0 would be updated"
    assert anna("list").out == ""


def test_wrong_rows_are_a_table(anna: Command, folder: Path) -> None:
    """Each wrong row stands with its number, column and what would be right; exit 1."""
    file = _file(folder, "+79161234567", "12")
    said = anna("import", file)
    assert said.code == 1
    assert said.out.startswith("3  number  ")
    assert "1 of 2 rows are wrong: nothing was imported" in said.err
    kept = anna("import", file, "--keep-good")
    assert (kept.code, "1 added" in kept.out) == (1, True)


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.json"])
def test_export_and_import_again(anna: Command, folder: Path, name: str) -> None:
    """The file is for its owner alone, and imports again as it is."""
    anna("import", _file(folder, "+79161234567"))
    out = folder / name
    assert anna("export", str(out)).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    said = anna("import", str(out), "--update", "--dry-run")
    assert said.out.strip() == "0 would be added, 1 would be updated"


def test_files_that_cannot_be(anna: Command, folder: Path) -> None:
    """A missing file, an unknown ending, an archive: one line each."""
    assert "cannot be read" in anna("import", "missing.csv").err
    assert ".csv" in anna("export", "out.xlsx").err
    (folder / "a.zip").write_bytes(b"PK\x03\x04")
    assert "archive" in anna("import", str(folder / "a.zip")).err


def test_everything_about_an_owner_is_one_archive(anna: Command, folder: Path) -> None:
    """For its owner alone, like an export."""
    anna("import", _file(folder, "+79161234567"))
    out = folder / "mine.zip"
    assert anna("archive", str(out)).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        assert b"+79161234567" in archive.read("lines.jsonl")
