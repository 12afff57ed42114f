"""The harness measures what it says: cases run to their end, small; figures are told rightly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import CASES
from tests.bench.measure import Result, Size
from tests.bench.report import FILE, is_of_here, keep, number, page, table

SMALL = ("webhook", "mail", "import")


def ran(case: str, folder: Path) -> dict[str, Any]:
    """One case in its smallest size, in a process of its own as ``make bench`` has it."""
    kept = folder / "figures.json"
    words = ["--scale", "0.0001", "--rounds", "1", "--json", str(kept), case]
    command = [sys.executable, "-m", "tests.bench", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(kept.read_text())["cases"][case]
    return found


@pytest.mark.parametrize("case", SMALL)
def test_a_case_runs_to_its_end(case: str, tmp_path: Path) -> None:
    """A case does what it measures (each checks that all of it was done) and keeps its figures and
    ratios."""
    found = ran(case, tmp_path)
    assert found["figures"]
    assert found["ratios"]
    rates = [one for one in found["figures"] if one["unit"].endswith("/s")]
    assert rates
    assert all(run > 0 for one in rates for run in one["runs"])


def test_a_median_is_the_run_in_the_middle() -> None:
    """A figure says its median; one slow run changes nothing."""
    result = Result("x")
    assert result.add("rate", "/s", 10, 1, 11).median == 10


def test_what_is_wanted_is_judged() -> None:
    """A ratio is met or missed by the direction that is better."""
    result = Result("x")
    result.at_least("rate", 0.5, 0.45)
    result.at_least("rate", 0.4, 0.45)
    result.at_most("stall", 90, 100, " ms")
    result.told("else", 1)
    assert [one.met for one in result.ratios] == [True, False, True, None]


def test_a_case_is_never_too_small_to_mean_something() -> None:
    """A scaled count has a floor."""
    assert Size(0.0001).of(5000, 100) == 100
    assert Size(1).of(5000, 100) == 5000


def test_a_table_tells_medians_spread_and_verdict() -> None:
    """The table names each figure with its spread, and says of a ratio whether it is met."""
    result = Result("x", notes=["A note."])
    result.add("rate", "/s", 1200, 1000, 1100)
    result.at_least("rate / bare", 0.4, 0.45)
    said = table(result.as_json())
    assert "| rate | 1,100 /s | 1,000 to 1,200 |" in said
    assert "| rate / bare | 0.4 | ≥ 0.45 **missed** |" in said
    assert "A note." in said


def test_numbers_show_three_digits() -> None:
    """A figure is as exact as it deserves."""
    assert [number(n) for n in (0.01234, 12.345, 345.6, 12345.6)] == [
        "0.0123",
        "12.3",
        "346",
        "12,346",
    ]


def test_the_page_says_on_what_it_was_measured() -> None:
    """The report begins with the machine and the commit, so that figures can be compared."""
    result = Result("x")
    result.add("rate", "/s", 1)
    said = page({"machine": {"cores": 2, "python": "3.11"}, "cases": {"x": result.as_json()}})
    assert "2 cores" in said
    assert "### x" in said


def test_cases_that_were_not_run_again_stay(tmp_path: Path) -> None:
    """Some cases measured anew stand beside the rest, in their order; figures of another machine
    or Python are no company for them."""
    file = tmp_path / "figures.json"
    assert is_of_here(file)
    keep(file, {"b": {"case": "b"}, "c": {"case": "old"}}, ["a", "b", "c"])
    keep(file, {"c": {"case": "new"}, "a": {"case": "a"}}, ["a", "b", "c"])
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert list(kept["cases"]) == ["a", "b", "c"]
    assert kept["cases"]["c"] == {"case": "new"}
    kept["machine"]["python"] = "2.7"
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert not is_of_here(file)


def test_the_page_holds_every_case() -> None:
    """No part of a measurement stands for the whole of it."""
    page_of_all = FILE.read_text(encoding="utf-8")
    assert [name for name in CASES if f"\n### {name}\n" not in page_of_all] == []


def test_every_case_is_a_module() -> None:
    """Each name that the harness takes leads to a module."""
    folder = Path(__file__).parent
    assert all((folder / f"{module}.py").exists() for module in CASES.values())
