"""What the tests of the catalogue share: the shipped one, and a site's folder to write into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.loading import load
from reminder.errors import ConfigError

HEAD = """
id = "{id}"
country = "GB"
kind = "mvno"
collected_on = 2026-11-22
names.zh = "示例"
names.ru = "Пример"
names.en = "Example"
official_domains = ["example.com", "example.org"]
"""
Site = Callable[..., Catalogue]


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    """The catalogue as it ships."""
    return load()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Write one operator's file of a site, head and all unless told, and load over the shipped;
    a file that is left out is raised, so that a test can look at the sentence."""

    def write(body: str, *, name: str = "example", head: str = HEAD) -> Catalogue:
        text = head.replace("{id}", name) + body
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        catalogue = load(tmp_path)
        if catalogue.faults:
            raise ConfigError(catalogue.faults[0])
        return catalogue

    return write
