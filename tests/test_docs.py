"""The pages that people work by name everything there is, and nothing else."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from reminder.domain.delivery import Format
from reminder.rendering.block import Action, Bar, Block, Row
from reminder.rendering.chats.parts import Chat, Part
from reminder.rendering.frame import Frame
from reminder.rendering.letters import Letter
from reminder.rendering.templating import shipped_names, shipped_press
from reminder.rendering.ways import Ways

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_templates_are_told_whole() -> None:
    """docs/templates.md names every template, every value and every filter."""
    page = (DOCS / "templates.md").read_text(encoding="utf-8")
    coded = set(re.findall(r"`([^`\n]+)`", page))
    values = {
        one.name
        for kind in (Block, Bar, Row, Action, Ways, Frame, Letter, Chat, Part)
        for one in fields(kind)
    }
    assert values - coded == set()
    names = {name for name in shipped_names() if not re.search(r"chats/[a-z]+\.json", name)}
    assert names - coded == set()
    assert {"fit", "tojson"} <= set(shipped_press().environment.filters)


def test_every_format_has_its_page() -> None:
    """docs/channels.md shows the address of every format."""
    page = (DOCS / "channels.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == {*Format}
