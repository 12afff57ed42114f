"""Promises of deploy/alerts.yml, judged by Prometheus's own tool."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reminder.app import App, prometheus

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "alerts.yml"
WITH_PROMTOOL = pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not on this machine (Debian: prometheus)"
)


def _promtool(*words: str, given: str = "") -> str:
    command = ["promtool", *words]
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@WITH_PROMTOOL
def test_the_rules_are_rules() -> None:
    """Promtool reads every one of them."""
    written = len(re.findall(r"- alert: ", RULES.read_text()))
    assert f"{written} rules found" in _promtool("check", "rules", str(RULES))


@WITH_PROMTOOL
def test_each_rings_when_it_should() -> None:
    """With all well none rings; each rings for what it names, after its time."""
    assert "SUCCESS" in _promtool("test", "rules", "tests/deploy/alerts_test.yml")


async def test_every_measure_named_is_there(app: App) -> None:
    """No rule waits for a measure that the service does not tell."""
    told = set(re.findall(r"^# TYPE (\w+)", await prometheus(app), re.MULTILINE))
    named = set(re.findall(r"reminder_\w+", RULES.read_text()))
    assert named - told == set()
    tried = set(re.findall(r"reminder_\w+", (ROOT / "tests/deploy/alerts_test.yml").read_text()))
    assert named <= tried


@WITH_PROMTOOL
async def test_prometheus_reads_the_measures(app: App) -> None:
    """What /metrics tells has no fault that promtool finds."""
    told = await prometheus(app)
    await asyncio.to_thread(_promtool, "check", "metrics", given=told)
