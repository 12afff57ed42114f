"""Start, wait for, and kill real service processes on a folder of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
