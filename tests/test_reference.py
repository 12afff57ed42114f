"""The pages under docs/reference are true: made anew they are the same, and nothing is left out."""

from __future__ import annotations

import re

import pytest

from reminder.catalogue.loading import load as load_catalogue
from reminder.cli.commands import COMMANDS
from reminder.config.settings import KEYS
from tests.reference import FOLDER, described, pages
from tests.rules import RULES, holding


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Every page, made now."""
    return dict(pages())


def test_the_reference_is_of_this_code(made: dict[str, str]) -> None:
    """What lies in the folder is what the code says now; ``make reference`` writes it anew."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert kept.keys() == made.keys()
    stale = [name for name, page in made.items() if kept[name] != page]
    assert stale == [], "run: make reference"


def test_nothing_is_left_out(made: dict[str, str]) -> None:
    """Every key of the config, command, call and operator has its place, with words beside it."""
    headings = {
        name: set(re.findall(r"^#+ (.*)$", page, re.MULTILINE)) for name, page in made.items()
    }
    told = {found.split("`")[1] for found in headings["settings.md"] if "`" in found}
    assert told == {key.name for key in KEYS}
    assert {f"reminder {name}" for name, _, _ in COMMANDS} <= headings["commands.md"]
    about = described()["paths"]
    calls = {f"{m.upper()} {path}" for path, methods in about.items() for m in methods}
    assert calls <= headings["api.md"]
    rows = set(re.findall(r"^\| `([\w-]+)` \|", made["operators.md"], re.MULTILINE))
    assert rows == {one.id for one in load_catalogue().all() if one.country}
    keys = re.split(r"^### .*$", made["settings.md"], flags=re.MULTILINE)[1:]
    assert all(len(part.strip().splitlines()) >= 3 for part in keys)


def test_every_rule_is_held_by_tests() -> None:
    """Each of the 28 exact rules has tests of its own, most of them several."""
    held = holding()
    assert held.keys() == RULES.keys() == set(range(1, 29))
    assert all(len(tests) > 1 for tests in held.values())
