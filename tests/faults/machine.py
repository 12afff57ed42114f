"""Start, wait for, and kill real service processes on a folder of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.fakes.ports import free_port

ROOT = Path(__file__).parents[2]
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Weight:
    """How large a process is: its memory and its open files."""

    megabytes: int
    files: int

    @classmethod
    def of(cls, pid: int) -> Weight:
        """Look at a process now."""
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        used = pages * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
        return cls(used, len(list(Path(f"/proc/{pid}/fd").iterdir())))


@dataclass
class Machine:
    """A folder with a config file, and the service process that runs on it."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: asyncio.subprocess.Process | None = None

    @property
    def config(self) -> Path:
        """Its config file: empty, all comes from the environment."""
        file = self.folder / "config.toml"
        file.touch()
        return file

    @property
    def settings_environ(self) -> dict[str, str]:
        """The environment that settings are read from."""
        return {"REMINDER_SERVER__PORT": str(self.port), **self.environ}

    async def start(self) -> list[str]:
        """Start the service; return what it said up to "listens"."""
        self._process = await self.spawn()
        assert self._process.stdout is not None
        said: list[str] = []
        while line := await self._process.stdout.readline():
            said.append(line.decode().strip())
            if "listens" in said[-1]:
                return said
        error = (await self._process.communicate())[1].decode()
        raise AssertionError(f"the service did not start: {error[-2000:]}")

    async def spawn(self, said: IO[str] | int = PIPE) -> asyncio.subprocess.Process:
        """Start the process and do not wait for it; what it says goes to ``said``."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.child",
            str(self.config),
            cwd=ROOT,
            env={**os.environ, **self.settings_environ, "PYTHONUNBUFFERED": "1"},
            stdout=said,
            stderr=said,
        )

    async def end(self, sign: signal.Signals) -> int:
        """Send a signal and wait until the process is gone; return its exit code."""
        assert self._process is not None
        self._process.send_signal(sign)
        await self._process.communicate()
        code = self._process.returncode
        self._process = None
        assert code is not None
        return code
