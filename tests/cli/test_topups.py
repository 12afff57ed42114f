"""top-ups: a list from a file, what is said of its rows, and that it counts once."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command, day


def test_a_list_is_tried_counted_and_taken_back(anna: Command, tmp_path: Path) -> None:
    """The dry run changes nothing; the list counts once; a wrong row is named and holds all up."""
    number = "+7 916 123-45-67"
    anna("add", number, "--renews-on", day(8), "--fee", "300", "--every", "month")
    file = tmp_path / "paid.txt"
    file.write_text("8 916 123 45 67;179,50\n", encoding="utf-8")
    assert "1 would be recorded" in anna("top-ups", str(file), "--dry-run").out
    assert "1 recorded" in anna("top-ups", str(file)).out
    again = anna("top-ups", str(file))
    assert "recorded before" in again.out
    file.write_text("8 916 123 45 67;179,50\n+7 999 000-00-00 5\n", encoding="utf-8")
    wrong = anna("top-ups", str(file))
    assert (wrong.code, "nothing was recorded" in wrong.err) == (1, True)
    assert "not in your list" in wrong.out
    file.write_text("8 916 123 45 67;179,50\n", encoding="utf-8")
    assert "1 taken back: 179.50 RUB" in anna("top-ups", str(file), "--undo").out
    assert anna("top-ups", str(tmp_path / "none.txt")).code == 1
