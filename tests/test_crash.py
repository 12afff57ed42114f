"""Promises of reminder/crash.py: inert unless it is asked for, then once and at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reminder.crash import WISH, Point, reach

SCRIPT = """
import sys
from reminder.crash import Point, reach
for point in Point:
    reach(point)
    print(point.value, flush=True)
"""


def test_inert(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a wish, or with one for another point, nothing happens."""
    monkeypatch.delenv(WISH, raising=False)
    reach(Point.CLAIMED)
    monkeypatch.setenv(WISH, "finished")
    reach(Point.CLAIMED)


@pytest.mark.parametrize("point", list(Point))
def test_it_dies_there(point: Point) -> None:
    """The process dies of SIGKILL at the named point, and has passed those before it."""
    environ = {WISH: point.value, "PYTHONPATH": ":".join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -9
    assert ended.stdout.split() == [p.value for p in Point][: list(Point).index(point)]


def test_another_signal_once() -> None:
    """A signal that does not kill is sent once: the work goes on after it."""
    environ = {WISH: "claimed=CONT", "PYTHONPATH": ":".join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0
    assert len(ended.stdout.split()) == len(Point)
