"""Many things through the same steps, and each alone where one of them breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from reminder.engine.steps import together


def _doubled(numbers: Sequence[int]) -> Iterator[int]:
    """Twice each number; thirteen breaks."""
    for number in numbers:
        if number == 13:
            raise ValueError("thirteen")
        yield 2 * number


def test_all_of_them_are_worked_on_at_once() -> None:
    """One call, and nobody is told of anything broken."""
    calls: list[Sequence[int]] = []

    def work(numbers: Sequence[int]) -> Iterator[int]:
        calls.append(numbers)
        return _doubled(numbers)

    broken: list[int] = []
    assert together(work, [1, 2, 3], lambda one, _: broken.append(one)) == [2, 4, 6]
    assert (calls, broken) == ([[1, 2, 3]], [])


def test_one_that_breaks_holds_up_nobody() -> None:
    """The others come out once each, in their order; the one is named with its error."""
    broken: list[tuple[int, str]] = []
    made = together(_doubled, [1, 13, 2, 13], lambda one, error: broken.append((one, str(error))))
    assert made == [2, 4]
    assert broken == [(13, "thirteen"), (13, "thirteen")]


def test_what_is_not_the_fault_of_one_goes_on() -> None:
    """What is raised where the broken one is told ends the work."""

    def refuse(_: int, error: Exception) -> None:
        raise error

    with pytest.raises(ValueError, match="thirteen"):
        together(_doubled, [1, 13], refuse)


def test_nothing_comes_to_nothing() -> None:
    """No things: no work."""
    assert together(_doubled, [], lambda *_: None) == []
