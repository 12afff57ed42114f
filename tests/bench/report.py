"""Figures as people read them."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    model = [
        line.partition(":")[2].strip()
        for line in _read("/proc/cpuinfo").splitlines()
        if line.startswith("model name")
    ]
    return {
        "cores": os.cpu_count(),
        "model": model[0] if model else platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def page(found: dict[str, Any]) -> str:
    """All cases, headed by what they were measured on."""
    on = found["machine"]
    told = ", ".join(str(on[key]) for key in ("model", "system") if key in on)
    head = f"Measured on {on['cores']} cores{f' ({told})' if told else ''}, Python {on['python']}."
    return "\n".join([head, "", *(table(case) for case in found["cases"].values())])


def is_of_here(kept: Path) -> bool:
    """Whether figures that are kept, if there are any, were taken on this machine and Python."""
    return not kept.exists() or _read_json(kept)["machine"] == machine()


def keep(kept: Path, found: dict[str, Any], order: list[str]) -> None:
    """Put cases into the file, beside those of it that were not run again."""
    before = _read_json(kept)["cases"] if kept.exists() and is_of_here(kept) else {}
    cases = before | found
    said = {"machine": machine(), "cases": {name: cases[name] for name in order if name in cases}}
    kept.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _read_json(kept: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def write(kept: Path, file: Path = FILE) -> None:
    """Put the figures that were kept into the page, between its two marks."""
    found = _read_json(kept)
    before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    file.write_text(f"{before}{BEGIN}\n\n{page(found)}\n{END}{after}", encoding="utf-8")


def number(value: float) -> str:
    """Three digits that count."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(case: dict[str, Any]) -> str:
    """One case as a Markdown table: figures with their spread, then ratios with what is wanted."""
    lines = [f"### {case['case']}", "", "| | median | runs |", "| --- | ---: | --- |"]
    for one in case["figures"]:
        runs = f"{number(min(one['runs']))} to {number(max(one['runs']))}"
        lines.append(f"| {one['name']} | {number(one['median'])} {one['unit']} | {runs} |")
    if case["ratios"]:
        lines += ["", "| ratio | | wanted |", "| --- | ---: | --- |"]
    for one in case["ratios"]:
        verdict = {True: " met", False: " **missed**", None: ""}[one["met"]]
        lines.append(f"| {one['name']} | {number(one['value'])} | {one['wanted']}{verdict} |")
    lines += ["", *case["notes"]] if case["notes"] else []
    return "\n".join(lines) + "\n"
