"""The exact rules of what is said and when, each with the tests that hold it: a test belongs to the
rule in its name (``test_rule_9_…``), and to those that its sentence names ("rule 9")."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
RULES = {
    1: "Deadline and days: a civil date, counted on the owner's calendar",
    2: "A lead of k days falls due at your hour on the day D − k; lead 0 comes on D",
    3: "Quiet hours move a moment to their end, on whatever day that is",
    4: "Leads already past at registration are not made up; if none is left, the last goes at once",
    5: "What was missed: of each number only the latest is sent, marked late",
    6: "Covered: enough there on the eve of D; said once, always or never",
    7: "The end of D is the owner's midnight after it; only then something happens",
    8: "Renewed: the next D from the anchor, or from the day that is named",
    9: "Overdue: repeats, then the number goes on by itself, or ends",
    10: "The balance clock speaks only where it adds something",
    11: "Readings: where one stands, which wins, and what it projects",
    12: "Topped up: what it covers stops, what it does not comes with the new sum",
    13: "Acknowledge, snooze, stop, delete",
    14: "Each reminder is judged again before each try",
    15: "One message for what one look owes on one channel, most urgent first",
    16: "A retry sends the same bytes while they are true; the next lead ends the one before",
    17: "Channels: always, fallback, second contact, and the board in red",
    18: "Confirmation: a mail address gets nothing else before; a silent channel is told of",
    19: "Two clocks with one D are one reminder",
    20: "A reminder is one for ever: number, clock, D, lead, channel",
    21: "An operator that is not known is allowed",
    22: "Defaults: who charges, the period, the currency",
    23: "Inactivity runs only where it was asked for",
    24: "The schedule assumes that each D is met on its day",
    25: "The clock that leads is the earliest that needs somebody",
    26: "The official link is the first that is sure enough",
    27: "Autopay leaves one message a period",
    28: "An old reading is asked for",
}
TOP = """# The exact rules

Made by `make reference` out of the tests; do not edit.

What is said of a number, and when, is held by tests. Each says in a sentence what it promises.
"""
_SAID = re.compile(r"\brules? (\d+(?:(?:, | and )\d+)*)")


def holding() -> dict[int, list[tuple[str, str, str]]]:
    """The tests of each rule: file, name, and what it promises."""
    found: dict[int, list[tuple[str, str, str]]] = {number: [] for number in RULES}
    for path in sorted(HERE.rglob("test_*.py")):
        for test in _tests(path):
            promise = " ".join((ast.get_docstring(test) or "").split())
            for number in sorted(_rules_of(test.name, promise)):
                found[number].append((path.relative_to(HERE.parent).as_posix(), test.name, promise))
    return found


def _tests(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) if name.startswith("test_"):
                yield node
            case _:
                pass


def _rules_of(name: str, promise: str) -> set[int]:
    named = re.match(r"test_rule_(\d+)_", name)
    said = {int(n) for one in _SAID.findall(promise) for n in re.findall(r"\d+", one)}
    return (said & RULES.keys()) | ({int(named[1])} if named else set())


def page() -> str:
    """All rules with what each test of them promises."""
    parts = [TOP]
    for number, tests in holding().items():
        rows = "\n".join(f"- {promise} (`{path}`)" for path, _, promise in tests)
        parts.append(f"## {number}. {RULES[number]}\n\n{rows}\n")
    return "\n".join(parts)
