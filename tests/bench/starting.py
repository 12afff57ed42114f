"""Case h: start to ``/readyz``, what a service costs that has nothing to do, and how long the
command line takes to answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from reminder.app import open_app
from tests.bench.measure import Result, Size
from tests.bench.stock import Stock, fill
from tests.conftest import settings_in
from tests.fakes.ports import free_port

FEW, MANY = 10_000, 1_000_000
EACH = 10
IDLE_SECONDS = 30.0
COPY_SECONDS = 120.0
COMMAND = (sys.executable, "-m", "reminder")
BARE = """
import sys, uvicorn
async def nothing(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
uvicorn.run(nothing, port=int(sys.argv[1]), log_level="critical", lifespan="off", loop="uvloop")
"""


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("start")
    held, idle, ready = {}, {}, {}
    for lines in (FEW, MANY):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            stored = size.of(lines, 400)
            async with open_app(settings_in(folder)) as app:
                await fill(app, Stock(stored // EACH, EACH, 0))
            runs = [_served(folder, size.of(int(IDLE_SECONDS), 2)) for _ in range(size.rounds)]
            ready[lines] = result.add(f"ready, {stored:,} lines", "s", *(r[0] for r in runs))
            held[lines] = result.add(f"memory, {stored:,} lines", "MB", *(r[1] for r in runs))
            idle[lines] = result.add(
                f"idle, {stored:,} lines", "% of a core", *(r[2] for r in runs)
            )
            if lines == FEW:
                helps = result.add("reminder --help", "s", *_called(folder, size, "--help"))
                result.add("reminder list, service down", "s", *_called(folder, size, "list"))
    served = [_bare(size.of(int(IDLE_SECONDS), 2)) for _ in range(size.rounds)]
    bare = result.add("idle, a bare uvicorn with no work at all", "% of a core", *served)
    result.at_most("ready", ready[MANY].median, 1.5, " s")
    result.at_most("idle", idle[MANY].median, 0.3, " %")
    result.told("idle / the bare uvicorn", idle[MANY].median / bare.median)
    result.at_most("memory at the start", held[FEW].median, 150, " MB")
    more = held[MANY].median - held[FEW].median
    result.at_most("memory more with a hundred times the lines", more, 20, " MB")
    result.at_most("reminder --help", helps.median, 0.25, " s")
    return result


def _environ(folder: Path) -> dict[str, str]:
    return {**os.environ, "REMINDER_CONFIG": str(folder / "config.toml")}


@contextmanager
def _running(words: Sequence[str], environ: Mapping[str, str]) -> Iterator[int]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, env=environ, stdout=quiet, stderr=quiet) as process:
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


def _served(folder: Path, seconds: float) -> tuple[float, float, float]:
    """Seconds to ready, MB held, and percent of a core used while nothing happens."""
    port = free_port()
    start = time.perf_counter()
    with _running([*COMMAND, "serve", "--port", str(port)], _environ(folder)) as process:
        _wait(port)
        took = time.perf_counter() - start
        _wait_for_copy(folder)
        share = _idles(process, seconds)
        return took, _held(process), share


def _bare(seconds: float) -> float:
    """Percent of a core that a server uses which has nothing to do, ever: each waking of a process
    costs the more, the longer it and the machine slept."""
    port = free_port()
    with _running([sys.executable, "-c", BARE, str(port)], os.environ) as process:
        _wait(port)
        return _idles(process, seconds)


def _idles(process: int, seconds: float) -> float:
    time.sleep(min(seconds, 5))  # what is done once at the start is not idling
    used = _used(process)
    time.sleep(seconds)
    return (_used(process) - used) / seconds * 100


def _wait(port: int) -> None:
    while not _is_ready(port):
        time.sleep(0.01)


def _wait_for_copy(folder: Path) -> None:
    """The first start makes the first of the nightly copies at once."""
    until = time.monotonic() + COPY_SECONDS
    while not list(folder.rglob("backups/reminder-*.db")) and time.monotonic() < until:
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _used(process: int) -> float:
    """Seconds of processor that the threads of a process have used, to the nanosecond: the ticks of
    proc(5) are too coarse for one that sleeps."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in tasks) / 1e9


def _held(process: int) -> float:
    """Memory that a process holds, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def _called(folder: Path, size: Size, *words: str) -> list[float]:
    """Seconds of some calls of the command line."""
    took = []
    for _ in range(size.rounds + 2):
        start = time.perf_counter()
        subprocess.run([*COMMAND, *words], env=_environ(folder), capture_output=True, check=False)
        took.append(time.perf_counter() - start)
    return took[1:]
