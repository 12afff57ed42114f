"""The long forms of the fault tests: ``make soak``, or ``ARGS="hanging api"``, by their names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLUSTER = {
    "REMINDER_SOAK_DELIVERIES": "20000",
    "REMINDER_SOAK_KILLS": "1000000",
    "REMINDER_SOAK_SECONDS": "1800",
}
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "mix": ("tests/faults/test_soak.py", {"REMINDER_SOAK_MIX": "1200"}),
    "cluster": ("tests/faults/test_cluster.py", CLUSTER),
    "hanging": ("tests/faults/test_hanging.py", {"REMINDER_SOAK_HOSTS": "1000"}),
    "disk": ("tests/faults/test_disk.py", {"REMINDER_SOAK_WRITES": "1"}),
    "api": (
        "tests/api/test_fuzzing.py",
        {"REMINDER_SOAK_CALLS": "200", "REMINDER_SOAK_SEEDS": "1 2 3 4"},
    ),
    "load": ("tests/bench/test_steady.py", {"REMINDER_SOAK_LOAD": "600"}),
    "lock": ("tests/faults/test_lock.py", {"REMINDER_SOAK_LOCK": "60"}),
}


def main(words: list[str]) -> int:
    """Run the named forms, by default the mix of all faults; say what each found."""
    unknown = [word for word in words if word not in FORMS]
    if unknown:
        print(f"There is no {unknown[0]}; choose from: {', '.join(FORMS)}")
        return 2
    codes = []
    for name in words or ["mix"]:
        file, environ = FORMS[name]
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", file]
        codes.append(subprocess.call(command, cwd=ROOT, env=environ | os.environ))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
