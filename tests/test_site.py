"""The documentation is a site that is whole by itself: nothing missing, nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOADED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=\"?([^\"\s>]+)")
LINKED = re.compile(r"<a\b[^>]*?\bhref=\"?([^\"\s>]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made as ``make docs`` makes it."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / ".artifacts" / "site"


def test_every_page_is_there(site: Path) -> None:
    """Each page of docs is in the site, and in what its search knows."""
    wanted = {path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md")}
    assert wanted <= {path.name for path in site.glob("*.html")}
    known = (site / "search.json").read_text(encoding="utf-8")
    assert all(name in known for name in ("channels.html", "postgresql.html", "clocks.html"))


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """A reader without a network sees it whole: no font, script or picture of another host."""
    foreign = {
        (page.name, found)
        for page in site.rglob("*.html")
        for found in LOADED.findall(page.read_text(encoding="utf-8"))
        if urlsplit(found).netloc
    }
    assert foreign == set()


def test_every_link_leads_somewhere(site: Path) -> None:
    """No link between the pages is dead, nor one to a heading."""
    dead = []
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        for found in LINKED.findall(page.read_text(encoding="utf-8")):
            parts = urlsplit(found)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.exists():
                dead.append((page.name, found))
            elif parts.fragment and target.suffix == ".html":
                text = target.read_text(encoding="utf-8")
                if not re.search(rf'id="?{re.escape(unquote(parts.fragment))}["\s>]', text):
                    dead.append((page.name, found))
    assert dead == []
