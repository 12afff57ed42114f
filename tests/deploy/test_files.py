"""Promises of the files in deploy/ that no program here can run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_the_image_is_made_of_what_is_there() -> None:
    """Every file that the Containerfile copies from the checkout is in it; it runs as nobody's
    root, and looks after its own health."""
    text = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    assert "USER 10001" in text
    assert "/readyz" in text
    assert "not built by the tests" in text.lower()


def test_every_variable_named_is_a_setting() -> None:
    """What the unit, the image and the compose file set exists in config.toml."""
    config = tomllib.loads((ROOT / "config.toml").read_text())
    for file in DEPLOY.iterdir():
        for table, key in re.findall(r"REMINDER_([A-Z]+)__([A-Z_]+)", file.read_text()):
            assert key.lower() in config[table.lower()], (file.name, table, key)
