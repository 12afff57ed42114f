"""A real NATS server with JetStream on 127.0.0.1, from its wheel: killed, wiped, started again."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.fakes.ports import free_port

PROGRAM = Path(sys.prefix) / "bin" / "nats-server"
PATIENCE_SECONDS = 20.0


class BrokerServer:
    """One server that keeps its streams in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Nobody needs it any more."""
        self.kill()

    @property
    def url(self) -> str:
        """Its address."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it listens."""
        words = ["-js", "-a", "127.0.0.1", "-p", str(self.port), "-sd", str(self._folder)]
        self._process = subprocess.Popen(
            [str(PROGRAM), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "the NATS server did not start"
            assert time.monotonic() < until, "the NATS server does not listen"
            time.sleep(0.02)

    def kill(self, *, wipe: bool = False) -> None:
        """``kill -9``; ``wipe``: what it kept is lost too."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if wipe:
            shutil.rmtree(self._folder, ignore_errors=True)
