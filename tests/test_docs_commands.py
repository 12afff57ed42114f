"""The commands in the pages are run as they stand: each fenced ``sh`` block says above it that it
is run, or why it is not.

A page's blocks run in their order in one folder of their own, and no service runs. Dates are moved
on, so that the first of a page lies eight days ahead.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reminder.cli import main
from reminder.config.smtp import Tls, parse
from reminder.domain.delivery import Format
from tests.fakes.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    if path.name != "CHANGELOG.md"
)
FENCE = re.compile(
    r"(?:^ *<!-- (?P<mark>[^\n]*?) -->\n)?^(?P<indent> *)```(?P<kind>[\w-]*)[^\n]*\n"
    r"(?P<body>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
PROGRAMS = "reminder|make|pip|sudo|curl|podman|createdb|pg_dump|pg_restore|promtool"
AFTER_AN_OWNER, ON_POSTGRESQL = "run: after an owner", "run on PostgreSQL"
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
DATED = re.compile(r'"\$\(date [^)]*\)"')
FIRST_AHEAD = date(2026, 11, 30)
AHEAD = timedelta(days=8)
ONE_NUMBER = (
    "reminder owner add anna@example.org",
    "reminder add +79161234567 --renews-on 2026-12-01",
)


@dataclass(frozen=True)
class Block:
    """One fenced block: what stands above it, its language and its lines."""

    mark: str
    kind: str
    body: str

    @property
    def is_run(self) -> bool:
        return self.mark in {"run", AFTER_AN_OWNER} or self.mark.startswith(ON_POSTGRESQL)

    @property
    def commands(self) -> list[str]:
        """Its command lines, those of a continued line as one."""
        lines = self.body.replace("\\\n", " ").splitlines()
        return [line for line in lines if line.strip() and not line.startswith("#")]


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, without their indentation."""
    found = []
    for match in FENCE.finditer((ROOT / page).read_text(encoding="utf-8")):
        indent = len(match["indent"])
        body = "".join(line[indent:] for line in match["body"].splitlines(keepends=True))
        found.append(Block(match["mark"] or "", match["kind"], body))
    return found


def moved(text: str, today: date) -> str:
    """The text with its dates moved on together, the first of them eight days ahead; days that lie
    behind the first one stay behind today."""
    days = sorted({date.fromisoformat(found) for found in DATE.findall(text)})
    ahead = [day for day in days if day >= FIRST_AHEAD]
    if not ahead:
        return text
    shift = today + AHEAD - ahead[0]
    return DATE.sub(lambda found: (date.fromisoformat(found[0]) + shift).isoformat(), text)


def _said_by_bash(found: re.Match[str]) -> str:
    words = ["bash", "-euo", "pipefail", "-c", f"echo {found[0]}"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def done(line: str) -> None:
    """Run one line: the command line in this process, which spares it a start, anything else in
    bash. What bash puts in for a date is put in by bash."""
    line = DATED.sub(_said_by_bash, line)
    words = shlex.split(line, comments=True)
    if words[0] in {"reminder", ".venv/bin/reminder"} and not re.search(r"[|>$;&]", line):
        assert main(words[1:]) == 0, line
        return
    subprocess.run(["bash", "-euo", "pipefail", "-c", line], check=True, timeout=60)


def laid_out(page: str, folder: Path, today: date) -> None:
    """Put the files that the page shows where its reader has them."""
    for block in blocks(page):
        if block.mark.startswith("file: "):
            (folder / block.mark.removeprefix("file: ")).write_text(moved(block.body, today))


@pytest.fixture
def empty_postgresql(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database, where one is asked for."""
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.mark.parametrize("page", [page for page in PAGES if any(b.is_run for b in blocks(page))])
def test_the_commands_work(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Every command of the page that is said to be run ends well."""
    today = datetime.now(UTC).date()
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("REMINDER_")]:
        monkeypatch.delenv(name)
    laid_out(page, tmp_path, today)
    for block in blocks(page):
        if not block.is_run:
            continue
        if block.mark == AFTER_AN_OWNER:
            done(ONE_NUMBER[0])
        if block.mark.startswith(ON_POSTGRESQL):
            for line in ONE_NUMBER:
                done(moved(line, today))
            monkeypatch.setenv(
                "REMINDER_DATABASE__URL", request.getfixturevalue("empty_postgresql")
            )
        for line in block.commands:
            done(moved(line, today))


def test_every_block_says_whether_it_is_run() -> None:
    """No command stands in a page outside a marked block; how many are run is told."""
    unmarked, hidden, run, left = [], [], 0, []
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for block in blocks(page):
            if block.kind in {"sh", "console", "bash"}:
                run += len(block.commands) if block.is_run else 0
                left += [] if block.is_run else [(page, len(block.commands), block.mark)]
                if not block.is_run and not block.mark.startswith("not run: "):
                    unmarked.append((page, block.body))
        bare = FENCE.sub("", text)
        hidden += [
            (page, m[0]) for m in re.finditer(rf"^ {{4,}}({PROGRAMS}) .*", bare, re.MULTILINE)
        ]
    assert unmarked == []
    assert hidden == []
    assert run >= 30
    print(f"{run} commands are run, {sum(n for _, n, _ in left)} are not:")
    for page, count, why in left:
        print(f"  {page}: {count}, {why.removeprefix('not run: ')}")


def test_the_mail_servers_are_read_as_meant() -> None:
    """Each address of docs/mail.md is one that the service reads, encrypted, with its user."""
    page = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    found = {one.host: one for one in map(parse, re.findall(r'url = "(smtps?://[^"]+)"', page))}
    wanted = {"smtp.gmail.com", "smtp.qq.com", "smtp.mail.ru", "smtp.yandex.ru"}
    assert wanted <= set(found)
    for host in wanted:
        assert (found[host].port, found[host].tls) == (465, Tls.IMPLICIT)
        assert "@" in found[host].user


def test_every_chat_is_explained() -> None:
    """docs/channels.md has a heading for each chat, under its format's own name."""
    page = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(r"^### (\w+)", page, re.MULTILINE)}
    assert named == {*Format} - {"standard"}


@pytest.mark.parametrize(
    ("words", "page", "heading"),
    [
        ("WeChat Work", "channels.md", "WeCom (WeChat Work, 企业微信)"),
        ("when a number dies", "clocks.md", "When does my number die?"),
        ("move to PostgreSQL", "postgresql.md", "Move to PostgreSQL"),
    ],
)
def test_what_people_ask_is_one_click_away(words: str, page: str, heading: str) -> None:
    """The first page has the words of the question in a row that leads to the page that answers it,
    and that page has them in a heading."""
    rows = (ROOT / "docs" / "index.md").read_text(encoding="utf-8").splitlines()
    assert any(words in row and f"({page})" in row for row in rows)
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert re.search(rf"^#+ {re.escape(heading)}", text, re.MULTILINE)
