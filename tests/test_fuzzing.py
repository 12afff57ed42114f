"""The first rounds of the fuzzing of templates, tokens, answers and files; ten minutes of each are
run by hand."""

from __future__ import annotations

import pytest

from tests.fuzzing import many


@pytest.mark.parametrize(("what", "rounds"), [("templates", 40), ("tokens", 3000)])
def test_strange_things_are_refused_quietly(what: str, rounds: int) -> None:
    """Each round ends well, most of them by a refusal."""
    counts = many(what, range(rounds))
    assert sum(counts.values()) == rounds
    assert counts["refused"] > rounds / 2


def test_strange_answers_are_read_or_asked_about() -> None:
    """Each round ends well, some of them by a balance."""
    counts = many("intake", range(1000))
    assert sum(counts.values()) == 1000
    assert counts["read"] > 50


def test_strange_files_are_taken_whole_or_not_at_all() -> None:
    """Each round ends well, some of them by lines."""
    counts = many("import", range(120))
    assert sum(counts.values()) == 120
    assert counts["taken"] > 3
