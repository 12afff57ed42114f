"""A process that plans and sends until everything is over, or dies on the way: killed at a named
point, or hurt by ``strace`` at the so-and-so-manieth system call."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from reminder.crash import WISH, Point
from tests.faults import child
from tests.faults.fleet import PRELOADED
from tests.faults.power import OPTIONS

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="needs Debian's strace")
PATIENCE = 240.0


@dataclass
class Victim:
    """Starts such processes on one folder, by forking one that has loaded everything."""

    folder: Path
    environ: Mapping[str, str]
    log: Path = field(init=False)
    _tracer: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "victim.log"
        (self.folder / "config.toml").touch()
        self.log.touch()  # there to be read before the process has come to write in it

    def run(self, at: Point | None = None) -> int:
        """Let one run, to die at a point if one is named; return its exit code."""
        process = self.start({WISH: at.value} if at else {})
        return _ended(process)

    def start(self, more: Mapping[str, str]) -> ForkServerProcess:
        """Let one run, and do not wait for it."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        words = (str(self.folder / "config.toml"), {**self.environ, **more}, str(self.log))
        process = context.Process(target=child.empty, args=words, daemon=True)
        process.start()
        return process

    @contextlib.contextmanager
    def harmed(self, inject: str) -> Iterator[tuple[ForkServerProcess, subprocess.Popen[bytes]]]:
        """Let a node run whose system calls fail so, until the tracer is told to end."""
        trace = ["-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}"]
        with self.traced("-o", os.devnull, *trace, beats=True) as process:
            yield process, self._tracer

    @contextlib.contextmanager
    def traced(
        self, *words: str, cut: bool = False, beats: bool = False
    ) -> Iterator[ForkServerProcess]:
        """Let one run under ``strace``; it is killed at the end if it still lives. ``cut``: it ends
        without closing anything."""
        go, said = self.folder / "go", self.folder / "strace.said"
        go.unlink(missing_ok=True)
        more = {child.CUT: "1"} if cut else {child.BEATS: "1"} if beats else {}
        process = self.start({child.GO: str(go), **more})
        with said.open("wb") as output:
            command = [STRACE or "strace", "-f", "-p", str(process.pid), *words]
            self._tracer = subprocess.Popen(command, stdout=output, stderr=output)
        _wait_for(said, rb"attached")
        go.touch()
        try:
            yield process
        finally:
            if process.is_alive():
                process.kill()
            self._tracer.wait(PATIENCE)

    def hurt(self, inject: str) -> int:
        """Let one run with a fault injected, as ``strace -e inject=`` names it; return its exit
        code."""
        trace = ["-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}"]
        with self.traced("-o", os.devnull, *trace) as process:
            return _ended(process, close=False)

    def recorded(self, trace: Path) -> int:
        """Let one run to the end of its work, and no further, while ``trace`` takes down what it
        does to its files."""
        with self.traced("-o", str(trace), *OPTIONS, cut=True) as process:
            return _ended(process, close=False)


def _ended(process: ForkServerProcess, *, close: bool = True) -> int:
    process.join(PATIENCE)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    if close:
        process.close()
    assert code is not None, "it does not end"
    return code


def _wait_for(file: Path, pattern: bytes) -> None:
    until = time.monotonic() + PATIENCE
    while not re.search(pattern, file.read_bytes()):
        assert time.monotonic() < until, file.read_bytes()
        time.sleep(0.002)
