"""The first rounds of the fuzzing of templates and tokens; ten minutes of each are run by hand."""

from __future__ import annotations

import pytest

from tests.fuzzing import many


@pytest.mark.parametrize(("what", "rounds"), [("templates", 40), ("tokens", 3000)])
def test_strange_things_are_refused_quietly(what: str, rounds: int) -> None:
    """Each round ends well, most of them by a refusal."""
    counts = many(what, range(rounds))
    assert sum(counts.values()) == rounds
    assert counts["refused"] > rounds / 2
