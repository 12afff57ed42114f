"""Many things through the same steps: together, because that is quicker, and each alone where one
of them breaks, so that it holds up nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def together(
    work: Callable[[Sequence[T]], Iterable[R]],
    things: Sequence[T],
    broken: Callable[[T, Exception], None],
) -> list[R]:
    """What ``work`` makes of all of them; where that breaks, what it makes of each alone, in their
    order. One that breaks even so is handed to ``broken``, which may raise its error again.
    ``work`` may be run more than once: it must change nothing."""
    try:
        return list(work(things))
    except Exception:  # noqa: BLE001 - whose it is shows when each is tried alone
        return list(_one_by_one(work, things, broken))


def _one_by_one(
    work: Callable[[Sequence[T]], Iterable[R]],
    things: Sequence[T],
    broken: Callable[[T, Exception], None],
) -> Iterator[R]:
    for one in things:
        try:
            made = list(work([one]))
        except Exception as error:  # noqa: BLE001 - it is told by who knows what it was
            broken(one, error)
        else:
            yield from made
