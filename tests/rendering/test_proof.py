"""A site's own templates are tried before they are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.rendering.proof import proved
from reminder.rendering.templating import shipped_names, shipped_press
from tests.rendering.notices import CATALOGUE


def write(folder: Path, name: str, text: str) -> Path:
    """Put a template into the site's folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "source", "line", "why"),
    [
        ("reminder.txt.j2", "a\n{{ bloks }}", 2, "'bloks' is undefined"),
        ("reminder.html.j2", "a\n\n{{ blocks[0].hedding }}", 3, "no attribute 'hedding'"),
        ("letter.txt.j2", "{{ letter.name }}", 1, "no attribute 'name'"),
        ("letter.html.j2", "{% if %}", 1, "Expected an expression"),
        ("_frame.html.j2", "x\n{{ frame.nope }}", 2, "no attribute 'nope'"),
        ("reminder.txt.j2", "{{ frame.__class__ }}", 1, "'__class__' of 'Frame' object is unsafe"),
        ("reminder.txt.j2", "{% for i in range(10**12) %}x{% endfor %}", 1, "no arithmetic"),
        ("reminder.txt.j2", "{% for i in range(9) %}x{% endfor %}", 1, "'range' is undefined"),
        ("reminder.txt.j2", "{% include 'nope' %}", 1, "there is no template nope"),
        ("reminder.txt.j2", "{% for r in blocks[0].bar.have %}{% endfor %}", 1, "not iterable"),
        ("chats/telegram.json.j2", '{"text": "{{ chat.title }}"}', 0, "it prints no JSON"),
        ("chats/slack.json.j2", "{{ chat.nope }}", 1, "no attribute 'nope'"),
        ("chats/ntfy.json.j2", '{"message": "' + "x" * 5000 + '"}', 0, "within the limits of ntfy"),
        (
            "chats/_words.j2",
            "{% macro words(chat) %}{% endmacro %}",
            0,
            "takes no keyword argument",
        ),
        ("remainder.txt.j2", "x", 0, "no message has a template of this name"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, name: str, source: str, line: int, why: str) -> None:
    """A template that breaks is named with its file, its line and what is missing, and not used."""
    path = write(tmp_path, name, source)
    templates, (fault,) = proved(tmp_path, CATALOGUE)
    assert fault.path == path
    assert why in fault.why
    assert line in (0, fault.line)
    assert str(path) in str(fault)
    assert str(fault).endswith("The shipped template is used instead")
    assert templates.own == {}


ENDLESS = "{% for a in blocks %}" * 5 + "{% endfor %}" * 5


@pytest.mark.parametrize(
    "source", [ENDLESS, "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"], ids=["loops", "macro"]
)
def test_what_never_ends_is_stopped(tmp_path: Path, source: str) -> None:
    """Loops in loops and a macro that calls itself are stopped after a number of steps."""
    write(tmp_path, "reminder.txt.j2", source)
    templates, (fault,) = proved(tmp_path, CATALOGUE)
    assert "steps" in fault.why or "recursion" in fault.why
    assert templates.own == {}


def test_the_good_ones_stay(tmp_path: Path) -> None:
    """One broken template takes no other with it, and parts of one's own may be included."""
    write(tmp_path, "letter.txt.j2", "{{ nope }}")
    write(tmp_path, "reminder.txt.j2", "{% include '_mine.j2' %}")
    write(tmp_path, "_mine.j2", "{{ blocks[0].heading }} {{ frame.safety }}")
    write(tmp_path, "notes.md", "{{ not a template }}")
    templates, faults = proved(tmp_path, CATALOGUE)
    assert [fault.path.name for fault in faults] == ["letter.txt.j2"]
    assert set(templates.own) == {"reminder.txt.j2", "_mine.j2"}


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """Bytes that are no text, and a file without measure, are refused in one sentence."""
    (tmp_path / "letter.txt.j2").write_bytes(b"\xff\xfe")
    write(tmp_path, "letter.html.j2", "x" * 300_000)
    _, faults = proved(tmp_path, CATALOGUE)
    assert [("cannot be read" in f.why, "larger than" in f.why) for f in faults] == [
        (False, True),
        (True, False),
    ]


def test_no_folder_is_no_fault(tmp_path: Path) -> None:
    """Without a folder the shipped ones are used and nothing is said."""
    templates, faults = proved(tmp_path / "templates", CATALOGUE)
    assert (dict(templates.own), faults) == ({}, ())


def test_copies_of_the_shipped_ones_pass(tmp_path: Path) -> None:
    """Who begins with copies of the shipped templates begins without faults."""
    environment = shipped_press().environment
    assert environment.loader is not None
    for name in shipped_names():
        write(tmp_path, name, environment.loader.get_source(environment, name)[0])
    templates, faults = proved(tmp_path, CATALOGUE)
    assert faults == ()
    assert set(templates.own) == shipped_names()
