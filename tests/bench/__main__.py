"""Run the cases: ``python -m tests.bench [CASE …]``; ``--help`` names the rest."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from reminder.cli.door import SELDOM
from tests.bench.measure import SENDER, Size, fast, pin
from tests.bench.report import is_of_here, keep, table, write

CASES = {
    "webhook": "webhooks",
    "distant": "distant",
    "mail": "mails",
    "planner": "planning",
    "outbox": "storing",
    "faces": "faces",
    "import": "importing",
    "start": "starting",
    "scaling": "scaling",
    "burst": "burst",
}


def main(words: list[str]) -> int:
    """Run each case in a process of its own, and print its table as it ends."""
    chosen = _read(words)
    if chosen.inside:
        return _inside(chosen.cases[0], Size(chosen.scale, chosen.rounds))
    found: dict[str, Any] = {}
    failed = []
    for case in chosen.cases or CASES:
        command = [sys.executable, "-m", "tests.bench", "--inside", case]
        command += ["--scale", str(chosen.scale), "--rounds", str(chosen.rounds)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if ran.returncode:
            failed.append(case)
            continue
        found[case] = json.loads(ran.stdout.splitlines()[-1])
        print(table(found[case]), flush=True)
    if chosen.json:
        keep(chosen.json, found, list(CASES))
    if chosen.report:
        write(chosen.json)
    if failed:
        print("broken: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def _inside(case: str, size: Size) -> int:
    pin(SENDER)
    gc.set_threshold(SELDOM)  # as the command line has it for the service
    module = importlib.import_module(f"tests.bench.{CASES[case]}")
    result = fast(module.run(size))
    print(json.dumps(result.as_json()))
    return 0


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"which of {', '.join(CASES)}; else all")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the whole")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is repeated")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    parser.add_argument("--report", action="store_true", help="write docs/performance.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    for case in chosen.cases:
        if case not in CASES:
            parser.error(f"there is no case {case}")
    if chosen.report and not chosen.json:
        parser.error("--report needs --json")
    if chosen.json and chosen.cases and not is_of_here(chosen.json):
        parser.error(f"{chosen.json} was measured on another machine or Python: run every case")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
