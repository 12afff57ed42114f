"""What is left of files when the power is cut: played again from the system calls of the process
that wrote them, each file only up to its last sync."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "pwrite64,ftruncate,fdatasync,fsync,unlink"
OPTIONS = ("-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}")
_FILE = r"\d+<(?P<path>[^>]*)>"
_WRITE = re.compile(rf'pwrite64\({_FILE}, "(?P<content>[^"]*)", \d+, (?P<at>\d+)')
_CUT = re.compile(rf"ftruncate\({_FILE}, (?P<size>\d+)")
_SYNC = re.compile(rf"(?:fdatasync|fsync)\({_FILE}")
_GONE = re.compile(r'unlink\("(?P<path>[^"]*)"')


@dataclass
class _File:
    """A file as programs see it, and as the disk holds it."""

    seen: bytearray = field(default_factory=bytearray)
    held: bytes = b""


def as_of_the_last_sync(trace: Path, old: Path, new: Path) -> int:
    """Bring the files in ``new``, which are as those in ``old`` were at the start, to what the disk
    held at the end of a trace of the calls :data:`CALLS`; return how many syncs there were."""
    files: dict[str, _File] = defaultdict(_File)
    for path in new.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            files[str(old / path.relative_to(new))] = _File(bytearray(content), content)
    syncs = sum(_play(line, files) for line in trace.read_text(encoding="ascii").splitlines())
    for name, file in files.items():
        if Path(name).is_relative_to(old) and not name.endswith("-shm"):
            place = new / Path(name).relative_to(old)
            if not place.is_dir():
                place.write_bytes(file.held)
    return syncs


def _play(line: str, files: dict[str, _File]) -> bool:
    """Play one line of a trace; return whether it was a sync. A sync that had not returned when
    the trace ended counts from its call on: SQLite waits for it before it goes on."""
    if found := _WRITE.search(line):
        file, at = files[_text(found["path"])], int(found["at"])
        content = bytes.fromhex(found["content"].replace("\\x", ""))
        file.seen.extend(bytes(max(0, at - len(file.seen))))
        file.seen[at : at + len(content)] = content
    elif found := _CUT.search(line):
        file, size = files[_text(found["path"])], int(found["size"])
        file.seen.extend(bytes(max(0, size - len(file.seen))))
        del file.seen[size:]
    elif found := _SYNC.search(line):
        file = files[_text(found["path"])]
        file.held = bytes(file.seen)
        return True
    elif found := _GONE.search(line):
        files.pop(_text(found["path"]), None)
    return False


def _text(written: str) -> str:
    if not written.startswith("\\x"):
        return written
    return bytes.fromhex(written.replace("\\x", "")).decode()
