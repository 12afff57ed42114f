"""``reminder edit``: one change to many lines."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Command, day

NUMBERS = ("+79161234561", "+79161234562", "+79161234563")


@pytest.fixture
def three(anna: Command) -> Command:
    """Anna with three lines, two of them of the office."""
    for number in NUMBERS:
        assert anna("add", number, "--renews-on", day(9), "--label", f"No {number[-1]}").code == 0
    assert anna("edit", *NUMBERS[:2], "--add-tag", "office").code == 0
    return anna


def test_all_of_a_tag_are_changed(three: Command) -> None:
    """What is said of a tag is done to its lines and no others; the same again changes nothing."""
    new = ("edit", "--tag", "office", "--fee", "350.00", "--every", "30d", "--lead-times", "5d,1d")
    said = three(*new, "--dry-run")
    assert (said.code, said.out.strip()) == (0, "2 would be changed, 0 stand so already")
    assert three(*new).out.strip() == "2 changed, 0 stand so already"
    assert three(*new).out.strip() == "0 would be changed, 2 stand so already"
    kept = {one["number"]: one for one in three("list", "--json").json["items"]}
    assert [kept[number]["fee"] is None for number in NUMBERS] == [False, False, True]
    assert kept[NUMBERS[0]]["period"] == "P30D"
    assert kept[NUMBERS[0]]["lead_times"] == ["P5D", "P1D"]


def test_lines_are_chosen_in_one_way(three: Command) -> None:
    """Named or described; neither, or both, is refused with the ways to say it."""
    for words in ((), ("No 1", "--all")):
        said = three("edit", *words, "--fee", "1.00")
        assert said.code == 1
        assert "--tag" in said.err
    assert three("edit", "--all", "--remove-tag", "office").out.startswith("2 changed, 1 stand")
    assert three("edit", "--find", NUMBERS[2], "--add-tag", "spare").out.startswith("1 changed")


def test_while_one_is_refused_none_is_changed(three: Command) -> None:
    """A line that cannot be changed so is named, and ends the command with 1."""
    said = three("edit", "--all", "--fee", "-1")
    assert (said.code, "nothing was changed" in said.err) == (1, True)
    assert three("edit", "--all").code == 1
