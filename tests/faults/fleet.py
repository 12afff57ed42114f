"""Several worker processes on one database, started by forking one that has loaded everything, so
that a new one is there at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.fakes.ports import free_port
from tests.faults import child

PRELOADED = ["tests.faults.child", "reminder.engine.jetstream", "psycopg", "psycopg_binary"]


@dataclass
class Fleet:
    """So many workers, each with a folder of its own below ``folder``."""

    folder: Path
    environ: Mapping[str, str]
    size: int
    started: int = 0
    _tries: dict[int, Path] = field(default_factory=dict)
    _workers: list[ForkServerProcess] = field(default_factory=list)

    def start(self) -> None:
        """Start them all."""
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._workers = [self._new(n) for n in range(self.size)]

    def _new(self, place: int) -> ForkServerProcess:
        self.started += 1
        folder = self.folder / f"worker{place}"
        folder.mkdir(exist_ok=True)
        config = folder / "config.toml"
        config.touch()
        mine = {
            "REMINDER_SERVER__PORT": str(free_port()),
            "REMINDER_ENGINE__ROLE": "worker",
            "REMINDER_ENGINE__NODE": f"worker{place}.{self.started}",
            child.TRIES: str(folder / f"tries{self.started}"),
        }
        self._tries[place] = Path(mine[child.TRIES])
        words = (str(config), {**self.environ, **mine}, str(self.folder / f"worker{place}.log"))
        worker = self._context.Process(target=child.run, args=words, daemon=True)
        worker.start()
        return worker

    def tries_of(self, place: int) -> list[str]:
        """The tries that the worker that is there now has begun."""
        file = self._tries[place]
        return file.read_text().split() if file.exists() else []

    def tries(self) -> list[str]:
        """Every try that any worker began, as id and token."""
        files = self.folder.glob("worker*/tries*")
        return [line for file in files for line in file.read_text().split()]

    def kill(self, place: int) -> None:
        """``kill -9`` one, and start another in its place."""
        self._end(self._workers[place])
        self._workers[place] = self._new(place)

    def pid(self, place: int) -> int:
        """The process of the worker that is there now."""
        return self._workers[place].pid or 0

    def freeze(self, place: int) -> None:
        """Let one stand still."""
        os.kill(self.pid(place), signal.SIGSTOP)

    def thaw(self, place: int) -> None:
        """Let it go on."""
        os.kill(self.pid(place), signal.SIGCONT)

    def close(self) -> None:
        """Kill them all."""
        for worker in self._workers:
            self._end(worker)

    def _end(self, worker: ForkServerProcess) -> None:
        worker.kill()
        worker.join()
        worker.close()
