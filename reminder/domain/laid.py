"""A text that still knows of which parts it was laid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self


class Laid(str):
    """A text like any other. ``parts`` are what it was joined of: in turns what stands in every
    text of its kind, first and last, and a value between. Whoever writes it in another way, as the
    lines of a mail, does the first kind once for all.

    >>> Laid(["Dear ", "Mum", "!"])
    'Dear Mum!'
    """

    __slots__ = ("parts",)
    parts: Sequence[str]

    def __new__(cls, parts: Sequence[str]) -> Self:
        """Join the parts."""
        made = super().__new__(cls, "".join(parts))
        made.parts = parts
        return made
