"""Promises of deploy/reminder.service, judged by systemd's own tool."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "reminder.service"
MOST_EXPOSED = 1.5

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine"
)


def _analyzed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The unit as it is installed, but for a program that exists here."""
    unit = folder / "reminder.service"
    unit.write_text(UNIT.read_text().replace("/opt/reminder/bin/reminder", "/bin/true"))
    command = ["systemd-analyze", *words, str(unit)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_unit_has_no_fault(tmp_path: Path) -> None:
    """Systemd understands every line."""
    said = _analyzed(tmp_path, "verify")
    assert (said.returncode, said.stderr) == (0, "")


def test_the_unit_is_shut_in(tmp_path: Path) -> None:
    """The exposure that systemd computes is low (0 is none, 10 is all)."""
    said = _analyzed(tmp_path, "security", "--offline=true")
    found = re.search(r"exposure level for reminder.service: ([\d.]+)", said.stdout)
    assert found is not None
    assert float(found[1]) <= MOST_EXPOSED
