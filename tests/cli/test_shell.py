"""What commands print."""

from __future__ import annotations

import io

from reminder.cli.shell import Shell


class _Terminal(io.StringIO):
    """A text file that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


ROWS = [("+7916", "Mum [bold]", "x"), ("+79161234567", "", "y")]


def test_plain_columns_elsewhere() -> None:
    """Where no terminal is, rows stand in even columns without heads or lines."""
    out = io.StringIO()
    Shell(None, False, {}, out).table(("Number", "Label", "What"), ROWS)
    assert out.getvalue() == "+7916         Mum [bold]  x\n+79161234567              y\n"


def test_a_table_on_a_terminal() -> None:
    """On a terminal the columns have heads, and what a person typed is no markup."""
    out = _Terminal()
    Shell(None, False, {}, out).table(("Number", "Label", "What"), ROWS)
    assert "Label" in out.getvalue()
    assert "Mum [bold]" in out.getvalue()


def test_show_is_for_people_or_programs() -> None:
    """``--json`` prints the value, else the text is printed."""
    out = io.StringIO()
    Shell(None, True, {}, out).show({"a": "день"}, "text")
    assert out.getvalue() == '{\n  "a": "день"\n}\n'
    out = io.StringIO()
    Shell(None, False, {}, out).show({"a": 1}, "text")
    assert out.getvalue() == "text\n"
